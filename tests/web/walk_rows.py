"""Gaps of each verdict, guided walks of three people, and a browser's walk with its pictures."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.walks.pictures import JPEG

if TYPE_CHECKING:
    from heartline.walks import Walks

SHOT = "20260628T070000-0a1b2c3d"
EARLIER = "20260620T070000-0a1b2c3d"
PEOPLE = ("Rita", "Tove", "Rita")
SCRIPT = """walk: buy_a_teapot
persona: A hurried visitor
goal: buy a <i>teapot</i>
origin: http://127.0.0.1:8901
device: mobile
every: 7 days
steps:
  - open: /
    touchpoint: product_search
  - click: Add to basket
    touchpoint: checkout
success: {text: Thank you}
"""
_UNKNOWN = {"guessers": 0, "walkers": 0, "customers": 0}


def rows(made: dict[str, list[dict[str, Any]]], as_of: datetime) -> None:
    """Add to the rows of a company."""
    made["empathy_gap"] += [
        _side("support_call", guess=(-0.1, 5)),
        _side("thank_you_note", customers=(0.6, 90), walked=(-0.3, 4), walk_verdict="darker"),
        _side("discount_code", guess=(0.4, 5), walked=(-0.3, 3), customers=(-0.25, 64), guess_verdict="rosier"),
        _side("delivery", guess=(0.3, 6), customers=(0.28, 300), guess_verdict="alike"),
        _side("advert", guess=(0.5, 1), customers=(0.1, 40)),
    ]
    for number, who in enumerate(("Ulla", "Tove", "Vera")):
        made["walk_guess"].append(
            {"guess_id": f"g{number}", "guesser": who, "role": "decides", "touchpoint": "discount_code",
             "valence": 0.5, "guessed_at": as_of + timedelta(days=number - 1), "walks_before": 0}
        )  # fmt: skip
    for number, who in enumerate(PEOPLE):
        _guided(made, f"20260{number + 4}01T090000-aa", who, as_of - timedelta(days=70 - 30 * number))
    for walk_id, release, effort, ended in ((EARLIER, "41", 12.0, "goal"), (SHOT, "42", 21.4, "failed")):
        _browser(made, walk_id, release, effort, ended)


def keep(walks: Walks) -> None:
    """The browser's script, and its last walk in its folder; a picture of it is gone."""
    (walks.scripts_folder / "teapot.yaml").write_text(SCRIPT, encoding="utf-8")
    folder = walks.kept_folder / SHOT
    folder.mkdir(parents=True)
    (folder / "00.jpg").write_bytes(JPEG)
    step = {"outcome": "done", "clicks": 1, "keystrokes": 0, "seconds": 1.0, "waiting": 0.2, "amount": None,
            "address": "/", "title": "Teapots"}  # fmt: skip
    fault = {"name": "page_error", "step": 2, "page": "/basket", "pages": 2, "evidence": "/basket: <b>500</b>"}
    about = {
        "faults": [fault], "blocked_requests": 3, "waits_unjudged": [1], "effort": {"effort": 21.4, "late": 4.0},
        "steps": [step | {"step": 1, "verb": "open", "words": "/", "picture": 0},
                  step | {"step": 2, "verb": "click", "words": "Add to <b>basket</b>", "picture": 1}],
    }  # fmt: skip
    (folder / "walk.json").write_text(json.dumps(about), encoding="utf-8")


def _side(
    touchpoint: str, guess_verdict: str = "", walk_verdict: str = "", **means: tuple[float, int]
) -> dict[str, Any]:
    row: dict[str, Any] = {"touchpoint": touchpoint, **_UNKNOWN}
    for side, (mean, people) in means.items():
        row["customers_felt" if side == "customers" else side] = mean
        row[{"guess": "guessers", "walked": "walkers"}.get(side, side)] = people
        if people > 1:
            row |= {f"{side}_low": mean - 0.12, f"{side}_high": mean + 0.12}
    for side, gap in (("guess", "guess_gap"), ("walked", "walk_gap")):
        if side in means and "customers" in means:
            row[gap] = means[side][0] - means["customers"][0]
            if means[side][1] > 1:
                row |= {f"{gap}_low": row[gap] - 0.2, f"{gap}_high": row[gap] + 0.2}
    unknown = "not_enough_evidence"
    return row | {"guess_verdict": guess_verdict or unknown, "walk_verdict": walk_verdict or unknown}


def _guided(made: dict[str, list[dict[str, Any]]], walk_id: str, who: str, began: datetime) -> None:
    made["walk"].append(
        {"walk_id": walk_id, "script": "reach_a_human", "goal": "hear a human voice", "kind": "guided", "walker": who,
         "started_at": began, "ended_at": began + timedelta(minutes=12), "ended": "goal", "steps": 2}
    )  # fmt: skip
    for number, felt in ((1, -0.5), (2, 0.5)):
        made["walk_step"].append(
            {"interaction_id": f"{walk_id}-{number}", "walk_id": walk_id, "script": "reach_a_human", "walker": who,
             "number": number, "occurred_at": began, "touchpoint": "support_call", "what": f"Do {number} & wait.",
             "outcome": "done", "duration_s": 360.0, "felt_valence": felt, "note": "They <u>sang</u>."}
        )  # fmt: skip


def _browser(made: dict[str, list[dict[str, Any]]], walk_id: str, release: str, effort: float, ended: str) -> None:
    began = datetime.strptime(walk_id[:15], "%Y%m%dT%H%M%S")
    made["walk"].append(
        {"walk_id": walk_id, "script": "buy_a_teapot", "goal": "buy a <i>teapot</i>", "kind": "browser",
         "device": "mobile", "network": "full", "release": release, "started_at": began,
         "ended_at": began + timedelta(seconds=9), "ended": ended, "effort": effort, "clicks": 2, "keystrokes": 0,
         "waiting_s": 0.4, "errors": 0, "steps": 2, "shortest": 2, "faults": 1, "late_s": 4.0}
    )  # fmt: skip
    for number, what in ((1, "open /"), (2, "click Add to basket")):
        made["walk_step"].append(
            {"interaction_id": f"{walk_id}-{number:03d}", "walk_id": walk_id, "script": "buy_a_teapot",
             "number": number, "occurred_at": began, "what": what, "outcome": "done" if number == 1 else "failed",
             "duration_s": 1.0, "waiting_s": 0.2, "clicks": 1, "keystrokes": 0,
             "faults": "page_error" if number == 2 else None}
        )  # fmt: skip
