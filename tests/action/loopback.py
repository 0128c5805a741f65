"""A receiver on loopback that does as it is told, and a workspace that is small enough to hold only notices."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from heartline.records.store import Records
from heartline.settings import Settings, load_settings

LONGEST_S = 20.0
"""Nothing here outlives this, whatever a test forgets."""


@dataclass(frozen=True)
class Asked:
    """One request: its first line, headers by name in small letters, body."""

    line: str
    headers: Mapping[str, str]
    body: bytes


Manner = Callable[["Loopback", socket.socket, Asked], None]
"""What is done with a request."""


def answer(status: int, *headers: str, body: str = "") -> Manner:
    def manner(_at: Loopback, opened: socket.socket, _asked: Asked) -> None:
        lines = [f"HTTP/1.1 {status} Said", *headers, f"Content-Length: {len(body)}", "", body]
        opened.sendall("\r\n".join(lines).encode())

    return manner


def hang(at: Loopback, _opened: socket.socket, _asked: Asked) -> None:
    at.ended.wait(LONGEST_S)


def drip(at: Loopback, opened: socket.socket, _asked: Asked) -> None:
    """A byte now and then: each one alone comes in time, the answer never."""
    try:
        opened.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not at.ended.wait(0.02):
            opened.sendall(b"x")
    except OSError:
        pass


def drop(_at: Loopback, _opened: socket.socket, _asked: Asked) -> None:
    """Ends the connection without a word."""


def half(_at: Loopback, opened: socket.socket, _asked: Asked) -> None:
    opened.sendall(b"HTTP/1.1 2")


def noise(_at: Loopback, opened: socket.socket, _asked: Asked) -> None:
    opened.sendall(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")


def taken_and_dropped(_at: Loopback, opened: socket.socket, _asked: Asked) -> None:
    """200 arrives, then the connection is torn down in the middle of a body that is never read."""
    opened.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhalf")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


@dataclass
class Loopback:
    """Listens on a free port; ``manner`` says what happens to requests and may be changed while it listens."""

    manner: Manner = field(default_factory=lambda: answer(200))
    asked: list[Asked] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listening.settimeout(0.05)
        self.port: int = self._listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/hook"
        self._threads: list[threading.Thread] = []
        self._start(self._listen)

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join(LONGEST_S)
        self._listening.close()

    def _start(self, work: Callable[..., None], *given: Any) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self.ended.is_set():
            try:
                opened, _ = self._listening.accept()
            except TimeoutError:
                continue
            self._start(self._serve, opened)

    def _serve(self, opened: socket.socket) -> None:
        with opened:
            opened.settimeout(LONGEST_S)
            try:
                asked = _read(opened)
                self.asked.append(asked)
                self.manner(self, opened, asked)
            except OSError:
                pass


def _read(opened: socket.socket) -> Asked:
    with opened.makefile("rb") as reading:
        line = reading.readline().decode().strip()
        headers: dict[str, str] = {}
        while (one := reading.readline().decode().strip()) != "":
            name, _, value = one.partition(":")
            headers[name.lower()] = value.strip()
        return Asked(line, headers, reading.read(int(headers.get("content-length", "0"))))


class BareHouse:
    """A workspace of records and settings; the customers it knows are those whose names are given."""

    def __init__(self, root: Path, settings: Settings, names: Mapping[str, str | None] | None = None) -> None:
        self.root = root
        self.settings = settings
        self.records = Records(root / "records.db")
        self._names = dict(names or {})

    @property
    def as_of(self) -> datetime | None:
        return None

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        raise AssertionError("notices ask for one customer at a time")

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        known = [{"name": self._names[customer_id]}] if customer_id in self._names else []
        return pa.Table.from_pylist(known, pa.schema([("name", pa.string())]))

    def customer_of(self, any_id: str) -> str:
        return any_id

    def explain(self, table_name: str, **key: object) -> Any:
        raise AssertionError("nothing is explained here")


@contextmanager
def bare_house(
    root: Path, settings: Mapping[str, str] | None = None, names: Mapping[str, str | None] | None = None
) -> Iterator[BareHouse]:
    environment = {"HEARTLINE_DESK_URL": "https://desk.example", "HEARTLINE_NOTICE_TIMEOUT_S": "0.5"}
    environment |= {f"HEARTLINE_{name.upper()}": value for name, value in (settings or {}).items()}
    house = BareHouse(root, load_settings(None, environment), names)
    try:
        yield house
    finally:
        house.records.close()
