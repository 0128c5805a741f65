from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,RecipientLastName,"
    "RecipientFirstName,RecipientEmail,ExternalReference,DistributionChannel,UserLanguage,Q1_NPS_GROUP,Q1,Q2,Q3,Q4,Store"
)
WORDING = (
    "Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,"
    "Recipient Last Name,Recipient First Name,Recipient Email,External Data Reference,Distribution Channel,User Language,"
    "How likely are you to recommend us? - Group,How likely are you to recommend us?,"
    '"How satisfied are you with\nthe delivery?",What should we do better?,How easy was the return?,Store'
)
_ZONE = '"{""ImportId"":""%s"",""timeZone"":""America/Denver""}"'
_ID = '"{""ImportId"":""%s""}"'
IDS = ",".join(
    [_ZONE % "startDate", _ZONE % "endDate"]
    + [_ID % name for name in ("status", "ipAddress", "progress", "duration", "finished")]
    + [_ZONE % "recordedDate"]
    + [
        _ID % name
        for name in ("_recordId", "recipientLastName", "recipientFirstName", "recipientEmail", "externalDataReference",
                     "distributionChannel", "userLanguage", "QID1_NPS_GROUP", "QID1", "QID2", "QID3_TEXT", "QID4", "store")
    ]
)  # fmt: skip
TOP = f"{HEAD}\n{WORDING}\n{IDS}\n"
FIRST = (
    "2025-01-15 10:00:00,2025-01-15 10:03:00,IP Address,192.0.2.1,100,180,True,2025-01-15 10:03:01,R_1a,Holm,Ida,"
    "ida@shop.example,c-1,email,EN,Promoter,9,Very satisfied,Please open earlier.,4,Aarhus"
)
REST = """
2025-07-15 10:00:00,2025-07-15 10:01:00,IP Address,192.0.2.2,100,60,True,2025-07-15 10:01:00,R_2b,,,,,anonymous,EN,Detractor,3,Somewhat dissatisfied,,,
2025-07-15 11:00:00,2025-07-15 11:01:00,Survey Preview,192.0.2.2,100,60,True,2025-07-15 11:01:00,R_3c,,,,,preview,EN,,10,,,,
"""

SAMPLE = Sample(
    file="survey.csv",
    body=f"{TOP}{FIRST}{REST}",
    counts={"interaction": 2, "verbatim": 1, "survey_response": 4, "customer": 1, "identity": 2},
    rows={
        "interaction": {
            "qualtrics:R_1a": {
                "occurred_at": datetime(2025, 1, 15, 17, 3, 1), "channel": "survey", "customer_id": "email:df2f1092f08863dfba90",
                "duration_s": 180.0,
            },
            "qualtrics:R_2b": {"occurred_at": datetime(2025, 7, 15, 16, 1), "customer_id": "qualtrics:R_2b"},
        },
        "verbatim": {"qualtrics:R_1a": {"text": "Please open earlier.", "language": "en"}},
        "survey_response": {
            "qualtrics:R_1a:Q1": {"construct": "nps", "value": 9.0, "scale_min": 0.0, "scale_max": 10.0,
                                  "question": "How likely are you to recommend us?"},
            "qualtrics:R_1a:Q2": {"construct": "csat", "value": 5.0, "scale_min": 1.0, "scale_max": 5.0},
            "qualtrics:R_2b:Q2": {"value": 2.0, "answered_at": datetime(2025, 7, 15, 16, 1)},
        },
        "customer": {"email:df2f1092f08863dfba90": {"name": "Ida Holm"}},
    },
    newer=f"{TOP}{FIRST.replace(',9,', ',8,')}\n",
    replaced=("survey_response", "qualtrics:R_1a:Q1", {"value": 8.0}),
    broken=f"{TOP}{FIRST.replace(',9,Very satisfied', ',11,Very satisfied')}{REST}2025-07-15 10:00:00,short\n",
    bad=frozenset({(5, "value"), (8, "(row)")}),
    mend={"Score": "10"},
    mended=("survey_response", "qualtrics:R_1a:Q1"),
    lacking=f"{TOP}{FIRST}{REST}".replace("RecordedDate", "Recorded", 1),
    lacks="RecordedDate",
    kept=("interaction", "qualtrics:R_1a", "Store", "Aarhus"),
)  # fmt: skip
