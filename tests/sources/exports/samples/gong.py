import json
from datetime import datetime
from typing import Any

from tests.sources.exports.sample import Sample

ME, IDA = "8001", "8002"
CALLS = [
    {
        "metaData": {"id": "77", "started": "2025-07-01T09:30:00+02:00", "duration": 60},
        "parties": [
            {"speakerId": ME, "name": "Anna Berg", "emailAddress": "anna@shop.example", "affiliation": "Internal"},
            {"speakerId": IDA, "name": "Ida Holm", "emailAddress": "Ida@home.example", "affiliation": "External"},
        ],
    },
]


def turn(who: str, topic: str | None, *sentences: tuple[Any, Any, str]) -> dict[str, Any]:
    return {"speakerId": who, "topic": topic, "sentences": [{"start": b, "end": e, "text": t} for b, e, t in sentences]}


def written(*turns: dict[str, Any]) -> str:
    given = {"requestId": "r", "callTranscripts": [{"callId": "77", "transcript": list(turns)}], "calls": CALLS}
    return json.dumps(given, indent=1, ensure_ascii=False) + "\n"


FIRST = turn(IDA, "Delivery", (4000, 5500, "It never came – naïve me."), (5600, 7000, "Why is that?"))
REST = (turn(ME, None, (0, 2000, "Hello, what can I do?")), turn(IDA, None, (9000, 9500, "Well.")))

SAMPLE = Sample(
    file="calls.json",
    body=written(REST[0], FIRST, REST[1]),
    counts={"interaction": 3, "verbatim": 3, "customer": 1, "identity": 1},
    rows={
        "interaction": {
            "gong:77:00004000": {
                "customer_id": "email:42160606be28e7cdbbc4", "occurred_at": datetime(2025, 7, 1, 7, 30, 4),
                "duration_s": 3.0, "conversation_id": "gong:77", "channel": "call",
            },
            "gong:77:00000000": {"customer_id": "email:42160606be28e7cdbbc4", "duration_s": 2.0},
        },
        "verbatim": {
            "gong:77:00004000": {"text": "It never came – naïve me. Why is that?", "speaker": "customer"},
            "gong:77:00000000": {"speaker": "employee"},
        },
        "customer": {"email:42160606be28e7cdbbc4": {"name": "Ida Holm", "email": "Ida@home.example"}},
    },
    newer=written(REST[0], turn(IDA, "Delivery", (4000, 7000, "It did not come.")), REST[1]),
    replaced=("verbatim", "gong:77:00004000", {"text": "It did not come."}),
    broken=written(REST[0], FIRST, turn(IDA, None, (9000, 8500, "Well.")), turn(IDA, None), {"speakerId": IDA}),
    bad=frozenset({(3, "duration_s"), (4, "(row)"), (5, "(row)")}),
    mend={"Seconds": "0.5"},
    mended=("interaction", "gong:77:00009000"),
    kept=("interaction", "gong:77:00004000", "Topic", "Delivery"),
)  # fmt: skip
