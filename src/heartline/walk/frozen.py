"""A tab that answers nothing any more, as an endless loop in a page makes it: a walk would wait for it for ever."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

PATIENCE_S = 20.0
"""How long a tab may answer nothing."""
_EVERY_S = 2.0


def watch(context: Any, page: Any, froze: Callable[[Any], None]) -> None:
    """Ask a tab now and then whether it answers, until it is closed. One that does not is made to crash.

    froze: is given it just before. What is asked runs beside the walk, which waits for the tab meanwhile.
    """
    from greenlet import greenlet  # Playwright's own way of doing two things at once
    from playwright.sync_api import TimeoutError as NoAnswer

    loop = asyncio.get_running_loop()
    line = context.new_cdp_session(page)  # made while it answers: afterwards none is

    def ask() -> None:
        with contextlib.suppress(Exception):  # it crashed by itself, or went meanwhile
            try:
                page.wait_for_function("() => true", timeout=PATIENCE_S * 1000)
            except NoAnswer:
                froze(page)
                line.send("Page.crash")
        if not page.is_closed():
            later()

    def later() -> None:
        loop.call_later(_EVERY_S, lambda: greenlet(ask).switch())

    later()
