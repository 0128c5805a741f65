"""How points of connection felt over the latest months, pooled in one place, so that everybody tells the same figure.

Rows of ``touchpoint_period`` are pooled as the page Journey pools them: the mean by felt visits, its standard error
from the rows' own 90 % intervals, taken as independent of each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Z90 = 1.6448536269514722

_LATEST = """
select max(period_start) filter (where period_start + interval 1 month <= $as_of + interval 2 days) as whole_month,
       max(period_start) as any_month
from touchpoint_period
"""
_SUMS = """
select touchpoint, stage, period_start > $edge as now, cast(sum(visits) as bigint) as visits,
       cast(sum(felt_visits) as bigint) as felt, sum(felt_visits * felt_mean) as total,
       cast(sum(felt_visits) filter (where felt_mean is not null) as bigint) as told,
       sum(power(felt_visits * (felt_high - felt_low) / (2 * $z), 2)) as errors,
       cast(sum(felt_visits) filter (where felt_low is not null) as bigint) as error_felt,
       cast(sum(abandoned) as bigint) as abandoned, cast(sum(failed) as bigint) as failed
from touchpoint_period where period_start > $first and period_start <= $last
group by touchpoint, stage, period_start > $edge
"""


@dataclass(frozen=True)
class Felt:
    """Mean felt valence of some visits.

    mean: -1 to 1; None: fewer than ``base`` felt visits; low, high: its 90 % interval, None without one
    visits, felt: visits, and those of which a feeling is known; unfinished: share abandoned or failed
    """

    mean: float | None
    low: float | None
    high: float | None
    visits: int
    felt: int
    unfinished: float | None


@dataclass(frozen=True)
class Months:
    """Felt valence of the latest months and of as many before; since and until are first moments of months.

    since, until: None where there is no visit; sums: per (touchpoint, stage, now) what is pooled
    """

    since: datetime | None
    until: datetime | None
    base: int
    sums: Sequence[Mapping[str, Any]]

    @property
    def places(self) -> list[tuple[str, str | None]]:
        """Every touchpoint with its stage that was visited in the latest months."""
        return sorted(
            {(row["touchpoint"], row["stage"]) for row in self.sums if row["now"]},
            key=lambda place: (place[1] or "", place[0]),
        )

    def at(self, touchpoint: str = "", stages: Sequence[str | None] = (), before: bool = False) -> Felt:
        """Pooled over a touchpoint, over stages, or over a touchpoint within stages; neither: over everything."""
        found = [
            row
            for row in self.sums
            if row["now"] != before
            and (not touchpoint or row["touchpoint"] == touchpoint)
            and (not stages or row["stage"] in stages)
        ]
        visits, felt = (int(sum(row[name] or 0 for row in found)) for name in ("visits", "felt"))
        told = sum(row["told"] or 0 for row in found)
        mean = sum(row["total"] or 0.0 for row in found) / told if told and felt >= self.base else None
        behind = sum(row["error_felt"] or 0 for row in found)
        error = math.sqrt(sum(row["errors"] or 0.0 for row in found)) / behind if behind else None
        known = mean is not None and error is not None
        stopped = sum((row["abandoned"] or 0) + (row["failed"] or 0) for row in found)
        return Felt(
            mean,
            mean - Z90 * error if known and mean is not None and error is not None else None,
            mean + Z90 * error if known and mean is not None and error is not None else None,
            visits,
            felt,
            stopped / visits if visits else None,
        )


def months_of(query: Callable[..., Any], as_of: datetime | None, months: int, base: int) -> Months:
    """The latest ``months`` months, the last of them whole where one is; means need ``base`` felt visits.

    query: gives the rows of one SELECT as an Arrow table
    """
    ends = query(_LATEST, {"as_of": as_of or datetime(9999, 1, 1)}).to_pylist()
    last: datetime | None = (ends[0]["whole_month"] or ends[0]["any_month"]) if ends else None
    if last is None:
        return Months(None, None, base, ())
    values = {"last": last, "edge": _back(last, months), "first": _back(last, 2 * months), "z": Z90}
    return Months(_back(last, months - 1), last, base, query(_SUMS, values).to_pylist())


def _back(month: datetime, months: int) -> datetime:
    whole = month.year * 12 + month.month - 1 - months
    return datetime(whole // 12, whole % 12 + 1, 1)
