"""A guide, and two guided walks through it as their files hold them: one that is over, one that goes on."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from tests.walks.pictures import JPEG

from heartline.walk.guide import parse_guide
from heartline.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heartline.walks import Walks

OVER, GOES_ON = "20260701T090000-00112233445566aa", "20260701T100000-00112233445566bb"
PHOTO = "00000000-0000-4000-8000-000000000009.jpg"
GUIDE = """kind: guided
walk: reach_a_human
persona: A worried customer
goal: hear a <b>human</b> voice
place: anywhere with a phone, on a Saturday
channel: call
ways: [phone only & no app]
stop: {minutes: 40}
steps:
  - do: Find the number.
    touchpoint: contact_page
    stage: support
    channel: web
    look_for: Is it offered or hidden?
    minutes: 5
  - {do: Call., touchpoint: support_call, ask: Did they sound glad?}
  - {do: Say goodbye., touchpoint: support_call, ask: What were you promised?, answer: words}
"""
_START = 1782896460_000  # 2026-07-01T09:01:00Z
_SAID: tuple[tuple[float, dict[str, Any]], ...] = (
    (0, {"do": "begin", "step": 1}),
    (30, {"do": "felt", "step": 1, "valence": -0.5}),
    (31, {"do": "named", "step": 1, "feelings": ["frustration"]}),
    (40, {"do": "done", "step": 1}),
    (40, {"do": "begin", "step": 2}),
    (80, {"do": "felt", "step": 2, "valence": 1.0}),
    (81, {"do": "answered", "step": 2, "text": "yes"}),
    (82, {"do": "noted", "step": 2, "text": "She laughed & <i>meant</i> it."}),
    (90, {"do": "pictured", "step": 2, "photo": PHOTO}),
    (100, {"do": "done", "step": 2}),
    (100, {"do": "begin", "step": 3}),
    (110, {"do": "failed", "step": 3}),
    (115, {"do": "ended", "how": "goal"}),
)


def lines(walk_id: str, said: tuple[tuple[float, dict[str, Any]], ...], opened_at: str) -> str:
    """The file of a walk."""
    about = {
        "walk_id": walk_id, "guide": msgspec.to_builtins(parse_guide(GUIDE.encode())), "walker": "Rita",
        "role": "meets_customers", "release": "2026.27", "opened_at": opened_at,
    }  # fmt: skip
    told = [
        {
            "id": f"00000000-0000-4000-8000-{n:012d}", "sent": _START + 120_000, "received": _START + 120_000,
            "event": {"n": n, "at": _START + int(1000 * second), **event},
        }
        for n, (second, event) in enumerate(said)
    ]  # fmt: skip
    return "".join(json.dumps(one) + "\n" for one in ({"about": about}, *told))


@contextmanager
def house(folder: Path) -> Iterator[Workspace]:
    """A workspace of its own with the guide."""
    with Workspace.create(folder) as made:
        made.walks.scripts_folder.mkdir()
        (made.walks.scripts_folder / "reach.yaml").write_text(GUIDE, encoding="utf-8")
        yield made


def keep(walks: Walks) -> None:
    """The guide and both walks in the folders of a workspace."""
    walks.scripts_folder.mkdir()
    (walks.scripts_folder / "reach.yaml").write_text(GUIDE, encoding="utf-8")
    (walks.kept_folder / OVER).mkdir(parents=True)
    (walks.kept_folder / OVER / PHOTO).write_bytes(JPEG)
    for walk_id, said, at in ((OVER, _SAID, "09"), (GOES_ON, _SAID[:2], "09")):
        folder = walks.kept_folder / walk_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "guided.jsonl").write_text(lines(walk_id, said, f"2026-07-01T{at}:00:00+00:00"), encoding="utf-8")
