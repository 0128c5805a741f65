"""Hears what happens in the tabs of a visit: requests, answers, errors, boxes, new tabs."""

from __future__ import annotations

import contextlib
import re
import time
from typing import Any
from urllib.parse import urlsplit

from heartline.walk.frozen import watch
from heartline.walk.step import MOST, Failure, Noise

LASTING = ("websocket", "eventsource", "ping")
"""Requests that are not waited for."""
_BESIDE = ("fetch", "xhr")
_STREAK = 5
"""The same asked so often, one after the other and nothing between: a page that asks whether there is news."""
_KEPT = {"script": "is not defined", "fetch": "Failed to fetch", "xhr": "NetworkError"}
"""What a page's own script says where the gate kept something of this kind from it."""


class Ears:
    """What was heard since it was last asked for.

    open: requests that are waited for; last: when something that is waited for happened last; moved: pages loaded
    tabs: those that are open, the one in front last; fallen: tabs that crashed
    """

    def __init__(self, context: Any, page: Any, origin: str) -> None:
        self._context, self._origin = context, origin
        self.tabs = [page]
        self.fallen: set[Any] = set()
        self._frozen: set[Any] = set()
        self.open: dict[Any, tuple[str, Any]] = {}
        self.last = time.monotonic()
        self.moved = 0
        self._loaded = 0
        self._making = False
        self._pressed_at: int | None = None
        self._streak = ("", 0, self.last)
        self._beside: set[str] = set()
        self._tell: dict[str, list[Any]] = {}
        self._kinds: set[str] = set()
        self._hosts: set[str] = set()  # for the whole visit: a message may come later than what it is about
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("requestfinished", self._over)
        context.on("requestfailed", self._failed)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._error(str(error.error)))
        context.on("dialog", self._dialog)
        context.on("page", self._tab)
        self._attend(page)

    def pressed(self) -> None:
        """A press: what opens from now on and until a page is loaded was asked for."""
        self._pressed_at = self._loaded

    def let_go(self) -> None:
        """What opens from now on opens by itself."""
        self._pressed_at = None

    def tab(self) -> Any:
        """The tab in front; an empty one where it crashed, the one before where it leads to another site."""
        while len(self.tabs) > 1 and not self.own(self.tabs[-1].url):
            self.close(self.tabs[-1])
        while self.tabs[-1] in self.fallen:
            gone = self.tabs.pop()
            if not self.tabs:
                self._making = True
                self.tabs.append(self._context.new_page())
                self._making = False
                self._attend(self.tabs[-1])
            with contextlib.suppress(Exception):
                gone.close()
        return self.tabs[-1]

    def done(self) -> None:
        """Something was done to the page."""
        self.last = time.monotonic()

    def noise(self) -> Noise:
        """What the page did since it was last asked."""
        told = {name: tuple(heard) for name, heard in self._tell.items()}
        moved, self.moved, self._tell = self.moved, 0, {}
        tabs = len(told.pop("tabs", ()))
        return Noise(moved, tabs=tabs, **told)

    def own(self, address: str) -> bool:
        """Whether an address is on the origin, or no place in the net at all."""
        told = urlsplit(address)
        if told.scheme not in ("http", "https"):
            return True  # data, blob, about: nothing leaves the browser
        return f"{told.scheme}://{told.netloc}".lower() == self._origin

    def leave_beside(self) -> bool:
        """Take what is still under way for news that is asked for all the time; False where it is more than that."""
        if not all(map(self._waits, self.open)):
            return False
        self._beside |= {key for key, _ in self.open.values()}
        self.open.clear()
        return True

    @staticmethod
    def _waits(request: Any) -> bool:
        return request.resource_type in _BESIDE

    # Requests

    def _asked(self, request: Any) -> None:
        if not self.own(request.url):
            self._told("blocked", re.sub(r"[?#].*", "", request.url)[:200])
            self._kinds.add(request.resource_type)
            self._hosts.add(urlsplit(request.url).netloc)
            return
        tab = _tab_of(request)
        if self._main(request):
            if request.redirected_from is None and tab in self.tabs:
                self.moved += 1
                self._loaded += 1
                self._kinds.clear()
            elif request.redirected_from is not None:
                self._told("hops", request.redirected_from.url)
        key = f"{request.method} {bare(request.url)}"
        if request.resource_type in _BESIDE:
            name, times, before = self._streak
            # a few may be under way: an answer whose body nobody reads ends late; more of them at once is no news
            alone = all(map(self._waits, self.open)) and sum(of == key for of, _ in self.open.values()) < _STREAK - 1
            again = name == key and alone
            self._streak = (key, times + 1, before) if again else (key, 1, self.last)
            if self._streak[1] == _STREAK:
                self._beside.add(key)
                self.last = before
        else:
            self._streak = ("", 0, self.last)
        if request.resource_type not in LASTING and not (request.resource_type in _BESIDE and key in self._beside):
            self.open[request] = (key, tab)
            self.last = time.monotonic()

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and self.own(response.url) and not response.url.endswith("/favicon.ico"):
            self._told("failures", Failure(bare(response.url), response.status, self._main(response.request)))

    def _over(self, request: Any) -> None:
        if self.open.pop(request, None) is not None:
            self.last = time.monotonic()

    def _failed(self, request: Any) -> None:
        why = request.failure or ""
        self._over(request)
        if self.own(request.url) and "ERR_ABORTED" not in why:
            self._told("failures", Failure(bare(request.url), 0, self._main(request), why[:100]))

    def _main(self, request: Any) -> bool:
        with contextlib.suppress(Exception):  # a tab that is not there yet, or no longer
            return bool(request.is_navigation_request() and request.frame.parent_frame is None)
        return bool(request.is_navigation_request())

    # Errors, boxes, tabs

    def _said(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._error(message.text)

    def _error(self, text: str) -> None:
        """A script's error, unless it is about what the gate kept from it."""
        kept = [said for kind, said in _KEPT.items() if kind in self._kinds]
        if not any(one in text for one in [*self._hosts, *kept]):
            self._told("console", text[:300])

    @property
    def _asked_for(self) -> bool:
        return self._pressed_at is not None and self._pressed_at == self._loaded

    def _dialog(self, dialog: Any) -> None:
        wanted = self._asked_for and dialog.type != "beforeunload"
        said = dialog.message[:100] or ("may I let you go?" if dialog.type == "beforeunload" else dialog.type)
        self._told("dialogs" if wanted else "windows", said)
        with contextlib.suppress(Exception):
            dialog.accept()
        self.done()

    def _tab(self, page: Any) -> None:
        """A new tab: in front where a press opened it, closed where it came by itself."""
        if page in self.tabs or self._making:
            return
        if self._asked_for:
            self.tabs.append(page)
            self._told("tabs", page)
            self._attend(page)
            self.done()
            return
        self._told("windows", bare(page.url))
        self.close(page)

    def _attend(self, page: Any) -> None:
        page.on("framenavigated", self._navigated)
        page.on("download", lambda given: self._told("downloads", given.suggested_filename[:100]))
        page.on("crash", self._crashed)
        page.on("close", self._closed)
        with contextlib.suppress(Exception):  # it went meanwhile
            watch(self._context, page, self._frozen.add)

    def _navigated(self, frame: Any) -> None:
        if frame.parent_frame is None:
            self.last = time.monotonic()

    def close(self, page: Any) -> None:
        """Close a tab; what it still asked for is waited for no longer."""
        if page in self.tabs and len(self.tabs) > 1:
            self.tabs.remove(page)
        with contextlib.suppress(Exception):
            page.close()
        self._forget(page)

    def _forget(self, page: Any) -> None:
        self.open = {request: of for request, of in self.open.items() if of[1] != page}

    def _crashed(self, page: Any) -> None:
        self.fallen.add(page)
        self._forget(page)
        why = "the tab answered nothing any more" if page in self._frozen else "the tab crashed"
        self._told("failures", Failure(bare(page.url), 0, True, why))

    def _closed(self, page: Any) -> None:
        self._forget(page)
        if page in self.tabs and len(self.tabs) > 1:
            self.tabs.remove(page)
            self.done()

    def _told(self, what: str, heard: Any) -> None:
        told = self._tell.setdefault(what, [])
        if len(told) < MOST:
            told.append(heard)


def _tab_of(request: Any) -> Any:
    with contextlib.suppress(Exception):  # a tab that is not there yet
        return request.frame.page
    return None


def bare(address: str) -> str:
    """Without what may hold somebody's data."""
    return re.sub(r"[?#].*", "", address)[:300]
