"""Timed cues of WebVTT and SRT files: times, who speaks, words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from heartline.sources.conversation import Said, bad_piece
from heartline.sources.raw import BadRow

_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?$")
_ARROW = "-->"
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>\n]{1,200})>")
_TAG = re.compile(r"</?[A-Za-z0-9][^<>\n]{0,200}>|\{\\[^{}\n]{0,100}\}")
_NAMED = re.compile(r"^\s*(?:-\s+)?(?:\[([^\[\]:\n]{1,60})\]|([^\W_][^:\n<>\[\]]{0,59}))\s*:\s+(?=\S)")
_PLAIN = ("WEBVTT", "NOTE", "STYLE", "REGION")
EXPECTED = "00:00:01.000 --> 00:00:02.000, then the words, then a blank line"


@dataclass(frozen=True)
class Cue:
    """One cue as the file has it: where, its id (blank: none), seconds since the start, and its payload."""

    line: int
    key: str
    begin: float
    end: float
    text: str


def cues_of(body: bytes) -> Iterator[Cue | BadRow]:
    """Cues in the order of the file; what has no times that can be read, or is no text, is set aside."""
    block: list[bytes] = []
    for number, line in enumerate([*body.split(b"\n"), b""], 1):
        line = line.removesuffix(b"\r")
        if line.strip():
            block.append(line)
        elif block:
            yield from _block(block, number - len(block))
            block = []


def _block(raw: list[bytes], first: int) -> Iterator[Cue | BadRow]:
    try:
        lines = b"\n".join(raw).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        text = b"\n".join(raw).decode("utf-8", "replace")
        yield bad_piece(first, text, "the cue is not in the encoding of the file", "one encoding throughout")
        return
    at = [number for number, line in enumerate(lines) if _TIMING.match(line)]
    if not at:
        text = "\n".join(lines)
        if _ARROW in text:
            yield bad_piece(first, text, "the times of the cue cannot be read", EXPECTED)
        elif not lines[0].lstrip("\ufeff").startswith(_PLAIN):
            yield bad_piece(first, text, "words without times", EXPECTED)
        return
    # a line before the times is the cue's id; where a blank line is missing only a number is taken for one
    heads = [
        number - (number > 0 and (place == 0 or lines[number - 1].strip().isdigit())) for place, number in enumerate(at)
    ]
    for place, number in enumerate(at):
        end = heads[place + 1] if place + 1 < len(at) else len(lines)
        match = _TIMING.match(lines[number])
        assert match is not None
        key = lines[number - 1].strip() if heads[place] < number else ""
        begin, until = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        yield Cue(first + heads[place], key, begin, until, "\n".join(lines[number + 1 : end]))


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, rest = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(rest.ljust(3, "0")) / 1000


def said_in(cues: Sequence[Cue]) -> list[Said]:
    """What the cues say, with voice tags as names; where half of the others begin with ``Name:``, that is the name."""
    pieces = [piece for cue in cues for piece in _voices(cue)]
    open_ones = [piece for piece in pieces if not piece.name and piece.text]
    named = [piece for piece in open_ones if _named(piece.text)]
    by_prefix = bool(named) and 2 * len(named) >= len(open_ones)
    found = []
    for piece in pieces:
        prefix = _named(piece.text) if by_prefix and not piece.name else None
        if prefix is not None:
            name, rest = prefix
            piece = replace(piece, name=name, text=rest)
        if piece.text:
            found.append(replace(piece, text=" ".join(piece.text.split())))
    return found


def _voices(cue: Cue) -> list[Said]:
    tags = list(_VOICE.finditer(cue.text))
    before = cue.text[: tags[0].start()] if tags else cue.text
    parts = [("", before)] if _bare(before) or not tags else []
    for tag, following in zip(tags, [*tags[1:], None][: len(tags)], strict=True):
        parts.append((tag[1], cue.text[tag.end() : following.start() if following else None]))
    # how two voices share the time of one cue is not known
    end = cue.end if len(parts) == 1 else None
    return [Said(cue.line, cue.begin, end, " ".join(html.unescape(name).split()), _bare(text)) for name, text in parts]


def _bare(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()


def _named(text: str) -> tuple[str, str] | None:
    found = _NAMED.match(text)
    if found is None:
        return None
    name = " ".join((found[1] or found[2]).split())
    if len(name.split()) > 6 or not any(sign.isalpha() for sign in name):
        return None
    return name, text[found.end() :]
