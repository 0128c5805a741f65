"""What people decide on causes of drop-off: checked, kept with who, when and why; the newest word on each counts.

A decision counts from the next run on. A dated fix is read out before and after by the analysis ``drop_off``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from heartline.errors import HypothesisError
from heartline.records import hypotheses as kept
from heartline.records.hypotheses import Hypothesis
from heartline.records.store import Records
from heartline.tables import CHANNELS, HYPOTHESIS_STATUS, table

if TYPE_CHECKING:
    from heartline.settings import Settings

__all__ = ["Hypothesis", "board", "history", "say", "standing_table"]

_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,80}")
_CAUSE = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
_NOTE = 300


class House(Protocol):
    """What decisions need of a workspace; ``heartline.workspace.Workspace`` is one."""

    @property
    def records(self) -> Records:
        """The records database."""

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT over all tables by name, with ``$name`` parameters."""


def say(
    house: House, funnel: str, step: str, cause: str, status: str, by: str, note: str = "", fixed_at: str = "",
    fixed_channel: str = "",
) -> Hypothesis:  # fmt: skip
    """Keep what a person says of a cause at a step.

    fixed_at: a day or moment in ISO form, in UTC where it tells no zone; fixed_channel: where it was fixed in one only

    HypothesisError: no such step, no such status, a name that is no name, a date in the future or none.
    """
    if not _NAME.fullmatch(by.strip()):
        raise HypothesisError("it is not said by whom", "a name of at most 80 characters", "say who you are")
    if status not in HYPOTHESIS_STATUS:
        raise HypothesisError(f"status {status[:40]!r}", f"one of {', '.join(HYPOTHESIS_STATUS)}", "choose one of them")
    if not _CAUSE.fullmatch(cause):
        raise HypothesisError(
            f"a cause is called {cause[:60]!r}", "small letters, digits and underscores", "e.g. price_shown_late"
        )
    steps = house.query("select touchpoint from funnel where funnel = $funnel order by position", {"funnel": funnel})
    names = steps.column(0).to_pylist()
    if not names:
        raise HypothesisError(
            f"there is no funnel {funnel[:60]!r}",
            "one that was loaded",
            "heartline ingest funnel FILE; see the page Drop-offs",
        )
    if step not in names:
        raise HypothesisError(
            f"there is no step {step[:60]!r} of that funnel", ", ".join(names), "see the page Drop-offs"
        )
    if len(note) > _NOTE:
        raise HypothesisError(f"a note of {len(note)} characters", f"at most {_NOTE}", "write it shorter")
    if fixed_channel and (fixed_channel not in CHANNELS or not fixed_at):
        raise HypothesisError(
            "a channel without a date, or one that is not known", f"a date, and one of {', '.join(CHANNELS)}",
            "give both or neither",
        )  # fmt: skip
    moment = _moment(fixed_at) if fixed_at else None
    said = Hypothesis(funnel, step, cause, status, by.strip(), note.strip(), moment, fixed_channel or None)
    return kept.add(house.records, said)


def board(house: House) -> list[Hypothesis]:
    """What stands: the newest word on each funnel, step and cause."""
    return kept.standing(house.records)


def history(house: House, limit: int = 100) -> list[Hypothesis]:
    """Everything that was said, newest first."""
    return kept.history(house.records, limit)


def standing_table(records: Records) -> pa.Table:
    """What stands, in the shape of the table ``hypothesis``."""
    rows = [
        {
            "hypothesis_id": one.hypothesis_id, "funnel": one.funnel, "step": one.step, "cause": one.cause,
            "status": one.status, "decided_by": one.by, "decided_at": _naive(one.at), "note": one.note,
            "fixed_at": _naive(one.fixed_at) if one.fixed_at else None, "fixed_channel": one.fixed_channel,
        }
        for one in kept.standing(records)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, table("hypothesis").arrow_schema())


def _moment(text: str) -> str:
    try:
        moment = _naive(text.strip())
    except ValueError as cause:
        raise HypothesisError(f"{text[:40]!r} is no date", "YYYY-MM-DD", "correct the date") from cause
    if moment > datetime.now(UTC).replace(tzinfo=None):
        raise HypothesisError("the fix lies in the future", "a day that has been", "tell it when it is done")
    return moment.isoformat()


def _naive(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
