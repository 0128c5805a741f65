"""The texts of a playbook that reach customers or tell people what to do, and how patterns are looked for in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from heartline.playbook.places import Path
from heartline.playbook.shape import Playbook

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_WRAPPED = re.compile(r"(?<!\n)\n(?!\n)")
_NEAR = 30
"""Characters before a word within which a negation denies it."""
_NEGATION = re.compile(
    r"\b(?:not|no|nor|never|none|nothing|neither|without|cannot|can't|don't|won't|isn't|wasn't|nicht|kein\w*|nie|nichts"
    r"|ohne|nunca|ning[uú]n\w*|sin)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Text:
    """One text. kind: template (goes to a customer), says (tells a person what to do) or promise (of everybody's)."""

    kind: str
    path: Path
    what: str
    text: str


@dataclass(frozen=True)
class Found:
    """A piece of a text. start: its first character."""

    words: str
    start: int


def flat(text: str) -> str:
    """A text with sentences on one line each; every character keeps its place."""
    return _WRAPPED.sub(" ", text)


def texts(playbook: Playbook) -> Iterator[Text]:
    """Every text that the rules of wording are held against."""
    for number, play in enumerate(playbook.plays):
        if play.template:
            told = f"the template of play {play.play}"
            yield Text("template", ("plays", number, "template"), told, flat(play.template))
        yield Text("says", ("plays", number, "says"), f"play {play.play}", flat(play.says))
    for number, one in enumerate(playbook.expectations):
        yield Text("promise", ("expectations", number, "says"), f"promise {one.promise}", flat(one.says))
    for number, stage in enumerate(playbook.stages):
        if stage.promise:
            told = f"the promise of stage {stage.stage}"
            yield Text("promise", ("stages", number, "promise"), told, flat(stage.promise))


def first(pattern: re.Pattern[str], text: str, even_if_denied: bool = False) -> Found | None:
    """The first place where a pattern is met by a sentence that does not deny it beforehand."""
    for sentence in _SENTENCE.finditer(text):
        for met in pattern.finditer(sentence[0]):
            near = max(0, met.start() - _NEAR)
            if even_if_denied or not _NEGATION.search(sentence[0], near, met.start()):
                return Found(" ".join(met[0].split()), sentence.start() + met.start())
    return None
