"""How several rows become one value: what a mapping file writes as ``sum(price)`` or ``first(name)``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from heartline.errors import MappingError

_RULE = re.compile(r"^(sum|min|max|first|last|count)\(\s*([^*()]*?)\s*(?:\*\s*([^*()]*?)\s*)?\)$")


@dataclass(frozen=True)
class Gathering:
    """One column of gathered rows: ``how`` over ``column``, or over the product of two."""

    how: str
    column: str
    times: str = ""


def gathering(rule: object, place: str) -> Gathering:
    """The rule as written; MappingError, which names the ``place``, where it is none."""
    found = _RULE.match(str(rule).strip())
    if found is None or (found[1] != "count" and not found[2]) or (found[3] and found[1] != "sum"):
        raise MappingError(
            f"{place}: {rule!r} is no way to gather rows",
            "sum(a), sum(a * b), min(a), max(a), first(a), last(a) or count()",
            "see docs/how-to/mapping-files.md",
        )
    return Gathering(found[1], found[2], found[3] or "")
