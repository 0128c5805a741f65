"""A suggested reply out of a play's template. It is shown to be read, changed and copied; nothing sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{(\w+)\}")
_TITLE = re.compile(r"(?:dr|prof|mr|mrs|ms|miss|mx|herr|frau|sr|sra|ing|dipl)\.?", re.IGNORECASE)
YOUR_NAME = "[your name]"


def first_name(name: str) -> str:
    """What a person is called by, out of a name as companies write it; empty where it cannot be told."""
    family, comma, given = name.partition(",")
    words = [word for word in (given if comma else family).split() if not _TITLE.fullmatch(word)]
    return words[0] if words and words[0][0].isalpha() else ""


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with what is known; what is not stands in brackets, for the person to fill in."""
    return _PLACE.sub(lambda place: values.get(place[1]) or f"[{place[1].replace('_', ' ')}]", template)
