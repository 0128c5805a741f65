"""The header of a file: its names made unique, and as an error or a note may show them: a few of them, and none that
may be a customer's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from heartline.sources.raw import shape_of

MOST_TOLD = 40
"""Names that are told; a file may have ten thousand."""
MOST_LOOKED = 1000
LONGEST = 60
"""Characters of a name; survey tools write whole questions there."""

_PERSONAL = re.compile(r"@|[0-9][0-9 ()/-]{6,}[0-9]")
_VALUE = re.compile(r"number |looks like a date")
_BROKEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x85\u2028\u2029\ufffd]|\u2026\w")
"""Signs that part lines elsewhere, or are no text."""


def told_names(names: Sequence[str]) -> str:
    """The names with commas between them.

    Where one of them is a number, a date or an address, or holds what is no text, the file's first line is a row and
    no header: what stands in it is not repeated.
    """
    if not names:
        return "none"
    few = list(names[:MOST_TOLD])
    if not names_told(names):
        several = "" if len(names) == 1 else "s"
        return f"{len(names)} column{several} whose first line holds values where names should be"
    more = f" and {len(names) - len(few):,} more" if len(names) > len(few) else ""
    return ", ".join(name if len(name) <= LONGEST else f"{name[:LONGEST]}…" for name in few) + more


def names_told(names: Sequence[str]) -> bool:
    """Whether the first names may be names: none is a number, a date, an address or no text."""
    return not any(
        _PERSONAL.search(name) or _BROKEN.search(name) or _VALUE.match(shape_of(name)) for name in names[:MOST_LOOKED]
    )


def unique_names(cells: Sequence[str], notes: list[str]) -> list[str]:
    """Header cells as unique names; nameless and repeated ones are numbered, and that is said."""
    names: dict[str, None] = {}
    copies: dict[str, int] = {}
    for number, cell in enumerate(cells):
        name = base = cell or f"column_{number + 1}"
        while name in names:
            copies[base] = copies.get(base, 1) + 1
            name = f"{base}_{copies[base]}"
        names[name] = None
    if not names_told(cells):
        # a file without a header: its words may be anywhere in the first line
        notes += [f"{len(copies)} names of columns come more than once"] if copies else []
        return list(names)
    for base, copy in list(copies.items())[:MOST_TOLD]:
        several = f"{base}_2" if copy == 2 else f"{base}_2 to {base}_{copy}"
        notes.append(f"the column {told_names([base])} comes {copy} times; read as {told_names([several])}")
    return list(names)
