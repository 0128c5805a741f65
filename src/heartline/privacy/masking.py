"""One text masked: every kind in its order, until nothing more is found, so that masking twice is masking once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from heartline.privacy.addresses import emails, ips
from heartline.privacy.checksums import Span, cards, ibans
from heartline.privacy.kinds import KINDS, mark
from heartline.privacy.names import Names, names
from heartline.privacy.phones import phones
from heartline.privacy.plain import blotted, plain

Finder = Callable[[str], Iterator[Span]]

# An IBAN holds what may look like a card, an address what may look like a name: so in this order.
FINDERS: dict[str, Finder] = {"email": emails, "iban": ibans, "card": cards, "ip": ips, "phone": phones}
_MARK = re.compile("|".join(re.escape(mark(kind)) for kind in KINDS))


def masked(text: str, kinds: Collection[str], known: Names | None = None) -> tuple[str, dict[str, int]]:
    """The text with a mark for each thing found, and how many of each kind there were.

    kinds: some of ``KINDS``; ``known``: the names to look for, None for none.
    """
    counts: dict[str, int] = {}
    while found := _places(text, kinds, known):
        for start, end, kind in reversed(found):
            text = text[:start] + mark(kind) + text[end:]
            counts[kind] = counts.get(kind, 0) + 1
    return text, counts


def _places(text: str, kinds: Collection[str], known: Names | None) -> list[tuple[int, int, str]]:
    """Places in the text, in their order, none over another."""
    shown, at = plain(text)
    if "[" in shown:
        for found in _MARK.finditer(shown):
            shown = blotted(shown, *found.span())
    places: list[tuple[int, int, str]] = []
    for kind, finder in FINDERS.items():
        if kind in kinds:
            shown = _taken(shown, finder(shown), kind, places)
    if "name" in kinds and known is not None:
        shown = _taken(shown, names(shown, known), "name", places)
    places.sort()
    if at is None:
        return places
    return [(at[start], at[end - 1] + 1, kind) for start, end, kind in places]


def _taken(shown: str, found: Iterator[Span], kind: str, places: list[tuple[int, int, str]]) -> str:
    spans: list[Span] = []
    for start, end in sorted(found):
        if spans and start < spans[-1][1]:  # an IPv4 address at the end of an IPv6 one
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    for start, end in spans:
        places.append((start, end, kind))
        shown = blotted(shown, start, end)
    return shown
