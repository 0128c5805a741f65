"""Service ingredients: hassle, recognition, respect and empathy at each point of connection, and what an average hides.

Method card: ``docs/explanation/ingredients.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.consent import customers_where, no_reading
from heartline.analysis.ingredients_fit import (
    BEHAVIOUR,
    CLUSTER,
    PERIODS,
    WORDS,
    fit_moments,
    fit_signs,
)
from heartline.analysis.ingredients_teams import fit_teams, gather_teams
from heartline.analysis.periods import literal, window_of, windows
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

_HOUR, _WEEK = 3600, 7 * 86400
# A wait is long from twice the touchpoint's usual duration on; log files know no expectations.
_LONG = 2
# Feelings within this of 0 leave no trace; the same bound as of `negative_share` and `positive_share`.
_FLAT = 0.2


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Contacts of the last periods with their signs, and sums over customers per touchpoint, team and sign."""
    periods = windows(context.as_of, context.whole("window_months"), PERIODS)
    words = ", ".join(
        f"t.p_signal_{sign} as p_{sign}, case when concat(' ', coalesce(t.signals, ''), ' ') like '% {sign} %'"
        f" then 1 else 0 end as d_{sign}"
        for sign in WORDS
    )
    # nothing that happened more than a week before the first contact that counts can make it a repeated one
    since = literal(f, periods[0][0] - timedelta(seconds=_WEEK))
    return (
        # what refusers do is not read for hassle either, as their words are not
        customers_where("ingredient_refused", no_reading(f)),
        Step("ingredient_usual", f"""
            select touchpoint, percentile_cont(0.5) within group (order by duration_s) as usual_s
            from interaction where duration_s >= 0
            group by touchpoint having count(*) >= {context.whole("min_base")}""", keep=True),
        Step("ingredient_done", f"""
            with timed as (
                select i.interaction_id, i.customer_id, i.occurred_at, i.touchpoint, i.team, i.outcome,
                    coalesce(i.kind, '') as kind, coalesce(i.direction, '') = 'outbound' as received,
                    case when i.duration_s >= 0 then i.duration_s / nullif(u.usual_s, 0) end as slowness,
                    lag(i.occurred_at) over here as here_before, lag(i.outcome) over here as here_outcome,
                    case when i.conversation_id is not null then lag(i.occurred_at) over talk end as talk_before
                from interaction i left join ingredient_usual u on u.touchpoint = i.touchpoint
                where i.occurred_at >= {since}
                window here as (partition by i.customer_id, i.touchpoint
                        order by i.occurred_at nulls last, i.interaction_id nulls last),
                    talk as (partition by i.customer_id, i.conversation_id
                        order by i.occurred_at nulls last, i.interaction_id nulls last)),
            since as (
                select timed.*, {window_of(f, "occurred_at", periods)} as slice,
                    {f.seconds_between("here_before", "occurred_at")} as here_s,
                    {f.seconds_between("talk_before", "occurred_at")} as talk_s,
                    coalesce(here_outcome, '') in ('failed', 'abandoned') as here_failed
                from timed)
            select s.interaction_id, s.customer_id, s.touchpoint, coalesce(s.team, '') as team, s.slice,
                case when v.felt_from in ('words', 'rating') then v.surprise end as surprise,
                case when s.outcome is not null then 1.0 end as n_error,
                case when s.outcome = 'failed' then 1.0 else 0.0 end as p_error,
                case when not s.received then 1.0 end as n_retry,
                case when s.kind = 'retry' or (s.here_failed and s.here_s <= {_HOUR}) then 1.0 else 0.0 end as p_retry,
                case when s.slowness is not null and not s.received then 1.0 end as n_waiting,
                case when s.slowness >= {_LONG} then 1.0 else 0.0 end as p_waiting,
                case when not s.received then 1.0 end as n_repeat_contact,
                case when (s.talk_s > {_HOUR} and s.talk_s <= {_WEEK})
                        or (s.here_failed and s.here_s > {_HOUR} and s.here_s <= {_WEEK})
                    then 1.0 else 0.0 end as p_repeat_contact,
                case when s.outcome is not null and s.team <> '' and not s.received then 1.0 end as n_gave_up,
                case when s.outcome = 'abandoned' then 1.0 else 0.0 end as p_gave_up
            from since s join touchpoint_visit v on v.interaction_id = s.interaction_id
            left join ingredient_refused r on r.customer_id = s.customer_id
            where s.slice is not null and r.customer_id is null and s.kind not in ('open', 'impression')""", keep=True),
        Step("ingredient_said", f"""
            select v.customer_id, v.touchpoint, coalesce(v.team, '') as team,
                {window_of(f, "v.occurred_at", periods)} as slice, v.surprise, {words}
            from feeling t join touchpoint_visit v on v.interaction_id = t.interaction_id
            where t.p_signal_{WORDS[0]} is not null and {window_of(f, "v.occurred_at", periods)} is not null""",
            keep=True),
        *_sums("words", WORDS, "ingredient_said", counted=False),
        *_sums("behaviour", BEHAVIOUR, "ingredient_done", counted=True),
        Step("ingredient_sums", "select * from words_sums union all select * from behaviour_sums"),
    )  # fmt: skip


