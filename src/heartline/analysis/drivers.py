"""Drivers: which touchpoints go with connection, satisfaction, value and leaving, against what is said and spent.

Shares of explained variation, penalties and rewards are associations, however carefully other things are held equal.
See docs/explanation/drivers.md.
"""

from __future__ import annotations

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.drivers_facts import gather
from heartline.analysis.drivers_fit import fit
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table


def _write(f: Functions, context: Context, values: Values) -> list[Step]:
    return [Step("driver", f"select {', '.join(table('driver').names)} from driver_known")]


ANALYSIS = Analysis(
    name="drivers",
    reads=(
        "customer",
        "interaction",
        "purchase",
        "survey_response",
        "referral",
        "spend",
        "touchpoint_visit",
        "connection",
    ),
    writes=("driver",),
    settings=("min_base", "currency", "evidence_half_life_days"),
    about="Which touchpoints go with connection, satisfaction, value and leaving, against what is said and spent.",
    stages=(
        Stage(
            steps=gather,
            collect=("driver_customer", "driver_felt", "driver_stated", "driver_spend", "driver_place"),
            fit=fit,
        ),
        Stage(steps=_write),
    ),
)
