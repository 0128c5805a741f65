"""Audiences: who is in, who is left out because they object, and what is no condition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.action.small_house import SmallHouse

from heartline.action.audience import audience
from heartline.action.table_file import csv_bytes
from heartline.errors import TableError

LATEST, EARLIER = datetime(2026, 5, 1), datetime(2026, 4, 1)
CUSTOMERS: list[dict[str, Any]] = [
    {"customer_id": "k1", "name": "=Ada"},
    {"customer_id": "k2", "objections": "marketing"},
    {"customer_id": "k3", "objections": "contact"},
    {"customer_id": "k4", "objections": "profiling"},
    {"customer_id": "k5", "consent_emotion": False},
    {"customer_id": "k6", "objections": "Newsletter, sharing"},
    {"customer_id": "k7", "objections": "zzz"},
]
RISK = {"k1": 0.9, "k2": 0.8, "k3": 0.7, "k4": 0.9, "k5": 0.9, "k6": 0.6, "k7": 0.9, "k8": 0.7, "k9": None}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    rows: dict[str, list[dict[str, Any]]] = {
        "customer": CUSTOMERS,
        "customer_overview": [
            {"customer_id": one, "name": "=Ada" if one == "k1" else None, "orders": number}
            for number, one in enumerate(RISK)
        ],
        "loyalty": [
            {"customer_id": one, "period_end": LATEST, "p_leaving": risk, "segment": "defector" if risk else "advocate"}
            for one, risk in RISK.items()
        ]
        + [{"customer_id": "k9", "period_end": EARLIER, "p_leaving": 0.99, "segment": "defector"}],
    }
    made = SmallHouse(tmp_path, rows)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("conditions", "purposes", "who", "left_out"),
    [
        (["p_leaving>=0.7"], ["contact"], "k1 k2 k8", 4),
        (["p_leaving>=0.7"], ["marketing"], "k1 k3 k8", 4),
        (["p_leaving>=0.7"], ["marketing", "contact"], "k1 k8", 5),
        (["p_leaving>=0.6"], ["sharing"], "k1 k2 k3 k8", 4),
        (["p_leaving>=0.6", "p_leaving<=0.75"], ["contact"], "k6 k8", 1),
        (["segment=advocate"], ["contact"], "k9", 0),
        (["segment=advocate|defector", "orders>=6"], ["contact"], "k8 k9", 1),
        # nothing is asked that was read from words or worked out: who objects to that only is in
        ([], ["contact"], "k1 k2 k4 k5 k6 k8 k9", 2),
        # orders say nothing of how somebody feels, but a profile it is
        (["orders>=3"], ["contact"], "k5 k6 k8 k9", 2),
    ],
)
def test_who_is_in(house: SmallHouse, conditions: list[str], purposes: list[str], who: str, left_out: int) -> None:
    found = audience(house, conditions, purposes)
    assert found.rows.column("customer_id").to_pylist() == who.split()
    assert found.objecting == left_out
    assert found.met == found.rows.num_rows + left_out


def test_columns_and_the_file(house: SmallHouse) -> None:
    found = audience(house, ["p_leaving>=0.85", "p_leaving<=0.95", "segment=defector"], ["marketing"], names=True)
    assert found.rows.column_names == ["customer_id", "name", "p_leaving", "segment"]
    assert csv_bytes(found.rows).decode().splitlines()[1] == '"k1","\'=Ada",0.9,"defector"'
    assert "name" not in audience(house, ["orders>=1"], ["marketing"]).rows.column_names


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("p_leaving", "no condition"), ("p_leaving>0.5", "no condition"), ("", "no condition"),
        ("p_leaving>=high", "is a number"), ("p_leaving>=nan", "is a number"), ("p_leaving=0.5'; drop", "is a number"),
        ("segment>=advocate", "is a word"), ("segment=friend", "is a word"), ("name=Ada", "nothing is called name"),
        ("1=1 or x=2", "nothing is called 1"),
    ],
)  # fmt: skip
def test_what_is_no_condition(house: SmallHouse, condition: str, said: str) -> None:
    with pytest.raises(TableError, match=said):
        audience(house, [condition], ["contact"])


def test_it_is_said_what_for(house: SmallHouse) -> None:
    with pytest.raises(TableError, match="not said what the audience is for"):
        audience(house, ["p_leaving>=0.5"], [])
    with pytest.raises(TableError, match="no purpose selling"):
        audience(house, ["p_leaving>=0.5"], ["selling"])
