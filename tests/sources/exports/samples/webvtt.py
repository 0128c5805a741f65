from datetime import datetime

from tests.sources.exports.sample import Sample

FIRST = """\
WEBVTT

NOTE made by hand

5f0c9d1e-1111-4222-8333-944455566677/9-0
00:00:02.000 --> 00:00:05.500
<v Ida Holm>The lamp arrived broken &amp; late – æøå,</v>

5f0c9d1e-1111-4222-8333-944455566677/9-1
00:00:05.700 --> 00:00:08.000
<v Ida Holm>and nobody answers me.</v>

5f0c9d1e-1111-4222-8333-944455566677/12-0
00:00:09.000 --> 00:00:12.250
<v Anna Berg>I am sorry. I send a new one <i>today</i>.</v>
"""
REST = """
5f0c9d1e-1111-4222-8333-944455566677/15-0
01:00:00.000 --> 01:00:02.000
<v Ida Holm>Thank you!</v>
"""
ID = "webvtt:5f0c9d1e-1111-4222-8333-944455566677"
WRONG = REST.replace("01:00:02.000", "00:59:02.000")
BROKEN = """
5f0c9d1e-1111-4222-8333-944455566677/16-0
01:00:03.000 -> 01:00:04.000
<v Ida Holm>Good bye</v>

5f0c9d1e-1111-4222-8333-944455566677/17-0
01:0x:03.000 --> 01:00:04.000
<v Anna Berg>Good bye</v>
"""

SAMPLE = Sample(
    file="Lamp call-20250701_093000-Meeting Recording.vtt",
    body=FIRST + REST,
    told={"employees": ["anna berg"]},
    counts={"interaction": 3, "verbatim": 3},
    rows={
        "interaction": {
            f"{ID}:00002000": {
                "customer_id": "webvtt:Ida Holm", "occurred_at": datetime(2025, 7, 1, 7, 30, 2), "channel": "call",
                "touchpoint": "call", "conversation_id": ID, "duration_s": 6.0, "kind": "turn",
            },
            f"{ID}:00009000": {"customer_id": "webvtt:Ida Holm", "duration_s": 3.25, "properties": None},
            f"{ID}:03600000": {"occurred_at": datetime(2025, 7, 1, 8, 30)},
        },
        "verbatim": {
            f"{ID}:00002000": {
                "text": "The lamp arrived broken & late – æøå, and nobody answers me.", "speaker": "customer",
            },
            f"{ID}:00009000": {"text": "I am sorry. I send a new one today.", "speaker": "employee"},
        },
    },
    newer=FIRST.replace("nobody answers me", "nobody answered") + REST,
    replaced=("verbatim", f"{ID}:00002000", {"text": "The lamp arrived broken & late – æøå, and nobody answered."}),
    broken=FIRST + WRONG + BROKEN,
    bad=frozenset({(17, "duration_s"), (21, "(row)"), (25, "(row)")}),
    mend={"Seconds": "2"},
    mended=("interaction", f"{ID}:03600000"),
    kept=("interaction", f"{ID}:00002000", "Speaker", "Ida Holm"),
)  # fmt: skip
