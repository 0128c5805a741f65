"""A figure: a number with its unit, interval, base size and the way to where it came from; and how it is written.

Written the same in every country: a point before decimals, narrow spaces between thousands, ISO dates, a true minus.
What is not known is written in words, never as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

Kind = Literal["score", "share", "valence", "money", "count", "number", "spread", "days", "points"]

UNKNOWN = "not enough evidence"
NARROW = "\u202f"
MINUS = "\u2212"


def explain_address(table: str, column: str = "", **key: object) -> str:
    """Address of the page that opens a figure: its table, its column and the key of its row.

    Keys without a value are left out; a time is written in ISO form.
    """
    pairs = [("column", column)] if column else []
    for name, value in key.items():
        if value is not None:
            pairs.append((name, value.isoformat() if isinstance(value, datetime) else str(value)))
    return f"/explain/{quote(table, safe='')}" + (f"?{urlencode(pairs)}" if pairs else "")


def decimal(value: float, digits: int = 0, signed: bool = False) -> str:
    """A number with narrow spaces between thousands and, where asked, its sign."""
    text = f"{abs(value):,.{digits}f}".replace(",", NARROW)
    zero = float(f"{abs(value):.{digits}f}") == 0.0
    if zero:
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def short(value: float) -> str:
    """A large amount in three telling digits: 950, 12.4 k, 1.24 M, 3.10 G."""
    size = abs(value)
    for unit, limit in (("G", 1e9), ("M", 1e6), ("k", 1e4)):
        if size >= limit * 0.9995:
            scaled = value / (1e3 if unit == "k" else limit)
            return decimal(scaled, 0 if abs(scaled) >= 99.95 else 1 if abs(scaled) >= 9.995 else 2) + f"{NARROW}{unit}"
    return decimal(value, 0)


def written(value: float | None, kind: Kind, unit: str = "") -> str:
    """A value as the page writes it; ``not enough evidence`` where it is missing."""
    if value is None or value != value:
        return UNKNOWN
    if kind == "share":
        if 0 < value < 0.0005:
            return f"<0.1{NARROW}%"
        if 0.9995 < value < 1:
            return f">99.9{NARROW}%"
        return f"{decimal(100 * value, 0 if value in (0, 1) else 1)}{NARROW}%"
    if kind == "valence":
        return decimal(value, 2, signed=True)
    if kind == "points":
        return f"{decimal(100 * value, 1, signed=True)}{NARROW}points"
    if kind == "money":
        return f"{short(value)}{NARROW}{unit}".strip()
    if kind == "count":
        return decimal(value)
    if kind == "spread":
        return decimal(value, 2)
    if kind == "days":
        return f"{decimal(value)}{NARROW}days"
    return decimal(value, 1) + (f"{NARROW}{unit}" if unit else "")


@dataclass(frozen=True)
class Figure:
    """One number of a page.

    value: the number in its unit; None: not known
    kind: score (0 to 100), share (0 to 1), valence (-1 to 1), money, count, number, spread (valence points), days,
        points (difference of two shares, -1 to 1)
    unit: currency of money, unit of a number
    low, high: ends of the 90 % interval; None: no interval
    n: how many customers, visits or journeys stand behind it; None: it is itself a count
    explain: address of the page that opens it; empty: it is read off a row shown beside it
    """

    value: float | int | None
    kind: Kind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    explain: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None and self.value == self.value

    @property
    def text(self) -> str:
        """The value as written."""
        return written(self.value, self.kind, self.unit)

    @property
    def interval(self) -> str:
        """Both ends of the interval, as written; empty without one."""
        if self.low is None or self.high is None or not self.known:
            return ""
        if self.kind == "share":
            return f"{decimal(100 * self.low, 1)} to {decimal(100 * self.high, 1)}{NARROW}%"
        if self.kind == "points":
            return f"{decimal(100 * self.low, 1, signed=True)} to {written(self.high, self.kind)}"
        return f"{written(self.low, self.kind)} to {written(self.high, self.kind, self.unit)}"

    @property
    def base(self) -> str:
        """Base size, as written; empty where the figure is a count."""
        return "" if self.n is None else decimal(self.n)


def day(moment: datetime | None) -> str:
    """A date in ISO form; a dash where there is none."""
    return moment.strftime("%Y-%m-%d") if moment else "–"


def minute(moment: datetime | None) -> str:
    """A date and time of day in ISO form, UTC; a dash where there is none."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "–"


def month(moment: datetime | None) -> str:
    """A month in ISO form; a dash where there is none."""
    return moment.strftime("%Y-%m") if moment else "–"


def with_code(text: str) -> Markup:
    """A sentence whose `` `commands` `` become code; all else is escaped."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


def plain(word: str | None) -> str:
    """A stored word as people write it: ``support_call`` → ``support call``."""
    return (word or "").replace("_", " ")
