"""Raw cells into typed columns: text, numbers, yes or no, one of a few words, JSON. A blank is NULL, never 0.

Every converter gives the column and, where some cells do not fit, a mask of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

MISSING = ("", "nan", "null", "none", "n/a", "na", "nat", "#n/a")
"""What exports write in a number's or time's place when there is none (in any case)."""

YES = ("yes", "true", "1", "y", "t", "1.0")
NO = ("no", "false", "0", "n", "f", "0.0")

DEEPEST = 100
"""Levels of JSON that are kept."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]')

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"


# Thousands in groups. 1,234 alone may as well be one and a bit: it needs a second group or decimals to be sure.
_GROUPED = {
    ".": r"^[+-]?[0-9]{1,3}((,[0-9]{3})+\.[0-9]+|(,[0-9]{3}){2,}|([ '\x{a0}\x{202f}\x{2019}][0-9]{3})+(\.[0-9]+)?)$",
    ",": r"^[+-]?[0-9]{1,3}((\.[0-9]{3})+|([ '\x{a0}\x{202f}\x{2019}][0-9]{3})+)(,[0-9]+)?$",
}
_BETWEEN = {".": r"[, '\x{a0}\x{202f}\x{2019}]", ",": r"[. '\x{a0}\x{202f}\x{2019}]"}


@dataclass(frozen=True)
class Cells:
    """A typed column; ``bad`` marks the cells that do not fit (their value is NULL), None where all do."""

    values: pa.Array
    bad: Mask | None = None
    expected: str = ""
    reason: str = "the value does not fit"


def as_mask(array: pa.Array) -> Mask:
    """A boolean array as numpy; NULL counts as false."""
    if array.null_count:
        array = pc.fill_null(array, False)
    mask: Mask = array.to_numpy(zero_copy_only=False)
    return mask


def strings(column: pa.Array) -> pa.Array:
    """A column as trimmed strings, blanks as NULL."""
    text = _as_string(column)
    text = pc.utf8_trim_whitespace(text)
    if text.null_count < len(text):
        blank = pc.equal(text, "")
        if pc.any(blank).as_py():
            text = pc.if_else(blank, pa.scalar(None, pa.string()), text)
    return text


def words(column: pa.Array) -> pa.Array:
    """What was said, kept to the letter; only blanks are NULL."""
    text = _as_string(column)
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), pa.scalar(None, pa.string()), text)


def bare(column: pa.Array) -> pa.Array:
    """Trimmed strings in which every word for "missing" is NULL."""
    text = strings(column)
    if text.null_count == len(text):
        return text
    # every such word is short: long cells need no look
    short = pc.less_equal(pc.binary_length(text), 4)
    if not pc.any(short).as_py():
        return text
    missing = pc.and_(short, pc.is_in(pc.utf8_lower(text), pa.array(MISSING)))
    return pc.if_else(missing, pa.scalar(None, pa.string()), text)


def numbers(column: pa.Array, decimal: str = ".") -> Cells:
    """Decimal numbers; whole or broken, with exponent if need be, thousands in groups where they cannot be mistaken.

    ``decimal`` is the sign before the decimals, point or comma. Not a number and infinity are not numbers.
    """
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        values = column.cast(pa.float64(), safe=False)
        if pa.types.is_floating(kind):
            values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
        return _finite(values, column)
    if pa.types.is_boolean(kind) or pa.types.is_temporal(kind):
        return Cells(pa.nulls(len(column), pa.float64()), as_mask(pc.is_valid(column)), "a number")
    text = bare(column)
    grouped = pc.match_substring_regex(text, _GROUPED[decimal])
    if pc.any(grouped).as_py():
        text = pc.if_else(grouped, pc.replace_substring_regex(text, _BETWEEN[decimal], ""), text)
    if decimal == ",":
        text = pc.replace_substring(text, ",", ".")
    fits = pc.match_substring_regex(text, _NUMBER)
    if not pc.all(fits).as_py():
        text = pc.if_else(fits, text, pa.scalar(None, pa.string()))
    # Arrow reads no leading plus sign
    if pc.any(pc.starts_with(text, "+")).as_py():
        text = pc.utf8_ltrim(text, "+")
    cells = _finite(text.cast(pa.float64()), text)
    bad = as_mask(pc.invert(fits))
    if cells.bad is not None:
        bad = bad | cells.bad
    return Cells(cells.values, bad if bad.any() else None, "a number, e.g. 12.50; blank where there is none")


def _finite(values: pa.Array, given: pa.Array) -> Cells:
    finite = pc.is_finite(values)
    if pc.all(finite).as_py() is not False:
        return Cells(values)
    bad = as_mask(pc.and_(pc.invert(finite), pc.is_valid(given)))
    return Cells(pc.if_else(finite, values, pa.scalar(None, pa.float64())), bad, "a number that is not infinite")


def whole_numbers(column: pa.Array, decimal: str = ".") -> Cells:
    """Numbers without a fraction (``3`` or ``3.0``)."""
    found = numbers(column, decimal)
    values = found.values
    broken = as_mask(pc.or_(pc.not_equal(pc.floor(values), values), pc.greater(pc.abs(values), float(2**53))))
    if broken.any():
        values = pc.if_else(pa.array(broken), pa.scalar(None, pa.float64()), values)
    bad = broken if found.bad is None else broken | found.bad
    return Cells(values.cast(pa.int64()), bad if bad.any() else None, "a whole number")


