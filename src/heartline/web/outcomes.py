"""What came of a case after its horizon, and what its play does on the whole; an association is never called more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heartline.action.cases import Case
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, day, explain_address

DID = {
    "stays": ("came back or bought in the second half of that time", "did not come back in that second half"),
    "buys": ("bought", "bought nothing"),
    "refers": ("referred somebody", "referred nobody"),
    "no_complaint": ("told of no complaint", "complained"),
    "felt_better": ("felt better than before", "did not feel better than before"),
}  # fmt: skip
"""Each behaviour in words: where it was so, and where it was not."""
SHARE_NAMES = {
    "stays": "stayed", "buys": "bought", "refers": "referred somebody", "no_complaint": "told of no complaint",
    "felt_better": "mean change of how they felt",
}  # fmt: skip
OTHERS = {
    "hold_out": "held out at random",
    "matched": "customers like them for whom nothing was opened",
    "none": "nobody to compare with",
}
VERDICTS = {
    "helps": "it helps", "useless": "it does nothing worth having", "harms": "it does harm",
    "higher": "higher with a case: an association", "alike": "no difference worth telling: an association",
    "lower": "lower with a case: an association", "not_enough_evidence": "not enough evidence",
}  # fmt: skip
OUTCOME = "select * from case_outcome where customer_id = $id and case_id = $case"
EFFECTS = "select * from play_effect where play_id = $play order by proof desc, outcome"


@dataclass(frozen=True)
class Outcome:
    """What the customer did and felt within the horizon of a case.

    words: where it stands; the rest is empty before the horizon is over
    began, ends: the horizon; did: in words what they did and did not, those that are known
    before, after, change: felt valence; acted: whether a person acted
    helped: whether they did what the play is judged by; proof: that in words
    """

    words: str
    began: datetime | None
    ends: datetime | None
    did: Sequence[str]
    before: Figure
    after: Figure
    change: Figure
    acted: bool
    helped: bool | None
    proof: str


@dataclass(frozen=True)
class PlayLine:
    """One outcome of a play over all its cases: what is compared, both sides, their difference, what may be said.

    against: who the others are; proof: whether the play names it as its proof
    note: why nothing is said, or what the difference allows for; empty: nothing to add
    """

    outcome: str
    proof: bool
    acted: Figure
    others: Figure
    against: str
    difference: Figure
    verdict: str
    note: str


def outcome_of(door: Door, case: Case | None, allowed: bool, felt: bool) -> Outcome | None:
    """What came of a case; None without one. ``allowed``: whether it may be shown at all, ``felt``: feelings too."""
    if case is None or not allowed:
        return None
    found = door.customer_query(case.customer_id, OUTCOME, {"id": case.customer_id, "case": case.case_id}).to_pylist()
    row: Row = found[0] if found else {}

    def figure(column: str) -> Figure:
        address = explain_address("case_outcome", column, customer_id=case.customer_id, case_id=case.case_id)
        return Figure(row.get(column) if felt else None, "valence", explain=address)

    complete = bool(row.get("complete"))
    helped = row.get("helped") if complete and (felt or case.helped_by != "felt_better") else None
    return Outcome(
        _words(case, row),
        row.get("began_at") if complete else None,
        row.get("ends_at") if complete else None,
        [
            texts[0] if row[name] else texts[1]
            for name, texts in DID.items()
            if complete and row[name] is not None and (felt or name != "felt_better")
        ],
        figure("felt_before"),
        figure("felt_after"),
        figure("felt_change"),
        case.acted_at is not None,
        helped,
        "" if helped is None else DID[case.helped_by or ""][0 if helped else 1],
    )


def _words(case: Case, row: Row) -> str:
    if row.get("complete"):
        return "What they did and felt since is known."
    if row.get("ends_at"):
        return f"Measured at the first run after {day(row['ends_at'])}: on what they do and feel, not on a thank-you."
    days = case.horizon_days
    return f"Measured {days} days after the case was opened, at the next run: on what they do and feel."


def play_lines(door: Door, play_id: str | None) -> list[PlayLine]:
    """What a play does on the whole; empty before it has been looked at, or without a play."""
    if not play_id:
        return []
    return [_play_line(row) for row in rows(door, EFFECTS, {"play": play_id})]


def _play_line(row: Row) -> PlayLine:
    felt = row["outcome"] == "felt_better"
    level: Kind = "valence" if felt else "share"
    change: Kind = "valence" if felt else "points"

    def at(column: str) -> str:
        return explain_address("play_effect", column, play_id=row["play_id"], outcome=row["outcome"])

    return PlayLine(
        SHARE_NAMES[row["outcome"]],
        bool(row["proof"]),
        Figure(row["rate_acted"], level, n=row["acted"], explain=at("rate_acted")),
        Figure(row["rate_others"], level, n=row["others"], explain=at("rate_others")),
        OTHERS.get(row["method"], ""),
        Figure(row["effect"], change, "", row["low"], row["high"], explain=at("effect")),
        VERDICTS[row["verdict"]],
        row["reason"] or ("allowing for what was known before" if row["adjusted"] else ""),
    )
