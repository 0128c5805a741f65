"""What `drivers` condenses: how each customer's contacts felt, what was the outcome, and what stands behind both.

Two spans of contacts: those so far for connection, which sums up what was felt, and those before the last
``AFTER_DAYS`` days for what happened in these days.
"""

from __future__ import annotations

from datetime import timedelta

from heartline.analysis.base import Context, Values
from heartline.analysis.connection_fit import ACTS
from heartline.analysis.consent import customers_where, no_profile
from heartline.analysis.life import GOODBYE, life, listed
from heartline.analysis.outcomes import BAD, GOOD, MOST_MONEY
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

SPAN_DAYS = 365  # contacts of so many days count
AFTER_DAYS = 180  # what happened in so many last days is the outcome
VERY_GOOD = 0.5
LEAST_BEFORE = 2  # told contacts before one that it can be set against
PER_BUCKET = 1500  # customers of each of the 64 buckets that are fitted on
# What customers do of their own accord out of a bond they have, and goodbyes: outcomes, not what was done to them.
OWN_ACTS = (*(kind for kinds in ACTS.values() for kind in kinds), *GOODBYE, "reply")


def gather(f: Functions, context: Context, values: Values) -> list[Step]:
    """Steps up to ``driver_customer`` (one row per customer), ``driver_felt`` (customer × touchpoint × span)."""
    return [*_visits(f, context), *_outcomes(f, context), *_customers(f, context), *_company(context)]


def _moments(f: Functions, context: Context) -> tuple[str, str, str]:
    """SQL of the start of both spans, and of the moment from which outcomes are looked at."""
    split = context.as_of - timedelta(days=AFTER_DAYS)
    return (
        literal(f, context.as_of - timedelta(days=SPAN_DAYS)),
        literal(f, split - timedelta(days=SPAN_DAYS)),
        literal(f, split),
    )


def _visits(f: Functions, context: Context) -> list[Step]:
    """How far each contact differs from what the customer is used to; of others, what is expected at the touchpoint.

    ``apart`` leaves words out, since connection is itself read from words. With fewer than ``LEAST_BEFORE`` told
    contacts before it, a warm person cannot be told from a good contact: then, too, what is expected is taken.
    """
    far, earliest, split = _moments(f, context)
    rated = "2.0 * (i.rating - i.rating_min) / nullif(i.rating_max - i.rating_min, 0) - 1.0"
    valid = "i.rating_max > i.rating_min and i.rating between i.rating_min and i.rating_max"
    told = "v.felt_from in ('words', 'rating')"
    used_to = f"coalesce(v.baseline_n, 0) >= {LEAST_BEFORE}"
    # connection is told by what came since the first period: a contact counts by the part of that time it came before
    age = f.days_between("v.occurred_at", literal(f, context.as_of))
    part = f"least(1.0, {age} / nullif(e.between_days, 0))"
    return [
        customers_where("driver_objected", no_profile(f)),
        Step(
            "driver_ends",
            f"select first_end, last_end, {f.days_between('first_end', 'last_end')} as between_days"
            " from (select min(period_end) as first_end, max(period_end) as last_end from connection) ends",
            keep=True,
        ),
        Step(
            "driver_level",
            "select v.touchpoint, avg(v.felt_valence) as level, sum(v.felt_valence) as total, count(*) as n"
            f" from touchpoint_visit v where {told} and v.felt_valence is not null group by v.touchpoint",
            keep=True,
        ),
        Step("driver_usual", "select sum(total) / nullif(sum(n), 0) as company from driver_level", keep=True),
        Step(
            "driver_visit",
            "select s.customer_id, s.touchpoint, s.occurred_at, s.baseline, s.mark, s.mark_apart,"
            " coalesce(s.mark, s.expected) as felt, coalesce(s.mark_apart, s.expected) as apart"
            " from (select v.customer_id, v.touchpoint, v.occurred_at, v.baseline,"
            f" case when {told} and {used_to} then v.surprise end as mark,"
            f" case when {valid} and {used_to} then {rated} - v.baseline end as mark_apart,"
            f" case when {told} then l.level else v.felt_valence end - u.company as expected"
            " from touchpoint_visit v join interaction i on i.interaction_id = v.interaction_id"
            " cross join driver_usual u left join driver_level l on l.touchpoint = v.touchpoint"
            " left join driver_objected o on o.customer_id = v.customer_id"
            f" where o.customer_id is null and coalesce(i.kind, '') not in ({listed(OWN_ACTS)})"
            f" and v.felt_valence is not null and v.occurred_at >= {earliest}) s",
            keep=True,
        ),
        Step(
            "driver_met",
            "select span, customer_id, touchpoint, sum(felt) as felt, avg(mark) as mark, count(mark) as told from ("
            f"select 'so_far' as span, v.customer_id, v.touchpoint, v.apart * {part} as felt, v.mark_apart as mark"
            f" from driver_visit v cross join driver_ends e where v.occurred_at >= {far}"
            " union all select 'before' as span, v.customer_id, v.touchpoint, v.felt, v.mark from driver_visit v"
            f" where v.occurred_at < {split}) visits where felt is not null group by span, customer_id, touchpoint",
            keep=True,
        ),
        Step(
            "driver_own",
            "select customer_id, avg(baseline) as own, count(mark_apart) as told_so_far,"
            f" count(case when occurred_at < {split} then mark end) as told_before"
            " from driver_visit group by customer_id",
        ),
    ]


