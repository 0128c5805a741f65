"""Cases that other programs open: with a key, once, within the limits, and in the one shape of refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from heartline.live.case import CASE_BYTES
from heartline.live.keyring import Keyring
from heartline.live.receiver import Receiver

from .conftest import AT

if TYPE_CHECKING:
    from .conftest import Door

ASKED = {"customer_id": "u1", "team": "care", "reasons": ["three payments failed"], "key": "till-7"}


@pytest.fixture
def opening(door: Door) -> Iterator[Door]:
    """The door of a workspace that knows one customer, and opens cases."""
    contact = {"interaction_id": "i1", "customer_id": "u1", "occurred_at": AT, "channel": "web", "touchpoint": "shop"}
    assert door.post("/v1/tables/interaction", contact).status_code == 200
    door.load()
    cases = door.workspace.moves.cases
    app = Receiver(Keyring(door.workspace.records), door.committer, open_case=cases.open_by_hand).app()
    with TestClient(app, base_url="http://127.0.0.1") as client:
        door.client = client
        yield door


def test_a_case_is_opened_once_for_a_key(opening: Door) -> None:
    first = opening.post("/v1/cases", ASKED)
    assert first.status_code == 200, first.text
    assert first.json() == {"success": True, "case_id": "C-000001", "status": "open"}
    again = opening.post("/v1/cases", ASKED | {"reasons": ["sent once more"]})
    assert again.json() == first.json()
    (case,) = opening.workspace.moves.cases.queue()
    assert (case.customer_id, case.team, case.reasons, case.opened_by) == (
        "u1",
        "care",
        "three payments failed",
        "shop",
    )
    opening.workspace.moves.cases.close("C-000001", "Dana", "not_needed")
    assert opening.post("/v1/cases", ASKED).json()["status"] == "closed"


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"customer_id": "nobody"}, 422, "no customer is called"),
        ({"due_at": "2001-01-01T00:00:00Z"}, 422, "has passed"),
        ({"due_at": "9999-12-31T23:59:59-23:59"}, 422, "out of range"),
        ({"due_at": "soon"}, 400, "due_at"),
        ({"priority": 4}, 400, "priority"),
        ({"reasons": []}, 400, "reasons"),
        ({"key": ""}, 400, "key"),
        ({"team": "a\u0000b"}, 400, "team"),
        ({"owner": "Dana"}, 400, "owner"),
    ],
)
def test_what_cannot_be_opened_is_told(opening: Door, more: dict[str, Any], status: int, said: str) -> None:
    answer = opening.post("/v1/cases", ASKED | more)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert opening.workspace.moves.cases.queue() == []


def test_a_second_case_is_refused_while_one_is_open(opening: Door) -> None:
    assert opening.post("/v1/cases", ASKED).status_code == 200
    answer = opening.post("/v1/cases", ASKED | {"key": "till-8"})
    assert answer.status_code == 422
    assert "C-000001" in answer.json()["detail"]


def test_nobody_opens_without_a_key_and_nothing_too_large(opening: Door) -> None:
    assert opening.client.post("/v1/cases", json=ASKED).status_code == 401
    assert opening.post("/v1/cases", ASKED, key="hlw_wrong").status_code == 401
    assert opening.post("/v1/cases", b"{" + b" " * CASE_BYTES).status_code == 413
    assert opening.post("/v1/cases", b"\xff").status_code == 400


def test_a_door_without_cases_says_so(door: Door) -> None:
    assert door.post("/v1/cases", ASKED).status_code == 404
