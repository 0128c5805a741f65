"""Satisfaction and emotional connection per customer and period: two axes, read from different evidence.

Satisfaction is what people answer when asked (ratings, csat, nps, ces). Connection is a latent bond behind words,
survey items of attachment, and acts nobody is paid for. Money is never an input, so value stays an honest outcome.
The scale and all slopes are fitted once, on everything before ``as_of``, so that periods can be compared; what each
period says of a customer comes only from what happened before its end. See docs/explanation/connection.md.
"""

from __future__ import annotations

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.connection_fit import ACTS, ANSWERS, WORDS, fit, pace_sql
from heartline.analysis.consent import customers_where, no_profile, no_reading
from heartline.analysis.periods import exposure_days, faded, literal, period_table, slice_end, slice_of
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

# Pathway: a customer is at the first stage whose rule holds; nobody is placed on thin evidence.
CONNECTED, DIFFERENTIATED, SATISFIED = 70.0, 55.0, 70.0

SAMPLE = 40_000
PAUSE = 0.95  # share of customers' pauses between contacts after which a longer one is no opportunity any more
SELF_TEXTS = 3.0  # texts' worth of the company's mean behind each customer's rate of attachment words
_EFFORT = "(?i)(effort|difficult|hard to|aufwand|schwierig|anstrengend|mühe)"
_EASE = "(?i)(eas[yei]|little effort|less effort|leicht|einfach)"
_SELF = (
    "(?i)(part of (me|my)|who i am|my life|identity|favou?rite|were gone|would miss|teil von mir|lieblings|vermissen)"
)
_AGAINST = ("revenge", "betrayal", "leaving")


