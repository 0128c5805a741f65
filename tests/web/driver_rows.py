"""Rows of drivers for the pages' small workspace: one hidden, one overrated and kept, one left open, one unknown."""

from __future__ import annotations

from typing import Any

from heartline.tables import TABLES


def drivers(made: dict[str, list[dict[str, Any]]]) -> None:
    """Connection with four touchpoints; leaving with nothing derived."""
    for outcome in ("connection", "leaving"):
        for name, said, share, low, high, name_of, floor, spend in (
            ("thank_you_note", 0.05, 0.45, 0.3, 0.6, "hidden_driver", "none", 0.02),
            ("delivery", 0.35, 0.4, 0.28, 0.52, "says_and_feels", "shown", 0.2),
            ("account_opening", 0.4, 0.05, 0.0, 0.1, "overrated", "stated", 0.6),
            ("checkout", 0.2, 0.1, 0.02, 0.3, None, "none", 0.18),
            ("advert", None, None, None, None, None, "none", None),
        ):
            known = outcome == "connection" and share is not None
            row: dict[str, Any] = dict.fromkeys(TABLES["driver"].names)
            chance = "all touchpoints together explain no more than chance may"
            few = "the feeling of fewer than 30 of them is known there"
            row |= {
                "outcome": outcome, "touchpoint": name, "floor": floor, "currency": "EUR", "n": 4000, "met": 2000,
                "told": 900, "stated": said, "stated_n": 200 if said else 0, "spend_share": spend,
                "spend": 1000.0 * spend if spend else None, "reason": None if known else chance if said else few,
            }  # fmt: skip
            if share is not None:
                row |= {
                    "penalty": -3.0, "penalty_low": -4.0, "penalty_high": -2.0, "reward": 2.0, "reward_low": 1.0,
                    "reward_high": 3.0, "kind": "must_have" if floor == "shown" else None, "saturates": True,
                }  # fmt: skip
            if known:
                row |= {
                    "derived": share, "derived_low": low, "derived_high": high, "class": name_of, "stated_share": said,
                    "r2": 0.014, "r2_low": 0.01, "r2_high": 0.02, "inflation": 7.0 if name == "checkout" else 1.1,
                    "swaps": 0.3 if name == "delivery" else 0.0, "relative_weight": share, "sampling_error": 0.0,
                    "spend_verdict": {"account_opening": "over", "thank_you_note": "under"}.get(name, "in_line"),
                }  # fmt: skip
            made["driver"].append(row)
