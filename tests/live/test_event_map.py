"""The events file: the shipped one holds, a workspace's own goes before it, and mistakes are told with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartline.errors import MappingError
from heartline.live.event_map import load_event_map, read_event_map


def test_the_specifications_events_are_there() -> None:
    found = load_event_map()
    for name in ("Products Searched", "Product Viewed", "Product Added", "Product Removed", "Cart Viewed",
                 "Checkout Started", "Checkout Step Viewed", "Checkout Step Completed", "Payment Info Entered",
                 "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled", "Coupon Entered",
                 "Coupon Applied", "Coupon Denied", "Coupon Removed", "Product Reviewed"):  # fmt: skip
        assert found.rule("track", name).said["touchpoint"], name
    assert [name for name, rule in found.events.items() if rule.purchase] == ["order_completed"]


def test_a_workspace_says_it_otherwise(tmp_path: Path) -> None:
    (tmp_path / "events.toml").write_text(
        """
        [channel]
        otherwise = "store"
        library = { analytics-till = "store", analytics-ios = "web" }
        [call.page]
        leave_out = true
        [[event]]
        names = ["Coupon Denied", "Tea Poured"]
        touchpoint = "till"
        outcome = "failed"
        """,
        encoding="utf-8",
    )
    found = load_event_map(tmp_path)
    assert found.rule("track", "coupon denied").said == {"touchpoint": "till", "outcome": "failed"}
    assert found.rule("track", "Coupon Applied").said["touchpoint"] == "discount_code"
    assert found.rule("page", "").leave_out
    assert found.rule("screen", "").said["channel"] == "app"
    assert [found.channel(name) for name in ("analytics-ios", "analytics-android", "?")] == ["web", "app", "store"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[event]]\ntouchpoint = 'x'", "without names"),
        ("[[event]]\nnames = ['A', 'a']", "twice"),
        ("[[event]]\nnames = ['A']\ntouch = 'x'", "unknown key touch"),
        ("[[event]]\nnames = ['A']\noutcome = 'done'", "outcome = 'done'"),
        ("[[event]]\nnames = ['A']\ntake = { ratings = 'r' }", "does not have"),
        ("[[event]]\nnames = ['A']\ntake = { customer_id = 'r' }", "comes with the call"),
        ("[[event]]\nnames = ['A']\nset = { channel = 'tv' }", "channel = 'tv'"),
        ("[[event]]\nnames = ['A']\npurchase = { purchase_id = 'id' }", "revenue"),
        ("[channel]\notherwise = 'tv'", "channel = 'tv'"),
        ("[call.say]\nkind = 'x'", "unknown key say"),
        ("x", "TOML"),
    ],
)
def test_mistakes_are_told(text: str, said: str) -> None:
    with pytest.raises(MappingError, match=said):
        read_event_map(text, "events.toml")
