"""What people of a simulated company guess that its customers feel, and how they feel as its customers themselves.

``python -m heartline.simulate.walkers FOLDER`` reads the company that ``heartline.simulate`` wrote and adds
``walk_guess``, ``walk`` and ``walk_step`` (.parquet), the guides that were walked (``walks/*.yaml``) and
``truth_walks.json``. It draws by a hash of each row and touches no other file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy import special

from heartline.simulate.company import TOUCHPOINT_INDEX, TOUCHPOINTS
from heartline.tables import table

DECIDE: Final = tuple(f"Guesser {number}" for number in range(1, 7))
MEET: Final = ("Guesser 7", "Guesser 8")
ROSIER: Final = {"returns": 0.75, "complaint_handling": 0.7, "support_call": 0.6, "discount_code": 0.45}
"""How much better those who decide think that customers feel there."""
DARKER: Final = {"thank_you_note": -0.6}
"""The other way round: nobody thinks much of a card."""
_SPREAD: Final = 0.3


@dataclass(frozen=True)
class _Way:
    """A guided walk. steps: what to do, touchpoint, minutes that it takes; walks: who and days before the end"""

    name: str
    goal: str
    persona: str
    place: str
    channel: str
    steps: Sequence[tuple[str, str, float]]
    walks: Sequence[tuple[str, float]]


_WAYS: Final = (
    _Way(
        "return_a_tent", "bring back a tent that leaks", "Somebody who is off to the hills on Friday",
        "at home, then any of our stores", "store",
        (
            ("Find out how to give it back.", "returns", 6),
            ("Call, and ask whether the store takes it.", "support_call", 11),
            ("Hand it in at the desk.", "returns", 14),
            ("Say that you are not content with the answer.", "complaint_handling", 9),
        ),
        (
            *((f"Guesser {number}", 60.0 - 7 * number) for number in range(1, 6)),
            ("Guesser 1", 9.0), ("Guesser 3", 7.0), ("Guesser 7", 5.0),
        ),
    ),
    _Way(
        "first_order", "order a lamp with the code of the newsletter", "Somebody who has never bought here",
        "anywhere with a phone", "app",
        (
            ("Find a lamp that you like.", "product_search", 5), ("Put it into the basket and go on.", "checkout", 4),
            ("Enter the code.", "discount_code", 5), ("Pay.", "payment", 3), ("Unpack it.", "delivery", 4),
        ),
        (*((f"Guesser {number}", 40.0 - 6 * number) for number in range(2, 7)), ("Guesser 2", 4.0)),
    ),
)  # fmt: skip


def write_walks(folder: Path) -> dict[str, Path]:
    """Write the guesses and walks; gives the file of each table.

    folder: one that ``heartline.simulate.simulate`` filled
    """
    end = pc.max(pq.read_table(folder / "interaction.parquet", columns=["occurred_at"]).column(0)).as_py()
    rows: dict[str, list[dict[str, Any]]] = {"walk_guess": list(_guesses(end)), "walk": [], "walk_step": []}
    for way in _WAYS:
        for number, (walker, days) in enumerate(way.walks):
            _walk(way, walker, end - timedelta(days=days), number, rows)
    (folder / "walks").mkdir(exist_ok=True)
    for way in _WAYS:
        (folder / "walks" / f"{way.name}.yaml").write_text(_guide(way), encoding="utf-8")
    truth = {"rosier": ROSIER, "darker": DARKER, "guessers": len(DECIDE)}
    (folder / "truth_walks.json").write_text(json.dumps(truth, indent=2, sort_keys=True) + "\n", "utf-8")
    files = {name: folder / f"{name}.parquet" for name in rows}
    for name, file in files.items():
        columns = [one.name for one in table(name) if one.name not in ("source", "load_id", "known_at")]
        made = pa.Table.from_pylist(rows[name], table(name).arrow_schema(columns))
        pq.write_table(made, file, compression="zstd")
    return files


def _guesses(end: datetime) -> Iterator[dict[str, Any]]:
    for guesser in (*DECIDE, *MEET):
        decides = guesser in DECIDE
        mood = _normal(guesser, "mood") * 0.12
        for place in TOUCHPOINTS:
            off = (ROSIER | DARKER).get(place.name, 0.05) if decides else 0.0
            key = f"{guesser} {place.name}"
            yield {
                "guess_id": hashlib.sha256(key.encode()).hexdigest()[:20], "guesser": guesser,
                "role": "decides" if decides else "meets_customers", "touchpoint": place.name,
                "valence": _face(place.felt_mean + off + mood + _SPREAD * _normal(key, "guess")),
                "guessed_at": end - timedelta(days=70), "walks_before": 0,
            }  # fmt: skip


def _walk(way: _Way, walker: str, began: datetime, number: int, rows: dict[str, list[dict[str, Any]]]) -> None:
    walk_id = f"{began:%Y%m%dT%H%M%S}-{way.name[:4]}{number}"
    role = "decides" if walker in DECIDE else "meets_customers"
    moment = began
    for step, (do, touchpoint, minutes) in enumerate(way.steps, 1):
        place, key = TOUCHPOINTS[TOUCHPOINT_INDEX[touchpoint]], f"{walk_id} {step}"
        took = timedelta(minutes=minutes * (0.7 + 0.6 * _share(key, "minutes")))
        felt = _face(place.felt_mean - 0.1 + _SPREAD * _normal(key, "felt"))
        rows["walk_step"].append(
            {
                "interaction_id": f"{walk_id}-{step:03d}", "walk_id": walk_id, "script": way.name, "walker": walker,
                "number": step, "occurred_at": moment, "channel": way.channel, "touchpoint": touchpoint,
                "stage": place.stage, "what": do, "outcome": "done", "duration_s": took.total_seconds(),
                "felt_valence": felt,
            }
        )  # fmt: skip
        moment += took
    rows["walk"].append(
        {
            "walk_id": walk_id, "script": way.name, "goal": way.goal, "kind": "guided", "walker": walker, "role": role,
            "release": "spring" if number < 5 else "summer", "started_at": began, "ended_at": moment, "ended": "goal",
            "steps": len(way.steps),
        }
    )  # fmt: skip


def _guide(way: _Way) -> str:
    """The way as the file of a guided walk; every text of it is one of this file, so nothing is to be escaped."""
    lines = ["kind: guided", f"walk: {way.name}", f"persona: {way.persona}", f"goal: {way.goal}", f"place: {way.place}",
             f"channel: {way.channel}", "every: 4 weeks", "steps:"]  # fmt: skip
    for do, touchpoint, _ in way.steps:
        stage = TOUCHPOINTS[TOUCHPOINT_INDEX[touchpoint]].stage
        lines.append(f'  - {{do: "{do}", touchpoint: {touchpoint}, stage: {stage}}}')
    return "\n".join(lines) + "\n"


def _face(felt: float) -> float:
    return max(-1.0, min(1.0, round(felt * 2) / 2))


def _share(key: str, what: str) -> float:
    return (int.from_bytes(hashlib.sha256(f"{what} {key}".encode()).digest()[:6], "big") + 0.5) / 2**48


def _normal(key: str, what: str) -> float:
    return float(special.ndtri(_share(key, what)))


def main() -> int:
    """Read the command line, write the walks."""
    asked = argparse.ArgumentParser(prog="python -m heartline.simulate.walkers", description=__doc__)
    asked.add_argument("folder", type=Path)
    sys.stdout.write("\n".join(map(str, write_walks(asked.parse_args().folder).values())) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
