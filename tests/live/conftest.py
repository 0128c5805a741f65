"""A workspace that takes events: without a network for most tests, with a server of its own where it matters."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from heartline.live.commits import Committer
from heartline.live.keyring import Keyring
from heartline.live.receiver import Receiver
from heartline.records import keys
from heartline.web.app import create_app
from heartline.workspace import Workspace

AT = "2026-06-01T10:00:00+00:00"


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


@dataclass
class Door:
    """The door of one workspace, and what came of what was sent."""

    workspace: Workspace
    client: TestClient
    key: str
    committer: Committer

    def post(self, path: str, body: Any, key: str | None = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, content=data, headers=basic(key or self.key) | named)

    def batch(self, *events: Any, **more: Any) -> Any:
        return self.post("/v1/batch", {"batch": list(events), **more})

    def load(self) -> int:
        return self.workspace.empty_inbox()

    def rows(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.workspace.query(f"select * from {table}").to_pylist()
        return found

    def row(self, table: str, **key: str) -> dict[str, Any]:
        (name, value), *_ = key.items()
        (found,) = [row for row in self.rows(table) if row[name] == value]
        return found


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "shop") as made:
        yield made


@pytest.fixture
def door(workspace: Workspace) -> Iterator[Door]:
    """The door with its inbox and without a compactor: a test says when what waits is loaded."""
    key = keys.create(workspace.records, "shop")
    with Committer(workspace.records) as committer:
        app = Receiver(Keyring(workspace.records), committer).app()
        with TestClient(app, base_url="http://127.0.0.1") as client:
            yield Door(workspace, client, key, committer)


@dataclass(frozen=True)
class Served:
    workspace: Workspace
    address: str
    key: str

    def load(self) -> int:
        return self.workspace.empty_inbox()


@pytest.fixture
def served(workspace: Workspace) -> Iterator[Served]:
    """`heartline serve` in a thread, on a free port of loopback."""
    key = keys.create(workspace.records, "shop")
    with socket.socket() as opened, workspace.live() as live:
        opened.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(workspace, live.app), log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Served(workspace, f"http://127.0.0.1:{opened.getsockname()[1]}", key)
        server.should_exit = True
        thread.join()
