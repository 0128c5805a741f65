"""Initiatives: what came of them, read from when and where they began.

Method card: ``docs/explanation/initiatives.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.initiatives_facts import choose_traits, gather, listed
from heartline.analysis.initiatives_fit import fit_initiatives
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The table in its declared columns."""
    return [
        Step("initiative_effect", f"select {', '.join(table('initiative_effect').names)} from initiative_effect_row")
    ]


ANALYSIS = Analysis(
    name="initiatives",
    reads=("customer", "interaction", "purchase", "touchpoint_visit", "initiative"),
    writes=("initiative_effect",),
    settings=("min_base", "currency"),
    about="What came of initiatives, read from when and where they began.",
    stages=(
        Stage(listed, ("initiative_kind",), choose_traits),
        Stage(
            gather,
            ("initiative_head", "initiative_unit", "initiative_cell", "initiative_order", "initiative_joined",
             "initiative_people"),
            fit_initiatives,
        ),
        Stage(hand_over),
    ),
)  # fmt: skip
