"""What `loyalty` reads of each customer, condensed per month: signs of life, acts, words, feelings, hurts, repairs.

Months are counted back from ``as_of``, so that every window of a period is a whole number of them.
"""

from __future__ import annotations

from datetime import datetime

from heartline.analysis.base import Context, Values, months_before
from heartline.analysis.consent import customers_where, no_profile
from heartline.analysis.life import COMPLAINING, GOODBYE, life, listed
from heartline.analysis.periods import literal, period_table, slice_of
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

RECENT, YEAR = 6, 12  # months of the two windows: "the last 180 days" and "the last 365 days"
WEEKS = 104  # how far back the rhythm of contact is read
HURT_HALF_LIFE_DAYS, GRUDGE_HALF_LIFE_DAYS = 90.0, 365.0  # leaving fades, revenge decays slowly
SAMPLE = 20_000

PUBLIC_KINDS = ("review", "social_post", "community_post")
PROMOTING_KINDS = ("defence", "defense", "recommendation", "share")
# A visit hurts when it felt bad and clearly worse than this customer is used to; a good contact with support mends.
_BAD, _GOOD = -0.35, 0.1
# Words in public: harsher than HARSH is speaking against the brand; better than PRAISE is speaking for it. A positive
# review is half an act, because many review without wanting to promote; a positive post on social media is a whole one.
HARSH, PRAISE, PRAISE_ON_SOCIAL = -0.3, 0.25, 0.0


def ends_of(context: Context) -> list[datetime]:
    """Ends of all months that some window of some period needs, oldest first."""
    months = context.whole("periods") + YEAR
    return [months_before(context.as_of, back) for back in reversed(range(months))]


def _has(signal: str) -> str:
    return f"(case when concat(' ', coalesce(t.signals, ''), ' ') like '% {signal} %' then 1 else 0 end)"


def gather(f: Functions, context: Context, values: Values) -> list[Step]:
    """Facts per customer and month, and the sums of every period's windows."""
    ends, periods = ends_of(context), context.period_ends()
    first = len(ends) - len(periods)
    month = slice_of(f, "moment", ends)
    start = literal(f, context.as_of)
    week = f"cast(floor({f.days_between('moment', start)} / 7.0) as bigint)"
    windows = " union all ".join(
        f"select {slot} as slice, {period} as period, {age} as age,"
        f" cast({0.5 ** (age * 30.4375 / HURT_HALF_LIFE_DAYS):.17g} as double) as hurt_fade,"
        f" cast({0.5 ** (age * 30.4375 / GRUDGE_HALF_LIFE_DAYS):.17g} as double) as grudge_fade"
        for period in range(len(periods))
        for slot in range(first + period + 1)
        for age in [first + period - slot]
    )
    return [
        customers_where("loyalty_objected", no_profile(f)),
        period_table(f, "loyalty_period", periods),
        Step("loyalty_window", windows, keep=True),
        Step(
            "loyalty_life",
            life(),
        ),
        Step(
            "loyalty_known",
            "select known.customer_id, min(known.moment) as known_from from ("
            "select customer_id, first_seen_at as moment from customer"
            " union all select customer_id, moment from loyalty_life"
            " union all select customer_id, occurred_at as moment from interaction"
            ") known left join loyalty_objected o on o.customer_id = known.customer_id"
            " where o.customer_id is null group by known.customer_id",
            keep=True,
        ),
        Step("loyalty_log", "select min(moment) as log_start from loyalty_life", keep=True),
        Step(
            "loyalty_week",
            f"select customer_id, slice, count(*) as weeks, min(week) as latest, max(week) as earliest from ("
            # a week belongs to the month of its first sign of life, so that it is counted once
            f"select customer_id, week, min(slice) as slice from (select customer_id, {week} as week, {month} as slice"
            f" from loyalty_life) lives group by customer_id, week) weeks where week < {WEEKS}"
            " group by customer_id, slice",
            keep=True,
        ),
        Step(
            "loyalty_last",
            f"select customer_id, slice, max(moment) as last_at from (select customer_id, moment, {month} as slice"
            " from loyalty_life) lives group by customer_id, slice",
        ),
        *_words(f, month),
        *_visits(f, month),
        *_acts(f, month),
        *_states(),
    ]


