"""What `next_move` condenses: each customer's figures at each moment, and what they did after the earlier ones.

One SQL for all moments: what is fitted on is what is predicted from, an earlier day seen by the same eyes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from heartline.analysis.base import Context
from heartline.analysis.consent import customers_where, no_reading
from heartline.analysis.life import SILENCE_DAYS
from heartline.analysis.next_move_features import HALF, MONTH, NAMES, QUARTER, YEAR
from heartline.analysis.outcomes import events, feeling_class
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

SAMPLE = 20_000  # customers fitted on at each earlier moment
SNAPSHOTS = 3  # earlier moments fitted on
BAD_WORDS = ("disrespect", "betrayal", "leaving", "effort", "complaint", "revenge")
GOOD_WORDS = ("attachment", "recommending", "staying", "respect", "recognition")


@dataclass(frozen=True)
class Moment:
    """A moment that customers are looked at from; ``until`` and ``judged`` are None for the present one.

    until: end of its horizon; judged: first period's end at or after it, when leaving can be told
    """

    number: int
    at: datetime
    until: datetime | None = None
    judged: datetime | None = None


def moments(context: Context) -> list[Moment]:
    """The present and, before it, the latest period ends whose horizon has passed; the present is the last."""
    ends = context.period_ends()
    horizon = timedelta(days=context.whole("risk_horizon_days"))
    past = [end for end in ends if end + horizon <= context.as_of][-SNAPSHOTS:]
    found = [
        Moment(number, end, end + horizon, next(one for one in ends if one >= end + horizon))
        for number, end in enumerate(past)
    ]
    return [*found, Moment(len(found), context.as_of)]


def _table(f: Functions, listed: list[Moment]) -> Step:
    def when(moment: datetime | None) -> str:
        return "cast(null as timestamp)" if moment is None else literal(f, moment)

    rows = [
        f"select {one.number} as number, {when(one.at)} as moment, {when(one.until)} as until,"
        f" {when(one.judged)} as judged"
        for one in listed
    ]
    return Step("next_listed", " union all ".join(rows))


def _windows(f: Functions, listed: list[Moment]) -> list[Step]:
    """``next_moment``: each moment with ``since``, from where on it is looked at.

    As far back at every moment as at the earliest one, where the company's records may just begin: else whoever is
    known for a year today would look like nobody whom the models have seen.
    """
    earliest = literal(f, listed[0].at)
    reach = f"least(greatest(coalesce({f.days_between('g.log_start', earliest)}, {YEAR}.0), {MONTH}.0), {YEAR}.0)"
    return [
        _table(f, listed),
        Step("next_log", "select min(moment) as log_start from next_event where what = 'life'", keep=True),
        Step(
            "next_moment",
            f"select m.*, {f.add_seconds('m.moment', f'-86400.0 * {reach}')} as since"
            " from next_listed m cross join next_log g",
            keep=True,
        ),
    ]


def _has(names: tuple[str, ...]) -> str:
    found = " or ".join(f"concat(' ', coalesce(t.signals, ''), ' ') like '% {name} %'" for name in names)
    return f"case when {found} then 1 else 0 end"


def figures(f: Functions, context: Context) -> list[Step]:
    """Steps up to ``next_figure``: one row per customer and moment with every feature."""
    listed = moments(context)
    last = listed[-1].number
    age = f.days_between("e.moment", "k.moment")
    ever = "e.customer_id = k.customer_id and e.moment < k.moment"
    seen = f"{ever} and e.moment >= k.since"
    half = f"{seen} and e.moment >= k.moment - interval '{HALF}' day"
    told = "v.felt_from in ('words', 'rating') and v.felt_valence is not null"
    return [
        customers_where("next_unread", no_reading(f)),
        *events("next"),
        *_windows(f, listed),
        Step(
            "next_sample",
            f"select customer_id from (select distinct customer_id from loyalty) known"
            f" order by {f.bucket('customer_id')} asc nulls last, customer_id asc nulls last limit {SAMPLE}",
            keep=True,
        ),
        Step(
            "next_known",
            "select l.customer_id, m.number, m.moment, m.since, m.until, m.judged, l.staying, l.promoting,"
            " l.p_betrayal, c.connection, c.satisfaction, c.self_relevance from loyalty l"
            " join next_moment m on m.moment = l.period_end"
            " left join connection c on c.customer_id = l.customer_id and c.period_end = l.period_end"
            " left join next_sample s on s.customer_id = l.customer_id"
            f" where m.number = {last} or s.customer_id is not null",
            keep=True,
        ),
        Step(
            "next_life",
            f"select k.customer_id, k.number, min({age}) as life_days, max({age}) as known_days,"
            f" count(distinct cast(floor({age} / 7.0) as bigint)) as active_weeks"
            f" from next_known k join next_event e on {seen} where e.what = 'life' group by k.customer_id, k.number",
            keep=True,
        ),
        Step(
            "next_act",
            "select k.customer_id, k.number,"
            f" sum(case when e.what = 'complaint' and {age} <= {SILENCE_DAYS} then 1 else 0 end) as complaints,"
            f" sum(case when e.what = 'told' and {age} <= {SILENCE_DAYS} then 1 else 0 end) as told,"
            " sum(case when e.what = 'referral' then 1 else 0 end) as referrals"
            f" from next_known k join next_event e on {seen} where e.what in ('complaint', 'told', 'referral')"
            " group by k.customer_id, k.number",
            keep=True,
        ),
        Step(
            "next_order",
            f"select k.customer_id, k.number, count(*) as orders_year, min({age}) as order_days,"
            f" max({age}) as first_days,"
            " avg(e.log_paid) as log_paid, avg(e.discounted) as discounted from next_known k join ("
            "select customer_id, occurred_at as moment, ln(greatest(revenue, 1e-6)) as log_paid,"
            " case when coalesce(discount, 0.0) > 0 then 1.0 else 0.0 end as discounted"
            " from purchase where coalesce(revenue - coalesce(refunded, 0.0) > 0 and revenue < 1e15, false)) e"
            f" on {seen} group by k.customer_id, k.number",
            keep=True,
        ),
        Step(
            "next_buyer",
            f"select distinct k.customer_id, k.number from next_known k join next_event e on {ever}"
            " where e.what = 'purchase'",
            keep=True,
        ),
        Step("next_basket", "select number, avg(log_paid) as usual from next_order group by number", keep=True),
        Step(
            "next_visit",
            "select v.customer_id, v.interaction_id, v.occurred_at as moment, v.stage, v.outcome, v.surprise,"
            f" case when v.channel in ('web', 'app') then 1.0 else 0.0 end as digital,"
            f" case when {told} then v.felt_valence end as felt,"
            " case when v.felt_from = 'rating' then v.felt_valence end as rated from touchpoint_visit v",
        ),
        Step(
            "next_lived",
            "select k.customer_id, k.number, count(*) as visits_year,"
            f" sum(case when {age} <= {MONTH} then 1 else 0 end) as visits_month, avg(e.digital) as digital,"
            f" sum(case when {age} <= {QUARTER} and e.outcome = 'failed' then 1 else 0 end) as failures,"
            f" sum(case when {age} <= {QUARTER} and e.stage = 'support' then 1 else 0 end) as support,"
            " count(e.felt) as told_year, stddev_samp(e.felt) as felt_spread,"
            f" avg(case when {age} <= {HALF} then e.felt end) as felt_mean,"
            f" avg(case when {age} <= {HALF} and e.felt is not null then"
            f" case when {feeling_class('e.felt')} = 'bad' then 1.0 else 0.0 end end) as bad_share,"
            f" avg(case when {age} <= {QUARTER} then e.felt end) - avg(case when {age} > {QUARTER} then e.felt end)"
            f" as felt_trend from next_known k join next_visit e on {seen} group by k.customer_id, k.number",
            keep=True,
        ),
        *(
            Step(
                f"next_{name}",
                f"select k.customer_id, k.number, {', '.join(columns)} from next_known k join ("
                f"select * from next_visit where {column} is not null) e on {seen} group by k.customer_id, k.number",
                keep=True,
            )
            for name, column, columns in (
                ("felt", "felt", [
                    f"{f.last_by('e.felt', 'e.moment, e.interaction_id')} as felt_last",
                    f"{f.last_by('e.surprise', 'e.moment, e.interaction_id')} as surprise_last",
                ]),
                ("rated", "rated", [f"{f.last_by('e.rated', 'e.moment, e.interaction_id')} as rating_last"]),
            )
        ),
        Step(
            "next_word",
            "select k.customer_id, k.number, sum(e.bad) as signals_bad, sum(e.good) as signals_good from next_known k"
            f" join (select t.customer_id, t.occurred_at as moment, {_has(BAD_WORDS)} as bad,"
            f" {_has(GOOD_WORDS)} as good from feeling t where t.status = 'scored') e on {half}"
            " group by k.customer_id, k.number",
            keep=True,
        ),
        Step(
            "next_raw",
            "select k.customer_id, k.number, k.until, k.judged, k.moment, k.connection, k.satisfaction,"
            " k.self_relevance, k.staying, k.promoting, k.p_betrayal,"
            " l.life_days, l.known_days, case when y.customer_id is null then 0 else 1 end as bought,"
            " cast(coalesce(l.active_weeks, 0) as double) as active_weeks,"
            " l.life_days * l.active_weeks / nullif(l.known_days, 0) as gap_ratio,"
            + "".join(
                f" cast(coalesce({alias}.{name}, 0) as double) as {name},"
                for alias, names in (
                    ("a", ("complaints", "referrals", "told")),
                    ("o", ("orders_year",)),
                    ("v", ("visits_year", "visits_month", "failures", "support", "told_year")),
                    ("w", ("signals_bad", "signals_good")),
                )
                for name in names
            )
            + " o.order_days, case when o.orders_year > 1 then o.order_days * (o.orders_year - 1)"
            " / nullif(o.first_days - o.order_days, 0) end as order_gap_ratio, o.log_paid - b.usual as basket,"
            " o.discounted, v.digital, v.felt_mean, v.felt_trend, v.felt_spread, v.bad_share,"
            " t.felt_last, t.surprise_last, r.rating_last from next_known k"
            + "".join(
                f" left join next_{name} {alias} on {alias}.customer_id = k.customer_id and {alias}.number = k.number"
                for name, alias in (
                    ("life", "l"), ("act", "a"), ("order", "o"), ("lived", "v"), ("felt", "t"), ("rated", "r"),
                    ("word", "w"), ("buyer", "y"),
                )
            )
            + " left join next_basket b on b.number = k.number",
        ),
        Step(
            "next_figure",
            f"select customer_id, number, {f.bucket('customer_id')} as bucket, until, judged, moment, told, bought,"
            + ", ".join(f" round(cast({name} as double), 5) as {name}" for name in NAMES)
            + " from next_raw",
            keep=True,
        ),
    ]  # fmt: skip


def outcomes(f: Functions, context: Context) -> list[Step]:
    """``next_training``: figures at earlier moments beside what followed; ``next_now``: those of the present."""
    last = moments(context)[-1].number
    columns = ", ".join(f"k.{name}" for name in NAMES)
    after = "k.customer_id = e.customer_id and e.moment >= k.moment and e.moment < k.until"

    def did(what: str) -> str:
        return f"max(case when e.what = '{what}' then 1 else 0 end)"

    return [
        Step(
            "next_came",
            f"select k.customer_id, k.number, {did('life')} as life, {did('complaint')} as complaint,"
            f" {did('told')} as told, {did('purchase')} as purchase, {did('referral')} as referral"
            f" from next_figure k join next_event e on {after} where k.number < {last}"
            " group by k.customer_id, k.number",
            keep=True,
        ),
        Step(
            "next_feeling",
            f"select k.customer_id, k.number, {f.first_by('e.felt', 'e.moment, e.interaction_id')} as felt"
            f" from next_figure k join (select * from next_visit where felt is not null) e on {after}"
            f" where k.number < {last} group by k.customer_id, k.number",
            keep=True,
        ),
        Step(
            "next_training",
            f"select k.bucket, k.number, {columns}, coalesce(c.complaint, 0) as came_complaint,"
            " case when k.staying >= 0 then case when coalesce(c.life, 0) = 0 and coalesce(c.told, 0) = 0"
            " and k.told = 0 and j.staying < 0 then 1 else 0 end end as came_silent_leaving,"
            " case when k.bought = 1 then coalesce(c.purchase, 0) end as came_repeat_purchase,"
            " coalesce(c.referral, 0) as came_referral,"
            + ",".join(
                f" case when n.felt is not null then case when {feeling_class('n.felt')} = '{name}'"
                f" then 1 else 0 end end as came_feeling_{name}"
                for name in ("bad", "neutral", "good")
            )
            + " from next_figure k left join next_came c on c.customer_id = k.customer_id and c.number = k.number"
            " left join next_feeling n on n.customer_id = k.customer_id and n.number = k.number"
            " left join loyalty j on j.customer_id = k.customer_id and j.period_end = k.judged"
            f" where k.number < {last}",
        ),
        Step(
            "next_now",
            f"select k.customer_id, case when u.customer_id is null then 1.0 else 0.0 end as may_read,"
            f" cast(k.bought as double) as bought, {columns}"
            " from next_figure k left join next_unread u on u.customer_id = k.customer_id"
            f" where k.number = {last}",
        ),
    ]
