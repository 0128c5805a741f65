"""Trustpilot: service reviews, as its API lists them or its webhook sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartline.sources.export import Export
from heartline.sources.json_parts import Cells, cell_at, inside, left_over
from heartline.sources.record_file import looks_like, record_opener
from heartline.sources.survey_rows import RECORD

REVIEW, REPLY, CONSUMER = "review", "reply", "consumer"
COLUMNS = (RECORD, "Review id", "Consumer id", "Name", "Email", "At", "Stars", "Words", "Language", "Others")
_USED = ("id", "consumer", "stars", "title", "text", "language", "createdAt", "updatedAt", "companyReply", "links")


def rows(record: Mapping[str, Any], _questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a review, or of an event of the webhook; none for an event that takes a review away."""
    if "eventName" in record or "eventData" in record:
        # service-review-created, -updated and -deleted, in a list "events": so public code that receives them reads it
        if str(record.get("eventName")).endswith("deleted"):
            return []
        record = inside(record, "eventData")
    words = [cell_at(record, name) for name in ("title", "text")]
    core = {"Review id": cell_at(record, "id"), "Consumer id": cell_at(record, "consumer.id")}
    made: list[Cells] = [
        {
            **core, RECORD: REVIEW, "At": cell_at(record, "updatedAt", "createdAt"), "Stars": cell_at(record, "stars"),
            "Words": "\n".join(one for one in words if one) or None, "Language": cell_at(record, "language"),
            "Others": left_over(record, _USED),
        }
    ]  # fmt: skip
    reply = cell_at(record, "companyReply.text")
    if reply is not None:
        at = cell_at(record, "companyReply.updatedAt", "companyReply.createdAt")
        made.append({**core, RECORD: REPLY, "At": at, "Words": reply})
    # the address comes with private reviews only
    name = cell_at(record, "consumer.displayName", "consumer.name")
    email = cell_at(record, "consumer.email", "referralEmail")
    if core["Consumer id"] is not None and (name or email):
        made.append({**core, RECORD: CONSUMER, "Name": name, "Email": email})
    return made


_ID = {"column": "Review id", "prefix": "trustpilot:"}
_WHO = {
    "first_of": [
        {"column": "Consumer id", "prefix": "trustpilot:"},
        {"column": "Review id", "prefix": "trustpilot:review:"},
    ]
}

EXPORT = Export(
    name="trustpilot",
    title="a Trustpilot export of reviews",
    about="Each review becomes an interaction with stars and words, the company's reply one of its own, reviewers "
    "become customers; the last edition of a review replaces the one before.",
    fetch="fetch a business unit's reviews from Trustpilot's API, all pages, or keep what its webhook sends",
    looks=looks_like("stars", "consumer", "createdAt"),
    opener=record_opener(rows, COLUMNS, ("reviews", "events")),
    rows=rows,
    tables=(
        {
            "name": "interaction",
            "only_when": {RECORD: REVIEW},
            "time": {"zone": "UTC"},
            "columns": {
                "interaction_id": _ID,
                "customer_id": _WHO,
                "conversation_id": _ID,
                "occurred_at": "At",
                "rating": "Stars",
                "text": "Words",
                "language": "Language",
                "properties": "Others",
            },
            "constants": {
                "channel": "web",
                "touchpoint": "public_review",
                "kind": "review",
                "direction": "inbound",
                "rating_min": 1,
                "rating_max": 5,
            },
        },
        {
            "name": "interaction",
            "only_when": {RECORD: REPLY},
            "time": {"zone": "UTC"},
            "columns": {
                "interaction_id": {"column": "Review id", "prefix": "trustpilot:reply:"},
                "customer_id": _WHO,
                "conversation_id": _ID,
                "occurred_at": "At",
                "text": "Words",
            },
            "constants": {
                "channel": "web",
                "touchpoint": "public_review",
                "kind": "reply",
                "direction": "outbound",
                "speaker": "employee",
            },
        },
        {
            "name": "customer",
            "only_when": {RECORD: CONSUMER},
            "keep_others": False,
            "columns": {"customer_id": _WHO, "name": "Name", "email": "Email"},
        },
    ),
)
