import json
from datetime import datetime

from tests.sources.exports.sample import Sample

OF = {
    "submission_id": "s1", "collected_at": "2025-03-01T10:00:00Z", "source_type": "survey", "source_id": "nps-2025",
    "source_name": "Spring", "language": "de", "user_id": "u-4", "tenant_id": "t1", "value_text": None,
}  # fmt: skip
SCORE = {
    **OF,
    "id": "r1",
    "field_id": "nps",
    "field_label": "Would you recommend us?",
    "field_type": "nps",
    "value_number": 9,
}
WORDS = {
    **OF,
    "id": "r2",
    "field_id": "why",
    "field_label": "Why?",
    "field_type": "text",
    "value_text": "Schnell & gut 🚚",
}
CHOICE = {
    **OF,
    "id": "r3",
    "field_id": "use",
    "field_label": "Used?",
    "field_type": "categorical",
    "value_text": "Shop",
}
EASE = {**OF, "id": "r4", "field_id": "ease", "field_type": "ces", "value_number": 6,
        "field_label": "From 1 to 7, how easy was it?"}  # fmt: skip


def listed(*records: object) -> str:
    return "[\n" + ",\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n]\n"


SAMPLE = Sample(
    file="records.json",
    body=listed(SCORE, WORDS, CHOICE, EASE),
    counts={"interaction": 3, "verbatim": 1, "survey_response": 2},
    rows={
        "interaction": {
            "formbricks:s1": {"customer_id": "formbricks:u-4", "occurred_at": datetime(2025, 3, 1, 10)},
            "formbricks:s1:use": {"kind": "survey_answer"},
        },
        "verbatim": {"formbricks:s1:why": {"text": "Schnell & gut 🚚", "language": "de"}},
        "survey_response": {
            "formbricks:s1:nps": {"construct": "nps", "value": 9.0, "scale_max": 10.0, "survey": "Spring"},
            "formbricks:s1:ease": {"construct": "ces", "value": 6.0, "scale_max": 7.0},
        },
    },
    newer=listed({**SCORE, "value_number": 5}),
    replaced=("survey_response", "formbricks:s1:nps", {"value": 5.0}),
    broken=listed({**SCORE, "value_number": 12}, WORDS, ["a"]),
    bad=frozenset({(2, "value"), (4, "(row)")}),
    mend={"Score": "2"},
    mended=("survey_response", "formbricks:s1:nps"),
    kept=("interaction", "formbricks:s1", "source_type", "survey"),
)
