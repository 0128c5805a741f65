"""Maps of explored sites as pages write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from heartline.walks.maps import Explored
from heartline.web.figures import minute, plain


@dataclass(frozen=True)
class MapLine:
    """One explored site. sale, human: how far they are, in words; whole: everything that may be opened was"""

    address: str
    origin: str
    name: str
    device: str
    when: str
    pages: int
    whole: bool
    sale: str
    human: str
    dead_ends: int
    broken: int


def map_line(one: Explored) -> MapLine:
    """A map in the list."""
    found = one.found
    return MapLine(
        f"/walks/map/{quote(one.map_id, safe='')}", found.origin, plain(one.name), one.device, minute(one.explored_at),
        len(found.pages), found.whole, clicks(found.to_sale), clicks(found.to_human), len(found.dead_ends),
        len(found.broken),
    )  # fmt: skip


def clicks(way: Sequence[str]) -> str:
    """How long a way is; empty: there is none."""
    if not way:
        return "no way found"
    far = len(way) - 1
    return "on the home page" if far == 0 else f"{far} click{'s' if far > 1 else ''}"
