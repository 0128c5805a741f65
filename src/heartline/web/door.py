"""What the desk needs of a workspace: a door for questions, and nothing else.

``heartline.workspace.Workspace`` is one; tests bring a small one of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from heartline.action import Moves
from heartline.corrections import Correction, Drift, Edit
from heartline.hypotheses import Hypothesis
from heartline.rooms import Rooms
from heartline.settings import Settings
from heartline.walks import Walks

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


class Decision(Protocol):
    """What one person decided on who is who; ``heartline.records.identity.Decision`` is one."""

    @property
    def decision_id(self) -> int:
        """Its number."""

    @property
    def verb(self) -> str:
        """join: all of left are one person; apart: nobody of left is one person with anybody of right."""

    @property
    def left(self) -> Sequence[str]:
        """Members."""

    @property
    def right(self) -> Sequence[str]:
        """Members; empty for join."""

    @property
    def by(self) -> str:
        """Who decided."""

    @property
    def at(self) -> str:
        """When, ISO 8601, UTC."""

    @property
    def note(self) -> str:
        """Why, in their own words."""

    @property
    def stands(self) -> bool:
        """Whether nobody has taken it back."""

    @property
    def withdrawn_by(self) -> str | None:
        """Who took it back."""

    @property
    def withdrawn_at(self) -> str | None:
        """When it was taken back, ISO 8601, UTC."""


class Explanation(Protocol):
    """Where the rows of one table came from; ``heartline.explain.Explanation`` is one."""

    @property
    def table(self) -> str:
        """Name of the table."""

    @property
    def meaning(self) -> str:
        """What a row of the table says, in words."""

    @property
    def analysis(self) -> str:
        """Analysis that wrote it; ``sources`` for a table of facts."""

    @property
    def method(self) -> str:
        """Where in the documentation the method is written down; empty for facts."""

    @property
    def as_of(self) -> str | None:
        """Moment up to which facts were read, ISO; None before the first run."""

    @property
    def engine(self) -> str | None:
        """Engine that ran the steps; None before the first run."""

    @property
    def run_id(self) -> str | None:
        """Run that wrote the table; None before the first run."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Settings that the run used."""

    @property
    def inputs(self) -> Sequence[tuple[str, int]]:
        """Tables that were read and how many rows each had."""

    @property
    def steps(self) -> Sequence[tuple[str, str]]:
        """Name and SQL of each step, in order."""

    @property
    def notes(self) -> Sequence[str]:
        """What the fit said: base sizes, fallbacks, model version."""


class Door(Protocol):
    """Questions that the desk asks; safe to call from several threads."""

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""

    @property
    def as_of(self) -> datetime | None:
        """Moment of the last run; None where none was made."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT over all tables by name, with ``$name`` parameters."""

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The same, where tables keyed by customer hold only the bucket of that customer."""

    def customer_of(self, any_id: str) -> str:
        """The customer that an id leads to: one that a merge made void, or that of a source; else the id itself."""

    def fact_rows(self, table_name: str) -> int:
        """How many rows a table of facts has."""

    def loads(self) -> Sequence[Mapping[str, Any]]:
        """Loads of facts, newest first."""

    def feed_lines(self) -> Sequence[Mapping[str, Any]]:
        """Feeds: what each reads, how far, when last, and why it failed."""

    def quarantine(self, limit: int) -> Sequence[Mapping[str, Any]]:
        """Rows that could not be loaded: where they stood, their shape and the reason; never their words."""

    def corrected(self, customer_id: str) -> Sequence[Correction]:
        """The newest correction of each text of one customer."""

    def drift(self) -> Drift:
        """How often people take away or add a label, per channel."""

    def correct(self, interaction_id: str, edit: Edit, by: str, note: str = "") -> Correction:
        """Keep what a person says of a text."""

    def identity_history(self, limit: int = 100) -> Sequence[Decision]:
        """What people decided on who is who, newest first, also what was taken back."""

    def decide_join(self, members: Sequence[str], by: str, note: str = "") -> Decision:
        """Keep that all of these are one person."""

    def decide_apart(self, left: Sequence[str], right: Sequence[str], by: str, note: str = "") -> Decision:
        """Keep that nobody of the left is one person with anybody of the right."""

    def decide_split(self, customer: str, members: Sequence[str], by: str, note: str = "") -> Decision:
        """Keep that these members are not the person that the customer is."""

    def decide_withdraw(self, decision_id: int, by: str, note: str = "") -> Decision:
        """Take a decision back."""

    def hypothesis_board(self) -> Sequence[Hypothesis]:
        """The newest word of people on each cause of drop-off."""

    def decide_hypothesis(self, *said: str) -> Hypothesis:
        """Keep what a person says of a cause: funnel, step, cause, status, by, note, day of the fix, its channel."""

    def explain(self, table_name: str, **key: object) -> Explanation:
        """Where the rows of a table came from."""

    @property
    def moves(self) -> Moves:
        """What people do for customers: cases, promises, the playbook."""

    @property
    def rooms(self) -> Rooms:
        """Conversations that are read as they happen."""

    @property
    def walks(self) -> Walks:
        """Walks that the company's own people and browsers make as its customers."""

    def say_consent(self, customer_id: str, said: Mapping[str, bool], by: str) -> Mapping[str, Any]:
        """Keep what a customer said of purposes; true: agrees."""


