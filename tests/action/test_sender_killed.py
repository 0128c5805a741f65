"""kill -9 of a sender, also between a receiver's answer and the note of it: nothing lost, nothing taken twice.

The receiver does as the specification tells it: it remembers ids and takes each once. What is counted as taken is each
id whose 2xx the sender read and noted.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.action.loopback import Asked, Loopback, answer, bare_house

from heartline.action.notices import Notices

NOTICES, KILLS = 50, 2
SEND = """
import sys
from pathlib import Path
from tests.action.loopback import bare_house
from heartline.action.notices import Notices
from datetime import UTC, datetime, timedelta
with bare_house(Path(sys.argv[1])) as house:
    Notices(house).deliver(datetime.now(UTC) + timedelta(minutes=int(sys.argv[2])))
"""


def test_killed_between_the_answer_and_the_note(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    killing = threading.Event()
    running: list[subprocess.Popen[bytes]] = []
    changing = threading.Lock()

    def takes(at: Loopback, opened: object, asked: Asked) -> None:
        with changing:
            seen[asked.headers["webhook-id"]] += 1
            kill = killing.is_set() and len(seen) % 20 == 10
            if kill:
                killing.clear()
        answer(200)(at, opened, asked)  # type: ignore[arg-type]
        if kill:
            # its answer is on the way: some of these die before they read it, some before they note it
            running[-1].send_signal(signal.SIGKILL)

    with bare_house(tmp_path) as house, Loopback(takes) as receiver:
        notices = Notices(house)
        notices.add_webhook("shop", receiver.address)
        for number in range(NOTICES):
            notices.tell("case.opened", {"case_id": f"C-{number}"}, f"C-{number}")
        killed = 0
        for turn in range(KILLS + 1):
            if turn < KILLS:
                killing.set()
            # a killed sender's lease runs out after some minutes: each turn looks from later
            command = [sys.executable, "-c", SEND, str(tmp_path), str(10 * turn)]
            running.append(subprocess.Popen(command, cwd=Path(__file__).parents[2]))
            killed += running[-1].wait(60) == -signal.SIGKILL
        assert killed == KILLS
        until = time.monotonic() + 20
        while time.monotonic() < until and notices.log("waiting"):
            notices.deliver(datetime.now(UTC) + timedelta(hours=2))
        made = {one.notice_id: one for one in notices.log(limit=NOTICES + 1)}
        assert len(made) == NOTICES
        assert {one.status for one in made.values()} == {"delivered"}
        assert set(seen) == set(made), "every notice came, and nothing else"
        assert sum(seen.values()) - NOTICES <= KILLS, "at most the one under way comes again, under the id it had"
