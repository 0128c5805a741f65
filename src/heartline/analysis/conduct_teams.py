"""Sums over customers of what conversations keep, per period, measure and team, beside the feeling that follows."""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Context, Values
from heartline.analysis.periods import literal, window_of, windows
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

PERIODS = 4
AFTER_DAYS = 30
CLUSTER = ("customers", "n", "sum", "n_squares", "sum_squares", "products")
"""Sums over customers that a clustered mean needs, in its order."""


def gather_teams(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Conversations to customers, customers to one row per period, measure and team; ``team`` empty is all of them."""
    periods = windows(context.as_of, context.whole("window_months"), PERIODS)
    sides = {"k": "kept", "b": "broken"}
    own = ", ".join(
        f"cast(count(case when status = '{status}' and surprise is not null then 1 end) as double) as {x}n,"
        f" coalesce(sum(case when status = '{status}' then surprise end), 0.0) as {x}s"
        for x, status in sides.items()
    )
    felt = ", ".join(
        f"cast(count(case when {x}n > 0 then 1 end) as double) as {status}_{CLUSTER[0]}, sum({x}n) as"
        f" {status}_{CLUSTER[1]}, sum({x}s) as {status}_{CLUSTER[2]}, sum({x}n * {x}n) as {status}_{CLUSTER[3]},"
        f" sum({x}s * {x}s) as {status}_{CLUSTER[4]}, sum({x}n * {x}s) as {status}_{CLUSTER[5]}"
        for x, status in sides.items()
    )
    return (
        Step("conduct_next", f"""
            select c.conversation_id, c.customer_id,
                {f.first_by("v.surprise", "v.occurred_at, v.interaction_id")} as surprise
            from (select distinct conversation_id, customer_id, ended_at from conduct_rows) c
            join touchpoint_visit v on v.customer_id = c.customer_id and v.occurred_at > c.ended_at
                and v.occurred_at <= c.ended_at + interval {AFTER_DAYS} days
            where v.surprise is not null and v.felt_from in ('words', 'rating')
            group by c.conversation_id, c.customer_id"""),
        Step("conduct_case", f"""
            select c.customer_id, c.team, c.touchpoint, c.measure, c.status, a.surprise,
                {window_of(f, "c.ended_at", periods)} as slice,
                case when c.status = 'kept' then 1.0 when c.status = 'broken' then 0.0 end as kept
            from conduct_rows c
            left join conduct_next a on a.conversation_id = c.conversation_id and a.customer_id = c.customer_id
            where c.status <> 'not_applicable'""", keep=True),
        Step("conduct_placed", f"""
            select * from conduct_case where slice is not null
            union all select customer_id, team, touchpoint, measure, status, surprise, {PERIODS} as slice, kept
            from conduct_case where slice is not null""", keep=True),
        Step("conduct_usual", """
            select slice, measure, touchpoint, avg(kept) as usual from conduct_placed where kept is not null
            group by slice, measure, touchpoint"""),
        Step("conduct_against", """
            select p.*, u.usual from conduct_placed p left join conduct_usual u
                on u.slice = p.slice and u.measure = p.measure and u.touchpoint = p.touchpoint""", keep=True),
        Step("conduct_own", " union all ".join(
            f"select slice, measure, {unit} as unit, customer_id, cast(count(kept) as double) as n,"
            " coalesce(sum(kept), 0.0) as hits, coalesce(sum(case when kept is not null then usual end), 0.0) as usual,"
            f" count(case when status = 'not_read' then 1 end) as not_read, {own}"
            f" from conduct_against group by slice, measure, {unit + ', ' if unit == 'team' else ''}customer_id"
            for unit in ("team", "''")
        ), keep=True),
        Step("conduct_sums", f"""
            select slice, measure, unit as team, count(case when n > 0 then 1 end) as customers, sum(n) as n,
                sum(hits) as hits, sum(usual) as usual, sum(not_read) as not_read, sum(n * n) as n_squares,
                sum(hits * hits) as hit_squares, sum(n * hits) as products,
                sum((hits - usual) * (hits - usual)) as off_squares, sum(n * (hits - usual)) as off_products, {felt}
            from conduct_own group by slice, measure, unit"""),
        Step("outcome_sums", f"""
            select team, count(*) as customers, sum(n) as n, sum(total) as sum, sum(n * n) as n_squares,
                sum(total * total) as sum_squares, sum(n * total) as products
            from (select v.team, v.customer_id, cast(count(*) as double) as n, sum(v.felt_valence) as total
                from touchpoint_visit v join conduct_large l on l.team = v.team
                where v.felt_from in ('words', 'rating') and v.occurred_at >= {literal(f, periods[0][0])}
                group by v.team, v.customer_id) outcome_own
            group by team"""),
    )  # fmt: skip
