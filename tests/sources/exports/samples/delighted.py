import json
from datetime import datetime

from tests.sources.exports.sample import Sample

FIRST = {
    "id": "5435", "person": {"id": "59", "email": "ida@shop.example", "name": "Ida Holm", "created_at": 1740823100},
    "survey_type": "nps", "score": 9, "comment": "Quick, and the people are kind 🙂", "permalink": "https://d.example/r/1",
    "created_at": 1740823200, "updated_at": 1740823300, "person_properties": {"Shop": "north"}, "notes": [],
    "tags": ["delivery"],
    "additional_answers": [
        {"id": "4", "question": {"id": "why", "type": "free_response", "text": "What did you like?"},
         "value": {"free_response": "The parcel shop", "scale": None, "select_one": None, "select_many": None}},
        {"id": "5", "question": {"id": "sat", "type": "scale", "text": "On a scale of 1 to 5, how satisfied are you?"},
         "value": {"free_response": None, "scale": 4, "select_one": None, "select_many": None}},
        {"id": "6", "question": {"id": "what", "type": "select_many", "text": "What did you buy?"},
         "value": {"free_response": None, "scale": None, "select_one": None,
                   "select_many": [{"id": "a", "text": "Tea"}, {"id": "b", "text": "Cups"}]}},
    ],
}  # fmt: skip
SECOND = {
    "id": "5436", "person": "60", "survey_type": "ces", "score": 2, "comment": None, "permalink": "https://d.example/r/2",
    "created_at": 1740909600, "updated_at": 1740909600, "person_properties": None, "notes": [], "tags": [],
    "additional_answers": [],
}  # fmt: skip


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


SAMPLE = Sample(
    file="responses.jsonl",
    body=lines(FIRST, SECOND),
    counts={"interaction": 3, "verbatim": 2, "survey_response": 3, "customer": 1, "identity": 1},
    rows={
        "interaction": {
            "delighted:5435": {
                "customer_id": "delighted:59", "occurred_at": datetime(2025, 3, 1, 10), "channel": "survey",
                "kind": "survey_response",
            },
            "delighted:5436": {"customer_id": "delighted:60"},
        },
        "verbatim": {
            "delighted:5435": {"text": "Quick, and the people are kind 🙂", "speaker": "customer"},
            "delighted:5435:why": {"text": "The parcel shop"},
        },
        "survey_response": {
            "delighted:5435:nps": {"construct": "nps", "value": 9.0, "scale_min": 0.0, "scale_max": 10.0, "survey": "nps"},
            "delighted:5435:sat": {"construct": "csat", "value": 4.0, "scale_max": 5.0},
            "delighted:5436:ces": {"construct": "ces", "value": 2.0, "scale_max": 5.0},
        },
        "customer": {"delighted:59": {"name": "Ida Holm", "email": "ida@shop.example"}},
    },
    newer=lines({**FIRST, "score": 3}),
    replaced=("survey_response", "delighted:5435:nps", {"value": 3.0}),
    broken=lines({**FIRST, "score": 11}, SECOND) + '{"id": "5437", "score": \n',
    bad=frozenset({(1, "value"), (3, "(row)")}),
    mend={"Score": "1"},
    mended=("survey_response", "delighted:5435:nps"),
    kept=("interaction", "delighted:5435", "permalink", "https://d.example/r/1"),
)  # fmt: skip
