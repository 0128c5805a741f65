"""Iceberg: how many unhappy customers say nothing for each one who tells, and what leavers met before they went.

Both are associations with stated assumptions. See docs/explanation/iceberg.md.
"""

from __future__ import annotations

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.iceberg_facts import count, hear
from heartline.analysis.iceberg_fit import choose_basis, fit_iceberg
from heartline.analysis.iceberg_leaving import leaving
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table


def _count(f: Functions, context: Context, values: Values) -> list[Step]:
    return [*count(f, context, values), *leaving(f, context, values)]


def _write(f: Functions, context: Context, values: Values) -> list[Step]:
    return [
        Step("iceberg", f"select {', '.join(table('iceberg').names)} from iceberg_row"),
        Step("leaving_cause", f"select {', '.join(table('leaving_cause').names)} from leaving_row"),
    ]


ANALYSIS = Analysis(
    name="iceberg",
    reads=(
        "customer",
        "interaction",
        "purchase",
        "survey_response",
        "referral",
        "feeling",
        "touchpoint_visit",
        "loyalty",
    ),
    writes=("iceberg", "leaving_cause"),
    settings=("window_months", "min_base"),
    about="How many unhappy customers say nothing for each one who tells, and what leavers met before they went.",
    stages=(
        Stage(steps=hear, collect=("iceberg_basis", "iceberg_pair"), fit=choose_basis),
        Stage(
            steps=_count,
            collect=(
                "iceberg_cell",
                "iceberg_teller",
                "iceberg_bad_place",
                "iceberg_about",
                "iceberg_case",
                "iceberg_trace",
                "iceberg_stage",
            ),
            fit=fit_iceberg,
        ),
        Stage(steps=_write),
    ),
)
