"""Growth: revenue of a period against an earlier one, split into what was bought, referred, kept and lost.

Money of each order becomes whole ten-thousandths before it is added, so the parts of a bridge add up to the last digit
in whatever order an engine adds. Nothing is estimated here, so nothing has an interval. See docs/explanation/growth.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from heartline.analysis.base import Analysis, Context, Fit, Stage, Values, months_before
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

PERIODS = 8
# A year is compared with a year where periods fill it evenly; other lengths are compared with the period before only.
YEAR = 12
# The period compared with may begin a little before the first order: a shop that opened on the 3rd has a whole month.
LATE_START = 0.1
# Beyond this an order is no order; whole numbers of 64 bits hold the sum of millions of them.
MOST_MONEY = "1e11"
UNITS = "10000.0"


def _compared(context: Context) -> list[tuple[str, datetime, datetime, datetime, datetime]]:
    """(against, start before, end before, start, end) of every bridge that could be told, oldest first."""
    months = context.whole("window_months")
    pairs = []
    for back in reversed(range(PERIODS)):
        start, end = (months_before(context.as_of, months * (back + more)) for more in (1, 0))
        pairs.append(("before", months_before(context.as_of, months * (back + 2)), start, start, end))
        if months < YEAR:
            then = [months_before(context.as_of, months * (back + more) + YEAR) for more in (1, 0)]
            pairs.append(("year", then[0], then[1], start, end))
    return pairs


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Orders in whole units, the first of each customer, who was referred, and the sums of each bridge."""
    currency = "'" + context.text("currency").replace("'", "") + "'"
    bridges = [
        f"select cast({number} as int) as bridge, {literal(f, b0)} as b0, {literal(f, b1)} as b1,"
        f" {literal(f, n0)} as n0, {literal(f, n1)} as n1, {literal(f, b0 + LATE_START * (b1 - b0))} as latest"
        for number, (_, b0, b1, n0, n1) in enumerate(_compared(context))
    ]
    net = "(revenue - coalesce(refunded, 0.0))"
    whole = {
        "revenue_before": "b", "revenue": "n",
        "new_bought": "case when kind = 'bought' then n end", "new_referred": "case when kind = 'referred' then n end",
        "came_back": "case when kind = 'came_back' then n end", "lost": "case when kind = 'lost' then -b end",
        "expansion": "case when kind = 'both' and n > b then n - b end",
        "contraction": "case when kind = 'both' and n < b then n - b end",
    }  # fmt: skip
    sums = ", ".join(
        f"cast(coalesce(sum({value}), 0) as bigint) as {name}, count({value}) as n_{name}"
        for name, value in whole.items()
    )
    return [
        Step("growth_order", f"""
            select customer_id, occurred_at, coalesce(currency, {currency}) = {currency} as own_currency,
                case when abs({net}) < {MOST_MONEY} then cast(round({net} * {UNITS}) as bigint) end as money
            from purchase""", keep=True),
        Step("growth_left_out", """
            select count(*) filter (where not own_currency) as other_currency,
                count(*) filter (where own_currency and money is null) as void, count(*) as orders
            from growth_order"""),
        Step("growth_bridge_of", " union all ".join(bridges), keep=True),
        Step("growth_first", """
            select o.customer_id, min(o.occurred_at) as first_at from growth_order o
            where o.own_currency and o.money is not null group by o.customer_id""", keep=True),
        Step("growth_opening", "select min(first_at) as opened_at from growth_first", keep=True),
        Step("growth_referred", """
            select referred_id as customer_id, min(occurred_at) as referred_at from referral
            where coalesce(converted, true) group by referred_id""", keep=True),
        Step("growth_referral", "select min(occurred_at) as told_at from referral", keep=True),
        Step("growth_customer", """
            select g.bridge, o.customer_id,
                sum(case when o.occurred_at < g.b1 then o.money end) as b,
                sum(case when o.occurred_at >= g.n0 then o.money end) as n
            from growth_order o
            join growth_bridge_of g on (o.occurred_at >= g.b0 and o.occurred_at < g.b1)
                or (o.occurred_at >= g.n0 and o.occurred_at < g.n1)
            cross join growth_opening p
            where o.own_currency and o.money is not null and p.opened_at <= g.latest
            group by g.bridge, o.customer_id"""),
        Step("growth_kind", """
            select c.bridge, c.b, c.n,
                case when c.n is null then 'lost' when c.b is not null then 'both'
                    when s.first_at < g.b1 then 'came_back'
                    when r.referred_at < g.n1 then 'referred' else 'bought' end as kind,
                case when c.b is null and s.first_at >= g.b1 and k.first_seen_at < p.opened_at then 1 end as unsure
            from growth_customer c
            join growth_bridge_of g on g.bridge = c.bridge
            join growth_first s on s.customer_id = c.customer_id
            cross join growth_opening p
            left join growth_referred r on r.customer_id = c.customer_id
            left join (select customer_id, min(first_seen_at) as first_seen_at from customer group by customer_id) k
                on k.customer_id = c.customer_id"""),
        Step("growth_sum", f"""
            select k.bridge, {sums}, count(k.unsure) as n_unsure,
                max(case when t.told_at < g.n1 then 1 else 0 end) as referrals_told
            from growth_kind k join growth_bridge_of g on g.bridge = k.bridge cross join growth_referral t
            group by k.bridge""", keep=True),
    ]  # fmt: skip


