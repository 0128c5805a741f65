import json
from datetime import datetime

from tests.sources.exports.sample import Sample

FIRST = {
    "landing_id": "a1", "token": "a1", "landed_at": "2025-03-01T10:00:00Z", "submitted_at": "2025-03-01T10:01:30Z",
    "metadata": {"platform": "other", "referer": "https://shop.example/f"}, "hidden": {"customer_id": "C-7"},
    "answers": [
        {"field": {"id": "f1", "ref": "recommend", "type": "nps"}, "type": "number", "number": 8},
        {"field": {"id": "f2", "ref": "why", "type": "long_text"}, "type": "text", "text": "Fast – and “fair” 👍"},
        {"field": {"id": "f3", "ref": "which", "type": "multiple_choice"}, "type": "choices",
         "choices": {"ids": ["x", "y"], "labels": ["Shop", "Web"]}},
        {"field": {"id": "f4", "ref": "mail", "type": "email"}, "type": "email", "email": "ida@shop.example"},
        {"field": {"id": "f5", "ref": "again", "type": "yes_no"}, "type": "boolean", "boolean": True},
    ],
    "calculated": {"score": 0}, "tags": ["spring"], "thankyou_screen_ref": "end",
}  # fmt: skip
SECOND = {
    "landing_id": "b2", "token": "b2", "landed_at": "2025-03-02T09:00:00Z", "submitted_at": "0001-01-01T00:00:00Z",
    "metadata": {"platform": "mobile"}, "hidden": {}, "answers": None,
}  # fmt: skip


def pages(*records: object) -> str:
    return json.dumps({"total_items": 2, "page_count": 1, "items": records}, ensure_ascii=False, indent=1) + "\n"


SAMPLE = Sample(
    file="responses.json",
    body=pages(FIRST, SECOND),
    counts={"interaction": 3, "verbatim": 1, "survey_response": 1, "customer": 1, "identity": 2},
    rows={
        "interaction": {
            "typeform:a1": {
                "customer_id": "external:C-7", "occurred_at": datetime(2025, 3, 1, 10, 1, 30), "outcome": "completed",
                "duration_s": 90.0,
            },
            "typeform:b2": {
                "customer_id": "typeform:response:b2", "occurred_at": datetime(2025, 3, 2, 9), "outcome": "abandoned",
                "duration_s": None,
            },
        },
        "verbatim": {"typeform:a1:why": {"text": "Fast – and “fair” 👍"}},
        "survey_response": {"typeform:a1:recommend": {"construct": "nps", "value": 8.0, "scale_max": 10.0}},
        "customer": {"external:C-7": {"email": "ida@shop.example"}},
    },
    newer=pages({**FIRST, "answers": [{"field": {"id": "f1", "ref": "recommend", "type": "nps"}, "number": 4, "type": "number"}]}),
    replaced=("survey_response", "typeform:a1:recommend", {"value": 4.0}),
    broken=pages({**FIRST, "landed_at": "soon", "submitted_at": "later", "answers": []}, SECOND).replace(
        "0001-01-01T00:00:00Z", "2025-03-02T09:00:05Z"
    ),
    bad=frozenset({(1, "occurred_at")}),
    mend={"Answered at": "2025-03-01T10:01:30Z"},
    mended=("interaction", "typeform:a1"),
    kept=("interaction", "typeform:a1", "thankyou_screen_ref", "end"),
)  # fmt: skip
