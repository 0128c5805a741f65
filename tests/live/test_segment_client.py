"""Segment's own client for Python, unchanged, against a served workspace."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from segment.analytics.client import Client

if TYPE_CHECKING:
    from tests.live.conftest import Served


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_call_arrives(served: Served, packed: bool) -> None:
    failed: list[Any] = []
    client = Client(served.key, host=served.address, gzip=packed, on_error=lambda *what: failed.append(what))
    at = datetime(2026, 6, 1, 10, tzinfo=UTC)
    client.page(anonymous_id="a1", category="Shop", name="Home", timestamp=at, message_id="m1")
    client.track(anonymous_id="a1", event="Product Viewed", properties={"sku": "s"}, message_id="m2", timestamp=at)
    client.identify("u1", {"email": "ann@example.org", "plan": "gold"}, anonymous_id="a1", message_id="m3")
    client.group("u1", "g1", {"name": "Meadow"}, message_id="m4")
    client.alias("u1", "u2", message_id="m5")
    client.screen("u2", name="Basket", message_id="m6")
    order = {"order_id": "o1", "subtotal": 12.5, "currency": "EUR", "products": [{"sku": "s", "quantity": 1}]}
    client.track("u2", "Order Completed", order, message_id="m7")
    client.shutdown()
    assert failed == []
    served.load()
    rows = served.workspace.query("select * from interaction order by interaction_id").to_pylist()
    assert [row["interaction_id"] for row in rows] == [f"m{n}" for n in range(1, 8)]
    assert [row["touchpoint"] for row in rows] == [
        "home", "product_page", "account", "account", "account", "basket", "checkout"
    ]  # fmt: skip
    assert abs((rows[0]["occurred_at"] - datetime(2026, 6, 1, 10)).total_seconds()) < 30
    (bought,) = served.workspace.query("select * from purchase").to_pylist()
    assert (bought["purchase_id"], bought["revenue"], bought["customer_id"]) == ("o1", 12.5, "u2")
    (who,) = served.workspace.query("select * from customer").to_pylist()
    assert (who["customer_id"], who["email"], json.loads(who["traits"])) == ("u1", "ann@example.org", {"plan": "gold"})
    assert served.workspace.quarantine() == []


def test_a_wrong_key_reaches_the_clients_error(served: Served) -> None:
    failed: list[Any] = []
    client = Client("hlw_wrong", host=served.address, on_error=lambda *what: failed.append(what))
    client.track("u1", "Seen")
    client.shutdown()
    (error, lost), *_ = failed
    assert (error.status, len(lost)) == (401, 1)


def test_the_desk_stays_as_it_was(served: Served) -> None:
    with httpx.Client(base_url=served.address) as client:
        assert client.get("/healthz").status_code == 200
        assert client.post("/healthz").status_code == 405
        assert client.post("/v1/batch", json={}).status_code == 401
        assert client.post("/v1/batch", json={}, headers={"host": "shop.example"}).status_code == 421
        answer = client.get("/v1/openapi.json")
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff")
