"""One Chromium, and one walk of each variant of the shop, for the tests of a file."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from tests.walk.shop import BUY, SERVICE, open_shop
from tests.walk.small import Papers, certificate

from heartline.walk.browser import BROWSERS, chromium, visit
from heartline.walk.recorder import walk
from heartline.walk.script import parse_script
from heartline.walk.step import Walk
from heartline.walk.trust import key_pin


@dataclass(frozen=True)
class Walked:
    """A walk and what passed and did not pass the gate meanwhile."""

    walk: Walk
    passed: dict[str, int]
    refused: dict[str, int]
    elsewhere: list[str]
    outside: str


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """A certificate that an authority of our own has signed; the browser takes it."""
    return certificate(tmp_path_factory.mktemp("papers"), authority=True)


@pytest.fixture(scope="module")  # only one may be driven in a process at a time, and the desk's tests drive one
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Headless Chromium; the test is skipped where there is none."""
    taken = []
    if shutil.which("openssl"):
        own: Papers = request.getfixturevalue("papers")
        taken = [key_pin(ssl.PEM_cert_to_DER_cert(own.chain.read_text()))]
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("needs Chromium (on Debian: apt-get install chromium)")
    pytest.importorskip("playwright.sync_api", reason="needs playwright (in the extra dev)")
    with chromium(taken) as opened:
        yield opened


@pytest.fixture(scope="module")
def walk_shop(browser: Any) -> Callable[..., Walked]:
    """Walk a variant of the shop: ``walk_shop("smooth", "buy", "mobile")``; ``again`` tells walks of the same apart."""

    @cache
    def walked(variant: str, way: str, device: str, again: int = 0) -> Walked:
        with open_shop(variant) as shop:
            text = {"buy": BUY, "service": SERVICE}[way].format(origin=shop.origin, device=device)
            with visit(browser, shop.origin, device) as visitor:
                if variant == "bumpy":
                    visitor.late = lambda: 0.0  # its slow step is told, whatever else the machine has to do
                done = walk(parse_script(text.encode()), visitor)
                gate = visitor.gate
            return Walked(done, dict(gate.passed), dict(gate.refused), shop.elsewhere, shop.outside)

    return walked
