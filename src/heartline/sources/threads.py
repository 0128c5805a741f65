"""Which conversation a message belongs to, where the file only says which message answers which.

A mapping file says it as ``[file.thread]``; docs/how-to/mapping-files.md explains the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from heartline.errors import MappingError
from heartline.sources.header import told_names
from heartline.sources.joined import keys_of
from heartline.sources.raw import RawBatch, Source

HOW_TO = "see docs/how-to/mapping-files.md"
_KEYS = ("id", "answers", "answered_by", "name")
_PARTED_BY = ","


@dataclass(frozen=True)
class Thread:
    """A new column ``name``: the conversation of the message ``id``, which ``answers`` one or is ``answered_by`` some.

    ``answers`` and ``answered_by`` may hold several ids, parted by commas. Messages that are not in the file connect
    those that are: if B answers A' and A' answered A, then A and B are one conversation.
    """

    id: str
    answers: str = ""
    answered_by: str = ""
    name: str = "thread"

    @property
    def links(self) -> tuple[str, ...]:
        """Columns with ids of other messages."""
        return tuple(name for name in (self.answers, self.answered_by) if name)


def thread_of(given: object, where: str) -> Thread:
    """What ``[file.thread]`` says; MappingError where it is not enough."""
    place = f"[file.thread] in {where}"
    if not isinstance(given, Mapping) or not given.get("id") or not (given.get("answers") or given.get("answered_by")):
        raise MappingError(f"{place} does not say what answers what", 'id = "nr", answers = "reply_to"', HOW_TO)
    for key in given:
        if key not in _KEYS:
            raise MappingError(f"{place} has an unknown key {key}", f"one of {', '.join(_KEYS)}", HOW_TO)
    return Thread(**{str(key): str(value) for key, value in given.items()})


class Threads:
    """Adds the column. The file is read once before, by ``again``; memory holds its ids.

    A conversation is called by the least of all ids in it (as a number, if all ids are numbers), whatever the order of
    the rows. Ids written 848.0 mean 848.
    """

    def __init__(self, rule: Thread, file: str, again: Callable[[], Source], notes: list[str]) -> None:
        self._rule = rule
        self._file = file
        self._again = again
        self._notes = notes
        self._roots: dict[str, str] | None = None
        self._found: set[str] = set()

    def columns(self, found: Sequence[str]) -> list[str]:
        """The columns of the file and the new one; MappingError where an id's column is not there."""
        missing = [name for name in (self._rule.id, *self._rule.links) if name not in found]
        if missing:
            raise MappingError(
                f"{self._file} has no column {', '.join(missing)}, which [file.thread] uses; "
                f"found: {told_names(found)}",
                "columns that hold ids of messages", "correct the mapping file",
            )  # fmt: skip
        if self._rule.name in found:
            raise MappingError(
                f"{self._file} has a column {self._rule.name} already, which [file.thread] would hide",
                "a new name for it", 'name = "conversation"',
            )  # fmt: skip
        return [*found, self._rule.name]

    def batch(self, raw: RawBatch) -> RawBatch:
        """The same rows with the conversation of each."""
        if self._roots is None:
            self._roots = self._connected()
        roots = [self._roots.get(key) for key in keys_of(raw.columns[self._rule.id]).to_pylist()]
        self._found.update(root for root in roots if root is not None)
        return RawBatch({**raw.columns, self._rule.name: pa.array(roots, pa.string())}, raw.lines, raw.broken)

    def finish(self) -> None:
        """Say how many conversations there are; no row is held back."""
        self._notes.append(f"conversations found by what answers what: {len(self._found):,}")

    def _connected(self) -> dict[str, str]:
        above: dict[str, str] = {}

        def root(key: str) -> str:
            top = key
            while (higher := above.setdefault(top, top)) != top:
                top = higher
            while above[key] != top:
                above[key], key = top, above[key]
            return top

        source = self._again()
        try:
            for raw in source.batches():
                keys = keys_of(raw.columns[self._rule.id]).to_pylist()
                links = [keys_of(raw.columns[name]).to_pylist() for name in self._rule.links]
                for key, *others in zip(keys, *links, strict=True):
                    if key is None:
                        continue
                    root(key)
                    for other in (one.strip() for text in others if text for one in text.split(_PARTED_BY)):
                        if other:
                            above[root(other)] = root(key)
        finally:
            source.close()
        numbers = all(key.isdecimal() for key in above)
        least: dict[str, str] = {}
        for key in above:
            top = root(key)
            rank = (int(key), key) if numbers else (0, key)
            if top not in least or rank < ((int(least[top]), least[top]) if numbers else (0, least[top])):
                least[top] = key
        return {key: least[root(key)] for key in above}