def _gather(f: Functions, context: Context, values: Values) -> list[Step]:
    """Every piece of evidence with its slice and weight, and a sample of customers to fit on."""
    ends = context.period_ends()
    half = context.number("evidence_half_life_days")

    def placed(moment: str) -> str:
        age = f.days_between(moment, slice_end(f, moment, ends))
        return f"{slice_of(f, moment, ends)} as slice, {faded(age, half)} as w"

    now = literal(f, context.as_of)
    fade = " union all ".join(
        f"select {at} as slice, {of} as period, {literal(f, ends[of])} as period_end, "
        f"cast({0.5 ** ((ends[of] - ends[at]).total_seconds() / 86400 / half):.17g} as double) as fade"
        for of in range(len(ends))
        for at in range(of + 1)
    )
    labels = ", ".join(f"t.{name}" for name in WORDS)
    scaled = "100.0 * (value - scale_min) / nullif(scale_max - scale_min, 0)"
    effortful = f"{f.regexp_matches('question', _EFFORT)} and not {f.regexp_matches('question', _EASE)}"
    against = " and ".join(f"concat(' ', coalesce(t.signals, ''), ' ') not like '% {name} %'" for name in _AGAINST)
    kinds = " ".join(
        f"when i.kind in ({', '.join(repr(kind) for kind in names)}) then '{act}'" for act, names in ACTS.items()
    )
    every_kind = ", ".join(repr(kind) for names in ACTS.values() for kind in names)
    return [
        customers_where("connection_objected", no_profile(f)),
        period_table(f, "connection_period", ends),
        Step("connection_fade", fade, keep=True),
        Step(
            "connection_customer",
            "select k.customer_id, min(k.known_from) as known_from, max(k.no_words) as no_words from ("
            "select customer_id, first_seen_at as known_from,"
            f" case when {no_reading(f)} then 1 else 0 end as no_words from customer"
            " union all select customer_id, min(occurred_at) as known_from, 0 as no_words from interaction"
            " group by customer_id"
            " union all select customer_id, min(answered_at) as known_from, 0 as no_words from survey_response"
            " group by customer_id"
            " union all select referrer_id as customer_id, min(occurred_at) as known_from, 0 as no_words from referral"
            " group by referrer_id) k left join connection_objected o on o.customer_id = k.customer_id"
            " where k.customer_id is not null and o.customer_id is null group by k.customer_id",
            keep=True,
        ),
        Step(
            "connection_start",
            f"select coalesce(min(t), {now}) as log_start from (select min(occurred_at) as t from interaction"
            " union all select min(occurred_at) as t from referral) logs",
            keep=True,
        ),
        Step(
            "connection_contact",
            f"select customer_id, {slice_of(f, 'occurred_at', ends)} as slice, max(occurred_at) as last_at"
            " from interaction where coalesce(direction, 'inbound') <> 'outbound' group by customer_id, slice",
            keep=True,
        ),
        Step(
            "connection_pause",
            f"select coalesce(percentile_cont({PAUSE}) within group (order by gap), 180.0) as pause from ("
            "select "
            + f.days_between(
                "lag(occurred_at) over (partition by customer_id order by occurred_at asc nulls last,"
                " interaction_id asc nulls last)",
                "occurred_at",
            )
            + f" as gap from interaction where {f.bucket('customer_id')} < 16"
            " and coalesce(direction, 'inbound') <> 'outbound') gaps where gap is not null",
            keep=True,
        ),
        Step(
            "connection_answer",
            f"select customer_id, construct, subject, cast(answered_at as date) as day, {placed('answered_at')},"
            f" case when construct = 'ces' and {effortful} then 100.0 - {scaled} else {scaled} end as x,"
            # items of our own say what they measure; those of others are known by their wording
            " construct = 'self_relevance' or (construct = 'attachment' and item is null"
            f" and coalesce({f.regexp_matches('question', _SELF)}, false)) as of_self"
            " from survey_response where scale_max > scale_min and value >= scale_min and value <= scale_max",
            keep=True,
        ),
        Step(
            "connection_occasion",
            "select customer_id, construct, day, count(*) as m, avg(x) as x,"
            " sum(x * x) - sum(x) * sum(x) / count(*) as squares, max(slice) as slice, avg(w) as w"
            f" from connection_answer where construct in ('attachment', {', '.join(repr(a) for a in ANSWERS)})"
            " group by customer_id, construct, day",
            keep=True,
        ),
        Step(
            "connection_text",
            f"select t.customer_id, {placed('t.occurred_at')}, t.motivators, {labels}"
            " from feeling t join connection_customer k on k.customer_id = t.customer_id"
            " where t.status = 'scored' and t.valence is not null and k.no_words = 0",
            keep=True,
        ),
        Step(
            "connection_act",
            "select customer_id, act, slice, count(*) as n, sum(w) as w from ("
            f"select i.customer_id, case {kinds} end as act, {placed('i.occurred_at')}"
            " from interaction i left join feeling t on t.interaction_id = i.interaction_id"
            f" where i.kind in ({every_kind}) and {against} and not (i.kind <> 'suggestion'"
            " and concat(' ', coalesce(t.signals, ''), ' ') like '% complaint %')"
            f" union all select referrer_id as customer_id, 'advocacy' as act, {placed('occurred_at')} from referral"
            ") acts group by customer_id, act, slice",
            keep=True,
        ),
        Step(
            "connection_rating",
            "select customer_id, slice, count(*) as n, sum(w) as w, sum(w * x) as wx, sum(x) as total,"
            " sum(x * x) as squares from ("
            f"select customer_id, {placed('occurred_at')},"
            " 100.0 * (rating - rating_min) / nullif(rating_max - rating_min, 0) as x"
            " from interaction where rating >= rating_min and rating <= rating_max and rating_max > rating_min"
            " union all select customer_id, slice, w, x from connection_answer"
            " where construct in ('csat', 'nps', 'ces')) ratings group by customer_id, slice",
            keep=True,
        ),
        *_sample(f, context, half),
    ]


