"""One visitor in a browser: the hands that walk a script."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from heartline.walk.ears import Ears
from heartline.walk.focus import Focus
from heartline.walk.gate import Gate
from heartline.walk.money import amount_in
from heartline.walk.papers import paper
from heartline.walk.sight import Sight
from heartline.walk.step import Deed, Look, Noise

_HERE = Path(__file__).parent
BASE, _DRAWN, _REST = ((_HERE / f"probe{part}.js").read_text("utf-8") for part in ("_base", "_drawn", ""))
_PROBE = f"() => {{\n{BASE}{_DRAWN}{_REST}}}"
_AT_REST = """() => document.readyState === "complete" && window.__heartline.drawn()"""
"""What is shown is drawn, so that its shifts are counted."""
_SCROLLED = """() => [...document.querySelectorAll("*")].reduce(([sum, room], el) => [sum + el.scrollTop, room
  || el.scrollTop + el.clientHeight < el.scrollHeight - 1
  && (el === document.scrollingElement || /auto|scroll/.test(getComputedStyle(el).overflowY))], [0, false])"""
_POLL = 20
_MOST_MOVES = 8
"""Pages that load one after the other by themselves; a visitor stops them then."""
_MOST_SCREENS = 60
_HURRIED = 2.0
_PICKED = ("date", "time", "datetime-local", "month", "week", "color", "range")
"""Fields whose signs stand in an order of the browser's own."""
_BY_WINDOW = ("covers", "off_screen")
"""What concerns the window and not a frame in it."""
_ADDED = ("unjudged", "shift")


