"""Overview: one line per customer, one line per period and segment, and how much is known at all.

Pages read these tables and no larger ones, so they answer in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from heartline.analysis.base import Analysis, Context, Fit, Stage, Values, months_before
from heartline.analysis.consent import customers_where, no_profile, no_reading
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

# 90 % two-sided normal quantile, for means over many customers.
_Z = 1.6449

_CUSTOMER_COLUMNS = (
    "o.customer_id, o.name, o.first_seen_at, o.last_seen_at, o.interactions, o.felt_n, "
    "case when r.customer_id is null then o.felt_mean end as felt_mean, "
    "case when r.customer_id is null then o.felt_last end as felt_last, "
    "o.last_touchpoint, c.satisfaction, c.connection, c.connection_low, c.connection_high, c.evidence_count, "
    "c.pathway, l.segment, b.segment as segment_before, l.p_leaving, l.p_silent_leaving, l.p_betrayal, l.p_revenge, "
    "l.reasons, o.orders, o.revenue, v.expected_value, v.expected_value_low, v.expected_value_high, "
    "v.expected_value * l.p_leaving as value_at_stake, coalesce(v.currency, o.currency) as currency"
)


def _contact_steps(f: Functions, currency: str) -> list[Step]:
    return [
        # A list of persons can be filtered and sorted by what it holds, so it holds nothing on who refused or objects.
        customers_where("overview_refused", f"({no_reading(f)} or {no_profile(f)})"),
        Step(
            "overview_visit",
            "select customer_id, occurred_at, touchpoint, felt_valence, "
            "row_number() over (partition by customer_id order by occurred_at desc nulls last, "
            "interaction_id desc nulls last) as newest, "
            "row_number() over (partition by customer_id order by case when felt_valence is null then 1 else 0 end "
            "asc nulls last, occurred_at desc nulls last, interaction_id desc nulls last) as newest_felt "
            "from touchpoint_visit",
        ),
        Step(
            "overview_contact",
            "select customer_id, min(occurred_at) as first_at, max(occurred_at) as last_at, "
            "count(*) as interactions, count(felt_valence) as felt_n, avg(felt_valence) as felt_mean, "
            "max(case when newest = 1 then touchpoint end) as last_touchpoint, "
            "max(case when newest_felt = 1 then felt_valence end) as felt_last "
            "from overview_visit group by customer_id",
            keep=True,
        ),
        Step(
            "overview_purchase",
            "select customer_id, min(occurred_at) as first_at, max(occurred_at) as last_at, count(*) as orders, "
            # other currencies are counted, never added
            f"sum(case when coalesce(currency, {currency}) = {currency} then revenue end) as revenue, "
            f"max(case when coalesce(currency, {currency}) = {currency} then {currency} end) as currency "
            "from purchase group by customer_id",
            keep=True,
        ),
        Step(
            "overview_answer",
            "select customer_id, min(answered_at) as first_at, count(*) as answers "
            "from survey_response group by customer_id",
            keep=True,
        ),
        Step(
            "overview_id",
            "select customer_id from customer union select customer_id from overview_contact "
            "union select customer_id from overview_purchase union select customer_id from overview_answer "
            "union select referrer_id as customer_id from referral",
        ),
        Step(
            "overview_person",
            "select i.customer_id, c.name, "
            "least(coalesce(c.first_seen_at, k.first_at, p.first_at, a.first_at), "
            "coalesce(k.first_at, c.first_seen_at, p.first_at, a.first_at), "
            "coalesce(p.first_at, c.first_seen_at, k.first_at, a.first_at), "
            "coalesce(a.first_at, c.first_seen_at, k.first_at, p.first_at)) as first_seen_at, "
            "greatest(coalesce(k.last_at, p.last_at), coalesce(p.last_at, k.last_at)) as last_seen_at, "
            "coalesce(k.interactions, 0) as interactions, coalesce(k.felt_n, 0) as felt_n, k.felt_mean, k.felt_last, "
            "k.last_touchpoint, coalesce(p.orders, 0) as orders, p.revenue, p.currency "
            "from overview_id as i left join customer as c on c.customer_id = i.customer_id "
            "left join overview_contact as k on k.customer_id = i.customer_id "
            "left join overview_purchase as p on p.customer_id = i.customer_id "
            "left join overview_answer as a on a.customer_id = i.customer_id",
        ),
    ]


def _steps(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    now = f.timestamp(context.as_of.isoformat())
    currency = "'" + context.text("currency").replace("'", "’") + "'"
    before = f.timestamp(months_before(context.as_of, 1).isoformat())
    return [
        *_contact_steps(f, currency),
        Step(
            "customer_overview",
            f"select {_CUSTOMER_COLUMNS} from overview_person as o "
            "left join overview_refused as r on r.customer_id = o.customer_id "
            "left join connection as c on c.customer_id = o.customer_id and r.customer_id is null "
            f"and c.period_end = {now} "
            "left join loyalty as l on l.customer_id = o.customer_id and r.customer_id is null "
            f"and l.period_end = {now} "
            "left join loyalty as b on b.customer_id = o.customer_id and r.customer_id is null "
            f"and b.period_end = {before} "
            "left join customer_value as v on v.customer_id = o.customer_id and r.customer_id is null",
            keep=True,
        ),
        *_period_steps(now),
        *_coverage_steps(f),
        Step(
            "overview_money",
            f"select count(case when period_end = {now} then value_at_stake end) as known, "
            f"count(case when period_end = {now} then expected_value end) as valued, "
            "max(r.n) as refused from overview_bond cross join (select count(*) as n from overview_refused) r",
        ),
    ]


def _mean_interval(name: str, mean: str, variance: str, n: str) -> str:
    """Columns low and high of a mean: spread between customers plus the doubt about each of them."""
    half = f"{_Z} * sqrt(greatest(({variance}) / nullif({n}, 0), 0))"
    return (
        f"case when {n} > 1 then greatest({mean} - {half}, 0) end as {name}_low, "
        f"case when {n} > 1 then least({mean} + {half}, 100) end as {name}_high"
    )


def _period_steps(now: str) -> list[Step]:
    columns = (
        "count(*) as customers, "
        "count(case when not thin then 1 end) as judged, "
        "avg(connection) as connection_mean, "
        "coalesce(var_samp(connection), 0) + coalesce(avg(connection_variance), 0) as connection_variance, "
        "count(connection) as connection_n, "
        "avg(satisfaction) as satisfaction_mean, coalesce(var_samp(satisfaction), 0) as satisfaction_variance, "
        "count(satisfaction) as satisfaction_n, "
        "cast(count(case when not thin and pathway = 'connected' then 1 end) as double) "
        "/ nullif(count(case when not thin then 1 end), 0) as connected_share, "
        "sum(expected_value) as expected_value, sum(value_at_stake) as value_at_stake, "
        f"case when period_end = {now} then count(value_at_stake) end as value_n, min(currency) as currency"
    )
    return [
        Step(
            "overview_bond",
            "select p.period_end, p.customer_id, l.segment, c.satisfaction, c.connection, c.thin, c.pathway, "
            f"power((c.connection_high - c.connection_low) / {2 * _Z}, 2) as connection_variance, "
            f"case when p.period_end = {now} then v.expected_value end as expected_value, "
            f"case when p.period_end = {now} then v.expected_value * l.p_leaving end as value_at_stake, v.currency "
            # A company that has orders only has no connection, yet it has segments and money at stake.
            "from (select customer_id, period_end from connection "
            "union select customer_id, period_end from loyalty) as p "
            "left join connection as c on c.customer_id = p.customer_id and c.period_end = p.period_end "
            "left join loyalty as l on l.customer_id = p.customer_id and l.period_end = p.period_end "
            "left join customer_value as v on v.customer_id = p.customer_id",
            keep=True,
        ),
        Step(
            "overview_period",
            f"select period_end, segment, {columns} from overview_bond where segment is not null "
            "group by period_end, segment "
            f"union all select period_end, 'all' as segment, {columns} from overview_bond group by period_end",
            keep=True,
        ),
        Step(
            "period_summary",
            "select period_end, segment, customers, judged, connection_mean, "
            f"{_mean_interval('connection', 'connection_mean', 'connection_variance', 'connection_n')}, "
            "satisfaction_mean, "
            f"{_mean_interval('satisfaction', 'satisfaction_mean', 'satisfaction_variance', 'satisfaction_n')}, "
            "satisfaction_n, connected_share, expected_value, value_at_stake, "
            "cast(value_n as bigint) as value_n, currency from overview_period",
        ),
    ]


def _coverage_steps(f: Functions) -> list[Step]:
    return [
        customers_where("overview_unread", no_reading(f)),
        Step(
            "overview_known",
            "select o.customer_id, "
            "max(case when w.customer_id is not null then 1 else 0 end) as words, "
            "max(case when r.customer_id is not null then 1 else 0 end) as rating, "
            "max(case when a.customer_id is not null then 1 else 0 end) as answer, "
            "max(case when o.interactions > 0 then 1 else 0 end) as contact, "
            "max(case when o.orders > 0 then 1 else 0 end) as bought, "
            "max(case when c.customer_id is not null then 1 else 0 end) as objected, "
            "max(case when k.thin = false then 1 else 0 end) as judged "
            "from customer_overview as o "
            "left join (select distinct customer_id from feeling where status = 'scored') as w "
            "on w.customer_id = o.customer_id "
            "left join (select distinct customer_id from interaction where rating is not null) as r "
            "on r.customer_id = o.customer_id "
            "left join overview_answer as a on a.customer_id = o.customer_id "
            "left join overview_unread as c on c.customer_id = o.customer_id "
            "left join (select customer_id, thin from connection where period_end = "
            "(select max(period_end) from connection)) as k on k.customer_id = o.customer_id "
            "group by o.customer_id",
            keep=True,
        ),
        Step(
            "overview_customers",
            " union all ".join(
                f"select '{part}' as part, coalesce(sum({column}), 0) as n, count(*) as of_n from overview_known"
                for part, column in (
                    ("with scored words", "words"),
                    ("with a rating", "rating"),
                    ("with a survey answer", "answer"),
                    ("with a contact", "contact"),
                    ("with a purchase", "bought"),
                    ("connection judged on own evidence", "judged"),
                    ("objected to reading feelings", "objected"),
                    ("no words, rating or answer", "1 - greatest(words, rating, answer)"),
                )
            ),
        ),
        Step(
            "overview_visits",
            "select felt_from as part, count(*) as n, sum(count(*)) over () as of_n "
            "from touchpoint_visit group by felt_from",
        ),
        Step(
            "overview_texts",
            "select coalesce(f.status, case when v.speaker = 'employee' then 'an employee spoke: not read' "
            "else 'objected: not read' end) as part, count(*) as n, sum(count(*)) over () as of_n "
            "from verbatim as v left join feeling as f on f.interaction_id = v.interaction_id "
            "group by coalesce(f.status, case when v.speaker = 'employee' then 'an employee spoke: not read' "
            "else 'objected: not read' end)",
        ),
        Step(
            "coverage",
            " union all ".join(
                f"select '{measure}' as measure, part, cast(n as bigint) as n, cast(of_n as bigint) as of, "
                f"cast(n as double) / nullif(cast(of_n as double), 0) as share from {step}"
                for measure, step in (
                    ("customers", "overview_customers"),
                    ("visits", "overview_visits"),
                    ("texts", "overview_texts"),
                )
            ),
        ),
    ]


def _notes(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """What the money on the Desk rests on."""
    found = {name: int(column[0] or 0) for name, column in tables["overview_money"].to_pydict().items()}
    return Fit(
        notes=(
            f"Value at stake adds {found['known']} customers whose value and probability of leaving are both known; of "
            f"{found['valued'] - found['known']} with a value nobody can tell yet whether they leave.",
            f"{found['refused']} customers refused the reading of feelings or object to profiling; their lines say "
            "nothing of how they feel or what they are worth.",
        )
    )


ANALYSIS = Analysis(
    name="overview",
    reads=(
        "customer", "interaction", "verbatim", "purchase", "survey_response", "feeling", "touchpoint_visit",
        "connection", "loyalty", "customer_value", "referral",
    ),
    writes=("customer_overview", "period_summary", "coverage"),
    settings=("currency",),
    about="Joins and sums everything for lists, the desk, and the question how much is known.",
    stages=(Stage(_steps, ("overview_money",), _notes),),
)  # fmt: skip
