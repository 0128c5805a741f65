"""Whatever is inserted, changed and committed late between runs: in the end each row is there once, as it was last."""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from heartline.feeds.feed import QueryFeed, Way
from heartline.workspace import Workspace

OVERLAP = 5
SQL = (
    "select id as interaction_id, 'c' || (id % 3) as customer_id, '2026-01-01' as occurred_at, 'web' as channel, "
    "'x' as touchpoint, state as text, changed from visit"
)


@dataclass
class Clock:
    """A database whose rows are stamped when a transaction begins, and seen when it ends."""

    connection: sqlite3.Connection
    tick: int = 100
    open: list[tuple[int, int, str]] = field(default_factory=list)
    truth: dict[int, str] = field(default_factory=dict)

    def begin(self, row: int, state: str) -> None:
        if all(other != row for other, _, _ in self.open):  # a row is locked by the transaction that writes it
            self.open.append((row, self.tick, state))

    def commit(self, number: int) -> None:
        if self.open:
            row, at, state = self.open.pop(number % len(self.open))
            self.connection.execute("insert or replace into visit values (?, ?, ?)", (row, state, at))
            self.connection.commit()
            self.truth[row] = state

    def forward(self, by: int) -> None:
        self.tick += by
        # none stays open for longer than the overlap
        while self.open and self.open[0][1] < self.tick - OVERLAP:
            self.commit(0)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 9), st.sampled_from(["fine", "cross", "glad"])),
        st.tuples(st.just("commit"), st.integers(0, 9)),
        st.tuples(st.just("forward"), st.integers(0, 4)),
        st.tuples(st.just("run")),
    ),
    min_size=5, max_size=25,
)  # fmt: skip


@given(STEPS)
@settings(max_examples=12)
def test_nothing_is_lost_and_nothing_doubled(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Workspace.create(Path(folder) / "ws") as workspace:
        database = Path(folder) / "shop.db"
        connection = sqlite3.connect(database)
        connection.execute("create table visit (id integer primary key, state text, changed integer)")
        connection.commit()
        clock = Clock(connection)
        feed = QueryFeed(
            "visits", Way("interaction"), f"sqlite:///{database}", SQL, cursor="changed", overlap=str(OVERLAP)
        )
        workspace.feeds.add(feed)
        for name, *given_ in [*steps, ("run",)]:
            if name == "run":
                workspace.feeds.run(feed)
            else:
                getattr(clock, str(name))(*given_)
        connection.close()
        rows = workspace.query("select interaction_id as id, text from verbatim").to_pylist()
        assert sorted((int(row["id"]), row["text"]) for row in rows) == sorted(clock.truth.items())
        assert workspace.fact_rows("interaction") == len(clock.truth)
