"""The empathy gap for people: lines in the order of the journey, and the gaps that are beyond doubt in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, explain_address, plain
from heartline.web.page import Query

GAPS = "select * from empathy_gap order by touchpoint"
SIDES = (
    ("guess", "guessed", "guess", "guessers"),
    ("walked", "walked", "walked", "walkers"),
    ("customers", "customers", "customers_felt", "customers"),
)
"""Name, words, column of the mean, column of the count."""
CLEAR = ("rosier", "darker")
VERDICTS = {
    "rosier": "rosier than customers", "darker": "darker than customers", "alike": "as customers",
    "not_enough_evidence": "not enough evidence",
}  # fmt: skip


@dataclass(frozen=True)
class GapLine:
    """One point of connection. guess, walked, customers: means with 95 % intervals and how many people they are of

    guess_gap, walk_gap: minus customers; guess_verdict, walk_verdict: in words; clear: either is beyond doubt
    """

    touchpoint: str
    stage: str
    guess: Figure
    walked: Figure
    customers: Figure
    guess_gap: Figure
    guess_verdict: str
    walk_gap: Figure
    walk_verdict: str
    clear: bool


@dataclass(frozen=True)
class Finding:
    """A gap that is beyond doubt. who: those who decide, or walkers; thinks, feels: what both feel, in words"""

    who: str
    touchpoint: str
    verdict: str
    theirs: Figure
    thinks: str
    customers: Figure
    feels: str
    walked: Figure


def gap_rows(door: Door) -> list[Row]:
    """Rows of ``empathy_gap`` in the order of the journey."""
    found = rows(door, GAPS)
    if not found:
        return []
    place = {one.touchpoint: number for number, one in enumerate(door.walks.points())}
    return sorted(found, key=lambda row: (place.get(row["touchpoint"], len(place)), row["touchpoint"]))


def gap_lines(found: Sequence[Row]) -> list[GapLine]:
    """Lines of the table."""
    return [
        GapLine(
            touchpoint=plain(row["touchpoint"]),
            stage=plain(row["stage"]) or "stage not told",
            guess=_mean(row, "guess"),
            walked=_mean(row, "walked"),
            customers=_mean(row, "customers"),
            guess_gap=_gap(row, "guess"),
            guess_verdict=VERDICTS[row["guess_verdict"]],
            walk_gap=_gap(row, "walk"),
            walk_verdict=VERDICTS[row["walk_verdict"]],
            clear=row["guess_verdict"] in CLEAR or row["walk_verdict"] in CLEAR,
        )
        for row in found
    ]


def findings(found: Sequence[Row]) -> list[Finding]:
    """Gaps beyond doubt: those of guesses first, the widest first; walkers' where guesses tell none there."""
    told: list[tuple[bool, float, str, Finding]] = []
    for row in found:
        guessed = row["guess_verdict"] in CLEAR
        if not guessed and row["walk_verdict"] not in CLEAR:
            continue
        side, gap = ("guess", "guess_gap") if guessed else ("walked", "walk_gap")
        theirs, customers = _mean(row, side), _mean(row, "customers")
        one = Finding(
            "Those who decide" if guessed else "Walkers", plain(row["touchpoint"]),
            row["guess_verdict" if guessed else "walk_verdict"], theirs, feeling(theirs.value), customers,
            feeling(customers.value), _mean(row, "walked") if guessed else Figure(None, "valence"),
        )  # fmt: skip
        told.append((not guessed, -abs(row[gap] or 0.0), row["touchpoint"], one))
    return [one for *_, one in sorted(told, key=lambda each: each[:3])]


def gap_chart(door: Door, _query: Query) -> list[Row]:
    """One row per point and side that is known, in the order of the journey."""
    made: list[Row] = []
    for position, row in enumerate(gap_rows(door)):
        for side, words, mean, count in SIDES:
            if row[mean] is None:
                continue
            verdict = {"guess": row["guess_verdict"], "walked": row["walk_verdict"]}.get(side)
            made.append(
                {
                    "name": plain(row["touchpoint"]), "stage_name": plain(row["stage"]) or "stage not told",
                    "position": position, "who": words, "mean": row[mean], "low": row[f"{side}_low"],
                    "high": row[f"{side}_high"], "n": row[count], "verdict": VERDICTS[verdict] if verdict else "",
                    "explain": explain_address("empathy_gap", mean, touchpoint=row["touchpoint"]),
                }
            )  # fmt: skip
    return made


def feeling(valence: float | int | None) -> str:
    """A mean felt valence as people say it."""
    if valence is None:
        return "not known"
    words = ((-0.6, "very bad"), (-0.2, "bad"), (0.2, "neither good nor bad"), (0.6, "good"))
    return next((word for most, word in words if valence < most), "very good")


def _mean(row: Row, side: str) -> Figure:
    _, _, mean, count = next(one for one in SIDES if one[0] == side)
    address = explain_address("empathy_gap", mean, touchpoint=row["touchpoint"])
    return Figure(row[mean], "valence", "", row[f"{side}_low"], row[f"{side}_high"], row[count], address)


def _gap(row: Row, side: str) -> Figure:
    name = f"{side}_gap"
    address = explain_address("empathy_gap", name, touchpoint=row["touchpoint"])
    return Figure(row[name], "valence", "", row[f"{name}_low"], row[f"{name}_high"], None, address)
