"""Loyalty: each customer's segment by rules that can be read aloud, risks with reasons, and moves between segments.

Whether somebody has left is judged by their own rhythm of contact (heartline.stats.rhythm) and by what they said.
Risks are log-odds whose slopes start from research and move with the company's own outcomes (heartline.stats.risk).
See docs/explanation/loyalty.md.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pyarrow as pa

from heartline.analysis.base import Analysis, BatchMap, Context, Stage, Values
from heartline.analysis.life import SILENCE_DAYS
from heartline.analysis.loyalty_facts import SAMPLE, WEEKS, gather
from heartline.analysis.loyalty_fit import LEAVING, REVENGE, chance_then, chance_there, fit_contact, fit_risks
from heartline.analysis.loyalty_rules import moves, reasons, segments
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

SAID_ODDS = 10.0  # who says that they leave and is silent since: odds of being gone, times this
GOODBYE_CHANCE = 0.97  # who cancelled and is silent since
SEEING_DAYS = 45  # a departure shows only after some silence: outcomes need this long after the horizon
MENDED = 0.3  # share of a hurt that stays after a good contact with support
THERE = pa.schema([("customer_id", pa.string()), ("period", pa.int64()), ("p_there", pa.float64())])
THEN = pa.schema([("customer_id", pa.string()), ("there_then", pa.float64()), ("there_until", pa.float64())])


def _histories(f: Functions, context: Context, values: Values) -> list[Step]:
    """The facts, and each customer's history of active weeks at every period's end."""
    now = literal(f, context.as_of)
    start = "greatest(coalesce(k.known_from, g.log_start), g.log_start)"
    begun = f"least(cast(floor({f.days_between(start, now)} / 7.0) as bigint), {WEEKS - 1})"
    shift = f"cast(floor({f.days_between('p.period_end', now)} / 7.0) as bigint)"
    return [
        *gather(f, context, values),
        Step(
            "loyalty_history",
            "select customer_id, period, period_end, cast(least(x, last) as double) as x, cast(last as double) as last,"
            " cast(n as double) as n from (select customer_id, period, period_end, n,"
            " case when weeks is null then 0 else greatest(begun - latest, 0) end as last,"
            " case when weeks is null then 0 when earliest >= begun then weeks - 1 else weeks end as x from ("
            f"select k.customer_id, cast(p.period as bigint) as period, p.period_end, {begun} as begun,"
            f" greatest({begun} - {shift}, 0) as n, r.weeks, r.latest, r.earliest"
            " from loyalty_known k cross join loyalty_period p cross join loyalty_log g"
            " left join loyalty_rhythm r on r.customer_id = k.customer_id and r.period = p.period"
            " where k.known_from is null or k.known_from < p.period_end) counted) histories",
            keep=True,
        ),
        Step(
            "loyalty_histories",
            "select x, last, n, count(*) as customers from (select x, least(last, n) as last, n from loyalty_history"
            f" where period = {context.whole('periods') - 1} and n > 0"
            f" order by {f.bucket('customer_id')} asc nulls last, customer_id asc nulls last limit {SAMPLE}) picked"
            " group by x, last, n",
        ),
        Step(
            # whoever was known at the earlier period that risks are learnt from, as all weeks since show them
            "loyalty_back",
            "select b.customer_id, a.x, a.last, a.n, b.n as n_then,"
            f" least(b.n + {context.whole('risk_horizon_days') / 7.0:.17g}, a.n) as n_until"
            " from loyalty_history b join loyalty_history a on a.customer_id = b.customer_id"
            f" where b.period = {_learnt(context)} and a.period = {context.whole('periods') - 1}"
            f" order by {f.bucket('b.customer_id')} asc nulls last, b.customer_id asc nulls last limit {10 * SAMPLE}",
        ),
    ]


def _there(context: Context, values: Values) -> list[BatchMap]:
    return [
        BatchMap("loyalty_history", partial(chance_there, rhythm=values["rhythm"]), THERE, "loyalty_there"),
        BatchMap("loyalty_back", partial(chance_then, rhythm=values["rhythm"]), THEN, "loyalty_then"),
    ]


def _cases(f: Functions, context: Context, values: Values) -> list[Step]:
    """One row per customer and period with every feature; what customers of an earlier period did later."""
    silent = "coalesce(s.last_at <= {at} + interval '1' day, true)"
    goodbye = f"(d.goodbye_at is not null and {silent.format(at='d.goodbye_at')})"
    said = f"(w.said_at is not null and {silent.format(at='w.said_at')})"
    gone = "(1.0 - t.p_there)"
    count = [
        "attacks", "threats", "betrayals", "recommendations", "disrespects", "texts",
    ]  # fmt: skip
    lived = ["visits", "felt_n", "sensed", "failures", "breaches", "bad_visits", "rated_n"]
    told = "(case when w.complained_at is null or d.told_at > w.complained_at then d.told_at else w.complained_at end)"
    lately, before_going = (
        f"coalesce({told} >= {f.add_seconds(moment, str(-SILENCE_DAYS * 86400))}, false)"
        for moment in ("h.period_end", f"coalesce(s.last_at, {told})")
    )
    last = context.whole("periods") - 1
    return [
        Step(
            "loyalty_case",
            "select h.customer_id, h.period, h.period_end, h.x, h.n, c.connection, c.connection_low, c.satisfaction,"
            " c.self_relevance, coalesce(c.evidence_count, 0) as evidence_count, a.nps, s.last_at, w.said_at,"
            " w.attack_at, d.goodbye_at, v.hurt_at, v.mended_at,"
            f" case when {goodbye} then greatest({gone}, {GOODBYE_CHANCE})"
            f" when {said} then {gone} * {SAID_ODDS} / nullif({gone} * {SAID_ODDS} + 1.0 - {gone}, 0) else {gone} end"
            " as p_gone,"
            f" {goodbye} as left_word, {said} as said_leaving,"
            f" case when {said} then 1.0 else 0.0 end as said,"
            " (coalesce(c.connection, 50.0) - 50.0) / 18.0 as bond,"
            " coalesce(v.hurt, 0.0) * case when v.mended_at >= v.hurt_at then "
            f"{MENDED} else 1.0 end as hurt_left, coalesce(w.disrespect_left, 0.0) as disrespect_left,"
            " coalesce(w.grudge, 0.0) as grudge, coalesce(w.betrayal_words, 0.0) as betrayal_words,"
            " coalesce(w.betrayal_left, 0.0) as betrayal_left,"
            " coalesce(d.promoting, 0) + coalesce(w.recommendations, 0) as promoting,"
            f" {told} as told_at, {lately} as told_lately, {before_going} as told_going, t.p_there,"
            f" {', '.join(f'coalesce(w.{name}, 0) as {name}' for name in count)},"
            f" {', '.join(f'coalesce(v.{name}, 0) as {name}' for name in lived)},"
            " coalesce(v.usual, 0.0) as usual, coalesce(v.deviation, 0.0) as deviation,"
            " coalesce(v.all_n, 0) as all_n, coalesce(v.all_deviation, 0.0) as all_deviation,"
            " coalesce(v.all_squares, 0.0) as all_squares"
            " from loyalty_history h join loyalty_there t on t.customer_id = h.customer_id and t.period = h.period"
            " left join connection c on c.customer_id = h.customer_id and c.period_end = h.period_end"
            " left join loyalty_seen s on s.customer_id = h.customer_id and s.period = h.period"
            " left join loyalty_said w on w.customer_id = h.customer_id and w.period = h.period"
            " left join loyalty_lived v on v.customer_id = h.customer_id and v.period = h.period"
            " left join loyalty_did d on d.customer_id = h.customer_id and d.period = h.period"
            " left join loyalty_asked a on a.customer_id = h.customer_id and a.period = h.period",
        ),
        Step(
            "loyalty_feature",
            "select *, p_betrayal * coalesce(self_relevance, 0.5) as betrayal_of_self from (select *,"
            # what nobody said: an unmended breach feels like betrayal the more the brand is part of oneself
            " 1.0 - (1.0 - betrayal_words) * (1.0 - least(hurt_left, 1.0) * 0.3 * coalesce(self_relevance, 0.3))"
            " as p_betrayal from loyalty_case) cases",
            keep=True,
        ),
        *_training(f, context),
        Step(
            "loyalty_deviation",
            "select all_n as n, all_deviation as total, all_squares as squares from loyalty_feature"
            f" where period = {last} and all_n > 0"
            f" order by {f.bucket('customer_id')} asc nulls last, customer_id asc nulls last limit {SAMPLE}",
        ),
    ]


def _learnt(context: Context) -> int:
    """The latest period whose horizon's outcomes can be seen by now; below 0 where there is none."""
    needed = -(-(context.whole("risk_horizon_days") + SEEING_DAYS) // 30)
    return context.whole("periods") - 1 - needed


def _training(f: Functions, context: Context) -> list[Step]:
    """What customers were like at an earlier period's end, and what they did in the horizon after it.

    ``gone_then``, ``gone_until``: probability of having left before the horizon and by its end, as everything known
    today tells it: by the goodbye where there is one, else by the weeks of silence.
    """
    until = f.add_seconds("b.period_end", str(context.whole("risk_horizon_days") * 86400))

    def gone(there: str, moment: str) -> str:
        return (
            f"case when a.left_word then case when a.goodbye_at < {moment} then a.p_gone else 0.0 end"
            f" else (1.0 - {there}) * coalesce(a.p_gone / nullif(1.0 - a.p_there, 0), 1.0) end"
        )

    return [
        Step(
            "loyalty_attack",
            "select distinct t.customer_id from loyalty_text t join loyalty_period b"
            f" on t.moment >= b.period_end and t.moment < {until}"
            f" where t.attack = 1 and b.period = {_learnt(context)}",
        ),
        Step(
            "loyalty_training",
            "select b.bond, b.hurt_left, b.disrespect_left, b.said, b.p_betrayal, b.betrayal_of_self, b.grudge,"
            f" least({gone('t.there_then', 'b.period_end')}, 1.0) as gone_then,"
            f" least({gone('t.there_until', until)}, 1.0) as gone_until,"
            " case when b.told_lately then 0.0 else 1.0 end as quiet,"
            " case when a.told_going and a.told_at >= b.period_end then 1.0 else 0.0 end as told_later,"
            " case when r.customer_id is null then 0.0 else 1.0 end as attacked_later"
            " from loyalty_then t join loyalty_feature b on b.customer_id = t.customer_id"
            " join loyalty_feature a on a.customer_id = t.customer_id"
            " left join loyalty_attack r on r.customer_id = t.customer_id"
            f" where b.period = {_learnt(context)} and a.period = {context.whole('periods') - 1}",
        ),
    ]


def _log_odds(risk: dict[str, Any], names: tuple[str, ...]) -> str:
    return " + ".join([f"({risk['intercept']:.17g})", *(f"({risk[name]:.17g}) * {name}" for name in names)])


def _chance(log_odds: str) -> str:
    return f"(1.0 / (1.0 + exp(-least(greatest({log_odds}, -30.0), 30.0))))"


def _place(f: Functions, context: Context, values: Values) -> list[Step]:
    """Probabilities, segments with hysteresis from period to period, reasons, and moves."""
    pull = values["felt_pull"]
    own = f"(all_deviation / (all_n + {pull:.17g}))"
    leaving = _chance(_log_odds(values["leaving"], tuple(LEAVING)))
    silent = f"{values['silent_share']:.17g}"
    revenge = _chance(_log_odds(values["revenge"], tuple(REVENGE)))
    return [
        Step(
            "loyalty_chance",
            "select *, p_gone + (1.0 - p_gone) * p_next as p_leave,"
            " p_gone * case when told_going then 0.0 else 1.0 end"
            f" + (1.0 - p_gone) * p_next * case when told_lately then 0.0 else {silent} end as p_silent"
            f" from (select e.*, {leaving} as p_next, {revenge} as p_attack,"
            # a customer of whom nothing was ever felt has no mean, whatever their touchpoints usually feel like
            " case when sensed + all_n > 0"
            f" then (usual + deviation + (visits - rated_n) * {own}) / nullif(visits, 0) end as felt,"
            " m.usual_next from loyalty_feature e join ("
            f"select period, percentile_cont(0.5) within group (order by {leaving}) filter (where p_gone < 0.5)"
            " as usual_next from loyalty_feature group by period) m on m.period = e.period) chances",
            keep=True,
        ),
        *segments(context),
        *reasons(f, context),
        *moves(context),
    ]


ANALYSIS = Analysis(
    name="loyalty",
    reads=(
        "customer", "interaction", "feeling", "touchpoint_visit", "connection", "purchase", "referral",
        "survey_response",
    ),
    writes=("loyalty", "segment_move"),
    settings=("periods", "risk_horizon_days"),
    about="Segment of each customer by readable rules, risks of leaving and revenge with reasons, and moves.",
    stages=(
        Stage(steps=_histories, collect=("loyalty_histories",), fit=fit_contact, maps=_there),
        Stage(steps=_cases, collect=("loyalty_training", "loyalty_deviation"), fit=fit_risks),
        Stage(steps=_place),
    ),
)  # fmt: skip
