"""The one door of a walk: a proxy on loopback that lets through the walked origin and nothing else, and counts."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from urllib.parse import urlsplit

from heartline.walk.line import Line, Speed, until
from heartline.walk.script import origin_of

_HEAD = 65_536
_IDLE = 120.0
Waiting = SimpleQueue[tuple[float, bytes]]
"""What is on its way up, and when it is there; nothing: no more will come."""
_REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 19\r\nConnection: close\r\n\r\n"
    b"outside of the walk"
)
_NO_ANSWER = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_READING = ("GET", "HEAD", "OPTIONS", "CONNECT")


class Gate:
    """Listens while it is open (``with``); every request of a browser that has it as proxy goes through here.

    origin: scheme, host and port that may be reached; reading: whether only GET and HEAD pass (what is encrypted
    shows its host alone); speed: of the line, none: as fast as this machine's own
    avoid: whether a page of that path must not be opened (nor can this be seen of what is encrypted)
    passed, refused: requests and tunnels by host and port
    """

    def __init__(
        self, origin: str, reading: bool = False, speed: Speed | None = None,
        avoid: Callable[[str], bool] | None = None,
    ) -> None:  # fmt: skip
        told = urlsplit(origin_of(origin))
        self._host = told.hostname or ""
        self._port = told.port or (443 if told.scheme == "https" else 80)
        self._reading = reading
        self._avoid = avoid
        self._line = Line(speed)
        self._live: set[socket.socket] = set()
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
        for one in tuple(self._live):
            _shut(one)

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
            if (
                target is None
                or not open_way
                or (self._reading and method not in _READING)
                or self._avoided(target, head)
            ):
                self.refused[f"{target[0]}:{target[1]}" if target else "unreadable"] += 1
                client.sendall(_REFUSED)
                return
            self.passed[f"{target[0]}:{target[1]}"] += 1
            self._relay(client, method, target[2], head, rest)

    def _avoided(self, target: tuple[str, int, str], head: bytes) -> bool:
        """Whether a page is asked for that must not be opened: a browser is sent on to it without asking again."""
        page = b"\naccept: text/html" in head.lower()
        return self._avoid is not None and page and self._avoid(target[2])

    def _relay(self, client: socket.socket, method: str, path: str, head: bytes, rest: bytes) -> None:
        """One request and its answer, or a tunnel. A further request on the connection is not passed on, since nobody
        would look at it: the connection ends, and the browser asks on another."""
        until(self._line.due(len(head) + len(rest), "up"))
        try:
            server = socket.create_connection((self._host, self._port), timeout=30)
        except OSError:
            client.sendall(_NO_ANSWER)
            return
        with server:
            server.settimeout(None)
            self._live |= {client, server}
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                first, left = rest, None
            else:
                lines = [
                    line for line in head.split(b"\r\n")[1:]
                    if not line.lower().startswith((b"proxy-", b"connection:", b"keep-alive:"))
                ]  # fmt: skip
                told = f"{method} {path} HTTP/1.1".encode("latin-1")
                body = rest[: _length(head)]
                first, left = b"\r\n".join([told, *lines, b"Connection: close", b"", body]), _length(head) - len(body)
            server.sendall(first)
            waiting: Waiting = SimpleQueue()
            threads = [
                threading.Thread(target=self._read, args=(client, waiting, left), daemon=True),
                threading.Thread(target=self._write, args=(server, waiting), daemon=True),
            ]
            for one in threads:
                one.start()
            self._answer(server, client)
            for side in (client, server):
                _shut(side)
            for one in threads:
                one.join()
            self._live -= {client, server}

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(self._line.piece):
                until(self._line.due(len(piece), "down"))
                client.sendall(piece)

    def _read(self, client: socket.socket, waiting: Waiting, left: int | None) -> None:
        """Each piece is on its way from when it came, however long those before it take.

        left: bytes of the request that are still to come; None: all of a tunnel
        """
        with contextlib.suppress(OSError):
            client.settimeout(None)
            while piece := client.recv(self._line.piece):
                if left is not None:
                    left -= len(piece)
                    if left < 0:
                        break
                waiting.put((self._line.due(len(piece), "up"), piece))
        waiting.put((0.0, b""))

    def _write(self, server: socket.socket, waiting: Waiting) -> None:
        with contextlib.suppress(OSError):
            while (piece := waiting.get())[1]:
                until(piece[0])
                server.sendall(piece[1])
        _shut(server)


def _shut(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)


def _length(head: bytes) -> int:
    """Bytes of a request's body."""
    told = re.search(rb"\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r", head + b"\r", re.I)
    return int(told[1]) if told else 0


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
