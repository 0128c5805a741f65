"""Overview: who is listed, since when, and with which money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
from tests.engines.compare import OnBoth

from heartline.analysis.base import Context
from heartline.analysis.overview import ANALYSIS
from heartline.tables import table

AS_OF = datetime(2026, 6, 30)
Rows = list[dict[str, Any]]


def overview(on_both: OnBoth, given: Mapping[str, Rows]) -> dict[str, dict[str, Any]]:
    """Rows of ``customer_overview`` by customer, the same on both engines."""
    tables = {
        name: pa.Table.from_pylist(given.get(name, []), schema=table(name).arrow_schema()) for name in ANALYSIS.reads
    }
    made = on_both(ANALYSIS, Context(AS_OF, {"currency": "EUR"}), tables)
    return {row["customer_id"]: row for row in made["customer_overview"].to_pylist()}


def order(number: int, day: datetime, revenue: float, currency: str | None) -> dict[str, Any]:
    return {
        "purchase_id": f"p{number}", "customer_id": "ann" if number < 4 else "bob", "occurred_at": day,
        "revenue": revenue, "currency": currency,
    }  # fmt: skip


def test_money_of_another_currency_is_never_added_and_everybody_with_a_fact_is_listed(on_both: OnBoth) -> None:
    first, later = datetime(2026, 1, 1), datetime(2026, 3, 1)
    given: dict[str, Rows] = {
        "purchase": [
            order(1, later, 10.0, "EUR"), order(2, later, 5.0, None), order(3, later, 700.0, "JPY"),
            order(4, later, 700.0, "JPY"),
        ],
        "survey_response": [
            {"response_id": "r1", "customer_id": "ann", "answered_at": first, "construct": "csat", "value": 3.0,
             "scale_min": 1.0, "scale_max": 5.0},
        ],
        "referral": [{"referrer_id": "eve", "referred_id": "kim", "occurred_at": later}],
    }  # fmt: skip
    found = overview(on_both, given)
    assert set(found) == {"ann", "bob", "eve"}
    ann, bob = found["ann"], found["bob"]
    assert (ann["orders"], ann["revenue"], ann["currency"]) == (3, 15.0, "EUR")
    assert (bob["orders"], bob["revenue"], bob["currency"]) == (1, None, None)
    assert ann["first_seen_at"] == first  # the answer came before the first order