def _words(f: Functions, month: str) -> list[Step]:
    public = f"(i.channel = 'social' or i.kind in ({listed(PUBLIC_KINDS)}))"
    promoting_kind = f"i.kind in ({listed(PROMOTING_KINDS)})"
    social = "(i.channel = 'social' or i.kind = 'social_post')"
    return [
        Step(
            "loyalty_text",
            "select t.customer_id, t.occurred_at as moment, t.valence, t.p_signal_betrayal as p_betrayal,"
            f" case when {promoting_kind} then 0 when {public} and ({_has('revenge')} = 1 or t.valence <= {HARSH})"
            " then 1 else 0 end as attack,"
            f" case when {public} then 0 else {_has('revenge')} end as threat,"
            f" case when {promoting_kind} or t.valence <= 0.0 then 0.0 when {_has('recommending')} = 1 then 1.0"
            f" when {social} and t.valence > {PRAISE_ON_SOCIAL} then 1.0"
            f" when i.kind = 'review' and t.valence > {PRAISE} then 0.5 else 0.0 end as recommending,"
            f" {_has('betrayal')} as betrayed, {_has('leaving')} as leaving, {_has('staying')} as staying,"
            f" {_has('disrespect')} as disrespect,"
            f" {_has('complaint')} as complaint"
            " from feeling t left join interaction i on i.interaction_id = t.interaction_id"
            " where t.status = 'scored'",
        ),
        Step(
            "loyalty_word",
            "select customer_id, slice, count(*) as texts, sum(attack) as attacks, sum(threat) as threats,"
            " sum(betrayed) as betrayals, sum(disrespect) as disrespects,"
            " sum(recommending) as recommendations,"
            " sum(staying) as stays,"
            " sum(case when p_betrayal >= 0.2 then ln(1.0 - least(p_betrayal, 0.98)) else 0.0 end) as not_betrayed,"
            " max(case when complaint = 1 then moment end) as complained_at,"
            " max(case when leaving = 1 then moment end) as said_at,"
            " max(case when attack = 1 then moment end) as attack_at"
            f" from (select *, {month} as slice from loyalty_text) texts group by customer_id, slice",
            keep=True,
        ),
    ]


def _visits(f: Functions, month: str) -> list[Step]:
    return [
        Step(
            "loyalty_usual",
            "select touchpoint, coalesce(outcome, '') as outcome, avg(felt_valence) as usual"
            " from touchpoint_visit group by touchpoint, coalesce(outcome, '')",
            keep=True,
        ),
        Step("loyalty_mean", "select avg(felt_valence) as overall from touchpoint_visit", keep=True),
        Step(
            "loyalty_felt",
            "select v.customer_id, v.occurred_at as moment, v.felt_valence,"
            " case when v.felt_valence < 0.0 then coalesce(v.surprise, v.felt_valence) else 0.0 end as blow,"
            " coalesce(u.usual, m.overall) as usual,"
            " v.outcome, v.stage, v.felt_from"
            " from touchpoint_visit v cross join loyalty_mean m left join loyalty_usual u"
            " on u.touchpoint = v.touchpoint and u.outcome = coalesce(v.outcome, '')",
        ),
        Step(
            "loyalty_visit",
            # what was told (words, rating) shows how the person differs; what is read from behaviour does not
            "select customer_id, slice, count(*) as visits, count(felt_valence) as sensed,"
            " sum(case when felt_from = 'behaviour' then felt_valence else usual end) as usual,"
            " sum(told) as felt_n, sum(told * (felt_valence - usual)) as deviation,"
            " sum(told * (felt_valence - usual) * (felt_valence - usual)) as deviation_squares,"
            " sum(case when felt_from = 'rating' then 1 else 0 end) as rated_n,"
            " sum(case when felt_from = 'rating' then felt_valence - usual else 0.0 end) as rated,"
            " sum(case when outcome = 'failed' then 1 else 0 end) as failures,"
            f" sum(case when blow <= {_BAD} and felt_from <> 'behaviour' then 1 else 0 end) as bad_visits,"
            f" sum(greatest(case when blow <= {_BAD} then -blow else 0.0 end,"
            " case when outcome = 'failed' then 0.35 else 0.0 end)) as hurt,"
            f" max(case when blow <= {_BAD} or outcome = 'failed' then moment end) as hurt_at,"
            f" max(case when stage = 'support' and coalesce(outcome, '') <> 'failed' and felt_valence > {_GOOD}"
            " then moment end) as mended_at"
            f" from (select *, case when felt_from in ('words', 'rating') then 1 else 0 end as told, {month} as slice"
            " from loyalty_felt) visits group by customer_id, slice",
            keep=True,
        ),
    ]


