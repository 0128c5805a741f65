"""What employees say in the contacts of a simulated company, with planted conduct by team.

``python -m heartline.simulate.replies FOLDER`` reads the company that ``heartline.simulate`` wrote and adds
``replies.parquet`` (interactions of employees, with words) and ``truth_replies.json``. It draws by a hash of each
contact's id and touches no other file, so nothing else that is true of the company moves.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from heartline.simulate.company import TEAMS
from heartline.simulate.files import SCHEMAS

KINDNESS: Final = dict(zip(TEAMS, (0.75, 0.65, 0.6, 0.5, 0.3), strict=True))
"""Share of replies that show empathy, by team."""
NOTICING: Final = dict(zip(TEAMS, (0.6, 0.6, 0.5, 0.5, 0.5), strict=True))
"""Share of replies that take up who this customer is or what they did."""
PROMISING: Final = 0.2
KEEPING: Final = dict(zip(TEAMS, (0.95, 0.9, 0.85, 0.8, 0.5), strict=True))
"""Share of promised calls that are made in time."""

_KIND: Final = (
    "I am sorry that this happened to you.", "That must have been really annoying.", "I can see why you are upset.",
    "I'm so sorry to hear this.", "How are you managing without it in the meantime?",
    "I would be disappointed as well.",
)  # fmt: skip
_NOTICES: Final = (
    "Thank you for telling us about it.", "As you wrote, it is not the first time.",
    "I see that you ordered it in spring.",
    "You have been with us since the beginning, and that counts.", "You said that you need it soon.",
)  # fmt: skip
_ANSWERS: Final = (
    "The new one leaves our store today.", "It takes about three days.",
    "I have booked the amount back to your account.",
    "The order is in the system and the address is right now.", "You can hand it in at any of our stores.",
)  # fmt: skip
_RUDE: Final = (
    "As I already told you, there is nothing we can do.", "You should have read the conditions.",
    "Calm down, other people wait as well.", "That is not our department.",
)  # fmt: skip
_PROMISE: Final = "I will call you back within 24 hours."
_CALL_BACK: Final = "Good day, I am calling back as promised. It is on its way."


def write_replies(folder: Path) -> Path:
    """Write the replies to every contact that a team had; gives their file.

    folder: one that ``heartline.simulate.simulate`` filled. A contact that was handled with disrespect is answered so;
    all other things are drawn by team.
    """
    contacts = pq.read_table(folder / "interaction.parquet", columns=[
        "interaction_id", "customer_id", "occurred_at", "channel", "touchpoint", "stage", "kind", "conversation_id",
        "team",
    ])  # fmt: skip
    mine = pc.and_(pc.is_valid(contacts.column("team")), pc.not_equal(contacts.column("kind"), "reply"))
    told = pq.read_table(folder / "truth_interaction.parquet", columns=["interaction_id", "situation"])
    rude = set(told.filter(pc.equal(told.column("situation"), "disrespect")).column("interaction_id").to_pylist())
    last = pc.max(contacts.column("occurred_at")).as_py()
    rows: list[dict[str, Any]] = []
    counted = ("replies", "rude", "kind", "noticing")
    planted: dict[str, dict[str, int]] = {team: dict.fromkeys(counted, 0) for team in TEAMS}
    for contact in contacts.filter(mine).to_pylist():
        rows += _answers(contact, contact["interaction_id"] in rude, last, planted[contact["team"]])
    schema = SCHEMAS["interaction"]
    table = pa.Table.from_pylist(rows, schema)
    pq.write_table(table, folder / "replies.parquet", compression="zstd")
    (folder / "truth_replies.json").write_text(json.dumps(planted, indent=2, sort_keys=True) + "\n", "utf-8")
    return folder / "replies.parquet"


def _answers(contact: dict[str, Any], rude: bool, last: datetime, planted: dict[str, int]) -> list[dict[str, Any]]:
    key, team = contact["interaction_id"], contact["team"]
    kind = not rude and _chance(key, "kind") < KINDNESS[team]
    notices = not rude and _chance(key, "notices") < NOTICING[team]
    promises = not rude and _chance(key, "promises") < PROMISING
    planted["replies"] += 1
    for name, there in (("rude", rude), ("kind", kind), ("noticing", notices)):
        planted[name] += there
    parts = [
        _one(_RUDE, key, "rude") if rude else "", _one(_KIND, key, "kindly") if kind else "",
        _one(_NOTICES, key, "noticing") if notices else "", "" if rude else _one(_ANSWERS, key, "answers"),
        _PROMISE if promises else "",
    ]  # fmt: skip
    at = contact["occurred_at"] + timedelta(minutes=4)
    said = [(f"{key}-reply", at, " ".join(part for part in parts if part))]
    if promises and _chance(key, "keeps") < KEEPING[team]:
        said.append((f"{key}-call", at + timedelta(hours=20), _CALL_BACK))
    return [
        {
            "interaction_id": own, "customer_id": contact["customer_id"], "occurred_at": moment, "text": text,
            "channel": contact["channel"], "touchpoint": contact["touchpoint"], "stage": contact["stage"],
            "kind": "reply", "direction": "outbound", "speaker": "employee", "team": team,
            "conversation_id": contact["conversation_id"],
        }
        for own, moment, text in said
        if moment < last
    ]  # fmt: skip


def _chance(key: str, what: str) -> float:
    """A number from 0 to 1 that hangs on the contact alone."""
    return int.from_bytes(hashlib.sha256(f"{what} {key}".encode()).digest()[:6], "big") / 2**48


def _one(texts: Sequence[str], key: str, what: str) -> str:
    return texts[int(_chance(key, what) * len(texts))]


def main() -> int:
    """Read the command line, write the replies."""
    asked = argparse.ArgumentParser(prog="python -m heartline.simulate.replies", description=__doc__)
    asked.add_argument("folder", type=Path)
    sys.stdout.write(f"{write_replies(asked.parse_args().folder)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
