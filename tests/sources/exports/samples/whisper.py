import json
from datetime import datetime
from typing import Any

from tests.sources.exports.sample import Sample


def written(*segments: tuple[Any, ...]) -> str:
    given = [
        {"id": n, "start": b, "end": e, "text": t, "avg_logprob": -0.2} | ({"speaker": s} if s else {})
        for n, (b, e, s, t) in enumerate(segments)
    ]
    text = json.dumps({"text": "all of it", "segments": given, "language": "en"}, indent=1, ensure_ascii=False)
    return text + "\n"


FIRST = (0.0, 2.0, "Ida Holm", " Two weeks without the internet!")
REST = ((2.5, 3.5, "Anna Berg", " That must be tiring."), (4.0, 6.0, "Ida Holm", " It is – naïve me waited."))
ID, LONGER = "whisper:c14111a8c5597f24", "whisper:e91da074c64af330"

SAMPLE = Sample(
    file="GMT20250301-100000_Recording.json",
    body=written(FIRST, *REST),
    told={"customers": ["Ida*"]},
    counts={"interaction": 3, "verbatim": 3},
    rows={
        "interaction": {
            f"{ID}:00000000": {
                "customer_id": "whisper:Ida Holm", "occurred_at": datetime(2025, 3, 1, 10), "duration_s": 2.0,
                "conversation_id": ID, "channel": "call", "touchpoint": "call",
            },
            f"{ID}:00002500": {"customer_id": "whisper:Ida Holm", "duration_s": 1.0},
        },
        "verbatim": {
            f"{ID}:00000000": {"text": "Two weeks without the internet!", "speaker": "customer", "language": "en"},
            f"{ID}:00002500": {"speaker": "employee"},
            f"{ID}:00004000": {"text": "It is – naïve me waited."},
        },
    },
    newer=written((0.0, 2.0, "Ida Holm", " Two weeks without internet!"), *REST),
    replaced=("verbatim", f"{ID}:00000000", {"text": "Two weeks without internet!"}),
    broken=written(FIRST, *REST, (9.0, 8.0, "Ida Holm", " Well."), ("soon", 12.0, None, "Bye."), (1, 2, None, None)),
    bad=frozenset({(4, "duration_s"), (5, "(row)"), (6, "(row)")}),
    mend={"Seconds": "1"},
    mended=("interaction", f"{LONGER}:00009000"),
    kept=("interaction", f"{ID}:00000000", "Speaker", "Ida Holm"),
)  # fmt: skip
