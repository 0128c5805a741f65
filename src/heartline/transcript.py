"""A recorded conversation as turns of a room: WebVTT (Teams, Zoom), SRT, Gong and Whisper files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from heartline.errors import SourceError
from heartline.room.turn import Turn
from heartline.sources.exports import recognised
from heartline.sources.open_file import FileOptions

HOUSE = "Us"
"""Name of all speakers of whom the file itself says that they are the company's; their names are not kept."""
NOBODY = "Somebody"
READ = ("webvtt", "srt", "gong", "whisper")
_WORDS_A_SECOND = 2.5
_START = "2000-01-01T00:00:00+00:00"


@dataclass(frozen=True)
class Transcript:
    """Turns in the order of time, seconds since the first; unread: pieces of the file that could not be read."""

    turns: tuple[Turn, ...]
    unread: int

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, in the order of their first words."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))


def read_transcript(file: Path) -> Transcript:
    """The turns of a file. SourceError for one that is no transcript, or holds more than one conversation."""
    export = recognised(file)
    if export is None or export.name not in READ or export.opener is None:
        raise SourceError(
            f"{file.name} is no transcript that can be read",
            "WebVTT, SRT, Gong's or Whisper's JSON",
            "export the transcript of the meeting as .vtt, .srt or .json",
        )
    unread = 0
    rows: list[Mapping[str, str | None]] = []
    with closing(export.opener(file, FileOptions(export=export.name, start=_START))) as source:
        for batch in source.batches():
            unread += len(batch.broken)
            rows += [batch.raw_row(at) for at in range(batch.rows)]
    if len({row.get("Conversation") for row in rows}) > 1:
        raise SourceError(f"{file.name} holds several conversations", "one", "export one conversation at a time")
    return Transcript(tuple(_turns(rows)), unread)


def _turns(rows: list[Mapping[str, str | None]]) -> Iterator[Turn]:
    found = []
    for row in rows:
        text = row.get("Words") or row.get("Words not read")
        at = row.get("At")
        if text and at:
            found.append((datetime.fromisoformat(at).timestamp(), row, text))
    found.sort(key=lambda one: one[0])
    first = found[0][0] if found else 0.0
    for moment, row, text in found:
        begin = moment - first
        told = row.get("Seconds")
        seconds = float(told) if told else len(text.split()) / _WORDS_A_SECOND
        name = row.get("Speaker") or (HOUSE if row.get("Side") == "employee" else NOBODY)
        yield Turn(name[:80], begin, begin + max(0.0, seconds), text[:20_000])
