import io
import json
import zipfile
from datetime import datetime
from hashlib import sha256
from typing import Any

from tests.sources.exports.sample import Sample

USERS = [
    {"id": "U1", "name": "ida", "profile": {"real_name": "Ida Holm", "email": "ida@home.example"}},
    {"id": "U2", "name": "anna", "profile": {"real_name": "Anna Berg", "email": "anna@shop.example"}},
    {"id": "B1", "name": "bot", "is_bot": True, "profile": {"real_name": "Bot"}},
]


def archive(days: dict[str, Any], top: str = "") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        files = {"users.json": USERS, "channels.json": [{"id": "C7", "name": "help"}], **days}
        for name, content in files.items():
            out.writestr(top + name, content if isinstance(content, str) else json.dumps(content))
    return held.getvalue()


def message(ts: str, user: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "ts": ts, "user": user, "text": text, **more}


FIRST = message(
    "1740823200.000100", "U1", "My <https://shop.example|order> &lt;3 is late, <@U2>", thread_ts="1740823200.000100",
    reactions=[{"name": "eyes", "count": 2, "users": ["U2"]}],
)  # fmt: skip
ANSWER = message("1740909600.000200", "U2", "It comes today.", thread_ts="1740823200.000100")
REST = [
    message("1740909700.000300", "U1", "has joined", subtype="channel_join"),
    message("1740909800.000400", "B1", "beep"),
]
WHO = "email:" + sha256(b"ida@home.example").hexdigest()[:20]

SAMPLE = Sample(
    file="Shop Slack export.zip",
    body=archive({"help/2025-03-01.json": [FIRST], "help/2025-03-02.json": [ANSWER, *REST]}),
    told={"own_domains": ["shop.example"]},
    counts={"interaction": 2, "verbatim": 2, "customer": 1, "identity": 1},
    rows={
        "interaction": {
            "slack:C7:1740823200.000100": {
                "customer_id": WHO, "occurred_at": datetime(2025, 3, 1, 10, 0, 0, 100), "channel": "chat",
                "conversation_id": "slack:C7:1740823200.000100", "direction": "inbound",
            },
            "slack:C7:1740909600.000200": {
                "customer_id": WHO, "conversation_id": "slack:C7:1740823200.000100", "direction": "outbound",
            },
        },
        "verbatim": {
            "slack:C7:1740823200.000100": {"text": "My order <3 is late, @Anna Berg", "speaker": "customer"},
            "slack:C7:1740909600.000200": {"speaker": "employee"},
        },
        "customer": {WHO: {"name": "Ida Holm"}},
    },
    newer=archive({"help/2025-03-01.json": [{**FIRST, "text": "My order came"}]}, "Shop/"),
    replaced=("verbatim", "slack:C7:1740823200.000100", {"text": "My order came"}),
    broken=archive({
        "help/2025-03-01.json": [{**FIRST, "ts": "99999999999.1"}, {"type": "message"}],
        "help/2025-03-02.json": '[{"ts": ', "help/2025-03-03.json": [ANSWER],
    }),
    bad=frozenset({(1, "occurred_at"), (2, "(row)"), (3, "(row)")}),
    mend={"At": "2025-03-01T10:00:00Z"},
    mended=("interaction", "slack:C7:99999999999.1"),
    kept=("interaction", "slack:C7:1740823200.000100", "Channel", "help"),
)  # fmt: skip
