"""All ways of a site from its home page: the shortest to the point of sale and to a human, the broken, the blind."""

from __future__ import annotations

import fnmatch
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Protocol
from urllib.parse import urlencode

from heartline.walk.addresses import clean, family, in_sitemap, inside, key_of, like
from heartline.walk.atlas import ALIKE, AWAY, LIMIT, Found, Map, Page, drawn
from heartline.walk.robots import NOTHING, Robots, read_robots
from heartline.walk.rules import Rules
from heartline.walk.script import origin_of
from heartline.walk.step import Deed, Look, Noise

_SITEMAPS = 5
"""Lists that are read, where one leads to others."""
_DENIED = "deny list"
_MOVES = 8


class Eyes(Protocol):
    """What opens pages: a browser that only reads."""

    def go(self, path: str) -> Deed:
        """Open a path of the origin."""

    def source(self, path: str) -> tuple[int, str]:
        """Status and text of a file as it is sent; 0 and nothing where none came."""

    def rest(self, most: float, quiet: float) -> float:
        """Wait until nothing has happened for ``quiet`` seconds, at most ``most``."""

    def look(self) -> Look:
        """What is on the page."""

    def unfold(self, menus: bool, screens: int) -> tuple[tuple[str, str], ...]:
        """Name and address of ways that are seen only when something is unfolded or scrolled to."""

    def trapped(self) -> tuple[str, ...]:
        """What a keyboard comes to and cannot leave."""

    def noise(self) -> Noise:
        """What the page did since it was last asked."""

    def text(self) -> str:
        """All that is written on the page."""


def explore(origin: str, eyes: Eyes, rules: Rules | None = None, told: Callable[[Page], None] | None = None) -> Map:
    """Breadth-first over links, buttons that bear an address, and what is folded away. No form is ever sent.

    A form that only looks for something is opened by the address that it would ask for, if the rules name a word.
    told: is given each page when it was opened
    """
    rules = rules or Rules()
    origin = origin_of(origin)
    begun = time.monotonic()
    robots = _robots(eyes) if rules.robots else Robots()
    gap = max(1 / rules.rate, robots.delay)
    found = Found(parent={"/": ""}, same={"/": "/"})
    queue, clicks, kin = deque(["/"]), {"/": 0}, Counter[str]()
    last = 0.0
    while queue:
        address = queue.popleft()
        if found.same[key_of(address)] in found.pages:
            continue  # another address led here before
        pause = last + gap - time.monotonic() if last else 0.0
        over = len(found.pages) >= rules.pages or time.monotonic() + max(0.0, pause) - begun > rules.seconds
        why = LIMIT if over else _forbidden(address, rules, robots)
        if not why and kin[family(address)] >= rules.alike:
            why = ALIKE
        if why:
            found.left[address] = why
            continue
        kin[family(address)] += 1
        time.sleep(max(0.0, pause))
        last = time.monotonic()
        page = _opened(address, clicks[address], origin, eyes, rules, robots, found)
        if page is None:
            continue
        found.pages[address] = page
        if told:
            told(page)
        for _, way in page.ways:
            path = inside(way, origin)
            if path is not None and key_of(path) not in found.same:
                path = clean(path)
                found.same[key_of(path)] = path
                clicks[path] = page.clicks + 1
                found.parent[path] = address
                queue.append(path)
    listed = _listed(origin, eyes, robots, rules)
    return drawn(origin, found, time.monotonic() - begun, listed)


