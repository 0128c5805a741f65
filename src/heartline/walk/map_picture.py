"""The ways of a site as a picture: a column for each click from the home page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from heartline.walk.atlas import Map, Page

MOST = 120
"""Pages that are drawn; of a larger site, the shortest ways and what is wrong, with the way there."""
_WIDE, _HIGH, _BOX, _TOP = 240, 34, 188, 44
_SIGNS = 26


def map_picture(found: Map) -> str:
    """An SVG that needs nothing else; colours are those of the page it stands in (CSS variables)."""
    parent = parents(found)
    shown = _shown(found, parent)
    columns: dict[int, list[Page]] = defaultdict(list)
    for page in shown:
        columns[page.clicks].append(page)
    _in_order(columns, parent)
    place = {
        page.address: (clicks * _WIDE + 8, _TOP + row * _HIGH)
        for clicks, pages in columns.items()
        for row, page in enumerate(pages)
    }
    width = (max(columns, default=0) + 1) * _WIDE
    height = _TOP + max(map(len, columns.values()), default=1) * _HIGH + 8
    ways = (("sale", found.to_sale), ("human", found.to_human))
    lines = [_line(place, parent[one], one, "") for one in place if parent.get(one) in place]
    for name, way in ways:
        lines += [
            _line(place, a, b, name) for a, b in pairwise(way) if a in place and b in place
        ]  # fmt: skip
    heads = [
        f'<text class=col x="{clicks * _WIDE + 8}" y="22">{_head(clicks)}</text>' for clicks in sorted(columns)
    ]  # fmt: skip
    boxes = [_box(page, place[page.address], found) for page in shown]
    said = f"Ways through {found.origin}: {len(shown)} of {len(found.pages)} pages, by clicks from the home page"
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(said)}">'
        f"{''.join(heads)}<g class=lines>{''.join(lines)}</g>{''.join(boxes)}</svg>"
    )


def kinds(page: Page, found: Map) -> list[str]:
    """What a page is, in words; the first is drawn."""
    told = [
        ("broken", page.address in {one for one, _, _ in found.broken}),
        ("point of sale", page.sale),
        ("human", page.human),
        ("no way on", page.address in found.dead_ends),
        ("blind", page.address in found.blind),
        ("keyboard held", bool(page.trapped)),
    ]
    return [name for name, holds in told if holds]


def parents(found: Map) -> dict[str, str]:
    """For each page one that leads to it, a click nearer to the home page: what the picture draws."""
    clicks = {page.address: page.clicks for page in found.pages}
    told: dict[str, str] = {}
    for way in (found.to_sale, found.to_human):
        told.update({b: a for a, b in pairwise(way)})
    for one, two in found.links:
        if two in clicks and clicks[one] == clicks[two] - 1:
            told.setdefault(two, one)
    return told


def _shown(found: Map, parent: dict[str, str]) -> Sequence[Page]:
    if len(found.pages) <= MOST:
        return found.pages
    wanted = {*found.to_sale, *found.to_human}
    for page in found.pages:
        if len(wanted) >= MOST:
            break
        if kinds(page, found):
            one = page.address
            while one and one not in wanted:
                wanted.add(one)
                one = parent.get(one, "")
    return [page for page in found.pages if page.address in wanted]


def _in_order(columns: dict[int, list[Page]], parent: dict[str, str]) -> None:
    """Beside what leads to it, so that few lines cross."""
    for clicks in sorted(columns):
        above = {page.address: row for row, page in enumerate(columns.get(clicks - 1, []))}
        columns[clicks].sort(key=lambda page: (above.get(parent.get(page.address, ""), len(above)), page.address))


def _line(place: dict[str, tuple[int, int]], one: str, two: str, name: str) -> str:
    (x, y), (to_x, to_y) = place[one], place[two]
    x, y, to_y = x + _BOX, y + 13, to_y + 13
    half = (x + to_x) // 2
    kind = f' class="{name}"' if name else ""
    return f'<path{kind} d="M{x} {y}C{half} {y} {half} {to_y} {to_x} {to_y}"/>'


def _box(page: Page, at: tuple[int, int], found: Map) -> str:
    what = kinds(page, found)
    name = page.address if len(page.address) <= _SIGNS else f"{page.address[: _SIGNS - 1]}…"
    drawn = what[0].replace(" ", "-") if what else "plain"
    told = f"{page.address}: {page.title or 'no title'}{'; ' if what else ''}{', '.join(what)}"
    mark = f'<text class=mark x="{at[0] + 6}" y="{at[1] + 24}">{what[0]}</text>' if what else ""
    return (
        f'<g class="box {drawn}"><title>{escape(told)}</title><rect x="{at[0]}" y="{at[1]}" width="{_BOX}" height="27" '
        f'rx="4"/><text x="{at[0] + 6}" y="{at[1] + (12 if what else 18)}">{escape(name)}</text>{mark}</g>'
    )


def _head(clicks: int) -> str:
    return "home page" if clicks == 0 else f"{clicks} click{'s' if clicks > 1 else ''}"
