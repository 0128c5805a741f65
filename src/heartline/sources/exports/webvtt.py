"""WebVTT: transcripts of Teams (voice tags), Zoom (names before a colon) and of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from heartline.errors import SourceError
from heartline.sources.conversation import conversation_tables, transcript
from heartline.sources.cues import Cue, cues_of, said_in
from heartline.sources.export import Export
from heartline.sources.file_bytes import FileBytes, whole
from heartline.sources.open_file import FileOptions
from heartline.sources.raw import BadRow, Source

_MARK = b"WEBVTT"
_TEAMS = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/\S+", re.IGNORECASE)


def _opened(path: Path, options: FileOptions) -> Source:
    file = FileBytes(path, options.encoding)
    try:
        body = whole(file)
        if not body.lstrip(b"\xef\xbb\xbf").startswith(_MARK):
            raise SourceError(
                f"{path.name} does not begin with WEBVTT", "a WebVTT file", "for SRT files use --from srt"
            )
        found = list(cues_of(body))
        cues = [one for one in found if isinstance(one, Cue)]
        bad = [one for one in found if isinstance(one, BadRow)]
        return transcript("webvtt", path.name, file, options, [*said_in(cues), *bad], _recording(cues))
    except BaseException:
        file.close()
        raise


def _recording(cues: Sequence[Cue]) -> str:
    """The id that Teams writes before the number of each cue; blank where the cues do not share one."""
    keys = [_TEAMS.fullmatch(cue.key) for cue in cues]
    ids = {key[1].lower() if key else "" for key in keys}
    return ids.pop() if len(ids) == 1 else ""


EXPORT = Export(
    name="webvtt",
    title="a WebVTT transcript",
    about="Each turn of the conversation becomes an interaction with its speaker's words and length.",
    fetch="in Teams open the recap, Transcript, Download as .vtt; in Zoom download the audio transcript of a recording",
    looks=lambda _, head: head.lstrip("\ufeff").startswith("WEBVTT"),
    opener=_opened,
    tables=conversation_tables("webvtt", {}),
)
