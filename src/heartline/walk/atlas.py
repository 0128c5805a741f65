"""What a site is found to be: pages, shortest ways, the broken, the blind, those that nothing leads to."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from heartline.walk.addresses import inside, key_of

AWAY = "another site"
LIMIT, ALIKE = "limit", "enough of these"


@dataclass(frozen=True)
class Page:
    """One page that was opened.

    address: path with query, as it was linked; landed: where that led in the end; clicks: from the home page
    ways: name and address; folded: addresses that are seen only when something is unfolded
    trapped: what a keyboard cannot leave; why: what was said in the place of a page
    """

    address: str
    title: str
    status: int
    clicks: int
    sale: bool
    human: bool
    ways: tuple[tuple[str, str], ...] = ()
    landed: str = ""
    folded: tuple[str, ...] = ()
    trapped: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Map:
    """What was found.

    to_sale, to_human: addresses of the shortest way, the home page first; empty: none was found
    broken: address, status and a page that leads there; loops: those that only send on and on
    chains: addresses that send on more than once, how often, and where to
    dead_ends: pages from which nothing leads on; blind: pages from which neither can be reached
    unknown: pages of which that cannot be said, since what they lead to was not opened
    orphans: addresses in the site's own list (sitemap) to which no page opened leads; listed: how many it holds, None:
    there is no such list; trapped: pages with what a keyboard cannot leave on them
    left: addresses that were not opened and why; whole: whether everything that may be opened was
    links: from page to page, as (address, address)
    """

    origin: str
    pages: tuple[Page, ...]
    to_sale: tuple[str, ...]
    to_human: tuple[str, ...]
    broken: tuple[tuple[str, int, str], ...]
    blind: tuple[str, ...]
    unknown: tuple[str, ...]
    left: tuple[tuple[str, str], ...]
    blocked: int
    seconds: float
    whole: bool
    loops: tuple[str, ...] = ()
    chains: tuple[tuple[str, int, str], ...] = ()
    dead_ends: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    listed: int | None = None
    trapped: tuple[tuple[str, tuple[str, ...]], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass
class Found:
    """What is known so far, by address as it was linked; ``same``: key of an address to the address of its page."""

    pages: dict[str, Page] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    hops: dict[str, int] = field(default_factory=dict)
    blocked: int = 0


def drawn(origin: str, found: Found, seconds: float, listed: Sequence[str] | None) -> Map:
    """The map of what was found. listed: addresses of the site's own list, if it has one."""
    pages = list(found.pages.values())
    leads = {page.address: _leads(page, origin, found) for page in pages}
    open_ends = {address for address, why in found.left.items() if why != AWAY}
    good = _reaching(leads, {page.address for page in pages if page.sale or page.human})
    perhaps = _reaching(leads, open_ends)
    bad = [page for page in pages if page.status >= 400 or page.status == 0]
    rest = [page.address for page in pages if page.address not in good]
    known = {key_of(one) for one in (*found.parent, *(page.landed for page in pages if page.landed))}
    inner = {key_of(path): path for one in listed or () if (path := inside(one, origin)) is not None}
    return Map(
        origin=origin, pages=tuple(pages), to_sale=_way(found, [page for page in pages if page.sale]),
        to_human=_way(found, [page for page in pages if page.human]),
        broken=tuple((page.address, page.status, found.parent[page.address]) for page in bad),
        blind=tuple(one for one in rest if one not in perhaps), unknown=tuple(one for one in rest if one in perhaps),
        left=tuple(sorted(found.left.items())), blocked=found.blocked, seconds=round(seconds, 2),
        whole=not {LIMIT, ALIKE} & set(found.left.values()),
        loops=tuple(page.address for page in pages if page.why.startswith("sends on")),
        chains=tuple(
            (page.address, found.hops[page.address], page.landed)
            for page in pages
            if found.hops.get(page.address, 0) > 1 and page.landed
        ),
        dead_ends=tuple(page.address for page in pages if not leads[page.address] - {page.address} and _ends(page)),
        orphans=tuple(sorted(path for key, path in inner.items() if key not in known)),
        listed=None if listed is None else len(inner),
        trapped=tuple((page.address, page.trapped) for page in pages if page.trapped),
        links=tuple((one, two) for one, to in leads.items() for two in sorted(to) if one != two),
    )  # fmt: skip


def _ends(page: Page) -> bool:
    return not (page.sale or page.human) and 0 < page.status < 400


def _leads(page: Page, origin: str, found: Found) -> set[str]:
    """Where a page leads: to pages by their own address, to what was not opened by that of the link."""
    paths = (path for _, to in page.ways if (path := inside(to, origin)) is not None)
    return {found.same.get(key_of(path), path) for path in paths}


def _way(found: Found, goals: Sequence[Page]) -> tuple[str, ...]:
    """The shortest way to one of the pages: the first that breadth-first came to."""
    if not goals:
        return ()
    way = [min(goals, key=lambda page: page.clicks).address]
    while found.parent[way[-1]]:
        way.append(found.parent[way[-1]])
    return tuple(reversed(way))


def _reaching(leads: dict[str, set[str]], goals: set[str]) -> set[str]:
    """Every page from which one of the goals can be reached, goals among them."""
    back: dict[str, set[str]] = {}
    for page, ways in leads.items():
        for way in ways:
            back.setdefault(way, set()).add(page)
    seen, queue = set(goals), deque(goals)
    while queue:
        for page in back.get(queue.popleft(), ()):
            if page not in seen:
                seen.add(page)
                queue.append(page)
    return seen
