"""Times as exports write them, into UTC: ISO 8601 with or without offset, epoch numbers, own formats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heartline.sources.cells import Cells, as_mask, bare

EARLIEST = datetime(1900, 1, 1)
LATEST = datetime(2200, 1, 1)
EXPECTED = "a time such as 2024-05-17T09:30:00+02:00, 2024-05-17 09:30, or epoch seconds or milliseconds"

_TIME = pa.timestamp("us")
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_LOCAL = f"{_DAY}({_CLOCK})?$"
_OFFSET = f"{_DAY}{_CLOCK} ?(Z|z|UTC|GMT|[+-][0-9]{{2}}:?([0-9]{{2}})?)$"
_EPOCH = r"^-?[0-9]{1,16}(\.[0-9]+)?$"
_NOTHING = pa.scalar(None, pa.string())

# a digit count says which unit a bare number is in: 1e11 seconds is the year 5138, 1e11 milliseconds 1973
_MILLISECONDS = 1e11
_MICROSECONDS = 1e14


def times(column: pa.Array, zone: tzinfo, formats: Sequence[str] = ()) -> Cells:
    """A column as UTC times without an offset, to the microsecond.

    What has no offset is taken in ``zone``: where clocks are set back the earlier of the two, where they are set
    forward the moment after the gap. ``formats`` (as in ``strptime``) are tried before the usual ones. Years
    outside 1900 to 2199 are refused, since they are mostly a wrong unit.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _in_range(_typed(column, zone), column)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _in_range(_epochs(column.cast(pa.float64(), safe=False)), column)
    text = bare(column)
    if not formats and (quick := _all_with_offset(text)) is not None:
        return _in_range(quick, text)
    found = pa.nulls(len(text), _TIME)
    left = text
    for pattern in formats:
        if pattern in ("epoch_s", "epoch_ms"):
            found = pc.coalesce(found, _counted(left, 1e6 if pattern == "epoch_s" else 1e3))
        else:
            found = pc.coalesce(found, _formatted(left, pattern, zone))
        left = pc.if_else(pc.is_null(found), text, _NOTHING)
    for convert in (_iso_local, _iso_offset, _epoch_text):
        if left.null_count == len(left):
            break
        found = pc.coalesce(found, convert(left, zone))
        left = pc.if_else(pc.is_null(found), text, _NOTHING)
    return _in_range(found, text)


def _in_range(found: pa.Array, given: pa.Array) -> Cells:
    span = pc.and_(pc.greater_equal(found, pa.scalar(EARLIEST, _TIME)), pc.less(found, pa.scalar(LATEST, _TIME)))
    if pc.all(span).as_py() is False:
        found = pc.if_else(span, found, pa.scalar(None, _TIME))
    bad = as_mask(pc.and_(pc.is_valid(given), pc.is_null(found)))
    return Cells(found, bad if bad.any() else None, EXPECTED, "the time cannot be read")


def _to_utc(local: pa.Array, zone: tzinfo) -> pa.Array:
    name = getattr(zone, "key", None) or ("UTC" if zone.utcoffset(None) == UTC.utcoffset(None) else "")
    if name == "UTC":
        return local
    placed = pc.assume_timezone(local, name, ambiguous="earliest", nonexistent="latest")
    return placed.cast(pa.timestamp("us", "UTC")).cast(_TIME)


def _typed(column: pa.Array, zone: tzinfo) -> pa.Array:
    if pa.types.is_timestamp(column.type) and column.type.tz:
        return column.cast(pa.timestamp("us", "UTC"), safe=False).cast(_TIME)
    return _to_utc(column.cast(_TIME, safe=False), zone)


def _iso_local(text: pa.Array, zone: tzinfo) -> pa.Array:
    fits = pc.match_substring_regex(text, _LOCAL)
    if not pc.any(fits).as_py():
        return pa.nulls(len(text), _TIME)
    return _to_utc(_parsed(pc.if_else(fits, text, _NOTHING)), zone)


def _all_with_offset(text: pa.Array) -> pa.Array | None:
    """The whole column by Arrow's own reader, which takes it only if every cell is ISO with an offset."""
    if text.null_count == len(text):
        return None
    try:
        return text.cast(pa.timestamp("us", "UTC")).cast(_TIME)
    except pa.ArrowInvalid:
        return None


