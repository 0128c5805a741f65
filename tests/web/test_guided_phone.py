"""Guided walks on a phone: offline for two steps and opened again meanwhile, a desk that fails, and nothing is lost."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.walks.pictures import JPEG, SECRET, jpeg_with

from heartline.web import guiding

from . import guided_rows
from .browsing import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heartline.workspace import Workspace

pytestmark = pytest.mark.browser
SLOW = 30_000
LEFT = """async () => {
  const came = asked => new Promise(good => { asked.onsuccess = () => good(asked.result); });
  const base = await came(indexedDB.open('heartline-walks'));
  const held = await came(base.transaction('told').objectStore('told').count());
  const pages = (await (await caches.open('heartline-walk')).keys()).filter(one => one.url.includes('/walks/'));
  return [held, pages.length];
}"""
"""How many events and pages of walks a phone keeps."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Workspace]:
    with guided_rows.house(tmp_path / "house") as made:
        yield made


@pytest.fixture
def phone(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(SLOW)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()
    assert said == []


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def begun(page: Any, address: str) -> str:
    """Begin by the form; gives the walk's id once the page itself is kept on the phone."""
    page.goto(f"{address}/walks/go?script=reach_a_human&release=2026.47")
    page.get_by_label(re.compile("^Your name")).fill("Rita")
    page.get_by_label("I meet customers").check()
    page.get_by_role("button", name="Begin").tap()
    page.wait_for_url("**/walks/go/2*")
    page.wait_for_selector("[data-kept='1']")
    return str(page.url).rsplit("/", 1)[1]


def line(page: Any, words: str) -> None:
    page.locator("#line", has_text=words).wait_for()


def tap(place: Any, word: str) -> None:
    """The face, the feeling or the answer of a word."""
    place.locator("label").filter(has_text=re.compile(rf"^\s*{word}\s*$")).tap()


def tell(page: Any, face: str, feelings: tuple[str, ...], note: str, photo: bytes = b"") -> None:
    """Everything that a step takes."""
    step = page.locator(".step:not([hidden])")
    for word in (face, *feelings):
        tap(step, word)
    if note:
        step.get_by_label("What happened").fill(note)
    if photo:
        step.locator("input[type=file]").set_input_files(
            {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
        step.locator("figure").wait_for()


def rows(house: Workspace, table: str, order: str = "1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.query(f"select * from {table} order by {order}").to_pylist()
    return found


def test_long_notes_of_signs_that_take_much_room_are_sent_in_parts_that_the_desk_takes(
    house: Workspace, phone: Any
) -> None:
    with served(house) as address:
        walk_id = begun(phone, address)
        phone.get_by_role("button", name="Begin").tap()
        line(phone, "All is at the desk")
        phone.context.set_offline(True)
        field = phone.locator(".step:not([hidden])").get_by_label("What happened")
        for sign in "茶壺店員笑謝":
            field.fill(sign * 4000)
            field.blur()
        phone.context.set_offline(False)
        line(phone, "All is at the desk")
    assert house.walks.guided.named(walk_id).course.steps[0].note == "謝" * 4000


def test_offline_for_two_steps_and_opened_again_meanwhile_nothing_is_lost(house: Workspace, phone: Any) -> None:
    camera = jpeg_with((0xE1, SECRET))
    with served(house) as address:
        walk_id = begun(phone, address)
        marks = [now()]
        phone.get_by_role("button", name="Begin").tap()
        tell(phone, "bad", ("worry",), "Hidden behind a login.", camera)
        line(phone, "All is at the desk")
        phone.context.set_offline(True)
        marks.append(now())
        phone.get_by_role("button", name="Done").tap()
        phone.get_by_role("heading", name="Call.").wait_for()
        tell(phone, "very good", ("delight", "relief"), "She laughed & <i>meant</i> it.", camera)
        tap(phone.locator(".step:not([hidden])"), "yes")
        line(phone, "kept on this phone, will be sent")
        phone.wait_for_timeout(300)
        phone.reload()  # without any network
        phone.get_by_role("heading", name="Call.").wait_for()
        line(phone, "kept on this phone, will be sent")
        step = phone.locator(".step:not([hidden])")
        assert step.get_by_label("What happened").input_value() == "She laughed & <i>meant</i> it."
        assert step.get_by_label("very good").is_checked()
        assert step.get_by_label("relief").is_checked()
        assert phone.evaluate("document.querySelector('.step:not([hidden]) figure img').naturalWidth") == 24
        marks.append(now())
        phone.get_by_role("button", name="Done").tap()
        phone.get_by_role("heading", name="Say goodbye.").wait_for()
        tell(phone, "neither", (), "")
        phone.get_by_label("What were you promised?").fill("A call tomorrow")
        marks.append(now())
        phone.get_by_role("button", name="Could not").tap()
        phone.get_by_role("heading", name="Did you reach the goal?").wait_for()
        before = rows(house, "walk_step")
        phone.context.set_offline(False)
        line(phone, "All is at the desk")
        marks.append(now())
        phone.get_by_role("button", name="Yes, I did").tap()
        phone.get_by_role("heading", name="Goal reached").wait_for()
        marks.append(now())
        kept = phone.evaluate(LEFT)
        assert kept == [0, 0]  # what the desk has does not stay on the phone
        assert phone.evaluate("[...document.querySelectorAll('.passed img')].map(one => one.alt)") == [
            "Picture of step 1", "Picture of step 2",
        ]  # fmt: skip
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert before == []
    (walk,) = rows(house, "walk")
    assert [walk[name] for name in ("walk_id", "walker", "role", "release", "ended", "steps", "kind")] == [
        walk_id, "Rita", "meets_customers", "2026.47", "goal", 2, "guided",
    ]  # fmt: skip
    assert marks[0] - timedelta(seconds=1) <= walk["started_at"] <= marks[1]
    assert marks[4] <= walk["ended_at"] <= marks[5]
    steps = rows(house, "walk_step", "number")
    told = [
        (one["outcome"], one["felt_valence"], one["feelings"], one["note"], one["photo"] is not None) for one in steps
    ]
    assert told == [
        ("done", -0.5, "worry", "Hidden behind a login.", True),
        ("done", 1.0, "delight relief", "Did they sound glad? yes\nShe laughed & <i>meant</i> it.", True),
        ("failed", 0.0, None, "What were you promised? A call tomorrow", False),
    ]
    for at, one in enumerate(steps):
        assert marks[at + 1] - timedelta(seconds=1) <= one["occurred_at"] <= marks[at + 2] + timedelta(seconds=1)
    assert steps[1]["duration_s"] == pytest.approx((marks[2] - marks[1]).total_seconds(), abs=3)
    for one in steps[:2]:
        picture = house.walks.guided.named(walk_id).picture(str(one["photo"])).read_bytes()
        assert picture.startswith(b"\xff\xd8")
        assert b"4711" not in picture


def test_a_desk_that_fails_and_is_started_anew_gets_everything_once(
    house: Workspace, phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers are lost after the events were kept, then the desk is gone, then another start has another token."""
    take, lost = guiding.take, [0]

    def failing(*given: Any) -> Any:
        made = take(*given)
        lost[0] += 1
        if lost[0] <= 3:
            raise RuntimeError("the answer is lost on its way")
        return made

    monkeypatch.setattr(guiding, "take", failing)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with served(house, port) as address:
        walk_id = begun(phone, address)
        phone.get_by_role("button", name="Begin").tap()
        tell(phone, "bad", ("worry",), "One.")
        line(phone, "the desk does not answer")
        line(phone, "All is at the desk")
        assert lost[0] >= 4
    phone.get_by_role("button", name="Done").tap()
    tell(phone, "good", (), "Two.", JPEG)
    line(phone, "kept on this phone, will be sent")
    warned: list[str] = []
    phone.on("dialog", lambda dialog: warned.append(dialog.type))
    phone.reload()  # the desk is gone
    phone.get_by_role("heading", name="Call.").wait_for()
    assert warned == ["beforeunload"]
    with served(house, port):
        line(phone, "All is at the desk")
        phone.get_by_role("button", name="Done").tap()
        phone.get_by_text("Rest or end").tap()
        phone.get_by_role("button", name="End: I give up").tap()
        phone.get_by_role("heading", name="Given up").wait_for()
    kept = house.walks.guided.named(walk_id)
    dos = [type(one.event).__name__ for one in sorted(kept.events, key=lambda one: one.event.n)]
    assert dos == [
        "Begin", "Felt", "Named", "Noted", "Done", "Begin", "Felt", "Pictured", "Noted", "Done", "Begin", "Ended",
    ]  # fmt: skip
    assert [one["note"] for one in rows(house, "walk_step", "number")] == ["One.", "Two.", None]


def test_one_may_go_back_to_add_something_rest_and_take_a_picture_away(house: Workspace, phone: Any) -> None:
    with served(house) as address:
        walk_id = begun(phone, address)
        phone.get_by_role("button", name="Begin").tap()
        assert phone.get_by_role("button", name="Back").is_hidden()
        tell(phone, "bad", (), "", JPEG)
        phone.get_by_role("button", name="Done").tap()
        phone.get_by_text("Rest or end").tap()
        before = now()
        phone.get_by_role("button", name="Rest", exact=True).tap()
        phone.get_by_role("heading", name="The walk rests").wait_for()
        phone.wait_for_timeout(1500)
        phone.get_by_role("button", name="Go on").tap()
        phone.get_by_role("heading", name="Call.").wait_for()
        most = (now() - before).total_seconds()
        phone.get_by_role("button", name="Back").tap()
        phone.get_by_role("heading", name="Find the number.").wait_for()
        assert phone.get_by_role("button", name="Done").is_hidden()
        tell(phone, "good", (), "Added later.")
        phone.get_by_role("button", name="Take it away").tap()
        phone.get_by_role("button", name="Go on with step 2").tap()
        phone.get_by_role("heading", name="Call.").wait_for()
        small = phone.evaluate(
            "Math.min(...[...document.querySelectorAll('button, .step label, summary')]"
            ".filter(b => b.offsetParent && b.className !== 'words').map(b => b.offsetHeight))"
        )
        assert small >= 44
        phone.get_by_role("button", name="Done").tap()
        phone.get_by_role("button", name="Done").tap()
        phone.get_by_role("button", name="No", exact=True).tap()
        phone.get_by_role("heading", name="Goal not reached").wait_for()
    steps = rows(house, "walk_step", "number")
    assert [(one["felt_valence"], one["note"], one["photo"]) for one in steps] == [
        (0.5, "Added later.", None), (None, None, None), (None, None, None),
    ]  # fmt: skip
    course = house.walks.guided.named(walk_id).course
    assert course.seconds is not None
    walk = rows(house, "walk")[0]
    rest = (walk["ended_at"] - walk["started_at"]).total_seconds() - course.seconds
    assert 1.4 <= rest <= most
    kept = [file.name for file in (house.walks.kept_folder / walk_id).iterdir()]
    assert kept == ["guided.jsonl"]