def gather_moments(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Sums over customers of what an average hides, from contacts with words or a rating."""
    periods = windows(context.as_of, context.whole("window_months"), PERIODS)
    return (
        Step("moment_clear", """
            select stddev_samp(surprise) as clear from touchpoint_visit where felt_from in ('words', 'rating')"""),
        Step("moment_sums", f"""
            with told as (
                select v.customer_id, v.touchpoint, {window_of(f, "v.occurred_at", periods)} as slice,
                    v.felt_valence as felt, v.surprise, c.clear
                from touchpoint_visit v cross join moment_clear c where v.felt_from in ('words', 'rating')),
            own as (
                select slice, touchpoint, customer_id, max(clear) as clear, cast(count(*) as double) as n,
                    sum(felt) as felt, sum(felt * felt) as squares,
                    cast(count(case when felt between -{_FLAT} and {_FLAT} then 1 end) as double) as flat,
                    cast(count(surprise) as double) as known,
                    cast(count(case when surprise > clear then 1 end) as double) as best,
                    cast(count(case when surprise < -clear then 1 end) as double) as worst
                from told where slice is not null group by slice, touchpoint, customer_id)
            select slice, touchpoint, max(clear) as clear, count(*) as customers, sum(n) as n, sum(felt) as felt,
                sum(squares) as squares, sum(n * n) as n_squares, sum(known) as known,
                sum(known * known) as known_squares,
                {", ".join(f"sum({each}) as {each}, sum({each} * {each}) as {each}_squares,"
                           f" sum({each} * {base}) as {each}_products"
                           for each, base in (("flat", "n"), ("best", "known"), ("worst", "known")))}
            from own group by slice, touchpoint"""),
    )  # fmt: skip


def _sums(kind: str, signs: Sequence[str], source: str, counted: bool) -> tuple[Step, Step, Step]:
    """Contacts to customers, customers to one row per period, touchpoint, team and sign; ``team`` empty is everybody.

    counted: each sign has its own base ``n_<sign>``, and what is counted is what happened; else all contacts count.
    """
    parts = []
    for sign in signs:
        base = f"n_{sign}" if counted else "1.0"
        hit = f"p_{sign} = 1.0" if counted else f"d_{sign} = 1"
        known = f"{base} is not null and surprise is not null"
        parts.append(
            f"sum({base}) as n_{sign}, sum(case when {base} is not null then p_{sign} end) as p_{sign},"
            f" cast(count(case when {base} is not null and {hit} then 1 end) as double) as d_{sign},"
            f" cast(count(case when {known} and {hit} then 1 end) as double) as wn_{sign},"
            f" coalesce(sum(case when {known} and {hit} then surprise end), 0.0) as ws_{sign},"
            f" cast(count(case when {known} and not ({hit}) then 1 end) as double) as on_{sign},"
            f" coalesce(sum(case when {known} and not ({hit}) then surprise end), 0.0) as os_{sign}"
        )
    return (
        Step(f"{kind}_placed", f"""
            select *, '' as unit from {source} where slice is not null
            union all select *, team as unit from {source} where slice is not null and team <> ''"""),
        Step(f"{kind}_own", f"""
            select slice, touchpoint, unit, customer_id, {", ".join(parts)}
            from {kind}_placed group by slice, touchpoint, unit, customer_id""", keep=True),
        Step(f"{kind}_sums", " union all ".join(
            f"select slice, touchpoint, unit as team, '{sign}' as sign, count(*) as customers, sum(n_{sign}) as n,"
            f" sum(p_{sign}) as hits, sum(n_{sign} * n_{sign}) as n_squares, sum(p_{sign} * p_{sign}) as hit_squares,"
            f" sum(n_{sign} * p_{sign}) as products, sum(d_{sign}) as decided, "
            + ", ".join(
                f"cast(count(case when {x}n_{sign} > 0 then 1 end) as double) as {side}_{CLUSTER[0]},"
                f" sum({x}n_{sign}) as {side}_{CLUSTER[1]}, sum({x}s_{sign}) as {side}_{CLUSTER[2]},"
                f" sum({x}n_{sign} * {x}n_{sign}) as {side}_{CLUSTER[3]},"
                f" sum({x}s_{sign} * {x}s_{sign}) as {side}_{CLUSTER[4]},"
                f" sum({x}n_{sign} * {x}s_{sign}) as {side}_{CLUSTER[5]}"
                for x, side in (("w", "with"), ("o", "without"))
            )
            + f" from {kind}_own where n_{sign} > 0 group by slice, touchpoint, unit"
            for sign in signs
        )),
    )  # fmt: skip


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The tables, as fitted."""
    return tuple(
        Step(name, f"select {', '.join(table(name).names)} from {fitted}")
        for name, fitted in (
            ("service_ingredient", "ingredient_known"),
            ("touchpoint_moment", "moment_known"),
            ("team_difference", "team_known"),
        )
    )


ANALYSIS = Analysis(
    name="ingredients",
    reads=("customer", "interaction", "feeling", "touchpoint_visit"),
    writes=("service_ingredient", "touchpoint_moment", "team_difference"),
    settings=("min_base", "window_months"),
    about="Signs of hassle, recognition, respect and empathy at points of connection and by team, and beyond averages.",
    stages=(
        Stage(gather, ("ingredient_sums",), fit_signs),
        Stage(gather_moments, ("moment_sums",), fit_moments),
        Stage(gather_teams, ("team_sums",), fit_teams),
        Stage(hand_over),
    ),
)
