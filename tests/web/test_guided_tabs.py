"""Guided walks in two tabs, on a full phone, and with a picture that takes its time: the last word is the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.walks.pictures import JPEG

from . import guided_rows
from .browsing import served
from .test_guided_phone import SLOW, begun, line, rows, tap, tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heartline.workspace import Workspace

pytestmark = pytest.mark.browser
FULL = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
PATIENT = """() => {
  const drawn = window.createImageBitmap;
  const held = new Promise(go => { window.goOn = go; });
  window.createImageBitmap = async (...given) => { await held; return drawn(...given); };
}"""
"""Pictures are drawn only once ``goOn`` is called, as on a slow phone."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Workspace]:
    with guided_rows.house(tmp_path / "house") as made:
        yield made


@pytest.fixture
def phone(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    said: list[str] = []
    context.on("weberror", lambda error: said.append(str(error.error)))
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()
    assert said == []


def step(page: Any) -> Any:
    return page.locator(".step:not([hidden])")


def test_two_tabs_of_one_walk_go_on_together_and_the_last_word_counts(house: Workspace, phone: Any) -> None:
    with served(house) as address:
        begun(phone, address)
        phone.get_by_role("button", name="Begin").tap()
        other = phone.context.new_page()
        other.goto(phone.url)
        other.get_by_role("heading", name="Find the number.").wait_for()
        tell(phone, "bad", ("worry", "anger"), "First thought.")
        tap(step(phone), "neither")
        line(phone, "All is at the desk")
        other.wait_for_function("document.querySelector('.step:not([hidden]) textarea').value === 'First thought.'")
        assert step(other).get_by_label("neither").is_checked()
        tap(step(other), "very good")
        step(other).get_by_label("What happened").fill("Second thought.")
        other.get_by_role("button", name="Done").tap()
        phone.get_by_role("heading", name="Call.").wait_for()
        phone.get_by_text("Rest or end").tap()
        phone.get_by_role("button", name="End: I give up").tap()
        for page in (phone, other):
            page.get_by_role("heading", name="Given up").wait_for()
    first = rows(house, "walk_step", "number")[0]
    assert (first["felt_valence"], first["feelings"], first["note"]) == (1.0, "worry anger", "Second thought.")


def test_a_walk_that_was_ended_on_another_device_is_over_here_too(house: Workspace, phone: Any, chromium: Any) -> None:
    with served(house) as address:
        begun(phone, address)
        phone.get_by_role("button", name="Begin").tap()
        line(phone, "All is at the desk")
        elsewhere = chromium.new_context()
        other = elsewhere.new_page()
        other.goto(phone.url)
        other.get_by_text("Rest or end").click()
        other.get_by_role("button", name="End: I give up").click()
        other.get_by_role("heading", name="Given up").wait_for()
        elsewhere.close()
        step(phone).get_by_label("What happened").fill("Still typing here.")
        tap(step(phone), "bad")
        phone.get_by_role("heading", name="Given up").wait_for()
    (first,) = rows(house, "walk_step", "number")
    assert (first["felt_valence"], first["note"]) == (-0.5, "Still typing here.")


def test_on_a_full_phone_words_that_were_not_sent_are_there_again(house: Workspace, phone: Any) -> None:
    with served(house) as address:
        begun(phone, address)
        phone.get_by_role("button", name="Begin").tap()
        line(phone, "All is at the desk")
        phone.context.set_offline(True)
        phone.evaluate(FULL)
        note = step(phone).get_by_label("What happened")
        note.fill("Precious words.")
        note.blur()
        line(phone, "this browser keeps nothing")
        phone.reload()
        phone.get_by_role("heading", name="Find the number.").wait_for()
        assert step(phone).get_by_label("What happened").input_value() == "Precious words."
        phone.context.set_offline(False)
        line(phone, "All is at the desk")


def test_a_picture_that_is_still_being_drawn_when_the_walk_ends_is_kept(house: Workspace, phone: Any) -> None:
    with served(house) as address:
        walk_id = begun(phone, address)
        phone.get_by_role("button", name="Begin").tap()
        phone.evaluate(PATIENT)
        photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
        step(phone).locator("input[type=file]").set_input_files(photo)
        phone.get_by_text("Rest or end").tap()
        phone.get_by_role("button", name="End: I give up").tap()
        line(phone, "All is at the desk")
        phone.get_by_role("heading", name="The walk is over").wait_for()
        phone.evaluate("goOn()")
        phone.get_by_role("img", name="Picture of step 1").wait_for()
    assert house.walks.guided.named(walk_id).course.steps[0].photo
