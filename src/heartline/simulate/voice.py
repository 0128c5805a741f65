"""How customers say it: a slot grammar with styles, driven by what they really felt in that contact."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from heartline.simulate import sentences, words
from heartline.simulate.company import SITUATIONS

_SLOT = re.compile(r"\{(\w+)\}")
Template = tuple[tuple[str, str], ...]

# situations whose own sentences say it all; the others are told by scene and a good, middling or bad sentence
_OWN_WORDS = frozenset(name for name in SITUATIONS if name in sentences.CORES)
# situations that mostly feel one way; where the person felt the opposite, the words follow the feeling
_BRIGHT = frozenset({"easy", "thanked", "recognised", "resolved", "recovered", "understood"})
_DARK = frozenset(
    {"hassle", "late", "defect", "confusing", "unresolved", "code_failed", "promise_broken", "unrecognised"}
)
_UNVOICED = {"good": "approval", "middling": "neutral", "bad": "disappointment"}
_STYLES = ("plain", "plain", "plain", "chatty", "chatty", "formal", "terse", "terse")


@dataclass(frozen=True)
class Said:
    """One text and what it carries: the emotion it expresses and the service signals in its words."""

    text: str
    emotion: str
    signals: tuple[str, ...]


def _compile(text: str) -> Template:
    parts = _SLOT.split(text)
    padded = [*parts, ""] if len(parts) % 2 else parts
    return tuple(zip(padded[::2], padded[1::2], strict=True))


def _compiled(texts: tuple[str, ...]) -> tuple[Template, ...]:
    return tuple(_compile(text) for text in texts)


_SLOTS = {name: _compiled(texts) for name, texts in words.SLOTS.items()}
_CORES = {name: _compiled(texts) for name, texts in sentences.CORES.items()}
_SCENES = {name: _compiled(texts) for name, texts in words.SCENES.items()}
_FEELINGS = {name: _compiled(texts) for name, texts in sentences.FEELINGS.items()}
_OPENINGS = {name: _compiled(texts) for name, texts in words.OPENINGS.items()}
_CLOSINGS = {name: _compiled(texts) for name, texts in words.CLOSINGS.items()}
_EMPLOYEE = {name: _compiled(texts) for name, texts in words.EMPLOYEE.items()}
_TURNS = _compiled(words.TURNS)
_ASKS = _compiled(words.ASKS)
_SARCASM = _compiled(words.SARCASM)
_FOREIGN = _compiled(words.FOREIGN)


class Voice:
    """Speaks for everybody of one chunk; the same seed says the same things."""

    def __init__(self, seed: str) -> None:
        self.begin(seed)

    def begin(self, seed: str) -> None:
        """What is said from here on follows from the seed alone."""
        self._draw: Callable[[], float] = random.Random(seed).random  # noqa: S311 (a simulation)

    def _pick(self, options: tuple[Template, ...]) -> Template:
        return options[int(self._draw() * len(options))]

    def _word(self, options: tuple[str, ...]) -> str:
        return options[int(self._draw() * len(options))]

    def _fill(self, template: Template) -> str:
        out = []
        for literal, slot in template:
            out.append(literal)
            if slot:
                out.append(self._slot(slot))
        return "".join(out)

    def _slot(self, slot: str) -> str:
        if slot == "digits":
            return str(10000 + int(self._draw() * 89999))
        if slot == "two":
            return str(5 + int(self._draw() * 45))
        if slot in ("good", "bad"):
            return self._fill(self._pick(_CORES[slot]))
        return self._fill(self._pick(_SLOTS[slot]))

    def customer(self, number: int, situation: str, touchpoint: str, felt: float, foreign: bool) -> Said:
        """What customer ``number`` says about a contact that felt like ``felt`` (-1 ... 1).

        The customer number fixes the person's habits (case, emoji, typos, length), so that each person
        sounds like one person.
        """
        if foreign:
            return Said(self._fill(self._pick(_FOREIGN)), "neutral", ())
        band = "good" if felt > 0.2 else "bad" if felt < -0.2 else "middling"
        told = situation if situation in _OWN_WORDS else band
        if (told in _BRIGHT and felt < 0) or (told in _DARK and felt > 0.2):
            told = band
        emotion = self._emotion(told, felt)
        habits = (number * 2654435761) & 0xFFFFFFFF
        style = _STYLES[habits & 7]
        signals = sentences.SIGNALS.get(told, ())
        text, extra, voiced = self._compose(told, touchpoint, emotion, style, band)
        if not voiced:
            emotion = "neutral" if told in ("question", "suggestion") else _UNVOICED[band]
        return Said(self._manner(text, habits >> 3, band), emotion, signals + extra)

    def _emotion(self, told: str, felt: float) -> str:
        options = sentences.EMOTIONS[told]
        # the stronger the feeling the nearer to the head of the list, with room for the person
        reach = max(1.0, len(options) * (1.15 - 0.5 * abs(felt)))
        return options[min(len(options) - 1, int(self._draw() * reach))]

    def _compose(
        self, told: str, touchpoint: str, emotion: str, style: str, band: str
    ) -> tuple[str, tuple[str, ...], bool]:
        draw = self._draw
        parts: list[str] = []
        extra: tuple[str, ...] = ()
        core = self._fill(self._pick(_CORES[told]))
        if band == "bad" and told not in ("attack", "goodbye") and draw() < 0.03:
            core = self._fill(self._pick(_SARCASM))
        opening = "" if style == "terse" else self._fill(self._pick(_OPENINGS[style]))
        if draw() < (0.35 if style == "terse" else 0.8) and told not in ("question", "attack", "recommend"):
            parts.append(self._fill(self._pick(_SCENES[touchpoint])))
        parts.append(core)
        if style != "terse" and draw() < 0.45:
            second = self._fill(self._pick(_CORES[told]))
            if second != core:
                parts.append(second)
        voiced = emotion != "neutral" and draw() < 0.85
        if voiced:
            feeling = self._fill(self._pick(_FEELINGS[emotion]))
            parts.insert(len(parts) if draw() < 0.75 else 0, feeling)
        if style != "terse" and draw() < 0.1 and told in ("good", "middling", "bad", "hassle", "late", "easy"):
            parts.append(self._fill(self._pick(_TURNS)))
        if band == "good" and draw() < 0.12:
            parts.append(self._word(words.STAYS))
            extra = ("staying",)
        if band == "bad" and told in ("unresolved", "late", "defect", "code_failed") and draw() < 0.35:
            parts.append(self._fill(self._pick(_ASKS)))
            extra = ("request",)
        closing = "" if style == "terse" else self._fill(self._pick(_CLOSINGS[style]))
        return _joined(opening, parts, closing, draw).replace(" a office", " an office"), extra, voiced

    def _manner(self, text: str, habits: int, band: str) -> str:
        """The person's own way: lower case, exclamation marks, emoji, a slip of the keys."""
        if habits % 7 == 0:
            text = text.lower()
        if habits % 5 == 0 and band != "middling":
            text = text.rstrip(".") + ("!!" if habits % 10 == 0 else "!")
        if habits % 6 == 1 and self._draw() < 0.6:
            text = f"{text} {self._word(words.EMOJI[band])}"
        if habits % 9 == 2 and len(text) > 12 and self._draw() < 0.7:
            at = 2 + int(self._draw() * (len(text) - 5))
            if text[at : at + 2].isalpha():
                text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if habits % 23 == 3 and band == "bad":
            text = text.upper()
        return text

    def employee(self, went_well: bool) -> str:
        """A reply by an employee."""
        return self._fill(self._pick(_EMPLOYEE["good" if went_well else "bad"]))


def _joined(opening: str, parts: list[str], closing: str, draw: Callable[[], float]) -> str:
    out = []
    if opening:
        out.append(opening[:1].upper() + opening[1:])
        out.append(" ")
    start = not opening.endswith(",")
    last = len(parts) - 1
    for number, part in enumerate(parts):
        if start:
            part = part[:1].upper() + part[1:]
        elif not part.startswith(("I ", "I'")):
            part = part[:1].lower() + part[1:]
        out.append(part)
        if number < last:
            glue = " " if part.endswith(("?", "!")) else words.JOINS[int(draw() * len(words.JOINS))]
            out.append(glue)
            start = glue in (" ", ". ", "... ")
        elif not part.endswith(("?", "!")):
            out.append(".")
    if closing:
        out.append(" ")
        out.append(closing)
    return "".join(out)
