"""A small explored site with everything that a map can say, and what an address may tell of somebody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from heartline.walk.atlas import Found, Page, drawn

if TYPE_CHECKING:
    from heartline.walks import Walks

ORIGIN = "https://shop.example"
MAP = "map-whole_shop"
EXPLORED = datetime(2026, 6, 30, 9, 30)
_WAYS = {
    "/": ("/list?page=2", "/help", "/orders/ann@example.com?token=9f8e7d", "/gone", "/loop"),
    "/list?page=2": ("/checkout", "/faq"),
    "/help": ("tel:+49305550", "/faq"),
    "/faq": (),
    "/orders/ann@example.com?token=9f8e7d": (),
    "/checkout": ("/",),
    "/gone": (),
    "/loop": (),
}


def keep(walks: Walks) -> None:
    """Explored at ``EXPLORED``: 2 clicks to the point of sale, 1 to a human, two dead ends, one broken, one loop."""
    found = Found(parent={"/": ""}, same={path: path for path in _WAYS})
    for path, ways in _WAYS.items():
        clicks = 0 if path == "/" else 1 if path in _WAYS["/"] else 2
        for way in ways:
            if way.startswith("/"):
                found.parent.setdefault(way, path)
        whole = tuple((way, way if way.startswith("tel:") else f"{ORIGIN}{way}") for way in ways)
        loops = "sends on and on" if path == "/loop" else ""
        status = {"/gone": 404, "/loop": 0}.get(path, 200)
        title = f"Title of <b>{path.partition('?')[0]}</b>"
        trapped = ("Size",) if path == "/faq" else ()
        sale, human = path == "/checkout", path == "/help"
        found.pages[path] = Page(path, title, status, clicks, sale, human, whole, why=loops, trapped=trapped)
    found.left = {"/payment": "deny list"}
    found.blocked = 4
    made = drawn(ORIGIN, found, 12.3, [f"{ORIGIN}{path}" for path in ("/", "/faq", "/lonely")])
    walks.maps.keep(made, "whole_shop", "desktop", EXPLORED)
