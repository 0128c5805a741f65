"""Which members are one: connected components, and where something speaks against it, the surest ties first.

Members are numbered by seniority, so the smallest number of a cluster is its founder and every choice here depends on
the members themselves, never on the order in which they were loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heartline.identity.likeness import Words, dates_agree, name_words, names_agree

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Told:
    """What is known of a member that can speak against its being somebody else.

    name: as the source wrote it; birth_date: ISO; None: not told
    one_of: for each kind of which a person has one, the values that it has
    borne: for whoever wrote no name the given name that their mailbox bears; family_mailbox: it bears a whole family's
    """

    name: str | None = None
    birth_date: str | None = None
    one_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    borne: str | None = None
    family_mailbox: bool = False


@dataclass(frozen=True)
class Weighs:
    """What may speak against a tie of some kind."""

    names: bool = True
    births: bool = True
    one_of: bool = True


SOURCE_SAYS = Weighs(names=False, births=False)
"""A source calls both by one number of its own, so it takes them for one person."""
ALIKE = Weighs(names=False)
"""Names were weighed already when the records were compared."""
CARD_REPLACED = Weighs(names=False, one_of=False)
"""So likely that it is rather a card that was lost, or a second number for one person."""
NOTHING = Weighs(False, False, False)


@dataclass(frozen=True, order=True)
class Tie:
    """A reason to take two members for one; the smaller ``rank``, the surer. ``a`` < ``b``."""

    rank: float
    a: int
    b: int
    kind: str = field(compare=False)
    weighs: Weighs = field(compare=False, default=Weighs())


@dataclass(frozen=True)
class Held:
    """A tie that was not followed, and what speaks against it."""

    tie: Tie
    against: str


def components(size: int, a: Numbers, b: Numbers, labels: Numbers | None = None) -> Numbers:
    """For each of ``size`` members the smallest number that the ties ``a``-``b`` and earlier ``labels`` lead it to."""
    start = np.arange(size, dtype=np.int64) if labels is None else labels
    if not len(a):
        return start
    ones = np.ones(len(a), np.int8)
    graph = coo_matrix((ones, (start[a], start[b])), shape=(size, size))
    _, found = connected_components(graph, directed=False)
    lowest = np.full(int(found.max()) + 1, size, np.int64)
    np.minimum.at(lowest, found, np.arange(size))
    merged: Numbers = lowest[found][start]
    return merged


class Clusters:
    """Clusters that grow by ties, where nobody is joined with whom a person keeps them apart from."""

    def __init__(self, size: int, apart: Iterable[tuple[int, int]]) -> None:
        self.labels: Numbers = np.arange(size, dtype=np.int64)
        self.held: list[Held] = []
        self.told: Mapping[int, Told] = {}
        self._apart: dict[int, set[int]] = {}
        for a, b in apart:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def follow_all(self, a: Numbers, b: Numbers) -> None:
        """Join by ties against which nothing speaks."""
        self.labels = components(len(self.labels), a, b, self.labels)

    def doubtful(self, a: Numbers, b: Numbers, codes: Sequence[Numbers]) -> npt.NDArray[np.bool_]:
        """Which of these ties lie in a cluster, were all followed, in which two members differ in something told.

        ``codes``: for each member numbers of what it was told, -1 where nothing was.
        """
        joined = components(len(self.labels), a, b, self.labels)
        flags = np.zeros(len(joined), bool)
        for code in codes:
            known = np.flatnonzero(code >= 0)
            pairs = np.unique(np.stack([joined[known], code[known]]), axis=1)
            flags[pairs[0][1:][pairs[0][1:] == pairs[0][:-1]]] = True
        if self._apart:
            flags[joined[np.fromiter(self._apart, np.int64)]] = True
        found: npt.NDArray[np.bool_] = flags[joined[a]]
        return found

    def follow(self, ties: Iterable[Tie]) -> None:
        """Join by ties one after the other, the surest first, but for those that something speaks against."""
        ordered = sorted(ties)
        touched = np.unique(self.labels[[end for tie in ordered for end in (tie.a, tie.b)]]) if ordered else ()
        members: dict[int, list[int]] = {int(root): [] for root in touched}
        for at in np.flatnonzero(np.isin(self.labels, touched)).tolist() if len(members) else ():
            members[int(self.labels[at])].append(at)
        sides = {root: _Side(who, self.told) for root, who in members.items()}
        root_of = {at: root for root, who in members.items() for at in who}
        for tie in ordered:
            first, second = sorted((root_of[tie.a], root_of[tie.b]))
            if first == second:
                continue
            against = self._against(sides[first], sides[second], tie.weighs)
            if against:
                self.held.append(Held(tie, against))
                continue
            sides[first].take(sides[second])
            for at in sides.pop(second).members:
                root_of[at] = first
        for root, side in sides.items():
            self.labels[side.members] = root

    def _against(self, one: _Side, other: _Side, weighs: Weighs) -> str:
        few, many = sorted((one.members, other.members), key=len)
        if self._apart:
            within = set(many)
            if any(self._apart.get(at, set()) & within for at in few):
                return "a person keeps them apart"
        return one.against(other, weighs)


class _Side:
    """A cluster and all that was told of its members."""

    def __init__(self, members: list[int], told: Mapping[int, Told]) -> None:
        self.members = members
        known = [told[at] for at in members if at in told]
        self.names: set[Words] = {words for one in known if (words := name_words(one.name))}
        # whose mailbox it is says something of whoever uses it only as long as they told no name themselves
        self.borne: set[Words] = {words for one in known if (words := name_words(one.borne))}
        self.births = {one.birth_date for one in known if one.birth_date}
        self.one_of: dict[str, set[str]] = {}
        for one in known:
            for kind, values in one.one_of.items():
                self.one_of.setdefault(kind, set()).update(values)
        # one person who goes by several names that do not agree: then it is enough to agree with one of them
        self.several_names = not all(names_agree(a, b) for a, b in combinations(self.names, 2))
        self.several_births = not all(dates_agree(a, b) for a, b in combinations(self.births, 2))

    def take(self, other: _Side) -> None:
        self.several_names |= other.several_names or not self._names_agree(other)
        self.several_births |= other.several_births or not self._births_agree(other)
        self.members = self.members + other.members
        self.names |= other.names
        self.borne |= other.borne
        self.births |= other.births
        for kind, values in other.one_of.items():
            self.one_of.setdefault(kind, set()).update(values)

    def against(self, other: _Side, weighs: Weighs) -> str:
        if weighs.one_of:
            for kind in sorted(set(self.one_of) & set(other.one_of)):
                if not self.one_of[kind] & other.one_of[kind]:
                    return f"another {kind.replace('_', ' ')}"
        if weighs.births and not self._births_agree(other):
            return "another birth date"
        if weighs.names and not self._names_agree(other):
            return "another given name"
        return ""

    def _names_agree(self, other: _Side) -> bool:
        mine, theirs = self.names or self.borne, other.names or other.borne
        if not mine or not theirs:
            return True
        enough = any if self.several_names or other.several_names else all
        return enough(names_agree(a, b) for a in mine for b in theirs)

    def _births_agree(self, other: _Side) -> bool:
        if not self.births or not other.births:
            return True
        enough = any if self.several_births or other.several_births else all
        return enough(dates_agree(a, b) for a in self.births for b in other.births)
