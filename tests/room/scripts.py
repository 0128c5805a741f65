"""Scripted rooms: who says what when, what a person taps, and which suggestion is right after which line.

``12 Name: words`` is said from second 12 on, at two and a half words a second; ``* 12 Name gesture`` is a tap;
``=> kind @Name`` says which suggestion is due after the line above, ``=> none`` that there is none. After lines without
one, none is due either. The first line names the host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from heartline.room.turn import Tap, Turn

_SAID = re.compile(r"(\d+(?:\.\d+)?) ([^:]+): (.+)")
_TAP = re.compile(r"\* (\d+(?:\.\d+)?) (\S+) (\w+)")


@dataclass(frozen=True)
class Script:
    name: str
    host: str
    events: list[Turn | Tap]
    due: dict[int, tuple[str, str]]  # number of the event: kind, about


def read_script(file: Path) -> Script:
    lines = file.read_text("utf-8").splitlines()
    host = re.match(r"# host: (\w+)", lines[0])
    assert host, file
    events: list[Turn | Tap] = []
    due = {}
    for line in lines[1:]:
        if said := _SAID.fullmatch(line):
            begin = float(said[1])
            events.append(Turn(said[2], begin, begin + len(said[3].split()) / 2.5, said[3]))
        elif tap := _TAP.fullmatch(line):
            events.append(Tap(float(tap[1]), tap[2], tap[3]))
        elif line.startswith("=> ") and line != "=> none":
            kind, _, about = line[3:].partition(" @")
            due[len(events) - 1] = (kind, about)
        else:
            assert line == "=> none" or not line.strip() or line.startswith("#"), line
    return Script(file.stem, host[1], events, due)
