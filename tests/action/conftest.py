"""A small house of customers, and a small playbook for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from heartline.playbook.shape import Limits, Playbook, Team

from .small_house import SmallHouse

CUSTOMERS = tuple(f"c{number}" for number in range(6))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    """Six customers of whom nothing else is known."""
    made = SmallHouse(tmp_path, {"customer": [{"customer_id": one} for one in CUSTOMERS]})
    yield made
    made.close()


@pytest.fixture
def playbook() -> Playbook:
    """Two teams, the default limits, no plays."""
    teams = (Team("care", "Care", per_day=2, escalates_to="leads"), Team("leads", "Leads"))
    return Playbook(teams=teams, limits=Limits(contacts=2, per_days=30, open_cases=1), version="v1")
