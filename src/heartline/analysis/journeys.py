"""Journeys: which contacts belong together, how they ended, where feelings peaked, and where people leave.

Method card: ``docs/explanation/journeys.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Analysis, Context, Fit, Stage, Values
from heartline.analysis.consent import customers_where, no_profile
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.stats.clusters import clustered_mean, clustered_share
from heartline.tables import CHANNELS

_CHANGE = ("change_customers", "change_n", "change_sum", "change_n_squares", "change_sum_squares", "change_products")


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Contacts numbered within their journey, and journeys with their funnels and purchases."""
    gap = f"cast('{context.number('journey_gap_days')!r}' as double)"
    now = f.timestamp(context.as_of.isoformat())
    in_order = "occurred_at nulls last, interaction_id nulls last"
    start = f.last_known("begins_id", "customer_id", in_order)
    channels = " + ".join(f"max(case when channel = '{name}' then 1 else 0 end)" for name in CHANNELS)
    return (
        # the way of one person is worked out on them; sums over all journeys keep everybody
        customers_where("journey_objected", no_profile(f)),
        Step("contact", f"""
            with timed as (
                select v.interaction_id, v.customer_id, v.occurred_at, v.channel, v.touchpoint, v.stage, v.outcome,
                    v.felt_valence,
                    lag(v.occurred_at) over (partition by v.customer_id order by {in_order}) as before_at
                from touchpoint_visit v),
            cut as (
                select timed.*, case when before_at is null or {f.days_between("before_at", "occurred_at")} > {gap}
                    then interaction_id end as begins_id
                from timed),
            placed as (select cut.*, {start} as journey_id from cut)
            select journey_id, interaction_id, customer_id, occurred_at, channel, touchpoint, stage, outcome,
                felt_valence, row_number() over within as number,
                lag(touchpoint) over within as touchpoint_before,
                lag(stage) over (partition by journey_id, case when stage is null then 0 else 1 end order by {in_order})
                    as stage_before,
                lead(touchpoint) over within as next_touchpoint,
                lead(felt_valence) over within as next_valence
            from placed
            window within as (partition by journey_id order by {in_order})""", keep=True),
        Step("journey_told", f"""
            with keyed as (
                select contact.*,
                    case when felt_valence is null then -1 else cast(round(abs(felt_valence) * 1e9) as bigint) * 100000
                        + least(number, 99999) end as peak_key,
                    case when felt_valence is null then -1 else number end as felt_number,
                    case when felt_valence is not null then touchpoint end as felt_touchpoint,
                    case when stage is not null and (stage_before is null or stage_before <> stage)
                        then replace(stage, ' ', '_') end as stage_new,
                    case when touchpoint_before is null or touchpoint_before <> touchpoint
                        then replace(touchpoint, ' ', '_') end as touchpoint_new
                from contact)
            select journey_id, max(customer_id) as customer_id, min(occurred_at) as started_at,
                max(occurred_at) as ended_at, {f.last_by("outcome", "number")} as last_outcome,
                cast(count(*) as bigint) as interactions,
                nullif({f.join_ordered("stage_new", "number", " ")}, '') as stages,
                {f.join_ordered("touchpoint_new", "number", " ")} as touchpoints,
                cast({channels} as bigint) as channels,
                cast(count(felt_valence) as bigint) as felt_n, avg(felt_valence) as felt_mean,
                {f.last_by("felt_valence", "peak_key")} as peak_valence,
                {f.last_by("felt_touchpoint", "peak_key")} as peak_touchpoint,
                {f.last_by("felt_valence", "felt_number")} as end_valence,
                {f.last_by("touchpoint", "number")} as end_touchpoint
            from keyed group by journey_id""", keep=True),
        Step("journey_bought", f"""
            select distinct j.journey_id
            from journey_told j join purchase p on p.customer_id = j.customer_id
            where p.occurred_at >= j.started_at and p.occurred_at <= {f.add_seconds("j.ended_at", "86400")}"""),
        Step("funnel_size", "select funnel, max(position) as steps from funnel group by funnel"),
        Step("funnel_entry", """
            select c.journey_id, n.funnel, min(c.number) as entered
            from contact c join funnel n on n.touchpoint = c.touchpoint
            where n.position = 1 group by c.journey_id, n.funnel"""),
        Step("funnel_contact", """
            select e.journey_id, e.funnel, n.position, z.steps, c.felt_valence,
                case when n.position = z.steps and coalesce(c.outcome, '') not in ('abandoned', 'failed')
                    then 1 else 0 end as finished
            from funnel_entry e
            join contact c on c.journey_id = e.journey_id and c.number >= e.entered
            join funnel n on n.funnel = e.funnel and n.touchpoint = c.touchpoint
            join funnel_size z on z.funnel = e.funnel""", keep=True),
        Step("funnel_walk", """
            select journey_id, funnel, max(steps) as steps, max(position) as deepest, max(finished) as finished
            from funnel_contact group by journey_id, funnel""", keep=True),
        Step("funnel_main", """
            select journey_id, funnel, deepest, finished
            from (
                select w.*, row_number() over (partition by journey_id order by finished desc nulls last,
                    cast(deepest as double) / nullif(steps, 0) desc nulls last, funnel nulls last) as place
                from funnel_walk w) ranked
            where place = 1"""),
        Step("journey_closed", f"""
            select t.*, m.funnel, m.deepest, m.finished,
                {f.days_between("t.ended_at", now)} <= {gap} as recent, b.journey_id is not null as bought
            from journey_told t
            left join journey_bought b on b.journey_id = t.journey_id
            left join funnel_main m on m.journey_id = t.journey_id""", keep=True),
        Step("step_sums", """
            with own as (
                select c.touchpoint, coalesce(c.next_touchpoint, '') as next_touchpoint, c.customer_id,
                    count(*) as steps, cast(count(next_valence - felt_valence) as double) as n,
                    sum(next_valence - felt_valence) as total
                from contact c join journey_closed j on j.journey_id = c.journey_id
                where c.next_touchpoint is not null or not j.recent
                group by c.touchpoint, coalesce(c.next_touchpoint, ''), c.customer_id)
            select touchpoint, next_touchpoint, cast(sum(steps) as bigint) as steps,
                cast(count(*) as bigint) as customers,
                cast(count(case when n > 0 then 1 end) as double) as change_customers, sum(n) as change_n,
                coalesce(sum(total), 0) as change_sum, sum(n * n) as change_n_squares,
                coalesce(sum(total * total), 0) as change_sum_squares, coalesce(sum(n * total), 0) as change_products
            from own group by touchpoint, next_touchpoint"""),
        Step("funnel_sums", """
            with over_by_time as (
                select w.journey_id, j.customer_id, w.funnel, w.deepest, w.finished
                from funnel_walk w join journey_closed j on j.journey_id = w.journey_id where not j.recent),
            own as (
                select n.funnel, n.position, cast(count(*) as double) as reached, cast(count(
                    case when w.deepest = n.position and w.finished = 0 then 1 end) as double) as dropped
                from funnel n join over_by_time w on w.funnel = n.funnel and w.deepest >= n.position
                group by n.funnel, n.position, w.customer_id),
            spread as (
                select funnel, position, sum(reached * reached) as reached_squares,
                    sum(dropped * dropped) as dropped_squares, sum(reached * dropped) as products
                from own group by funnel, position),
            felt as (
                select journey_id, funnel, position, avg(felt_valence) as felt
                from funnel_contact group by journey_id, funnel, position)
            select n.funnel, n.position, n.touchpoint, coalesce(max(s.reached_squares), 0) as reached_squares,
                coalesce(max(s.dropped_squares), 0) as dropped_squares, coalesce(max(s.products), 0) as products,
                cast(count(w.journey_id) as bigint) as reached,
                cast(count(case when w.deepest = n.position and w.finished = 0 then 1 end) as bigint) as dropped,
                avg(case when w.deepest = n.position and w.finished = 0 then t.felt end) as felt_dropped,
                avg(case when w.deepest > n.position or w.finished = 1 then t.felt end) as felt_continued,
                cast(count(case when w.deepest = n.position and w.finished = 0 then t.felt end) as bigint)
                    as felt_dropped_n,
                cast(count(case when w.deepest > n.position or w.finished = 1 then t.felt end) as bigint)
                    as felt_continued_n
            from funnel n
            left join over_by_time w on w.funnel = n.funnel and w.deepest >= n.position
            left join felt t on t.journey_id = w.journey_id and t.funnel = n.funnel and t.position = n.position
            left join spread s on s.funnel = n.funnel and s.position = n.position
            group by n.funnel, n.position, n.touchpoint"""),
    )  # fmt: skip


