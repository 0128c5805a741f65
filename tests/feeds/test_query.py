"""A query that is read again: new and changed rows once, nothing lost to ties, late commits or a crash in between."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from heartline.errors import MappingError, SourceError, WorkspaceError
from heartline.feeds.feed import Way
from heartline.records import feeds
from heartline.records.store import Records

if TYPE_CHECKING:
    from tests.feeds.conftest import Shop


def at(minute: int) -> str:
    return f"2026-01-01 {minute // 60:02d}:{minute % 60:02d}:00"


def test_only_what_is_new_is_read_and_ties_change_nothing(shop: Shop) -> None:
    for n in range(6):
        shop.visit(n, at(n))
    feed = shop.query(overlap="0")
    assert (shop.run(feed).new, shop.run(feed).read) == (6, 1)
    assert {row["properties"] for row in shop.rows()} == {None}  # the cursor says nothing of a row
    shop.visit(6, at(5))  # in the same second as the last one that was read
    shop.visit(2, at(9), said="cross")
    report = shop.run(feed)
    assert (report.read, report.new, report.replaced, report.unchanged) == (3, 1, 1, 1)
    assert report.cursor == at(9)
    assert shop.ids() == [str(n) for n in range(7)]
    assert shop.words()["2"] == "cross"


def test_rows_committed_late_are_read_within_the_overlap(shop: Shop) -> None:
    shop.visit(1, at(100))
    feed = shop.query(overlap="30m")
    shop.run(feed)
    shop.visit(2, at(71))
    shop.visit(3, at(69))
    assert shop.run(feed).new == 1
    assert shop.ids() == ["1", "2"]
    assert shop.run(feed, full=True).new == 1


def test_the_usual_overlap_is_an_hour_for_times_and_a_thousand_for_numbers(shop: Shop) -> None:
    shop.visit(1, at(100))
    times = shop.query()
    shop.run(times)
    shop.visit(2, at(41))
    shop.visit(3, at(39))
    assert shop.run(times).new == 1
    numbers = shop.query("numbers", cursor="interaction_id")
    shop.visit(5000, at(0))
    shop.run(numbers)
    shop.visit(4000, at(0))
    shop.visit(3999, at(0))
    assert shop.run(numbers).new == 1


def test_rows_without_a_cursor_are_read_each_time(shop: Shop) -> None:
    shop.visit(1, at(1))
    shop.visit(2, None)
    feed = shop.query(overlap="0")
    assert shop.run(feed).new == 2
    shop.visit(3, None)
    report = shop.run(feed)
    assert (report.read, report.new) == (3, 1)
    assert any("without a cursor" in note and "(2)" in note for note in report.notes)


def test_a_time_in_the_far_future_does_not_end_the_feed(shop: Shop) -> None:
    shop.visit(1, at(1))
    shop.visit(2, "2199-01-01 00:00:00")
    feed = shop.query()
    report = shop.run(feed)
    assert (report.new, report.cursor) == (2, at(1))
    shop.visit(3, at(2))
    assert shop.run(feed).new == 1
    assert shop.run(feed).cursor == at(2)


def test_a_cursor_that_went_backwards_is_told_and_full_mends_it(shop: Shop) -> None:
    shop.visit(1, at(900))
    feed = shop.query()
    shop.run(feed)
    shop.execute("delete from visit")
    assert shop.run(feed).notes == ["query/visits: the query gives no rows"]
    shop.visit(2, at(5))
    with pytest.raises(SourceError, match="went backwards"):
        shop.run(feed)
    (row,) = shop.workspace.feeds.every()
    assert (row.status, row.failures) == ("failed", 1)
    report = shop.run(feed, full=True)
    assert (report.new, report.cursor) == (1, at(5))
    assert shop.workspace.feeds.every()[0].failures == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, "2026-01-01"], "several kinds"),
        (["9", "10"], "order is not that of time"),
        (["03/04/2026", "04/04/2026"], "order is not that of time"),
        (["2026-01-01T10:00:00+01:00", "2026-01-01T10:30:00Z"], "several forms"),
        (["2026-01-01 10:00:00", "2026-01-01T10:00:00"], "several forms"),
        (["6c84fb90-12c4-11e1-840d-7b25c5ee775a", "7c84fb90-12c4-41e1-840d-7b25c5ee775a"], "order is not"),
    ],
)
def test_a_cursor_that_cannot_tell_what_is_new_is_refused(shop: Shop, values: list[Any], said: str) -> None:
    for n, value in enumerate(values):
        shop.visit(n, value)
    with pytest.raises(SourceError, match=said):
        shop.run(shop.query())
    assert shop.rows() == []
    assert shop.workspace.feeds.every()[0].cursor is None


def test_the_cursor_and_the_rows_are_kept_together(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.visit(1, at(1))
    feed = shop.query(overlap="0")
    shop.run(feed)
    before = feeds.cursor(shop.workspace.records, "visits")
    shop.visit(2, at(2))

    def broken(*_: object) -> None:
        raise WorkspaceError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(Records, "publish", broken)
        with pytest.raises(WorkspaceError, match="power cut"):
            shop.run(feed)
    assert feeds.cursor(shop.workspace.records, "visits") == before
    assert shop.ids() == ["1"]
    assert shop.run(feed).new == 1


def test_a_bad_row_goes_to_quarantine_once_and_not_again(shop: Shop) -> None:
    shop.visit(1, at(1))
    shop.execute("insert into visit values (2, null, '2026-01-01', 'hm', ?)", [(at(2),)])
    feed = shop.query()
    assert shop.run(feed).quarantined == 1
    shop.visit(3, at(0))
    shop.run(feed)
    (row,) = shop.workspace.quarantine()
    assert (row["file"], row["column"]) == ("query/visits", "customer_id")


def test_one_line_a_day_stands_for_all_runs(shop: Shop) -> None:
    for n in range(5):
        shop.visit(n, at(n))
        shop.run(shop.query())
    (line,) = shop.workspace.loads()
    assert (line["feed"], line["loads"], line["new"], line["read"]) == ("visits", 5, 5, 15)
    assert {row["load_id"] for row in shop.rows()} == {line["load_id"]}
    assert {row["source"] for row in shop.rows()} == {"query/visits"}


def test_without_a_cursor_everything_is_read(shop: Shop) -> None:
    for n in range(3):
        shop.visit(n, at(n))
    feed = shop.query(cursor="")
    shop.run(feed)
    report = shop.run(feed)
    assert (report.read, report.unchanged) == (3, 3)


def test_types_come_as_they_are(shop: Shop) -> None:
    shop.execute("create table odd (id, who, at, n, b, j, big, changed)")
    shop.execute(
        "insert into odd values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (1, "c1", "2026-01-01T10:00:00+02:00", 1.5, b"caf\xc3\xa9", '{"a": 1}', 2**62, 1),
            ("b", "c1", "2026-01-01 10:00", None, b"\xff\x00", None, 7, 2),
        ],
    )
    sql = (
        "select id as interaction_id, who as customer_id, at as occurred_at, 'web' as channel, 'x' as touchpoint, "
        "n as duration_s, b, j, big, '100%' as share, ':x' as colon, changed from odd"
    )
    shop.run(shop.query(sql=sql))
    first, second = sorted(shop.rows(), key=lambda row: row["interaction_id"])
    assert (first["interaction_id"], first["duration_s"], str(first["occurred_at"])) == (
        "1",
        1.5,
        "2026-01-01 08:00:00",
    )
    assert second["duration_s"] is None
    kept = json.loads(first["properties"])
    assert (kept["b"], kept["big"], kept["share"], kept["colon"]) == ("café", 2**62, "100%", ":x")
    assert json.loads(second["properties"])["b"] == "\\xff00"


def test_a_mapping_names_what_becomes_of_the_columns(shop: Shop, tmp_path: Path) -> None:
    body = """
