"""What one tool's export is: how it is known, how it is opened, and what becomes of its rows.

docs/how-to/exports.md lists those that there are; tests/sources/exports/test_contract.py says what each must do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heartline.sources.mapping import Mapping as FileMapping
from heartline.sources.mapping import read_mapping
from heartline.sources.open_file import FileOptions
from heartline.sources.raw import Source
from heartline.sources.record_file import Conversion, RecordOpener

Opener = Callable[[Path, FileOptions], Source]
"""Opens a file that is not a plain table; its rows may come as several kinds, told apart by a column."""

Looks = Callable[[Path, str], bool]
"""Whether a file is such an export, by its path and the beginning of its text (blank where it is no text)."""


@dataclass(frozen=True)
class OtherHeader:
    """A header that is known but cannot be loaded: an older version, or another report of the same tool.

    ``marks`` are columns that only this header has, ``version`` says which it is, ``changed`` what is different now.
    """

    marks: tuple[str, ...]
    version: str
    changed: str


@dataclass(frozen=True)
class Export:
    """One kind of file that one tool writes.

    ``name`` is what `heartline ingest --from` takes; ``title`` is written out, with its article (a Zendesk export);
    ``about`` says in a sentence what becomes of it; ``fetch`` how to get it out of the tool. A file is recognised by
    any of ``signatures`` (columns that its header has, all of them) or by ``looks``. ``tables`` are the blocks
    ``[[table]]`` of its mapping, ``options`` the keys of ``[file]``; ``needs`` columns that only its
    opener reads and cannot do without. ``rows`` makes the rows of one JSON object, where its files hold such: what the
    tool's webhook sends takes the same way.
    """

    name: str
    title: str
    about: str
    fetch: str
    tables: Sequence[Mapping[str, Any]]
    signatures: tuple[frozenset[str], ...] = ()
    looks: Looks | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    opener: Opener | None = None
    needs: tuple[str, ...] = ()
    others: tuple[OtherHeader, ...] = ()
    rows: Conversion | None = None

    @property
    def records(self) -> RecordOpener | None:
        """How its JSON objects become rows; None where its files hold none."""
        return self.opener if isinstance(self.opener, RecordOpener) else None

    @property
    def text(self) -> dict[str, Any]:
        """The mapping as a mapping file says it."""
        return {"file": {"export": self.name, **self.options}, "table": [dict(block) for block in self.tables]}

    def told(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The mapping with further keys under ``[file]``, e.g. who works for the company."""
        text = self.text
        return {**text, "file": {**text["file"], **given}}

    def mapping(self, given: Mapping[str, Any] | None = None) -> FileMapping:
        """The mapping, read, with what is ``given`` under ``[file]``."""
        return read_mapping(self.told(given or {}), f"the mapping of {self.name}")

    def other_header(self, found: Sequence[str]) -> OtherHeader | None:
        """The known header that these columns are of, if it is one that cannot be loaded."""
        return next((other for other in self.others if set(other.marks) <= set(found)), None)
