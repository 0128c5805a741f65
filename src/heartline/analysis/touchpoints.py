"""How each contact felt, from what that is known, and against what this customer is used to.

Method card: ``docs/explanation/touchpoints.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.behaviour_model import FACTORS, FOLDS, fit_customers, fit_feelings, fit_periods
from heartline.analysis.consent import customers_where, no_profile, no_reading
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

_CODES = ", ".join(f"{factor}_code" for factor in FACTORS)
_HOUR = 3600
_WEEK = 7 * 86400


def see(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Every visit with what was said, rated and done; sums for the fit."""
    sums = """
        count(words) as words_n, sum(words) as words, sum(words * words) as words_squares,
        count(rated_alone) as rated_n, sum(rated_alone) as rated, sum(rated_alone * rated_alone) as rated_squares"""
    told_alone = "case when words is null then rated end as rated_alone"
    return (
        # nothing is read from what they did, either: a feeling is inferred in both ways; their ratings are their word
        customers_where("visit_refused", no_reading(f)),
        customers_where("visit_objected", no_profile(f)),
        Step("duration_usual", f"""
            select touchpoint, percentile_cont(0.5) within group (order by duration_s) as usual_s
            from interaction where duration_s >= 0
            group by touchpoint having count(*) >= {context.whole("min_base")}""", keep=True),
        Step("visit_seen", f"""
            with read as (
                select i.interaction_id, i.customer_id, i.occurred_at, i.channel, i.touchpoint, i.stage,
                    i.outcome, i.team,
                    case when i.duration_s >= 0 then i.duration_s / nullif(u.usual_s, 0) end as slowness,
                    coalesce(i.direction, '') = 'outbound' as received,
                    coalesce(i.kind, '') in ('open', 'impression') as passing,
                    case when f.status = 'scored' and f.valence between -1 and 1 then f.valence end as words,
                    case when i.rating_max > i.rating_min and i.rating between i.rating_min and i.rating_max
                        then 2 * (i.rating - i.rating_min) / nullif(i.rating_max - i.rating_min, 0) - 1 end as rated,
                    lag(i.occurred_at, 1) over here as here_before,
                    lag(i.occurred_at, 2) over here as here_before_that,
                    lag(i.outcome) over ever as outcome_before,
                    lag(i.occurred_at) over ever as ever_before,
                    lag(i.conversation_id) over ever = i.conversation_id as same_conversation,
                    r.customer_id is null as may_read
                from interaction i
                left join visit_refused r on r.customer_id = i.customer_id
                left join feeling f on f.interaction_id = i.interaction_id
                left join duration_usual u on u.touchpoint = i.touchpoint
                window here as (partition by i.customer_id, i.touchpoint
                        order by i.occurred_at nulls last, i.interaction_id nulls last),
                    ever as (partition by i.customer_id
                        order by i.occurred_at nulls last, i.interaction_id nulls last))
            select interaction_id, customer_id, occurred_at, channel, touchpoint, stage, outcome, team, words, rated,
                case outcome when 'completed' then 1 when 'abandoned' then 2 when 'failed' then 3 else 0
                    end as outcome_code,
                case when slowness is null then 0 when slowness < 0.5 then 1 when slowness < 0.8 then 2
                    when slowness < 1.25 then 3 when slowness < 2 then 4 when slowness < 4 then 5 else 6
                    end as duration_code,
                case when {f.seconds_between("here_before_that", "occurred_at")} <= {_HOUR} then 3
                    when {f.seconds_between("here_before", "occurred_at")} <= {_HOUR} then 2
                    when {f.seconds_between("here_before", "occurred_at")} <= {_WEEK} then 1 else 0 end as again_code,
                case when outcome_before in ('failed', 'abandoned') and (same_conversation
                    or {f.seconds_between("ever_before", "occurred_at")} <= {_HOUR}) then 1 else 0 end as trouble_code,
                may_read, not passing and (outcome is not null or (slowness is not null and not received)) as behaved
            from read""", keep=True),
        Step("visit_both", """
            select count(*) as n, sum(words) as words, sum(rated) as rated, sum(words * words) as words_squares,
                sum(rated * rated) as rated_squares, sum(words * rated) as products
            from visit_seen where words is not null and rated is not null"""),
        Step("visit_told", f"""
            with told as (select touchpoint, words, {told_alone} from visit_seen
                where words is not null or rated is not null)
            select touchpoint, {sums} from told group by touchpoint"""),
        Step("visit_first", """
            select min(occurred_at) as first_told_at from visit_seen where words is not null or rated is not null"""),
        Step("visit_cell", f"""
            with told as (select touchpoint, {_CODES}, {f.bucket("customer_id")} % {FOLDS} as fold, words, {told_alone}
                from visit_seen where behaved and (words is not null or rated is not null))
            select touchpoint, fold, {_CODES}, {sums} from told group by touchpoint, fold, {_CODES}"""),
    )  # fmt: skip


