"""What `investment` counts: contacts and whose they are, how much feelings scatter, what is spent, what is offered."""

from __future__ import annotations

from datetime import timedelta

from heartline.analysis.base import Context, Values
from heartline.analysis.consent import customers_where, no_profile
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

YEAR = 365
MOST_MONEY = "1e15"
COLLECTED = (
    "investment_span", "investment_contact", "investment_alike", "investment_money", "investment_spent",
    "investment_offer", "investment_driver", "investment_tenth", "investment_read",
)  # fmt: skip


def gather(f: Functions, context: Context, values: Values) -> list[Step]:
    """Small tables by touchpoint, by option and by driver."""
    now, since = literal(f, context.as_of), literal(f, context.as_of - timedelta(days=YEAR))
    ahead = literal(f, context.as_of - timedelta(days=context.whole("horizon_days")))
    currency = "'" + context.text("currency") + "'"
    month, first = f"{context.as_of:%Y-%m}", f"{context.as_of.year - 1}-{context.as_of:%m}"
    own = f"coalesce(currency, {currency}) = {currency}"
    return [
        customers_where("investment_objected", no_profile(f)),
        Step(
            "investment_visit",
            "select v.customer_id, v.touchpoint, v.felt_valence, v.felt_from, v.team from touchpoint_visit v"
            f" where v.touchpoint is not null and v.occurred_at >= {since}",
        ),
        Step(
            "investment_span",
            f"select {f.days_between('min(occurred_at)', now)} as days from touchpoint_visit",
        ),
        Step(
            "investment_contact",
            "select v.touchpoint, count(*) as contacts, count(v.felt_valence) as felt_n, sum(v.felt_valence) as felt,"
            " sum(case when v.felt_from in ('words', 'rating') then 1 else 0 end) as told_n,"
            " count(c.expected_value) as valued, sum(c.expected_value) as exposed"
            " from investment_visit v left join customer_value c on c.customer_id = v.customer_id"
            " group by v.touchpoint",
        ),
        Step(
            "investment_cluster",
            " union all ".join(
                f"select touchpoint, '{design}' as design, {unit} as unit, count(*) as n, sum(felt_valence) as total,"
                " sum(felt_valence * felt_valence) as squares from investment_visit"
                f" where felt_from in ('words', 'rating') and felt_valence is not null and {unit} is not null"
                f" group by touchpoint, {unit}"
                for design, unit in (("by_customer", "customer_id"), ("by_team", "team"))
            ),
        ),
        Step(
            # sums that a one-way analysis of variance needs, whatever the number of customers
            "investment_alike",
            "select touchpoint, design, count(*) as clusters, sum(n) as n, sum(cast(n as double) * n) as n_squared,"
            " sum(total) as total, sum(total * total / nullif(n, 0)) as between_sum,"
            " sum(squares - total * total / nullif(n, 0)) as within_sum from investment_cluster"
            " group by touchpoint, design",
        ),
        Step(
            "investment_bought",
            "select customer_id, sum(revenue - coalesce(refunded, 0.0)) as paid from purchase"
            f" where {own} and occurred_at >= {ahead} and coalesce(revenue < {MOST_MONEY}, false)"
            " group by customer_id",
        ),
        Step(
            "investment_money",
            "select w.touchpoint, count(*) as customers, sum(coalesce(b.paid, 0.0)) as paid,"
            " sum(coalesce(b.paid, 0.0) * coalesce(b.paid, 0.0)) as squares"
            " from (select distinct touchpoint, customer_id from investment_visit) w"
            " left join investment_objected o on o.customer_id = w.customer_id"
            " left join investment_bought b on b.customer_id = w.customer_id"
            " where o.customer_id is null group by w.touchpoint",
        ),
        Step(
            "investment_spent",
            "select touchpoint, coalesce(department, '') as department, sum(amount) as amount from spend"
            f" where {own} and period >= '{first}' and period < '{month}'"
            " group by touchpoint, coalesce(department, '')",
        ),
        Step(
            "investment_offer",
            f"select option_id, name, department, touchpoint, cost, {own} as own_currency, expected_lift, max_units,"
            " min_units, must, excludes, requires, response from option",
        ),
        Step(
            "investment_driver",
            "select outcome, touchpoint, slope, slope_low, slope_high, derived, floor from driver"
            " where outcome in ('connection', 'value')",
        ),
        Step(
            "investment_tenth",
            "select ratio, ratio_low, ratio_high from connection_value where measure = 'value'"
            " and comparison = 'ten_points' and kind = 'adjusted' and ratio is not null",
        ),
        Step(
            "investment_read",
            "select initiative_id, method, estimate, low, high from initiative_effect where outcome = 'felt'"
            " and estimate is not null and low is not null and high is not null and verdict <> 'trends_differed'",
        ),
    ]
