"""Whole columns masked: a look in Arrow first at which cells may hold anything, then only those cells in Python."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heartline.privacy.masking import masked
from heartline.privacy.names import Names

Counts = Counter[str]
"""How many marks of each kind."""

# Fewest digits of each kind; an IBAN's account may have letters, its bank has digits.
_DIGITS = {"card": 12, "iban": 9, "phone": 7, "ip": 5}
_ALONE = frozenset(("card", "iban", "email", "ip", "phone"))
_NUMBERED = frozenset(("card", "iban"))
_DIGIT = re.compile(r"\d")  # of every script
_CARD_FROM = 10**11

_OUT = msgspec.json.Encoder(decimal_format="number")


def mask_column(
    column: pa.Array, kinds: Collection[str], known: Sequence[Names | None] | None = None
) -> tuple[pa.Array, Counts]:
    """A column of texts masked, and what was masked. ``known``: names for each row; None: no names are looked for."""
    counts: Counts = Counter()

    def one(text: str, names: Names | None) -> str:
        made, found = masked(text, kinds, names)
        counts.update(found)
        return made

    return _each(column, kinds, known if "name" in kinds else None, one), counts


def mask_json_column(
    column: pa.Array, kinds: Collection[str], known: Sequence[Names | None] | None = None
) -> tuple[pa.Array, Counts]:
    """A column of JSON objects with their values masked, at any depth; keys stay, cells without a find to the letter.

    A value that is a text (a letter and a blank) is masked as free text. One that stands alone may be somebody's key:
    in it a telephone number counts only with its country's code, and names are left.
    """
    counts: Counts = Counter()

    def one(text: str, names: Names | None) -> str:
        try:
            held = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return text
        found: Counts = Counter()
        made = mask_whole(held, kinds, names, found)
        if not found:
            return text
        counts.update(found)
        return _OUT.encode(made).decode()

    return _each(column, kinds, known if "name" in kinds else None, one), counts


def mask_whole(held: Any, kinds: Collection[str], names: Names | None, counts: Counts, whole: bool = False) -> Any:
    """Any value of JSON masked; adds to ``counts``. ``whole``: also values that stand alone are masked as free text."""
    if isinstance(held, dict):
        return {name: mask_whole(value, kinds, names, counts, whole) for name, value in held.items()}
    if isinstance(held, list):
        return [mask_whole(value, kinds, names, counts, whole) for value in held]
    if isinstance(held, int) and not isinstance(held, bool) and held >= _CARD_FROM and "card" in kinds:
        made, found = masked(str(held), ("card",))
        counts.update(found)
        return made if found else held
    if not isinstance(held, str) or not _may_hold(held, kinds):
        return held
    if whole or (" " in held.strip() and any(char.isalpha() for char in held)):
        made, found = masked(held, kinds, names)
    else:
        bare = held.strip()
        abroad = bare.startswith(("+", "00"))
        made, found = masked(held, [kind for kind in kinds if kind in _ALONE and (kind != "phone" or abroad)])
    counts.update(found)
    return made


def _may_hold(text: str, kinds: Collection[str]) -> bool:
    """Whether a value has digits enough where only cards and IBAN are looked for; else it is to be looked at."""
    fewest = min((_DIGITS[kind] if kind in _NUMBERED else 0 for kind in kinds), default=0)
    return not fewest or len(_DIGIT.findall(text)) >= fewest


def _maybe(kinds: Collection[str]) -> str:
    r"""What a cell must have to hold one of the kinds, names aside; \p{Nd}: digits of every script."""
    wanted = [_DIGITS[kind] for kind in kinds if kind in _DIGITS]
    parts = [r"(\p{Nd}.*){" + str(min(wanted)) + "}"] if wanted else []
    parts += ["[@＠﹫]"] if "email" in kinds else []
    parts += ["([:：﹕︓].*){2}"] if "ip" in kinds else []
    return f"(?s){'|'.join(parts)}"


def _each(
    column: pa.Array, kinds: Collection[str], known: Sequence[Names | None] | None,
    one: Callable[[str, Names | None], str],
) -> pa.Array:  # fmt: skip
    """The column with every cell replaced that may hold something; the column itself where none changes."""
    maybe = np.zeros(len(column), bool)
    if set(kinds) - {"name"}:
        maybe |= pc.fill_null(pc.match_substring_regex(column, _maybe(kinds)), False).to_numpy(zero_copy_only=False)
    if known is not None:
        maybe = maybe | np.fromiter((names is not None for names in known), bool, len(column))
    places = np.flatnonzero(maybe)
    if not len(places):
        return column
    mask = np.zeros(len(column), bool)
    made: list[str] = []
    for at, text in zip(places.tolist(), column.take(pa.array(places)).to_pylist(), strict=True):
        if text is None:
            continue
        new = one(text, known[at] if known is not None else None)
        if new != text:
            mask[at] = True
            made.append(new)
    return pc.replace_with_mask(column, pa.array(mask), pa.array(made, column.type)) if made else column
