"""Investment: what to fund under a budget, what it may bring, what the next euro buys, and how it will be known.

What a driver goes with is no cause yet. So every gain is reckoned as if it were caused, then only a part of it is
counted, and how large that part is is drawn anew in every scenario. See docs/explanation/investment.md.
"""

from __future__ import annotations

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.investment_facts import COLLECTED, gather
from heartline.analysis.investment_fit import fit_investment
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

WRITES = (
    "investment", "investment_place", "investment_scenario", "investment_frontier", "planned_experiment",
)  # fmt: skip


def _write(f: Functions, context: Context, values: Values) -> list[Step]:
    return [Step(name, f"select {', '.join(table(name).names)} from {name}_row") for name in WRITES]


ANALYSIS = Analysis(
    name="investment",
    reads=(
        "customer",
        "touchpoint_visit",
        "purchase",
        "customer_value",
        "spend",
        "option",
        "driver",
        "connection_value",
        "initiative_effect",
    ),
    writes=WRITES,
    settings=(
        "currency",
        "horizon_days",
        "min_base",
        "budget",
        "budget_caps",
        "budget_floors",
        "budget_aim",
        "budget_kept",
        "causal_share",
    ),
    about="What to fund under a budget, what it may bring, what the next euro buys, and how it will be known.",
    stages=(Stage(steps=gather, collect=COLLECTED, fit=fit_investment), Stage(steps=_write)),
)
