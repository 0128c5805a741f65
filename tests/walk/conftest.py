"""One Chromium, and one walk of each variant of the shop, for the tests of a file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from tests.walk.shop import BUY, SERVICE, open_shop

from heartline.walk.browser import BROWSERS, chromium, visit
from heartline.walk.recorder import walk
from heartline.walk.script import parse_script
from heartline.walk.step import Walk


@dataclass(frozen=True)
class Walked:
    """A walk and what passed and did not pass the gate meanwhile."""

    walk: Walk
    passed: dict[str, int]
    refused: dict[str, int]
    elsewhere: list[str]
    outside: str


@pytest.fixture(scope="module")  # only one may be driven in a process at a time, and the desk's tests drive one
def browser() -> Iterator[Any]:
    """Headless Chromium; the test is skipped where there is none."""
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("needs Chromium (on Debian: apt-get install chromium)")
    pytest.importorskip("playwright.sync_api", reason="needs playwright (in the extra dev)")
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def walk_shop(browser: Any) -> Callable[..., Walked]:
    """Walk a variant of the shop: ``walk_shop("smooth", "buy", "mobile")``; ``again`` tells walks of the same apart."""

    @cache
    def walked(variant: str, way: str, device: str, again: int = 0) -> Walked:
        with open_shop(variant) as shop:
            text = {"buy": BUY, "service": SERVICE}[way].format(origin=shop.origin, device=device)
            with visit(browser, shop.origin, device) as visitor:
                done = walk(parse_script(text.encode()), visitor)
                gate = visitor.gate
            return Walked(done, dict(gate.passed), dict(gate.refused), shop.elsewhere, shop.outside)

    return walked
