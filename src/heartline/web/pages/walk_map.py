"""The map of an explored site: the ways as a picture, what is wrong, and every page in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.errors import WalkError
from heartline.walk.atlas import Map, Page
from heartline.walk.map_page import reading, wrong
from heartline.walk.map_picture import kinds, map_picture
from heartline.web.door import Door
from heartline.web.explored import clicks
from heartline.web.figures import minute
from heartline.web.page import MissingPage, Query, told
from heartline.web.page import Page as WebPage

MOST_LINES = 12
"""Lines of what is wrong that are shown at once; the rest is folded away."""
MOST_PAGES = 300


@dataclass(frozen=True)
class PageLine:
    """One page of the site. status: as it answered, 0 without an answer; what: what it is to a customer, in words"""

    address: str
    title: str
    clicks: int
    status: int
    what: Sequence[str]
    bad: bool


@dataclass(frozen=True)
class Wrong:
    """One kind of what there is to say, and its lines; more: those beyond the first, to be unfolded"""

    name: str
    lines: Sequence[str]
    more: Sequence[str]


@dataclass(frozen=True)
class WalkMapContext:
    """What the map of an explored site shows."""

    origin: str = told("the site: scheme and host")
    name: str = told("name of the rules by which it was explored; empty where none stood in a file")
    device: str = told("desktop or mobile")
    explored: str = told("when, UTC")
    again: str = told("what explores it again")
    pages: int = told("how many pages were opened")
    whole: bool = told("whether everything that may be opened was")
    seconds: float = told("how long it took")
    blocked: int = told("requests to other addresses that were blocked")
    ways: Sequence[tuple[str, str, Sequence[str]]] = told("the shortest ways: where to, how far, address by address")
    figures: Sequence[tuple[str, str]] = told("what was counted: name and number")
    picture: str = told("the ways as a picture, SVG")
    picture_says: str = told("how the picture is read")
    wrong: Sequence[Wrong] = told("what is wrong, and what is not known")
    lines: Sequence[PageLine] = told("pages in the order of clicks from the home page, at most three hundred")
    keep_days: int = told("days after which the map is deleted")


def build(door: Door, query: Query) -> WalkMapContext:
    """The map that the address names. MissingPage where none is kept."""
    try:
        one = door.walks.maps.named(query["map_id"])
    except WalkError as missing:
        raise MissingPage(missing.got, missing.expected, missing.next_step) from missing
    found = one.found
    mobile = " --device mobile" if one.device == "mobile" else ""
    return WalkMapContext(
        origin=found.origin, name=one.name, device=one.device, explored=minute(one.explored_at),
        again=f"heartline walk explore {'FILE' if one.name else found.origin}{mobile}",
        pages=len(found.pages), whole=found.whole, seconds=found.seconds, blocked=found.blocked,
        ways=[
            ("To the point of sale", clicks(found.to_sale), found.to_sale),
            ("To a human", clicks(found.to_human), found.to_human),
        ],
        figures=[
            ("broken", str(len(found.broken))), ("nothing leads on", str(len(found.dead_ends))),
            ("neither is reached", str(len(found.blind))),
            ("nothing leads there", "not known" if found.listed is None else str(len(found.orphans))),
        ],
        picture=map_picture(found), picture_says=reading(found),
        wrong=[Wrong(name, lines[:MOST_LINES], lines[MOST_LINES:]) for name, lines in wrong(found)],
        lines=[_line(each, found) for each in sorted(found.pages, key=lambda each: (each.clicks, each.address))][
            :MOST_PAGES
        ],
        keep_days=door.settings.whole("walk_days"),
    )  # fmt: skip


def _line(page: Page, found: Map) -> PageLine:
    what = kinds(page, found)
    bad = bool(set(what) - {"point of sale", "human"})
    return PageLine(page.address, page.title, page.clicks, page.status, what, bad)


PAGE = WebPage("walk_map", "/walks/map/{map_id}", "Explored site", build, WalkMapContext)
