"""Amounts of money as pages write them."""

from __future__ import annotations

import re

_SIGN = r"(?:€|£|\$|¥|EUR|USD|GBP|CHF|kr)"
_NUMBER = r"\d{1,3}(?:[.,'\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT = re.compile(rf"{_SIGN}\s?({_NUMBER})|({_NUMBER})\s?{_SIGN}")


def amount_in(text: str, after: str = "") -> float | None:
    """The first amount with a sign of currency behind ``after``, else the first in the text; None without any."""
    place = text.lower().find(after.lower()) if after else -1
    found = (_AMOUNT.search(text, place + len(after)) if place >= 0 else None) or _AMOUNT.search(text)
    if found is None:
        return None
    plain = re.sub(r"[\s'\u00a0\u202f]", "", found[1] or found[2])
    whole, mark, part = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", plain).groups()  # type: ignore[union-attr]
    return float(re.sub(r"[.,]", "", whole) + (f".{part}" if mark else ""))
