"""What a customer was like at some moments, for the conditions of plays.

Tables by period give the row of the last period that ended by then. What counts facts is counted anew up to each
moment. All other tables hold today alone and cannot say what was: see ``only_today``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from heartline.action.house import House
from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.shape import Bound, Play
from heartline.tables import table

_COUNTED = {"orders": "purchase", "interactions": "interaction"}
"""Conditions that count the rows of a table of facts."""


def by_period(name: str) -> bool:
    """Whether a condition stands in a table that has a row for every period."""
    return "period_end" in table(CONDITIONS[name].table).key


def only_today(play: Play) -> list[str]:
    """Conditions of a play that are known of today alone, so that the past cannot be rehearsed with them."""
    return [name for name in play.trigger.customer if not by_period(name) and name not in _COUNTED]


def periods_of(house: House, plays: Iterable[Play]) -> dict[str, datetime | None]:
    """From when on the tables that plays ask for tell what customers were like; None: not at all yet."""
    names = {CONDITIONS[name].table for play in plays for name in play.trigger.customer if by_period(name)}
    return {
        name: house.query(f"select min(period_end) as earliest from {name}").column(0)[0].as_py()
        for name in sorted(names)
    }


def known_then(name: str, bound: Bound, number: int, values: dict[str, object], past: bool) -> dict[str, str]:
    """Named parts of a query, the last with ``moment``, ``customer_id`` and ``v_<name>`` of who meets a condition.

    Expects a part ``moment``. past: other moments than that of the last run are asked about; values: gets parameters
    """
    of, last = CONDITIONS[name], f"known_{number}"
    met = " and ".join(met_by("t.value", bound, f"bound_{number}", values)) or "t.value is not null"
    if by_period(name):
        return {
            f"end_{number}": "select m.moment, max(e.period_end) as period_end from moment m"
            f" join (select distinct period_end from {of.table}) e on e.period_end <= m.moment group by m.moment",
            last: f"select e.moment, t.customer_id, t.value as v_{name}, e.period_end from end_{number} e"
            f" join (select customer_id, period_end, {of.column} as value from {of.table}) t"
            f" on t.period_end = e.period_end where {met}",
        }
    if past and name in _COUNTED:
        return {
            f"step_{number}": "select customer_id, cast('0001-01-01' as timestamp) as since, 0 as more from customer"
            " union all select customer_id, greatest(occurred_at, coalesce(known_at, occurred_at)), 1"
            f" from {_COUNTED[name]}",
            f"count_{number}": "select customer_id, since, sum(more) over mine as value, lead(since) over mine as until"
            f" from step_{number} window mine as (partition by customer_id order by since nulls last, more nulls last"
            " rows between unbounded preceding and current row)",
            last: f"select m.moment, t.customer_id, cast(t.value as bigint) as v_{name} from moment m"
            f" join (select * from count_{number} t where {met}) t"
            " on t.since < m.moment and (t.until is null or t.until >= m.moment)",
        }
    return {
        last: f"select m.moment, t.customer_id, t.value as v_{name} from moment m cross join ({of.sql}) t where {met}"
    }


def met_by(column: str, bound: Bound, name: str, values: dict[str, object]) -> list[str]:
    """SQL conditions that a column meets a bound; what is not known meets none."""
    found = []
    for part, sign in (("at_least", ">="), ("at_most", "<=")):
        if (limit := getattr(bound, part)) is not None:
            values[f"{name}_{part}"] = float(limit)
            found.append(f"try_cast({column} as double) {sign} cast(${name}_{part} as double)")
    if bound.one_of:
        values[f"{name}_words"] = list(bound.one_of)
        found.append(f"cast({column} as varchar) in (select unnest(cast(${name}_words as varchar[])))")
    return found
