"""One line a day for what loads often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from heartline.records.load_lines import FILES, fold_load, folded, line_id
from heartline.records.store import LoadRow, Records

ONE = LoadRow(
    "20260101-till-0000", "purchase", ["query/till"], "2026-01-01T00:17", "2026-01-01T00:18", 10, 4, 1, 3, 1, 0.25, 1,
    {"purchase": 5}, ["query/till: 1 rows left out of purchase by skip_when"], ["a"], {"table": []}, "till",
)  # fmt: skip


def test_counts_are_summed_and_names_kept_once() -> None:
    more = replace(ONE, ended_at="2026-01-01T01:18", files=["query/till", "b"], written={"purchase": 2, "customer": 1},
                   notes=["query/till: 41 rows left out of purchase by skip_when", "read as UTF-16, as 2 of 3 say"],
                   reasons=["b", "a"])  # fmt: skip
    found = folded(folded(ONE, more), more)
    assert (found.read, found.new, found.replaced, found.unchanged, found.quarantined) == (30, 12, 3, 9, 3)
    assert (found.skipped, found.seconds, found.loads, found.written) == (3, 0.75, 3, {"purchase": 9, "customer": 2})
    assert (found.started_at, found.ended_at) == (ONE.started_at, more.ended_at)
    assert found.files == ["query/till", "b"]
    assert found.notes == [
        "query/till: 83 rows left out of purchase by skip_when", "read as UTF-16, as 2 of 3 say",
    ]  # fmt: skip
    assert found.reasons == ["b", "a"]


def test_a_line_stays_short() -> None:
    line = ONE
    for n in range(3 * FILES):
        line = folded(line, replace(ONE, files=[f"{n}.csv"], notes=[f"{n}.csv: odd"], reasons=[f"{n}.csv, line 1"]))
    assert line.files == [f"{n}.csv" for n in range(2 * FILES, 3 * FILES)]
    assert len(line.notes) <= 20
    assert len(line.reasons) == 5


def test_lines_are_of_a_feed_a_day_and_a_way(tmp_path: Path) -> None:
    day = datetime(2026, 1, 1, 23, 59, tzinfo=UTC)
    assert line_id("till", "x", day) == line_id("till", "x", day.replace(hour=0))
    assert len({line_id(*of, day) for of in (("till", "x"), ("till", "y"), ("shop", "x"))}) == 3
    assert line_id("till", "x", day) < line_id("till", "x", day.replace(day=2))
    records = Records(tmp_path / "records.db")
    for load in (ONE, ONE, replace(ONE, load_id="20260102-till-0000")):
        with records.writing() as connection:
            fold_load(connection, load)
    assert [(load.load_id, load.loads, load.read) for load in records.loads()] == [
        ("20260102-till-0000", 1, 10), ("20260101-till-0000", 2, 20),
    ]  # fmt: skip
    found = records.load(ONE.load_id)
    assert found is not None
    assert (found.feed, found.mapping) == ("till", ONE.mapping)
    records.close()