[[table]]
name = "interaction"
columns = { interaction_id = ["id", "who"], customer_id = "who", occurred_at = "at", text = "said" }
constants = { channel = "web", touchpoint = "x" }
"""
    file = tmp_path / "visits.toml"
    file.write_text(body, encoding="utf-8")
    shop.visit(1, at(1))
    feed = shop.query(sql="select * from visit", way=Way(mapping=str(file)))
    shop.run(feed)
    assert shop.ids() == ["1:c1"]
    file.write_text(body.replace('["id", "who"]', '"@row"'), encoding="utf-8")
    with pytest.raises(MappingError, match="line numbers"):
        shop.run(feed)


def test_what_cannot_be_read_says_why(shop: Shop) -> None:
    shop.visit(1, at(1))
    for feed, said in (
        (shop.query(cursor="chnged"), "no column chnged"),
        (shop.query(sql="select * from nowhere"), "no such table"),
        (shop.query(sql=SQL_TWO), "several statements are not read"),
        (shop.query(sql="delete from visit"), "begins with delete"),
        (shop.query(sql="with x as (select 1) delete from visit"), "refuses the query"),
        (shop.query(url="sqlite:////nowhere/x.db"), "no SQLite file"),
        (shop.query(url="nonsense"), "address of the database cannot be read"),
        (shop.query(url="firebird://h/x"), "driver for firebird is not installed"),
        (shop.query(url="oracle+oracledb://u@h/x"), "driver for oracle is not installed"),
        (shop.query(url="env:HEARTLINE_NOT_SET"), "environment has no HEARTLINE_NOT_SET"),
        (shop.query(url="postgresql://u:sesame@h/x"), "holds a password"),
        (shop.query(url="mssql+pyodbc:///?odbc_connect=PWD%3Dsesame"), "holds a password"),
        (shop.query(overlap="soon"), "overlap soon cannot be read"),
        (shop.query(name="live"), "no name of a feed"),
    ):
        with pytest.raises(SourceError, match=said) as caught:
            shop.workspace.feeds.add(feed)
        assert "sesame" not in str(caught.value)
    assert shop.workspace.feeds.every() == []


SQL_TWO = "select * from visit; drop table visit"


def test_nothing_is_written_where_it_reads(shop: Shop) -> None:
    shop.visit(1, at(1))
    before = shop.database.read_bytes()
    shop.run(shop.query())
    assert shop.database.read_bytes() == before


def test_no_password_is_kept_or_told(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHOP_URL", "postgresql://reader:sesame@127.0.0.1:1/shop")
    secret = tmp_path / "password"
    secret.write_text("sesame\n", encoding="utf-8")
    for feed in (
        shop.query(url="env:SHOP_URL"),
        shop.query(url="postgresql://reader@127.0.0.1:1/shop", password=f"file:{secret}"),
    ):
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            shop.workspace.feeds.add(feed)
        assert "sesame" not in str(caught.value)
    with pytest.raises(SourceError, match="cannot be reached"):
        shop.workspace.feeds.run_once(shop.query(url="postgresql://reader:sesame@127.0.0.1:1/shop"))
    shop.workspace.records.close()
    for file in shop.workspace.root.glob("records.db*"):
        assert b"sesame" not in file.read_bytes()


def test_a_command_without_a_name_goes_on_where_it_ended(shop: Shop) -> None:
    shop.visit(1, at(1))
    assert shop.workspace.feeds.run_once(shop.query()).new == 1
    shop.visit(2, at(200))
    report = shop.workspace.feeds.run_once(shop.query())
    assert (report.read, report.new) == (2, 1)
    (row,) = shop.workspace.feeds.every()
    assert row.name.startswith("query-")
    assert row.definition["url"] == "given"
    with pytest.raises(SourceError, match="is not kept"):
        shop.workspace.feeds.named(row.name)
    with pytest.raises(SourceError, match="there is no feed nobody"):
        shop.workspace.feeds.named("nobody")


def test_a_dry_run_counts_and_keeps_nothing(shop: Shop) -> None:
    shop.visit(1, at(1))
    feed = shop.query()
    report = shop.workspace.feeds.add(feed)
    assert (report.would_read, report.cursor) == (1, at(1))
    report = shop.run(feed, dry_run=True)
    assert (report.would_read, report.read) == (1, 0)
    assert shop.rows() == []
    assert shop.workspace.feeds.every()[0].runs == 0


def test_a_feed_that_is_replaced_goes_on(shop: Shop) -> None:
    shop.visit(1, at(1))
    shop.run(shop.query(overlap="0"))
    with pytest.raises(SourceError, match="there is a feed visits already"):
        shop.workspace.feeds.add(shop.query())
    shop.workspace.feeds.add(shop.query(overlap="2h"), instead=True)
    assert feeds.cursor(shop.workspace.records, "visits") is not None
    shop.workspace.feeds.add(shop.query(cursor="interaction_id"), instead=True)
    assert feeds.cursor(shop.workspace.records, "visits") is None
    shop.workspace.feeds.remove("visits")
    with pytest.raises(SourceError, match="there is no feed visits"):
        shop.workspace.feeds.remove("visits")
    assert shop.ids() == ["1"]


MEMORY = """
import resource, sys
from pathlib import Path
from heartline.feeds.database import address, reading
from heartline.feeds.query import QuerySource
with reading(address(sys.argv[1])) as connection:
    rows = sum(raw.rows for raw in QuerySource(connection, "x", sys.argv[2], "n").batches())
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_an_answer_of_any_length_is_read_in_flat_memory(shop: Shop) -> None:
    def peak(rows: int) -> int:
        sql = (
            f"with recursive many(n) as (select 1 union all select n + 1 from many where n < {rows}) "
            "select n, n as a, printf('%0500d', n) as words from many"
        )
        command = [sys.executable, "-c", MEMORY, shop.url, sql]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        read, megabytes = map(int, done.stdout.split())
        assert read == rows
        return megabytes

    # 100,000 rows more hold 50 MB more of words
    assert peak(140_000) - peak(40_000) < 15
