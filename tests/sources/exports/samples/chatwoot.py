import json
from datetime import datetime

from tests.sources.exports.sample import Sample

CONTACT = {"id": 31, "name": "Ida Holm", "email": "ida@shop.example", "phone_number": "+4512345678", "identifier": "C-7",
           "type": "contact"}  # fmt: skip
CONVERSATION = {"id": 12, "channel": "Channel::WebWidget", "contact_inbox": {"contact_id": 31}, "labels": ["parcel"],
                "meta": {"sender": CONTACT}}  # fmt: skip
ASKED = {
    "event": "message_created", "id": 501, "content": "Hvor er min pakke? 📦", "created_at": "2025-03-01T10:00:00.000Z",
    "message_type": "incoming", "content_type": "text", "content_attributes": {}, "private": False, "sender": CONTACT,
    "conversation": CONVERSATION, "inbox": {"id": 1, "name": "Web"}, "account": {"id": 1}, "source_id": "x-1",
}  # fmt: skip
REPLY = {**ASKED, "id": 502, "content": "On its way.", "created_at": 1740823320, "message_type": "outgoing",
         "sender": {"id": 4, "name": "Per", "type": "user"}}  # fmt: skip
NOTE = {**REPLY, "id": 503, "content": "angry one", "private": True}
RATED = {
    **REPLY, "event": "message_updated", "id": 504, "content": "Please rate us", "message_type": "template",
    "content_type": "input_csat", "updated_at": "2025-03-01T11:00:00Z",
    "content_attributes": {
        "submitted_values": {"csat_survey_response": {"rating": 4, "feedback_message": "Quick &amp; kind"}}
    },
}  # fmt: skip
RESOLVED = {"event": "conversation_status_changed", "id": 12, "status": "resolved"}


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


SAMPLE = Sample(
    file="messages.jsonl",
    body=lines(ASKED, REPLY, NOTE, RATED, RESOLVED),
    counts={"interaction": 2, "verbatim": 3, "survey_response": 1, "customer": 1, "identity": 3},
    rows={
        "interaction": {
            "chatwoot:501": {
                "customer_id": "chatwoot:31", "occurred_at": datetime(2025, 3, 1, 10), "channel": "chat",
                "direction": "inbound", "conversation_id": "chatwoot:12",
            },
            "chatwoot:502": {"customer_id": "chatwoot:31", "direction": "outbound",
                             "occurred_at": datetime(2025, 3, 1, 10, 2)},
        },
        "verbatim": {
            "chatwoot:501": {"text": "Hvor er min pakke? 📦", "speaker": "customer"},
            "chatwoot:502": {"speaker": "employee"},
            "chatwoot:504": {"text": "Quick &amp; kind", "speaker": "customer"},
        },
        "survey_response": {
            "chatwoot:504": {"construct": "csat", "value": 4.0, "scale_min": 1.0, "scale_max": 5.0,
                             "customer_id": "chatwoot:31", "answered_at": datetime(2025, 3, 1, 11)},
        },
        "customer": {"chatwoot:31": {"name": "Ida Holm", "phone": "+4512345678"}},
    },
    newer=lines({**ASKED, "event": "message_updated", "created_at": "2025-03-01T10:00:30.000Z"}),
    replaced=("interaction", "chatwoot:501", {"occurred_at": datetime(2025, 3, 1, 10, 0, 30)}),
    broken=lines({**ASKED, "created_at": "just now"}, RATED) + '["a"]\n',
    bad=frozenset({(1, "occurred_at"), (3, "(row)")}),
    mend={"At": "2025-03-01 10:00:00"},
    mended=("interaction", "chatwoot:501"),
    kept=("interaction", "chatwoot:501", "source_id", "x-1"),
)  # fmt: skip
