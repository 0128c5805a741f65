"""Chatwoot: messages of conversations with their ratings, as its webhook sends them or its API lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartline.sources.dialogue import (
    BY_COMPANY,
    BY_CUSTOMER,
    COLUMNS,
    CONTACT,
    MESSAGE,
    RATING,
    by_channel,
    dialogue_tables,
)
from heartline.sources.export import Export
from heartline.sources.json_parts import Cells, cell_at, left_over, part
from heartline.sources.record_file import looks_like, record_opener
from heartline.sources.survey_rows import RECORD

_USED = (
    "event", "id", "content", "created_at", "updated_at", "message_type", "content_attributes", "sender",
    "conversation", "conversation_id", "account", "inbox", "private", "attachments", "processed_message_content",
    "sentiment",
)  # fmt: skip
_EVENTS = ("message_created", "message_updated")
# the API counts the kinds of messages that the webhook names
_KINDS = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}
_CHANNELS = {
    "email": "email", "facebookpage": "social", "twitterprofile": "social", "instagram": "social", "tiktok": "social",
    "voice": "call",
}  # fmt: skip


def rows(record: Mapping[str, Any], _questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a message; none for other events, for notes among agents and for what the tool says of itself."""
    if "event" in record and record["event"] not in _EVENTS:
        return []
    kind = cell_at(record, "message_type") or ""
    kind = _KINDS.get(kind, kind)
    if kind in ("activity", "") or record.get("private") is True:
        return []
    number, conversation = cell_at(record, "id"), cell_at(record, "conversation.id", "conversation_id")
    customer = kind == "incoming"
    core = {"Conversation id": conversation, **_contact(record, customer), **by_channel(_channel(record))}
    made: list[Cells] = []
    name = core.pop("Name")
    if name or core["Email"] or core["Phone"]:
        made.append({**core, RECORD: CONTACT, "Name": name})
    answer = part(record, "content_attributes.submitted_values.csat_survey_response")
    # without the name in between: not confirmed by a version of Chatwoot's, harmless where there is none
    answer = answer if isinstance(answer, dict) else part(record, "content_attributes.csat_survey_response")
    if cell_at(answer, "rating") is not None:
        at = cell_at(answer, "updated_at", "created_at") or cell_at(record, "updated_at", "created_at")
        said = {"Rating": cell_at(answer, "rating"), "Words": cell_at(answer, "feedback_message")}
        return [*made, {**core, RECORD: RATING, "Message id": number, "At": at, **said}]
    if cell_at(record, "content_type") == "input_csat":
        # the question itself
        return []
    row = {**core, RECORD: MESSAGE, **(BY_CUSTOMER if customer else BY_COMPANY), "Message id": number}
    gone = part(record, "content_attributes.deleted") is True
    row |= {"At": cell_at(record, "created_at"), "Words": None if gone else cell_at(record, "content")}
    if kind == "template" or cell_at(record, "sender.type", "sender_type") in ("agent_bot", "AgentBot"):
        row["Author"] = "bot"
    more = {"inbox": cell_at(record, "inbox.name"), "labels": part(record, "conversation.labels")}
    return [*made, {**row, "Others": left_over(record, _USED, **more)}]


def _contact(record: Mapping[str, Any], customer: bool) -> dict[str, str | None]:
    """The conversation's customer: who sent an incoming message, else the contact that the conversation names."""
    names = ("sender", "conversation.meta.sender") if customer else ("conversation.meta.sender",)
    of = next((found for name in names if isinstance(found := part(record, name), dict)), {})
    number = cell_at(of, "id") or cell_at(record, "conversation.contact_inbox.contact_id")
    return {
        "Contact id": number, "External id": cell_at(of, "identifier"), "Email": cell_at(of, "email"),
        "Phone": cell_at(of, "phone_number"), "Name": cell_at(of, "name"),
    }  # fmt: skip


def _channel(record: Mapping[str, Any]) -> str:
    """By the kind of the inbox, e.g. ``Channel::WebWidget``."""
    of = cell_at(record, "conversation.channel", "inbox.channel_type") or ""
    return _CHANNELS.get(of.rpartition("::")[2].lower(), "chat")


EXPORT = Export(
    name="chatwoot",
    title="a Chatwoot export of messages",
    about="Each message becomes an interaction (words of contacts; of agents and bots as the company's), each answer "
    "to its satisfaction survey a survey response, 1 to 5. Notes among agents are left out.",
    fetch="keep what Chatwoot's webhook sends (message_created and message_updated), or fetch conversations' messages "
    "from its API",
    looks=looks_like("message_type", "content_type", "content_attributes"),
    opener=record_opener(rows, COLUMNS, ("payload", "data")),
    rows=rows,
    tables=dialogue_tables("chatwoot", 1, 5),
)