class Visitor:
    """One tab as a visitor uses it, or the one in front where a press opened another."""

    def __init__(
        self, context: Any, page: Any, origin: str, gate: Gate, touch: bool = False,
        late: Callable[[], float] = lambda: 0.0,
    ) -> None:  # fmt: skip
        """late: seconds so far by which this machine was behind with its own work."""
        self.gate, self.late = gate, late
        self._touch = touch
        self._origin = origin
        self._ears = Ears(context, page, origin)
        self._sight = Sight(lambda: self._page, self._ears.own)
        self._focus = Focus(context)
        self._picture = b""

    def go(self, path: str) -> Deed:
        """Open a path of the origin; what comes of it stands in ``noise``."""
        self._ears.let_go()
        begun = time.monotonic()
        with contextlib.suppress(Exception):  # no answer, a loop of redirects: told as a failure by its event
            self._page.goto(self._origin + path, wait_until="commit", timeout=30_000)
        return Deed("done", waited=time.monotonic() - begun)

    def click(self, words: str, role: str | None, patience: float) -> Deed:
        """Press what bears these words: by its name first, then by its text."""
        found, waited = self._found(lambda: self._sight.pressable(words, role), patience)
        if found is None:
            return Deed("hidden" if self._sight.there(words) else "absent", waited=waited)
        if self._sight.chosen(found):
            return Deed("done", waited=waited)
        keyless = self._sight.keyless(found)
        unmarked = not keyless and not self._touch and self._focus.unseen(self._page, found, words)

        def press() -> None:
            try:
                found.click(timeout=_for(patience), no_wait_after=True)
            except Exception:
                spot = self._sight.free(found)
                if spot is None:
                    raise
                found.click(timeout=1000, no_wait_after=True, position=spot)

        self._ears.pressed()
        done = self._tried(press, 1, 0, waited)
        if done.outcome == "covered":
            done = replace(done, over=self._sight.over(found) or done.over)
        return replace(done, keyless=keyless, unmarked=unmarked)

    def fill(self, label: str, text: str, patience: float) -> Deed:
        """Type into the field of that label; nothing is typed where it stands there already.

        Dates and times are taken as HTML writes them, whatever order a browser shows them in: 2027-05-14, 18:30.
        """
        found, waited = self._found(lambda: self._sight.field(label), patience)
        if found is None:
            return Deed("absent", waited=waited)
        if found.input_value() == text:
            return Deed("done", waited=waited)

        picked = found.get_attribute("type") in _PICKED

        def typed() -> None:
            found.click(timeout=_for(patience))
            found.fill(text if picked else "")
            if not picked:
                found.press_sequentially(text)

        self._ears.pressed()
        return self._tried(typed, 1, len(re.sub(r"\W", "", text)) if picked else len(text), waited)

    def choose(self, label: str, text: str, patience: float) -> Deed:
        """Choose an entry of the list of that label (two clicks), or the radio button ``text`` (one)."""
        self._ears.pressed()
        first = min(patience, 1.0) if label != text else 0.0
        found, waited = self._found(lambda: self._sight.field(label, "select"), first)
        if found is not None:
            return self._tried(lambda: found.select_option(label=text, timeout=_for(patience)), 2, 0, waited)
        box, waited = self._found(lambda: self._sight.labelled(text), patience)
        if box is None:
            return Deed("absent", waited=waited)
        return self._tried(lambda: box.check(timeout=_for(patience)), 1, 0, waited)

    def expect(self, text: str, patience: float) -> Deed:
        """Look for a text until it is seen."""
        found, waited = self._found(lambda: self._sight.text(text), patience)
        if found is None:
            return Deed("hidden" if self._sight.there(text) else "absent", waited=waited)
        return Deed("done", waited=waited)

    def arrive(self, path: str, patience: float) -> Deed:
        """Wait until the path begins so."""
        there, waited = self._found(lambda: self._page.url.startswith(self._origin + path) or None, patience)
        return Deed("absent" if there is None else "done", waited=waited)

    def price(self, text: str, patience: float) -> Deed:
        """The amount in the smallest part of the page that holds the text and an amount; the last one there is."""
        amount: float | None = None
        found, waited = self._found(lambda: self._sight.text(text), patience)
        for _ in range(4 if found is not None else 0):
            amount = amount_in(found.inner_text(), text)
            if amount is not None:
                break
            found = found.locator("xpath=..")
        return Deed("absent" if amount is None else "done", waited=waited, amount=amount)

    def hover(self, words: str, role: str | None, patience: float) -> Deed:
        """Hold the pointer over what bears these words; a finger can only press it."""
        if self._touch:
            return self.click(words, role, patience)
        found, waited = self._found(lambda: self._sight.pressable(words, role), patience)
        if found is None:
            return Deed("hidden" if self._sight.there(words) else "absent", waited=waited)
        return self._tried(lambda: found.hover(timeout=_for(patience)), 1, 0, waited)

    def press(self, key: str) -> Deed:
        """Press a key where the page listens."""
        self._ears.pressed()
        return self._tried(lambda: self._page.keyboard.press(key), 0, 1, 0.0)

    def scroll(self, text: str, patience: float) -> Deed:
        """Scroll down, a screen at a time, until the text is before one's eyes; each screen is a press."""
        waited, screens = 0.0, 0
        while screens < _MOST_SCREENS:
            found = self._sight.find(lambda: self._sight.text(text), 0.0)
            if found is not None and self._before_eyes(found):
                return Deed("done", screens, 0, waited)
            if self._pushed():
                screens += 1
                self.rest(patience)
                continue
            begun = time.monotonic()
            while time.monotonic() - begun < patience:  # the end, unless more comes
                self._sight.pause(50)
                if self._sight.find(lambda: self._sight.text(text), 0.0) is not None or self._pushed():
                    break
            else:
                break
            waited += time.monotonic() - begun
        return Deed("hidden" if self._sight.there(text) else "absent", screens, 0, waited)

    def upload(self, label: str, name: str, patience: float) -> Deed:
        """Give a file of that name to the field of that label, or to the one that a button of that name asks with."""
        begun = time.monotonic()
        field = self._sight.find(lambda: self._sight.uploading(label), min(patience, 1.0))
        if field is not None:
            waited = time.monotonic() - begun
            return self._tried(lambda: field.set_input_files(paper(name), timeout=_for(patience)), 2, 0, waited)
        button, _ = self._found(lambda: self._sight.pressable(label, None), patience)
        waited = time.monotonic() - begun
        if button is None:
            return Deed("absent", waited=waited)

        def given() -> None:
            with self._page.expect_file_chooser(timeout=_for(patience)) as asked:
                button.click(timeout=_for(patience))
            asked.value.set_files(paper(name))

        return self._tried(given, 2, 0, waited)

    def wait(self, seconds: float) -> Deed:
        """Do nothing for so long."""
        self._sight.pause(seconds * 1000)
        return Deed("done")

    def rest(self, most: float, quiet: float = 0.1) -> float:
        """Wait until nothing has happened for ``quiet`` seconds, at most ``most``; seconds until the last thing did.

        A page that asks for news all the time is at rest between; one that loads itself again and again is stopped.
        """
        begun, moved, ears = time.monotonic(), self._ears.moved, self._ears
        while True:
            self._sight.pause(_POLL)
            now = time.monotonic()
            if ears.moved - moved > _MOST_MOVES:
                self._still()
                return now - begun
            if now - begun > most:
                told = ears.last - begun if ears.open and ears.leave_beside() else now - begun
                return max(0.0, told)
            still = not ears.open and now - max(ears.last, begun) > quiet and self._ready()
            if still and not ears.open and ears.last <= now:  # nothing was asked for while it was drawn
                return max(0.0, ears.last - begun)

    def look(self) -> Look:
        """What is on the page; what is read and entered stays in the browser but for its digest."""
        told: dict[str, Any] = {}
        for _ in range(20):  # a page that goes on to another one while it is looked at
            with contextlib.suppress(Exception):
                told = self._page.evaluate(_PROBE)
                break
            self._sight.pause(50)
        if not told:
            return Look(self._page.url, "", "", "", 0.0)
        for frame in list(self._sight.frames())[1:]:
            with contextlib.suppress(Exception):
                _join(told, frame.evaluate(_PROBE))
        told["text"], told["state"] = _digest(told["text"]), _digest(told["state"])
        plain: dict[str, Any] = {
            key: _tuples(value) if isinstance(value, list) else value for key, value in told.items()
        }
        return Look(**plain)

    def noise(self) -> Noise:
        """What the page did since it was last asked."""
        return self._ears.noise()

    def shot(self) -> bytes:
        """A picture of the window; the one before where none can be taken."""
        with contextlib.suppress(Exception):
            self._picture = self._page.screenshot(
                type="jpeg", quality=55, animations="disabled", caret="hide", timeout=5_000
            )
        return self._picture

    # How it is done

    @property
    def _page(self) -> Any:
        """The tab in front; where it crashed, an empty one."""
        return self._ears.tab()

    def _found(self, ask: Callable[[], Any], patience: float) -> tuple[Any, float]:
        begun = time.monotonic()
        found = self._sight.find(ask, patience)
        return found, time.monotonic() - begun

    def _tried(self, deed: Callable[[], Any], clicks: int, keystrokes: int, waited: float, again: bool = True) -> Deed:
        """Done, once more if something lay over it that could be put away, as a visitor would."""
        front = self._page
        try:
            deed()
        except Exception as error:  # noqa: BLE001  the browser's own errors, told apart by their words
            if front.is_closed():  # the press itself closed it
                return Deed("done", clicks, keystrokes, waited)
            over = re.search(r"(<.{1,300}?>[^\n]*) intercepts pointer events", str(error))
            if over and again and self._put_away():
                done = self._tried(deed, clicks + 1, keystrokes, waited, again=False)
                return replace(done, over=done.over or _said_of(over[1]))
            if over:
                return Deed("covered", clicks, keystrokes, waited, over=_said_of(over[1]))
            return Deed("refused", clicks, keystrokes, waited)
        self._ears.done()
        return Deed("done", clicks, keystrokes, waited)

    def _put_away(self) -> bool:
        """Put away the layer that lies over the page; whether there was a way to."""
        button = self._sight.way_out()
        with contextlib.suppress(Exception):
            if button is not None:
                button.click(timeout=1000)
                self._sight.pause(300)  # layers that fade
                return True
        return False

    def _ready(self) -> bool:
        with contextlib.suppress(Exception):
            return bool(self._page.evaluate(_AT_REST))
        return False

    def _still(self) -> None:
        with contextlib.suppress(Exception):
            self._page.evaluate("window.stop()")

    def _before_eyes(self, found: Any) -> bool:
        with contextlib.suppress(Exception):
            place, size = found.bounding_box(timeout=500), self._page.viewport_size
            return bool(place["y"] >= 0 and place["y"] + min(place["height"], 40) <= size["height"])
        return False

    def _pushed(self) -> bool:
        """Push the page up by most of a screen; whether it moved."""
        page = self._page
        with contextlib.suppress(Exception):
            size, (before, room) = page.viewport_size, page.evaluate(_SCROLLED)
            if not room:
                return False
            page.mouse.move(size["width"] / 2, size["height"] / 2)
            page.mouse.wheel(0, size["height"] * 0.8)
            for _ in range(6):
                self._sight.pause(25)
                if page.evaluate(_SCROLLED)[0] != before:
                    self._sight.pause(50)
                    return True
        return False


def _for(patience: float) -> float:
    """Milliseconds for a deed whose thing was found."""
    return 1000 * max(patience, _HURRIED)


def _join(told: dict[str, Any], frame: dict[str, Any]) -> None:
    """What is in a frame belongs to the page that shows it."""
    for key, value in frame.items():
        if key in ("text", "state"):
            told[key] += "\x01" + value
        elif key in _ADDED or (isinstance(value, list) and key not in _BY_WINDOW):
            told[key] += value
    told["password"] = told["password"] or frame["password"]


def _said_of(code: str) -> str:
    """What a piece of a page is called, by what is written in it, else by its tag."""
    code = re.sub(r" from <.*", "", code)  # in what it stands
    said = re.sub(r"<[^>]*>", " ", code.replace("…", " "))
    named = re.search(r'\b(?:aria-label|title)="([^"]+)"', code)
    marked = re.search(r'\b(?:id|class)="([^"]+)"', code)
    tag = re.match(r"<(\w+)", code)
    bare = f"{tag[1] if tag else 'something'} {marked[1] if marked else ''}".strip()
    return (" ".join(said.split()) or (named[1] if named else bare))[:80]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple(one) if isinstance(one, list) else one for one in values)
