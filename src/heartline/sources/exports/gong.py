"""Gong: transcripts of calls as its API gives them, with the calls themselves beside them where they are there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from heartline.errors import SourceError
from heartline.sources.conversation import Sides, bad_piece, fault_of, person_tables, sound
from heartline.sources.export import Export
from heartline.sources.file_bytes import FileBytes, whole
from heartline.sources.json_lines import cell_of
from heartline.sources.open_file import FileOptions
from heartline.sources.people import CUSTOMER, EMPLOYEE, People
from heartline.sources.raw import BadRow, Source
from heartline.sources.row_source import Row, RowSource
from heartline.sources.started import EXAMPLE, start_of

COLUMNS = (
    "Turn", "Conversation", "At", "Seconds", "Side", "Speaker", "Customer", "Customer key", "Customer address",
    "Customer name", "Words", "Words not read", "Topic",
)  # fmt: skip
MOST = 256 << 20
SECONDS_A_WORD = 12.0
"""People need about 0.4 seconds for a word: where the times say more than this, they are milliseconds."""

_SIDES = {"internal": EMPLOYEE, "external": CUSTOMER}
_LONGEST = 1e9
_FETCH = 'POST /v2/calls/extensive gives the "calls", with when they started and who took part'


@dataclass(frozen=True)
class _Party:
    """One who takes part in a call."""

    key: str
    name: str = ""
    address: str = ""
    side: str = ""


@dataclass(frozen=True)
class _Call:
    """One call; ``start`` is None where the file does not say it."""

    key: str
    start: datetime | None
    turns: Sequence[Any]
    parties: Mapping[str, _Party] = field(default_factory=dict)


@dataclass(frozen=True)
class _Turn:
    """What one speaker says in one go; times as the file has them."""

    line: int
    party: _Party
    begin: float
    end: float
    text: str
    topic: str


def _opened(path: Path, options: FileOptions) -> Source:
    file = FileBytes(path, options.encoding)
    try:
        calls = _calls(path.name, whole(file, MOST))
        unknown = [call for call in calls if call.start is None]
        told: datetime | None = None
        if unknown and len(calls) == 1:
            told = start_of(path.name, options.start, file.notes)
        elif len(unknown) == len(calls):
            raise SourceError(
                f"nothing says when the calls of {path.name} started", f'"started" with each call, e.g. {EXAMPLE}',
                f'put "calls" beside "callTranscripts" ({_FETCH}), or give one call a file with --set start=TIME',
            )  # fmt: skip
        sides = Sides(options.people)
        rows = list(_rows(calls, told, options.people, sides, file.notes))
        file.notes += sides.notes()
        return RowSource(path.name, COLUMNS, rows, file)
    except BaseException:
        file.close()
        raise


def _calls(name: str, body: bytes) -> list[_Call]:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise SourceError(f"{name} is not valid JSON", "one JSON object", "fetch the transcripts again") from cause
    pages = [page for page in (content if isinstance(content, list) else [content]) if isinstance(page, dict)]
    about: dict[str, dict[str, Any]] = {}
    found = []
    for page in pages:
        for call in _objects(page.get("calls")):
            about[_key(call) or _key(_object(call.get("metaData")))] = call
        found += _objects(page.get("callTranscripts"))
    if not found:
        raise SourceError(
            f'{name} has no "callTranscripts"', "what POST /v2/calls/transcript answers", f"fetch it again; {_FETCH}"
        )
    return [_call(number, one, about.get(_key(one), {})) for number, one in enumerate(found, 1)]


def _call(number: int, one: dict[str, Any], about: dict[str, Any]) -> _Call:
    told = [one, _object(one.get("metaData")), about, _object(about.get("metaData"))]
    start = next((moment for given in told if (moment := _moment(given.get("started"))) is not None), None)
    parties = {}
    for given in (*_objects(about.get("parties")), *_objects(one.get("parties"))):
        key = _text(given.get("speakerId")) or _text(given.get("id"))
        side = _SIDES.get(_text(given.get("affiliation")).lower(), "")
        parties[key] = _Party(key, _text(given.get("name")), _text(given.get("emailAddress")), side)
    turns = one.get("transcript")
    return _Call(_key(one) or f"unnamed {number}", start, turns if isinstance(turns, list) else [], parties)


def _rows(
    calls: Sequence[_Call], told: datetime | None, people: People, sides: Sides, notes: list[str]
) -> Iterator[Row | BadRow]:
    line = 0
    heard: list[tuple[_Call, list[_Turn]]] = []
    for call in calls:
        turns = []
        for given in call.turns:
            line += 1
            turn = _turn(line, given, call)
            if isinstance(turn, BadRow):
                yield turn
            elif (call.start or told) is None:
                text = cell_of(given) or ""
                yield bad_piece(line, text, "nothing says when the call started", '"started" with each call')
            else:
                turns.append(turn)
        heard.append((call, turns))
    unit = _unit([turn for _, turns in heard for turn in turns])
    if unit != 1.0:
        notes.append("times within calls are read as milliseconds")
    for call, turns in heard:
        start = call.start or told
        if start is not None:
            yield from _call_rows(call, start, turns, unit, people, sides)


def _call_rows(
    call: _Call, start: datetime, turns: Sequence[_Turn], unit: float, people: People, sides: Sides
) -> Iterator[Row]:
    decided = [people.side(turn.party.name or turn.party.key, turn.party.address, turn.party.side) for turn in turns]
    customer = next((turn.party for turn, side in zip(turns, decided, strict=True) if side == CUSTOMER), None)
    seen: Counter[int] = Counter()
    for turn, side in zip(turns, decided, strict=True):
        customer = turn.party if side == CUSTOMER else customer
        mine = customer if side == EMPLOYEE else turn.party
        at = round(turn.begin * unit * 1000)
        seen[at] += 1
        copy = f"-{seen[at]}" if seen[at] > 1 else ""
        cells: dict[str, str | None] = {
            "Turn": f"gong:{call.key}:{at:08d}{copy}",
            "Conversation": f"gong:{call.key}",
            "At": (start + timedelta(milliseconds=at)).isoformat(timespec="milliseconds"),
            "Seconds": f"{(turn.end - turn.begin) * unit:.3f}",
            "Topic": turn.topic or None,
            "Customer key": mine.key or None if mine else None,
            "Customer address": mine.address or None if mine else None,
            "Customer name": mine.name or None if mine else None,
        }
        yield turn.line, cells | sides.cells(turn.party.name or turn.party.key, side, turn.text)


def _turn(line: int, given: object, call: _Call) -> _Turn | BadRow:
    whole_text = cell_of(given) or ""
    sentences = _objects(given.get("sentences")) if isinstance(given, dict) else []
    times: list[Any] = [sentence.get(key) for sentence in sentences for key in ("start", "end")]
    if not isinstance(given, dict) or not sentences or not all(_is_time(time) for time in times):
        expected = '"sentences", each with "start", "end" and "text"'
        return bad_piece(line, whole_text, "the turn has no sentences with times", expected)
    text = " ".join(" ".join(_text(sentence.get("text")) for sentence in sentences).split())
    if fault := fault_of(text):
        return bad_piece(line, whole_text, *fault)
    key = _text(given.get("speakerId"))
    party = call.parties.get(key, _Party(key))
    return _Turn(line, party, float(times[0]), float(times[-1]), text, _text(given.get("topic")))


def _unit(turns: Sequence[_Turn]) -> float:
    """Seconds that a 1 in the file stands for."""
    words = sum(len(turn.text.split()) for turn in turns if turn.end > turn.begin)
    length = sum(turn.end - turn.begin for turn in turns if turn.end > turn.begin)
    # Gong's own description says milliseconds, so that is it where no sentence has a length
    return 1.0 if words and length / words <= SECONDS_A_WORD else 0.001


def _is_time(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value <= _LONGEST  # type: ignore[arg-type, operator]


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and 1990 <= found.year < 2100 else None


def _key(given: Mapping[str, Any]) -> str:
    return _text(given.get("callId")) or _text(given.get("id"))


def _text(value: object) -> str:
    return sound(str(value)).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


EXPORT = Export(
    name="gong",
    title="a Gong transcript",
    about="Each turn of a call becomes an interaction with its speaker's words and length; customers whose address the "
    "calls tell become customers.",
    fetch=f"fetch POST /v2/calls/transcript of Gong's API into a file; {_FETCH}, into the same file",
    looks=lambda _, head: '"callTranscripts"' in head,
    opener=_opened,
    tables=person_tables("gong", {"duration_s": "Seconds"}, {"channel": "call", "touchpoint": "call", "kind": "turn"}),
)
