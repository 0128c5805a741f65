"""What moved people: what they met before a move between segments, against customers who stayed in the segment.

An association with customers of the same segment, month and number of contacts, never a cause.
See docs/explanation/move-path.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from heartline.analysis.base import Analysis, Context, Fit, Stage, Values
from heartline.analysis.life import listed
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.stats.matched import matched_difference
from heartline.stats.multiple import false_discovery
from heartline.tables import table

BEFORE_DAYS = 60
BAD, GOOD = -0.25, 0.35
LEAST_MET = 5  # movers and stayers together who met something before it is looked at
KEPT = 0.1  # false discovery rate
# One's own posts and promoting place one in a segment, so they are no path to it.
OWN_ACTS = (
    "review", "social_post", "community_post", "defence", "defense", "recommendation", "share", "cancellation",
    "unsubscribe", "account_closed",
)  # fmt: skip


def _gather(f: Functions, context: Context, values: Values) -> list[Step]:
    start = f.add_seconds("p.period_end", str(-BEFORE_DAYS * 86400))
    return [
        Step(
            "move_case",
            "select customer_id, period_end, before, segment from (select customer_id, period_end, segment,"
            " lag(segment) over (partition by customer_id order by period_end nulls last) as before from loyalty)"
            " placed"
            " where before is not null",
            keep=True,
        ),
        Step("move_period", "select distinct period_end from move_case"),
        Step(
            "move_contact",
            "select p.period_end, v.customer_id, v.touchpoint, v.outcome, v.felt_valence from move_period p"
            f" join touchpoint_visit v on v.occurred_at >= {start} and v.occurred_at < p.period_end"
            " join interaction i on i.interaction_id = v.interaction_id"
            f" where coalesce(i.kind, '') not in ({listed(OWN_ACTS)})",
            keep=True,
        ),
        Step(
            "move_busy",
            "select customer_id, period_end, count(*) as contacts from move_contact group by customer_id, period_end",
        ),
        Step(
            "move_met",
            "select distinct customer_id, period_end, touchpoint, met from ("
            f"select customer_id, period_end, touchpoint, cast('felt_bad' as string) as met from move_contact"
            f" where felt_valence <= {BAD} union all"
            " select customer_id, period_end, touchpoint, cast('felt_good' as string) as met from move_contact"
            f" where felt_valence >= {GOOD} union all"
            " select customer_id, period_end, touchpoint, cast('failed' as string) as met from move_contact"
            " where outcome = 'failed' union all"
            " select customer_id, period_end, touchpoint, cast('visited' as string) as met from move_contact) met",
        ),
        Step(
            "move_stratum",
            "select c.customer_id, c.period_end, c.before, c.segment, case when coalesce(b.contacts, 0) = 0 then 0"
            " when b.contacts = 1 then 1 when b.contacts <= 3 then 2 when b.contacts <= 7 then 3 else 4 end as busy"
            " from move_case c left join move_busy b on b.customer_id = c.customer_id and b.period_end = c.period_end",
            keep=True,
        ),
        Step(
            "move_total",
            "select before, segment, period_end, busy, count(*) as customers from move_stratum"
            " group by before, segment, period_end, busy",
        ),
        Step(
            "move_exposed",
            "select s.before, s.segment, s.period_end, s.busy, m.touchpoint, m.met, count(*) as customers"
            " from move_stratum s join move_met m on m.customer_id = s.customer_id and m.period_end = s.period_end"
            " group by s.before, s.segment, s.period_end, s.busy, m.touchpoint, m.met",
        ),
    ]


def fit_paths(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The table ``move_path`` as rows."""
    totals: dict[tuple[str, str], dict[tuple[Any, int], int]] = {}
    for row in tables["move_total"].to_pylist():
        totals.setdefault((row["before"], row["segment"]), {})[row["period_end"], row["busy"]] = row["customers"]
    exposed: dict[tuple[str, str], dict[tuple[str, str], dict[tuple[Any, int], int]]] = {}
    for row in tables["move_exposed"].to_pylist():
        of_move = exposed.setdefault((row["before"], row["segment"]), {})
        of_move.setdefault((row["touchpoint"], row["met"]), {})[row["period_end"], row["busy"]] = row["customers"]
    rows: list[dict[str, Any]] = []
    thin = 0
    for (before, after), movers in sorted(totals.items()):
        stayers = totals.get((before, before), {})
        if before == after or not stayers:
            continue
        if sum(movers.values()) < context.whole("min_base"):
            thin += 1
            continue
        strata = sorted(movers, key=str)
        kept = exposed.get((before, after), {})
        stayed = exposed.get((before, before), {})
        for what in sorted(set(kept) | set(stayed)):
            hit, base = kept.get(what, {}), stayed.get(what, {})
            if sum(hit.values()) + sum(base.get(one, 0) for one in strata) < LEAST_MET:
                continue
            found = matched_difference(
                [movers[one] for one in strata], [hit.get(one, 0) for one in strata],
                [stayers.get(one, 0) for one in strata], [base.get(one, 0) for one in strata],
            )  # fmt: skip
            if found is None:
                continue
            rows.append(
                {"segment_from": before, "segment_to": after, "touchpoint": what[0], "met": what[1],
                 "movers": found.matched, "stayers": found.others, "share": found.met,
                 "share_stayers": found.met_others, "difference": found.value, "difference_low": found.low,
                 "difference_high": found.high, "p_value": found.p}
            )  # fmt: skip
    for row, rate in zip(rows, false_discovery([row["p_value"] for row in rows]), strict=True):
        row |= {"false_discovery": float(rate), "beyond_chance": bool(rate <= KEPT)}
    notes = [
        f"{len(rows)} comparisons of movers with stayers of the same segment, month and number of contacts; those"
        f" beyond"
        f" chance are kept at a false discovery rate of {KEPT:.0%}. A customer who moves twice counts twice."
    ]
    if thin:
        notes.append(f"{thin} kinds of moves with fewer than {context.whole('min_base')} movers are left out.")
    return Fit(tables={"move_row": pa.Table.from_pylist(rows, table("move_path").arrow_schema())}, notes=tuple(notes))


def _write(f: Functions, context: Context, values: Values) -> list[Step]:
    return [Step("move_path", f"select {', '.join(table('move_path').names)} from move_row")]


ANALYSIS = Analysis(
    name="move_path",
    reads=("loyalty", "touchpoint_visit", "interaction"),
    writes=("move_path",),
    settings=("min_base",),
    about="What customers met before they moved between segments, against customers who stayed.",
    stages=(
        Stage(steps=_gather, collect=("move_total", "move_exposed"), fit=fit_paths),
        Stage(steps=_write),
    ),
)
