"""One whole loop in a browser: alert, case, card, act, close, and what came of it once the horizon is over."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.company import needed

from heartline.playbook import starter
from heartline.workspace import Workspace

from .browsing import served

if TYPE_CHECKING:
    from tests.company import Company

pytestmark = pytest.mark.browser
ANALYSES = [one.name for one in needed("customer_overview", "ledger", "play_effect")]
"""What the starter's plays ask of customers, and what comes of cases."""


def test_from_an_alert_to_what_came_of_it(
    chromium: Any, company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTLINE_EMOTION_MODEL", "bulk")
    shutil.copytree(company.workspace, tmp_path / "house")
    with Workspace(tmp_path / "house") as house, served(house) as address:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/cases")
        assert "heartline run" in page.inner_text("main")

        starter.write(house.root / "playbook")
        house.run(ANALYSES, as_of=company.as_of - timedelta(days=130))
        assert house.moves.cases.open_due().opened
        asked = house.moves.playbook()
        assert asked is not None
        short = {play.play for play in asked.plays if play.helped.horizon_days < 130}
        case = next(one for one in house.moves.cases.queue() if one.play_id in short)

        page.goto(f"{address}/cases")
        assert re.search(r"\d+ customers? needs? a person", page.inner_text("h1"))
        link = page.locator(f'a[href$="case={case.case_id}"]')
        assert link.count() == 1
        link.click()
        page.wait_for_url("**/card/**")
        card = page.inner_text("main")
        for part in ("What hurt", "Recognise them for", "What was promised"):
            assert part in card
        assert case.reasons.split(";")[0] in card
        below = page.evaluate("document.querySelector('#act button[name=said].main').getBoundingClientRect().bottom")
        assert below <= 800, "what to do is not on the first screen"

        page.fill("#act input[name=by]", "Dana Ö.")
        page.click("#act >> text=Take it")
        page.wait_for_load_state()
        assert page.input_value("#act input[name=by]") == "Dana Ö."  # remembered in this browser
        assert "Dana Ö." in page.input_value("#reply")
        assert "[your name]" not in page.input_value("#reply")
        page.fill("#act textarea[name=text]", "Called, listened, mended it.")
        page.click("#act >> text=I acted")
        page.wait_for_load_state()
        page.select_option("#act select[name=how]", "done")
        page.click("#act >> text=Close")
        page.wait_for_load_state()
        assert "Called, listened, mended it." in page.inner_text(".history")
        assert "Measured" in page.inner_text("#outcome")
        assert house.moves.cases.named(case.case_id).closed_how == "done"

        house.run(ANALYSES, as_of=company.as_of)
        page.reload()
        came = page.inner_text("#outcome")
        assert "What they did and felt since is known." in came
        assert "What the play does on the whole" in page.inner_text("#the-play")
        row = house.query("select * from case_outcome where case_id = $id", {"id": case.case_id}).to_pylist()[0]
        assert row["complete"]
        assert ("told of no complaint" if row["no_complaint"] else "complained") in came
        assert ("bought nothing" in came) is not row["buys"]
        page.close()
