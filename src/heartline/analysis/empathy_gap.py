"""Empathy gap: what those who decide guess, what walkers feel and what customers feel at each point of connection.

Method card: ``docs/explanation/empathy-gap.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, Context, Stage, Values, months_before
from heartline.analysis.empathy_gap_fit import GAP, fit_gap
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

_SUMS = "cast(count(*) as double) as n, sum(value) as total, sum(value * value) as squares"


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Sums over persons: one guess a guesser, one feeling a walker, one mean a customer."""
    since = literal(f, months_before(context.as_of, context.whole("window_months")))
    return (
        Step("gap_walked", """
            with past as (
                select lower(trim(walker)) as person, touchpoint, walk_id, min(occurred_at) as walked_at,
                    avg(case when felt_valence between -1 and 1 and coalesce(forgotten_before, 0) = 0
                        then felt_valence end) as value
                from walk_step
                where walker is not null and touchpoint is not null and outcome <> 'left_out'
                group by lower(trim(walker)), touchpoint, walk_id)
            select person, touchpoint, walked_at, value from past
            qualify row_number() over (partition by person, touchpoint
                order by walked_at asc nulls last, walk_id asc nulls last) = 1""", keep=True),
        Step("gap_said", """
            select g.touchpoint, g.role, g.valence as value,
                case when g.walks_before > 0 or w.walked_at < g.guessed_at then 1 else 0 end as after_walk,
                row_number() over (partition by lower(trim(g.guesser)), g.touchpoint,
                    case when g.role = 'decides' and g.walks_before = 0 and coalesce(w.walked_at >= g.guessed_at, true)
                        then 1 else 0 end
                    order by g.guessed_at desc nulls last, g.guess_id desc nulls last) as nth
            from walk_guess g
            left join gap_walked w on w.person = lower(trim(g.guesser)) and w.touchpoint = g.touchpoint
            where g.valence between -1 and 1""", keep=True),
        Step("gap_guessed", """
            select touchpoint, value from gap_said where role = 'decides' and after_walk = 0 and nth = 1""", keep=True),
        Step("gap_point", """
            select distinct touchpoint from (select touchpoint from gap_guessed
                union all select touchpoint from gap_walked where value is not null) gap_either""", keep=True),
        Step("gap_guess_sums", f"select touchpoint, {_SUMS} from gap_guessed group by touchpoint"),
        Step("gap_walk_sums", f"""
            select touchpoint, {_SUMS} from gap_walked where value is not null group by touchpoint"""),
        Step("gap_customer_sums", f"""
            with own as (
                select v.touchpoint, v.customer_id, avg(v.felt_valence) as value
                from touchpoint_visit v join gap_point p on p.touchpoint = v.touchpoint
                where v.felt_from in ('words', 'rating') and v.felt_valence is not null and v.occurred_at >= {since}
                group by v.touchpoint, v.customer_id)
            select touchpoint, {_SUMS} from own group by touchpoint"""),
        Step("gap_stage", """
            with told as (
                select v.touchpoint, v.stage, 1 as contacts, 0 as steps
                from touchpoint_visit v join gap_point p on p.touchpoint = v.touchpoint where v.stage is not null
                union all
                select w.touchpoint, w.stage, 0 as contacts, 1 as steps
                from walk_step w join gap_point p on p.touchpoint = w.touchpoint where w.stage is not null)
            select touchpoint, stage, sum(contacts) as contacts, sum(steps) as steps from told
            group by touchpoint, stage"""),
        Step("gap_left", """
            select count(case when role <> 'decides' then 1 end) as of_others,
                count(case when role = 'decides' and after_walk = 1 then 1 end) as too_late,
                count(case when role = 'decides' and after_walk = 0 and nth > 1 then 1 end) as replaced
            from gap_said"""),
    )  # fmt: skip


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The table, as fitted."""
    return (Step("empathy_gap", f"select {', '.join(table('empathy_gap').names)} from {GAP}"),)


ANALYSIS = Analysis(
    name="empathy_gap",
    reads=("walk_guess", "walk_step", "touchpoint_visit"),
    writes=("empathy_gap",),
    settings=("min_base", "window_months"),
    about="What those who decide guess, what walkers feel and what customers feel, side by side.",
    stages=(
        Stage(gather, ("gap_guess_sums", "gap_walk_sums", "gap_customer_sums", "gap_stage", "gap_left"), fit_gap),
        Stage(hand_over),
    ),
)
