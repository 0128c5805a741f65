"""One POST over HTTP, ended after a time whatever the other side does.

Written on ``http.client``, which every Python has. httpx and urllib3 bound the time of each read: a receiver that sends
one byte every ten seconds holds them for ever, so that both would need this clock around them as well. Nothing of an
answer but its status and ``Retry-After`` is read, and no redirect is followed: a signed notice goes where somebody
said, and nowhere else. Addresses in the house's own network are allowed; receivers mostly stand there.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from heartline.action.answer import TAKEN, Answer
from heartline.errors import NoticeError

Post = Callable[[str, Mapping[str, str], bytes], Answer]
"""Sends a body with headers to an address."""
LONGEST_WAIT_S = 86_400.0
"""How long a receiver may ask to be left alone."""
_SAFE = "/?&=%:@!$'()*+,;~-._"


@dataclass(frozen=True)
class Place:
    """Where an address leads: whether by TLS, the host's name, its port, and path with query."""

    tls: bool
    host: str
    port: int
    target: str


def place_of(address: str, plain_http: bool = False) -> Place:
    """An address taken apart. NoticeError where it is none, holds a password, or is plain HTTP that may not be."""
    expected = "https://host/path" + (" or http://host/path" if plain_http else ", or http on this computer")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        host, port, parts = "", None, urlsplit("")
    broken = any(ord(sign) <= 32 or ord(sign) == 127 for sign in address)
    if parts.scheme not in ("http", "https") or not host or broken:
        raise NoticeError("the address is no web address", expected, "correct the address")
    if "@" in parts.netloc:
        raise NoticeError("the address holds a name or password", expected, "use the signature to know who sent it")
    if parts.scheme == "http" and not plain_http and not is_own(host):
        raise NoticeError(
            f"{host} would be told in the open, by http", "https",
            "use https; inside a network that you trust, set notice_plain_http = true",
        )  # fmt: skip
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SAFE)
    return Place(parts.scheme == "https", host, port or (443 if parts.scheme == "https" else 80), target)


def post(address: str, headers: Mapping[str, str], body: bytes, within_s: float, plain_http: bool = False) -> Answer:
    """Send one body, with the name's look-up, TLS and answer all within ``within_s`` seconds; raises nothing.

    Only the look-up of a name cannot be broken off: it ends when the system's resolver gives up.
    """
    until = time.monotonic() + within_s
    try:
        status, given = _ask(place_of(address, plain_http), headers, body, until)
    except NoticeError as error:
        return Answer(False, error.got)
    except TimeoutError:
        return Answer(False, f"no answer within {within_s:g} s", everything=True)
    except ssl.SSLCertVerificationError as error:
        return Answer(False, f"its certificate is not to be trusted ({error.verify_message.lower()})", everything=True)
    except OSError as error:
        why = "no connection" if isinstance(error, ssl.SSLError) else (error.strerror or type(error).__name__).lower()
        return Answer(False, f"it cannot be reached ({why})", everything=True)
    except http.client.HTTPException as error:
        return Answer(False, f"what it answered is no HTTP ({type(error).__name__})", everything=True)
    return said(status, given)


def said(status: int, headers: Mapping[str, str]) -> Answer:
    """What a status means, by the specification of Standard Webhooks: 2xx is taken, 410 gone, all else comes again."""
    if 200 <= status < 300:
        return TAKEN
    fault = f"it answered {status}"
    if 300 <= status < 400:
        return Answer(False, f"{fault}, which leads elsewhere; an address must be the last one")
    if status == 410:
        return Answer(False, f"{fault}: it is gone", gone=True, everything=True)
    busy = status in (408, 429) or status >= 500
    return Answer(False, fault, everything=busy, wait_s=_wait(headers.get("retry-after", "")))


def _wait(given: str) -> float:
    """Seconds that ``Retry-After`` asks for, as a number or as a date; 0 where it asks for nothing that can be read."""
    try:
        seconds = float(given) if given.strip().isdigit() else _until(given)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT_S)


def _until(given: str) -> float:
    moment = parsedate_to_datetime(given)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _ask(place: Place, headers: Mapping[str, str], body: bytes, until: float) -> tuple[int, Mapping[str, str]]:
    host = f"[{place.host}]" if ":" in place.host else place.host
    usual = 443 if place.tls else 80
    lines = [
        f"POST {place.target} HTTP/1.1",
        f"Host: {host if place.port == usual else f'{host}:{place.port}'}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    if any(sign in line for line in lines for sign in "\r\n"):
        raise NoticeError("a header would be broken in two", "one line", "see docs/how-to/notices.md")
    opened = _connected(place, until)
    try:
        opened.settimeout(left(until))
        opened.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        answer = http.client.HTTPResponse(Reading(opened, until), method="POST")  # type: ignore[arg-type]
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}
    finally:
        opened.close()


def _connected(place: Place, until: float) -> socket.socket:
    """A connection to the first of the host's addresses that takes one; each gets its part of the time that is left."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    fault: OSError = OSError("no address")
    for number, (family, kind, protocol, _, address) in enumerate(found):
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(left(until) / (len(found) - number))
            opened.connect(address)
            if not place.tls:
                return opened
            opened.settimeout(left(until))
            return trusted().wrap_socket(opened, server_hostname=place.host)
        except OSError as error:
            opened.close()
            fault = error
            if isinstance(error, ssl.SSLError):
                break
    raise fault


@cache
def trusted() -> ssl.SSLContext:
    """Whom to believe over TLS: the system's own certificates; SSL_CERT_FILE adds those of the house."""
    return ssl.create_default_context()


def left(until: float) -> float:
    """Seconds until a moment of the monotonic clock; TimeoutError where there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def is_own(host: str) -> bool:
    """Whether a host is this computer by its name or number, without asking anybody."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Reading(io.RawIOBase):
    """What an answer is read from: a socket whose every read gets only the time that is left in all."""

    def __init__(self, opened: socket.socket, until: float) -> None:
        self._opened = opened
        self._until = until

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client asks a socket for."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some bytes; TimeoutError where the time is over."""
        self._opened.settimeout(left(self._until))
        return self._opened.recv_into(buffer)
