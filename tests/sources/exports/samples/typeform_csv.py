from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "#,How likely are you to recommend us to a friend?,How satisfied are you with the delivery?,Why?,Which did you use?,"
    "customer_id,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags,Ending"
)
FIRST = (
    'a1,8,Very satisfied,"Fast – and “fair” 👍",Shop,C-7,completed,2025-03-01 10:00:00,,2025-03-01 10:01:30,'
    "d3560842b2,spring,end"
)
REST = "\nb2,,I did not order,,Web,,started,2025-03-02 09:00:00,,,,,\n"

SAMPLE = Sample(
    file="responses.csv",
    body=f"{HEAD}\n{FIRST}{REST}",
    told={"questions": {"Why?": "text"}},
    counts={"interaction": 3, "verbatim": 1, "survey_response": 2, "identity": 1},
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
        "verbatim": {"typeform:a1:Why?": {"text": "Fast – and “fair” 👍"}},
        "survey_response": {
            "typeform:a1:How likely are you to recommend us to a friend?": {
                "construct": "nps", "value": 8.0, "scale_max": 10.0,
            },
            "typeform:a1:How satisfied are you with the delivery?": {"construct": "csat", "value": 5.0},
        },
    },
    newer=f"{HEAD}\n{FIRST.replace('a1,8', 'a1,3')}\n",
    replaced=("survey_response", "typeform:a1:How likely are you to recommend us to a friend?", {"value": 3.0}),
    broken=f"{HEAD}\n{FIRST.replace('a1,8', 'a1,11')}{REST}c3,short\n",
    bad=frozenset({(2, "value"), (4, "(row)")}),
    mend={"Score": "10"},
    mended=("survey_response", "typeform:a1:How likely are you to recommend us to a friend?"),
    lacking=f"{HEAD}\n{FIRST}{REST}".replace("Start Date (UTC)", "Begun"),
    lacks="Start Date (UTC)",
    kept=("interaction", "typeform:a1", "Tags", "spring"),
)  # fmt: skip
