"""What `connection_value` condenses: one row a customer with the bond before the window and what was done inside it."""

from __future__ import annotations

from datetime import datetime, timedelta

from heartline.analysis.base import Context, Values
from heartline.analysis.consent import customers_where, no_profile
from heartline.analysis.life import COMPLAINING, NO_LIFE, listed
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

SAMPLE = 40_000
BEFORE_DAYS = 365  # earlier buying that is held equal
FELT_DAYS, LEAST_FELT, FELT_WELL = 180, 2, 0.2  # what the company sees of a satisfied customer
PLACES = ("store", "web", "app", "event")
FOLLOWED = ("click", "clicked", "followed", "accepted")
READ = ("open", "opened", "read")
SPREADING = ("defence", "defense", "share", "recommendation")
MOST_MONEY = "1e15"


def window(context: Context) -> tuple[datetime, datetime] | None:
    """(start, end) of the money: from the latest end of a period that is long enough ago; None where none is."""
    length = timedelta(days=context.whole("value_window_days"))
    starts = [end for end in context.period_ends() if end + length <= context.as_of]
    return (starts[-1], starts[-1] + length) if starts else None


def gather(f: Functions, context: Context, values: Values) -> list[Step]:
    """The step ``cv_row``, without ids; empty where no period ended early enough."""
    found = window(context)
    start, end = found or (context.as_of, context.as_of)
    before, felt_from = start - timedelta(days=BEFORE_DAYS), start - timedelta(days=FELT_DAYS)
    at, until = literal(f, start), literal(f, end)

    def inside(moment: str) -> str:
        return f"{moment} >= {at} and {moment} < {until}"

    return [
        customers_where("cv_objected", no_profile(f)),
        Step(
            "cv_bond",
            "select c.customer_id, c.connection, c.satisfaction, c.pathway from connection c"
            " left join cv_objected o on o.customer_id = c.customer_id"
            f" where o.customer_id is null and c.period_end = {at} and c.connection is not null and not c.thin",
            keep=True,
        ),
        _orders(f, context),
        Step(
            "cv_bought",
            "select customer_id,"
            f" sum(case when moment >= {literal(f, before)} and moment < {at} then 1 else 0 end) as orders_before,"
            f" sum(case when moment < {at} then 1 else 0 end) as orders_ever,"
            f" sum(case when moment < {at} then net end) as spent_ever,"
            f" max(case when moment < {at} then moment end) as last_at,"
            f" min(case when moment < {at} then moment end) as first_at,"
            f" sum(case when {inside('moment')} then net else 0.0 end) as value,"
            f" sum(case when {inside('moment')} then 1 else 0 end) as purchases,"
            f" sum(case when {inside('moment')} and list_value > 0 then discount end) as discount,"
            f" sum(case when {inside('moment')} and list_value > 0 then list_value end) as list_value"
            " from cv_order group by customer_id",
        ),
        Step(
            # pages of one visit are one visit
            "cv_visited",
            "select customer_id, count(*) as visits from (select distinct customer_id, channel,"
            f" cast(occurred_at as date) as day from interaction where channel in ({listed(PLACES)})"
            f" and coalesce(direction, 'inbound') <> 'outbound' and coalesce(kind, '') not in ({listed(NO_LIFE)})"
            f" and {inside('occurred_at')}) days group by customer_id",
        ),
        Step(
            "cv_acted",
            "select customer_id, sum(followed) as followed, sum(reading) as reading, sum(spread) as spread from ("
            f"select i.customer_id, case when i.kind in ({listed(FOLLOWED)}) then 1 else 0 end as followed,"
            f" case when i.kind in ({listed(READ)}) then 1 else 0 end as reading,"
            f" case when i.kind in ({listed(SPREADING)}) or"
            " concat(' ', coalesce(t.signals, ''), ' ') like '% recommending %' then 1 else 0 end as spread"
            " from interaction i left join feeling t on t.interaction_id = i.interaction_id and t.status = 'scored'"
            f" where {inside('i.occurred_at')}"
            " union all select referrer_id as customer_id, 0 as followed, 0 as reading, 1 as spread from referral"
            f" where {inside('occurred_at')}) acts group by customer_id",
        ),
        Step(
            "cv_pleased",
            "select v.customer_id from touchpoint_visit v left join (select distinct customer_id from interaction"
            f" where kind in ({listed(COMPLAINING)}) and occurred_at >= {literal(f, felt_from)}"
            f" and occurred_at < {at}) c"
            " on c.customer_id = v.customer_id"
            f" where v.occurred_at >= {literal(f, felt_from)} and v.occurred_at < {at} and c.customer_id is null"
            f" group by v.customer_id having count(v.felt_valence) >= {LEAST_FELT}"
            f" and avg(v.felt_valence) >= {FELT_WELL}"
            " and sum(case when v.outcome = 'failed' then 1 else 0 end) = 0",
        ),
        Step(
            "cv_known",
            "select customer_id, min(moment) as known_from from ("
            "select customer_id, first_seen_at as moment from customer"
            " union all select customer_id, occurred_at as moment from interaction"
            " union all select customer_id, occurred_at as moment from purchase) seen group by customer_id",
        ),
        Step("cv_row", _row(f, at)),
    ]  # fmt: skip


