"""A small company for briefs, written by hand: every figure that its brief tells can be worked out in one's head."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

AS_OF = datetime(2026, 7, 1)
PLACES = {"product_page": "consideration", "checkout": "purchase", "delivery": "delivery", "support_call": "support",
          "survey_room": "support"}  # fmt: skip
LEVEL = {"product_page": 0.3, "checkout": 0.1, "delivery": 0.2, "support_call": -0.2, "survey_room": 0.4}
PLAYBOOK = """
vision: Whoever comes to us feels known.
teams:
  - team: care
    name: Customer care
  - team: shop
    name: Online shop
standards:
  - touchpoint: support_call
    owner: care
    feeling: relief
    at_least: 0.1
  - touchpoint: checkout
    owner: shop
    at_least: 0.11
  - touchpoint: delivery
    owner: shop
    at_least: 0.0
  - touchpoint: survey_room
    owner: care
    at_least: 0.2
  - stage: consideration
    owner: shop
    feeling: curiosity
stages:
  - stage: support
    promise: We call back within the hour.
    ask: [What would have put it right?]
    avoid: [Calm down]
"""


def rows() -> dict[str, list[dict[str, Any]]]:
    """Six months of five places; eight customers who complain of delivery, one who asks for gift wrap seven times."""
    made: dict[str, list[dict[str, Any]]] = {
        "period_summary": [
            _summary(datetime(2026, 6, 1), 45.0, None), _summary(AS_OF, 52.0, 60_000.0),
        ],
        "touchpoint_period": [
            _month(month, place, LEVEL[place] - (0.1 if month < 4 and place == "support_call" else 0.0))
            for month in range(1, 7)
            for place in PLACES
        ],
        "journey_step": [
            {"touchpoint": before, "next_touchpoint": after, "steps": 300, "customers": 200, "change_n": 250,
             "change_mean": LEVEL[after] - LEVEL[before], "change_low": LEVEL[after] - LEVEL[before] - 0.02,
             "change_high": LEVEL[after] - LEVEL[before] + 0.02}
            for before, after in (("product_page", "checkout"), ("checkout", "delivery"), ("delivery", "support_call"))
        ],
        "drop_off": [
            {"funnel": "buy", "step": "checkout", "cause": "code_denied", "share": 0.25, "share_low": 0.15,
             "share_high": 0.35, "reached": 400, "dropped": 100, "customers": 300, "money_lost": 9_000.0,
             "money_low": 5_000.0, "money_high": 13_000.0, "currency": "EUR", "status": "open", "position": 2,
             "evidence": "behaviour", "met": 80, "met_dropped": 50},
            {"funnel": "buy", "step": "checkout", "cause": "confusion", "share": 0.02, "share_low": -0.03,
             "share_high": 0.07, "reached": 400, "status": "open", "position": 2},
        ],
        "coverage": [{"measure": "visits", "part": "words", "n": 300, "of": 4000, "share": 0.075}],
        "customer": [], "touchpoint_visit": [], "feeling": [], "verbatim": [],
    }  # fmt: skip
    for number in range(60):
        _says(made, number, "delivery", "complaint" if number < 8 else "", -0.6 if number < 8 else 0.3)
    for number in range(40):
        _says(made, 100 + number, "checkout", "ease", 0.4)
    for again in range(7):
        _says(made, 200, "checkout", "request", 0.0, again)
    return made


def _summary(end: datetime, mean: float, value: float | None) -> dict[str, Any]:
    return {
        "period_end": end, "segment": "all", "customers": 400, "judged": 300, "connection_mean": mean,
        "connection_low": mean - 2, "connection_high": mean + 2, "satisfaction_mean": 70.0, "satisfaction_low": 68.0,
        "satisfaction_high": 72.0, "satisfaction_n": 250, "connected_share": 0.2, "expected_value": value,
        "value_at_stake": value and value / 4, "value_n": 350, "currency": "EUR",
    }  # fmt: skip


def _month(month: int, place: str, mean: float) -> dict[str, Any]:
    felt = 4 if place == "survey_room" else 100
    return {
        "period_start": datetime(2026, month, 1), "touchpoint": place, "channel": "web", "stage": PLACES[place],
        "visits": 200, "customers": 150, "felt_visits": felt, "felt_mean": mean, "felt_low": mean - 0.05,
        "felt_high": mean + 0.05, "felt_sd": 0.3, "negative_share": 0.2, "positive_share": 0.4, "words_visits": 40,
        "rating_visits": 40, "behaviour_visits": 20, "surprise_mean": 0.0, "abandoned": 10, "failed": 10,
    }  # fmt: skip


def _says(
    made: dict[str, list[dict[str, Any]]], number: int, place: str, sign: str, valence: float, again: int = 0
) -> None:
    who, contact = f"k{number:03d}", f"k{number:03d}-{place}-{again}"
    at = AS_OF - timedelta(days=20 + again)
    if not again:
        made["customer"].append(
            {"customer_id": who, "name": f"Name {number}", "consent_emotion": False if number == 0 else None,
             "objections": "everything" if number == 1 else None}
        )  # fmt: skip
    made["touchpoint_visit"].append(
        {"interaction_id": contact, "customer_id": who, "occurred_at": at, "channel": "web", "touchpoint": place,
         "stage": PLACES[place], "felt_valence": valence, "felt_from": "words"}
    )  # fmt: skip
    made["feeling"].append(
        {"interaction_id": contact, "customer_id": who, "occurred_at": at, "valence": valence, "signals": sign,
         "motivators": "belonging" if number % 3 == 0 else "", "emotions": "", "status": "scored"}
    )  # fmt: skip
    made["verbatim"].append(
        {"interaction_id": contact, "customer_id": who, "speaker": "customer", "language": "en",
         "text": f"Words of {who} on {place}."}
    )  # fmt: skip
