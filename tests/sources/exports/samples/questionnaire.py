from datetime import datetime

from tests.sources.exports.sample import Sample

# A form in German: questions by their wording, as a form tool writes its header; one by the code of its item.
HEAD = (
    'Zeitstempel,Kundennummer,"Was fällt Ihnen ein, wenn Sie an Nordlicht denken?",Ich habe Nordlicht gern.,'
    '"Bitte sagen Sie - Nordlicht versteht, was ich brauche.",hl_motivator_order,Filiale'
)
FIRST = "2025-03-01 10:00:00,C-7,Freundliche Beratung,6,stimme voll und ganz zu,2,Kiel"
REST = "\n2025-03-02 09:30:00,C-8,,5,weder noch,,Bonn\n"
ID = "questionnaire:C-7 2025-03-01 10:00:00"

SAMPLE = Sample(
    file="answers.csv",
    body=f"{HEAD}\n{FIRST}{REST}",
    counts={"interaction": 3, "verbatim": 1, "survey_response": 5, "identity": 2},
    rows={
        "interaction": {
            ID: {"customer_id": "C-7", "occurred_at": datetime(2025, 3, 1, 9), "kind": "survey_response"},
            f"{ID}:Was fällt Ihnen ein, wenn Sie an Nordlicht denken?": {"customer_id": "C-7", "kind": "prompt"},
        },
        "verbatim": {
            f"{ID}:Was fällt Ihnen ein, wenn Sie an Nordlicht denken?": {
                "text": "Freundliche Beratung", "language": "de", "speaker": "customer",
            },
        },
        "survey_response": {
            f"{ID}:Ich habe Nordlicht gern.": {
                "construct": "attachment", "value": 6.0, "scale_min": 1.0, "scale_max": 7.0, "item": "hl_affection_1",
                "subject": None, "question": "Ich habe Nordlicht gern.", "survey": "heartline",
            },
            f"{ID}:Bitte sagen Sie - Nordlicht versteht, was ich brauche.": {
                "construct": "understood", "value": 7.0, "item": "hl_understood_1",
            },
            f"{ID}:hl_motivator_order": {"construct": "motivator", "subject": "order", "value": 2.0},
            "questionnaire:C-8 2025-03-02 09:30:00:Bitte sagen Sie - Nordlicht versteht, was ich brauche.": {"value": 4.0},
        },
    },
    newer=f"{HEAD}\n{FIRST.replace('Beratung,6', 'Beratung,3')}\n",
    replaced=("survey_response", f"{ID}:Ich habe Nordlicht gern.", {"value": 3.0}),
    broken=f"{HEAD}\n{FIRST.replace('Beratung,6', 'Beratung,8')}{REST}short,row\n",
    bad=frozenset({(2, "value"), (4, "(row)")}),
    mend={"Score": "7"},
    mended=("survey_response", f"{ID}:Ich habe Nordlicht gern."),
    kept=("interaction", ID, "Filiale", "Kiel"),
)  # fmt: skip
