"""Drop-off: what goes with leaving a funnel at each step, what it costs, and what came of fixes.

Method card: ``docs/explanation/drop-off.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.drop_off_facts import attempts, clues, count
from heartline.analysis.drop_off_fit import fit_drop_off
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Attempts, what each met, and counts of both."""
    return [part for make in (attempts, clues, count) for part in make(f, context, values)]


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The two tables in their declared columns."""
    return [Step(name, f"select {', '.join(table(name).names)} from {name}_row") for name in ("drop_off", "fix_effect")]


ANALYSIS = Analysis(
    name="drop_off",
    reads=("customer", "interaction", "purchase", "funnel", "feeling", "hypothesis"),
    writes=("drop_off", "fix_effect"),
    settings=("funnel_window_days", "min_base", "currency"),
    about="What goes with leaving a funnel at each step, what it costs, and what came of fixes.",
    stages=(
        Stage(
            gather,
            ("drop_cell", "drop_sums", "drop_where", "drop_money", "drop_week", "drop_said"),
            fit_drop_off,
        ),
        Stage(hand_over),
    ),
)
