"""The one door of a walk: a proxy on loopback that lets through the walked origin and nothing else, and counts."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
from collections import Counter
from types import TracebackType
from urllib.parse import urlsplit

from heartline.walk.script import origin_of

_HEAD = 65_536
_IDLE = 120.0
_REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 19\r\nConnection: close\r\n\r\n"
    b"outside of the walk"
)
_NO_ANSWER = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_READING = ("GET", "HEAD", "OPTIONS", "CONNECT")


class Gate:
    """Listens while it is open (``with``); every request of a browser that has it as proxy goes through here.

    origin: scheme, host and port that may be reached; reading: whether only GET and HEAD pass (what is encrypted
    shows its host alone)
    passed, refused: requests and tunnels by host and port
    """

    def __init__(self, origin: str, reading: bool = False) -> None:
        told = urlsplit(origin_of(origin))
        self._host = told.hostname or ""
        self._port = told.port or (443 if told.scheme == "https" else 80)
        self._reading = reading
        self.passed: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closed = False

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Gate:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._attend, args=(client,), daemon=True).start()

    def _attend(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(_IDLE)
            got = b""
            while b"\r\n\r\n" not in got and len(got) < _HEAD:
                more = client.recv(_HEAD)
                if not more:
                    return
                got += more
            head, _, rest = got.partition(b"\r\n\r\n")
            asked = re.match(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r?\n?", head)
            target = _target(asked[1].decode(), asked[2].decode("latin-1")) if asked else None
            method = asked[1].decode() if asked else ""
            open_way = target is not None and target[:2] == (self._host, self._port)
            if target is None or not open_way or (self._reading and method not in _READING):
                self.refused[f"{target[0]}:{target[1]}" if target else "unreadable"] += 1
                client.sendall(_REFUSED)
                return
            self.passed[f"{target[0]}:{target[1]}"] += 1
            self._relay(client, method, target[2], head, rest)

    def _relay(self, client: socket.socket, method: str, path: str, head: bytes, rest: bytes) -> None:
        """One request and its answer, or a tunnel; whatever follows on the connection goes to the same origin."""
        try:
            server = socket.create_connection((self._host, self._port), timeout=30)
        except OSError:
            client.sendall(_NO_ANSWER)
            return
        with server:
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                server.sendall(rest)
            else:
                lines = [
                    line for line in head.split(b"\r\n")[1:]
                    if not line.lower().startswith((b"proxy-", b"connection:", b"keep-alive:"))
                ]  # fmt: skip
                first = f"{method} {path} HTTP/1.1".encode("latin-1")
                server.sendall(b"\r\n".join([first, *lines, b"Connection: close"]) + b"\r\n\r\n" + rest)
            while not self._closed:
                ready, _, _ = select.select([client, server], [], [], 1.0)
                for one in ready:
                    piece = one.recv(65_536)
                    if not piece:
                        return
                    (server if one is client else client).sendall(piece)


def _target(method: str, asked: str) -> tuple[str, int, str] | None:
    """Host, port and path of a request; None where none can be read from it."""
    try:
        told = urlsplit(f"//{asked}" if method == "CONNECT" else asked)
        port = told.port or (443 if method == "CONNECT" else 80)
    except ValueError:
        return None
    if not told.hostname or (method != "CONNECT" and told.scheme != "http"):
        return None
    path = (told.path or "/") + (f"?{told.query}" if told.query else "")
    return told.hostname, port, path
