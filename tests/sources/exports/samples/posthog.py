import json
from datetime import datetime

from tests.sources.exports.sample import Sample

SENT = {
    "uuid": "e1", "event": "survey sent", "distinct_id": "u-4", "timestamp": "2025-03-01T10:00:00.500000+00:00",
    "person": {"properties": {"email": "ida@shop.example", "name": "Ida Holm"}},
    "properties": {
        "$survey_id": "sv", "$survey_name": "Spring", "$survey_submission_id": "sub1", "$survey_completed": True,
        "$survey_questions": [
            {"id": "q1", "question": "How likely are you to recommend us?"}, {"id": "q2", "question": "Why?"},
            {"id": "q3", "question": "Which pages?"},
        ],
        "$survey_response": "9", "$survey_response_q1": "9", "$survey_response_q2": "Clear prices 💡",
        "$survey_response_q3": ["Shop", "Help"], "$current_url": "https://shop.example/cart", "$ip": "192.0.2.9",
    },
}  # fmt: skip
RAGE = {
    "uuid": "e2", "event": "$rageclick", "distinct_id": "u-4", "timestamp": "2025-03-01T09:59:00Z",
    "properties": {"$current_url": "https://shop.example/cart?x=1", "$el_text": "Pay", "$lib": "web"},
}  # fmt: skip
OTHER = {
    "uuid": "e3",
    "event": "$pageview",
    "distinct_id": "u-4",
    "timestamp": "2025-03-01T09:58:00Z",
    "properties": {},
}


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


SAMPLE = Sample(
    file="events.jsonl",
    body=lines(SENT, RAGE, OTHER),
    counts={"interaction": 3, "verbatim": 1, "survey_response": 1, "customer": 1, "identity": 1},
    rows={
        "interaction": {
            "posthog:sub1": {"customer_id": "posthog:u-4", "outcome": "completed",
                             "occurred_at": datetime(2025, 3, 1, 10, 0, 0, 500000)},
            "posthog:e2": {"customer_id": "posthog:u-4", "kind": "rage_click", "touchpoint": "/cart", "channel": "web",
                           "occurred_at": datetime(2025, 3, 1, 9, 59)},
        },
        "verbatim": {"posthog:sub1:q2": {"text": "Clear prices 💡"}},
        "survey_response": {
            "posthog:sub1:q1": {"construct": "nps", "value": 9.0, "survey": "Spring",
                                "question": "How likely are you to recommend us?"},
        },
        "customer": {"posthog:u-4": {"name": "Ida Holm", "email": "ida@shop.example"}},
    },
    newer=lines(SENT).replace('_q1": "9"', '_q1": "6"'),
    replaced=("survey_response", "posthog:sub1:q1", {"value": 6.0}),
    broken=lines(SENT).replace('_q1": "9"', '_q1": "90"') + lines(RAGE, "$rageclick"),
    bad=frozenset({(1, "value"), (3, "(row)")}),
    mend={"Score": "9"},
    mended=("survey_response", "posthog:sub1:q1"),
    kept=("interaction", "posthog:e2", "$el_text", "Pay"),
)  # fmt: skip
