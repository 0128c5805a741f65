"""All ways of a site from its home page: the shortest to the point of sale and to a human, the broken, the blind."""

from __future__ import annotations

import fnmatch
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from heartline.walk.script import origin_of
from heartline.walk.step import Deed, Look, Noise

AGENT = "heartline-walk"
SALE = ("address:*checkout*",)
HUMAN = ("way:tel:*",)
AWAY = "another site"
DENY = ("*logout*", "*sign-out*", "*delete*", "*unsubscribe*", "*payment*")


@dataclass(frozen=True)
class Rules:
    """What is looked for and how far.

    sale, human: where a page is one; ``address:/pattern*`` its path with query, ``text:words`` what is written on it,
    ``way:pattern*`` the address of something on it that can be pressed (tel:, mailto:)
    deny: patterns of addresses that are never opened; pages, seconds: most in all; rate: most pages a second
    robots: whether robots.txt is obeyed
    """

    sale: tuple[str, ...] = SALE
    human: tuple[str, ...] = HUMAN
    deny: tuple[str, ...] = DENY
    pages: int = 100
    seconds: float = 300.0
    rate: float = 1.0
    robots: bool = True


@dataclass(frozen=True)
class Page:
    """One page that was opened. address: path with query; clicks: from the home page; ways: name and address."""

    address: str
    title: str
    status: int
    clicks: int
    sale: bool
    human: bool
    ways: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Map:
    """What was found.

    to_sale, to_human: addresses of the shortest way, the home page first; empty: none was found
    broken: address, status and a page that leads there; blind: pages from which neither can be reached
    unknown: pages of which that cannot be said, since what they lead to was not opened
    left: addresses that were not opened and why; whole: whether everything that may be opened was
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


class Eyes(Protocol):
    """What opens pages: a browser that only reads."""

    def go(self, path: str) -> Deed:
        """Open a path of the origin."""

    def rest(self, most: float, quiet: float) -> float:
        """Wait until nothing has happened for ``quiet`` seconds, at most ``most``."""

    def look(self) -> Look:
        """What is on the page."""

    def noise(self) -> Noise:
        """What the page did since it was last asked."""

    def text(self) -> str:
        """All that is written on the page."""


@dataclass
class _Found:
    pages: dict[str, Page] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    blocked: int = 0


def explore(origin: str, eyes: Eyes, rules: Rules | None = None, told: Callable[[Page], None] | None = None) -> Map:
    """Breadth-first over links and buttons that bear an address. No form is ever sent and no button pressed."""
    rules = rules or Rules()
    origin = origin_of(origin)
    begun = time.monotonic()
    gap = 1 / rules.rate
    allowed: Callable[[str], bool] = lambda _: True  # noqa: E731
    if rules.robots:
        allowed, gap = _robots(origin, eyes, gap)
    found = _Found(parent={"/": ""})
    queue, clicks = deque(["/"]), {"/": 0}
    last = 0.0
    while queue:
        over = len(found.pages) >= rules.pages or time.monotonic() - begun > rules.seconds
        address = queue.popleft()
        why = "limit" if over else _forbidden(address, rules, allowed)
        if why:
            found.left[address] = why
            continue
        time.sleep(max(0.0, last + gap - time.monotonic()))
        last = time.monotonic()
        page = _opened(address, clicks[address], origin, eyes, rules, found)
        if page is None:
            found.left[address] = AWAY
            continue
        found.pages[address] = page
        if told:
            told(page)
        for _, way in page.ways:
            path = _inside(way, origin)
            if path is not None and path not in clicks:
                clicks[path] = page.clicks + 1
                found.parent[path] = address
                queue.append(path)
    return _map(origin, found, time.monotonic() - begun)


def _opened(address: str, clicks: int, origin: str, eyes: Eyes, rules: Rules, found: _Found) -> Page | None:
    """The page at an address; None where it leads to another site, which the gate kept closed."""
    eyes.noise()
    eyes.go(address)
    eyes.rest(10.0, 0.1)
    look, noise = eyes.look(), eyes.noise()
    found.blocked += len(noise.blocked)
    failed = [one.status for one in noise.failures if one.page]
    status = failed[0] if failed else 200
    here = _inside(look.address, origin)
    if here is None:
        return Page(address, "", status if failed else 0, clicks, False, False) if failed else None
    text = eyes.text() if any(rule.startswith("text:") for rule in (*rules.sale, *rules.human)) else ""
    good = status < 400
    sale = good and _is(rules.sale, here, look, text)
    human = good and _is(rules.human, here, look, text)
    return Page(address, look.title[:120], status, clicks, sale, human, look.links)


def _is(rules: Iterable[str], address: str, look: Look, text: str) -> bool:
    for rule in rules:
        kind, _, wanted = rule.partition(":")
        if kind == "address" and fnmatch.fnmatchcase(address, wanted):
            return True
        if kind == "text" and wanted.lower() in text.lower():
            return True
        if kind == "way" and any(fnmatch.fnmatchcase(way, wanted) for _, way in look.links):
            return True
    return False


def _robots(origin: str, eyes: Eyes, gap: float) -> tuple[Callable[[str], bool], float]:
    """What robots.txt lets us open, and the pause it asks for. Without one, everything; with a failing one, nothing."""
    eyes.noise()
    eyes.go("/robots.txt")
    eyes.rest(10.0, 0.1)
    failed = [one.status for one in eyes.noise().failures if one.page]
    if failed and not 400 <= failed[0] < 500:
        return lambda _: False, gap
    if failed:
        return lambda _: True, gap
    parser = RobotFileParser()
    parser.parse(eyes.text().splitlines())
    delay = parser.crawl_delay(AGENT)
    return lambda path: parser.can_fetch(AGENT, origin + path), max(gap, float(delay or 0))


def _forbidden(address: str, rules: Rules, allowed: Callable[[str], bool]) -> str:
    if any(fnmatch.fnmatchcase(address.lower(), pattern.lower()) for pattern in rules.deny):
        return "deny list"
    return "" if allowed(address) else "robots.txt"


def _inside(address: str, origin: str) -> str | None:
    """Path with query of an address on the origin; None for any other."""
    told = urlsplit(address)
    if f"{told.scheme}://{told.netloc}".lower() != origin:
        return None
    return urlunsplit(("", "", told.path or "/", told.query, ""))


def _map(origin: str, found: _Found, seconds: float) -> Map:
    pages = list(found.pages.values())
    leads = {page.address: {way for _, to in page.ways if (way := _inside(to, origin)) is not None} for page in pages}
    open_ends = {address for address, why in found.left.items() if why != AWAY}
    good = _reaching(leads, {page.address for page in pages if page.sale or page.human})
    perhaps = _reaching(leads, open_ends)
    bad = [page for page in pages if page.status >= 400 or page.status == 0]
    rest = [page.address for page in pages if page.address not in good]
    return Map(
        origin, tuple(pages), _way(found, [page for page in pages if page.sale]),
        _way(found, [page for page in pages if page.human]),
        tuple((page.address, page.status, found.parent[page.address]) for page in bad),
        tuple(one for one in rest if one not in perhaps), tuple(one for one in rest if one in perhaps),
        tuple(sorted(found.left.items())), found.blocked, round(seconds, 2), "limit" not in found.left.values(),
    )  # fmt: skip


def _way(found: _Found, goals: Sequence[Page]) -> tuple[str, ...]:
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
