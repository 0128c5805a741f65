"""The page of a guided walk, walked by our own browser walker on a telephone: it finds nothing to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from heartline.walk.browser import chromium, visit
from heartline.walk.faults import faults
from heartline.walk.recorder import walk
from heartline.walk.script import parse_script

from .browsing import CHROMIUM, served

if TYPE_CHECKING:
    from .conftest import Double

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

SCRIPT = """walk: walk_the_walk
persona: Somebody with a phone in one hand
goal: make a guided walk
origin: {origin}
device: mobile
slow: 60
steps:
  - open: /walks/go
  - fill: Your name, as you like (it tells first walks from later ones)
    with: Nora
  - {{click: Begin, role: button}}
  - expect: Who you are for this while
  - {{click: Begin, role: button}}
  - expect: Is it offered or hidden?
  - click: Done
  - click: Could not
  - click: Done
  - {{click: "Yes, I did"}}
success: {{text: Goal reached}}
"""


def test_our_own_walker_finds_no_fault(double: type[Double], full: Double) -> None:
    with served(double(full.rows)) as address, chromium([address]) as browser:
        script = parse_script(SCRIPT.format(origin=address).encode())
        with visit(browser, script.origin, script.device, script.network) as visitor:
            done = walk(script, visitor)
    assert done.ended == "goal"
    assert list(faults(done)) == []
