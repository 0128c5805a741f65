"""Rows of investment for the pages' small workspace, worked out by the analysis itself from small counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from heartline.analysis.base import Context
from heartline.analysis.investment_facts import COLLECTED
from heartline.analysis.investment_fit import fit_investment
from heartline.settings import load_settings

PLACES = ("checkout", "delivery", "support_call", "thank_you_note", "advert")
OPTIONS = (
    ("note", "A note <b>of thanks</b>", "service", "thank_you_note", 9000.0, 0.1, 2),
    ("training", "Respect training", "service", "support_call", 24000.0, 0.12, 3),
    ("tracking", "Parcel tracking", "logistics", "delivery", 22000.0, None, 1),
    ("campaign", "=cmd()", "Marketing & more", "advert", 60000.0, 0.08, 1),
    ("express", "Express payment", "finance", "checkout", 18000.0, 0.04, 1),
)


def investment(made: dict[str, list[dict[str, Any]]], as_of: datetime) -> None:
    """Five options: two funded with a budget of 50,000, one of which no lift is known, one of no worth."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLLECTED}
    rows["investment_span"] = [{"days": 400.0}]
    for n, name in enumerate(PLACES):
        rows["investment_contact"].append(
            {"touchpoint": name, "contacts": 9000 + 500 * n, "felt_n": 4000, "felt": 400.0 * n, "told_n": 3500,
             "valued": 8000, "exposed": 2.4e6}
        )  # fmt: skip
        rows["investment_driver"].append(
            {"outcome": "connection", "touchpoint": name, "slope": 0.9 * n if n < 4 else 0.0,
             "derived": 0.2, "slope_low": 0.9 * n - 0.4, "slope_high": 0.9 * n + 0.4,
             "floor": "stated" if n == 0 else "none"}
        )  # fmt: skip
        rows["investment_money"].append({"touchpoint": name, "customers": 3000, "paid": 4.5e5, "squares": 1.5e8})
        rows["investment_spent"].append({"touchpoint": name, "department": "all", "amount": 1000.0 * (5 - n)})
        rows["investment_alike"] += [
            {"touchpoint": name, "design": design, "clusters": clusters, "n": 3500,
             "n_squared": 3500.0**2 / clusters * 1.2, "total": 350.0 * n,
             "between_sum": (350.0 * n) ** 2 / 3500 + 60.0, "within_sum": 500.0}
            for design, clusters in (("by_customer", 1500), ("by_team", 5))
        ]  # fmt: skip
    rows["investment_tenth"] = [{"ratio": 1.2, "ratio_low": 1.1, "ratio_high": 1.31}]
    for option_id, name, department, touchpoint, cost, lift, units in OPTIONS:
        own = {"option_id": option_id, "name": name, "department": department, "touchpoint": touchpoint, "cost": cost,
               "expected_lift": lift, "max_units": units, "min_units": None, "must": None, "excludes": None,
               "requires": None, "response": None}  # fmt: skip
        rows["investment_offer"].append(own | {"own_currency": True})
        made["option"].append(own)
    settings = load_settings(None, {"HEARTLINE_BUDGET": "50000"})
    fit = fit_investment(
        {name: pa.Table.from_pylist(each) for name, each in rows.items()}, Context(as_of, settings.values), {}
    )
    for name, found in fit.tables.items():
        made[name.removesuffix("_row")] += found.to_pylist()
