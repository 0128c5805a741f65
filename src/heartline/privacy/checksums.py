"""Payment cards and IBAN: numbers that carry a checksum, so that an order number is seldom mistaken for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# A maximal run of digits with at most one sign and blanks between two of them; each character is looked at once.
_RUN = re.compile(r"\d(?:(?: ?[-.] ?| )?\d)*")
_DIGITS = re.compile(r"\d+")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
SHORTEST_CARD, LONGEST_CARD = 12, 19

_IBAN = re.compile(r"(?<![^\W_])([A-Za-z]{2})[ -]?\d\d")
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}  # fmt: skip
"""Characters of an IBAN by country (ISO 13616)."""


def luhn(digits: str) -> bool:
    """Whether the last digit is right by Luhn's checksum (ISO/IEC 7812-1)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        total += _DOUBLED[value] if at % 2 else value
    return total % 10 == 0


def issued(digits: str) -> bool:
    """Whether a card scheme issues numbers that begin so and are as long."""
    size, two, three, four, six = len(digits), int(digits[:2]), int(digits[:3]), int(digits[:4]), int(digits[:6])
    long = 16 <= size <= 19
    return (
        (digits[0] == "4" and size in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and size == 16)
        or (two in (34, 37) and size == 15)
        or ((300 <= three <= 305 or three == 309 or two in (36, 38, 39)) and (size == 14 or long))
        or ((four == 6011 or 644 <= three <= 649 or two in (60, 62, 65, 81, 82) or 3528 <= four <= 3589) and long)
        or (622126 <= six <= 622925 and long)
        or (four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763))
        or (2200 <= four <= 2204 and long)
        or ((three == 508 or four in (5060, 5061, 9792)) and long)
    )


def cards(text: str) -> Iterator[Span]:
    """Card numbers: 12 to 19 digits of a known scheme with a right checksum, in one piece, in groups as cards show
    them (fours, 4-6-5, 4-6-4), or digit by digit."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() < SHORTEST_CARD:
            continue
        groups = [found.span() for found in _DIGITS.finditer(text, run.start(), run.end())]
        # a group that touches a letter is part of another number
        if run.start() and _touches(text[run.start() - 1]):
            groups = groups[1:]
        if run.end() < len(text) and _touches(text[run.end()]):
            groups = groups[:-1]
        at = 0
        while at < len(groups):
            upto = 0 if _fraction(text, groups[at][0]) else _card_end(text, groups, at)
            if upto:
                yield groups[at][0], groups[upto - 1][1]
            at = upto or at + 1


def _fraction(text: str, start: int) -> bool:
    """Whether the digits that begin here are decimals: 0.6579999999999999, as programs write a share."""
    return text[max(start - 2, 0) : start] in ("0.", "0,") and not (start > 2 and text[start - 3].isdigit())


def _card_end(text: str, groups: list[Span], first: int) -> int:
    """The place after the last group of a card that begins with the group ``first``; 0: none does."""
    digits, best = "", 0
    sizes: list[int] = []
    for at in range(first, min(first + LONGEST_CARD, len(groups))):
        start, end = groups[at]
        digits += text[start:end] if end - start <= LONGEST_CARD else "0" * (LONGEST_CARD + 1)
        if len(digits) > LONGEST_CARD:
            break
        sizes.append(end - start)
        if len(digits) < SHORTEST_CARD or not _shown_so(sizes, groups, first, at):
            continue
        if issued(digits) and luhn(digits):
            best = at + 1
    return best


def _shown_so(sizes: list[int], groups: list[Span], first: int, last: int) -> bool:
    if len(sizes) == 1 or sizes in ([4, 6, 5], [4, 6, 4]):
        return True
    if max(sizes) == 1:
        # digit by digit: all of them, not a part of a longer row
        before = first > 0 and groups[first - 1][1] - groups[first - 1][0] == 1
        after = last + 1 < len(groups) and groups[last + 1][1] - groups[last + 1][0] == 1
        return not before and not after
    return all(size == 4 for size in sizes[:-1]) and sizes[-1] <= 4


def _touches(char: str) -> bool:
    return char.isalnum() or char == "_"


def valid_iban(iban: str) -> bool:
    """Whether an IBAN, without blanks and in capitals, has its country's length and a right checksum (ISO 7064)."""
    if IBAN_LENGTHS.get(iban[:2]) != len(iban):
        return False
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def ibans(text: str) -> Iterator[Span]:
    """IBAN in one piece or with single blanks or hyphens anywhere, in capitals or not."""
    after = 0
    for found in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(found[1].upper())
        if length is None or found.start() < after:
            continue
        end = _walk(text, found.start(), length)
        if end and _is_iban(text[found.start() : end]):
            after = end
            yield found.start(), end


def _is_iban(written: str) -> bool:
    """Whether it is one, and grouped as one: by four, or with nothing but digits between irregular blanks."""
    groups = re.split("[ -]", written)
    iban = "".join(groups).upper()
    by_four = len(groups) == 1 or (all(len(group) == 4 for group in groups[:-1]) and len(groups[-1]) <= 4)
    return (by_four or iban[4:].isdigit()) and valid_iban(iban)


def _walk(text: str, start: int, length: int) -> int:
    """The place after so many letters and digits; 0 where they end earlier, or go on."""
    taken, parted = 0, True
    for at in range(start, len(text)):
        char = text[at]
        if char.isascii() and char.isalnum():
            taken, parted = taken + 1, False
            if taken == length:
                return 0 if at + 1 < len(text) and _touches(text[at + 1]) else at + 1
        elif char in " -" and not parted:
            parted = True
        else:
            return 0
    return 0
