"""Finds things as people do: by what is seen or said of them, in the page and in its own frames."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_PRESSED = ("button", "link", "tab", "menuitem", "checkbox", "radio", "switch")
_KEYLESS = (Path(__file__).parent / "keyless.js").read_text("utf-8")


_WAY_OUT = (Path(__file__).parent / "way_out.js").read_text("utf-8")
_FREE = """(el) => {
  const r = el.getBoundingClientRect();
  const spots = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((x) => [0.15, 0.5, 0.85].map((y) => [r.width * x, r.height * y]))
    .map(([x, y]) => ({ x, y }));
  const free = spots.filter((spot) => {
    const on = document.elementFromPoint(r.left + spot.x, r.top + spot.y);
    return on && (on === el || el.contains(on));
  });
  return free.length * 4 >= spots.length ? free[0] : null;
}"""  # where a quarter of it or more is free, a person presses there
_OVER = """(el) => {
  const r = el.getBoundingClientRect();
  const on = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
  return on && !on.contains(el) ? on.ariaLabel || on.title || on.innerText || "" : "";
}"""
_CHOSEN = """(el) => {
  const box = el.closest("label")?.control || el;
  return box.type === "radio" ? box.checked : box.getAttribute("role") === "radio" && box.ariaChecked === "true";
}"""


class Sight:
    """Looks for things in the tab that is in front. page: gives it."""

    def __init__(self, page: Callable[[], Any], own: Callable[[str], bool]) -> None:
        self._page, self._own = page, own

    def find(self, ask: Callable[[], Any], patience: float) -> Any:
        """What ``ask`` finds, asked until it does or patience is at an end."""
        until = time.monotonic() + patience
        while True:
            with contextlib.suppress(Exception):  # the page changed under the question
                found = ask()
                if found is not None:
                    return found
            if time.monotonic() >= until:
                return None
            self.pause(50)

    def pause(self, milliseconds: float) -> None:
        """Let the page go on."""
        try:
            self._page().wait_for_timeout(milliseconds)
        except Exception:  # noqa: BLE001  the tab went meanwhile
            time.sleep(milliseconds / 1000)

    def frames(self) -> Iterator[Any]:
        """The page, and the frames in it that are its own and seen."""
        page = self._page()
        yield page.main_frame
        for frame in page.frames[1:]:
            with contextlib.suppress(Exception):  # it went meanwhile
                if self._own(frame.url) and frame.frame_element().is_visible():
                    yield frame

    def pressable(self, words: str, role: str | None) -> Any:
        """What bears these words: by its name first, then by its text."""
        roles = (role,) if role else _PRESSED
        for page in self.frames():
            exact = [page.get_by_role(one, name=words, exact=True) for one in roles]
            part = [page.get_by_role(one, name=words) for one in roles]
            rest = [] if role else [page.get_by_text(words, exact=True), page.get_by_text(words)]
            found = _seen([*exact, *part, *rest])
            if found is not None:
                return found
        return None

    def field(self, label: str, kind: str = "input, textarea") -> Any:
        """By its label or name; last, as the eye does it, what follows the text."""
        for page in self.frames():
            these = page.locator(kind)
            told = [page.get_by_label(label, exact=True).and_(these), page.get_by_label(label).and_(these)]
            hinted = [page.get_by_placeholder(label).and_(these)]
            found = _seen([*told, *hinted]) or self._after(page, label, kind)
            if found is not None:
                return found
        return None

    def uploading(self, label: str) -> Any:
        """The field for a file of that label, which may be hidden behind a button that looks better."""
        for page in self.frames():
            found = page.get_by_label(label).and_(page.locator("input[type=file]"))
            if found.count():
                return found.first
        return None

    def labelled(self, text: str) -> Any:
        """What has this label."""
        return self._first(lambda page: page.get_by_label(text))

    def text(self, text: str) -> Any:
        """Where this text is seen."""
        return self._first(lambda page: page.get_by_text(text))

    def there(self, text: str) -> bool:
        """Whether it stands in the page, although nobody sees it."""
        with contextlib.suppress(Exception):
            return any(page.get_by_text(text).count() for page in self.frames())
        return False

    def keyless(self, found: Any) -> bool:
        """Whether it is made to be pressed, and no keyboard comes to it; False where that cannot be said."""
        with contextlib.suppress(Exception):
            return bool(found.evaluate(_KEYLESS, timeout=500))
        return False

    def chosen(self, found: Any) -> bool:
        """Whether it is one of several to choose, and is chosen already."""
        with contextlib.suppress(Exception):
            return bool(found.evaluate(_CHOSEN, timeout=500))
        return False

    def free(self, found: Any) -> Any:
        """Where it can be pressed although something lies over its middle; None where most of it is covered."""
        with contextlib.suppress(Exception):
            return found.evaluate(_FREE, timeout=500)
        return None

    def over(self, found: Any) -> str:
        """What lies over its middle, by name or what is written on it; empty where that cannot be said."""
        with contextlib.suppress(Exception):
            return " ".join(str(found.evaluate(_OVER, timeout=500)).split())[:80]
        return ""

    def way_out(self) -> Any:
        """What puts away a layer that lies over the page; None where nothing does."""
        with contextlib.suppress(Exception):
            return self._page().evaluate_handle(_WAY_OUT).as_element()
        return None

    def _first(self, ask: Callable[[Any], Any]) -> Any:
        for page in self.frames():
            found = _seen([ask(page)])
            if found is not None:
                return found
        return None

    def _after(self, page: Any, label: str, kind: str) -> Any:
        said = re.compile(rf"^\s*{re.escape(label)}\s*[:*\s]*$")
        text = _seen([page.get_by_text(label, exact=True), page.get_by_text(said)])
        if text is None:
            return None
        names = " or ".join(f"self::{one.strip()}" for one in kind.split(","))
        return _seen([text.locator(f"xpath=(descendant::*[{names}] | following::*[{names}])[1]")])


def _seen(candidates: list[Any]) -> Any:
    for one in candidates:
        visible = one.locator("visible=true")
        if visible.count():
            return visible.first
    return None
