"""A conversation as rows: what was said into turns, each with its speaker's side, customer, moment and length."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from heartline.errors import SourceError
from heartline.sources.file_bytes import FileBytes
from heartline.sources.open_file import FileOptions
from heartline.sources.people import CUSTOMER, EMPLOYEE, People
from heartline.sources.raw import BadRow
from heartline.sources.row_source import Row, RowSource
from heartline.sources.started import start_of

COLUMNS = (
    "Turn", "Conversation", "At", "Seconds", "Side", "Speaker", "Customer", "Customer name", "Words", "Words not read",
    "Language",
)  # fmt: skip
"""Columns of a turn. ``Words not read`` are those of a speaker of whom nobody says on which side they are."""

LONGEST_TURN = 2000
"""Characters after which a new turn begins, though nobody else spoke."""
PAUSE = 5.0
"""Seconds of silence after which a new turn begins."""
LONGEST_TEXT = 100_000
"""Characters; more in one piece is a broken file."""
FINGERPRINT = 12
"""Pieces whose beginnings tell one conversation from another."""


@dataclass(frozen=True)
class Said:
    """One piece of speech: the line it stands on, seconds since the start, who (blank: not told) and the words."""

    line: int
    begin: float
    end: float | None
    name: str
    text: str
    more: Mapping[str, str | None] = field(default_factory=dict)


def joined(pieces: Iterable[Said]) -> list[Said]:
    """Turns: what one speaker says until another speaks, falls silent, or has said very much.

    Pieces that name nobody stay as they are, since two people may have said them.
    """
    turns: list[Said] = []
    for piece in pieces:
        last = turns[-1] if turns else None
        if last is not None and last.end is not None and piece.end is not None and last.name and _follows(last, piece):
            turns[-1] = replace(last, end=max(last.end, piece.end), text=f"{last.text} {piece.text}".strip())
        else:
            turns.append(piece)
    return turns


def _follows(last: Said, piece: Said) -> bool:
    assert last.end is not None
    assert piece.end is not None
    sound = last.begin <= last.end and last.begin <= piece.begin <= piece.end
    near = piece.begin - last.end <= PAUSE and len(last.text) + len(piece.text) <= LONGEST_TURN
    return sound and near and last.name == piece.name and last.more == piece.more


def fingerprint(start: datetime, pieces: Sequence[Said]) -> str:
    """An id out of the start and of when the first pieces begin: words may be corrected and the file be renamed."""
    moment = start.astimezone(UTC) if start.tzinfo else start
    times = [f"{piece.begin:.3f}" for piece in pieces[:FINGERPRINT]]
    return hashlib.sha256("|".join([moment.isoformat(), *times]).encode()).hexdigest()[:16]


class Sides:
    """Which customer each turn belongs to, and what has to be told of the speakers of a file."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._unknown: set[str] = set()
        self._named: set[str] = set()
        self._silent = 0
        self._employees = 0

    def cells(self, name: str, side: str, text: str) -> dict[str, str | None]:
        """Side, speaker and words of a turn, and the customer that is told."""
        if side == EMPLOYEE:
            self._employees += 1
        if not side:
            self._unknown.add(name)
            self._silent += 1
        return {
            "Side": side or None,
            # who works for the company is never kept by name
            "Speaker": None if side == EMPLOYEE else name or None,
            "Customer": self._people.customer or None,
            "Words" if side else "Words not read": text or None,
        }

    def by_name(self, name: str) -> None:
        """A customer whose name is the only thing that tells who it is."""
        if name and not self._people.customer:
            self._named.add(name)

    def notes(self) -> list[str]:
        """What a reader of the load should know."""
        found = []
        if self._silent:
            who = f"{len(self._unknown)} speaker{'' if len(self._unknown) == 1 else 's'}"
            found.append(
                f"nothing says which side {who} of {self._silent} turns are on: their words are kept but not read as a "
                "customer's. Say it: --set employees=NAME (or customers=NAME; unnamed=customer where lines name nobody)"
            )
        if self._people.employees and not self._employees:
            found.append("nobody in the file is called as employees says")
        if self._named:
            found.append(f"customers known by their name only: {len(self._named)}; --set customer=ID says who it is")
        return found


