"""Rows of growth, the scorecard, the total, the bond in it and referrals for the pages' small workspace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def growth(made: dict[str, list[dict[str, Any]]], ends: list[datetime]) -> None:
    """Two bridges and three measures: one on target, one open, one of which too little is known."""
    for number, end in enumerate(ends[-2:]):
        for against in ("before", "year"):
            parts = {"new_bought": 900.0, "new_referred": 300.0, "came_back": 450.0, "expansion": 700.0,
                     "contraction": -620.5, "lost": -1100.0}  # fmt: skip
            made["growth_bridge"].append(
                {"period_start": end - timedelta(days=91), "period_end": end, "against": against,
                 "revenue_before": 9000.0, "revenue": 9000.0 + sum(parts.values()),
                 "growth": sum(parts.values()) / 9000,
                 "net_retention": 0.887, "earned_growth": -0.03, "currency": "EUR", "n_before": 80, "n": 84,
                 "n_unsure": 2} | parts | {f"n_{name}": 10 + number for name in parts}
            )  # fmt: skip
        for measure, value, target, verdict in (
            ("retention", 0.6, 0.5, "reached"), ("recovery", 0.4, 0.42, "open"), ("recognition", None, None, None),
        ):  # fmt: skip
            row: dict[str, Any] = {"measure": measure, "period_start": end - timedelta(days=91), "period_end": end,
                                   "hits": 5, "n": 9, "target": target, "verdict": verdict}  # fmt: skip
            if value is not None:
                row |= {"value": value, "low": value - 0.05, "high": value + 0.06, "hits": 60, "n": 100,
                        "change": 0.02, "change_low": -0.05, "change_high": 0.09}  # fmt: skip
            made["scorecard"].append(row)
    for part, worth, count in (("all", 9000.0, 340), ("orders", 8000.0, 300), ("contracts", 1000.0, 40)):
        made["value_total"].append(
            {"part": part, "customers": count, "expected_value": worth, "horizon_days": 365, "currency": "EUR",
             "value_kind": "margin"}
            | ({"expected_value_low": 0.9 * worth, "expected_value_high": 1.2 * worth} if part != "contracts" else {})
            | ({"reason": "a simple rule was used"} if part == "contracts" else {})
        )  # fmt: skip
    for covariate, ratio in (("connection", 1.3), ("satisfaction", 1.02)):
        for part in ("buying", "leaving"):
            used = covariate == "connection" and part == "buying"
            made["value_covariate"].append(
                {"covariate": covariate, "part": part, "ratio": ratio, "ratio_low": ratio / 1.2,
                 "ratio_high": ratio * 1.2, "points": 14.5, "known": 0.8, "n": 320, "gain": 0.004, "p_value": 0.0002,
                 "used": used, "measured_at": ends[0], "reason": None if used else "the forecast is not better with it"}
            )  # fmt: skip
    for number, row in enumerate(made["customer_value"]):
        if row["expected_value"] is not None:
            row |= {"referral_n": 0, "referral_value": 0.0, "referral_value_low": 0.0, "referral_value_high": 0.0}
        if number == 0:
            row |= {"referral_n": 2, "referral_value": 480.0, "referral_value_low": 90.0, "referral_value_high": 870.0}
