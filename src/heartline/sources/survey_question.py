"""What a survey's question measures and on which scale, read from its wording; and answers in words as numbers.

Nothing is taken for a score on a guess: where a wording does not tell the scale, a mapping must.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from heartline.errors import MappingError
from heartline.survey import PROMPT, SCALE, Match, item, match
from heartline.survey.items import value_of
from heartline.tables import CONSTRUCTS

_SCALE = r"(-?\d{1,3})\s*(?:\([^)]*\)\s*)?(?:to|through|[-–—])\s*(-?\d{1,3})"
_IN_WORDING = re.compile(rf"(?:scale|rate|score|from|between)\D{{0,40}}?{_SCALE}", re.IGNORECASE)
_TOLD = re.compile(rf"^(\w+)(?:\s+{_SCALE})?$")
_LIKELY = r"\blikel(?:y|ihood)\b"
_RECOMMEND = re.compile(rf"{_LIKELY}.*\brecommend\b|\brecommend\b.*{_LIKELY}", re.IGNORECASE | re.DOTALL)
_SATISFIED = re.compile(
    r"\bhow (?:\w+ )?(?:dis)?satisfied\b|\b(?:your|rate|level of|overall) (?:\w+ )?satisfaction\b", re.IGNORECASE
)
_EASY = re.compile(r"\bhow easy\b|\b(?:made|makes) it easy\b|\bit was easy\b|\bease of\b", re.IGNORECASE)
_BEST_FIRST = re.compile(
    r"\b[01]\b\W*(?:is|was|means|being|stands for)?\W*(?:very |extremely |completely |totally )?"
    r"(?:satisfied|easy|good|excellent|best)\b", re.IGNORECASE,
)  # fmt: skip
"""A scale on which the lowest number is the best, e.g. from 1 (very satisfied) to 5."""
_LEADING = re.compile(r"^(-?\d{1,3}(?:[.,]\d+)?)\s*(?:[-–—:=(].*)?$", re.DOTALL)

NO_ANSWER = frozenset(
    ("n/a", "na", "-", "none", "not applicable", "don't know", "do not know", "no answer", "no opinion",
     "prefer not to say", "prefer not to answer")
)  # fmt: skip
"""What stands where somebody was asked and gave no score."""

# Value and scale of each wording. Ends and middle are the same place on five steps as on seven; for what lies between
# them the commoner scale is taken, so a step may be off by a twelfth of the scale.
_FIVE, _SEVEN = ("1", "5"), ("1", "7")
WORDS: dict[str, dict[str, tuple[str, str, str]]] = {
    "csat": {
        "very dissatisfied": ("1", *_FIVE), "extremely dissatisfied": ("1", *_FIVE),
        "completely dissatisfied": ("1", *_FIVE), "dissatisfied": ("2", *_FIVE), "somewhat dissatisfied": ("2", *_FIVE),
        "neutral": ("3", *_FIVE), "neither satisfied nor dissatisfied": ("3", *_FIVE),
        "satisfied": ("4", *_FIVE), "somewhat satisfied": ("4", *_FIVE), "very satisfied": ("5", *_FIVE),
        "extremely satisfied": ("5", *_FIVE), "completely satisfied": ("5", *_FIVE),
        "moderately dissatisfied": ("2", *_SEVEN), "slightly dissatisfied": ("3", *_SEVEN),
        "slightly satisfied": ("5", *_SEVEN), "moderately satisfied": ("6", *_SEVEN),
    },
    "ces": {
        "strongly disagree": ("1", *_SEVEN), "disagree": ("2", *_SEVEN), "somewhat disagree": ("3", *_SEVEN),
        "neither agree nor disagree": ("4", *_SEVEN), "neutral": ("4", *_SEVEN), "somewhat agree": ("5", *_SEVEN),
        "agree": ("6", *_SEVEN), "strongly agree": ("7", *_SEVEN),
        "very difficult": ("1", *_FIVE), "extremely difficult": ("1", *_FIVE), "difficult": ("2", *_FIVE),
        "somewhat difficult": ("2", *_FIVE), "neither easy nor difficult": ("3", *_FIVE), "easy": ("4", *_FIVE),
        "somewhat easy": ("4", *_FIVE), "very easy": ("5", *_FIVE), "extremely easy": ("5", *_FIVE),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One column of a survey: what it measures, with the ends of its scale where they are known.

    ``kind`` is a construct of survey_response, ``text`` for words of the customer's own, ``none`` for all else.
    ``item`` is the code of the item of `heartline survey items` that it is, ``subject`` the motivator that one asks
    about, ``language`` that of its wording; ``prompt`` says that the words answer what comes to mind.
    """

    column: str
    wording: str
    kind: str
    low: str | None = None
    high: str | None = None
    item: str | None = None
    subject: str | None = None
    language: str | None = None
    prompt: bool = False

    def knows(self, cell: str) -> bool:
        """Whether an answer in words is a known one, so that it makes a score."""
        if self.item and value_of(cell):
            return True
        return cell.strip().lower() in WORDS.get(self.kind, {})

    def answer(self, cell: str) -> tuple[str, str | None, str | None] | None:
        """Value and ends of the scale of an answer; the cell itself where it is neither number nor known wording.

        None for an answer in digits on a scale that nobody told.
        """
        if self.item and (value := value_of(cell)):
            return value, *SCALE
        wording = WORDS.get(self.kind, {}).get(re.sub(r"\s+", " ", cell).strip().lower().removesuffix("."))
        if wording is not None:
            return wording
        number = _LEADING.match(cell.strip())
        if self.low is None:
            return None if number else (cell, None, None)
        return (number[1] if number else cell), self.low, self.high


