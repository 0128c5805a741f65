"""A desk that a browser can open, and a browser."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from heartline.web.app import create_app

if TYPE_CHECKING:
    from heartline.web.door import Door

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def served(workspace: Door, port: int = 0) -> Iterator[str]:
    """The desk over a workspace, on a port of its own where none is given; gives its address."""
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    made = uvicorn.Config(create_app(workspace), host="127.0.0.1", port=port, log_level="error", ws="websockets-sansio")
    server = uvicorn.Server(made)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def opened_chromium() -> Iterator[Any]:
    """Headless Chromium; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium (on Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright (in the extra dev)")
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as opened:
        browser = opened.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()
