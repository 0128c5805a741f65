"""A guess by finger and keyboard on a telephone's screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heartline.workspace import Workspace

from .browsing import served
from .guided_rows import GUIDE

pytestmark = pytest.mark.browser


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "house") as made:
        made.walks.scripts_folder.mkdir()
        (made.walks.scripts_folder / "reach.yaml").write_text(GUIDE, encoding="utf-8")
        yield made


@pytest.mark.parametrize("script", [True, False])
def test_a_guess_is_tapped_on_a_telephone(house: Workspace, chromium: Any, script: bool) -> None:
    """By labels and keyboard, on the way to a walk, with JavaScript or without."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, java_script_enabled=script)
    page = context.new_page()
    page.set_default_timeout(30_000)
    with served(house) as address:
        page.goto(f"{address}/walks/guess?script=reach_a_human")
        page.get_by_label("Your name").fill("Walker 1")
        page.get_by_role("group", name="contact page").get_by_label("very good").check()
        second = page.get_by_role("group", name="support call")
        second.get_by_label("neither").focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowLeft")
        page.get_by_role("button", name="Keep my guesses").click()
        page.wait_for_url("**/walks/go?*guessed=1*")
    context.close()
    kept = {one.touchpoint: one.valence for one in house.walks.guesses.of("Walker 1")}
    assert kept == {"contact_page": 1.0, "support_call": -0.5}
