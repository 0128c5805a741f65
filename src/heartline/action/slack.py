"""A notice as a message of Slack's incoming webhooks: a text for the notification, and blocks for the channel.

Bounds of Slack's Block Kit: 50 blocks; a header of 150 characters, a section's text of 3,000, a context of 10 elements,
a button's text of 75 and address of 3,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from heartline.action.message import Message

MOST_BLOCKS = 50
MOST_HEADER, MOST_SECTION, MOST_CONTEXT, MOST_BUTTON, MOST_ADDRESS = 150, 3000, 300, 75, 3000
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, most: int = MOST_SECTION) -> str:
    """Text in which nothing steers Slack (no mention, no link), at most so many characters, no entity cut in two."""
    signs = [_ENTITIES.get(sign, sign) for sign in text]
    if sum(map(len, signs)) <= most:
        return "".join(signs)
    kept, length = [], 1
    for sign in signs:
        length += len(sign)
        if length > most:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def blocks(message: Message) -> dict[str, Any]:
    """The JSON body of one message."""
    made: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": escaped(message.title, MOST_HEADER)}}
    ]
    if message.who:
        made.append(_section(f"Customer *{escaped(message.who, 500)}*"))
    made += [_section(text) for text in _paragraphs(message.reasons)]
    if message.facts:
        facts = [f"{escaped(what)}: {escaped(value, MOST_CONTEXT)}" for what, value in message.facts[:10]]
        made.append({"type": "context", "elements": [{"type": "mrkdwn", "text": fact} for fact in facts]})
    if len(message.link) <= MOST_ADDRESS:
        button = {
            "type": "button", "text": {"type": "plain_text", "text": "Open on the desk"[:MOST_BUTTON]},
            "url": message.link,
        }  # fmt: skip
        made = [*made[: MOST_BLOCKS - 1], {"type": "actions", "elements": [button]}]
    words = ": ".join(part for part in (message.title, message.who) if part)
    return {"text": escaped(words), "blocks": made[:MOST_BLOCKS], "unfurl_links": False}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines as a list, as many in a section as it holds."""
    made: list[str] = []
    for line in lines:
        point = f"• {escaped(line, MOST_SECTION - 2)}"
        if made and len(made[-1]) + 1 + len(point) <= MOST_SECTION:
            made[-1] += f"\n{point}"
        else:
            made.append(point)
    return made
