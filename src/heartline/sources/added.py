"""The columns that a mapping adds to a file's own: of a thread, of a second file, of the time between two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from heartline.sources.between import WithBetween
from heartline.sources.joined import Joined
from heartline.sources.mapping import Mapping
from heartline.sources.raw import Source
from heartline.sources.reshaped import Reshape, Reshaped
from heartline.sources.threads import Threads


def with_added(opened: Callable[[], Source], path: Path, mapping: Mapping) -> Source:
    """The source that ``opened`` opens with its added columns, in this order, so that a later one can use an earlier.

    Raises SourceError (there is no second file) and MappingError (a column is not there).
    """
    source = opened()
    steps: list[Callable[[], Reshape]] = []
    if mapping.thread is not None:
        thread = mapping.thread
        steps.append(lambda: Threads(thread, path.name, opened, source.notes))
    steps += [lambda j=join: Joined(j, path, opened, mapping.decimal, source.notes) for join in mapping.joins]  # type: ignore[misc]
    if mapping.between:
        steps.append(lambda: WithBetween(mapping.between, path.name))
    try:
        for step in steps:
            source = Reshaped(source, step())
    except BaseException:
        source.close()
        raise
    return source
