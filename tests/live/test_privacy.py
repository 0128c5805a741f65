"""Personal data that comes over HTTP: in the inbox until it is loaded, then masked, and gone from the inbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.live.conftest import AT

from heartline.settings import Settings

if TYPE_CHECKING:
    from tests.live.conftest import Door

CARD, MAIL = "4111 1111 1111 1111", "anna.berg@shop.example"


@pytest.fixture
def masking(door: Door) -> Door:
    door.workspace.settings = Settings({**door.workspace.settings.values, "mask_text": "all"})
    return door


def test_events_and_rows_are_masked_at_their_load_and_nothing_of_them_stays(masking: Door) -> None:
    masking.batch(
        {
            "type": "track", "event": "Support Asked", "messageId": "m1", "userId": "u1", "timestamp": AT,
            "properties": {"message": f"Anna here, card {CARD}", "mail": MAIL, "order_id": "4155552671"},
        },
        {"type": "identify", "messageId": "m2", "userId": "u1", "timestamp": AT, "traits": {"name": "Anna Berg"}},
        f"no event at all, {CARD}",
    )  # fmt: skip
    row = {"interaction_id": "r1", "customer_id": "u1", "occurred_at": AT, "channel": "chat", "touchpoint": "chat"}
    masking.post("/v1/tables/interaction", [{**row, "text": f"I am Anna, {MAIL}"}])
    masking.post("/v1/tables/interaction", [{**row, "interaction_id": "r2", "occurred_at": "never", "text": CARD}])
    workspace = masking.workspace
    held = (workspace.root / "records.db").read_bytes() + (workspace.root / "records.db-wal").read_bytes()
    assert CARD.encode() in held  # acknowledged: to the letter, until it is loaded
    masking.load()
    assert masking.row("verbatim", interaction_id="r1")["text"] == "I am [name], [email]"
    kept = json.loads(masking.row("interaction", interaction_id="m1")["properties"])
    assert kept["message"] == "[name] here, card [card]"
    assert (kept["mail"], kept["order_id"]) == ("[email]", "4155552671")
    assert len(workspace.quarantine()) == 2
    notes = [note for load in workspace.loads() for note in load["notes"]]
    assert "masked in free text: 2 name" in notes
    masking.committer.__exit__(None, None, None)
    workspace.close()
    left = b"".join(file.read_bytes() for file in workspace.root.rglob("*") if file.is_file())
    assert CARD.encode() not in left
    assert MAIL.encode() not in left


def test_what_a_customer_allows_comes_with_identify_and_is_not_lost_by_the_next(door: Door) -> None:
    def identify(number: int, **traits: object) -> None:
        door.batch({"type": "identify", "messageId": f"m{number}", "userId": "u1", "timestamp": AT, "traits": traits})
        door.load()

    identify(1, consent_marketing=False, consent_emotion=True, plan="pro")
    identify(2, plan="basic", consent_marketing=None)
    row = door.row("customer", customer_id="u1")
    assert (row["consent_emotion"], row["objections"], json.loads(row["traits"])) == (
        True,
        "marketing",
        {"plan": "basic"},
    )
    assert json.loads(row["consents"])["marketing"]["by"] == "live/shop"
    identify(3, consent_marketing=True)
    assert door.row("customer", customer_id="u1")["objections"] is None
    identify(4, objections="all")
    door.workspace.say_consent("u1", {"all": True}, "Ann")
    identify(5, plan="pro")
    assert door.row("customer", customer_id="u1")["objections"] is None
