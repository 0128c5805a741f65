"""How fast notices leave for receivers on loopback. Writes results/notices.md."""

from __future__ import annotations

import os
import platform
import tempfile
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from heartline.workspace import Workspace

RESULTS = Path(__file__).parent / "results"
CASES = ((1, 1000), (4, 250), (16, 60))
"""Receivers, and notices to each."""


class Taking(BaseHTTPRequestHandler):
    """Takes everything."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read, and answer 204."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def measure(receivers: int, notices: int) -> tuple[float, float]:
    """Notices told, and notices sent, a second."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workspace.create(Path(folder) / "shop") as workspace,
        ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sender = workspace.moves.notices
        for number in range(receivers):
            sender.add_webhook(f"r{number}", f"http://127.0.0.1:{server.server_port}/{number}")
        began = time.perf_counter()
        for number in range(notices):
            body = {"case_id": f"C-{number}", "customer_id": f"k{number}", "reasons": "waited long; " * 10}
            sender.tell("case.opened", body, f"C-{number}")
        told = time.perf_counter() - began
        began = time.perf_counter()
        sent = sender.deliver()
        took = time.perf_counter() - began
        assert sent.taken == notices * receivers
        server.shutdown()
    return notices * receivers / told, sent.taken / took


def main() -> None:
    """Measure each case once."""
    lines = [
        "# Notices", "",
        f"Webhooks to receivers on loopback. {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} when it began, "
        f"{platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}. One run each. Each "
        "notice is told in a commit with its fsync, sent signed on a connection of its own, and noted in a commit.", "",
        "| receivers | notices | told / s | sent and noted / s |", "|---|---|---|---|",
    ]  # fmt: skip
    for receivers, notices in CASES:
        told, sent = measure(receivers, notices)
        lines.append(f"| {receivers} | {receivers * notices:,} | {told:,.0f} | {sent:,.0f} |")
    (RESULTS / "notices.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[4:]))


if __name__ == "__main__":
    main()
