"""Names of people in one spelling, and which part of them is the given name.

Nothing here knows a language's names by heart but for nicknames: whether ``Anna Weber`` or ``Weber Anna`` is meant is
told by how often each part stands first and last in all the names at hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from heartline.identity.nicknames import GROUPS

_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "a", "œ": "o", "þ": "th"})
_GERMAN = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def fold(text: str) -> str:
    """Lower case, no accents; ``ä``, ``ae`` and ``a`` alike, so that no keyboard makes a difference."""
    lower = text.lower().translate(_LETTERS)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))
    for two, one in _GERMAN:
        bare = bare.replace(two, one)
    return bare


def _folded(words: str) -> frozenset[str]:
    return frozenset(map(fold, words.split()))


_TITLES = _folded(
    "herr frau fraulein hr fr mr mrs ms miss mx sir dr prof professor dipl ing med phil jr sr junior senior herrn "
    "familie fam monsieur madame mme senor senora sig signor signora pan pani"
)
_PARTICLES = _folded("von van der den de del della di da dos du la le el zu zum zur ter ten af av")
_NOBODY = _folded(
    "guest gast kunde kundin customer unknown unbekannt anonym anonymous test tester none null na nn user shopper "
    "invitado invite cliente client visitor besucher admin info noname"
)

_ROOTS: dict[str, tuple[int, ...]] = {}
for _number, _pair in enumerate((fold(group[0]), fold(short)) for group in GROUPS for short in group[1:]):
    for _name in dict.fromkeys(_pair):
        _ROOTS[_name] = (*_ROOTS.get(_name, ()), _number)


@dataclass(frozen=True)
class Name:
    """A name taken apart, every part folded.

    given: first given name, one letter where only that is told; None where not told
    others: further given names
    family: without particles (von, de la); hyphens stay
    """

    given: str | None
    others: tuple[str, ...]
    family: str | None


NOBODY = Name(None, (), None)


def roots(given: str | None) -> tuple[int, ...]:
    """Numbers that a folded given name shares with each of its short and other forms; none where none is known."""
    return () if given is None else _ROOTS.get(given, ())


def of_household(email: str | None) -> bool:
    """Whether a mailbox is called after a whole family (``familie.weber@``)."""
    return bool(re.match(r"(familie|family|fam|famille|familia|famiglia|familjen)(?![a-z])", (email or "").lower()))


def fills_the_field(name: str | None) -> bool:
    """Whether what stands in place of a name is nobody's: Guest, Kunde, Unknown."""
    parts, _ = _parts(name)
    return not parts or (len(parts) <= 2 and bool(set(parts) & _NOBODY))


def borne_by(email: str | None) -> tuple[str, ...]:
    """What a mailbox says of whoever wrote no name: the given name that it bears, the word family, or nothing.

    Whoever gave a name that this is not part of shares the mailbox with somebody, or borrowed it.
    """
    if of_household(email):
        return ("familie",)
    owner = _WITHOUT_NAMES.owner(email)
    return (owner,) if owner else ()


class NameReader:
    """Takes names apart, by what it has seen of all of them."""

    def __init__(self, names: Iterable[str | None]) -> None:
        self._first: Counter[str] = Counter()
        self._last: Counter[str] = Counter()
        for name in names:
            parts, comma = _parts(name)
            if len(parts) > 1:
                first, last = (parts[-1], parts[0]) if comma else (parts[0], parts[-1])
                self._first[first] += 1
                self._last[last] += 1

    def read(self, name: str | None) -> Name:
        """The parts of one name; nothing known of fillers such as Guest."""
        parts, comma = _parts(name)
        if fills_the_field(name):
            return NOBODY
        if len(parts) == 1:
            return self._single(parts[0], titled=_titled(name))
        turned = comma or self._turned(parts[0], parts[-1])
        family, given = (parts[0], parts[1:]) if turned else (parts[-1], parts[:-1])
        given = [*given[0].split("-"), *given[1:]]
        return Name(given[0], tuple(given[1:]), family)

    def owner(self, email: str | None) -> str | None:
        """The given name that a mailbox bears (``anna.weber83@``, ``annaweber@``); None where it bears none known.

        Known is what stands first in the names at hand, or has other forms that are known.
        """
        local = fold((email or "").partition("@")[0]) if email and "@" in email else ""
        parts = [part for part in re.split(r"[\W\d_]+", local) if len(part) >= 3]
        found = next((part for part in parts if self._is_given(part)), None)
        if found or len(parts) != 1:
            return found
        whole = parts[0]
        for cut in range(3, len(whole) - 2):
            head, tail = whole[:cut], whole[cut:]
            for given, rest in ((head, tail), (tail, head)):
                if self._is_given(given) and (self._last[rest] or (roots(given) and len(given) > 4 and len(rest) > 3)):
                    return given
        return None

    def _is_given(self, part: str) -> bool:
        return self._first[part] >= max(3, 2 * self._last[part]) or (bool(roots(part)) and not self._last[part])

    def _single(self, part: str, titled: bool) -> Name:
        if len(part) == 1:
            return NOBODY
        if titled or self._last[part] > self._first[part]:
            return Name(None, (), part)
        return Name(part, (), None)

    def _turned(self, first: str, last: str) -> bool:
        """Whether it is rather the family name that stands first; only on clear evidence for both parts."""
        if len(last) == 1 and len(first) > 1:
            return True
        as_family, as_given = self._last[first], self._first[last]
        return as_family > 4 * self._first[first] and as_given > 4 * self._last[last]


def _titled(name: str | None) -> bool:
    words = re.findall(r"[^\W\d_]+", (name or "").lower())
    return bool(words) and fold(words[0]) in _TITLES


def _parts(name: str | None) -> tuple[list[str], bool]:
    """Folded words of a name without titles and particles, and whether the family name stands first by a comma.

    With a comma the words before it are one family name.
    """
    if not name:
        return [], False
    before, comma, after = fold(name).partition(",")
    if comma and after.strip() and not set(_words(after)) <= _TITLES:
        family, given = _words(before), _words(after)
        if family and given:
            return [_joined(family), *given], True
    return _words(before + " " + after), False


def _words(text: str) -> list[str]:
    words = [word.strip("-'") for word in re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", text)]
    kept = [word.replace("'", "") for word in words if word and word not in _TITLES]
    return [word for n, word in enumerate(kept) if word not in _PARTICLES or len(kept) == 1]


def _joined(family: list[str]) -> str:
    return "-".join(family)


_WITHOUT_NAMES = NameReader(())
"""Knows given names that have other forms, and no more."""
