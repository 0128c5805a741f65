"""Promises: whose, of what, by when; and what only looks like one."""

from __future__ import annotations

from datetime import datetime

import pytest

from heartline.conduct import due_at, promises_in

FRIDAY = datetime(2026, 6, 26, 15, 30)


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("i will call you back within 24 hours.", "contact", datetime(2026, 6, 27, 15, 30)),
        ("we'll refund you in 2 business days.", "refund", datetime(2026, 6, 30, 15, 30)),
        ("i'll write to you tomorrow.", "contact", datetime(2026, 6, 28)),
        ("i will send it today.", "send", datetime(2026, 6, 27)),
        ("we will fix it by monday.", "mend", datetime(2026, 6, 30)),
        ("we will fix it on friday.", "mend", datetime(2026, 7, 4)),  # said on a Friday: the next one
        ("i will let you know by the end of the week.", "contact", datetime(2026, 6, 29)),
        ("we will sort this out next week.", "mend", datetime(2026, 7, 6)),
        ("we will credit it by the end of the month.", "refund", datetime(2026, 7, 1)),
        ("i will check right away.", "find_out", datetime(2026, 6, 26, 16, 30)),
        ("my colleague will contact you in 3-5 days.", "contact", datetime(2026, 7, 1, 15, 30)),
        ("i have sent it and will check again on friday.", "find_out", datetime(2026, 7, 4)),
        ("i will look into it.", "find_out", None),
    ],
)
def test_a_promise_has_a_kind_and_a_time(text: str, kind: str, due: datetime | None) -> None:
    (found,) = promises_in(text)
    assert found.kind == kind
    assert (None if found.due is None else due_at(found.due, FRIDAY)) == due
    assert text[found.start : found.end] == text


@pytest.mark.parametrize(
    "text",
    [
        "we will not be able to do this today.", "i won't call you.", "i will try to call you tomorrow.",
        "if you send the receipt, i will refund you.", "will i call you tomorrow?", "you will have to wait.",
        "once you confirm, we will ship it.", "i will need your order number.", "they called on friday.", "",
    ],
)  # fmt: skip
def test_what_promises_nothing(text: str) -> None:
    assert promises_in(text) == []


def test_the_last_day_of_december_ends_the_month_and_the_year() -> None:
    (found,) = promises_in("we will pay it back by the end of the month.")
    assert found.due is not None
    for day in (datetime(2026, 12, 1), datetime(2026, 12, 15), datetime(2026, 12, 31, 23)):
        assert due_at(found.due, day) == datetime(2027, 1, 1)


def test_a_due_time_is_never_before_the_promise() -> None:
    for text in ("within an hour", "by tuesday", "tomorrow", "today", "next week", "this month", "in a moment"):
        (found,) = promises_in(f"i will call you {text}.")
        assert found.due is not None
        for day in range(1, 29):
            made = datetime(2026, 2, day, 12)
            assert due_at(found.due, made) > made