def _notes(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """What is not in the bridges."""
    left = tables["growth_left_out"].to_pylist()[0]
    notes = ["Revenue is what was paid less what was paid back; nothing here is estimated, so there is no interval."]
    if left["other_currency"]:
        notes.append(
            f"{left['other_currency']:,} of {left['orders']:,} orders are not in {context.text('currency')}; they are"
            " left out, never added."
        )
    if left["void"]:
        notes.append(f"{left['void']:,} orders whose value is no number are left out.")
    return Fit(notes=tuple(notes))


def write(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The bridges, in money."""
    against = " ".join(f"when {number} then '{each[0]}'" for number, each in enumerate(_compared(context)))
    told = "s.referrals_told = 1"
    money = {
        name: f"s.{name} / {UNITS}"
        for name in ("revenue_before", "revenue", "new_bought", "came_back", "expansion", "contraction", "lost")
    }
    money["new_referred"] = f"case when {told} then s.new_referred / {UNITS} end"
    counts = {
        f"n_{name}": f"s.n_{name}" for name in ("new_bought", "came_back", "expansion", "contraction", "lost")
    } | {"n_new_referred": f"case when {told} then s.n_new_referred end", "n_unsure": "s.n_unsure"}
    base = "nullif(greatest(s.revenue_before, 0) / 1.0, 0.0)"
    kept = "(s.revenue_before + s.expansion + s.contraction + s.lost)"
    columns = money | counts | {
        "period_start": "g.n0", "period_end": "g.n1", "against": f"case s.bridge {against} end",
        "growth": f"s.revenue / {base} - 1.0", "net_retention": f"{kept} / {base}",
        "earned_growth": f"case when {told} then ({kept} + s.came_back + s.new_referred) / {base} - 1.0 end",
        "currency": "'" + context.text("currency").replace("'", "") + "'",
        "n_before": "s.n_revenue_before", "n": "s.n_revenue",
    }  # fmt: skip
    return [
        Step("growth_bridge", f"""
            select {", ".join(f"{columns[name]} as {name}" for name in table("growth_bridge").names)}
            from growth_sum s join growth_bridge_of g on g.bridge = s.bridge"""),
    ]  # fmt: skip


ANALYSIS = Analysis(
    name="growth",
    reads=("customer", "purchase", "referral"),
    writes=("growth_bridge",),
    settings=("currency", "window_months"),
    about="Revenue against an earlier period: bought, referred, returning, expanding, contracting, lost.",
    stages=(Stage(gather, ("growth_left_out",), _notes), Stage(write)),
)
