"""What broke: touchpoints that feel worse, touchpoints that fail more, and where funnels lose people.

A month is compared with the one before; it counts as whole when at most two of its days are missing. Rows of
``touchpoint_period`` are pooled over channels and stages: the mean by felt visits, its standard error from the rows'
own 90 % intervals, taken as independent of each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, explain_address

Z90 = 1.6448536269514722

MONTHS = """
select max(period_start) filter (where period_start + interval 1 month <= $as_of + interval 2 days) as whole_month,
       max(period_start) as any_month
from touchpoint_period
"""

FALLS = """
with pooled as (
  select touchpoint, period_start, sum(visits) as visits, sum(felt_visits) as felt,
         sum(felt_visits * felt_mean) / nullif(sum(felt_visits) filter (where felt_mean is not null), 0) as mean,
         sqrt(sum(power(felt_visits * (felt_high - felt_low) / (2 * $z), 2)))
           / nullif(sum(felt_visits) filter (where felt_low is not null), 0) as error,
         cast(sum(failed) as double) / nullif(sum(visits), 0) as failed,
         cast(sum(abandoned) as double) / nullif(sum(visits), 0) as abandoned
  from touchpoint_period where period_start in ($month, $month - interval 1 month)
  group by touchpoint, period_start)
select now.touchpoint, now.visits, now.felt, old.felt as felt_before, now.mean, old.mean as mean_before,
       now.mean - $z * now.error as low, now.mean + $z * now.error as high,
       now.mean - old.mean as change,
       now.mean - old.mean - $z * sqrt(power(now.error, 2) + power(old.error, 2)) as change_low,
       now.mean - old.mean + $z * sqrt(power(now.error, 2) + power(old.error, 2)) as change_high,
       now.failed, old.failed as failed_before,
       now.failed - old.failed - $z * sqrt(now.failed * (1 - now.failed) / now.visits
         + old.failed * (1 - old.failed) / old.visits) as failed_low,
       old.visits as visits_before
from pooled now join pooled old on old.touchpoint = now.touchpoint and old.period_start < now.period_start
order by change asc nulls last, now.touchpoint
"""

STEPS = """
select funnel, position, touchpoint, reached, dropped, drop_rate, drop_low, drop_high, felt_dropped, felt_continued,
       felt_dropped_n, felt_continued_n
from funnel_step
where drop_rate is not null and reached >= $base
  -- A step that people leave in a good mood, better than those who go on, has served them: it loses nobody.
  -- A few felt contacts are too few to say so.
  and not coalesce(felt_dropped > 0 and felt_dropped > felt_continued
    and felt_dropped_n >= $base and felt_continued_n >= $base, false)
qualify row_number() over (partition by funnel order by drop_rate desc nulls last, position) = 1
order by drop_rate desc nulls last, funnel limit 6
"""

LOWEST = """
select touchpoint, sum(felt_visits) as felt,
       sum(felt_visits * felt_mean) / nullif(sum(felt_visits) filter (where felt_mean is not null), 0) as mean
