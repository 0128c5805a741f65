"""Messages of Slack keep its bounds, and nothing in them steers it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.action.loopback import Loopback, bare_house

from heartline.action.message import Message
from heartline.action.notices import Notices
from heartline.action.slack import MOST_BLOCKS, MOST_HEADER, MOST_SECTION, blocks, escaped

LINK = "https://desk.example/customers/k1"


@given(st.text(), st.integers(10, 60))
def test_escaped_text_holds_nothing_that_steers(text: str, most: int) -> None:
    made = escaped(text, most)
    assert len(made) <= most
    assert "<" not in made
    assert ">" not in made
    assert re.sub(r"&(amp|lt|gt);", "", made).count("&") == 0
    whole = html.unescape(escaped(text, 10 * len(text) + 10)) if "&" not in text else None
    assert whole in (None, text)
    cut = made[:-1] if len(escaped(text, 10 * len(text) + 10)) > most else made
    assert escaped(text, 10 * len(text) + 10).startswith(cut)


@given(st.text(max_size=400), st.lists(st.text(max_size=4000), max_size=120), st.text(max_size=300))
def test_every_message_keeps_the_bounds(title: str, reasons: list[str], who: str) -> None:
    facts = [(f"f{number}", reasons[0] if reasons else "") for number in range(14)]
    made = blocks(Message(title or "t", who, reasons, facts, LINK))
    assert 1 <= len(made["blocks"]) <= MOST_BLOCKS
    assert len(made["text"]) <= MOST_SECTION
    assert made["blocks"][-1]["elements"][0]["url"] == LINK
    for block in made["blocks"]:
        if block["type"] == "header":
            assert block["text"]["type"] == "plain_text"
            assert len(block["text"]["text"]) <= MOST_HEADER
        elif block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= MOST_SECTION
        elif block["type"] == "context":
            assert 1 <= len(block["elements"]) <= 10


def test_a_case_as_a_channel_sees_it(tmp_path: Path) -> None:
    with bare_house(tmp_path) as house, Loopback() as channel:
        notices = Notices(house)
        notices.add_slack("support", channel.address, topics=("case.opened",), teams=("care",))
        body = {
            "case_id": "C-000007", "customer_id": "k<1>", "team": "care", "priority": 1, "due_at": "2026-03-04T12:00",
            "reasons": "probability of leaving 0.71; <!channel> & co",
        }  # fmt: skip
        assert notices.tell("case.opened", body, "C-000007") == 1
        assert notices.tell("case.opened", body | {"team": "sales"}, "C-000008") == 0
        assert notices.tell("case.closed", body, "C-000007") == 0
        notices.deliver()
    sent = json.loads(channel.asked[0].body)
    assert sent["text"] == "New case: C-000007: k&lt;1&gt;"
    assert sent["unfurl_links"] is False
    kinds = [block["type"] for block in sent["blocks"]]
    assert kinds == ["header", "section", "section", "context", "actions"]
    assert sent["blocks"][1]["text"]["text"] == "Customer *k&lt;1&gt;*"
    assert sent["blocks"][2]["text"]["text"] == "• probability of leaving 0.71\n• &lt;!channel&gt; &amp; co"
    facts = [element["text"] for element in sent["blocks"][3]["elements"]]
    assert facts == ["Team: care", "Priority: 1", "Due: 2026-03-04 12:00 UTC"]
    assert sent["blocks"][4]["elements"][0]["url"] == "https://desk.example/case/C-000007"
    assert "webhook-signature" not in channel.asked[0].headers
