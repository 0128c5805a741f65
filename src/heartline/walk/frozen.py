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

    froze: is given it just before. What is asked runs beside the walk, which waits for the tab meanwhile; how long that
    may take is kept here, since the browser's own limits may wait for the tab as well.
    """
    from greenlet import greenlet  # Playwright's own way of doing two things at once

    loop = asyncio.get_running_loop()
    line = context.new_cdp_session(page)  # made while it answers: afterwards none is

    def beside(deed: Callable[[], None], after: float) -> asyncio.TimerHandle:
        return loop.call_later(after, lambda: greenlet(deed).switch())

    def ask() -> None:
        late = beside(crash, PATIENCE_S)
        with contextlib.suppress(Exception):  # it went on to another page, crashed by itself, or was closed
            line.send("Runtime.evaluate", {"expression": "1"})
        late.cancel()
        if not page.is_closed():
            beside(ask, _EVERY_S)

    def crash() -> None:
        froze(page)
        with contextlib.suppress(Exception):  # it went meanwhile
            line.send("Page.crash")

    beside(ask, _EVERY_S)
