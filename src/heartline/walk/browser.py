"""A real browser with a fresh profile that reaches one origin and nothing else. The only file that drives one."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from heartline.errors import WalkError
from heartline.walk.access import Access
from heartline.walk.gate import Gate
from heartline.walk.line import SPEEDS
from heartline.walk.pulse import Pulse
from heartline.walk.reader import Reader
from heartline.walk.script import origin_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WATCH = (Path(__file__).parent / "watch.js").read_text("utf-8")
_DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "mobile": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True,
               "device_scale_factor": 1},
}  # fmt: skip
_AVOIDED = "<!doctype html><title>Avoided</title><p>The script says that the walk must not come here.</p>"
_FLAGS = (
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # names are looked up by the gate alone
)


@contextmanager
def chromium(pins: Sequence[str] = ()) -> Iterator[Any]:
    """The system's Chromium without a window. WalkError where it or the extra ``walk`` is missing.

    pins: public keys of certificates that are taken besides those that the system trusts, as ``trust.pins`` gives them
    """
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
    if pins:
        flags.append(f"--ignore-certificate-errors-spki-list={','.join(pins)}")
    with sync_playwright() as opened:
        browser = opened.chromium.launch(executable_path=found, args=[*_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(
    browser: Any, origin: str, device: str = "desktop", network: str = "full", reading: bool = False,
    access: Access | None = None, avoid: Callable[[str], bool] | None = None,
) -> Iterator[Reader]:  # fmt: skip
    """A visitor with a fresh profile on one origin. reading: nothing but GET and HEAD leaves the browser.

    network: ``full`` or one of ``line.SPEEDS``; access: what a protected site asks for first
    avoid: whether a page must not be asked for; one that says so stands in its place
    """
    own = origin_of(origin)
    shown = access.pass_for() if access else None
    with Gate(own, reading, SPEEDS.get(network), avoid) as gate, Pulse() as pulse:
        context = browser.new_context(
            **_DEVICES[device], proxy={"server": gate.address, "bypass": "<-loopback>"}, service_workers="block",
            accept_downloads=False, locale="en-GB", extra_http_headers=shown.headers if shown else None,
            http_credentials={"username": shown.user[0], "password": shown.user[1], "origin": own}
            if shown and shown.user else None,
        )  # fmt: skip
        try:
            if shown and shown.cookies:
                context.add_cookies([{"name": name, "value": of, "url": own} for name, of in shown.cookies.items()])
            if reading:
                context.route("**/*", _read_only)
                context.route_web_socket(re.compile(""), lambda line: line.close())
            if avoid:
                context.route(lambda address: avoid(address), _kept_away)  # a method's owner would be written to
            context.add_init_script(_WATCH)
            yield Reader(context, context.new_page(), own, gate, device == "mobile", pulse.late)
        finally:
            context.close()


def _kept_away(route: Any) -> None:
    if route.request.is_navigation_request():
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=_AVOIDED)
    else:
        route.fallback()  # what else holds for it holds still


def _read_only(route: Any) -> None:
    if route.request.method in ("GET", "HEAD"):
        route.continue_()
    else:
        route.abort("aborted")  # the page stays as it is
