"""Value of connection: what connected customers did and bought afterwards, against highly satisfied ones.

Feelings from before the window, money and behaviour from inside it. See docs/explanation/connection-value.md.
"""

from __future__ import annotations

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.connection_value_facts import gather
from heartline.analysis.connection_value_fit import fit
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table


def _write(f: Functions, context: Context, values: Values) -> list[Step]:
    return [
        Step("connection_value", f"select {', '.join(table('connection_value').names)} from cv_ratio"),
        Step("dose_response", f"select {', '.join(table('dose_response').names)} from cv_dose"),
    ]


ANALYSIS = Analysis(
    name="connection_value",
    reads=("customer", "interaction", "purchase", "referral", "feeling", "touchpoint_visit", "connection"),
    writes=("connection_value", "dose_response"),
    settings=("value_window_days", "periods", "currency", "min_base"),
    about="What connected customers did and bought afterwards, against highly satisfied ones, and by how connected.",
    stages=(Stage(steps=gather, collect=("cv_row",), fit=fit), Stage(steps=_write)),
)
