"""Times: known readings, and agreement with Python's own on anything ISO."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartline.sources.times import times


def one(value: object, zone: str = "UTC", formats: tuple[str, ...] = ()) -> datetime | None:
    cells = times(pa.array([value]), ZoneInfo(zone) if zone != "UTC" else UTC, formats)
    found = cells.values[0].as_py()
    assert (cells.bad is not None and bool(cells.bad[0])) == (found is None and value not in (None, "", "NaT"))
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-17T09:30:00Z", datetime(2024, 5, 17, 9, 30)),
        ("2024-05-17 09:30", datetime(2024, 5, 17, 9, 30)),
        ("2024-05-17", datetime(2024, 5, 17)),
        ("2024-05-17T09:30:00.123456789+02:00", datetime(2024, 5, 17, 7, 30, 0, 123456)),
        ("2015-02-24 11:35:52 -0800", datetime(2015, 2, 24, 19, 35, 52)),
        ("1715938200", datetime(2024, 5, 17, 9, 30)),
        ("1715938200000", datetime(2024, 5, 17, 9, 30)),
        ("1715938200.5", datetime(2024, 5, 17, 9, 30, 0, 500000)),
        (1715938200, datetime(2024, 5, 17, 9, 30)),
        ("", None),
        ("NaT", None),
        ("31/02/2024", None),
        ("2024-02-30", None),
        ("2024-05-17T25:00:00", None),
        ("2024-05-17T09:30:00+25:00", None),
        ("1024-05-17", None),
        ("20240517", None),
        ("yesterday", None),
    ],
)
def test_known_readings(value: object, expected: datetime | None) -> None:
    assert one(value) == expected


def test_without_an_offset_the_workspace_zone_counts() -> None:
    assert one("2024-01-17 09:30", "Europe/Berlin") == datetime(2024, 1, 17, 8, 30)
    assert one("2024-07-17 09:30", "Europe/Berlin") == datetime(2024, 7, 17, 7, 30)
    assert one("2024-07-17 09:30Z", "Europe/Berlin") == datetime(2024, 7, 17, 9, 30)


def test_hours_that_come_twice_or_not_at_all() -> None:
    assert one("2024-10-27 02:30", "Europe/Berlin") == datetime(2024, 10, 27, 0, 30)  # the earlier of the two
    assert one("2024-03-31 02:30", "Europe/Berlin") == datetime(2024, 3, 31, 1, 0)  # after the gap


def test_own_formats_come_first() -> None:
    assert one("03/04/2024", formats=("%d/%m/%Y",)) == datetime(2024, 4, 3)
    assert one("03/04/2024", formats=("%m/%d/%Y",)) == datetime(2024, 3, 4)
    assert one("19970112", formats=("%Y%m%d",)) == datetime(1997, 1, 12)
    assert one("2024-01-01", formats=("%d/%m/%Y",)) == datetime(2024, 1, 1)


def test_a_mixed_column_is_read_cell_by_cell() -> None:
    cells = times(pa.array(["2024-01-01", "2024-01-01T00:00+01:00", "1704067200", "x", None]), UTC)
    assert cells.values.to_pylist() == [
        datetime(2024, 1, 1), datetime(2023, 12, 31, 23), datetime(2024, 1, 1), None, None
    ]  # fmt: skip
    assert cells.bad is not None
    assert cells.bad.tolist() == [False, False, False, True, False]


def test_typed_columns_keep_their_moment() -> None:
    moment = datetime(2024, 5, 17, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    assert times(pa.array([moment], pa.timestamp("ns", "UTC")), UTC).values[0].as_py() == datetime(2024, 5, 17, 7, 30)


MOMENTS = st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(2199, 1, 1))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moment=MOMENTS, offset=OFFSETS)
@settings(max_examples=300, deadline=None)
def test_iso_agrees_with_python(moment: datetime, offset: timezone) -> None:
    aware = moment.replace(tzinfo=offset)
    assert one(aware.isoformat()) == aware.astimezone(UTC).replace(tzinfo=None)
    assert one(moment.isoformat(sep=" ")) == moment


@given(text=st.text(max_size=24))
@settings(max_examples=200, deadline=None)
def test_no_text_stops_the_reading(text: str) -> None:
    times(pa.array([text]), UTC)