def flags(column: pa.Array) -> Cells:
    """Yes or no: yes/no, true/false, 1/0, y/n, t/f in any case."""
    if pa.types.is_boolean(column.type):
        return Cells(column)
    text = pc.utf8_lower(bare(column))
    yes, no = pc.is_in(text, pa.array(YES)), pc.is_in(text, pa.array(NO))
    values = pc.if_else(yes, True, pc.if_else(no, False, pa.scalar(None, pa.bool_())))
    bad = as_mask(pc.and_(pc.is_valid(text), pc.is_null(values)))
    return Cells(values, bad if bad.any() else None, "yes or no")


def one_of(column: pa.Array, allowed: tuple[str, ...]) -> Cells:
    """One of the allowed words, in any case."""
    text = pc.utf8_lower(strings(column))
    fits = pc.is_in(text, pa.array(allowed))
    bad = as_mask(pc.and_(pc.invert(fits), pc.is_valid(text)))
    if not bad.any():
        return Cells(text)
    return Cells(pc.if_else(fits, text, pa.scalar(None, pa.string())), bad, f"one of {', '.join(allowed)}")


def json_cells(column: pa.Array, kind: type) -> Cells:
    """JSON objects (``dict``) or arrays (``list``) as JSON text."""
    if pa.types.is_nested(column.type):
        encode = msgspec.json.Encoder().encode
        return Cells(pa.array([None if v is None else encode(v).decode() for v in column.to_pylist()], pa.string()))
    text = strings(column)
    bad = np.zeros(len(text), bool)
    for at, value in enumerate(text.to_pylist()):
        if value is not None:
            try:
                bad[at] = not isinstance(msgspec.json.decode(value), kind) or _deep(value)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                bad[at] = True
    if not bad.any():
        return Cells(text)
    expected = 'a JSON object, e.g. {"page": "a"}' if kind is dict else "a JSON array"
    return Cells(pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), text), bad, expected)


def _deep(text: str) -> bool:
    """Whether JSON is nested deeper than whoever reads it later can be expected to follow."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    depth = deepest = 0
    for sign in _BRACKETS.findall(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(sign, 0)
        deepest = max(deepest, depth)
    return deepest > DEEPEST


def objects(columns: dict[str, pa.Array], given: pa.Array | None = None) -> pa.Array | None:
    """Columns as one JSON object a row, without the blank ones; added to the objects in ``given``. None: no column.

    Numbers and yes/no keep their type where the file has types; everything else is text.
    """
    parts = []
    for name, column in columns.items():
        if column.null_count == len(column):
            continue
        plain = pa.types.is_integer(column.type) or pa.types.is_boolean(column.type)
        text = strings(column)
        if text.null_count == len(text):
            continue
        prefix = "," + msgspec.json.encode(name).decode() + ":"
        parts.append(_prefixed(prefix, text) if plain else _prefixed(prefix + '"', _escaped(text), '"'))
    if not parts:
        return given
    size = len(parts[0])
    # each with a comma before it, the first of which is cut off: Arrow's own skipping of NULL loses whole rows
    filled = [pc.fill_null(part, "") for part in parts]
    joined = pc.binary_join_element_wise(*filled, "") if len(filled) > 1 else filled[0]
    inner = pc.utf8_slice_codeunits(joined, 1)
    empty = pc.equal(inner, "")
    made = pc.binary_join_element_wise("{", inner, "}", "")
    made = pc.if_else(empty, pa.scalar(None, pa.string()), made)
    if given is None or given.null_count == size:
        return made
    both = []
    for ours, theirs in zip(made.to_pylist(), given.to_pylist(), strict=True):
        if ours is None or theirs is None:
            both.append(theirs if ours is None else ours)
        else:
            both.append(msgspec.json.encode(msgspec.json.decode(ours) | msgspec.json.decode(theirs)).decode())
    return pa.array(both, pa.string())


def _prefixed(before: str, text: pa.Array, after: str = "") -> pa.Array:
    # emits NULL where the text is NULL
    return pc.binary_join_element_wise(pa.scalar(before), text, pa.scalar(after), "")


def _escaped(text: pa.Array) -> pa.Array:
    # the control characters stand as they are in this class: the regular expression must see each of them
    special = '["\\\\\x00-\x1f]'
    if not pc.any(pc.match_substring_regex(text, special)).as_py():
        return text
    encode = msgspec.json.Encoder().encode
    return pa.array([None if v is None else encode(v).decode()[1:-1] for v in text.to_pylist()], pa.string())


def _as_string(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_floating(kind):
        # 17850.0 in a column of ids is the id 17850
        whole = pc.equal(pc.floor(column), column)
        if pc.all(whole).as_py() and pc.all(pc.less(pc.abs(column), float(2**53))).as_py():
            return column.cast(pa.int64()).cast(pa.string())
    if pa.types.is_nested(kind):
        return json_cells(column, dict).values
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in column.to_pylist()], pa.string())
    return column.cast(pa.string())
