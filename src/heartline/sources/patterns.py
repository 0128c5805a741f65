"""Patterns of cells in a mapping file: ``*`` is any text, ``""`` a blank, ``"?*"`` anything but a blank."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heartline.sources.cells import Mask, as_mask, strings


def patterns(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Patterns of each column, as text."""
    return {
        str(column): tuple(plain(value) for value in (wanted if isinstance(wanted, list | tuple) else [wanted]))
        for column, wanted in given.items()
    }


def plain(value: object) -> str:
    """A value of a mapping file as the text of a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def matches(column: pa.Array, wanted: tuple[str, ...]) -> Mask:
    """Which cells are one of the patterns."""
    text = pc.fill_null(strings(column), "")
    found = np.zeros(len(text), bool)
    for pattern in wanted:
        if any(mark in pattern for mark in "*?["):
            found |= as_mask(pc.match_substring_regex(text, f"(?s)^{_regex(pattern)}$"))
        else:
            found |= as_mask(pc.equal(text, pattern))
    return found


def _regex(pattern: str) -> str:
    simple = fnmatch.translate(pattern)
    # Arrow's expressions know neither (?s:…) followed by \Z nor atomic groups
    found = re.fullmatch(r"\(\?s:(.*)\)\\Z", simple, re.DOTALL)
    return (found[1] if found else simple).replace("(?>", "(?:")
