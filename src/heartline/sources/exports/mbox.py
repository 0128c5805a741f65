"""mbox: a mailbox in one file, as Gmail's Takeout, Thunderbird and mail servers write it; or one letter (.eml)."""

from __future__ import annotations

import email
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import IO

from heartline.errors import SourceError
from heartline.sources.conversation import Sides, bad_piece, fault_of, person_tables, sound
from heartline.sources.export import Export
from heartline.sources.file_bytes import opened_file, refuse_bomb
from heartline.sources.mail_text import words_of
from heartline.sources.open_file import FileOptions
from heartline.sources.people import CUSTOMER, EMPLOYEE, People
from heartline.sources.raw import BadRow, Source
from heartline.sources.row_source import Row, RowSource

COLUMNS = (
    "Turn", "Conversation", "At", "Direction", "Side", "Speaker", "Customer", "Customer key", "Customer address",
    "Customer name", "Words", "Words not read", "Subject", "Original", "Automatic", "Labels", "Letter",
)  # fmt: skip
MOST = 32 << 20
"""Bytes of one letter that are kept: text comes first, attachments after it."""

_LINE = 1 << 20
_BEGIN = re.compile(rb"From \S.*\d\d:\d\d.*\d{4}")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:")
_REPLY = re.compile(r"^(?:(?:re|aw|sv|antw|fwd?|wg|vs)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_MACHINE = ("bulk", "junk", "auto_reply")
# what malformed headers and parts are known to raise inside the standard library
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_EXPECTED = "a letter with From, Date and text"


class _Box:
    """The lines of a mailbox, packed or not; a line longer than a megabyte comes in pieces."""

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        self.total_bytes, self._disk = opened_file(path)
        packed = self._disk.read(2) == b"\x1f\x8b"
        self._disk.seek(0)
        self._name = path.name
        self._stream: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=self._disk) if packed else self._disk

    @property
    def done_bytes(self) -> int:
        """How far the file on disk has been read."""
        return self._disk.tell() if not self._disk.closed else self.total_bytes

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        self._disk.close()

    def lines(self) -> Iterator[bytes]:
        """Lines with their ends."""
        unpacked = 0
        while True:
            try:
                line = self._stream.readline(_LINE)
            except (OSError, EOFError, zlib.error) as cause:
                raise SourceError(
                    f"{self._name} is cut off or damaged", "a whole gzip file", "fetch the file again"
                ) from cause
            if not line:
                return
            unpacked += len(line)
            if self._stream is not self._disk:
                refuse_bomb(self._name, unpacked, self.total_bytes)
            yield line


def _opened(path: Path, options: FileOptions) -> Source:
    box = _Box(path)
    try:
        _refuse_other(path, box)
    except BaseException:
        box.close()
        raise
    box.close()
    box = _Box(path)
    sides = Sides(options.people)
    return RowSource(path.name, COLUMNS, _rows(box, options.people, sides), box)


def _refuse_other(path: Path, box: _Box) -> None:
    first = next((line for line in box.lines() if line.strip()), b"").removeprefix(b"\xef\xbb\xbf")
    letter = path.name.lower().endswith(".eml") and _FIELD.match(first)
    if not first.startswith(b"From ") and not letter:
        raise SourceError(
            f"{path.name} does not begin with a line such as 'From ida@home.example Sat Mar  1 10:00:00 2025'",
            "an mbox file, or one letter with the ending .eml", "export the mailbox as mbox",
        )  # fmt: skip


def _letters(box: _Box) -> Iterator[tuple[int, bytes]]:
    """Letters with the lines they begin on."""
    kept: list[bytes] = []
    size, begin, blank, number, whole_line = 0, 1, True, 0, True
    for line in box.lines():
        number += whole_line
        first = blank and whole_line and _BEGIN.match(line.removeprefix(b"\xef\xbb\xbf"))
        if first:
            if kept:
                yield begin, b"".join(kept)
            kept, size, begin = [], 0, number
        else:
            if not kept and not line.strip():
                begin = number + 1
            elif size <= MOST:
                kept.append(line)
            size += len(line)
        blank = not line.strip() and whole_line
        whole_line = line.endswith(b"\n")
    if kept:
        yield begin, b"".join(kept)


def _rows(box: _Box, people: People, sides: Sides) -> Iterator[Row | BadRow]:
    for line, raw in _letters(box):
        try:
            letter = email.message_from_bytes(_ESCAPED.sub(rb"\1", raw))
            text, own = words_of(letter)
            cells = _cells(letter, sound(text), sound(own), people, sides)
        except _BROKEN:
            cells = None
        if cells is None:
            yield bad_piece(line, raw.decode("utf-8", "replace"), "the letter cannot be read", _EXPECTED)
        elif fault := fault_of(cells["Words"] or cells["Words not read"] or ""):
            yield bad_piece(line, raw.decode("utf-8", "replace"), *fault)
        else:
            yield line, cells
    box.notes += sides.notes()


