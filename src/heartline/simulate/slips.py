"""How the same thing gets written differently: slips of the finger, other spellings, other formats."""

from __future__ import annotations

import unicodedata
from random import Random

_BESIDE = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "rzg", "z": "tuh", "u": "zij", "i": "uok", "o": "ipl",
    "p": "ol",
    "a": "qsy", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gzjn", "j": "hukm", "k": "jil", "l": "kop",
    "y": "axs", "x": "ysdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
    "1": "2", "2": "13", "3": "24", "4": "35", "5": "46", "6": "57", "7": "68", "8": "79", "9": "80", "0": "9",
}  # fmt: skip
_SPELT_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
_ALIKE = (("ck", "k"), ("ph", "f"), ("th", "t"), ("ei", "ai"), ("y", "i"), ("mm", "m"), ("nn", "n"), ("tt", "t"),
          ("ll", "l"), ("ss", "s"), ("dt", "t"), ("c", "k"))  # fmt: skip


def slip(rng: Random, text: str, digits_only: bool = False) -> str:
    """One slip, in one case of five two: a neighbouring key, a letter left out, twice, or two exchanged.

    Four of five misspelt words differ by a single such slip (Damerau 1964).
    """
    for _ in range(2 if rng.random() < 0.2 else 1):
        places = [n for n, letter in enumerate(text) if (letter.isdigit() if digits_only else letter.isalnum())]
        if len(places) < 3:
            return text
        at = rng.choice(places[1:] if not digits_only else places[3:] or places)
        letter = text[at]
        beside = _BESIDE.get(letter.lower(), "")
        way = rng.random()
        if way < 0.45 and beside:
            other = rng.choice(beside)
            text = text[:at] + (other.upper() if letter.isupper() else other) + text[at + 1 :]
        elif way < 0.65:
            text = text[:at] + text[at + 1 :]
        elif way < 0.8:
            text = text[:at] + letter + text[at:]
        elif at + 1 < len(text) and text[at + 1].isalnum():
            text = text[:at] + text[at + 1] + letter + text[at + 2 :]
    return text


def heard(rng: Random, name: str) -> str:
    """A name as somebody writes it who only heard it; the name itself where it leaves no choice."""
    lower = name.lower()
    ways = [(a, b) for one, other in _ALIKE for a, b in ((one, other), (other, one)) if a in lower]
    if not ways:
        return slip(rng, name)
    before, after = rng.choice(ways)
    changed = lower.replace(before, after, 1)
    return changed[:1].upper() + changed[1:]


def without_marks(text: str, spelt_out: bool) -> str:
    """Umlauts and accents as a system writes them that has none: ``ae``, or the bare letter."""
    for mark, two in _SPELT_OUT.items():
        text = text.replace(mark, two if spelt_out or mark == "ß" else _bare(mark))
    return _bare(text)


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("ł", "l").replace("Ł", "L").replace("ı", "i"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def phone_format(rng: Random, national: str) -> str:
    """A German number given as its national part without the first 0 (``1501234567``), in one of six ways."""
    area, rest = national[:3], national[3:]
    return rng.choice((
        f"+49{national}", f"+49 {area} {rest}", f"0049{national}", f"0{area}/{rest}", f"0{area} {rest[:3]} {rest[3:]}",
        f"(0{area}) {rest}",
    ))  # fmt: skip


def wrong_birthday(rng: Random, birthday: str) -> str:
    """A date of birth (ISO) with day and month exchanged, a digit or the year slipped, or a form's preset."""
    year, month, day = birthday.split("-")
    way = rng.random()
    if way < 0.3 and int(day) <= 12 and day != month:
        return f"{year}-{day}-{month}"
    if way < 0.6:
        return f"{int(year) + rng.choice((-10, -1, 1, 10))}-{month}-{day}"
    if way < 0.8:
        return f"{year}-{month}-{rng.randint(1, 28):02d}"
    return rng.choice(("1900-01-01", "1970-01-01", "2000-01-01"))


def address_format(rng: Random, street: str, number: str) -> str:
    """Street and number the way somebody writes them."""
    if rng.random() < 0.4:
        street = street.replace("straße", "str.").replace("Straße", "Str.")
    elif rng.random() < 0.15:
        street = street.replace("straße", "strasse")
    written = f"{street} {number}"
    return written.lower() if rng.random() < 0.06 else written
