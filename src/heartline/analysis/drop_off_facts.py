"""What `drop_off` condenses: attempts at each funnel, what each met before a step, and counts of both.

An attempt begins with the first step's touchpoint in a session (a conversation, or contacts of one customer and channel
without a pause of half an hour) and takes in what that session still reaches, and deeper steps of other sessions within
``funnel_window_days``: each of them goes on with the attempt that had come nearest to it, the latest of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from heartline.analysis.base import Context, Values
from heartline.analysis.consent import customers_where, no_reading
from heartline.analysis.drop_off_causes import (
    CAUSES,
    DAY,
    HOUR,
    LONG,
    WORDS,
    basket,
    failing,
    kind_of_failure,
    said,
    waits,
)
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

YEAR, BACK = 365, 730
PAUSE_S = 1800
QUARTER = 91.25
WEEKS = BACK // 7


def attempts(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Steps up to ``drop_reached``: one row per attempt and step that it has a contact at."""
    since = literal(f, context.as_of - timedelta(days=BACK))
    now = literal(f, context.as_of)
    window = f"{context.number('funnel_window_days')!r}"
    currency = context.text("currency")
    in_order = "occurred_at nulls last, interaction_id nulls last"
    alone = "customer_id, channel, case when conversation_id is null then 1 else 0 end"
    begins = f.last_known("begins_id", alone, in_order)
    return (
        # what refusers do is not read for causes either, as their words are not
        customers_where("drop_refused", no_reading(f)),
        Step("drop_contact", f"""
            with timed as (
                select i.interaction_id, i.customer_id, i.occurred_at, i.channel, i.touchpoint, i.kind, i.outcome,
                    i.duration_s, i.conversation_id, i.properties,
                    replace(replace(lower(i.touchpoint), ' ', '_'), '-', '_') || ' '
                        || replace(replace(lower(coalesce(i.kind, '')), ' ', '_'), '-', '_') as told,
                    lag(i.occurred_at) over (partition by i.customer_id, i.channel,
                        case when i.conversation_id is null then 1 else 0 end
                        order by i.occurred_at nulls last, i.interaction_id nulls last) as before_at
                from interaction i left join drop_refused r on r.customer_id = i.customer_id
                where i.occurred_at >= {since} and r.customer_id is null and coalesce(i.direction, '') <> 'outbound'
                    and coalesce(i.kind, '') not in ('open', 'impression')),
            cut as (
                select timed.*, case when conversation_id is null and (before_at is null
                    or {f.seconds_between("before_at", "occurred_at")} > {PAUSE_S}) then interaction_id end as begins_id
                from timed)
            select interaction_id, customer_id, occurred_at, channel, touchpoint, kind, outcome, duration_s,
                properties, told,
                coalesce('talk ' || conversation_id, 'run ' || {begins}) as session_id
            from cut""", keep=True),
        Step("drop_size", "select funnel, max(position) as steps from funnel group by funnel", keep=True),
        Step("drop_visit", f"""
            select n.funnel, n.position, c.customer_id, c.session_id, min(c.occurred_at) as first_at,
                max(c.occurred_at) as last_at, {f.last_by("c.channel", "c.occurred_at, c.interaction_id")} as channel,
                {f.last_by("c.outcome", "c.occurred_at, c.interaction_id")} as outcome,
                max({basket(f).replace("properties", "c.properties")}) as basket
            from drop_contact c join funnel n on n.touchpoint = c.touchpoint
            group by n.funnel, n.position, c.customer_id, c.session_id""", keep=True),
        Step("drop_entry", """
            select e.funnel, e.customer_id, e.session_id, min(e.first_at) as began_at, max(v.position) as deepest
            from drop_visit e join drop_visit v on v.funnel = e.funnel and v.customer_id = e.customer_id
                and v.session_id = e.session_id and v.last_at >= e.first_at
            where e.position = 1 group by e.funnel, e.customer_id, e.session_id""", keep=True),
        Step("drop_walk", f"""
            with elsewhere as (
                select v.funnel, v.position, v.customer_id, v.session_id, v.first_at, v.last_at, v.channel,
                    v.outcome, v.basket
                from drop_visit v left join drop_entry o on o.funnel = v.funnel and o.customer_id = v.customer_id
                    and o.session_id = v.session_id and o.began_at <= v.last_at
                where v.position > 1 and o.session_id is null),
            ranked as (
                select e.session_id as attempt_id, x.*,
                    row_number() over (partition by x.funnel, x.customer_id, x.session_id, x.position
                        order by e.deepest desc nulls last, e.began_at desc nulls last, e.session_id nulls last) as
                        place
                from elsewhere x join drop_entry e on e.funnel = x.funnel and e.customer_id = x.customer_id
                    and e.began_at < x.first_at and e.deepest < x.position
                    and {f.days_between("e.began_at", "x.first_at")} <= {window})
            select e.funnel, v.position, e.customer_id, e.session_id as attempt_id, v.session_id, v.first_at, v.last_at,
                v.channel, v.outcome, v.basket
            from drop_entry e join drop_visit v on v.funnel = e.funnel and v.customer_id = e.customer_id
                and v.session_id = e.session_id and v.last_at >= e.began_at
            union all
            select funnel, position, customer_id, attempt_id, session_id, first_at, last_at, channel, outcome, basket
            from ranked where place = 1""", keep=True),
        Step("drop_paid", f"""
            select purchase_id, customer_id, occurred_at, revenue - coalesce(refunded, 0.0) as paid from purchase
            where coalesce(currency, '{currency}') = '{currency}' and revenue > 0 and revenue < 1e15""", keep=True),
        Step("drop_usual_order", f"""
            select avg(paid) as usual from drop_paid
            where paid > 0 and occurred_at >= {literal(f, context.as_of - timedelta(days=YEAR))}"""),
        Step("drop_ended", f"""
            with whole as (
                select w.funnel, w.customer_id, w.attempt_id, max(w.position) as deepest, max(w.last_at) as last_at,
                    max(w.basket) as basket, max(case when w.position = z.steps
                        and coalesce(w.outcome, '') not in ('abandoned', 'failed') then 1 else 0 end) as finished
                from drop_walk w join drop_size z on z.funnel = w.funnel
                group by w.funnel, w.customer_id, w.attempt_id)
            select w.funnel, w.customer_id, w.attempt_id, w.deepest, w.last_at, w.basket, w.finished, e.began_at
            from whole w join drop_entry e on e.funnel = w.funnel and e.customer_id = w.customer_id
                and e.session_id = w.attempt_id
            where {f.days_between("e.began_at", now)} >= {window}""", keep=True),
        Step("drop_bought", f"""
            select a.funnel, a.customer_id, a.attempt_id,
                max(case when p.occurred_at >= a.began_at and p.occurred_at <= {f.add_seconds("a.last_at", str(HOUR))}
                    then 1 else 0 end) as bought,
                max(case when p.occurred_at > {f.add_seconds("a.last_at", str(HOUR))}
                    and {f.days_between("a.last_at", "p.occurred_at")} <= {window} then 1 else 0 end) as came_back,
                cast(count(distinct case when p.occurred_at < a.began_at then p.purchase_id end) as bigint)
                    as orders_before
            from drop_ended a join drop_paid p on p.customer_id = a.customer_id
            group by a.funnel, a.customer_id, a.attempt_id""", keep=True),
        Step("drop_attempt", f"""
            select a.funnel, a.customer_id, a.attempt_id, a.began_at, a.deepest, a.basket, a.finished,
                coalesce(b.bought, 0) as bought,
                case when a.finished = 0 and coalesce(b.bought, 0) = 0 then 1 else 0 end as stopped,
                case when coalesce(b.came_back, 0) = 0 then coalesce(a.basket, u.usual) else 0.0 end as at_stake,
                case when coalesce(b.orders_before, 0) = 0 then 0 when b.orders_before < 3 then 1 else 2 end as orders,
                case when row_number() over (partition by a.funnel, a.customer_id
                    order by a.began_at nulls last, a.attempt_id nulls last) > 1 then 1 else 0 end as again,
                cast(floor({f.days_between("a.began_at", now)} / {QUARTER}) as bigint) as quarter,
                cast(floor({f.days_between("a.began_at", now)} / 7.0) as bigint) as week
            from drop_ended a cross join drop_usual_order u
            left join drop_bought b on b.funnel = a.funnel and b.customer_id = a.customer_id
                and b.attempt_id = a.attempt_id""", keep=True),
        # what comes after going on cannot stand behind not going on
        Step("drop_deeper", """
            select w.funnel, w.position, w.customer_id, w.attempt_id, min(d.first_at) as deeper_at
            from drop_walk w join drop_walk d on d.funnel = w.funnel and d.customer_id = w.customer_id
                and d.attempt_id = w.attempt_id and d.position > w.position and d.first_at > w.first_at
            group by w.funnel, w.position, w.customer_id, w.attempt_id"""),
        Step("drop_reached", f"""
            select w.funnel, w.position, w.customer_id, w.attempt_id, z.steps,
                {f.last_by("w.session_id", "w.last_at, w.session_id")} as session_id,
                max(w.last_at) as step_at, max(d.deeper_at) as deeper_at,
                {f.last_by("w.channel", "w.last_at, w.session_id")} as channel,
                max(case when a.deepest = w.position then a.stopped else 0 end) as dropped,
                max(case when a.deepest = w.position and a.stopped = 1 then a.at_stake else 0.0 end) as lost,
                max(a.orders) as orders, max(a.again) as again, max(a.quarter) as quarter, max(a.week) as week
            from drop_walk w join drop_attempt a on a.funnel = w.funnel and a.customer_id = w.customer_id
                and a.attempt_id = w.attempt_id
            join drop_size z on z.funnel = w.funnel
            left join drop_deeper d on d.funnel = w.funnel and d.position = w.position
                and d.customer_id = w.customer_id and d.attempt_id = w.attempt_id
            group by w.funnel, w.position, w.customer_id, w.attempt_id, z.steps""", keep=True),
    )  # fmt: skip


