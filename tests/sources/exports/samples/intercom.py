import json
from datetime import datetime

from tests.sources.exports.sample import Sample

CUSTOMER = {"type": "user", "id": "u1", "name": "Ida Holm", "email": "ida@shop.example"}
FIRST = {
    "type": "conversation", "id": "900", "created_at": 1740823200, "updated_at": 1740826800, "state": "closed",
    "priority": "not_priority", "team_assignee_id": 77,
    "source": {"type": "conversation", "id": "m0", "delivered_as": "customer_initiated", "subject": "", "author": CUSTOMER,
               "body": "<p>Where is my parcel? &#128230;</p><p>Order &amp; invoice are <b>late</b></p>", "url": None},
    "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "u1", "external_id": "C-7"}]},
    "conversation_parts": {"type": "conversation_part.list", "total_count": 4, "conversation_parts": [
        {"type": "conversation_part", "id": "p1", "part_type": "comment", "body": "<p>I am looking for it.</p>",
         "created_at": 1740823260, "author": {"type": "bot", "id": "b1", "name": "Fin"}},
        {"type": "conversation_part", "id": "p2", "part_type": "note", "body": "<p>angry one</p>",
         "created_at": 1740823270, "author": {"type": "admin", "id": "a1"}},
        {"type": "conversation_part", "id": "p3", "part_type": "assignment", "body": None, "created_at": 1740823280,
         "author": {"type": "admin", "id": "a1"}},
        {"type": "conversation_part", "id": "p4", "part_type": "close", "body": "It is on its way.",
         "created_at": 1740823320, "author": {"type": "admin", "id": "a1", "name": "Per"}},
    ]},
    "conversation_rating": {"rating": 4, "remark": "Quick <3", "created_at": 1740826800,
                            "contact": {"type": "contact", "id": "u1"}, "teammate": {"type": "admin", "id": "a1"}},
}  # fmt: skip
SECOND = {
    "type": "conversation", "id": "901", "created_at": 1740909600, "state": "open", "contacts": {"contacts": []},
    "source": {"type": "email", "id": "m9", "delivered_as": "customer_initiated", "subject": "Refund?", "body": "",
               "author": {"type": "lead", "id": "l5"}},
    "conversation_parts": None, "conversation_rating": None,
}  # fmt: skip


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


SAMPLE = Sample(
    file="conversations.jsonl",
    body=lines(FIRST, SECOND),
    counts={"interaction": 4, "verbatim": 5, "survey_response": 1, "customer": 1, "identity": 2},
    rows={
        "interaction": {
            "intercom:900:m0": {
                "customer_id": "intercom:u1", "occurred_at": datetime(2025, 3, 1, 10), "channel": "chat",
                "direction": "inbound", "conversation_id": "intercom:900", "team": "77", "touchpoint": "support_chat",
            },
            "intercom:900:p1": {"direction": "outbound", "customer_id": "intercom:u1"},
            "intercom:900:p4": {"occurred_at": datetime(2025, 3, 1, 10, 2), "direction": "outbound"},
            "intercom:901:m9": {"customer_id": "intercom:l5", "channel": "email", "touchpoint": "support_email"},
        },
        "verbatim": {
            "intercom:900:m0": {"text": "Where is my parcel? 📦\nOrder & invoice are late", "speaker": "customer"},
            "intercom:900:p1": {"text": "I am looking for it.", "speaker": "employee"},
            "intercom:900:p4": {"speaker": "employee"},
            "intercom:900:rating": {"text": "Quick <3", "speaker": "customer"},
            "intercom:901:m9": {"text": "Refund?"},
        },
        "survey_response": {
            "intercom:900:rating": {
                "construct": "csat", "value": 4.0, "scale_min": 1.0, "scale_max": 5.0, "subject": "support_chat",
                "answered_at": datetime(2025, 3, 1, 11), "customer_id": "intercom:u1",
            },
        },
        "customer": {"intercom:u1": {"name": "Ida Holm", "email": "ida@shop.example"}},
    },
    newer=lines({**FIRST, "conversation_rating": {**FIRST["conversation_rating"], "rating": 1}}),  # type: ignore[dict-item]
    replaced=("survey_response", "intercom:900:rating", {"value": 1.0}),
    broken=lines({**FIRST, "conversation_rating": {**FIRST["conversation_rating"], "rating": 6}}, SECOND) + "}\n",  # type: ignore[dict-item]
    bad=frozenset({(1, "value"), (3, "(row)")}),
    mend={"Rating": "5"},
    mended=("survey_response", "intercom:900:rating"),
    kept=("interaction", "intercom:900:m0", "state", "closed"),
)  # fmt: skip
