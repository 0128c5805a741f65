from datetime import datetime

from tests.sources.exports.sample import Sample

FIRST = """\
1
00:00:00,500 --> 00:00:04,000
[SPEAKER_01]: Why was I charged twice?
Naïve of me to trust you.

2
00:00:04,200 --> 00:00:06,000
[SPEAKER_00]: One of the two goes back <b>today</b>.
"""
REST = """
3
00:00:07,000 --> 00:00:08,500
{\\an8}[SPEAKER_01]: Good.
"""
ID, LONGER = "srt:4205e4885daf13a5", "srt:6de05478b43d4947"

SAMPLE = Sample(
    file="call 2025-01-10 23.30.srt",
    body=FIRST + REST,
    told={"employees": ["SPEAKER_00"], "customer": "c-17"},
    counts={"interaction": 3, "verbatim": 3},
    rows={
        "interaction": {
            f"{ID}:00000500": {
                "customer_id": "c-17", "occurred_at": datetime(2025, 1, 10, 22, 30, 0, 500_000), "duration_s": 3.5,
                "conversation_id": ID, "channel": "call",
            },
            f"{ID}:00004200": {"customer_id": "c-17"},
        },
        "verbatim": {
            f"{ID}:00000500": {"text": "Why was I charged twice? Naïve of me to trust you.", "speaker": "customer"},
            f"{ID}:00004200": {"text": "One of the two goes back today.", "speaker": "employee"},
            f"{ID}:00007000": {"text": "Good."},
        },
    },
    newer=FIRST.replace("charged", "billed") + REST,
    replaced=("verbatim", f"{ID}:00000500", {"text": "Why was I billed twice? Naïve of me to trust you."}),
    broken=FIRST + REST + "\n4\n00:00:12,000 --> 00:00:10,000\n[SPEAKER_01]: Bye.\n\n5\nno times\n",
    bad=frozenset({(14, "duration_s"), (18, "(row)")}),
    mend={"Seconds": "2"},
    mended=("interaction", f"{LONGER}:00012000"),
    kept=("interaction", f"{ID}:00000500", "Speaker", "SPEAKER_01"),
)  # fmt: skip