def _sample(f: Functions, context: Context, half: float) -> list[Step]:
    """One row for each of up to SAMPLE customers with all that is known of them at ``as_of``."""
    last = len(context.period_ends()) - 1
    lived = _lived(f, literal(f, context.as_of), half)
    sums = ", ".join(f"sum(t.w * d.fade * t.{name}) as {name}" for name in WORDS)
    acts = ", ".join(f"sum(a.w * d.fade) filter (where a.act = '{name}') as w_{name}" for name in ACTS)
    answers = ", ".join(
        f"sum(o.w * d.fade) filter (where o.construct = '{name}') as w_{name}, "
        f"sum(o.w * d.fade * o.x) filter (where o.construct = '{name}') as x_{name}"
        for name in ANSWERS
    )
    at_last = f"join connection_fade d on d.period = {last} and d.slice ="
    names = [*WORDS, "w_words", *(f"w_{name}" for name in ACTS), *(f"{a}_{n}" for n in ANSWERS for a in ("w", "x"))]
    counts = ["occasions", "total", "squares", "items", "item_squares", "inverse_items", "r_n", "r_total", "r_squares"]
    return [
        Step(
            "connection_pick",
            f"select k.customer_id, {f.bucket('k.customer_id')} as spread, {lived} / 365.25 as years"
            " from connection_customer k cross join connection_start s cross join connection_pause g"
            f" left join (select c.customer_id, max(c.last_at) as last_at from connection_contact c"
            " group by c.customer_id) c on c.customer_id = k.customer_id"
            f" order by spread asc nulls last, k.customer_id asc nulls last limit {SAMPLE}",
            keep=True,
        ),
        Step(
            "connection_pick_answers",
            "select o.customer_id, count(*) filter (where o.construct = 'attachment') as occasions,"
            " sum(o.x) filter (where o.construct = 'attachment') as total,"
            " sum(o.x * o.x) filter (where o.construct = 'attachment') as squares,"
            " sum(o.m) filter (where o.construct = 'attachment') as items,"
            " sum(o.squares) filter (where o.construct = 'attachment') as item_squares,"
            " sum(cast(1 as double) / nullif(o.m, 0)) filter (where o.construct = 'attachment') as inverse_items,"
            f" {answers}"
            f" from connection_occasion o {at_last} o.slice group by o.customer_id",
        ),
        Step(
            "connection_sample",
            "select p.years, "
            + ", ".join(f"coalesce(cast({name} as double), 0.0) as {name}" for name in [*names, *counts])
            + " from connection_pick p left join connection_pick_answers o on o.customer_id = p.customer_id"
            f" left join (select t.customer_id, sum(t.w * d.fade) as w_words, {sums} from connection_text t"
            f" {at_last} t.slice group by t.customer_id) t on t.customer_id = p.customer_id"
            f" left join (select a.customer_id, {acts} from connection_act a {at_last} a.slice"
            " group by a.customer_id) a on a.customer_id = p.customer_id"
            " left join (select customer_id, sum(n) as r_n, sum(total) as r_total, sum(squares) as r_squares"
            " from connection_rating group by customer_id) r on r.customer_id = p.customer_id",
        ),
    ]  # fmt: skip


def _lived(f: Functions, moment: str, half: float) -> str:
    """Days, faded, in which a customer could have acted: known, events recorded, and not silent for so long that
    only 1 in 20 pauses of customers is longer; who has left has no opportunity."""
    start = "greatest(coalesce(k.known_from, s.log_start), s.log_start)"
    away = f"greatest({f.days_between('coalesce(c.last_at, ' + start + ')', moment)} - g.pause, 0.0)"
    there = f"greatest({f.days_between(start, moment)} - {away}, 0.0)"
    return f"({faded(away, half)} * {exposure_days(there, half)})"


