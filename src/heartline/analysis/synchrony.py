"""Value-chain synchrony: do stages, channels, teams and hand-offs feel alike, and as intended?

Method card: ``docs/explanation/synchrony.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, Context, Stage, Values, months_before
from heartline.analysis.periods import literal
from heartline.analysis.synchrony_fit import CHAIN, SPAN, fit, intentions
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import EMOTIONS, table


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Sums over customers of felt valence per stage, channel, team and touchpoint; hand-offs; intended emotions."""
    since = literal(f, months_before(context.as_of, SPAN * context.whole("window_months")))
    kinds = (
        ("stage", "''", "felt"),
        ("channel", "channel", "felt"),
        ("team", "team", "own"),
        ("touchpoint", "touchpoint", "felt"),
    )
    emotions = sorted({what for what in intentions(context.text("intended")).values() if what in EMOTIONS})
    return (
        Step("chain_visit", f"""
            select customer_id, coalesce(stage, '') as stage, channel, coalesce(team, '') as team, touchpoint,
                felt_valence as felt, felt_valence - avg(felt_valence) over (partition by touchpoint) as own
            from touchpoint_visit where felt_from in ('words', 'rating') and occurred_at >= {since}""", keep=True),
        Step("chain_sums", " union all ".join(
            f"select '{kind}' as kind, stage, unit, count(*) as customers, sum(n) as n, sum(total) as sum,"
            " sum(n * n) as n_squares, sum(total * total) as sum_squares, sum(n * total) as products,"
            " sum(squares) as squares, sum(felt) as felt, sum(felt * felt) as felt_squares,"
            " sum(n * felt) as felt_products"
            f" from (select stage, unit, customer_id, cast(count(*) as double) as n, sum({value}) as total,"
            f" sum(felt * felt) as squares, sum(felt) as felt from"
            f" (select *, {unit} as unit from chain_visit) {kind}_all where unit is not null"
            f"{' and team <> ' + repr('') if kind == 'team' else ''}"
            f" group by stage, unit, customer_id) {kind}_own"
            " group by stage, unit"
            for kind, unit, value in kinds
        )),
        Step("handoff_sums", f"""
            select s.touchpoint, s.next_touchpoint, s.customers, s.change_n, s.change_mean, s.change_low, s.change_high,
                a.level, b.level as next_level
            from journey_step s
            left join (select touchpoint, avg(felt_valence) as level from touchpoint_visit
                where felt_valence is not null group by touchpoint) a on a.touchpoint = s.touchpoint
            left join (select touchpoint, avg(felt_valence) as level from touchpoint_visit
                where felt_valence is not null group by touchpoint) b on b.touchpoint = s.next_touchpoint
            where s.next_touchpoint <> '' and s.next_touchpoint <> s.touchpoint
                and s.change_n >= {context.whole("min_base")} and s.change_low is not null"""),
        Step("emotion_sums", " union all ".join(
            f"select '{emotion}' as emotion, touchpoint, count(*) as customers, sum(n) as n, sum(p) as p,"
            " sum(n * n) as n_squares, sum(p * p) as p_squares, sum(n * p) as products from (select v.touchpoint,"
            f" v.customer_id, cast(count(*) as double) as n, sum(t.p_{emotion}) as p from feeling t"
            " join touchpoint_visit v on v.interaction_id = t.interaction_id"
            f" where t.p_{emotion} is not null and v.occurred_at >= {since}"
            f" group by v.touchpoint, v.customer_id) {emotion}_own group by touchpoint"
            for emotion in emotions or ["neutral"]
        )),
    )  # fmt: skip


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The table, as fitted."""
    return (Step("synchrony", f"select {', '.join(table('synchrony').names)} from {CHAIN}"),)


ANALYSIS = Analysis(
    name="synchrony",
    reads=("touchpoint_visit", "journey_step", "feeling"),
    writes=("synchrony",),
    settings=("min_base", "window_months", "intended"),
    about="Do stages, channels, teams and hand-offs feel alike, and as intended?",
    stages=(Stage(gather, ("chain_sums", "handoff_sums", "emotion_sums"), fit), Stage(hand_over)),
)