def _outcomes(f: Functions, context: Context) -> list[Step]:
    """What came in the days looked at, and what was the case before them, customer by customer."""
    _, earliest, split = _moments(f, context)
    scaled = "100.0 * ({v} - {low}) / nullif({high} - {low}, 0)"
    rating = scaled.format(v="rating", low="rating_min", high="rating_max")
    answer = scaled.format(v="value", low="scale_min", high="scale_max")
    currency = context.text("currency")
    paid = "revenue - coalesce(refunded, 0.0)"
    return [
        Step(
            "driver_life",
            f"select customer_id, max(case when moment < {split} then moment end) as seen_before,"
            f" max(case when moment >= {split} then 1 else 0 end) as seen_after,"
            f" min(moment) as known_from from ({life()}) lives group by customer_id",
            keep=True,
        ),
        Step(
            "driver_rated",
            "select customer_id, avg(x) as satisfaction from ("
            f"select customer_id, {rating} as x from interaction where occurred_at >= {split}"
            " and rating between rating_min and rating_max and rating_max > rating_min"
            f" union all select customer_id, {answer} as x from survey_response where answered_at >= {split}"
            " and construct = 'csat' and value between scale_min and scale_max and scale_max > scale_min"
            ") answers group by customer_id",
        ),
        Step(
            "driver_money",
            f"select customer_id, sum(case when moment >= {split} then paid else 0.0 end) as paid_after,"
            f" sum(case when moment < {split} then revenue else 0.0 end) as paid_before,"
            f" count(case when moment < {split} then 1 end) as orders_before,"
            f" count(*) as orders_so_far from ("
            f"select customer_id, occurred_at as moment, revenue, greatest({paid}, 0.0) as paid from purchase"
            f" where coalesce(currency, '{currency}') = '{currency}' and occurred_at >= {earliest}"
            f" and revenue > 0 and revenue < {MOST_MONEY}) orders group by customer_id",
        ),
        Step(
            "driver_bond",
            "select c.customer_id, max(case when c.period_end = e.last_end then c.connection end) as now_mean,"
            " max(case when c.period_end = e.last_end then greatest(c.connection_high - c.connection,"
            " c.connection - c.connection_low) end) as now_half,"
            " max(case when c.period_end = e.first_end then c.connection end) as then_mean,"
            " max(case when c.period_end = e.first_end then greatest(c.connection_high - c.connection,"
            " c.connection - c.connection_low) end) as then_half,"
            " max(e.between_days) as between_days"
            " from connection c cross join driver_ends e where e.first_end < e.last_end group by c.customer_id",
        ),
    ]


