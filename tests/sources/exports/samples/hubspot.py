import json
from datetime import datetime

from tests.sources.exports.sample import Sample

FIRST = {
    "id": "512", "createdAt": "2025-03-01T10:00:02.123Z", "updatedAt": "2025-03-01T10:05:00Z", "archived": False,
    "properties": {
        "hs_object_id": "512", "hs_survey_type": "CSAT", "hs_value": "2", "hs_content": "All good, thanks",
        "hs_survey_name": "After support", "hs_survey_channel": "EMAIL", "hs_sentiment": None,
        "hs_submission_timestamp": "2025-03-01T10:00:00Z", "hs_contact_email_rollup": "ida@shop.example",
    },
    "associations": {"contacts": {"results": [{"id": "901", "type": "feedback_submission_to_contact"}]}},
}  # fmt: skip
SECOND = {
    "id": "513", "createdAt": "2025-03-02T10:00:00Z", "updatedAt": "2025-03-02T10:00:00Z", "archived": False,
    "properties": {"hs_object_id": "513", "hs_survey_type": "NPS", "hs_value": "4", "hs_content": "",
                   "hs_createdate": "1740909600000"},
}  # fmt: skip


def page(*records: object) -> str:
    return json.dumps({"results": records, "paging": {"next": {"after": "514"}}}) + "\n"


SAMPLE = Sample(
    file="submissions.json",
    body=page(FIRST, SECOND),
    counts={"interaction": 2, "verbatim": 1, "survey_response": 2, "customer": 1, "identity": 1},
    rows={
        "interaction": {
            "hubspot:512": {"customer_id": "hubspot:901", "occurred_at": datetime(2025, 3, 1, 10)},
            "hubspot:513": {"customer_id": "hubspot:response:513", "occurred_at": datetime(2025, 3, 2, 10)},
        },
        "verbatim": {"hubspot:512": {"text": "All good, thanks"}},
        "survey_response": {
            "hubspot:512:csat": {"construct": "csat", "value": 2.0, "scale_min": 0.0, "scale_max": 2.0,
                                 "survey": "After support"},
            "hubspot:513:nps": {"construct": "nps", "value": 4.0, "scale_max": 10.0},
        },
        "customer": {"hubspot:901": {"email": "ida@shop.example"}},
    },
    newer=page({**FIRST, "properties": {**FIRST["properties"], "hs_value": "0"}}),  # type: ignore[dict-item]
    replaced=("survey_response", "hubspot:512:csat", {"value": 0.0}),
    broken=page({**FIRST, "properties": {**FIRST["properties"], "hs_value": "5"}}) + page(7, SECOND),  # type: ignore[dict-item]
    bad=frozenset({(1, "value"), (2, "(row)")}),
    mend={"Score": "1"},
    mended=("survey_response", "hubspot:512:csat"),
    kept=("interaction", "hubspot:512", "hs_survey_channel", "EMAIL"),
)  # fmt: skip
