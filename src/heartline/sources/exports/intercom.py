"""Intercom: conversations with their parts, as its API gives them one by one or its webhook sends them."""

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
from heartline.sources.html_text import html_text
from heartline.sources.json_parts import Cells, cell_at, inside, left_over, objects, part
from heartline.sources.record_file import looks_like, record_opener
from heartline.sources.survey_rows import RECORD

_USED = (
    "type", "id", "created_at", "updated_at", "source", "contacts", "teammates", "conversation_parts",
    "conversation_rating", "team_assignee_id", "admin_assignee_id",
)  # fmt: skip
_CUSTOMERS = ("user", "lead", "contact", "visitor")
# Parts that may hold words for the customer. Of closing and assigning Intercom's API says that a message can be left
# with it (developers.intercom.com, "Close a conversation" and "Assign a conversation": body); of notes that teammates
# alone see them ("Conversation part model"); the others there say what was done. That there is the kind quick_reply,
# Chatwoot's importer of Intercom says (github.com/chatwoot/chatwoot, config/locales/en.yml).
_SPOKEN = ("comment", "open", "close", "assignment", "quick_reply")
# The kinds are Intercom's own list ("conversation, email, facebook, instagram, phone_call, phone_switch, push, sms,
# twitter and whatsapp", conversation model); what is not here is chat.
_CHANNELS = {
    "email": "email", "facebook": "social", "twitter": "social", "instagram": "social", "phone_call": "call",
    "phone_switch": "call", "push": "app",
}  # fmt: skip


def rows(record: Mapping[str, Any], _questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a conversation, or of the one in a webhook's notification; none for other objects."""
    if record.get("type") == "notification_event" or isinstance(part(record, "data.item"), dict):
        record = inside(record, "data.item")
    source, parts = part(record, "source"), objects(part(record, "conversation_parts"))
    if record.get("type") != "conversation" and not isinstance(source, dict):
        return []
    number = cell_at(record, "id")
    begun: dict[str, Any] = {"id": None, "part_type": "comment", "created_at": record.get("created_at")}
    begun |= source if isinstance(source, dict) else {}
    messages = [one for one in (begun, *parts) if one.get("part_type") in _SPOKEN]
    core = {
        "Conversation id": number, **_contact(record, messages),
        **by_channel(_CHANNELS.get(cell_at(begun, "type") or "", "chat")), "Team": cell_at(record, "team_assignee_id"),
    }  # fmt: skip
    name = core.pop("Name")
    known = name or core["Email"]
    made: list[Cells] = [{**core, RECORD: CONTACT, "Name": name}] if known else []
    for one in messages:
        words = _words(cell_at(one, "body") or "")
        if one is begun and not words:
            words = cell_at(one, "subject") or ""
        if one is not begun and not words:
            continue
        customer = cell_at(one, "author.type") in _CUSTOMERS
        row = {**core, RECORD: MESSAGE, **(BY_CUSTOMER if customer else BY_COMPANY), "At": cell_at(one, "created_at")}
        row |= {"Message id": _joined(number, cell_at(one, "id") or "source"), "Words": words or None}
        if not customer and (_is_bot(one) or cell_at(one, "author.type") not in ("admin", "team")):
            row["Author"] = "bot" if _is_bot(one) else "unknown"
        if one is begun:
            row["Others"] = left_over(record, _USED, subject=cell_at(one, "subject"), url=cell_at(one, "url"))
        made.append(row)
    if cell_at(record, "conversation_rating.rating") is not None:
        rating = part(record, "conversation_rating")
        remark = cell_at(rating, "remark")
        made.append(
            {
                **core, RECORD: RATING, "Message id": _joined(number, "rating"), "At": cell_at(rating, "created_at"),
                "Rating": cell_at(rating, "rating"), "Words": _words(remark) if remark else None,
            }
        )  # fmt: skip
    return made


def _contact(record: Mapping[str, Any], messages: list[dict[str, Any]]) -> dict[str, str | None]:
    """The conversation's customer: its first contact, with name and address as the messages tell them."""
    contact = next(iter(objects(record.get("contacts"))), {})
    authors = [part(one, "author") for one in messages if cell_at(one, "author.type") in _CUSTOMERS]
    number = cell_at(contact, "id") or cell_at(record, "user.id")
    number = number or next((cell_at(one, "id") for one in authors), None)
    author: Mapping[str, Any] = next((one for one in authors if cell_at(one, "id") == number), {})
    return {
        "Contact id": number, "External id": cell_at(contact, "external_id"), "Name": cell_at(author, "name"),
        "Email": cell_at(author, "email"),
    }  # fmt: skip


def _words(body: str) -> str:
    """What was written. The API gives HTML, webhooks from version 2.15 on plain text (conversation part model)."""
    text = body.strip()
    return html_text(text).strip() if text.startswith("<") or "\n" not in text else text


def _is_bot(message: Mapping[str, Any]) -> bool:
    return cell_at(message, "author.type") == "bot" or part(message, "author.from_ai_agent") is True


def _joined(conversation: str | None, message: str) -> str | None:
    return None if conversation is None else f"{conversation}:{message}"


EXPORT = Export(
    name="intercom",
    title="an Intercom export of conversations",
    about="Each message becomes an interaction (words of customers; of teammates and bots as the company's), each "
    "rating a survey response on satisfaction, 1 to 5. Notes among teammates are left out.",
    fetch="fetch each conversation from Intercom's API (/conversations/{id}: lists lack the parts), or keep what its "
    "webhook sends",
    looks=looks_like("author", "delivered_as", "created_at"),
    opener=record_opener(rows, COLUMNS, ("conversations",)),
    rows=rows,
    tables=dialogue_tables("intercom", 1, 5),
)
