"""Messages of a help desk, as its API or webhook tells them: who wrote what to whom, and how the customer rated it."""

from __future__ import annotations

from typing import Any

from heartline.sources.survey_rows import RECORD

MESSAGE, RATING, CONTACT = "message", "rating", "contact"
"""Kinds of rows."""
COLUMNS = (
    RECORD, "Message id", "Conversation id", "Contact id", "External id", "Email", "Phone", "Name", "At", "Channel",
    "Touchpoint", "Speaker", "Direction", "Author", "Team", "Words", "Language", "Rating", "Others",
)  # fmt: skip
"""All columns that a row may have."""
BY_CUSTOMER = {"Speaker": "customer", "Direction": "inbound"}
BY_COMPANY = {"Speaker": "employee", "Direction": "outbound"}
"""A machine that answers for the company is on its side; the column ``Author`` says that it was one."""


def by_channel(channel: str) -> dict[str, str | None]:
    """The cells that say where a conversation was held: its channel, and the point of connection after it."""
    return {"Channel": channel, "Touchpoint": f"support_{channel}"}


def dialogue_tables(tool: str, rating_from: int, rating_to: int) -> list[dict[str, Any]]:
    """The tables of a help desk's mapping; ratings run between the two numbers, the second is the best.

    Each message is an interaction, each rating an answer on satisfaction with the support.
    """
    who = {
        "first_of": [
            {"column": "Contact id", "prefix": f"{tool}:"},
            {"column": "External id", "prefix": "external:"},
            {"column": "Email", "prefix": "email:", "hashed": True},
            {"column": "Phone", "prefix": "phone:", "hashed": True},
            {"column": "Conversation id", "prefix": f"{tool}:conversation:"},
        ]
    }
    conversation = {"column": "Conversation id", "prefix": f"{tool}:"}
    message = {"column": "Message id", "prefix": f"{tool}:"}
    return [
        {
            "name": "interaction", "only_when": {RECORD: MESSAGE}, "time": {"zone": "UTC"},
            "columns": {
                "interaction_id": message, "customer_id": who, "occurred_at": "At", "channel": "Channel",
                "touchpoint": "Touchpoint", "direction": "Direction", "team": "Team", "conversation_id": conversation,
                "text": "Words", "speaker": "Speaker", "language": "Language", "properties": "Others",
            },
            "constants": {"channel": "chat", "touchpoint": "support_chat", "stage": "support", "kind": "message"},
        },
        {
            "name": "survey_response", "only_when": {RECORD: RATING}, "time": {"zone": "UTC"},
            "columns": {
                "response_id": message, "customer_id": who, "answered_at": "At", "value": "Rating", "text": "Words",
                "subject": "Touchpoint", "language": "Language",
            },
            "constants": {
                "construct": "csat", "subject": "support_chat", "scale_min": rating_from, "scale_max": rating_to,
            },
        },
        {
            "name": "customer", "only_when": {RECORD: CONTACT}, "keep_others": False,
            "columns": {"customer_id": who, "name": "Name", "email": "Email", "phone": "Phone"},
        },
        {
            "name": "identity", "only_when": {RECORD: CONTACT, "External id": "?*"}, "keep_others": False,
            "columns": {"customer_id": who, "value": "External id"}, "constants": {"kind": "crm_id"},
        },
    ]  # fmt: skip