def _opened(
    address: str, clicks: int, origin: str, eyes: Eyes, rules: Rules, robots: Robots, found: Found
) -> Page | None:  # fmt: skip
    """The page at an address; None where it leads elsewhere: to another site, a forbidden page, or one known."""
    eyes.noise()
    eyes.go(address)
    eyes.rest(10.0, 0.1)
    look, noise = eyes.look(), eyes.noise()
    found.blocked += len(noise.blocked)
    failed = [one for one in noise.failures if one.page]
    status = failed[0].status if failed else 200
    why = _said(failed[0].why if failed else "", noise.moved)
    status = 0 if why.startswith("sends on") else status
    here = inside(look.address, origin)
    found.hops[address] = sum(inside(one, origin) is not None for one in noise.hops)
    if here is None:
        if not failed:
            found.left[address] = AWAY
            return None
        return Page(address, "", status, clicks, False, False, why=why)
    landed = here if key_of(here) != key_of(address) else ""
    if landed and (why_not := _forbidden(landed, rules, robots)):
        found.left[address] = why_not
        return None
    if landed and status < 400:
        first = found.same.setdefault(key_of(landed), address)
        if first != address and (first in found.pages or first in found.left):
            found.same[key_of(address)] = first
            return None
        found.same[key_of(landed)] = address
    good = 0 < status < 400
    text = eyes.text() if any(rule.startswith("text:") for rule in (*rules.sale, *rules.human)) else ""
    hidden = eyes.unfold(rules.menus, rules.screens) if good else ()
    ways = tuple(dict.fromkeys((*look.links, *hidden, *_searches(look, rules))))
    trapped = eyes.trapped() if good and rules.keyboard else ()
    found.blocked += len(eyes.noise().blocked)
    seen = {way for _, way in look.links}
    return Page(
        address, look.title[:120], status, clicks, good and _is(rules.sale, here, ways, text),
        good and _is(rules.human, here, ways, text), ways, landed,
        tuple(path for _, way in hidden if way not in seen and (path := inside(way, origin))), trapped, why,
    )  # fmt: skip


def _said(why: str, moved: int) -> str:
    if "TOO_MANY_REDIRECTS" in why:
        return "sends on and on"
    return f"sends on by itself, {moved} times and more" if moved > _MOVES else why


def _searches(look: Look, rules: Rules) -> Iterable[tuple[str, str]]:
    """What the page's own searches would ask for, for a harmless word."""
    if rules.search is None:
        return
    for name, to, rest, field in look.searches:
        asked = "&".join(filter(None, [urlencode({field: rules.search}) if field else "", rest]))
        yield f"search: {name}", f"{to}?{asked}" if asked else to


def _is(rules: Iterable[str], address: str, ways: Iterable[tuple[str, str]], text: str) -> bool:
    for rule in rules:
        kind, _, wanted = rule.partition(":")
        if kind == "address" and like(address, (wanted,)):
            return True
        if kind == "text" and wanted.lower() in text.lower():
            return True
        if kind == "way" and any(fnmatch.fnmatchcase(way, wanted) for _, way in ways):
            return True
    return False


def _robots(eyes: Eyes) -> Robots:
    """What robots.txt lets us open, and the pause it asks for. Without one, everything; with a failing one, nothing."""
    status, text = eyes.source("/robots.txt")
    if 400 <= status < 500:
        return Robots()
    return read_robots(text) if 200 <= status < 400 else NOTHING


def _listed(origin: str, eyes: Eyes, robots: Robots, rules: Rules) -> list[str] | None:
    """Addresses in the site's own list; None where it has none."""
    told = [path for one in robots.sitemaps if (path := inside(one, origin)) is not None] or ["/sitemap.xml"]
    found: list[str] | None = None
    for read in range(_SITEMAPS):
        if read >= len(told):
            break
        if _forbidden(told[read], rules, robots):
            continue
        status, text = eyes.source(told[read])
        if status != 200 or "<loc" not in text:
            continue
        addresses, further = in_sitemap(text)
        if further:
            told += [path for one in addresses if (path := inside(one, origin)) is not None and path not in told]
        else:
            found = [*(found or []), *addresses]
    return found


def _forbidden(address: str, rules: Rules, robots: Robots) -> str:
    if rules.denies(address):
        return _DENIED
    return "" if robots.allows(address) else "robots.txt"
