"""A person's own conversations, held against the code of conduct for that person alone.

Reads files and gives back what it found; writes nothing, keeps nothing, logs nothing, and needs no workspace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from heartline.analysis.conduct_read import is_read
from heartline.conduct import Turn, read_conversation
from heartline.conduct.conversation import EMPLOYEE
from heartline.emotion import load_model
from heartline.errors import SourceError
from heartline.sources.exports import check_mapped, open_mapped, recognised
from heartline.sources.mapped_rows import MappedRows
from heartline.sources.mapping import Mapping, TableMapping
from heartline.sources.own_rows import OwnRows, Reading, check_columns, own_names
from heartline.sources.raw import RawBatch, Source
from heartline.sources.started import named_start
from heartline.tables import table

HURT = -0.2
SPOKEN = ("call", "store", "event")


@dataclass(frozen=True)
class Seen:
    """One measure of one conversation: kept, broken, not_applicable or not_read, with your words for it."""

    measure: str
    status: str
    sign: str
    words: str


@dataclass(frozen=True)
class Promised:
    """A promise of yours, in your words, and by when it is due; None where you said no time."""

    kind: str
    words: str
    due_at: datetime | None


@dataclass(frozen=True)
class Talk:
    """One conversation.

    turns: how often anybody spoke; share: your part of all words, 0 to 1, None where there are too few
    longest: most words that you said before the other side spoke; asked: questions that you asked
    """

    conversation: str
    began_at: datetime
    turns: int
    share: float | None
    longest: int
    asked: int
    seen: tuple[Seen, ...]
    promised: tuple[Promised, ...]


def debrief(files: Sequence[Path], me: str = "", model: str = "default", start: str = "") -> list[Talk]:
    """Conversations of the files in the order of time, each held against the code.

    files: Heartline's own interaction columns with ``speaker`` and ``text``, or any export of conversations
    me: the name by which a transcript calls you; everybody else is then the other side
    model: text model that tells which of the other side's words tell of something bad
    start: when a recording began whose file does not say it; without it that of the file itself counts

    Raises SourceError where a file cannot be read or nobody in it is you, MappingError where columns are missing.
    """
    told: dict[str, list[Turn]] = {}
    for file in files:
        for talk, turn in _turns(file, me, start):
            told.setdefault(talk, []).append(turn)
    if not any(turn.side == EMPLOYEE for turns in told.values() for turn in turns):
        raise SourceError(
            f"nothing in {', '.join(file.name for file in files)} was said by {me or 'an employee'}",
            "your side of a conversation",
            "say your name as the file writes it: --me NAME",
        )
    talks = []
    reader = load_model(model)
    for name, found in told.items():
        turns = sorted(found, key=lambda turn: (turn.at, turn.key))
        others = [turn.text if turn.side != EMPLOYEE else None for turn in turns]
        valence = reader.score(others).valence.tolist()
        felt = [
            Turn(turn.key, turn.side, turn.at, turn.text, None if value != value else value <= HURT, turn.spoken)
            for turn, value in zip(turns, valence, strict=True)
        ]
        talks.append(_talk(name, felt))
    return sorted(talks, key=lambda talk: (talk.began_at, talk.conversation))


def _talk(name: str, turns: Sequence[Turn]) -> Talk:
    read = read_conversation(turns, is_read)
    said = {turn.key: turn.text for turn in turns}
    share = next(found.value for found in read.findings if found.measure == "listening")
    seen = tuple(
        Seen(found.measure, found.status, found.sign, said.get(found.key, "")[found.start : found.end])
        for found in read.findings
    )
    promised = tuple(
        Promised(made.promise.kind, said[made.key][made.promise.start : made.promise.end], made.due_at)
        for made in read.promises
    )
    return Talk(name, turns[0].at, len(turns), share, read.longest, read.asked, seen, promised)


def _turns(file: Path, me: str, start: str) -> Iterator[tuple[str, Turn]]:
    """Conversation and turn of everything that was said in a file."""
    export = recognised(file)
    mapping = None
    if export is not None:
        told: dict[str, Any] = {"employees": [me], "customers": ["*"]} if me else {}
        if named_start(file.name) is None:
            told["start"] = start or datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
        mapping = export.mapping(told)
        if not any(mapped.target.name == "interaction" for mapped in mapping.tables):
            raise SourceError(f"{file.name} is {export.title}", "a file of conversations", "give another file")
    source = open_mapped(file, mapping)
    try:
        yield from _said(source, file.name, mapping)
    finally:
        source.close()


def _said(source: Source, name: str, mapping: Mapping | None) -> Iterator[tuple[str, Turn]]:
    of = table("interaction")
    if mapping is None:
        check_columns(of, own_names(of, source.columns).values(), source.columns, name)
    else:
        check_mapped(source, mapping)
    mapped = None if mapping is None else next(one for one in mapping.tables if one.target is of)
    rows = OwnRows(of, Reading(UTC, mapped.time_formats if mapped else ()), name)
    mapper = None if mapped is None else MappedRows(mapped, name)
    for raw in source.batches():
        columns = _columns(raw, mapped, mapper)
        if not columns:
            continue
        made = rows.convert(*columns)
        if made.verbatim is None:
            continue
        about = {row["interaction_id"]: row for row in made.batch.to_pylist()}
        for row in made.verbatim.to_pylist():
            of_talk = about[row["interaction_id"]]
            talk = of_talk["conversation_id"] or f"{row['customer_id']} {row['occurred_at']:%Y-%m-%d}"
            spoken = of_talk["channel"] in SPOKEN
            yield talk, Turn(row["interaction_id"], row["speaker"], row["occurred_at"], row["text"], None, spoken)


def _columns(
    raw: RawBatch, mapped: TableMapping | None, mapper: MappedRows | None
) -> tuple[dict[str, Any], RawBatch] | None:
    """Heartline's columns of a batch, and the rows that they are of."""
    if not raw.rows:
        return None
    if mapped is None or mapper is None:
        names = own_names(table("interaction"), raw.columns)
        return {names[name]: column for name, column in raw.columns.items() if name in names}, raw
    mine = mapper.left(raw)
    return (mapper.columns(mine)[0], mine) if mine.rows else None
