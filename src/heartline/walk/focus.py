"""Whether it is seen that the keyboard has come to what is pressed; told only where style and picture stay the same."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

_ASK = (Path(__file__).parent / "focus.js").read_text("utf-8")
_HELD = "window.__heartlineFocus"
_AROUND = 12
_SETTLES = 400
"""Milliseconds until a transition is over."""


class Focus:
    """Looks at each thing of a page once."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._asked: set[tuple[str, str]] = set()

    def unseen(self, page: Any, found: Any, words: str) -> bool:
        """Whether nothing shows that a keyboard has come to it; False where that cannot be said.

        First as style sheets have it, which touches nothing; where they change nothing, as keyboards do it: code of the
        page may mark it. What is typed into shows its caret and is not asked.
        """
        key = (page.url.partition("?")[0].partition("#")[0], words)
        if key in self._asked:
            return False
        self._asked.add(key)
        with contextlib.suppress(Exception):  # it went meanwhile, or lies in a frame
            found.scroll_into_view_if_needed(timeout=1000)
            place = found.evaluate(_ASK, timeout=500)
            return bool(place) and self._plain(page) and self._dark(page, place)
        return False

    def _plain(self, page: Any) -> bool:
        """Whether no style of it or of what belongs to it changes with the focus."""
        line = self._context.new_cdp_session(page)
        try:
            line.send("DOM.enable")
            line.send("CSS.enable")
            line.send("DOM.getDocument", {"depth": 0})
            held = line.send("Runtime.evaluate", {"expression": f"{_HELD}.own"})["result"]["objectId"]
            node = line.send("DOM.requestNode", {"objectId": held})["nodeId"]
            before = page.evaluate(f"{_HELD}.drawn()")
            states = ["focus", "focus-visible", "focus-within"]
            line.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": states})
            after = page.evaluate(f"{_HELD}.drawn()")
            line.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": []})
            return bool(before == after)
        finally:
            line.detach()

    def _dark(self, page: Any, place: dict[str, float]) -> bool:
        """Whether it looks the same before and after the keyboard has come to it."""
        size = page.viewport_size
        left, top = max(0.0, place["x"] - _AROUND), max(0.0, place["y"] - _AROUND)
        right = min(size["width"], place["x"] + place["width"] + _AROUND)
        bottom = min(size["height"], place["y"] + place["height"] + _AROUND)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        before = page.screenshot(clip=clip, animations="disabled")
        page.evaluate(f"{_HELD}.own.focus({{ preventScroll: true }})")
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")  # now it has come there by keyboard
        page.wait_for_timeout(_SETTLES)
        if not page.evaluate(f"{_HELD}.own === document.activeElement"):
            return False
        return bool(before == page.screenshot(clip=clip, animations="disabled"))
