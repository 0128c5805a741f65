"""A visitor who looks at a whole site: also at what is folded away, further down, and out of a keyboard's reach."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

from heartline.walk.visitor import BASE, Visitor

_HERE = Path(__file__).parent
_LINKS = f"() => {{\n{BASE}return links;}}"
_UNFOLD, _TABS = (f"() => {{\n{BASE}{(_HERE / f'{one}.js').read_text('utf-8')}}}" for one in ("unfold", "tabs"))
_MOST_REACHED = 70
"""Things on a page that are gone through by keyboard; where there are more, it is not asked."""


class Reader(Visitor):
    """Sends nothing: it is for a browser from which only GET and HEAD come out."""

    def source(self, path: str) -> tuple[int, str]:
        """Status and text of a file as it is sent; 0 and nothing where none came."""
        self._ears.let_go()
        self.noise()
        with contextlib.suppress(Exception):  # an answer without anything in it is an error to the browser
            answer = self._page.goto(self._origin + path, timeout=30_000)
            if answer is not None and self._ears.own(answer.url):
                return int(answer.status), str(answer.text())
        return max((one.status for one in self.noise().failures if one.page), default=0), ""

    def text(self) -> str:
        """All that is written on the page."""
        with contextlib.suppress(Exception):
            return str(self._page.evaluate("() => document.body ? document.body.innerText : ''"))
        return ""

    def unfold(self, menus: bool, screens: int) -> tuple[tuple[str, str], ...]:
        """Name and address of ways that are seen only when something is unfolded, pointed at, or scrolled to."""
        at, found = self._page.url, dict.fromkeys(self._links())
        first = set(found)
        for way, thing in self._folded() if menus else ():
            with contextlib.suppress(Exception):  # it went, or does not take it
                if way == "press":
                    thing.click(timeout=700, no_wait_after=True)
                elif not self._touch:
                    thing.hover(timeout=700)
                self._sight.pause(30)
            if self._page.url.split("#")[0] != at.split("#")[0]:  # it led away; all else is left as it is
                self.rest(3.0)
                break
            found.update(dict.fromkeys(self._links()))
        for _ in range(screens):
            if not self._pushed():
                break
            self.rest(2.0)
            found.update(dict.fromkeys(self._links()))
        return tuple(one for one in found if one not in first)

    def trapped(self) -> tuple[str, ...]:
        """What a keyboard comes to and cannot leave, by Tab or Escape; nothing where that cannot be said."""
        with contextlib.suppress(Exception):
            count = self._page.evaluate(_TABS)
            if not 0 < count <= _MOST_REACHED:
                return ()
            self._tab_on(count + 4)
            told: dict[str, Any] = self._page.evaluate("() => window.__heartlineTabs")
            came, names = told["seen"], told["names"]
            missed = [one for one in range(count) if one not in came]
            if -1 in came or not came or not missed or not any(map(self._a_stop, missed[:3])):
                return ()
            held = set(came[-count:]) if len(came) > count + 2 else {came[-1]}
            self._page.evaluate("(at) => window.__heartlineTabs.to(at)", came[-1])
            self._page.keyboard.press("Escape")
            self._tab_on(2)
            after = self._page.evaluate("() => window.__heartlineTabs.at()")
            return () if after not in held else tuple(names[one] for one in sorted(held))
        return ()

    def _tab_on(self, times: int) -> None:
        for _ in range(times):
            self._page.keyboard.press("Tab")

    def _a_stop(self, at: int) -> bool:
        """Whether the keyboard does come to that thing, from what is behind it."""
        self._page.evaluate("(at) => window.__heartlineTabs.to(at)", at)
        self._page.keyboard.press("Tab")
        self._page.keyboard.press("Shift+Tab")
        return bool(self._page.evaluate("() => window.__heartlineTabs.at()") == at)

    def _links(self) -> list[tuple[str, str]]:
        for _ in range(3):
            with contextlib.suppress(Exception):
                return [(name, to) for name, to in self._page.evaluate(_LINKS)]
            time.sleep(0.05)
        return []

    def _folded(self) -> list[tuple[str, Any]]:
        with contextlib.suppress(Exception):
            told = self._page.evaluate_handle(_UNFOLD)
            parts = [one for _, one in sorted(told.get_properties().items(), key=lambda part: int(part[0]))]
            return [(way.json_value(), thing.as_element()) for way, thing in zip(parts[::2], parts[1::2], strict=True)]
        return []
