"""How a before-and-after or a comparison of units becomes a row: what it assumes, and what may be said of it."""

from __future__ import annotations

from math import isfinite
from typing import Any

ASSUMES = {
    "difference_in_differences": "without it, treated and others would have changed alike, and others were not touched",
    "staggered": "without it, those who began would have changed as those not yet begun, and nobody acted ahead of it",
    "synthetic_control": "without it, it would have gone on like the mixture of others that went like it before",
    "interrupted_series": "the trend from before would have gone on, and nothing else happened at that time",
}
CHANCE, ALONE, TRENDS_DIFFER = 0.1, 0.05, 0.05
"""p-values up to which something is beyond chance: with others to compare with, by its own past alone; and trends."""


def number(value: float | None) -> float | None:
    """A figure, or None where it is not known."""
    return None if value is None or not isfinite(value) else float(value)


def effect_row(
    method: str, estimate: float, low: float, high: float, p: float, before: float, after: float,
    pre_trend: float = float("nan"), pre_trend_p: float = float("nan"), least_p: float = 0.0,
    student: float = float("nan"),
) -> dict[str, Any]:  # fmt: skip
    """The columns that every effect has.

    least_p: the smallest p-value that exchanging so few units allows; where even that is no proof, an estimate at it
    counts as beyond chance only with a p-value of Student's test (``student``) of half as much
    """
    chance = ALONE if method == "interrupted_series" else CHANCE
    beyond = p <= chance if least_p <= CHANCE else p <= least_p + 1e-9 and student <= CHANCE / 2
    if isfinite(low) and isfinite(high):
        beyond = beyond and (low > 0 or high < 0)
    verdict = "effect_if_assumed" if beyond else "none_shown"
    if isfinite(pre_trend_p) and pre_trend_p < TRENDS_DIFFER:
        verdict = "trends_differed"
    return {
        "method": method, "estimate": number(estimate), "low": number(low), "high": number(high), "p": number(p),
        "before": number(before), "after": number(after), "pre_trend": number(pre_trend),
        "pre_trend_p": number(pre_trend_p), "verdict": verdict, "assumes": ASSUMES[method], "reason": None,
    }  # fmt: skip


def no_effect_row(method: str, reason: str) -> dict[str, Any]:
    """The same columns where nothing can be said, with why."""
    missing = dict.fromkeys(
        ("estimate", "low", "high", "p", "before", "after", "pre_trend", "pre_trend_p")
    )  # fmt: skip
    return {
        "method": method, **missing, "verdict": "not_enough_evidence", "assumes": ASSUMES[method], "reason": reason,
    }  # fmt: skip
