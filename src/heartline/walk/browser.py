"""A real browser with a fresh profile that reaches one origin and nothing else. The only file that drives one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from heartline.errors import WalkError
from heartline.walk.gate import Gate
from heartline.walk.money import amount_in
from heartline.walk.script import origin_of
from heartline.walk.step import Deed, Failure, Look, Noise, Outcome

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_HERE = Path(__file__).parent
_PROBE = (_HERE / "probe.js").read_text("utf-8")
_WATCH = (_HERE / "watch.js").read_text("utf-8")
_DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "mobile": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True,
               "device_scale_factor": 1},
}  # fmt: skip
_SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
_FLAGS = (
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # names are looked up by the gate alone
)
_AT_REST = """() => document.readyState === "complete" && new Promise((drawn) => {
  requestAnimationFrame(() => setTimeout(() => drawn(true)));
  setTimeout(() => drawn(true), 200);
})"""  # what is shown is drawn, so that its shifts are counted
_POLL = 20
_LASTING = ("websocket", "eventsource", "ping")
_KEPT = {"script": "is not defined", "fetch": "Failed to fetch", "xhr": "NetworkError"}
"""What a page's own script says where the gate kept something of this kind from it."""
_PRESSED = ("button", "link", "tab", "menuitem", "checkbox", "radio", "switch")


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium without a window. WalkError where it or the extra ``walk`` is missing."""
    try:
        from playwright.sync_api import sync_playwright  # an extra: only where a walk is walked
    except ImportError as missing:
        raise WalkError(
            "walks need the package playwright, which is not installed", "the extra walk",
            "pip install 'heartline[walk]'",
        ) from missing  # fmt: skip
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise WalkError("there is no Chromium on this machine", " or ".join(BROWSERS), "apt-get install chromium")
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as opened:
        browser = opened.chromium.launch(executable_path=found, args=[*_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(
    browser: Any, origin: str, device: str = "desktop", network: str = "full", reading: bool = False
) -> Iterator[Visitor]:
    """A visitor with a fresh profile on one origin. reading: nothing but GET and HEAD leaves the browser."""
    with Gate(origin, reading) as gate:
        context = browser.new_context(
            **_DEVICES[device], proxy={"server": gate.address, "bypass": "<-loopback>"}, service_workers="block",
            accept_downloads=False, locale="en-GB",
        )  # fmt: skip
        try:
            if reading:
                context.route("**/*", _read_only)
            context.add_init_script(_WATCH)
            page = context.new_page()
            if network == "slow_4g":
                context.new_cdp_session(page).send("Network.emulateNetworkConditions", _SLOW_4G)
            yield Visitor(page, origin_of(origin), gate)
        finally:
            context.close()


def _read_only(route: Any) -> None:
    if route.request.method in ("GET", "HEAD"):
        route.continue_()
    else:
        route.abort()


class Visitor:
    """One tab as a visitor uses it. Finds things by what is seen or said of them, never by their place in the code."""

    def __init__(self, page: Any, origin: str, gate: Gate) -> None:
        self.gate = gate
        self._page, self._origin = page, origin
        self._open: set[Any] = set()
        self._last = time.monotonic()
        self._moved = 0
        self._console: list[str] = []
        self._failures: list[Failure] = []
        self._windows: list[str] = []
        self._blocked: list[str] = []
        self._kinds: set[str] = set()
        self._hosts: set[str] = set()  # for the whole visit: a message may come later than what it is about
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._failed)
        page.on("framenavigated", self._navigated)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._error(str(error)))
        page.on("popup", self._window)
        page.on("dialog", self._dialog)

    def go(self, path: str) -> Deed:
        """Open a path of the origin; what comes of it stands in ``noise``."""
        with contextlib.suppress(Exception):  # no answer, a loop of redirects: told as a failure by its event
            self._page.goto(self._origin + path, wait_until="commit", timeout=30_000)
        return Deed("done")

    def click(self, words: str, role: str | None, patience: float) -> Deed:
        """Press what bears these words: by its name first, then by its text."""
        begun = time.monotonic()
        found = self._find(lambda: self._pressable(words, role), patience)
        waited = time.monotonic() - begun
        if found is None:
            return Deed("hidden" if self._there(words) else "absent", waited=waited)
        return Deed(self._tried(lambda: found.click(timeout=patience * 1000, no_wait_after=True)), 1, 0, waited)

    def fill(self, label: str, text: str, patience: float) -> Deed:
        """Type into the field of that label; nothing is typed where it stands there already."""
        begun = time.monotonic()
        found = self._find(lambda: self._field(label), patience)
        waited = time.monotonic() - begun
        if found is None:
            return Deed("absent", waited=waited)
        if found.input_value() == text:
            return Deed("done", waited=waited)

        def typed() -> None:
            found.click(timeout=patience * 1000)
            found.fill("")
            found.press_sequentially(text)

        return Deed(self._tried(typed), 1, len(text), waited)

    def choose(self, label: str, text: str, patience: float) -> Deed:
        """Choose an entry of the list of that label (two clicks), or the radio button ``text`` (one)."""
        begun = time.monotonic()
        found = self._find(lambda: self._field(label, "select"), min(patience, 1.0) if label != text else 0.0)
        if found is not None:
            waited = time.monotonic() - begun
            return Deed(self._tried(lambda: found.select_option(label=text, timeout=patience * 1000)), 2, 0, waited)
        box = self._find(lambda: self._seen([self._page.get_by_label(text)]), patience)
        waited = time.monotonic() - begun
        if box is None:
            return Deed("absent", waited=waited)
        return Deed(self._tried(lambda: box.check(timeout=patience * 1000)), 1, 0, waited)

    def expect(self, text: str, patience: float) -> Deed:
        """Look for a text until it is seen."""
        begun = time.monotonic()
        found = self._find(lambda: self._seen([self._page.get_by_text(text)]), patience)
        waited = time.monotonic() - begun
        if found is None:
            return Deed("hidden" if self._there(text) else "absent", waited=waited)
        return Deed("done", waited=waited)

    def arrive(self, path: str, patience: float) -> Deed:
        """Wait until the path begins so."""
        begun = time.monotonic()
        there = self._find(lambda: self._page.url.startswith(self._origin + path) or None, patience)
        return Deed("absent" if there is None else "done", waited=time.monotonic() - begun)

    def price(self, text: str, patience: float) -> Deed:
        """The amount in the smallest part of the page that holds the text and an amount; the last one there is."""
        begun = time.monotonic()
        amount: float | None = None
        found = self._find(lambda: self._seen([self._page.get_by_text(text)]), patience)
        waited = time.monotonic() - begun
        for _ in range(4 if found is not None else 0):
            amount = amount_in(found.inner_text(), text)
            if amount is not None:
                break
            found = found.locator("xpath=..")
        return Deed("absent" if amount is None else "done", waited=waited, amount=amount)

    def rest(self, most: float, quiet: float = 0.1) -> float:
        """Wait until nothing has happened for ``quiet`` seconds, at most ``most``; seconds until the last thing did."""
        begun = time.monotonic()
        while True:
            self._page.wait_for_timeout(_POLL)
            now = time.monotonic()
            if now - begun > most:
                return now - begun
            if not self._open and now - max(self._last, begun) > quiet and self._ready():
                return max(0.0, self._last - begun)

    def look(self) -> Look:
        """What is on the page; what is read and entered stays in the browser but for its digest."""
        told: dict[str, Any] = {}
        for _ in range(20):  # a page that goes on to another one while it is looked at
            with contextlib.suppress(Exception):
                told = self._page.evaluate(_PROBE)
                break
            self._page.wait_for_timeout(50)
        if not told:
            return Look(self._page.url, "", "", "", 0.0)
        told["text"], told["state"] = _digest(told["text"]), _digest(told["state"])
        plain: dict[str, Any] = {
            key: _tuples(value) if isinstance(value, list) else value for key, value in told.items()
        }
        return Look(**plain)

    def noise(self) -> Noise:
        """What the page did since it was last asked."""
        told = Noise(
            self._moved, tuple(self._console), tuple(self._failures), tuple(self._windows), tuple(self._blocked)
        )
        self._moved, self._console, self._failures, self._windows, self._blocked = 0, [], [], [], []
        return told

    def shot(self) -> bytes:
        """A picture of the window."""
        made: bytes = self._page.screenshot(type="jpeg", quality=55, animations="disabled", caret="hide")
        return made

    def text(self) -> str:
        """All that is written on the page."""
        told: str = self._page.evaluate("() => document.body ? document.body.innerText : ''")
        return told

    # What is found

    def _find(self, ask: Callable[[], Any], patience: float) -> Any:
        until = time.monotonic() + patience
        while True:
            with contextlib.suppress(Exception):  # the page changed under the question
                found = ask()
                if found is not None:
                    return found
            if time.monotonic() >= until:
                return None
            self._page.wait_for_timeout(50)

    def _seen(self, candidates: list[Any]) -> Any:
        for one in candidates:
            visible = one.locator("visible=true")
            if visible.count():
                return visible.first
        return None

    def _pressable(self, words: str, role: str | None) -> Any:
        page = self._page
        roles = (role,) if role else _PRESSED
        exact = [page.get_by_role(one, name=words, exact=True) for one in roles]
        part = [page.get_by_role(one, name=words) for one in roles]
        rest = [] if role else [page.get_by_text(words, exact=True), page.get_by_text(words)]
        return self._seen([*exact, *part, *rest])

    def _field(self, label: str, kind: str = "input, textarea") -> Any:
        """By its label or name; last, as the eye does it, what follows the text."""
        page = self._page
        these = page.locator(kind)
        told = [page.get_by_label(label, exact=True).and_(these), page.get_by_label(label).and_(these)]
        hinted = [page.get_by_placeholder(label).and_(these)]
        return self._seen([*told, *hinted]) or self._after(label, kind)

    def _after(self, label: str, kind: str) -> Any:
        text = self._seen([self._page.get_by_text(label, exact=True)])
        if text is None:
            return None
        names = " or ".join(f"self::{one.strip()}" for one in kind.split(","))
        return self._seen([text.locator(f"xpath=following::*[{names}][1]")])

    def _there(self, text: str) -> bool:
        """Whether it stands in the page, although nobody sees it."""
        with contextlib.suppress(Exception):
            return bool(self._page.get_by_text(text).count())
        return False

    def _tried(self, deed: Callable[[], Any]) -> Outcome:
        try:
            deed()
        except Exception as error:  # noqa: BLE001  the browser's own errors, told apart by their words
            return "covered" if "intercepts pointer events" in str(error) else "refused"
        self._last = time.monotonic()
        return "done"

    def _ready(self) -> bool:
        with contextlib.suppress(Exception):
            return bool(self._page.evaluate(_AT_REST))
        return False

    # What the page does

    def _own(self, address: str) -> bool:
        told = urlsplit(address)
        if told.scheme not in ("http", "https"):
            return True  # data, blob, about: nothing leaves the browser
        return f"{told.scheme}://{told.netloc}".lower() == self._origin

    def _asked(self, request: Any) -> None:
        if not self._own(request.url):
            self._blocked.append(re.sub(r"[?#].*", "", request.url)[:200])
            self._kinds.add(request.resource_type)
            self._hosts.add(urlsplit(request.url).netloc)
            return
        if self._main(request) and request.redirected_from is None:
            self._moved += 1
            self._kinds.clear()
        if request.resource_type not in _LASTING:
            self._open.add(request)
            self._last = time.monotonic()

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and self._own(response.url) and not response.url.endswith("/favicon.ico"):
            self._failures.append(Failure(_bare(response.url), response.status, self._main(response.request)))

    def _over(self, request: Any) -> None:
        if request in self._open:
            self._open.discard(request)
            self._last = time.monotonic()

    def _failed(self, request: Any) -> None:
        why = request.failure or ""
        self._over(request)
        if self._own(request.url) and "ERR_ABORTED" not in why:
            self._failures.append(Failure(_bare(request.url), 0, self._main(request), why[:100]))

    def _main(self, request: Any) -> bool:
        return bool(request.is_navigation_request() and request.frame == self._page.main_frame)

    def _navigated(self, frame: Any) -> None:
        if frame == self._page.main_frame:
            self._last = time.monotonic()

    def _said(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._error(message.text)

    def _error(self, text: str) -> None:
        """A script's error, unless it is about what the gate kept from it."""
        kept = [said for kind, said in _KEPT.items() if kind in self._kinds]
        if not any(one in text for one in [*self._hosts, *kept]):
            self._console.append(text[:300])

    def _window(self, window: Any) -> None:
        self._windows.append(_bare(window.url))
        with contextlib.suppress(Exception):
            window.close()

    def _dialog(self, dialog: Any) -> None:
        self._windows.append(dialog.message[:100])
        dialog.accept()


def _bare(address: str) -> str:
    """Without what may hold somebody's data."""
    return re.sub(r"[?#].*", "", address)[:300]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple(one) if isinstance(one, list) else one for one in values)
