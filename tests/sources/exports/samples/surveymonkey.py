from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"
    "How likely is it that you would recommend us to a friend?,"
    '"Overall, how satisfied or dissatisfied are you with us?",Which did you use?,,'
    "What did you like?,What did you miss?"
)
UNDER = ",,,,,,,,,Response,Response,Shop,Website,Open-Ended Response,Open-Ended Response"
FIRST = (
    "118001,4401,07/04/2025 01:05:00 PM,07/04/2025 01:09:30 PM,192.0.2.9,ida@shop.example,Ida,Holm,north,"
    "10 - Extremely likely,Somewhat satisfied,Shop,,The people,Parking"
)
REST = "\n118002,4401,2025-12-01 08:00:00,,192.0.2.8,,,,,2,Very dissatisfied,,Website,,\n"

SAMPLE = Sample(
    file="responses.csv",
    body=f"{HEAD}\n{UNDER}\n{FIRST}{REST}",
    counts={"interaction": 4, "verbatim": 2, "survey_response": 4, "customer": 1, "identity": 1},
    rows={
        "interaction": {
            "surveymonkey:118001": {"occurred_at": datetime(2025, 7, 4, 11, 9, 30), "customer_id": "email:df2f1092f08863dfba90"},
            "surveymonkey:118002": {"occurred_at": datetime(2025, 12, 1, 7), "customer_id": "surveymonkey:118002"},
        },
        "verbatim": {
            "surveymonkey:118001:What did you like?": {"text": "The people"},
            "surveymonkey:118001:What did you miss?": {"text": "Parking"},
        },
        "survey_response": {
            "surveymonkey:118001:How likely is it that you would recommend us to a friend?": {
                "construct": "nps", "value": 10.0, "scale_max": 10.0,
            },
            "surveymonkey:118002:Overall, how satisfied or dissatisfied are you with us?": {
                "construct": "csat", "value": 1.0, "scale_max": 5.0,
            },
        },
        "customer": {"email:df2f1092f08863dfba90": {"name": "Ida Holm"}},
    },
    newer=f"{HEAD}\n{UNDER}\n{FIRST.replace('10 - Extremely likely', '7')}\n",
    replaced=(
        "survey_response", "surveymonkey:118001:How likely is it that you would recommend us to a friend?", {"value": 7.0}
    ),
    broken=f"{HEAD}\n{UNDER}\n{FIRST.replace('Somewhat satisfied', 'So so')}{REST}118003,short\n",
    bad=frozenset({(3, "value"), (5, "(row)")}),
    mend={"Score": "2", "Score from": "1", "Score to": "5"},
    mended=("survey_response", "surveymonkey:118001:Overall, how satisfied or dissatisfied are you with us?"),
    lacking=f"{HEAD}\n{UNDER}\n{FIRST}{REST}".replace("Start Date", "Begun"),
    lacks="Start Date",
    kept=("interaction", "surveymonkey:118001", "Custom Data 1", "north"),
)  # fmt: skip