from touchpoint_period where period_start = $month group by touchpoint
having sum(felt_visits) >= $base order by mean asc nulls last, touchpoint limit 1
"""

HYGIENE = "select touchpoint from driver where class = 'hygiene' or floor = 'shown' group by touchpoint"


@dataclass(frozen=True)
class Fall:
    """A touchpoint that feels worse than the month before, beyond the interval of the change.

    touchpoint: which
    now, before: mean felt valence of both months
    change: the difference with its interval
    hygiene: whether customers punish it when it is bad and do not reward it when it is good
    """

    touchpoint: str
    now: Figure
    before: Figure
    change: Figure
    hygiene: bool


@dataclass(frozen=True)
class Failure:
    """A touchpoint where a larger share of visits failed than the month before, beyond the interval.

    touchpoint: which
    now, before: share of visits that ended as failed
    """

    touchpoint: str
    now: Figure
    before: Figure


@dataclass(frozen=True)
class Leak:
    """The step of a funnel that loses the largest share of those who reach it.

    funnel, touchpoint: which step of which funnel
    rate: share of those who reached it and went no farther
    felt_dropped, felt_continued: mean felt valence at this step of those who dropped and of those who went on
    """

    funnel: str
    touchpoint: str
    rate: Figure
    felt_dropped: Figure
    felt_continued: Figure


@dataclass(frozen=True)
class Broken:
    """All that broke in the latest month.

    month: the month looked at; None without visits
    compared: touchpoints with enough visits in both months
    falls, failures, leaks: see their classes
    lowest: the touchpoint that feels worst in the month, where no two months can be compared; its change is not known
    by_chance: falls to be expected by chance alone among those compared: 5 in 100
    """

    month: datetime | None
    compared: int
    falls: Sequence[Fall]
    failures: Sequence[Failure]
    leaks: Sequence[Leak]
    by_chance: float
    lowest: Fall | None = None

    @property
    def beyond_chance(self) -> bool:
        """Whether so many falls would come by chance alone in fewer than 1 of 10 months (Poisson)."""
        fewer = sum(math.exp(-self.by_chance) * self.by_chance**k / math.factorial(k) for k in range(len(self.falls)))
        return 1 - fewer < 0.1


def latest_month(door: Door) -> datetime | None:
    """First moment of the latest whole month with visits; of the latest month at all where none is whole."""
    found = one(door, MONTHS, {"as_of": door.as_of or datetime(9999, 1, 1)})
    month: datetime | None = found.get("whole_month") or found.get("any_month")
    return month


def changes(door: Door) -> list[Row]:
    """Every touchpoint with at least ``min_base`` felt visits in both months, worst change first."""
    month = latest_month(door)
    if month is None:
        return []
    base = door.settings.whole("min_base")
    found = rows(door, FALLS, {"month": month, "z": Z90})
    return [
        {
            **row,
            "explain": explain_address(
                "touchpoint_period", "felt_mean", touchpoint=row["touchpoint"], period_start=month
            ),
        }
        for row in found
        if (row["felt"] or 0) >= base and (row["felt_before"] or 0) >= base and row["change"] is not None
    ]


def broken(door: Door) -> Broken:
    """What broke in the latest whole month, worst first."""
    month = latest_month(door)
    if month is None:
        return Broken(None, 0, (), (), leaks(door), 0.0)
    compared = changes(door)
    hygiene = {row["touchpoint"] for row in rows(door, HYGIENE)}
    falls = [
        Fall(
            row["touchpoint"],
            Figure(row["mean"], "valence", "", row["low"], row["high"], row["felt"], row["explain"]),
            Figure(row["mean_before"], "valence", n=row["felt_before"]),
            Figure(row["change"], "valence", "", row["change_low"], row["change_high"]),
            row["touchpoint"] in hygiene,
        )
        for row in compared
        if row["change_high"] is not None and row["change_high"] < 0
    ]
    base = door.settings.whole("min_base")
    failures = [
        Failure(
            row["touchpoint"],
            Figure(
                row["failed"],
                "share",
                n=row["visits"],
                explain=explain_address(
                    "touchpoint_period", "failed", touchpoint=row["touchpoint"], period_start=month
                ),
            ),
            Figure(row["failed_before"], "share", n=row["visits_before"]),
        )
        for row in rows(door, FALLS, {"month": month, "z": Z90})
        if row["failed_low"] is not None and row["failed_low"] > 0 and min(row["visits"], row["visits_before"]) >= base
    ]
    failures.sort(key=lambda failure: -(failure.now.value or 0) + (failure.before.value or 0))
    lowest = None if compared else _lowest(door, month, base)
    return Broken(month, len(compared), falls, failures[:6], leaks(door), 0.05 * len(compared), lowest)


def _lowest(door: Door, month: datetime, base: int) -> Fall | None:
    row = one(door, LOWEST, {"month": month, "base": base})
    if not row or row["mean"] is None:
        return None
    address = explain_address("touchpoint_period", "felt_mean", touchpoint=row["touchpoint"], period_start=month)
    now = Figure(row["mean"], "valence", n=row["felt"], explain=address)
    return Fall(row["touchpoint"], now, Figure(None, "valence"), Figure(None, "valence"), False)


def leaks(door: Door) -> list[Leak]:
    """The worst step of each funnel, worst first; steps with fewer than ``min_base`` journeys are left out."""
    found = []
    for row in rows(door, STEPS, {"base": door.settings.whole("min_base")}):
        key = {"funnel": row["funnel"], "position": row["position"]}
        found.append(
            Leak(
                row["funnel"],
                row["touchpoint"],
                Figure(
                    row["drop_rate"],
                    "share",
                    "",
                    row["drop_low"],
                    row["drop_high"],
                    row["reached"],
                    explain_address("funnel_step", "drop_rate", **key),
                ),
                *(
                    Figure(
                        row[felt], "valence", n=row[f"{felt}_n"], explain=explain_address("funnel_step", felt, **key)
                    )
                    for felt in ("felt_dropped", "felt_continued")
                ),
            )
        )
    return found