class Once:
    """A door for the time of one answer: the same question is put to the workspace once."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._answers: dict[tuple[str, str, str], pa.Table] = {}
        self._walks: Walks | None = None

    @property
    def settings(self) -> Settings:
        """See Door."""
        return self._door.settings

    @property
    def as_of(self) -> datetime | None:
        """See Door."""
        return self._door.as_of

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """See Door."""
        key = ("", sql, repr(parameters))
        if key not in self._answers:
            self._answers[key] = self._door.query(sql, parameters)
        return self._answers[key]

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """See Door."""
        key = (f"={customer_id}", sql, repr(parameters))
        if key not in self._answers:
            self._answers[key] = self._door.customer_query(customer_id, sql, parameters)
        return self._answers[key]

    def customer_of(self, any_id: str) -> str:
        """See Door."""
        return self._door.customer_of(any_id)

    def fact_rows(self, table_name: str) -> int:
        """See Door."""
        return self._door.fact_rows(table_name)

    def loads(self) -> Sequence[Mapping[str, Any]]:
        """See Door."""
        return self._door.loads()

    def feed_lines(self) -> Sequence[Mapping[str, Any]]:
        """See Door."""
        return self._door.feed_lines()

    def quarantine(self, limit: int) -> Sequence[Mapping[str, Any]]:
        """See Door."""
        return self._door.quarantine(limit)

    def corrected(self, customer_id: str) -> Sequence[Correction]:
        """See Door."""
        return self._door.corrected(customer_id)

    def drift(self) -> Drift:
        """See Door."""
        return self._door.drift()

    def correct(self, interaction_id: str, edit: Edit, by: str, note: str = "") -> Correction:
        """See Door."""
        return self._door.correct(interaction_id, edit, by, note)

    def identity_history(self, limit: int = 100) -> Sequence[Decision]:
        """See Door."""
        return self._door.identity_history(limit)

    def decide_join(self, members: Sequence[str], by: str, note: str = "") -> Decision:
        """See Door."""
        return self._door.decide_join(members, by, note)

    def decide_apart(self, left: Sequence[str], right: Sequence[str], by: str, note: str = "") -> Decision:
        """See Door."""
        return self._door.decide_apart(left, right, by, note)

    def decide_split(self, customer: str, members: Sequence[str], by: str, note: str = "") -> Decision:
        """See Door."""
        return self._door.decide_split(customer, members, by, note)

    def decide_withdraw(self, decision_id: int, by: str, note: str = "") -> Decision:
        """See Door."""
        return self._door.decide_withdraw(decision_id, by, note)

    def hypothesis_board(self) -> Sequence[Hypothesis]:
        """See Door."""
        return self._door.hypothesis_board()

    def decide_hypothesis(self, *said: str) -> Hypothesis:
        """See Door."""
        return self._door.decide_hypothesis(*said)

    def explain(self, table_name: str, **key: object) -> Explanation:
        """See Door."""
        return self._door.explain(table_name, **key)

    @property
    def moves(self) -> Moves:
        """See Door."""
        return self._door.moves

    @property
    def rooms(self) -> Rooms:
        """See Door."""
        return self._door.rooms

    @property
    def walks(self) -> Walks:
        """See Door."""
        if self._walks is None:
            self._walks = self._door.walks.once()
        return self._walks

    def say_consent(self, customer_id: str, said: Mapping[str, bool], by: str) -> Mapping[str, Any]:
        """See Door."""
        return self._door.say_consent(customer_id, said, by)


def rows(door: Door, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
    """Rows of one SELECT as dictionaries."""
    found: list[Row] = door.query(sql, parameters).to_pylist()
    return found


def one(door: Door, sql: str, parameters: Mapping[str, object] | None = None) -> Row:
    """The only row of an aggregate; empty where there is none."""
    found = rows(door, sql, parameters)
    return found[0] if found else {}
