"""Words that say what somebody does in a conversation: refuses, agrees, objects, hesitates, does not follow, decides.

The list stands in cues.toml, in English, German and Spanish; all are looked for at once, since people mix them.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

KINDS = (
    "refusal", "pleased", "agreement", "objection", "hesitation", "confusion", "decision", "wind_down", "hostile",
    "promise", "deed", "question", "small", "what_if", "shift",
)  # fmt: skip
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'"})
_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*")


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    text = files("heartline.room").joinpath("cues.toml").read_text("utf-8")
    languages = tomllib.loads(text)
    made = {}
    for kind in KINDS:
        phrases = sorted({one for told in languages.values() for one in told[kind]})
        inside = [one for one in phrases if not one.startswith("^")]
        first = [one[1:] for one in phrases if one.startswith("^")]
        parts = [rf"\b(?:{'|'.join(inside)})\b"] if inside else []
        parts += [rf"^\W*(?:{'|'.join(first)})\b"] if first else []
        made[kind] = re.compile("|".join(parts), re.IGNORECASE)
    return made


def found(sentence: str, kind: str) -> bool:
    """Whether one sentence holds a phrase of a kind."""
    return _patterns()[kind].search(sentence.translate(_APOSTROPHES)) is not None


def sentences(text: str) -> Sequence[str]:
    """The sentences of a text, each with its end mark."""
    return [one.strip() for one in _SENTENCE.findall(text) if one.strip()]


def first_with(text: str, kind: str) -> str | None:
    """The first sentence with a phrase of a kind; None where there is none."""
    return next((one for one in sentences(text) if found(one, kind)), None)


def is_small(text: str) -> bool:
    """Whether a turn only shows that somebody listens: it takes nobody's word."""
    bare = text.translate(_APOSTROPHES).strip(" .,!…-").lower()
    return len(bare.split()) <= 3 and _patterns()["small"].fullmatch(bare) is not None
