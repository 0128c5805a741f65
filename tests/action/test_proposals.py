"""Promises that were heard: proposals until a person takes them, once, and nothing of who does not want to be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from heartline.action.promises import Promises
from heartline.action.proposals import Proposals
from heartline.errors import CaseError

from .small_house import AS_OF, SmallHouse

TEXT = "Good morning. I will call you back by Friday. Bye."
SAID = "I will call you back by Friday."


def heard(number: int, **more: Any) -> dict[str, Any]:
    start = TEXT.index(SAID)
    return {
        "interaction_id": f"i{number}", "customer_id": f"c{number}", "conversation_id": f"t{number}", "team": "amber",
        "made_at": AS_OF - timedelta(days=3), "kind": "contact", "due_at": AS_OF + timedelta(days=number),
        "status": "open", "span_start": start, "span_end": start + len(SAID),
    } | more  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    rows: dict[str, list[dict[str, Any]]] = {
        "promise_heard": [heard(2), heard(1), heard(3, status="kept"), heard(4), heard(5, due_at=None)],
        "customer": [{"customer_id": f"c{n}", "consent_emotion": False if n == 4 else None} for n in range(6)],
        "verbatim": [
            {"interaction_id": f"i{n}", "customer_id": f"c{n}", "occurred_at": AS_OF, "speaker": "employee",
             "text": TEXT} for n in range(6)
        ],
        "interaction": [
            {"interaction_id": f"i{n}", "customer_id": f"c{n}", "occurred_at": AS_OF, "channel": "call",
             "touchpoint": "call"} for n in range(6)
        ],
    }  # fmt: skip
    made = SmallHouse(tmp_path, rows)
    yield made
    made.close()


def test_what_was_heard_is_listed_until_it_is_taken(house: SmallHouse) -> None:
    proposals = Proposals(house, Promises(house))
    assert [one.interaction_id for one in proposals.listed()] == ["i1", "i2", "i5"]  # kept: i3; refused: i4
    assert proposals.listed(1)[0].words == SAID
    taken = proposals.take("i2", "Ada")
    assert (taken.says, taken.customer_id, taken.due_at) == (SAID, "c2", AS_OF + timedelta(days=2))
    assert taken.made_at == AS_OF - timedelta(days=3)
    assert [one.interaction_id for one in proposals.listed()] == ["i1", "i5"]
    with pytest.raises(CaseError, match="already"):
        proposals.take("i2", "Ada")
    assert proposals.take("i1", "Ada", "a call").says == "a call"


def test_what_was_not_heard_or_may_not_be_read_cannot_be_taken(house: SmallHouse) -> None:
    proposals = Proposals(house, Promises(house))
    for name in ("i0", "i4", "nothing"):
        with pytest.raises(CaseError, match="no promise was heard"):
            proposals.take(name, "Ada")
