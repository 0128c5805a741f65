"""A map of a site without what its addresses may tell of people: what is kept of an exploration, and shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import parse_qsl, unquote

from heartline.privacy import KINDS, masked
from heartline.walk.atlas import Map, Page
from heartline.walk.map_picture import parents

_PLAIN = re.compile(r"\d{1,4}")
"""Values that stay: the number of a page of a list says nothing of anybody."""
_TOKEN = re.compile(r"(?<=/)(?=[^/]*\d)(?:\w{16,}|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27})(?=/|$)")
"""A part of a path that may be made for one person: long, no words, and with digits in it."""


def bare(found: Map) -> Map:
    """The same map with addresses as ``shown`` gives them, titles masked, and no more ways than its picture has."""
    names = _Names()
    many = names.all
    return replace(
        found, pages=tuple(_page(page, names) for page in found.pages), to_sale=many(found.to_sale),
        to_human=many(found.to_human), blind=many(found.blind), unknown=many(found.unknown), loops=many(found.loops),
        dead_ends=many(found.dead_ends), orphans=many(found.orphans),
        broken=tuple((names(page), status, names(by) if by else "") for page, status, by in found.broken),
        left=tuple((names(address), why) for address, why in found.left),
        chains=tuple((names(page), times, names(to)) for page, times, to in found.chains),
        trapped=tuple((names(page), _words(told)) for page, told in found.trapped),
        links=tuple((names(one), names(two)) for two, one in parents(found).items()),
    )  # fmt: skip


def shown(address: str) -> str:
    """Path and the names of parameters; of their values only short numbers, of the path nothing that tells who."""
    told, _, given = address.partition("?")
    path = _TOKEN.sub("…", masked(unquote(told), KINDS)[0])
    asked = "&".join(
        f"{masked(name, KINDS)[0]}={value if _PLAIN.fullmatch(value) else '…'}"
        for name, value in parse_qsl(given, keep_blank_values=True)
    )
    return (path or "/") + (f"?{asked}" if asked else "")


class _Names:
    """What each address is called: one name for one address, although two may look alike when they are bare."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._taken: dict[str, int] = {}

    def __call__(self, address: str) -> str:
        if address not in self._of:
            name = shown(address)
            count = self._taken[name] = self._taken.get(name, 0) + 1
            self._of[address] = name if count == 1 else f"{name} ({count})"
        return self._of[address]

    def all(self, addresses: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self, addresses))


def _page(page: Page, names: Callable[[str], str]) -> Page:
    return replace(
        page, address=names(page.address), title=masked(page.title, KINDS)[0], ways=(), folded=(),
        landed=names(page.landed) if page.landed else "", trapped=_words(page.trapped),
    )  # fmt: skip


def _words(told: Iterable[str]) -> tuple[str, ...]:
    return tuple(masked(one, KINDS)[0] for one in told)