def transcript(
    tool: str, name: str, file: FileBytes, options: FileOptions, found: Iterable[Said | BadRow], known_as: str = "",
    language: str = "",
) -> RowSource:  # fmt: skip
    """A source of the turns of one recorded conversation; ``known_as`` is the id that the file itself has, if any.

    Raises SourceError where the file holds nothing that was said, or nothing tells when.
    """
    pieces: list[Said] = []
    broken: list[BadRow] = []
    for one in found:
        if isinstance(one, BadRow):
            broken.append(one)
        elif fault := fault_of(one.text):
            broken.append(bad_piece(one.line, one.text, *fault))
        else:
            pieces.append(one)
    if not pieces and not broken:
        raise SourceError(f"{name} holds nothing that was said", "at least one line with times and words", "check it")
    start = start_of(name, options.start, file.notes)
    conversation = f"{tool}:{known_as or fingerprint(start, pieces)}"
    sides = Sides(options.people)
    rows = list(rows_of(joined(pieces), conversation, start, options.people, sides, language))
    file.notes += sides.notes()
    return RowSource(name, COLUMNS, [*rows, *broken], file)


def rows_of(
    turns: Sequence[Said], conversation: str, start: datetime, people: People, sides: Sides, language: str = ""
) -> Iterator[Row]:
    """Rows of turns in their order; an employee's belongs to the customer who spoke last before it, else first."""
    decided = [people.side(turn.name) for turn in turns]
    customer = next((turn.name for turn, side in zip(turns, decided, strict=True) if side == CUSTOMER), "")
    seen: Counter[int] = Counter()
    for turn, side in zip(turns, decided, strict=True):
        customer = turn.name if side == CUSTOMER else customer
        if side != EMPLOYEE:
            sides.by_name(turn.name)
        at = round(turn.begin * 1000)
        seen[at] += 1
        copy = f"-{seen[at]}" if seen[at] > 1 else ""
        yield (
            turn.line,
            {
                "Turn": f"{conversation}:{at:08d}{copy}",
                "Conversation": conversation,
                "At": (start + timedelta(milliseconds=at)).isoformat(timespec="milliseconds"),
                "Seconds": None if turn.end is None else f"{turn.end - turn.begin:.3f}",
                "Language": language or None,
                "Customer name": (customer if side == EMPLOYEE else turn.name) or None,
                **sides.cells(turn.name, side, turn.text),
                **turn.more,
            },
        )


def fault_of(text: str) -> tuple[str, str] | None:
    """Why a text cannot be loaded, and what could be; None where it can."""
    if "\0" in text:
        return "the words hold a NUL character", "text without NUL characters"
    if len(text) > LONGEST_TEXT:
        return "the words are longer than anybody speaks in one piece", f"up to {LONGEST_TEXT:,} characters"
    return None


def bad_piece(line: int, text: str, reason: str, expected: str) -> BadRow:
    """A piece that is set aside as a whole."""
    return BadRow(line, "(row)", f"text of {len(text)} characters", reason, expected, {"_text": text[:LONGEST_TEXT]})


def sound(text: str) -> str:
    """The text without what cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def conversation_tables(tool: str, constants: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tables of a mapping of recorded conversations."""
    return [
        {
            "name": "interaction",
            "columns": {
                "interaction_id": "Turn",
                "customer_id": {
                    "first_of": ["Customer", {"column": "Customer name", "prefix": f"{tool}:"}, "Conversation"]
                },
                "occurred_at": "At",
                "duration_s": "Seconds",
                "conversation_id": "Conversation",
                "speaker": "Side",
                "text": "Words",
                "language": "Language",
            },
            "constants": {"channel": "call", "touchpoint": "call", "kind": "turn", **constants},
        }
    ]


def person_tables(
    tool: str, columns: Mapping[str, Any], constants: Mapping[str, Any], **more: Any
) -> list[dict[str, Any]]:
    """The tables of a mapping of a tool that knows its people: by an address, or by a number of its own.

    ``columns`` and ``constants`` are the interaction's beside the usual ones, ``more`` further keys of both blocks.
    """
    who = {
        "first_of": [
            "Customer",
            {"column": "Customer address", "prefix": "email:", "hashed": True},
            {"column": "Customer key", "prefix": f"{tool}:"},
            "Conversation",
        ]
    }
    usual = {
        "interaction_id": "Turn", "customer_id": who, "occurred_at": "At", "conversation_id": "Conversation",
        "speaker": "Side", "text": "Words",
    }  # fmt: skip
    return [
        {"name": "interaction", **more, "columns": {**usual, **columns}, "constants": dict(constants)},
        {
            "name": "customer",
            **more,
            # a customer that is told has a record of its own already
            "only_when": {"Side": CUSTOMER, "Customer": "", "Customer address": "?*"},
            "keep_others": False,
            "columns": {"customer_id": who, "name": "Customer name", "email": "Customer address"},
        },
    ]
