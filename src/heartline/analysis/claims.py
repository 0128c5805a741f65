"""Claims: what is published of customers and their feelings, held against the company's own figures.

Most figures are read from tables of other analyses; what nobody else counts is counted here. See
docs/explanation/claims.md.
"""

from __future__ import annotations

from datetime import timedelta

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.claims_fit import fit
from heartline.analysis.consent import customers_where, no_profile
from heartline.analysis.life import COMPLAINING, NO_LIFE, listed
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

PLACES = ("store", "web", "app", "event")
GRACE_DAYS = 14  # what follows within these days may still be the same matter
SATISFIED = 70.0
THANKS = "touchpoint like '%thank%'"
OPENING = (
    "(touchpoint like '%account%open%' or touchpoint like '%open%account%'"
    " or touchpoint in ('sign_up', 'registration'))"
)
AT_THE_TILL = ("%cart%", "%basket%", "%checkout%", "%payment%")


def _gather(f: Functions, context: Context, values: Values) -> list[Step]:
    till = " or ".join(f"step like '{pattern}'" for pattern in AT_THE_TILL)
    now = literal(f, context.as_of)
    return [
        Step(
            "claim_worth",
            "select measure, comparison, kind, ratio, ratio_low, ratio_high, n_connected, n_compared, reason"
            " from connection_value",
        ),
        Step("claim_leaving", "select cause, share, share_low, share_high, leavers from leaving_cause"),
        Step(
            "claim_iceberg",
            "select period_end, silent, silent_low, silent_high, told, customers from iceberg where cause = 'all'",
        ),
        Step("claim_driver", "select outcome, touchpoint, stated, derived, derived_low, derived_high, n from driver"),
        Step(
            "claim_step",
            f"select funnel, step, cause, drop_rate, drop_low, drop_high, reached, dropped from drop_off where {till}",
        ),
        Step(
            "claim_satisfied",
            "select count(*) as customers, sum(case when satisfaction >= "
            f"{SATISFIED} then 1 else 0 end) as satisfied from connection"
            f" where period_end = {now} and satisfaction is not null",
        ),
        Step(
            "claim_felt",
            "select place, count(*) as customers, avg(felt) as felt, var_samp(felt) as spread from ("
            "select customer_id, place, avg(felt_valence) as felt from (select customer_id, felt_valence,"
            f" case when {THANKS} then 'thanks' when {OPENING} then 'opening' end as place from touchpoint_visit"
            " where felt_from in ('words', 'rating')) visits where place is not null and felt_valence is not null"
            " group by customer_id, place) people group by place",
        ),
        *_away(f, context),
    ]


def _away(f: Functions, context: Context) -> list[Step]:
    """Who wrote long enough ago, whether any of it spoke of disrespect, and whether they came back after it."""
    until = literal(f, context.as_of - timedelta(days=context.whole("value_window_days")))
    later = f.add_seconds("w.moment", str(GRACE_DAYS * 86400))
    rude = "concat(' ', coalesce(t.signals, ''), ' ') like '% disrespect %'"
    return [
        customers_where("claim_objected", no_profile(f)),
        Step(
            # the moment is that of the last word of disrespect, or of the last word where there was none
            "claim_wrote",
            "select customer_id, rude as disrespected, max(moment) as moment from ("
            "select customer_id, occurred_at as moment, rude, max(rude) over (partition by customer_id) as ever from ("
            f"select t.customer_id, t.occurred_at, case when {rude} then 1 else 0 end as rude from feeling t"
            " left join claim_objected o on o.customer_id = t.customer_id"
            f" where t.status = 'scored' and t.occurred_at < {until} and o.customer_id is null) texts) wrote"
            " where rude = ever group by customer_id, rude",
            keep=True,
        ),
        Step(
            "claim_came",
            "select customer_id, max(moment) as last_at from (select customer_id, occurred_at as moment from purchase"
            f" union all select customer_id, occurred_at as moment from interaction where channel in ({listed(PLACES)})"
            " and coalesce(direction, 'inbound') <> 'outbound'"
            f" and coalesce(kind, '') not in ({listed((*NO_LIFE, *COMPLAINING))})) came group by customer_id",
        ),
        Step(
            "claim_away",
            "select disrespected, returned, count(*) as customers from (select w.disrespected,"
            f" case when coalesce(c.last_at >= {later}, false) then 1 else 0 end as returned"
            " from claim_wrote w left join claim_came c on c.customer_id = w.customer_id) people"
            " group by disrespected, returned",
        ),
    ]  # fmt: skip


def _write(f: Functions, context: Context, values: Values) -> list[Step]:
    return [Step("claim", f"select {', '.join(table('claim').names)} from claim_row")]


ANALYSIS = Analysis(
    name="claims",
    reads=(
        "customer",
        "interaction",
        "purchase",
        "feeling",
        "touchpoint_visit",
        "connection",
        "connection_value",
        "leaving_cause",
        "iceberg",
        "driver",
        "drop_off",
    ),
    writes=("claim",),
    settings=("value_window_days", "min_base"),
    about="What is published of customers and their feelings, held against the company's own figures.",
    stages=(
        Stage(
            steps=_gather,
            collect=(
                "claim_worth",
                "claim_leaving",
                "claim_iceberg",
                "claim_driver",
                "claim_step",
                "claim_satisfied",
                "claim_felt",
                "claim_away",
            ),
            fit=fit,
        ),
        Stage(steps=_write),
    ),
)
