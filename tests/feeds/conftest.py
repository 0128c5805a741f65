"""A workspace and a database or folder that it reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from heartline.feeds.feed import FolderFeed, QueryFeed, Way
from heartline.feeds.report import FeedReport
from heartline.workspace import Workspace

SQL = (
    "select id as interaction_id, who as customer_id, at as occurred_at, 'web' as channel, 'x' as touchpoint, "
    "said as text, changed from visit"
)
HEAD = "interaction_id,customer_id,occurred_at,channel,touchpoint,text\n"


@dataclass
class Shop:
    """One workspace, one SQLite database with a table ``visit``, one folder."""

    workspace: Workspace
    database: Path
    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"

    def execute(self, sql: str, rows: Sequence[Sequence[Any]] = ((),)) -> None:
        with sqlite3.connect(self.database) as connection:
            connection.executemany(sql, rows)
        connection.close()

    def visit(self, number: int, changed: Any, said: str | None = "fine", who: str = "c1") -> None:
        """A row, or the newer state of one."""
        self.execute(
            "insert or replace into visit values (?, ?, '2026-01-01 10:00:00', ?, ?)", [(number, who, said, changed)]
        )

    def query(self, name: str = "visits", table: str = "interaction", **more: Any) -> QueryFeed:
        given = {"sql": SQL, "url": self.url, "cursor": "changed", **more}
        return QueryFeed(name, given.pop("way", Way(table)), **given)

    def dir(
        self, name: str = "drop", pattern: str = "*.csv", settle_s: float = 0.0, way: Way | None = None
    ) -> FolderFeed:
        return FolderFeed(name, way or Way("interaction"), str(self.folder), pattern, settle_s)

    def run(self, feed: QueryFeed | FolderFeed, **how: Any) -> FeedReport:
        """Add the feed where it is new, and run it."""
        if feed.name not in {row.name for row in self.workspace.feeds.every()}:
            self.workspace.feeds.add(feed)
        return self.workspace.feeds.run(self.workspace.feeds.named(feed.name), **how)

    def csv(self, name: str, *numbers: int, said: str = "fine") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + "".join(f"f{n},c{n % 5},2026-01-01,web,x,{said}\n" for n in numbers), encoding="utf-8")
        return path

    def rows(self, table: str = "interaction") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.workspace.query(f"select * from {table}").to_pylist()
        return found

    def ids(self) -> list[str]:
        return sorted(row["interaction_id"] for row in self.rows())

    def words(self) -> dict[str, str]:
        return {row["interaction_id"]: row["text"] for row in self.rows("verbatim")}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Workspace.create(tmp_path / "ws") as workspace:
        made = Shop(workspace, tmp_path / "shop.db", tmp_path / "drop")
        made.folder.mkdir()
        made.execute("create table visit (id integer primary key, who text, at text, said text, changed)")
        yield made
