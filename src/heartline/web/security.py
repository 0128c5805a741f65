"""What keeps the desk to this computer and to its reader: allowed hosts, methods, forms of its own, strict headers."""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heartline.errors import SettingsError
from heartline.walks.photos import MOST_BYTES

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)

FORM_PATH, IDENTITY_PATH, DROP_PATH = "/correct", "/identity", "/drop-offs"
CARE_PATHS = ("/cases", "/advocates")
BRIEF_PATH = "/brief"
ROOMS_PATH = "/rooms"
WALK_GUESS_PATH = "/walks/guess"
WALK_PATH, WALK_TOLD_PATH, WALK_PHOTO_PATH = "/walks/go", "/walks/told.json", "/walks/photo.json"
FORM_PATHS = frozenset(
    (FORM_PATH, IDENTITY_PATH, DROP_PATH, BRIEF_PATH, ROOMS_PATH, WALK_PATH, WALK_GUESS_PATH, *CARE_PATHS)
)
"""The addresses that take a form; everything else is only read."""
FORM_BYTES = 16_384
FORM_TYPE = "application/x-www-form-urlencoded"
SENT: Mapping[str, tuple[tuple[str, ...], int]] = {
    **dict.fromkeys(sorted(FORM_PATHS), ((FORM_TYPE,), FORM_BYTES)),
    WALK_TOLD_PATH: ((FORM_TYPE,), 131_072),
    WALK_PHOTO_PATH: (("image/jpeg", "image/png", "image/webp"), MOST_BYTES),
}
"""What a page of the desk may send where: content types, and most bytes."""

LIVE_PREFIX = "/v1/"
"""Below it other programs send events and rows; that door has a guard of its own, its write keys."""

_NAMES = ("localhost", "127.0.0.1", "[::1]")


def check_loopback(host: str) -> None:
    """SettingsError for an address that other computers can reach: there is no sign-in yet."""
    if host == "localhost":
        return
    try:
        if ipaddress.ip_address(host.strip("[]")).is_loopback:
            return
    except ValueError:
        pass
    raise SettingsError(
        f"host = {host!r} can be reached from other computers, and the desk has no sign-in yet",
        "127.0.0.1, ::1 or localhost",
        'set host = "127.0.0.1"; to look from elsewhere, forward the port through SSH',
    )


def host_name(header: str) -> str:
    """The name in a Host header without its port, lower case."""
    if header.startswith("["):
        return header.split("]")[0].lower() + "]"
    return header.rsplit(":", 1)[0].lower() if header.count(":") == 1 else header.lower()


class Guard:
    """Refuses foreign Host names (a web page elsewhere could otherwise read the desk through its own name)
    and every method but GET and HEAD, but for a form that a page of the desk itself sends to one of ``SENT``;
    and puts the security headers on every answer. What begins with ``LIVE_PREFIX`` goes to ``live``, where there is
    one: the same names only, any method, and no reader of the desk can send there without a write key."""

    def __init__(self, app: ASGIApp, live: ASGIApp | None = None) -> None:
        self.app = app
        self.live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request through the guard."""
        if scope["type"] == "websocket" and not _own_socket(scope):
            await receive()  # the handshake, which is answered before it is refused
            await send({"type": "websocket.close", "code": 4403})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in (*HEADERS, (b"cache-control", b"no-store")) if pair[0] not in present]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        given = {name: value.decode("latin-1") for name, value in reversed(scope["headers"])}
        host = given.get(b"host", "")
        if host_name(host) not in _NAMES:
            await _refuse(guarded, 421, "this name is not one of the desk's", "open it as http://127.0.0.1")
        elif self.live is not None and scope["path"].startswith(LIVE_PREFIX):
            await self.live(scope, receive, guarded)
        elif scope["method"] == "POST" and scope["path"] in SENT:
            fault = _form_fault(given, *SENT[scope["path"]])
            if fault:
                await _refuse(guarded, 403, fault, "send the form from a page of the desk")
            else:
                await self.app(scope, receive, guarded)
        elif scope["method"] not in ("GET", "HEAD"):
            await _refuse(guarded, 405, "the desk only answers GET", "change data with the heartline command")
        else:
            await self.app(scope, receive, guarded)


def _own_socket(scope: Scope) -> bool:
    """Whether a WebSocket is opened by the desk's name, and, where a browser opens it, from a page of the desk."""
    given = {name: value.decode("latin-1") for name, value in reversed(scope["headers"])}
    host, origin = given.get(b"host", ""), given.get(b"origin", "")
    own = {f"{scheme}://{host.lower()}" for scheme in ("http", "https")}
    return host_name(host) in _NAMES and (not origin or origin.lower() in own)


def new_token() -> str:
    """What a page of the desk shows with its form, so that only who can read the desk can send one."""
    return secrets.token_urlsafe(32)


def same_token(given: str, token: str) -> bool:
    """Whether a form came with the token of this process; takes as long for a wrong one."""
    return hmac.compare_digest(given.encode(), token.encode())


def _form_fault(given: dict[bytes, str], types: tuple[str, ...], most: int) -> str:
    """What is wrong with the headers of a form; empty where nothing is. Every browser names the page it comes from."""
    origin = given.get(b"origin", "").lower()
    if origin not in (f"{scheme}://{given[b'host'].lower()}" for scheme in ("http", "https")):
        return "this form does not come from a page of the desk"
    if given.get(b"sec-fetch-site", "same-origin") != "same-origin":
        return "this form does not come from a page of the desk"
    if given.get(b"content-type", "").split(";")[0].strip().lower() not in types:
        return "this is no form of the desk"
    length = given.get(b"content-length", "")
    if not length.isdigit() or int(length) > most:
        return "this form is too long, or does not say how long it is"
    return ""


async def _refuse(send: Send, status: int, got: str, next_step: str) -> None:
    body = json.dumps({"error": {"status": status, "got": got, "expected": "", "next": next_step}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