def _estimate(f: Functions, context: Context, values: Values) -> list[Step]:
    """Sums per customer and period, the posterior by formula, and the table."""
    score = " + ".join(f"{weight:.17g} * {name}" for name, weight in values["words"].items())
    kinds = ("attachment", *ANSWERS, "words", *ACTS, "rating", "self")
    wide = ", ".join(
        f"sum(n) filter (where kind = '{k}') as n_{k}, sum(w) filter (where kind = '{k}') as w_{k}, "
        f"sum(wx) filter (where kind = '{k}') as x_{k}"
        for k in kinds
    )
    summed = ", ".join(
        f"sum(coalesce(e.n_{k}, 0)) as n_{k}, sum(coalesce(e.w_{k}, 0.0) * d.fade) as w_{k}, "
        f"sum(coalesce(e.x_{k}, 0.0) * d.fade) as x_{k}"
        for k in kinds
    )
    filled = ", ".join(f"coalesce(e.{a}_{k}, 0{'.0' if a != 'n' else ''}) as {a}_{k}" for k in kinds for a in "nwx")
    trust = f"(1.0 / ({values['occasion']:.17g} + {values['item']:.17g} / nullif(m, 0)))"
    lived = _lived(f, "p.period_end", context.number("evidence_half_life_days"))
    return [
        Step(
            "connection_piece",
            f"select customer_id, slice, construct as kind, m as n, w * {trust} as w, w * {trust} * x as wx"
            " from connection_occasion where construct = 'attachment'"
            " union all select customer_id, slice, construct as kind, m as n, w, w * x as wx"
            " from connection_occasion where construct <> 'attachment'"
            " union all select customer_id, slice, 'words' as kind, count(*) as n, sum(w) as w,"
            f" sum(w * ({score})) as wx from connection_text group by customer_id, slice"
            " union all select customer_id, slice, act as kind, n, w, cast(0 as double) as wx from connection_act"
            " union all select customer_id, slice, 'rating' as kind, n, w, wx from connection_rating"
            " union all select customer_id, slice, 'self' as kind, count(*) as n, sum(w) as w, sum(w * x / 100.0) as wx"
            " from connection_answer where of_self group by customer_id, slice",
        ),
        Step(
            "connection_love",
            "select customer_id, slice, sum(w * p_signal_attachment) as love from connection_text"
            " group by customer_id, slice",
        ),
        Step(
            "connection_slice",
            f"select c.*, coalesce(l.love, 0.0) as love from (select customer_id, slice, {wide} from connection_piece"
            " group by customer_id, slice) c left join connection_love l"
            " on l.customer_id = c.customer_id and l.slice = c.slice",
            keep=True,
        ),
        Step(
            "connection_sum",
            f"select e.customer_id, d.period, {summed}, sum(e.love * d.fade) as love"
            " from connection_slice e join connection_fade d on d.slice = e.slice group by e.customer_id, d.period",
            keep=True,
        ),
        Step(
            "connection_state",
            f"select k.customer_id, p.period, p.period_end, {lived} / 365.25 as years, {filled},"
            " coalesce(e.love, 0.0) as love"
            " from connection_customer k cross join connection_period p cross join connection_start s"
            " cross join connection_pause g"
            " left join (select c.customer_id, d.period, max(c.last_at) as last_at from connection_contact c"
            " join connection_fade d on d.slice = c.slice group by c.customer_id, d.period) c"
            " on c.customer_id = k.customer_id and c.period = p.period"
            " left join connection_sum e on e.customer_id = k.customer_id and e.period = p.period"
            " where k.known_from is null or k.known_from < p.period_end",
            keep=True,
        ),
        *_motivators(f),
        *_finish(values),
    ]


def _motivators(f: Functions) -> list[Step]:
    return [
        Step(
            "connection_motive",
            "select customer_id, slice, motivator, sum(w * strength) as strength from ("
            "select customer_id, slice, w, cast(1 as double) as strength,"
            f" {f.explode_words('motivators')} as motivator from connection_text where motivators <> ''"
            " union all select customer_id, slice, w, x / 100.0 as strength, subject as motivator"
            " from connection_answer where construct = 'motivator' and subject is not null and x >= 60"
            ") motives group by customer_id, slice, motivator",
        ),
        Step(
            "connection_motive_rank",
            "select customer_id, period, motivator, row_number() over (partition by customer_id, period"
            " order by strength desc nulls last, motivator asc nulls last) as place from ("
            "select m.customer_id, d.period, m.motivator, sum(m.strength * d.fade) as strength"
            " from connection_motive m join connection_fade d on d.slice = m.slice"
            " group by m.customer_id, d.period, m.motivator) strengths",
        ),
        Step(
            "connection_motives",
            f"select customer_id, period, {f.join_ordered('motivator', 'place', ' ')} as motivators"
            " from connection_motive_rank where place <= 3 group by customer_id, period",
        ),
    ]


