"""Browsers: pages that are listed may send and read the answer, others are told no, and by default nobody may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient
from tests.live.conftest import AT

from heartline.errors import SettingsError
from heartline.live.keyring import Keyring
from heartline.live.receiver import Receiver
from heartline.settings import load_settings

if TYPE_CHECKING:
    from tests.live.conftest import Door

SHOP = "https://shop.example"
ASKS = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
PAGE = {"type": "page", "messageId": "m1", "anonymousId": "a1", "timestamp": AT}


@pytest.fixture
def page(door: Door) -> Iterator[TestClient]:
    """The door with one page listed."""
    app = Receiver(Keyring(door.workspace.records), door.committer, [SHOP]).app()
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def given(answer: Any) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control")}


def test_a_listed_page_asks_and_sends(page: TestClient, door: Door) -> None:
    asked = page.options("/v1/batch", headers={**ASKS, "origin": SHOP})
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == SHOP
    assert asked.headers["access-control-allow-methods"] == "POST"
    assert "authorization" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in asked.headers
    # as the client for browsers does it: text/plain, the key in the body, the first letter as the address
    body = {**PAGE, "writeKey": door.key}
    sent = page.post("/v1/p", json=body, headers={"origin": SHOP, "content-type": "text/plain"})
    assert (sent.status_code, sent.headers["access-control-allow-origin"], sent.headers["vary"]) == (
        200,
        SHOP,
        "Origin",
    )
    several = page.post("/v1/b", json={"batch": [PAGE | {"messageId": "m2"}], "writeKey": door.key})
    assert several.json()["accepted"] == 1
    door.load()
    assert {row["interaction_id"] for row in door.rows("interaction")} == {"m1", "m2"}
    # a refusal can be read as well
    refused = page.post("/v1/batch", json={"batch": []}, headers={"origin": SHOP})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, SHOP)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://shop.example", "https://shop.example.evil", "null"])
def test_another_page_is_told_no(page: TestClient, door: Door, origin: str) -> None:
    asked = page.options("/v1/batch", headers={**ASKS, "origin": origin})
    assert (asked.status_code, asked.headers["content-type"]) == (403, "application/problem+json")
    assert given(asked) == set()
    sent = page.post("/v1/batch", json={"batch": [], "writeKey": door.key}, headers={"origin": origin})
    assert (given(sent), sent.headers["vary"]) == (set(), "Origin")


def test_by_default_nobody_may(door: Door) -> None:
    asked = door.client.options("/v1/batch", headers={**ASKS, "origin": SHOP})
    assert (asked.status_code, given(asked)) == (403, set())
    assert (
        given(door.client.post("/v1/batch", json={"batch": [], "writeKey": door.key}, headers={"origin": SHOP}))
        == set()
    )


def test_no_page_has_business_with_webhooks(page: TestClient) -> None:
    asked = page.options("/v1/webhooks/typeform/spring", headers={**ASKS, "origin": SHOP})
    assert (asked.status_code, given(asked)) == (403, set())


@pytest.mark.parametrize("value", ["https://shop.example", "https://a.example http://localhost:3000", ""])
def test_the_setting(value: str) -> None:
    assert load_settings(None, {"HEARTLINE_BROWSER_ORIGINS": value}).text("browser_origins") == value


@pytest.mark.parametrize("value", ["*", "shop.example", "https://a.example,https://b.example", "https://a.example/x"])
def test_what_is_no_origin_is_refused(value: str) -> None:
    with pytest.raises(SettingsError):
        load_settings(None, {"HEARTLINE_BROWSER_ORIGINS": value})