def _acts(f: Functions, month: str) -> list[Step]:
    return [
        Step(
            "loyalty_act",
            "select customer_id, slice, sum(promoting) as promoting, max(goodbye_at) as goodbye_at,"
            " max(told_at) as told_at from ("
            f"select customer_id, {month} as slice, promoting, goodbye_at, told_at from ("
            "select customer_id, occurred_at as moment,"
            f" case when kind in ({listed(PROMOTING_KINDS)}) then 1 else 0 end as promoting,"
            f" case when kind in ({listed(GOODBYE)}) then occurred_at end as goodbye_at,"
            f" case when kind in ({listed(COMPLAINING)}) then occurred_at end as told_at from interaction"
            f" where kind in ({listed((*PROMOTING_KINDS, *COMPLAINING))})"
            " union all select referrer_id as customer_id, occurred_at as moment, 1 as promoting,"
            " cast(null as timestamp) as goodbye_at, cast(null as timestamp) as told_at from referral) acts) placed"
            " group by customer_id, slice",
            keep=True,
        ),
        Step(
            "loyalty_nps",
            f"select customer_id, slice, {f.last_by('value', 'answered_at, response_id')} as nps from ("
            "select customer_id, answered_at, response_id,"
            " 10.0 * (value - scale_min) / nullif(scale_max - scale_min, 0) as value,"
            f" {month} as slice from (select *, answered_at as moment from survey_response) answers"
            " where construct = 'nps' and value between scale_min and scale_max) nps group by customer_id, slice",
            keep=True,
        ),
    ]


def _states() -> list[Step]:
    """One row per customer and period with everything that rules and risks read."""
    recent, year = f"d.age < {RECENT}", f"d.age < {YEAR}"

    def windowed(name: str, source: str, columns: str) -> Step:
        return Step(
            name,
            f"select e.customer_id, d.period, {columns} from {source} e join loyalty_window d on d.slice = e.slice"
            " group by e.customer_id, d.period",
            keep=True,
        )

    return [
        windowed(
            "loyalty_rhythm",
            "loyalty_week",
            "sum(e.weeks) as weeks, min(e.latest) as latest, max(e.earliest) as earliest",
        ),
        windowed("loyalty_seen", "loyalty_last", "max(e.last_at) as last_at"),
        windowed(
            "loyalty_said",
            "loyalty_word",
            f"sum(case when {recent} then e.attacks else 0 end) as attacks,"
            f" sum(case when {year} then e.threats else 0 end) as threats,"
            f" sum(case when {year} then e.betrayals else 0 end) as betrayals,"
            f" sum(case when {year} then e.recommendations else 0.0 end) as recommendations,"
            f" sum(case when d.age < 3 then e.disrespects else 0 end) as disrespects,"
            " sum(e.attacks * d.grudge_fade) as grudge, sum(e.disrespects * d.hurt_fade) as disrespect_left,"
            " sum(e.betrayals * d.hurt_fade) as betrayal_left,"
            " 1.0 - exp(sum(e.not_betrayed * d.grudge_fade)) as betrayal_words,"
            " max(e.complained_at) as complained_at, max(e.said_at) as said_at, max(e.attack_at) as attack_at,"
            " sum(e.texts) as texts",
        ),
        windowed(
            "loyalty_lived",
            "loyalty_visit",
            f"sum(case when {recent} then e.visits else 0 end) as visits,"
            f" sum(case when {recent} then e.felt_n else 0 end) as felt_n,"
            f" sum(case when {recent} then e.sensed else 0 end) as sensed,"
            f" sum(case when {recent} then e.usual else 0.0 end) as usual,"
            f" sum(case when {recent} then e.rated_n else 0 end) as rated_n,"
            f" sum(case when {recent} then coalesce(e.rated, 0.0) else 0.0 end) as deviation,"
            " sum(e.felt_n) as all_n, sum(coalesce(e.deviation, 0.0)) as all_deviation,"
            " sum(coalesce(e.deviation_squares, 0.0)) as all_squares,"
            f" sum(case when d.age < 3 then e.failures else 0 end) as failures,"
            f" sum(case when {year} then e.bad_visits else 0 end) as bad_visits,"
            f" sum(case when {year} then e.failures else 0 end) as breaches,"
            " sum(e.hurt * d.hurt_fade) as hurt, max(e.hurt_at) as hurt_at, max(e.mended_at) as mended_at",
        ),
        windowed(
            "loyalty_did",
            "loyalty_act",
            f"sum(case when {year} then e.promoting else 0 end) as promoting, max(e.goodbye_at) as goodbye_at,"
            " max(e.told_at) as told_at",
        ),
        Step(
            "loyalty_asked",
            "select customer_id, period, nps from (select e.customer_id, d.period, e.nps, row_number() over ("
            "partition by e.customer_id, d.period order by e.slice desc nulls last) as place"
            f" from loyalty_nps e join loyalty_window d on d.slice = e.slice where {year}) answers where place = 1",
            keep=True,
        ),
    ]
