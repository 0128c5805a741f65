from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "Agent Name,Rating,Feedback Comment,Contact Name,Contact Email Address,Contact Phone Number,"
    "Link to the conversation,Recorded date,Review Notes,Team"
)
FIRST = (
    "\nPer (per@shop.example),4,Quick & kind – æøå 👍,Ida Holm,ida@shop.example,+4512345678,"
    "https://desk.example/app/accounts/1/conversations/12,2025-03-01 10:00:00 UTC,angry one,north\n"
)
REST = "\n,2,,Bo,,,https://desk.example/app/accounts/1/conversations/13,2025-03-02 09:00:00 UTC,,\n"
END = "\nReporting period 2025-03-01 to 2025-03-31\n"
ONE, TWO = "chatwoot:csat:12:2025-03-01 10:00:00 UTC", "chatwoot:csat:13:2025-03-02 09:00:00 UTC"

SAMPLE = Sample(
    file="csat_report.csv",
    body=HEAD + FIRST + REST + END,
    counts={"interaction": 2, "verbatim": 1, "survey_response": 2, "customer": 2, "identity": 2},
    rows={
        "interaction": {
            ONE: {"customer_id": "email:df2f1092f08863dfba90", "occurred_at": datetime(2025, 3, 1, 10)},
            TWO: {"customer_id": f"chatwoot:response:{TWO.removeprefix('chatwoot:')}"},
        },
        "verbatim": {ONE: {"text": "Quick & kind – æøå 👍", "speaker": "customer"}},
        "survey_response": {
            f"{ONE}:csat": {
                "construct": "csat", "value": 4.0, "scale_min": 1.0, "scale_max": 5.0,
                "answered_at": datetime(2025, 3, 1, 10),
            },
        },
        "customer": {"email:df2f1092f08863dfba90": {"name": "Ida Holm", "phone": "+4512345678"}},
    },
    newer=HEAD + FIRST.replace(",4,Quick", ",5,Quick"),
    replaced=("survey_response", f"{ONE}:csat", {"value": 5.0}),
    broken=HEAD + FIRST.replace(",4,Quick", ",6,Quick") + REST + "short,3\n" + END,
    bad=frozenset({(2, "value"), (5, "(row)")}),
    mend={"Score": "5"},
    mended=("survey_response", f"{ONE}:csat"),
    lacking=(HEAD + FIRST + REST).replace("Recorded date", "Recorded"),
    lacks="Recorded date",
    kept=("interaction", ONE, "Team", "north"),
)  # fmt: skip
