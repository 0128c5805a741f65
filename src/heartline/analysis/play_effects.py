"""Play effects: what came of cases, and what each play changes against customers left alone at random.

Method card: ``docs/explanation/play-effects.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.play_effects_facts import alike, cases, counts, hand_over, outcomes
from heartline.analysis.play_effects_fit import fit_play_effects
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """What happened after each case and was known before it; who is alike; sums of both."""
    return [part for make in (cases, alike, outcomes, counts) for part in make(f, context, values)]


def give(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The two tables in their declared columns."""
    effect = f"select {', '.join(table('play_effect').names)} from play_effect_row"
    return [*hand_over(f, context, values), Step("play_effect", effect)]


ANALYSIS = Analysis(
    name="play_effects",
    reads=(
        "customer", "care_case", "interaction", "purchase", "survey_response", "referral", "feeling",
        "touchpoint_visit", "loyalty", "connection",
    ),
    writes=("case_outcome", "play_effect"),
    settings=("play_margin", "min_base"),
    about="What came of cases, and what each play changes against customers left alone at random.",
    stages=(Stage(gather, ("play_known", "play_held", "play_stratum"), fit_play_effects), Stage(give)),
)  # fmt: skip
