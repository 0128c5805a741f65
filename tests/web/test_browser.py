"""Every page in headless Chromium: charts draw, the console stays clean, nothing comes from elsewhere, keys work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .browsing import served
from .guided_rows import OVER
from .map_rows import MAP

if TYPE_CHECKING:
    from .conftest import Double

pytestmark = pytest.mark.browser

PAGES = {
    "desk": ("/", 4), "journey": ("/journey", 3), "customers": ("/customers", 0), "customer": ("/customers/c0004", 2),
    "data": ("/data", 1), "identity": ("/identity", 0), "service": ("/service", 1), "mind": ("/mind", 1),
    "hurt": ("/hurt", 2), "cases": ("/cases", 0), "card": ("/card/c0000", 0), "advocates": ("/advocates", 0),
    "conduct": ("/conduct", 0), "brief": ("/brief", 0), "stage_brief": ("/brief/support", 0),
    "walk_start": ("/walks/go", 0), "walk_go": (f"/walks/go/{OVER}", 0),
    "walks": ("/walks", 1), "walk_script": ("/walks/buy_a_teapot", 1), "walk_felt": ("/walks/reach_a_human", 2),
    "walk_guess": ("/walks/guess", 0), "walk_map": (f"/walks/map/{MAP}", 0),
    "investment": ("/investment?budget=50000", 2),
    "explain": ("/explain/touchpoint_period?column=felt_mean&touchpoint=returns", 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def address(full: Double) -> Iterator[str]:
    with served(full) as shown:
        yield shown


def drawn(page: Any) -> None:
    for _ in range(100):
        page.evaluate("window.scrollBy(0, 900)")
        if page.evaluate("[...document.querySelectorAll('.plot')].every(p => p.getAttribute('aria-busy') === 'false')"):
            return
        page.wait_for_timeout(60)
    pytest.fail("a chart was still waiting after six seconds")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_draws_cleanly(chromium: Any, address: str, width: int, theme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    said: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(address) else foreign.append(request.url))
    for name, (path, charts) in PAGES.items():
        page.goto(address + path)
        drawn(page)
        marks = page.evaluate(
            "[...document.querySelectorAll('.plot svg')].map(s => s.querySelectorAll('path, rect').length)"
        )
        assert len(marks) == charts, name
        assert all(count > 3 for count in marks), name
        assert page.evaluate("document.querySelectorAll('.plot.failed').length") == 0, name
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{name} is {beyond} px wider than {width}"
        assert page.evaluate("document.querySelectorAll('[style]:not(.plot [style], .tip)').length") == 0, name
    context.close()
    assert said == []
    assert foreign == []


def test_the_keyboard_reaches_everything(chromium: Any, address: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address + "/customers")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**page=2*")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**page=1*")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.name || document.activeElement.className || document.activeElement.tagName"
            )
        )
    assert {"theme", "segment", "risk", "wide"} <= reached
    page.close()


def test_the_theme_is_switched_and_remembered(chromium: Any, address: str) -> None:
    context = chromium.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + "/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("button.theme")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.goto(address + "/data")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    context.close()


def test_a_mark_opens_its_figure(chromium: Any, address: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address + "/data")
    drawn(page)
    page.locator("#coverage .plot svg path[aria-roledescription=bar]").nth(8).click()
    page.wait_for_url("**/explain/coverage**")
    page.close()


def test_without_script_the_pictures_are_there(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/data")
    picture = page.locator("#coverage noscript img, #coverage img").first
    assert picture.is_visible()
    assert page.locator("#coverage .plot .waiting").is_hidden()
    context.close()