def hear(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Words on the ratings' level, expectations from behaviour; sums over customers of what is their own."""
    effects = values["behaviour_effects"]
    behaviour = "cast(null as double)"
    if effects:
        added = " + ".join(_effect(factor, [effects[factor][each] for each in FACTORS[factor]]) for factor in FACTORS)
        behaviour = (
            f"case when may_read and behaved and l.level is not null then greatest(-1, least(1, l.level + {added})) end"
        )
    return (
        Step("visit_heard", f"""
            select v.*, l.usual,
                case when words is null then rated
                    else greatest(-1, least(1, words + {_number(values["words_level"]["shift"])})) end as told,
                {behaviour} as behaviour
            from visit_seen v left join touchpoint_level l on l.touchpoint = v.touchpoint"""),
        Step("visit_spread", """
            with own as (
                select customer_id, cast(count(*) as double) as n, sum(told - usual) as total,
                    sum((told - usual) * (told - usual)) as squares
                from visit_heard where told is not null group by customer_id)
            select count(*) as customers, sum(n) as n, sum(total) as total, sum(n * n) as n_squares,
                sum(squares - total * total / nullif(n, 0)) as inside, sum(total * total / nullif(n, 0)) as mean_squares
            from own"""),
    )  # fmt: skip


def feel(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Felt valence, baseline and surprise of every visit; monthly sums over customers."""
    half = values["half_visits"]
    trust = "0.0" if half is None else f"(told_before / nullif(told_before + {_number(half)}, 0))"
    company = "cast(null as double)" if values["company_mean"] is None else _number(values["company_mean"])
    keys = "period_start, touchpoint, channel, stage"
    return (
        Step("visit_felt", f"""
            with past as (
                select h.*,
                    count(told) over before as told_before,
                    sum(told) over before as felt_before,
                    sum(case when told is not null then usual end) over before as usual_before
                from visit_heard h
                window before as (partition by customer_id order by occurred_at nulls last, interaction_id nulls last
                    rows between unbounded preceding and 1 preceding)),
            based as (
                select p.*,
                    coalesce(told, behaviour) as felt_valence,
                    case when words is not null then 'words' when rated is not null then 'rating'
                        when behaviour is not null then 'behaviour' else 'none' end as felt_from,
                    case when told_before > 0
                        then ((1 - {trust}) * usual_before + {trust} * felt_before) / nullif(told_before, 0)
                        when occurred_at > first_told_at then {company} end as baseline
                from past p cross join visit_first)
            select interaction_id, customer_id, occurred_at, channel, touchpoint, stage, felt_valence, felt_from,
                baseline, felt_valence - baseline as surprise, cast(told_before as bigint) as baseline_n, outcome, team
            from based""", keep=True),
        Step("period_sums", f"""
            with own as (
                select {f.month_start("occurred_at")} as period_start, touchpoint, channel, stage, customer_id,
                    count(*) as visits, cast(count(felt_valence) as double) as felt_n, sum(felt_valence) as felt_sum,
                    sum(felt_valence * felt_valence) as felt_squares,
                    count(surprise) as surprise_n, sum(surprise) as surprise_sum,
                    count(case when felt_valence < -0.2 then 1 end) as negative,
                    count(case when felt_valence > 0.2 then 1 end) as positive,
                    count(case when felt_from = 'words' then 1 end) as words_visits,
                    count(case when felt_from = 'rating' then 1 end) as rating_visits,
                    count(case when felt_from = 'behaviour' then 1 end) as behaviour_visits,
                    count(case when outcome = 'abandoned' then 1 end) as abandoned,
                    count(case when outcome = 'failed' then 1 end) as failed
                from visit_felt group by {f.month_start("occurred_at")}, touchpoint, channel, stage, customer_id)
            select {keys}, cast(count(*) as bigint) as customers,
                cast(count(case when felt_n > 0 then 1 end) as double) as felt_customers,
                coalesce(sum(felt_n), 0) as felt_visits, coalesce(sum(felt_sum), 0) as felt_sum,
                coalesce(sum(felt_squares), 0) as felt_squares, coalesce(sum(felt_n * felt_n), 0) as felt_n_squares,
                coalesce(sum(felt_sum * felt_sum), 0) as felt_sum_squares,
                coalesce(sum(felt_n * felt_sum), 0) as felt_products,
                sum(surprise_sum) / nullif(sum(surprise_n), 0) as surprise_mean,
                {", ".join(f"cast(sum({name}) as bigint) as {name}" for name in _COUNTS)}
            from own group by {keys}"""),
    )  # fmt: skip


_COUNTS = (
    "visits", "negative", "positive", "words_visits", "rating_visits", "behaviour_visits", "abandoned", "failed",
)  # fmt: skip


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The two tables in their declared columns."""
    return (
        # what they are used to is worked out on the person; sums above keep everybody
        Step("touchpoint_visit", """
            select v.interaction_id, v.customer_id, v.occurred_at, v.channel, v.touchpoint, v.stage, v.felt_valence,
                v.felt_from, case when o.customer_id is null then v.baseline end as baseline,
                case when o.customer_id is null then v.surprise end as surprise, v.baseline_n, v.outcome, v.team
            from visit_felt v left join visit_objected o on o.customer_id = v.customer_id"""),
        Step("touchpoint_period", """
            select period_start, touchpoint, channel, stage, visits, customers,
                cast(round(felt_visits) as bigint) as felt_visits, felt_mean, felt_low, felt_high, felt_sd,
                surprise_mean,
                negative / nullif(felt_visits, 0) as negative_share,
                positive / nullif(felt_visits, 0) as positive_share,
                words_visits, rating_visits, behaviour_visits, abandoned, failed
            from period_known"""),
    )  # fmt: skip


def _effect(factor: str, effects: Sequence[float]) -> str:
    cases = " ".join(f"when {code} then {_number(effect)}" for code, effect in enumerate(effects))
    return f"case {factor}_code {cases} else 0 end"


def _number(value: float) -> str:
    # Through text: a bare fraction would be a decimal on one engine and a double on the other.
    return f"cast('{value!r}' as double)"


ANALYSIS = Analysis(
    name="touchpoints",
    reads=("customer", "interaction", "feeling"),
    writes=("touchpoint_visit", "touchpoint_period"),
    settings=("min_base",),
    about="How each contact felt, from what that is known, and against what this customer is used to.",
    stages=(
        Stage(see, ("visit_both", "visit_told", "visit_cell"), fit_feelings),
        Stage(hear, ("visit_spread",), fit_customers),
        Stage(feel, ("period_sums",), fit_periods),
        Stage(hand_over),
    ),
)