def _customers(f: Functions, context: Context) -> list[Step]:
    """The customers fitted on, with their block, controls of each span, and outcomes."""
    far, earliest, split = _moments(f, context)
    place = f"row_number() over (partition by {f.bucket('customer_id')} order by customer_id asc nulls last)"
    busy = "coalesce(direction, 'inbound') <> 'outbound' and coalesce(kind, '') not in"
    return [
        Step(
            "driver_chosen",
            f"select customer_id, block from (select customer_id, {f.bucket('customer_id')} as block, {place} as place"
            " from (select distinct customer_id from driver_met) met) ranked"
            f" where place <= {PER_BUCKET}",
            keep=True,
        ),
        Step(
            "driver_busy",
            f"select customer_id, sum(case when occurred_at >= {far} then 1 else 0 end) as contacts_so_far,"
            f" sum(case when occurred_at < {split} then 1 else 0 end) as contacts_before"
            f" from interaction where occurred_at >= {earliest} and {busy} ({listed(OWN_ACTS)}) group by customer_id",
        ),
        Step(
            "driver_customer",
            "select k.customer_id, k.block, w.own, w.told_so_far, w.told_before,"
            " coalesce(b.contacts_so_far, 0) as contacts_so_far,"
            " coalesce(b.contacts_before, 0) as contacts_before,"
            " coalesce(m.orders_so_far, 0) as orders_so_far, coalesce(m.orders_before, 0) as orders_before,"
            " m.paid_before, m.paid_after, r.satisfaction, l.seen_after,"
            f" {f.days_between('l.seen_before', split)} as seen_days,"
            f" {f.days_between('l.known_from', split)} as known_days,"
            " d.now_mean, d.now_half, d.then_mean, d.then_half, d.between_days"
            " from driver_chosen k"
            " left join driver_own w on w.customer_id = k.customer_id"
            " left join driver_busy b on b.customer_id = k.customer_id"
            " left join driver_money m on m.customer_id = k.customer_id"
            " left join driver_rated r on r.customer_id = k.customer_id"
            " left join driver_life l on l.customer_id = k.customer_id"
            " left join driver_bond d on d.customer_id = k.customer_id",
        ),
        Step(
            "driver_felt",
            "select m.span, m.customer_id, m.touchpoint, m.felt, m.mark, m.told from driver_met m"
            " join driver_chosen k on k.customer_id = m.customer_id",
        ),
    ]


def _company(context: Context) -> list[Step]:
    """What customers call important, and what is spent, by touchpoint."""
    x = "(value - scale_min) / nullif(scale_max - scale_min, 0)"
    since = f"{(context.as_of - timedelta(days=SPAN_DAYS)):%Y-%m}"
    until = f"{(context.as_of - timedelta(seconds=1)):%Y-%m}"
    return [
        Step(
            "driver_stated",
            "select touchpoint, count(*) as customers, sum(answers) as answers, sum(total) as total,"
            " sum(answers * answers) as answers_squares, sum(total * total) as total_squares,"
            " sum(answers * total) as products from ("
            f"select s.subject as touchpoint, s.customer_id, cast(count(*) as double) as answers, sum({x}) as total"
            " from survey_response s left join driver_objected o on o.customer_id = s.customer_id"
            " where o.customer_id is null and s.construct = 'importance' and s.subject is not null"
            " and s.value between s.scale_min and s.scale_max and s.scale_max > s.scale_min"
            " group by s.subject, s.customer_id) own group by touchpoint",
        ),
        Step(
            "driver_spend",
            "select touchpoint, sum(amount) as spend from spend"
            f" where coalesce(currency, '{context.text('currency')}') = '{context.text('currency')}'"
            f" and period >= '{since}' and period <= '{until}' and amount >= 0 group by touchpoint",
        ),
        Step("driver_place", "select distinct touchpoint from touchpoint_visit where touchpoint is not null"),
    ]


def mark_levels() -> tuple[float, float, float]:
    """Distance from what the customer is used to: below the first bad, above the second good, the third very good."""
    return BAD, GOOD, VERY_GOOD
