"""Periods inside one query: which period a moment first belongs to, and how evidence fades from one to the next.

Facts are condensed once per slice (the time between two period ends). A period is the sum of its own slice and all
earlier ones, each faded from its slice's end to the period's end, because exponential decay multiplies along time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from heartline.analysis.base import months_before
from heartline.engines.functions import Functions
from heartline.engines.steps import Step


def windows(as_of: datetime, months: int, count: int) -> list[tuple[datetime, datetime]]:
    """(start, end) of the last ``count`` periods of ``months`` each, oldest first, the last ending at ``as_of``."""
    ends = [months_before(as_of, months * back) for back in reversed(range(count + 1))]
    return list(pairwise(ends))


def window_of(f: Functions, moment: str, periods: Sequence[tuple[datetime, datetime]]) -> str:
    """Number of the period in which a moment lies; NULL before the first."""
    whens = "".join(f" when {moment} < {literal(f, end)} then {number}" for number, (_, end) in enumerate(periods))
    return f"(case when {moment} < {literal(f, periods[0][0])} then cast(null as int){whens} end)"


def literal(f: Functions, moment: datetime) -> str:
    """A moment as a timestamp literal."""
    return f.timestamp(moment.isoformat())


def period_table(f: Functions, name: str, ends: Sequence[datetime]) -> Step:
    """A step with one row per period: ``period`` (0 is the oldest) and ``period_end``."""
    rows = [f"select {number} as period, {literal(f, end)} as period_end" for number, end in enumerate(ends)]
    return Step(name, " union all ".join(rows), keep=True)


def slice_of(f: Functions, moment: str, ends: Sequence[datetime]) -> str:
    """Number of the first period that a moment belongs to (its end is later); the last one's for later moments."""
    whens = " ".join(f"when {moment} < {literal(f, end)} then {number}" for number, end in enumerate(ends[:-1]))
    return f"(case {whens} else {len(ends) - 1} end)" if whens else "0"


def slice_end(f: Functions, moment: str, ends: Sequence[datetime]) -> str:
    """End of the slice in which a moment lies."""
    whens = " ".join(f"when {moment} < {literal(f, end)} then {literal(f, end)}" for end in ends[:-1])
    last = literal(f, ends[-1])
    return f"(case {whens} else {last} end)" if whens else last


def faded(days: str, half_life_days: float) -> str:
    """Weight of evidence that is some days old: 1 now, 1/2 after a half-life."""
    return f"exp(-({days}) * {math.log(2) / half_life_days:.17g})"


def exposure_days(days: str, half_life_days: float) -> str:
    """Days that count when each fades like the evidence in it: the opportunity that faded events had."""
    rate = math.log(2) / half_life_days
    return f"((1.0 - exp(-({days}) * {rate:.17g})) / {rate:.17g})"