def question(column: str, wording: str, told: str = "") -> Question:
    """What a column asks for: as ``told`` (`csat 1 to 5`, `nps`, `text`, `none`, `prompt`, the code of an item of
    `heartline survey items`), else as that item where its name or wording is one's, else from its wording.

    Scores are taken to be good when high. Raises MappingError where ``told`` cannot be read.
    """
    known = match(column, wording)
    if told == "text" and known is not None and known.item.construct == PROMPT:
        told = ""
    if told:
        return _told(column, wording, told)
    if known is not None:
        return _of_item(column, wording, known)
    if _RECOMMEND.search(wording):
        return Question(column, wording, "nps", "0", "10")
    for kind, about in (("csat", _SATISFIED), ("ces", _EASY)):
        if about.search(wording):
            scale = _IN_WORDING.search(wording)
            if scale is None or int(scale[1]) == int(scale[2]) or _BEST_FIRST.search(wording):
                return Question(column, wording, kind)
            low, high = sorted((int(scale[1]), int(scale[2])))
            return Question(column, wording, kind, str(low), str(high))
    return Question(column, wording, "none")


def _told(column: str, wording: str, told: str) -> Question:
    found = _TOLD.match(told.strip().lower())
    kind = found[1] if found else ""
    if kind == PROMPT:
        return Question(column, wording, "text", prompt=True)
    if own := item(told):
        return _of_item(column, wording, Match(own, None))
    if kind in ("text", "none"):
        return Question(column, wording, kind)
    if found is None or kind not in CONSTRUCTS or not (found[2] or kind == "nps"):
        raise MappingError(
            f"questions: {told!r} says nothing of what {column} asks for",
            "e.g. nps, csat 1 to 5, text, prompt or none, or the code of an item; constructs are "
            + ", ".join(CONSTRUCTS),
            "see docs/how-to/mapping-files.md",
        )
    return Question(column, wording, kind, found[2] or "0", found[3] or "10")


def _of_item(column: str, wording: str, known: Match) -> Question:
    of = known.item
    if of.construct == PROMPT:
        return Question(column, wording, "text", item=of.code, language=known.language, prompt=True)
    return Question(column, wording, of.construct, *SCALE, of.code, of.subject, known.language)
