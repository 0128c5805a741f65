"""A stream of small loads stays cheap: few files, and what is large is not written again and again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.facts.store import FactStore, worth_merging
from heartline.records.store import Records
from heartline.tables import table

OF = table("interaction")


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[FactStore]:
    records = Records(tmp_path / "records.db")
    yield FactStore(tmp_path, records)
    records.close()


def rows(first: int, count: int) -> pa.RecordBatch:
    same = {"customer_id": "anna", "channel": "web", "touchpoint": "x"}
    made = [{"interaction_id": f"i{n}", **same} for n in range(first, first + count)]
    return pa.RecordBatch.from_pylist(made, OF.arrow_schema())


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([1] * 8, 8),
        ([1000, 1, 1, 1, 1, 1, 1, 1], 7),
        ([1000, 6, 1, 1, 1, 1, 1, 1], 7),
        ([1000, 400, 6, 1, 1, 1, 1, 1], 5),
        ([64, 32, 16, 8, 4, 2, 1], 0),
        ([5], 0),
        ([], 0),
    ],
)
def test_only_what_is_alike_is_merged(sizes: list[int], merged: int) -> None:
    chosen = worth_merging(dict(enumerate(sizes)))
    assert len(chosen) == merged
    assert all(
        sizes[left] >= max(sizes[number] for number in chosen)
        for left in set(range(len(sizes))) - set(chosen)
        if chosen
    )


def test_the_large_segment_is_left_alone(facts: FactStore) -> None:
    facts.load(OF, [rows(0, 5000)], "large")
    (large,) = facts.files("interaction")
    most = written = 0
    for number in range(60):
        before = set(facts.files("interaction"))
        facts.load(OF, [rows(5000 + number, 1)], f"small{number:02d}")
        after = facts.files("interaction")
        written += sum(pq.read_metadata(file).num_rows for file in set(after) - before)
        most = max(most, len(after))
    assert large in facts.files("interaction")
    assert facts.rows("interaction") == 5060
    assert most <= 8 + 6
    assert written <= 60 * 7  # each row a few times, not 5,000 each time
