"""What `betrayal` reads of each customer: breaches, how bad they were, what was done about them, and what was said.

A breach nobody spoke of counts as much as those who met the same (a failed contact at that touchpoint) speak of
betrayal. Everything fades slowly (a year), because grudges do.
"""

from __future__ import annotations

import math

from heartline.analysis.base import Context, Values
from heartline.analysis.life import listed
from heartline.analysis.periods import faded, literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

GRUDGE_HALF_LIFE_DAYS = 365.0
YEAR_DAYS = 365
BAD, HARSH = -0.25, -0.3
PUBLIC_KINDS = ("review", "social_post", "community_post")
DEFENDING = ("defence", "defense", "recommendation", "share")
PULL = 10.0  # texts' worth of the company's mean that a touchpoint's own texts are mixed with
RECOVERY_DAYS = 60
LEAST_WORDS = 0.2  # a text this little about betrayal says nothing of it
SHOWN = 0.5
# How probable betrayal is behind an attack in public: with words of contempt or betrayal, again and again, once
SURE, AGAIN, ONCE = 0.8, 0.6, 0.1


def gather(f: Functions, context: Context, values: Values) -> list[Step]:
    """One row a customer with every factor, and how attacks of attackers come over time."""
    now = literal(f, context.as_of)
    days = f.days_between("moment", now)
    public = f"(i.channel = 'social' or i.kind in ({listed(PUBLIC_KINDS)}))"
    revenge = "concat(' ', coalesce(w.signals, ''), ' ') like '% revenge %'"
    return [
        Step(
            "betrayal_latest",
            "select customer_id, period_end, p_betrayal, p_revenge, p_leaving, p_gone, horizon_days from (select *,"
            " row_number() over (partition by customer_id order by period_end desc nulls last) as place from loyalty)"
            " periods where place = 1",
            keep=True,
        ),
        Step(
            "betrayal_text",
            "select w.customer_id, w.interaction_id, w.occurred_at as moment, w.valence,"
            " coalesce(w.p_signal_betrayal, 0.0) as p_words,"
            " greatest(coalesce(w.p_signal_disrespect, 0.0), coalesce(w.p_signal_revenge, 0.0),"
            " coalesce(w.p_signal_betrayal, 0.0)) as p_motive,"
            f" case when {public} then 1 else 0 end as public,"
            f" case when i.kind in ({listed(DEFENDING)}) then 0 when {public} and ({revenge} or w.valence <= {HARSH})"
            " then 1 else 0 end as attack"
            " from feeling w left join interaction i on i.interaction_id = w.interaction_id where w.status = 'scored'",
            keep=True,
        ),
        Step(
            "betrayal_contact",
            "select v.customer_id, v.interaction_id, v.occurred_at as moment, v.touchpoint, v.stage, v.outcome,"
            " v.felt_valence, case when v.outcome = 'failed' then 1 else 0 end as failed, w.p_words"
            " from touchpoint_visit v left join betrayal_text w"
            " on w.interaction_id = v.interaction_id where coalesce(w.public, 0) = 0",
            keep=True,
        ),
        Step("betrayal_mean", "select coalesce(avg(p_words), 0.02) as overall from betrayal_contact"),
        Step(
            "betrayal_usual",
            "select c.touchpoint, c.failed, (sum(c.p_words) + "
            f"{PULL} * max(m.overall)) / (count(c.p_words) + {PULL}) as usual,"
            " avg(c.felt_valence) as usual_felt"
            " from betrayal_contact c cross join betrayal_mean m group by c.touchpoint, c.failed",
        ),
        Step(
            "betrayal_event",
            "select *, breach * severity * fade as weight from (select c.customer_id, c.interaction_id, c.moment,"
            " c.touchpoint, greatest(0.0, least(0.98, coalesce(u.usual, 0.0))) as breach,"
            " greatest(0.05, least(1.0, -coalesce(c.felt_valence, u.usual_felt, 0.0))) as severity,"
            f" {faded(f.days_between('c.moment', now), GRUDGE_HALF_LIFE_DAYS)} as fade"
            " from betrayal_contact c left join betrayal_usual u"
            " on u.touchpoint = c.touchpoint and u.failed = c.failed"
            f" where c.failed = 1 or c.felt_valence <= {BAD}) events",
            keep=True,
        ),
        Step(
            "betrayal_breached",
            "select customer_id, count(*) as events, 1.0 - exp(sum(ln(1.0 - least(breach, 0.98)) * fade)) as breach,"
            " sum(severity * fade * breach) / nullif(sum(fade * breach), 0) as severity,"
            " max(case when place = 1 then moment end) as worst_at,"
            " max(case when place = 1 then touchpoint end) as worst_touchpoint"
            " from (select *, row_number() over (partition by customer_id order by weight desc nulls last,"
            " moment desc nulls last, interaction_id desc nulls last) as place from betrayal_event) ranked"
            " group by customer_id",
            keep=True,
        ),
        Step(
            "betrayal_recovery",
            "select b.customer_id, max(case when c.outcome = 'failed' then 1 else 0 end) as failed,"
            " max(case when coalesce(c.outcome, '') <> 'failed' and c.felt_valence > 0.1 then 1 else 0 end) as mended"
            " from betrayal_breached b join betrayal_contact c on c.customer_id = b.customer_id"
            f" where c.stage = 'support' and c.moment > b.worst_at"
            f" and c.moment <= {f.add_seconds('b.worst_at', str(RECOVERY_DAYS * 86400))} group by b.customer_id",
        ),
        Step(
            "betrayal_said",
            # one harsh post is anger; with words of betrayal or contempt, or again and again, it is an attack
            "select customer_id, texts, words, motive, attacks, last_text_at,"
            f" 1.0 - exp((attack_sure * ({math.log(1 - SURE):.17g}) + attack_maybe * case when posts >= 2"
            f" then ({math.log(1 - AGAIN):.17g}) else ({math.log(1 - ONCE):.17g}) end)) as attacked,"
            " case when spoken = 1 or posts >= 2 then 1 else 0 end as shown from ("
            "select customer_id, count(*) as texts,"
            f" 1.0 - exp(sum(case when p_words >= {LEAST_WORDS} then ln(1.0 - least(p_words, 0.98)) * fade else 0.0"
            f" end))"
            " as words, sum(case when sure = 1 then fade else 0.0 end) as attack_sure,"
            " sum(case when attack = 1 and sure = 0 then fade else 0.0 end) as attack_maybe, sum(attack) as posts,"
            f" max(case when p_motive >= {SHOWN} then p_motive * fade else 0.0 end) as motive,"
            f" sum(case when attack = 1 and days <= {YEAR_DAYS} then 1 else 0 end) as attacks,"
            f" max(case when sure = 1 or p_words >= {SHOWN} then 1 else 0 end) as spoken, max(moment) as last_text_at"
            f" from (select *, case when attack = 1 and p_motive >= {SHOWN} then 1 else 0 end as sure, {days} as days,"
            f" {faded(days, GRUDGE_HALF_LIFE_DAYS)} as fade from betrayal_text) said group by customer_id) sums",
            keep=True,
        ),
        Step(
            "betrayal_self",
            "select coalesce(avg(c.self_relevance), 0.4) as usual_self from betrayal_latest l join connection c"
            " on c.customer_id = l.customer_id and c.period_end = l.period_end",
        ),
        Step(
            "betrayal_factor",
            "select l.customer_id, l.period_end, l.p_betrayal is not null as known, l.p_revenge, l.p_leaving, l.p_gone,"
            " cast(l.horizon_days as double) as horizon, l.horizon_days, c.self_relevance,"
            " coalesce(c.self_relevance, m.usual_self)"
            " as self,"
            " coalesce(b.breach, 0.0) as breach, coalesce(b.severity, 0.0) as severity, coalesce(b.events, 0) as"
            " events,"
            " case when b.customer_id is null then 0.0 when r.mended = 1 then 0.0 when r.failed = 1 then 1.0 else"
            " 0.5 end"
            " as failed_recovery, coalesce(s.words, 0.0) as words, coalesce(s.attacked, 0.0) as attacked,"
            " coalesce(s.motive, 0.0) as motive, coalesce(s.attacks, 0) as attacks, coalesce(s.shown, 0) as shown,"
            " coalesce(s.texts, 0) as texts, b.worst_at, b.worst_touchpoint,"
            " case when s.last_text_at >= b.worst_at then 1.0 else 0.0 end as spoke"
            " from betrayal_latest l cross join betrayal_self m"
            " left join connection c on c.customer_id = l.customer_id and c.period_end = l.period_end"
            " left join betrayal_breached b on b.customer_id = l.customer_id"
            " left join betrayal_recovery r on r.customer_id = l.customer_id"
            " left join betrayal_said s on s.customer_id = l.customer_id",
            keep=True,
        ),
        Step(
            "betrayal_training",
            "select cast(self as double) as self, breach, breach * self as breach_of_self, breach * severity as harm,"
            " breach * failed_recovery as deviation, cast(shown as double) as shown, spoke,"
            " cast(events as double) as events from betrayal_factor where known"
            f" order by {f.bucket('customer_id')} asc nulls last, customer_id asc nulls last limit 50000",
        ),
        Step(
            # days from an attacker's first attack to each later one, and how long the attacker could be seen
            "betrayal_attack",
            f"select customer_id, {f.days_between('first_at', 'moment')} as age, {f.days_between('first_at', now)}"
            f" as seen"
            " from (select customer_id, moment, min(moment) over (partition by customer_id) as first_at"
            " from betrayal_text where attack = 1) attacks"
            f" order by {f.bucket('customer_id')} asc nulls last, moment asc nulls last, customer_id asc nulls last"
            " limit 20000",
        ),
    ]
