"""Cursors: kept and read back, moved back by the overlap, followed through rows."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.errors import SourceError
from heartline.feeds.cursor import Highest, begin_at, kept, overlap_of, read

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2026, 6, 1))
ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=-7, minutes=-30))])


@given(
    st.one_of(
        st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.dates(), st.datetimes(timezones=ZONES),
        st.decimals(allow_nan=False, allow_infinity=False, places=3), st.uuids(), st.binary(), st.text(),
    )
)  # fmt: skip
def test_what_is_kept_is_read_back(value: Any) -> None:
    held = kept(value)
    assert all(isinstance(part, str) for part in held.values())
    assert read(held) == value


@given(TIMES, st.sampled_from([" ", "T"]), st.sampled_from(["", "Z", "+02:00"]), st.integers(1, 10**7))
def test_a_time_in_text_moves_back_and_sorts_as_text(moment: datetime, sep: str, offset: str, seconds: int) -> None:
    written = moment.isoformat(sep) + offset
    by = timedelta(seconds=seconds)
    lower = begin_at(written, by)
    assert lower <= written
    # every time of that form that is not older than the overlap sorts behind it
    edge = (moment - by).replace(microsecond=0)
    for later in (edge, edge + timedelta(microseconds=5), moment):
        assert lower <= later.isoformat(sep) + offset


def test_the_overlap_is_of_the_kind_of_the_cursor() -> None:
    assert begin_at(5000, None) == 4000
    assert begin_at(Decimal(5000), None) == 4000
    assert begin_at(5.5, None) == 5.5
    assert begin_at(date(2026, 1, 10), None) == date(2026, 1, 9)
    assert begin_at(NOW, overlap_of("2h")) == NOW - timedelta(hours=2)
    assert begin_at(datetime.min, None) == datetime.min
    assert begin_at("01ARZ3NDEKTSV4RRFFQ69G5FAV", None) == "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    for value, told in ((5, "2h"), (NOW, "500"), ("abc", "5"), (uuid.uuid4(), "1h")):
        with pytest.raises(SourceError, match="does not fit"):
            begin_at(value, overlap_of(told))


def test_the_highest_is_the_last_that_is_not_in_the_future() -> None:
    highest = Highest("at", NOW)
    highest.take([None, NOW - timedelta(days=3), NOW])
    highest.take([NOW + timedelta(hours=30), NOW + timedelta(days=900)])
    highest.take([NOW + timedelta(days=901), None])
    assert (highest.value, highest.missing, highest.ahead) == (NOW + timedelta(hours=30), 2, 2)


@pytest.mark.parametrize(
    "values",
    [[2, 1], [1, float("nan")], [float("nan")], [float("inf")], [True], [[1]], [NOW, NOW.replace(tzinfo=None)],
     [NOW, date(2026, 1, 1)], [1, "a"], [uuid.UUID("7c84fb90-12c4-41e1-840d-7b25c5ee775a")], ["abc", "ab"]],
)  # fmt: skip
def test_what_has_no_order_is_refused(values: list[Any]) -> None:
    with pytest.raises(SourceError, match="the cursor at is"):
        Highest("at", NOW).take(values)
