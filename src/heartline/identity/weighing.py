"""What the weights come to for a pair: its probability, kept down where a high weight is not enough, and why in words.

People of one household share the family name, the address, often a number or a mailbox: all of it weighs, none of it
tells them apart. So the sum of the weights is not let through where nothing that is a person's own agrees, or where
something of their own clearly differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heartline.identity.pairs import PAIRS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SUREST = 0.999999
"""Nothing that is weighed is certain."""
FOR_REVIEW = 0.8
"""The most that a pair can be where a person has to look at it."""
NEVER = 0.1
"""The most that a pair can be that is rather two people of one household."""


def weighed(
    found: pa.Table, comparisons: Mapping[str, tuple[str, Sequence[tuple[Any, ...]]]], least: float
) -> pa.Table:
    """Rows of ``pairs.PAIRS`` from Splink's predictions, those with a probability of ``least`` or more."""
    levels = {name: _levels(found, name, len(of)) for name, (_, of) in comparisons.items()}
    probability = np.minimum(np.round(_floats(found, "match_probability"), 6), SUREST)
    caps = _caps(found, levels)
    for where, most, _ in caps:
        probability = np.where(where, np.minimum(probability, most), probability)
    kept = np.flatnonzero(probability >= least)
    weights = {name: _weight(found, name)[kept].tolist() for name in comparisons}
    at = {name: level[kept].tolist() for name, level in levels.items()}
    words = {name: [str(level[1]) for level in of] for name, (_, of) in comparisons.items()}
    why = [(where[kept].tolist(), said) for where, _, said in caps]
    reasons = [
        _reason(
            [(weights[name][n], words[name][at[name][n]]) for name in comparisons if at[name][n] >= 0],
            [said for where, said in why if where[n]],
        )
        for n in range(len(kept))
    ]
    left, right = (found.column(f"member_id_{side}").take(pa.array(kept)).to_pylist() for side in "lr")
    turned = [one > other for one, other in zip(left, right, strict=True)]
    return pa.Table.from_arrays(
        [
            pa.array([b if t else a for a, b, t in zip(left, right, turned, strict=True)], pa.string()),
            pa.array([a if t else b for a, b, t in zip(left, right, turned, strict=True)], pa.string()),
            pa.array(probability[kept], pa.float64()),
            pa.array(reasons, pa.string()),
        ],
        schema=PAIRS,
    ).sort_by([("member_a", "ascending"), ("member_b", "ascending")])


def _levels(found: pa.Table, name: str, count: int) -> npt.NDArray[np.int64]:
    """Place of the level in its list, 0 the closest; -1: cannot be said."""
    gamma = found.column(f"gamma_{name}").to_numpy().astype(np.int64)
    return np.where(gamma < 0, -1, count - 1 - gamma)


def _floats(found: pa.Table, name: str) -> Floats:
    values: Floats = found.column(name).to_numpy().astype(np.float64)
    return values


def _weight(found: pa.Table, name: str) -> Floats:
    """Bits for or against, with what the rarity of the value adds."""
    rarity = f"mw_tf_adj_{name}"
    total = _floats(found, f"mw_{name}")
    return total + _floats(found, rarity) if rarity in found.column_names else total


def _caps(found: pa.Table, at: Mapping[str, npt.NDArray[np.int64]]) -> list[tuple[Bools, float, str]]:
    """Where a pair is kept down, to what, and why."""
    given, family, email, phone, birth, address = (
        at[name] for name in ("given", "family", "email", "phone", "birth", "address")
    )
    shared = {name: _shared(found, name) for name in ("email", "phone")}
    own_email, own_phone = (email == 0) & ~shared["email"], (phone == 0) & ~shared["phone"]
    own_name, initial = (given >= 0) & (given <= 2), given == 3
    other_name, other_birth = given == 4, birth == 2
    # a number that nobody of another name has may still be the one in the hall
    nothing_own = ~(own_name | (birth == 0) | own_email | own_phone & initial | (email == 1) & (address == 0))
    # a mailbox is mostly called like the person, so one that is nearly the same says little that the name does not
    beside_name = (email == 0) | (phone >= 0) & (phone <= 1)
    beside_name |= (birth >= 0) & (birth <= 1) | (address >= 0) & (address <= 2)
    return [
        (other_name & (birth != 0), NEVER, "other given names: two of one household?"),
        (other_name & (birth == 0), FOR_REVIEW, "other given names on the same day: twins?"),
        (other_birth & ~(own_name & (own_email | own_phone)), NEVER, "other birth dates"),
        (other_birth & own_name & (own_email | own_phone), FOR_REVIEW, "other birth dates: one of them mistyped?"),
        (nothing_own, NEVER, "nothing that is one person's own agrees"),
        (~beside_name, FOR_REVIEW, "only the name agrees"),
        ((family == 3) & ~(own_email | own_phone | (birth == 0)), FOR_REVIEW, "the family name changed?"),
    ]


def _shared(found: pa.Table, name: str) -> Bools:
    one, other = (found.column(f"{name}_shared_{side}").to_numpy().astype(np.bool_) for side in "lr")
    either: Bools = one | other
    return either


def _reason(weights: Sequence[tuple[float, str]], caps: Sequence[str]) -> str:
    """The heaviest first; each with its weight, a doubling or halving of the odds a point."""
    ordered = sorted(weights, key=lambda each: -abs(each[0]))
    return "; ".join([*(f"{said} ({weight:+.1f})" for weight, said in ordered), *caps])
