"""What a customer may do or feel next, as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.web.door import Row
from heartline.web.figures import Figure, explain_address
from heartline.web.words import MOVE_NAMES

NEXT = "select * from next_move where customer_id = $id"


@dataclass(frozen=True)
class NextMove:
    """One thing that the customer may do or feel next: words, probability, how usual it is, and reasons in words."""

    name: str
    text: str
    p: Figure
    usual: Figure
    reasons: Sequence[str]


def next_moves(following: Sequence[Row], customer: str) -> list[NextMove]:
    """The rows of ``next_move`` of one customer in the order of the words."""

    def at(row: Row, column: str) -> str:
        return explain_address("next_move", column, customer_id=customer, move=row["move"])

    return [
        NextMove(
            row["move"],
            MOVE_NAMES[row["move"]],
            Figure(row["p"], "share", "", row["low"], row["high"], row["base"], at(row, "p")),
            Figure(row["base_rate"], "share", explain=at(row, "base_rate")),
            [part.strip() for part in (row["reasons"] or "").split(";") if part.strip()],
        )
        for row in sorted(following, key=lambda row: list(MOVE_NAMES).index(row["move"]))
    ]
