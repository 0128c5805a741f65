"""A room that has ended, as its file holds it."""

from __future__ import annotations

import json

ROOM = "AAAAAAAAAAAAAAAAAAAAAA"
_SAID = (
    ("Rita", 0, "Good morning, what can I do for you?"),
    ("Ben", 5, "We had trouble with the last pump, it was very annoying."),
    ("Rita", 10, "I am sorry. I will send you a new pump today."),
    ("Ben", 16, "Wonderful, thank you, that is great."),
    ("Ben", 30, "It is too expensive though."),
    ("Ben", 36, "What does it cost in the north?"),
)
_ABOUT = {
    "room_id": ROOM, "title": "The pump", "hosts": ["Rita"], "customer_id": "c0000",
    "opened_at": "2026-07-01T09:00:00+00:00", "ended_at": None,
}  # fmt: skip
LINES = "".join(
    json.dumps(one) + "\n"
    for one in (
        {"about": _ABOUT},
        *(
            {"id": str(at), "event": {"turn": {"speaker": who, "begin": at, "end": at + 4, "text": words}}}
            for who, at, words in _SAID
        ),
        {"ended_at": "2026-07-01T09:10:00+00:00"},
    )
)
