"""What stands in a brief, line by line; every form of it, on paper or on a screen, is written from these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from heartline.web.change import Change
from heartline.web.figures import Figure
from heartline.web.headline import Phrase

Verdict = Literal["broken", "open", "kept", "not_known", "not_measured"]
NOBODY = "nobody is named"


@dataclass(frozen=True)
class Evidence:
    """A figure and what it is; word: what its base counts, empty where the figure is a count."""

    what: str
    figure: Figure
    word: str = ""

    @property
    def text(self) -> str:
        """The figure with what stands behind it, in one line."""
        behind = [self.figure.interval, f"{self.figure.base} {self.word}".strip() if self.figure.base else ""]
        more = ", ".join(part for part in behind if part)
        return f"{self.what} {self.figure.text}" + (f" ({more})" if more else "")


@dataclass(frozen=True)
class Standing:
    """Where the company stands on one axis against the period before; word: what the base counts."""

    name: str
    change: Change
    word: str


@dataclass(frozen=True)
class StandardLine:
    """A standard of the house: where, what is meant, what came, by how much, whose it is.

    meant: in words; felt: what came; gap: felt minus meant; source: where the standard is written
    """

    where: str
    meant: str
    felt: Figure
    gap: Figure
    owner: str
    verdict: Verdict
    source: str
    note: str = ""


@dataclass(frozen=True)
class Ask:
    """Something that somebody has to decide.

    kind: what brought it; urgency: 1 somebody waits, 2 a standard is broken, 3 money, 4 people to be looked for,
    5 to be learnt
    who: who decides; page: where the whole of it is; money: what is at stake, not known where nobody has told
    """

    kind: str
    urgency: int
    title: str
    why: str
    evidence: Sequence[Evidence]
    who: str
    page: str
    money: Figure
    weight: float = 0.0

    @property
    def order(self) -> tuple[int, float, float, str]:
        """How asks are ranked: urgency, then money, then the size of what is wrong."""
        return (self.urgency, -(self.money.value or 0.0), -self.weight, self.title)


@dataclass(frozen=True)
class Theme:
    """What customers say or meet at one place. A pattern comes from many; a single request from few.

    pattern: many carry it; of one whose share is not known too few were read there to say how common it is
    share: of customers whose words were read there, with interval and base; contacts: how often it was said
    loudest: contacts of the one customer who said it most often
    """

    what: str
    where: str
    customers: int
    contacts: int
    loudest: int
    share: Figure
    pattern: bool
    tone: str
    page: str


@dataclass(frozen=True)
class DecisionLine:
    """A decision of the log, with its figure then and now (of a reviewed one: at the review)."""

    number: int
    what: str
    by: str
    on: str
    kind: str
    cited: str
    page: str
    then: Figure
    now: Figure
    expected: str
    review_on: str
    due: bool
    came: str
    note: str
    reviewed: str


@dataclass(frozen=True)
class Brief:
    """The whole of it; the one page shows the first lines of each part and says how many more there are."""

    company: str
    as_of: datetime | None
    period_end: datetime | None
    before: datetime | None
    vision: str
    headline: Sequence[Phrase]
    standing: Sequence[Standing]
    worth: Sequence[Evidence]
    changes: Sequence[Evidence]
    by_chance: str
    standards: Sequence[StandardLine]
    asks: Sequence[Ask]
    patterns: Sequence[Theme]
    singles: Sequence[Theme]
    singles_total: int
    log: Sequence[DecisionLine]
    gaps: Sequence[Evidence]
    notes: Sequence[str]

    @property
    def broken(self) -> list[StandardLine]:
        """Standards that are broken: the whole interval lies below what is meant."""
        return [line for line in self.standards if line.verdict == "broken"]

    @property
    def due(self) -> list[DecisionLine]:
        """Decisions whose review is due."""
        return [line for line in self.log if line.due]


@dataclass(frozen=True)
class PlaceLine:
    """One point of connection of a stage: how it felt against the months before and against what is meant."""

    touchpoint: str
    stage: str
    felt: Figure
    change: Change
    meant: str
    verdict: Verdict
    owner: str
    unfinished: Figure
    best: Figure
    worst: Figure


@dataclass(frozen=True)
class HandLine:
    """A step into or out of the stage: how the place before or after feels, and how the feeling changes on the way."""

    touchpoint: str
    felt: Figure
    change: Figure
    steps: int


@dataclass(frozen=True)
class Quote:
    """A customer's own words: where and when, never whose."""

    text: str
    where: str
    day: str
    felt: Figure


@dataclass(frozen=True)
class StageBrief:
    """One page for the people of one stage: the same feelings that all others are told."""

    name: str
    role: str
    stages: Sequence[str]
    company: str
    as_of: datetime | None
    since: datetime | None
    until: datetime | None
    felt: Change
    places: Sequence[PlaceLine]
    came: Sequence[HandLine]
    left: Sequence[HandLine]
    motivators: Sequence[Theme]
    signs: Sequence[Theme]
    promise: Sequence[str]
    ask: Sequence[str]
    avoid: Sequence[str]
    questions: Sequence[str]
    quotes: Sequence[Quote]
    quotes_note: str
    notes: Sequence[str]


def short(text: str, longest: int) -> str:
    """The beginning of a text that is too long for its place."""
    return text if len(text) <= longest else text[: longest - 1].rstrip(" ,;") + "…"