def clues(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """``drop_met``: one row per attempt, step and cause that it met up to the step, with where."""
    in_order = "c.occurred_at nulls last, c.interaction_id nulls last"
    return (
        Step("drop_usual_time", f"""
            select touchpoint, percentile_cont(0.5) within group (order by duration_s) as usual_s
            from drop_contact where duration_s >= 0
            group by touchpoint having count(*) >= {context.whole("min_base")}""", keep=True),
        Step("drop_judged", f"""
            with before as (
                select c.interaction_id, c.customer_id, c.session_id, c.occurred_at, c.touchpoint, c.told, c.kind,
                    c.outcome,
                    c.properties, c.duration_s / nullif(u.usual_s, 0) as slowness,
                    lag(c.occurred_at) over here as here_at, lag(c.outcome) over here as here_outcome
                from drop_contact c left join drop_usual_time u on u.touchpoint = c.touchpoint
                window here as (partition by c.customer_id, c.touchpoint order by {in_order}))
            select interaction_id, customer_id, session_id, occurred_at, touchpoint,
                case when {failing(f)} then {kind_of_failure(f)} end as failure,
                case when coalesce(kind, '') in ('retry', 'repeat') or (coalesce(here_outcome, '') = 'failed'
                    and {f.seconds_between("here_at", "occurred_at")} <= {HOUR}) then 1 else 0 end as retry,
                case when coalesce(slowness >= {LONG}, false) then 1 else 0 end as long,
                case when {waits(f)} then 1 else 0 end as waits
            from before""", keep=True),
        Step("drop_back", """
            with placed as (
                select n.funnel, n.position, c.customer_id, c.session_id, c.occurred_at, c.touchpoint,
                    lag(n.position) over (
                    partition by n.funnel, c.customer_id, c.session_id
                    order by c.occurred_at nulls last, c.interaction_id nulls last) as position_before
                from drop_contact c join funnel n on n.touchpoint = c.touchpoint)
            select funnel, customer_id, session_id, occurred_at, touchpoint from placed
                where position < position_before"""),
        # one row a contact and cause; ``slow`` is a wait told by nothing but how long the contact took
        Step("drop_clue", f"""
            with done as (
                select customer_id, session_id, occurred_at, touchpoint, trim(coalesce(failure, '')
                    || case when retry = 1 then ' retry' else '' end
                    || case when waits = 1 then ' waiting' when long = 1 then ' slow' else '' end) as causes
                from drop_judged),
            told as (
                select t.customer_id, coalesce(c.session_id, '') as session_id, t.occurred_at,
                    coalesce(c.touchpoint, '') as touchpoint, trim({_said()}) as causes
                from feeling t left join drop_contact c on c.interaction_id = t.interaction_id
                left join drop_refused r on r.customer_id = t.customer_id
                where t.status = 'scored' and r.customer_id is null),
            each_done as (
                select customer_id, session_id, occurred_at, touchpoint, {f.explode_words("causes")} as cause
                from done where causes <> ''),
            each_told as (
                select customer_id, session_id, occurred_at, touchpoint, {f.explode_words("causes")} as cause
                from told where causes <> '')
            select customer_id, session_id, occurred_at, touchpoint, 'behaviour' as source, '' as funnel,
                case when cause = 'slow' then 'waiting' else cause end as cause,
                case when cause = 'slow' then 1 else 0 end as slow
            from each_done
            union all
            select customer_id, session_id, occurred_at, touchpoint, 'behaviour' as source, funnel,
                'went_back' as cause, 0 as slow
            from drop_back
            union all
            select customer_id, session_id, occurred_at, touchpoint, 'words' as source, '' as funnel, cause, 0 as slow
            from each_told""", keep=True),
        # At the last step not ending well is stopping itself, so what fails there is no cause of it; how long a contact
        # took at which somebody stopped is made by their stopping.
        Step("drop_met", f"""
            select s.funnel, s.position, s.customer_id, s.attempt_id, c.cause, c.touchpoint, count(*) as times
            from drop_reached s join drop_clue c on c.customer_id = s.customer_id and c.occurred_at <= s.step_at
                and (s.deeper_at is null or c.occurred_at < s.deeper_at)
                and (c.session_id = s.session_id
                    or {f.seconds_between("c.occurred_at", "s.step_at")} <= case when c.source = 'words' then {DAY}
                        else {HOUR} end)
            join funnel n on n.funnel = s.funnel and n.position = s.position
            where c.funnel in ('', s.funnel)
                and not (c.touchpoint = n.touchpoint and c.source = 'behaviour' and (s.position = s.steps or c.slow =
                1))
            group by s.funnel, s.position, s.customer_id, s.attempt_id, c.cause, c.touchpoint""", keep=True),
    )  # fmt: skip


def _said() -> str:
    return " || ".join(f"case when {said(cause)} then ' {cause}' else '' end" for cause in WORDS)


def count(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Counts for the fit, by step, stratum, bucket of customers and what was met."""
    flags = ", ".join(f"max(case when cause = '{cause}' then 1 else 0 end) as m_{cause}" for cause in CAUSES)
    known = ", ".join(f"coalesce(m.m_{cause}, 0) as m_{cause}" for cause in CAUSES)
    named = ", ".join(f"m_{cause}" for cause in CAUSES)
    recent = f"quarter < {round(YEAR / QUARTER)}"
    return (
        Step("drop_flag", f"""
            select funnel, position, customer_id, attempt_id, {flags} from drop_met
            group by funnel, position, customer_id, attempt_id""", keep=True),
        Step("drop_row", f"""
            select s.funnel, s.position, s.customer_id, s.channel, s.orders, s.again, s.quarter, s.week, s.dropped,
                s.lost,
                {known}
            from drop_reached s left join drop_flag m on m.funnel = s.funnel and m.position = s.position
                and m.customer_id = s.customer_id and m.attempt_id = s.attempt_id""", keep=True),
        Step("drop_cell", f"""
            select funnel, position, channel, orders, again, quarter, bucket, {named}, cast(count(*) as double) as n,
                cast(sum(dropped) as double) as dropped, sum(lost) as lost
            from (select r.*, {f.bucket("customer_id")} as bucket from drop_row r where {recent}) placed
            group by funnel, position, channel, orders, again, quarter, bucket, {named}"""),
        Step("drop_sums", f"""
            with own as (
                select funnel, position, customer_id, cast(count(*) as double) as n,
                    cast(sum(dropped) as double) as hits
                from drop_row where {recent} group by funnel, position, customer_id)
            select n.funnel, n.position, n.touchpoint, cast(count(o.customer_id) as bigint) as customers,
                coalesce(sum(o.n), 0.0) as n, coalesce(sum(o.hits), 0.0) as hits, coalesce(sum(o.n * o.n),
                    0.0) as n_squares,
                coalesce(sum(o.hits * o.hits), 0.0) as hit_squares, coalesce(sum(o.n * o.hits), 0.0) as products
            from funnel n left join own o on o.funnel = n.funnel and o.position = n.position
            group by n.funnel, n.position, n.touchpoint"""),
        Step("drop_where", f"""
            select m.funnel, m.position, m.cause, m.touchpoint, sum(m.times) as times
            from drop_met m join drop_attempt a on a.funnel = m.funnel and a.customer_id = m.customer_id
                and a.attempt_id = m.attempt_id
            where a.{recent} and m.touchpoint <> '' group by m.funnel, m.position, m.cause, m.touchpoint"""),
        Step("drop_money", """
            select funnel, cast(sum(finished) as double) as finished, cast(sum(finished * bought) as double) as bought,
                cast(count(*) as double) as n, cast(count(basket) as double) as basket_n
            from drop_attempt group by funnel"""),
        Step("drop_week", f"""
            select s.funnel, s.position, s.channel, s.week, cast(count(*) as double) as n,
                cast(sum(s.dropped) as double) as dropped,
                {", ".join(f"cast(sum(s.m_{cause}) as double) as m_{cause}" for cause in CAUSES)}
            from drop_row s join (select distinct h.funnel, n.position from hypothesis h
                join funnel n on n.funnel = h.funnel and n.touchpoint = h.step where h.fixed_at is not null) x
                on x.funnel = s.funnel and x.position = s.position
            where s.week < {WEEKS} group by s.funnel, s.position, s.channel, s.week"""),
        Step("drop_said", f"""
            select h.funnel, h.step, h.cause, h.status,
                case when h.fixed_at < {literal(f, context.as_of)} then h.fixed_at end as fixed_at, h.fixed_channel
            from hypothesis h"""),
    )  # fmt: skip
