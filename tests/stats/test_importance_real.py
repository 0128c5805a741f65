"""Drivers of two public surveys: against brute force; must-haves and delighters that intervals leave no doubt on.

Figures as they are told in docs/explanation/drivers.md.
"""

from __future__ import annotations

import csv
import gzip
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from heartline.stats.importance import importance
from heartline.stats.moments import block_products, correlations
from heartline.stats.penalty_reward import penalty_reward


def over_all_orders(matrix: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    count, shares = len(outcome), np.zeros(len(outcome))
    orders = list(permutations(range(count)))
    for order in orders:
        before = 0.0
        for place in range(count):
            chosen = list(order[: place + 1])
            now = float(outcome[chosen] @ np.linalg.solve(matrix[np.ix_(chosen, chosen)], outcome[chosen]))
            shares[order[place]] += now - before
            before = now
    return shares / len(orders)


@pytest.fixture(scope="module")
def mobi(shared_data: Path) -> dict[str, np.ndarray]:
    """Means of the items of each construct of the mobile phone survey (Tenenhaus and others 2005)."""
    with (shared_data / "ecsi_surveys" / "mobi.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    items = {"image": "IMAG", "expectation": "CUEX", "quality": "PERQ", "value": "PERV", "satisfaction": "CUSA",
             "loyalty": "CUSL"}  # fmt: skip
    return {
        name: np.array([np.mean([float(row[key]) for key in row if key.startswith(start)]) for row in rows])
        for name, start in items.items()
    }


@pytest.mark.parametrize(
    ("outcome", "drivers", "r2"),
    [("satisfaction", ("image", "expectation", "quality", "value"), 0.669),
     ("loyalty", ("image", "expectation", "quality", "value", "satisfaction"), 0.371)],
)  # fmt: skip
def test_shares_of_the_mobile_survey_agree_with_brute_force(
    mobi: dict[str, np.ndarray], outcome: str, drivers: tuple[str, ...], r2: float
) -> None:
    columns = np.column_stack([np.ones(250), *(mobi[name] for name in drivers), mobi[outcome]])
    products = block_products(columns, np.arange(250) % 64)
    found = importance(products, 0, 250)
    assert found.found.share == pytest.approx(over_all_orders(*correlations(products.sum(axis=0), 0)), abs=1e-10)
    assert found.found.share.sum() == pytest.approx(found.found.r2, abs=1e-10)
    plain = np.linalg.lstsq(columns[:, :-1], columns[:, -1], rcond=None)[1][0] / np.var(columns[:, -1]) / 250
    assert found.found.r2 == pytest.approx(1 - plain, abs=1e-8)
    assert found.found.r2 == pytest.approx(r2, abs=1e-3)
    first = drivers[int(np.argmax(found.share))]
    assert first == {"satisfaction": "quality", "loyalty": "satisfaction"}[outcome]


def test_must_haves_and_delighters_of_flying(shared_data: Path) -> None:
    with gzip.open(
        shared_data / "airline_passenger_satisfaction" / "airline_passenger_satisfaction.csv.gz", "rt"
    ) as file:
        rows = list(csv.DictReader(file))
    places = list(rows[0])[9:23]
    rated = np.array([[float(row[place]) for place in places] for row in rows])
    satisfied = 100.0 * np.array([row["Satisfaction"] == "Satisfied" for row in rows])
    missing = rated == 0  # not applicable: filled with the mean of those who rated, beside a mark that says so
    usual = np.where(missing, 0, rated).sum(axis=0) / (~missing).sum(axis=0)
    filled = np.where(missing, usual, rated)
    marks = missing[:, missing.sum(axis=0) > 30]
    trip = [
        [row["Type of Travel"] == "Business", row["Class"] == "Economy", row["Class"] == "Economy Plus",
         row["Customer Type"] == "Returning", float(row["Age"]), float(row["Departure Delay"])]
        for row in rows
    ]  # fmt: skip
    held = np.column_stack([marks, np.array(trip)]).astype(float)
    held = np.column_stack([np.ones(len(rows)), (held - held.mean(axis=0)) / held.std(axis=0)])
    block, controls = np.arange(len(rows)) % 64, held.shape[1] - 1
    found = importance(block_products(np.column_stack([held, filled, satisfied]), block), controls, len(rows), 0.9, 50)
    assert found.found.method == "exact"
    assert found.found.share.sum() == pytest.approx(found.found.r2, abs=1e-10)
    ranked = [places[number] for number in np.argsort(-found.share)]
    assert ranked[:2] == ["Online Boarding", "In-flight Wifi Service"]
    assert found.low[places.index("Online Boarding")] > 0.25
    assert ranked[-1] == "Gate Location"
    bad, good = (rated <= 2) & ~missing, rated >= 4
    effects = penalty_reward(block_products(np.column_stack([held, bad, good, satisfied]), block), controls, 30)
    kinds = dict(zip(places, effects.kind, strict=True))
    assert {place for place, kind in kinds.items() if kind == "must_have"} == {
        "In-flight Entertainment", "Check-in Service", "Cleanliness",
    }  # fmt: skip
    delighters = {"Online Boarding", "In-flight Wifi Service", "Leg Room Service"}
    assert {place for place, kind in kinds.items() if kind == "delighter"} == delighters
    spot = places.index("Check-in Service")
    assert effects.penalty_high[spot] < -5 < effects.penalty_low[spot] + 2
    assert effects.reward_high[spot] < 3
