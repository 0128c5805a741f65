"""The items, and which of them a column of answers is: by its code, or by its wording in any of the languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from heartline.errors import SourceError

SCALE = ("1", "7")
"""Ends of the scale of every item but the open one: 1 strongly disagree, 7 strongly agree."""
PROMPT = "prompt"
"""Stands for the construct of the open question, which has no number."""
COMPANY = "{company}"
ASKED = 500
"""Longest wording that is compared; what is longer is no item with something before it."""


@dataclass(frozen=True)
class Item:
    """One question.

    Attributes
    ----------
    code: its name in exports and columns; never used for another wording
    scale: the scale whose mean it goes into; ``prompt`` for the open question
    construct: what it measures, a construct of `survey_response`; ``prompt`` for the open question
    subject: the motivator asked about, None elsewhere
    short: whether it belongs to the short form
    wording: by language, with {company} where the company's name stands
    """

    code: str
    scale: str
    construct: str
    subject: str | None
    short: bool
    wording: Mapping[str, str]

    def asked(self, language: str, company: str) -> str:
        """The question as a customer reads it; a sentence that begins with the name begins with a capital."""
        said = self.wording[language].replace(COMPANY, company)
        return said[:1].upper() + said[1:]


@dataclass(frozen=True)
class Match:
    """An item known again, with the language of the wording; None where the code alone told it."""

    item: Item
    language: str | None


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads(files("heartline.survey").joinpath("items.toml").read_text(encoding="utf-8"))


LANGUAGES: tuple[str, ...] = tuple(_file()["languages"])
"""Languages of the items, ISO 639-1."""


@lru_cache(maxsize=1)
def items() -> tuple[Item, ...]:
    """All items in the order in which they are asked: the open question first, so that no other one colours it."""
    held = _file()
    prompt = held["prompt"]
    found = [Item(prompt["code"], PROMPT, PROMPT, None, True, {name: prompt[name] for name in LANGUAGES})]
    found += [
        Item(
            one["code"], scale["name"], scale["construct"], one.get("subject"), bool(one.get("short")),
            {name: one[name] for name in LANGUAGES},
        )
        for scale in held["scale"]
        for one in scale["item"]
    ]  # fmt: skip
    return tuple(found)


def labels(language: str) -> tuple[str, ...]:
    """Words of the answers 1 to 7; SourceError for a language that there is not."""
    held = _file()["answers"]
    if language not in held:
        raise SourceError(f"there are no items in {language!r}", f"one of {', '.join(LANGUAGES)}", "choose another")
    return tuple(held[language])


@lru_cache(maxsize=1)
def _answers() -> dict[str, str]:
    """Value of each wording of an answer, in lower case."""
    return {said: str(at + 1) for language in LANGUAGES for at, said in enumerate(labels(language))}


def value_of(answer: str) -> str | None:
    """The number of an answer in words, in any of the languages; None for other words."""
    return _answers().get(" ".join(answer.split()).strip(" .").lower())


def item(code: str) -> Item | None:
    """The item of that code; form tools may have changed its case and its underscores."""
    return _codes().get(_plain(code))


def match(*told: str | None) -> Match | None:
    """The item that a column is of, by any of its names: a code, or a wording with anything as the company's name.

    Something may stand before the wording (a matrix's own question, `Please say how much you agree - …`), not after it.
    """
    for name in told:
        if name and (known := item(name)):
            return Match(known, None)
    for name in told:
        said = " ".join((name or "").split())
        if not 8 <= len(said) <= ASKED:
            continue
        for known, language, pattern in _patterns():
            if pattern.search(said):
                return Match(known, language)
    return None


def _plain(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())


@lru_cache(maxsize=1)
def _codes() -> dict[str, Item]:
    return {_plain(one.code): one for one in items()}


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Item, str, re.Pattern[str]], ...]:
    # What begins a wording, or the name at its beginning, must stand at the beginning or after a mark that parts.
    found = []
    for one in items():
        for language, wording in one.wording.items():
            body = re.escape(wording.rstrip(".?")).replace(re.escape(COMPANY), r"[^,;?]{1,60}?")
            found.append((one, language, re.compile(rf"(?:^|[-–—:\[>|.)?]\s*){body}[.?]?\]?$", re.IGNORECASE)))
    return tuple(found)