def _orders(f: Functions, context: Context) -> Step:
    currency = "'" + context.text("currency").replace("'", "’") + "'"
    own = f"coalesce(currency, {currency}) = {currency}"
    net = "revenue - coalesce(refunded, 0.0)"
    sound = f"{own} and coalesce({net} < {MOST_MONEY} and {net} > -{MOST_MONEY}, false)"
    return Step(
        "cv_order",
        f"select customer_id, occurred_at as moment, greatest({net}, 0.0) as net, list_value,"
        " least(greatest(coalesce(discount, list_value - revenue), 0.0), list_value) as discount"
        f" from purchase where {sound}",
    )


def _row(f: Functions, at: str) -> str:
    """A sample of customers by bucket: connected or compared, what is held equal, and what was done in the window."""
    known = f.days_between("k.known_from", at)
    away = f.days_between("b.last_at", at)
    pick = (
        f"select *, {f.bucket('customer_id')} as bucket from cv_bond"
        f" order by {f.bucket('customer_id')} asc nulls last, customer_id asc nulls last limit {SAMPLE}"
    )
    return (
        "select c.bucket, c.connection, c.pathway = 'connected' as connected,"
        " coalesce(c.pathway = 'satisfied', false) as own_rating,"
        " c.pathway in ('satisfied', 'unconnected') and p.customer_id is not null as company_data,"
        " ln(greatest(1.0 + coalesce(b.orders_before, 0), 1.0)) as orders_before,"
        " case when b.spent_ever > 0 then ln(greatest(b.spent_ever / nullif(b.orders_ever, 0), 1e-9)) end"
        " as order_value,"
        # engines pass over NULL in greatest: who never bought has not bought today
        f" case when b.last_at is not null then ln(greatest(1.0 + {away}, 1.0)) end as away,"
        f" case when k.known_from is not null then ln(greatest(1.0 + {known}, 1.0)) end as known,"
        " coalesce(b.value, 0.0) as value, cast(coalesce(b.purchases, 0) as double) as purchases,"
        " b.discount / nullif(b.list_value, 0.0) as discount_share, cast(coalesce(v.visits, 0) as double) as visits,"
        " cast(coalesce(a.followed, 0) as double) as suggestions_followed,"
        " cast(coalesce(a.reading, 0) as double) as communications_read,"
        " cast(coalesce(a.spread, 0) as double) as word_of_mouth"
        f" from ({pick}) c left join cv_bought b on b.customer_id = c.customer_id"
        " left join cv_visited v on v.customer_id = c.customer_id left join cv_acted a on a.customer_id = c.customer_id"
        " left join cv_pleased p on p.customer_id = c.customer_id left join cv_known k on k.customer_id = c.customer_id"
    )
