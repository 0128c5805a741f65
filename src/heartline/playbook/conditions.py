"""What a trigger may ask of a customer: figures and words of the derived tables, as the last run left them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from heartline.tables import MOVES, table


@dataclass(frozen=True)
class Condition:
    """One name under ``trigger: customer:``.

    table, column: where it stands; kind: a number takes at_least and at_most, a word takes one_of
    unit, meaning: as the table says them; allowed: words that the column can hold, empty: any
    low, high: bounds of the unit, None: none
    sentiment: whether it tells how the customer feels or is bound, so that asking for praise by it would be gating
    where: SQL condition on the table's rows; empty: all rows
    """

    name: str
    table: str
    column: str
    kind: Literal["number", "word"]
    unit: str
    meaning: str
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    sentiment: bool = True
    where: str = ""

    @property
    def sql(self) -> str:
        """A SELECT of ``customer_id`` and ``value``, one row a customer; a value that is not known is NULL."""
        kept = f" where {self.where}" if self.where else ""
        return f"select customer_id, {self.column} as value from {self.table}{kept}"


_COLUMNS = {
    "loyalty": (
        "segment", "p_leaving", "p_silent_leaving", "p_gone", "p_betrayal", "p_revenge", "staying", "promoting",
    ),
    "connection": ("connection", "satisfaction", "self_relevance", "pathway", "evidence_count"),
    "customer_value": ("p_alive", "expected_value", "expected_purchases"),
    "betrayal": ("p_avoidance", "severity", "failed_recovery", "worst_touchpoint"),
    "ledger": ("harm", "help", "referred"),
    "customer_overview": (
        "segment_before", "felt_mean", "felt_last", "last_touchpoint", "interactions", "orders", "revenue",
        "value_at_stake",
    ),
}  # fmt: skip
_BEHAVIOUR = {
    "p_alive", "expected_value", "expected_purchases", "evidence_count", "last_touchpoint", "interactions", "orders",
    "revenue",
}  # fmt: skip
"""What is known of a customer without a word on how they feel."""
_MEANINGS = {
    "segment": "the segment that the customer is in", "last_touchpoint": "where the last contact was",
    "worst_touchpoint": "where a promise or fairness was broken worst",
    "connection": "emotional connection: the bond, apart from satisfaction",
    "referred": "people whom the customer referred",
}  # fmt: skip
_MOVES = {
    "complaint": "a complaint", "silent_leaving": "leaving without a word", "repeat_purchase": "buying again",
    "referral": "referring somebody",
}  # fmt: skip
_RANGE = re.compile(r"(-?\d+) to (-?\d+)")


def _of_move(move: str) -> str:
    if move in _MOVES:
        return f"probability of {_MOVES[move]} within the horizon"
    return f"probability that the next contact feels {move.removeprefix('feeling_')}, if there is one"


def _condition(name: str, of: str, column: str, meaning: str = "", where: str = "") -> Condition:
    told = table(of).column(column)
    bounds = _RANGE.fullmatch(told.unit)
    if of in ("loyalty", "connection"):
        where = f"period_end = (select max(period_end) from {of})"
    return Condition(
        name, of, column, "word" if told.type == "string" else "number", told.unit,
        meaning or _MEANINGS.get(name, told.meaning),
        told.allowed, float(bounds[1]) if bounds else None, float(bounds[2]) if bounds else None,
        name not in _BEHAVIOUR, where,
    )  # fmt: skip


CONDITIONS: dict[str, Condition] = {
    one.name: one
    for one in (
        *(_condition(column, of, column) for of, columns in _COLUMNS.items() for column in columns),
        *(
            _condition(f"next_{move}", "next_move", "p", _of_move(move), f"move = '{move}'")
            for move in MOVES
        ),
    )
}  # fmt: skip
"""Every name that ``trigger: customer:`` may use."""
