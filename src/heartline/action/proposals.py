"""Promises that were heard in conversations, as proposals for the register; a person takes them, or leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from heartline.action.house import House
from heartline.action.promises import Promise, Promises
from heartline.analysis.consent import no_reading
from heartline.engines.duckdb import DuckDBFunctions
from heartline.errors import CaseError
from heartline.records import promises as kept
from heartline.tables import PROMISE_STATUS


@dataclass(frozen=True)
class Proposal:
    """One sentence that promises something: to whom, where, what kind, in whose words, when and by when.

    status: kept, broken, open or not_followed, by contacts on record, as of the last run
    """

    interaction_id: str
    customer_id: str
    team: str
    kind: str
    words: str
    made_at: datetime
    due_at: datetime | None
    status: str


class Proposals:
    """What the last run heard and the register does not have."""

    def __init__(self, house: House, promises: Promises) -> None:
        self.house = house
        self._promises = promises

    def listed(self, limit: int = 100) -> list[Proposal]:
        """Promises not seen to be kept and not in the register, what is due first comes first.

        Nothing where conduct is not read (setting ``conduct``), and nothing said to who does not want to be read.
        """
        registered = {one.interaction_id for one in kept.listed(self.house.records, PROMISE_STATUS)}
        found = self.house.query(f"{_HEARD} and h.status <> 'kept' order by h.due_at nulls last, h.made_at, "
                                 "h.interaction_id, h.span_start")  # fmt: skip
        rows = [row for row in found.to_pylist() if row["interaction_id"] not in registered]
        return [_proposal(row) for row in rows[:limit]]

    def take(self, interaction_id: str, by: str, says: str = "") -> Promise:
        """Put the first promise of a text into the register, in the employee's words or in ``says``.

        CaseError where nothing was heard in the text, or the register has it already.
        """
        found = self.house.query(f"{_HEARD} and h.interaction_id = $id order by h.span_start", {"id": interaction_id})
        if not found.num_rows:
            raise CaseError(
                f"no promise was heard in {interaction_id[:60]!r}", "an interaction_id of `heartline promise heard`",
                "or write it down yourself: heartline promise add",
            )  # fmt: skip
        if any(one.interaction_id == interaction_id for one in kept.listed(self.house.records, PROMISE_STATUS)):
            raise CaseError(f"the register has {interaction_id[:60]!r} already", "a new one", "heartline promise list")
        one = _proposal(found.to_pylist()[0])
        return self._promises.add(
            one.customer_id, says or one.words, by, one.due_at, interaction_id=interaction_id, at=one.made_at
        )


_HEARD = f"""
select h.interaction_id, h.customer_id, h.team, h.kind, h.made_at, h.due_at, h.status, h.span_start, h.span_end, v.text
from promise_heard h join verbatim v on v.interaction_id = h.interaction_id and v.speaker = 'employee'
where h.customer_id not in (
  select customer_id from customer where customer_id is not null and {no_reading(DuckDBFunctions())})
"""


def _proposal(row: dict[str, object]) -> Proposal:
    text = str(row.pop("text"))
    start, end = int(str(row.pop("span_start"))), int(str(row.pop("span_end")))
    return Proposal(words=" ".join(text[start:end].split()), **row)  # type: ignore[arg-type]
