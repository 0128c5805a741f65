"""What people decided, as pairs of members: the newest word on a pair counts, and stands above every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from heartline.records.identity import Decision

Pair = tuple[int, int]


@dataclass(frozen=True)
class Ruled:
    """Decisions on members by their numbers.

    joined: pairs that are one person, by the number of the decision; apart: pairs that are not
    """

    joined: dict[Pair, int]
    apart: set[Pair]
    decisions: dict[int, Decision]
    notes: tuple[str, ...]

    def joined_by(self) -> Iterator[tuple[int, Pair]]:
        """Number of the decision and pair, the newest first."""
        for pair, number in sorted(self.joined.items(), key=lambda one: (-one[1], one[0])):
            yield number, pair

    def is_decided(self, a: int, b: int) -> bool:
        """Whether a person said something of this pair."""
        pair = (min(a, b), max(a, b))
        return pair in self.joined or pair in self.apart

    def words(self, number: int) -> str:
        """Who decided it, for eyes."""
        one = self.decisions[number]
        return f"decision {number} by {one.by}" + (f" ({one.note})" if one.note else "")


@dataclass(frozen=True)
class Rulings:
    """Decisions that stand, oldest first."""

    decisions: Sequence[Decision] = ()

    def on(self, numbers: Callable[[Sequence[str]], npt.NDArray[np.int64]]) -> Ruled:
        """The same on members by their numbers; ``numbers`` gives -1 for one that is not known, who is passed over."""
        newest: dict[Pair, tuple[str, int]] = {}
        names = sorted({name for one in self.decisions for name in (*one.left, *one.right)})
        number = dict(zip(names, numbers(names).tolist(), strict=True)) if names else {}
        for one in self.decisions:
            left, right = ([number[name] for name in side if number[name] >= 0] for side in (one.left, one.right))
            pairs = combinations(left, 2) if one.verb == "join" else product(left, right)
            for a, b in pairs:
                if a != b:
                    newest[min(a, b), max(a, b)] = (one.verb, one.decision_id)
        gone = sum(at < 0 for at in number.values())
        notes: tuple[str, ...] = ()
        if self.decisions:
            notes += (f"{len(self.decisions):,} decisions of people stand above the rules",)
        if gone:
            notes += (f"{gone:,} members that decisions name are not among the facts of this moment",)
        return Ruled(
            {pair: at for pair, (verb, at) in newest.items() if verb == "join"},
            {pair for pair, (verb, _) in newest.items() if verb == "apart"},
            {one.decision_id: one for one in self.decisions},
            notes,
        )
