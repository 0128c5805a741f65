"""The map of a site for people: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from heartline.walk.atlas import Map
from heartline.walk.map_picture import MOST, map_picture

_STYLE = """
:root{--ink:#1c2430;--back:#fff;--soft:#586070;--rule:#c9ced6;--fill:#f4f6f8;--sale:#0b6b3a;--human:#1f4fbf;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--back:#14181f;--soft:#a3abb8;--rule:#414a58;--fill:#1f2630;
--sale:#5fd08f;--human:#8fb2ff;--bad:#ff9a90}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);margin:0 auto;max-width:1180px;
padding:24px}
h1{margin:0 0 8px;font-size:26px}h2{margin:40px 0 8px;font-size:20px}p{margin:4px 0}.soft{color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:24px;margin:16px 0}.figures b{display:block;font-size:24px}
.picture{overflow-x:auto;border:1px solid var(--rule);border-radius:6px}ul{padding-left:20px}
li{overflow-wrap:anywhere}ol.way{padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:4px 8px}
ol.way li+li:before{content:"→ ";color:var(--soft)}
svg{display:block}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .col{font-weight:600}
svg .mark{font-size:10.5px;font-weight:600}svg rect{fill:var(--fill);stroke:var(--rule)}
svg path{fill:none;stroke:var(--rule);stroke-width:1.2}svg path.sale{stroke:var(--sale);stroke-width:3}
svg path.human{stroke:var(--human);stroke-width:3;stroke-dasharray:7 4}
svg .point-of-sale rect{stroke:var(--sale);stroke-width:2}svg .point-of-sale .mark{fill:var(--sale)}
svg .human rect{stroke:var(--human);stroke-width:2}svg .human .mark{fill:var(--human)}
svg .broken rect,svg .no-way-on rect,svg .blind rect,svg .keyboard-held rect{stroke:var(--bad);stroke-width:2}
svg .broken .mark,svg .no-way-on .mark,svg .blind .mark,svg .keyboard-held .mark{fill:var(--bad)}
"""

_LINES = 500
"""Most lines of a list: a big site's own list has hundreds of thousands."""


def map_page(found: Map) -> str:
    """A map as one HTML file: figures, shortest ways, picture, and what is wrong."""
    bound = "" if found.whole else ", and stopped at its bounds"
    title = f"Ways through {found.origin}"
    figures = [
        (_clicks(found.to_sale), "clicks to the point of sale"), (_clicks(found.to_human), "clicks to a human"),
        (str(len(found.broken)), "broken"), (str(len(found.blind)), "from which neither is reached"),
        (str(len(found.dead_ends)), "from which nothing leads on"),
        ("not known" if found.listed is None else str(len(found.orphans)), "to which nothing leads"),
    ]  # fmt: skip
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(title)}</h1><p class=soft>{len(found.pages)} pages in {found.seconds:g} s{bound}. Nothing was "
        f"sent; {found.blocked} requests to other addresses were blocked.</p>"
        f"<div class=figures>{''.join(f'<div><b>{value}</b>{name}</div>' for value, name in figures)}</div>"
        f"{_way('The shortest way to the point of sale', found.to_sale)}"
        f"{_way('The shortest way to a human', found.to_human)}"
        f"<h2>All ways</h2><p class=soft>{reading(found)}</p><div class=picture tabindex=0>{map_picture(found)}</div>"
        f"{''.join(_list(name, lines) for name, lines in wrong(found))}</body></html>\n"
    )


def wrong(found: Map) -> list[tuple[str, list[str]]]:
    """What there is to say of a map besides its ways: headings with lines, those without any left out."""
    told = [
        ("Broken", [f"{page} ({status or 'no answer'}), from {by or 'nowhere'}" for page, status, by in found.broken]),
        ("Send on and on", list(found.loops)),
        ("No way on to either", list(found.blind)),
        ("Nothing leads on", list(found.dead_ends)),
        ("A keyboard cannot leave", [f"{page}: {', '.join(names)}" for page, names in found.trapped]),
        ("In the site's own list, and no page leads there", list(found.orphans)),
        ("Sent on more than once", [f"{page}: {times} times, to {to}" for page, times, to in found.chains]),
        ("Not known, as not all they lead to was opened", list(found.unknown)),
        ("Not opened", [f"{address} ({why})" for address, why in found.left]),
    ]
    return [(name, lines) for name, lines in told if lines]


def _clicks(way: Sequence[str]) -> str:
    return str(len(way) - 1) if way else "none found"


def _way(name: str, way: Sequence[str]) -> str:
    steps = "".join(f"<li>{escape(one)}" for one in way)
    return f"<h2>{name}</h2>" + (f"<ol class=way>{steps}</ol>" if way else "<p>No way was found.</p>")


def _list(name: str, lines: Sequence[str]) -> str:
    left = len(lines) - _LINES
    more = f"<li>and {left:,} more" if left > 0 else ""
    return f"<h2>{escape(name)}</h2><ul>{''.join(f'<li>{escape(line)}' for line in lines[:_LINES])}{more}</ul>"


def reading(found: Map) -> str:
    """How the picture of a map is read."""
    few = (
        f" Of {len(found.pages)} pages, those on the shortest ways are shown, those with something wrong, and what "
        "leads to them."
        if len(found.pages) > MOST
        else ""
    )
    return (
        "A column for each click from the home page; a thin line to each page from one that leads there first. The "
        f"thick line goes to the point of sale, the broken one to a human.{few}"
    )
