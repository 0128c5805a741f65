"""SRT: subtitles, as speech recognisers and video tools write them."""

from __future__ import annotations

import re
from pathlib import Path

from heartline.errors import SourceError
from heartline.sources.conversation import conversation_tables, transcript
from heartline.sources.cues import Cue, cues_of, said_in
from heartline.sources.export import Export
from heartline.sources.file_bytes import FileBytes, whole
from heartline.sources.open_file import FileOptions
from heartline.sources.raw import BadRow, Source

_HEAD = re.compile(r"\ufeff?\s*\d{1,9}\s*\n\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}\s*-->")


def _opened(path: Path, options: FileOptions) -> Source:
    file = FileBytes(path, options.encoding)
    try:
        found = list(cues_of(whole(file)))
        cues = [one for one in found if isinstance(one, Cue)]
        if not cues:
            raise SourceError(
                f"{path.name} holds no times such as 00:00:01,000 --> 00:00:02,000", "an SRT file", "check the file"
            )
        bad = [one for one in found if isinstance(one, BadRow)]
        return transcript("srt", path.name, file, options, [*said_in(cues), *bad])
    except BaseException:
        file.close()
        raise


EXPORT = Export(
    name="srt",
    title="an SRT transcript",
    about="Each turn, or each cue where none names its speaker, becomes an interaction with words and length.",
    fetch="choose SRT where a recogniser or video tool asks for the format of the transcript",
    looks=lambda _, head: _HEAD.match(head) is not None,
    opener=_opened,
    tables=conversation_tables("srt", {}),
)
