"""The records database: migrated once, durable, shared by readers and one writer."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from heartline.errors import WorkspaceError
from heartline.records.migrations import MIGRATIONS
from heartline.records.store import Records, RunRow, SegmentRow


def segment(name: str, bucket: int = 0) -> SegmentRow:
    return SegmentRow(f"facts/interaction/bucket={bucket}/{name}", "interaction", bucket, 10, 100, "l1")


def test_migrations_are_applied_once_and_recorded(tmp_path: Path) -> None:
    for _ in range(2):
        records = Records(tmp_path / "r.db")
        with records.reading() as connection:
            names = list(connection.execute(text("select name from migration order by applied_at, rowid")).scalars())
        records.close()
        assert names == [step.__name__ for step in MIGRATIONS]


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.db")
    with records.writing() as connection:
        connection.execute(text("insert into migration values ('from_the_future', '2999')"))
    records.close()
    with pytest.raises(WorkspaceError, match="newer version"):
        Records(tmp_path / "r.db")


def test_sqlite_is_set_to_survive_a_power_cut(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.db")
    with records.reading() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        assert connection.execute(text("pragma synchronous")).scalar() == 2
    records.close()


def test_publishing_is_all_or_nothing(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.db")
    records.publish([segment("a"), segment("b", 1)], [])

    def fails(connection: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        records.publish([segment("c")], [segment("a").path], fails)
    assert [row.path[-1] for row in records.live_segments("interaction")] == ["a", "b"]
    records.publish([segment("c")], [segment("a").path])
    assert [row.path[-1] for row in records.live_segments("interaction")] == ["c", "b"]
    assert [row.path[-1] for row in records.live_segments("interaction", 1)] == ["b"]
    assert records.dead_paths("9999") == [segment("a").path]
    records.forget([segment("a").path, segment("b").path])
    assert records.known_paths() == {segment("c").path, segment("b", 1).path}
    records.close()


def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.db")
    with records.writing() as connection:
        connection.execute(text("delete from segment"))
        assert records.live_segments() == []
    records.close()


def test_runs_are_kept_newest_first(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.db")
    for hour in (1, 2):
        at = f"2024-01-01T0{hour}:00:00+00:00"
        records.add_run(RunRow(f"r{hour}", "value", "customer_value", at, at, at, "duckdb", hour, {"fit": "ok"}))
    records.add_run(RunRow("r2", "value", "customer_value", "", "", "2024-01-01T03", "duckdb", 7))
    assert [(run.run_id, run.rows) for run in records.runs("customer_value")] == [("r2", 7), ("r1", 1)]
    assert records.runs("feeling") == []
    records.close()


def test_a_path_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        Records(tmp_path / "missing" / "r.db")