def _cells(letter: Message, text: str, own: str, people: People, sides: Sides) -> dict[str, str | None] | None:
    senders = _people(letter, "From") or _people(letter, "Sender")
    if not senders and letter["Date"] is None:
        return None
    name, address = senders[0] if senders else ("", "")
    labels = _header(letter, "X-Gmail-Labels")
    sent = bool(re.search(r"(?:^|,)\s*Sent(?:,|$)", labels))
    side = people.side(name, address, EMPLOYEE if sent else "")
    if not side and people.direction:
        side = CUSTOMER if people.direction == "inbound" else EMPLOYEE
    whom = (name, address)
    if side == EMPLOYEE:
        to = [*_people(letter, "To"), *_people(letter, "Cc")]
        whom = next((one for one in to if people.side(*one) != EMPLOYEE), to[0] if to else ("", ""))
    subject = _header(letter, "Subject")
    key = _one_id(_header(letter, "Message-ID")) or _made_id(letter, text)
    said = own or ("" if text else _REPLY.sub("", subject))
    plain = {"Words": None, "Words not read": None}
    return plain | {
        "Turn": f"mbox:{key}",
        "Conversation": f"mbox:{_thread(letter) or key}",
        "At": _moment(letter),
        "Direction": {CUSTOMER: "inbound", EMPLOYEE: "outbound"}.get(side),
        "Customer key": None,
        "Customer address": whom[1] or None,
        "Customer name": whom[0] or None,
        "Subject": subject or None,
        "Original": text if text != own else None,
        "Automatic": _automatic(letter) or None,
        "Labels": labels or None,
        "Letter": _kind(letter, labels),
    } | sides.cells(name or address, side, said)  # fmt: skip


def _people(letter: Message, field: str) -> list[tuple[str, str]]:
    given = [str(value) for value in letter.get_all(field, [])]
    found = [(_words(name), _plain(address).lower()) for name, address in getaddresses(given[:1])]
    return [(name, address) for name, address in found if "@" in address]


def _header(letter: Message, field: str) -> str:
    value = letter[field]
    return "" if value is None else _words(str(value))


def _words(value: str) -> str:
    try:
        text = str(make_header(decode_header(value)))
    except _BROKEN:
        text = value
    return _plain(text)


def _plain(text: str) -> str:
    return " ".join(sound(text).replace("\0", " ").split())


def _moment(letter: Message) -> str | None:
    try:
        found = parsedate_to_datetime(_header(letter, "Date"))
        # -0000 says that the sender's zone is not known, and the time is UTC
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _thread(letter: Message) -> str:
    """What holds a conversation together: Gmail's thread, else the first letter that is answered."""
    gmail = _header(letter, "X-GM-THRID")
    return (
        f"gmail:{gmail}" if gmail else _one_id(_header(letter, "References")) or _one_id(_header(letter, "In-Reply-To"))
    )


def _one_id(value: str) -> str:
    found = re.search(r"<([^<>\s]{1,400})>", value)
    return found[1] if found else (value.split() or [""])[0][:400]


def _made_id(letter: Message, text: str) -> str:
    parts: Sequence[str] = (_header(letter, "From"), _header(letter, "Date"), _header(letter, "Subject"), text)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def _kind(letter: Message, labels: str) -> str:
    """What is left out by the mapping, and ``person`` for what is not."""
    known = {label.strip().lower() for label in labels.split(",")}
    if _automatic(letter):
        return "machine"
    return "spam" if "spam" in known else "draft" if known & {"draft", "drafts"} else "person"


def _automatic(letter: Message) -> str:
    """The word by which a letter says that a machine wrote it; blank for people's letters."""
    told = _header(letter, "Auto-Submitted").lower()
    if told and not told.startswith("no"):
        return told
    precedence = _header(letter, "Precedence").lower()
    if precedence in _MACHINE:
        return precedence
    return "auto-reply" if letter["X-Autoreply"] or letter["X-Autorespond"] else ""


EXPORT = Export(
    name="mbox",
    title="a mailbox (mbox)",
    about="Each letter becomes an interaction with the words that its writer wrote, without quotations and signature; "
    "senders and recipients outside the company become customers. Letters of machines, spam and drafts are left out.",
    fetch="in Google Takeout choose Mail; in Thunderbird copy the folder's file; other programs export as mbox",
    looks=lambda _, head: _BEGIN.match(head.split("\n", 1)[0].encode()) is not None,
    opener=_opened,
    tables=person_tables(
        "mbox",
        {"direction": "Direction"},
        {"channel": "email", "touchpoint": "email", "kind": "message"},
        skip_when={"Letter": ["machine", "spam", "draft"]},
    ),
)
