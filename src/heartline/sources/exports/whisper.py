"""Whisper: segments as JSON, as OpenAI's tool and service, whisper.cpp, faster-whisper and WhisperX write them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from heartline.errors import SourceError
from heartline.sources.conversation import Said, bad_piece, conversation_tables, sound, transcript
from heartline.sources.export import Export
from heartline.sources.file_bytes import FileBytes, whole
from heartline.sources.json_lines import cell_of
from heartline.sources.open_file import FileOptions
from heartline.sources.raw import BadRow, Source

_LONGEST = 3_600_000.0
_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "danish": "da", "swedish": "sv", "norwegian": "no", "finnish": "fi", "polish": "pl",
    "russian": "ru", "turkish": "tr", "japanese": "ja", "chinese": "zh", "korean": "ko", "arabic": "ar", "hindi": "hi",
}  # fmt: skip
_EXPECTED = '"start" and "end" in seconds, and "text"'


def _opened(path: Path, options: FileOptions) -> Source:
    file = FileBytes(path, options.encoding)
    try:
        content = _content(path.name, whole(file))
        found = list(_cpp(content) if "transcription" in content else _segments(content))
        result = content.get("result")
        told = content.get("language") or (result.get("language") if isinstance(result, dict) else None)
        return transcript("whisper", path.name, file, options, found, "", _code(told))
    except BaseException:
        file.close()
        raise


def _content(name: str, body: bytes) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise SourceError(f"{name} is not valid JSON", "the JSON that Whisper writes", "write it again") from cause
    if isinstance(content, dict):
        for key in ("segments", "transcription"):
            if isinstance(content.get(key), list):
                return content
    raise SourceError(
        f"{name} has no list of segments", 'a JSON object with "segments" (or "transcription" of whisper.cpp)',
        "choose the output format json, or verbose_json of the service",
    )  # fmt: skip


def _segments(content: dict[str, Any]) -> Iterator[Said | BadRow]:
    for number, segment in enumerate(content["segments"], 1):
        given = segment if isinstance(segment, dict) else {}
        yield _piece(number, segment, given.get("start"), given.get("end"), given.get("speaker"), given.get("text"))


def _cpp(content: dict[str, Any]) -> Iterator[Said | BadRow]:
    for number, segment in enumerate(content["transcription"], 1):
        given = segment if isinstance(segment, dict) else {}
        offsets = given.get("offsets")
        begin, end = (offsets.get(key) for key in ("from", "to")) if isinstance(offsets, dict) else (None, None)
        # whisper.cpp counts milliseconds
        begin, end = (value / 1000 if isinstance(value, int | float) else value for value in (begin, end))
        yield _piece(number, segment, begin, end, given.get("speaker"), given.get("text"))


def _piece(number: int, segment: object, begin: object, end: object, name: object, text: object) -> Said | BadRow:
    whole_text = cell_of(segment) or ""
    if not isinstance(text, str):
        return bad_piece(number, whole_text, "the segment has no text", _EXPECTED)
    if not _is_time(begin) or (end is not None and not _is_time(end)):
        return bad_piece(number, whole_text, "the times of the segment cannot be read", _EXPECTED)
    assert isinstance(begin, int | float)
    who = " ".join(sound(str(name)).split()) if isinstance(name, str | int) and not isinstance(name, bool) else ""
    until = float(end) if isinstance(end, int | float) else None
    return Said(number, float(begin), until, who, " ".join(sound(text).split()))


def _is_time(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value <= _LONGEST  # type: ignore[arg-type, operator]


def _code(told: object) -> str:
    language = str(told or "").strip().lower()
    return language if len(language) == 2 else _LANGUAGES.get(language, "")


def _looks(_: Path, head: str) -> bool:
    begins = head.lstrip("\ufeff").lstrip().startswith("{")
    plain = '"segments"' in head and '"start"' in head and '"text"' in head
    return begins and (plain or ('"transcription"' in head and '"offsets"' in head))


EXPORT = Export(
    name="whisper",
    title="a Whisper transcript",
    about="Each segment, or each turn where speakers are told, becomes an interaction with words and length.",
    fetch="choose the output format json (verbose_json of the service); WhisperX with diarisation tells the speakers",
    looks=_looks,
    opener=_opened,
    tables=conversation_tables("whisper", {}),
)
