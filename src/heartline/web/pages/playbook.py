"""Playbook: what customers are meant to feel, what is delivered of it and whose it is, and what each play does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from heartline.action.house import present
from heartline.playbook.shape import Play, Rule
from heartline.playbook.spoken import helped_in_words, hours_in_words, trigger_in_words
from heartline.web.brief.gather import months
from heartline.web.brief.lines import StandardLine
from heartline.web.brief.standards import standards
from heartline.web.casework import Book, book_of, to_do
from heartline.web.door import Door
from heartline.web.figures import Figure, plain
from heartline.web.outcomes import PlayLine, play_lines
from heartline.web.page import Page, Query, told

EVERY = ("open", "waiting", "acted", "closed", "held_out")
KINDS = {"care": "care", "advocate": "who speaks up for us"}


@dataclass(frozen=True)
class RuleLine:
    """One rule of the code: its words, examples, and what it is read for in conversations (empty: for people only)."""

    name: str
    says: str
    kept: Sequence[str]
    broken: Sequence[str]
    never: Sequence[str]
    measure: str


@dataclass(frozen=True)
class StagePart:
    """What people of one stage promise, ask and leave."""

    name: str
    promise: str
    ask: Sequence[str]
    avoid: Sequence[str]


@dataclass(frozen=True)
class PromiseLine:
    """A promise to everybody, by when it is kept (empty: no time), and whose it is."""

    says: str
    within: str
    owner: str


@dataclass(frozen=True)
class PlayPart:
    """One play.

    play: its stored name; when: its trigger in words; left: share left alone at random
    opened: cases that it opened; waiting: of them, those that a person has to look at; alone: customers left alone
    effect: what it does to the behaviour that it names as its proof; None: not looked at yet
    """

    play: str
    name: str
    kind: str
    active: bool
    when: str
    does: str
    who: str
    deadline: str
    helped: str
    serves: Sequence[str]
    template: str
    left: Figure
    opened: int
    waiting: int
    alone: int
    effect: PlayLine | None


@dataclass(frozen=True)
class PlaybookContext:
    """What the page of the playbook shows."""

    there: bool = told("whether the workspace has a playbook that can be read")
    fault: str = told("which file is wrong and where, if it cannot be read; empty otherwise")
    version: str = told("hash of what the playbook says")
    vision: str = told("what customers are meant to feel")
    mantra: str = told("the mantra")
    principles: Sequence[tuple[str, str]] = told("principles: name and words")
    conduct: Sequence[RuleLine] = told("the code of conduct, rule by rule")
    promises: Sequence[PromiseLine] = told("promises to everybody")
    standards: Sequence[StandardLine] = told(
        "what each place is meant to feel like, what came and whose it is; broken first"
    )
    broken: int = told("how many standards are broken")
    kept: int = told("how many are kept")
    since: str = told("first month of what came, YYYY-MM; empty before the first run")
    until: str = told("last month of what came, YYYY-MM; empty before the first run")
    stages: Sequence[StagePart] = told("stages with what their people promise, ask and leave")
    plays: Sequence[PlayPart] = told("plays, most urgent first")
    teams: Sequence[tuple[str, str]] = told("teams: name, and what they take up and whom they tell")


def build(door: Door, _query: Query) -> PlaybookContext:
    """The page of the playbook."""
    book, felt = book_of(door), months(door)
    held = book.playbook
    lines = standards(door, held, felt)
    return PlaybookContext(
        there=book.there,
        fault=book.fault,
        version=held.version,
        vision=held.vision.strip(),
        mantra=held.mantra.strip(),
        principles=[(plain(one.principle), one.says) for one in held.principles],
        conduct=[_rule(one) for one in held.conduct],
        promises=[
            PromiseLine(
                one.says, hours_in_words(one.within_hours) if one.within_hours else "", book.team_name(one.owner)
            )
            for one in held.expectations
        ],
        standards=lines,
        broken=sum(line.verdict == "broken" for line in lines),
        kept=sum(line.verdict == "kept" for line in lines),
        since=f"{felt.since:%Y-%m}" if felt.since else "",
        until=f"{felt.until:%Y-%m}" if felt.until else "",
        stages=[StagePart(plain(one.stage), one.promise, one.ask, one.avoid) for one in held.stages],
        plays=_plays(door, book),
        teams=[(one.name, _work(book, one.per_day, one.escalates_to)) for one in held.teams],
    )


def _rule(rule: Rule) -> RuleLine:
    return RuleLine(plain(rule.rule), rule.says, rule.kept, rule.broken, rule.never, rule.measure or "")


def _work(book: Book, per_day: int | None, above: str | None) -> str:
    parts = [f"{per_day} cases a day"] if per_day else []
    parts += [f"tells {book.team_name(above)} when a deadline passes"] if above else []
    return ", ".join(parts)


def _plays(door: Door, book: Book) -> list[PlayPart]:
    if not book.playbook.plays:
        return []
    every = door.moves.cases.queue(status=EVERY, now=present(door))
    opened = Counter(case.play_id for case in every if case.arm == "act")
    waiting = Counter(case.play_id for case in every if to_do(case))
    alone = Counter(case.play_id for case in every if case.arm != "act")
    return [
        _play(door, book, play, opened[play.play], waiting[play.play], alone[play.play])
        for play in sorted(book.playbook.plays, key=lambda one: one.priority)
    ]


def _play(door: Door, book: Book, play: Play, opened: int, waiting: int, alone: int) -> PlayPart:
    effects = [line for line in play_lines(door, play.play) if line.proof]
    return PlayPart(
        play.play, play.name, KINDS[play.kind], play.on, trigger_in_words(play.trigger), play.says.strip(),
        book.team_name(play.team), hours_in_words(play.deadline_hours), helped_in_words(play.helped),
        [plain(one) for one in play.serves], play.template.strip(), Figure(play.hold_out or None, "share"), opened,
        waiting, alone, effects[0] if effects else None,
    )  # fmt: skip


PAGE = Page("playbook", "/playbook", "Playbook", build, PlaybookContext, menu="Playbook")
