"""Next move: how probable it is that each customer complains, leaves in silence, buys again, refers somebody, and how
their next contact feels, within the horizon of risks.

Fitted on the company's own past: what customers were like at earlier period ends, by the same SQL, against what they
did in the horizon after it. See docs/explanation/next-move.md.
"""

from __future__ import annotations

from functools import partial

from heartline.analysis.base import Analysis, BatchMap, Context, Stage, Values
from heartline.analysis.next_move_facts import figures, outcomes
from heartline.analysis.next_move_fit import SAID, fit_moves, score
from heartline.engines.functions import Functions
from heartline.engines.steps import Step


def _condense(f: Functions, context: Context, values: Values) -> list[Step]:
    return [*figures(f, context), *outcomes(f, context)]


def _scored(context: Context, values: Values) -> list[BatchMap]:
    return [BatchMap("next_now", partial(score, moves=values["moves"]), SAID, "next_said")]


def _finish(f: Functions, context: Context, values: Values) -> list[Step]:
    return [
        Step(
            "next_move",
            "select customer_id, move, p, low, high, base, base_rate, by_rating, by_rhythm, n, outcomes, reasons,"
            f" method, cast({context.whole('risk_horizon_days')} as bigint) as horizon_days from next_said",
        )
    ]


ANALYSIS = Analysis(
    name="next_move",
    reads=(
        "customer", "interaction", "feeling", "touchpoint_visit", "connection", "loyalty", "purchase", "referral",
        "survey_response",
    ),
    writes=("next_move",),
    settings=("periods", "risk_horizon_days", "min_base"),
    about="What each customer will probably do and feel next within the horizon, with reasons in words.",
    stages=(
        Stage(_condense, collect=("next_training",), fit=fit_moves, maps=_scored),
        Stage(_finish),
    ),
)  # fmt: skip