def estimate(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Intervals of changes (visits of one customer are one cluster) and of drop rates, likewise."""
    steps, funnel = tables["step_sums"], tables["funnel_sums"]
    found = clustered_mean(*(steps.column(name).to_numpy(zero_copy_only=False) for name in _CHANGE))
    for name, column in zip(("change_mean", "change_low", "change_high"), found, strict=True):
        column = np.clip(column, -2, 2)
        steps = steps.append_column(name, pa.array(column, pa.float64(), mask=np.isnan(column)))
    reached, dropped, *spread, position = (
        funnel.column(name).to_numpy(zero_copy_only=False)
        for name in ("reached", "dropped", "reached_squares", "dropped_squares", "products", "position")
    )
    rates = clustered_share(reached, dropped, *spread)
    for name, column in zip(("drop_rate", "drop_low", "drop_high"), rates, strict=True):
        funnel = funnel.append_column(name, pa.array(column, pa.float64(), mask=np.isnan(column)))
    entered = int(reached[position == 1].sum())
    notes = (f"{entered} journeys that are over entered a funnel at its first step.",) if len(reached) else ()
    return Fit({"step_known": steps, "funnel_known": funnel}, {}, notes)


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The three tables in their declared columns."""
    return (
        Step("journey", """
            select j.journey_id, j.customer_id, j.started_at, j.ended_at,
                case when j.bought then 'purchased' when j.finished = 1 then 'completed' when j.recent then 'open'
                    else coalesce(j.last_outcome, 'ended') end as outcome,
                j.interactions, j.stages, j.touchpoints, j.channels, j.felt_n, j.felt_mean, j.peak_valence,
                j.peak_touchpoint, j.end_valence, j.end_touchpoint, j.funnel,
                case when j.finished = 0 and not j.recent then n.touchpoint end as drop_off_step
            from journey_closed j left join funnel n on n.funnel = j.funnel and n.position = j.deepest
            left join journey_objected o on o.customer_id = j.customer_id
            where o.customer_id is null"""),
        Step("journey_step", """
            select touchpoint, next_touchpoint, steps, customers, cast(round(change_n) as bigint) as change_n,
                change_mean, change_low, change_high
            from step_known"""),
        Step("funnel_step", """
            select funnel, position, touchpoint, reached, dropped, drop_rate, drop_low, drop_high, felt_dropped,
                felt_continued, felt_dropped_n, felt_continued_n
            from funnel_known"""),
    )  # fmt: skip


ANALYSIS = Analysis(
    name="journeys",
    reads=("customer", "touchpoint_visit", "purchase", "funnel"),
    writes=("journey", "journey_step", "funnel_step"),
    settings=("journey_gap_days",),
    about="Which contacts belong together, how they ended, where feelings peaked, and where people leave.",
    stages=(Stage(gather, ("step_sums", "funnel_sums"), estimate), Stage(hand_over)),
)