def _iso_offset(text: pa.Array, _zone: tzinfo) -> pa.Array:
    fits = pc.match_substring_regex(text, _OFFSET)
    if not pc.any(fits).as_py():
        return pa.nulls(len(text), _TIME)
    text = pc.if_else(fits, text, _NOTHING)
    split = pc.extract_regex(text, r"^(?P<at>.{10}[T ][0-9:.]+) ?(?P<offset>.+)$")
    local = _parsed(pc.struct_field(split, "at"))
    offset = pc.struct_field(split, "offset")
    plain = pc.is_in(offset, pa.array(["Z", "z", "UTC", "GMT"]))
    digits = pc.replace_substring(pc.if_else(plain, "+0000", offset), ":", "")
    hours = pc.utf8_slice_codeunits(digits, 1, 3).cast(pa.int64())
    minutes = pc.utf8_slice_codeunits(digits, 3, 5)
    minutes = pc.if_else(pc.equal(minutes, ""), "0", minutes).cast(pa.int64())
    size = pc.multiply(pc.add(pc.multiply(hours, 60), minutes), 60_000_000)
    size = pc.if_else(pc.and_(pc.less(hours, 24), pc.less(minutes, 60)), size, pa.scalar(None, pa.int64()))
    size = pc.if_else(pc.starts_with(digits, "-"), pc.negate(size), size)
    return pc.subtract(local.cast(pa.int64()), size).cast(_TIME)


def _parsed(text: pa.Array) -> pa.Array:
    """ISO without offset; a day or clock that does not exist becomes NULL."""
    # Arrow wants at most six digits of a second for microseconds
    if pc.any(pc.match_substring_regex(text, r"\.[0-9]{7}")).as_py():
        text = pc.replace_substring_regex(text, r"(\.[0-9]{6})[0-9]+$", r"\1")
    try:
        return text.cast(_TIME)
    except pa.ArrowInvalid:
        return pa.array([_one(value) for value in text.to_pylist()], _TIME)


def _one(value: str | None) -> datetime | None:
    try:
        return None if value is None else datetime.fromisoformat(value)
    except ValueError:
        return None


def _epoch_text(text: pa.Array, _zone: tzinfo) -> pa.Array:
    fits = pc.match_substring_regex(text, _EPOCH)
    if not pc.any(fits).as_py():
        return pa.nulls(len(text), _TIME)
    # a year or 20240517 is no epoch: fewer than nine digits are refused
    long = pc.match_substring_regex(text, r"^-?[0-9]{9,16}(\.[0-9]+)?$")
    return _epochs(pc.if_else(long, text, _NOTHING).cast(pa.float64()))


def _epochs(values: pa.Array) -> pa.Array:
    seconds = values.to_numpy(zero_copy_only=False)
    size = np.abs(seconds)
    with np.errstate(invalid="ignore"):
        factor = np.where(size >= _MICROSECONDS, 1.0, np.where(size >= _MILLISECONDS, 1e3, 1e6))
        return _from_micros(seconds * factor)


def _counted(text: pa.Array, factor: float) -> pa.Array:
    fits = pc.match_substring_regex(text, _EPOCH)
    values = pc.if_else(fits, text, _NOTHING).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return _from_micros(values * factor)


def _from_micros(micros: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> pa.Array:
    bad = ~(np.abs(micros) < 8e15)
    whole = np.where(bad, 0, np.round(micros)).astype(np.int64)
    return pa.array(whole, pa.int64(), mask=bad).cast(_TIME)


def _formatted(text: pa.Array, pattern: str, zone: tzinfo) -> pa.Array:
    """A format of ``strptime``. Python's own reader, once per distinct value: dates repeat, and it knows ``%z``."""
    encoded = text.dictionary_encode()
    parsed: list[datetime | None] = []
    for value in encoded.dictionary.to_pylist():
        try:
            moment = datetime.strptime(value, pattern)
        except (TypeError, ValueError, re.error):
            # a format that names the same part twice is no expression at all
            parsed.append(None)
            continue
        parsed.append(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)
    values = pa.array(parsed, _TIME)
    if "%z" not in pattern and "%Z" not in pattern:
        values = _to_utc(values, zone)
    return values.take(encoded.indices)
