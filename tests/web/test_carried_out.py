"""The calendar and audiences, as a browser or another program on this computer fetches them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest


@pytest.fixture
def moved(double: Any, opened: Any) -> tuple[Any, Any]:
    """A workspace of three customers, one of whom objects to advertising, and who asks it."""
    when = datetime(2026, 5, 1)
    rows = {
        "customer": [{"customer_id": "k1"}, {"customer_id": "k2", "objections": "marketing"}, {"customer_id": "k3"}],
        "customer_overview": [{"customer_id": one, "orders": 3} for one in ("k1", "k2", "k3")],
        "loyalty": [
            {"customer_id": one, "period_end": when, "p_leaving": risk}
            for one, risk in (("k1", 0.9), ("k2", 0.9), ("k3", 0.2))
        ],
    }
    made = double(rows)
    return made, opened(made)


def test_an_audience_leaves_out_who_objects(moved: tuple[Any, Any]) -> None:
    _, client = moved
    answer = client.get("/audience.csv?where=p_leaving%3E%3D0.5&for=marketing")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["customer_id"] for row in csv.DictReader(io.StringIO(answer.text))] == ["k1"]
    told = client.get("/audience.json?where=p_leaving%3E%3D0.5&for=marketing").json()
    assert (told["met"], told["objecting"], len(told["customers"])) == (2, 1, 1)
    assert len(client.get("/audience.json?where=p_leaving%3E%3D0.5&for=contact").json()["customers"]) == 2


@pytest.mark.parametrize(
    "address",
    [
        "/audience.csv", "/audience.csv?for=selling", "/audience.csv?for=contact&where=p_leaving",
        "/audience.csv?for=contact&wher=p_leaving%3E%3D0.5", "/audience.xml?for=contact", "/calendar.ics?teams=care",
    ],
)  # fmt: skip
def test_what_is_not_understood_widens_nothing(moved: tuple[Any, Any], address: str) -> None:
    answer = moved[1].get(address)
    assert answer.status_code == 400
    assert "k1" not in answer.text


def test_the_calendar_holds_what_is_due(moved: tuple[Any, Any]) -> None:
    workspace, client = moved
    due = datetime.now(UTC) + timedelta(days=400)
    made = workspace.moves.cases.open_by_hand("k1", "care", "waited long", "Kim", due)
    answer = client.get("/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"Due: {made.case_id} (care)" in answer.text
    assert f"DTEND:{due:%Y%m%dT%H%M%SZ}" in answer.text
    assert "BEGIN:VEVENT" not in client.get("/calendar.ics?team=sales").text
    assert "BEGIN:VEVENT" in client.get("/calendar.ics?team=care").text
