"""Walks made of paper, for tests that need no browser."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.walk.test_faults import PAGE, Paper

from heartline.walk.recorder import walk
from heartline.walk.script import Script, parse_script
from heartline.walk.step import Deed, Noise, Walk
from heartline.workspace import Workspace

NOON = datetime(2026, 7, 1, 12)
TEXT = """walk: look_around
persona: Anybody
goal: see it
origin: https://shop.example
every: 7 days
steps:
  - open: /
    touchpoint: home
    stage: awareness
  - fill: Name
    with: Ann
  - click: Go
    touchpoint: checkout
  - expect: Hello
success: {text: Hello}
glance: 0
"""


def script(old: str = "", new: str = "") -> Script:
    assert old in TEXT
    return parse_script(TEXT.replace(old, new, 1).encode())


def walked(
    of: Script | None = None, clicks: int = 1, waits: float = 0.25, console: tuple[str, ...] = (), **deeds: Deed
) -> Walk:
    """A walk whose press of Go costs so many clicks, with errors of scripts on its first page."""
    hands = Paper({"Go": Deed("done", clicks), **deeds}, [PAGE], [Noise(1, console)], waits)
    return walk(of or script(), hands)


def keep(workspace: Workspace, one: Walk | None = None, at: datetime = NOON, release: str = "") -> str:
    return workspace.walks.keep(one or walked(), at, at + timedelta(seconds=30), release)