def _finish(values: Values) -> list[Step]:
    prior = 1 / values["sd"] ** 2
    held, pulled = [f"{prior:.17g}", "w_attachment"], [f"{prior * values['mean']:.17g}", "x_attachment"]
    for name, one in values["indicators"].items():
        weight, value = f"w_{name}", f"x_{name} / nullif(w_{name}, 0)"
        if name in ACTS:
            weight, value = "years", pace_sql(name, values["rates"][name])
        variance = f"(({one['own']:.17g} + {one['noise']:.17g} / nullif({weight}, 0)) * {values['overlap']:.17g})"
        slope, intercept = one["slope"], one["intercept"]
        held.append(f"coalesce({slope**2:.17g} / {variance}, 0.0)")
        pulled.append(f"coalesce({slope:.17g} * ({value} - ({intercept:.17g})) / {variance}, 0.0)")
    rated = values["satisfaction"]
    kappa = rated["within"] / rated["between"]
    usual = max(values["attachment_rate"], 1e-6)
    words = f"((love + {SELF_TEXTS * usual:.17g}) / (w_words + {SELF_TEXTS}))"
    told = f"({words} / ({words} + {usual:.17g}))"
    z90 = 1.6448536269514722
    return [
        Step(
            "connection_bond",
            f"select *, ({' + '.join(pulled)}) / ({' + '.join(held)}) as mean, sqrt(1.0 / ({' + '.join(held)})) as sd"
            " from connection_state",
        ),
        Step(
            "connection",
            "select customer_id, period_end, satisfaction, satisfaction_n,"
            " connection, connection_low, connection_high, evidence_count, words_n, survey_n, behaviour_n,"
            " self_relevance, motivators,"
            f" case when thin or connection is null then null when connection >= {CONNECTED} then 'connected'"
            f" when connection >= {DIFFERENTIATED} then 'differentiated'"
            # below that it takes a satisfaction to tell the two first stages apart
            f" when satisfaction >= {SATISFIED} then 'satisfied' when satisfaction is not null then 'unconnected' end"
            " as pathway, thin from ("
            "select b.customer_id, b.period_end,"
            f" case when n_rating > 0 then (x_rating + {kappa * rated['mean']:.17g}) / (w_rating + {kappa:.17g}) end"
            " as satisfaction, cast(n_rating as bigint) as satisfaction_n,"
            + (
                " least(greatest(mean, 0.0), 100.0) as connection,"
                f" least(greatest(mean - {z90} * sd, 0.0), 100.0) as connection_low,"
                f" least(greatest(mean + {z90} * sd, 0.0), 100.0) as connection_high,"
                if values["evidence"]
                else " cast(null as double) as connection, cast(null as double) as connection_low,"
                " cast(null as double) as connection_high,"
            )
            + " cast(n_words + n_attachment + n_understood + n_motivator + n_attention + n_voice + n_advocacy"
            " as bigint) as evidence_count, cast(n_words as bigint) as words_n,"
            " cast(n_attachment + n_understood + n_motivator as bigint) as survey_n,"
            " cast(n_attention + n_voice + n_advocacy as bigint) as behaviour_n,"
            " case when n_words + n_self > 0 then"
            f" (coalesce(w_words * {told}, 0.0) + 3.0 * x_self) / nullif(w_words + 3.0 * w_self, 0) end"
            f" as self_relevance, m.motivators, sd * sd > {0.5 * values['sd'] ** 2:.17g} as thin"
            " from connection_bond b left join connection_motives m"
            " on m.customer_id = b.customer_id and m.period = b.period) estimates",
        ),
    ]


ANALYSIS = Analysis(
    name="connection",
    reads=("customer", "interaction", "feeling", "touchpoint_visit", "survey_response", "referral"),
    writes=("connection",),
    settings=("periods", "evidence_half_life_days"),
    about="Satisfaction and emotional connection of each customer, with interval and evidence, period by period.",
    stages=(
        Stage(steps=_gather, collect=("connection_sample",), fit=fit),
        Stage(steps=_estimate),
    ),
)
