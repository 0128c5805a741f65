"""Small sites on loopback, made of a few pages each, for one thing that a walk may meet."""

from __future__ import annotations

import base64
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest


@dataclass(frozen=True)
class Answer:
    """What is sent for a path; ``wait``: seconds before it is."""

    body: str | bytes = ""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0


@dataclass
class Site:
    """asked: method and path with query of every request, in their order; told: headers of each."""

    origin: str = ""
    asked: list[str] = field(default_factory=list)
    told: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def site(
    pages: Mapping[str, str | Answer], secured: ssl.SSLContext | None = None, guard: tuple[str, str] | None = None
) -> Iterator[Site]:
    """A site of these pages: by path with query, else by path. A text is the body of a page.

    guard: name and password without which nothing is shown
    """
    own = Site()
    key = f"Basic {base64.b64encode(':'.join(guard).encode()).decode()}" if guard else None
    locked = Answer("", 401, headers=(("WWW-Authenticate", 'Basic realm="Test"'),))

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            own.asked.append(f"{self.command} {self.path}")
            own.told.append({name.lower(): value for name, value in self.headers.items()})
            path = urlsplit(self.path).path
            missing = Answer("", 404) if path.endswith((".ico", ".txt", ".xml")) else Answer(whole("Not found"), 404)
            found = pages.get(self.path, pages.get(path, missing))
            told = Answer(found if found.startswith("<!") else whole(found)) if isinstance(found, str) else found
            told = told if key in (None, self.headers.get("Authorization")) else locked
            time.sleep(told.wait)
            body = told.body.encode() if isinstance(told.body, str) else told.body
            self.send_response(told.status)
            self.send_header("Content-Type", told.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in told.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_HEAD = do_PUT = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None: ...  # a browser that went in the middle of an answer

    server = Server(("127.0.0.1", 0), Answers)
    if secured is not None:
        server.socket = secured.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    own.origin = f"{'https' if secured else 'http'}://127.0.0.1:{server.server_address[1]}"
    yield own
    server.shutdown()
    server.server_close()
    thread.join(5)


def whole(body: str) -> str:
    """A page that is whole, with nothing wrong with it."""
    return (
        '<!doctype html><html lang="en"><head><title>Small</title><meta name="viewport" content="width=device-width">'
        f'</head><body style="font: 16px/2 sans-serif"><p><a href="/">Home</a></p>{body}</body></html>'
    )


def redirect(to: str, status: int = 302) -> Answer:
    """Sends on to another address."""
    return Answer("", status, headers=(("Location", to),))


@dataclass(frozen=True)
class Papers:
    """A certificate with its key, and what vouches for it."""

    chain: Path
    key: Path
    trust: Path

    @property
    def context(self) -> ssl.SSLContext:
        """For a server."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.chain, self.key)
        return made


def certificate(folder: Path, name: str = "own", authority: bool = False, host: str = "IP:127.0.0.1") -> Papers:
    """A certificate for a server here: signed by itself, or by an authority of its own. Skips without openssl."""
    tool = shutil.which("openssl")
    if tool is None:
        pytest.skip("needs openssl to make a certificate (on Debian: apt-get install openssl)")

    def made(what: str, subject: str, *more: str) -> Papers:
        chain, key = folder / f"{name}_{what}.pem", folder / f"{name}_{what}.key"
        asked = [
            tool, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", str(key), "-out", str(chain), "-subj", subject, *more,
        ]  # fmt: skip
        subprocess.run(asked, check=True, capture_output=True, timeout=60)
        return Papers(chain, key, chain)

    alternative = ("-addext", f"subjectAltName={host}")
    if not authority:
        return made("site", "/CN=Teapots", *alternative)
    ca = made("ca", "/CN=Teapots of one's own")
    leaf = ("-CA", str(ca.chain), "-CAkey", str(ca.key), "-addext", "basicConstraints=CA:FALSE")
    own = made("site", "/CN=Teapots", *alternative, *leaf)
    return Papers(own.chain, own.key, ca.chain)
