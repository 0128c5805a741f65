"""Who says what, and when: checked in one way for everything that people do for customers."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from heartline.errors import CaseError

LONGEST_NAME, LONGEST_TEXT = 80, 2000
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,80}")


def name(by: str) -> str:
    """A person's name without blanks around it; CaseError where it is none."""
    if not _NAME.fullmatch(by.strip()):
        raise CaseError(
            "it is not said by whom", f"a name of at most {LONGEST_NAME} characters", "say who you are (--by NAME)"
        )
    return by.strip()


def words(text: str, what: str, needed: bool = True) -> str:
    """A person's own words without blanks around them; CaseError where they are missing or too long."""
    plain = text.strip()
    if needed and not plain:
        raise CaseError(f"{what} is empty", "a few words", "say it in your own words")
    if len(plain) > LONGEST_TEXT:
        raise CaseError(f"{what} has {len(plain)} characters", f"at most {LONGEST_TEXT}", "write it shorter")
    return plain


def utc(moment: datetime) -> datetime:
    """The moment in UTC, without an offset; one without an offset is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def clock(now: datetime | None, not_before: datetime | None = None) -> datetime:
    """The moment that is told, or this one, but not before another: facts may reach to the midnight to come.

    CaseError where the told one lies before it.
    """
    if now is None:
        real = datetime.now(UTC).replace(tzinfo=None)
        return real if not_before is None else max(real, not_before)
    told = utc(now)
    if not_before is not None and told < not_before:
        raise CaseError(
            f"{told:%Y-%m-%d %H:%M} lies before what it follows on",
            f"{not_before:%Y-%m-%d %H:%M} or later (UTC)",
            "correct the time",
        )
    return told
