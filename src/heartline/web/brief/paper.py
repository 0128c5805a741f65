"""A brief as it is put on paper: blocks of items, the same for text, HTML files and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from heartline.web.brief.lines import Ask, Brief, DecisionLine, Evidence, StageBrief, StandardLine, Theme, short
from heartline.web.figures import UNKNOWN, Figure, decimal, plain

VERDICTS = {
    "broken": "broken", "open": "not told apart", "kept": "kept", "not_known": UNKNOWN, "not_measured": "not measured",
}  # fmt: skip
ASSOCIATION = "Intervals are 90 %. What goes together is not called cause."
ALL = 10_000


@dataclass(frozen=True)
class Item:
    """One line: what, what stands behind it, who; figures as (text, address of the desk).

    tag: a short word beside it; tone: good, bad or plain; scale: low, value, high as parts of a whole, where drawn
    """

    title: str
    text: str = ""
    figures: Sequence[tuple[str, str]] = ()
    tag: str = ""
    tone: str = "plain"
    scale: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Block:
    """A heading with its items. most: how many the one page shows at most; where: page of the desk that has all."""

    heading: str
    items: Sequence[Item]
    most: int = 4
    note: str = ""
    empty: str = ""
    where: str = ""
    full_only: bool = False


@dataclass(frozen=True)
class Paper:
    """Everything that stands on it."""

    title: str
    company: str
    kicker: str
    lead: str
    blocks: Sequence[Block]
    foot: str
    charts: Sequence[str] = field(default=())
    rest: str = "in the full brief"


def of_brief(brief: Brief) -> Paper:
    """The brief of the Chief Customer Officer."""
    end = f"{brief.period_end:%Y-%m-%d}" if brief.period_end else ""
    before = f", against {brief.before:%Y-%m-%d}" if brief.before else ""
    broken = brief.broken
    others = [line for line in brief.standards if line.verdict != "broken"]
    return Paper(
        title="What to decide this week",
        company=brief.company,
        kicker=f"Period ending {end}{before}" if end else "No analysis has been run, or it found too little",
        lead="".join(phrase.text for phrase in brief.headline)
        or "Nothing can be said yet. Load what happened, then run: heartline ingest, heartline run.",
        blocks=[
            Block("Where we stand", [*(_standing(one.name, one.change.now, one.change.text, one.word)
                  for one in brief.standing), *(_evidence(one) for one in brief.worth)], 5, where="/"),
            Block("To decide", [_ask(ask) for ask in brief.asks], 8,
                  "Ranked: somebody waits, a standard is broken, money, people to be looked for, to be learnt."
                  if brief.asks else "",
                  "Nothing asks for a decision.", "/brief"),
            Block("Standards that are broken", [_standard(line) for line in broken], 4, "",
                  "No standard is broken beyond its interval." if brief.standards
                  else "No standard is set: see the playbook.",
                  "/journey"),
            Block("What changed", [_evidence(one) for one in brief.changes], 4, brief.by_chance,
                  "Nothing changed beyond its interval.", "/"),
            Block("Patterns: said by many", [_theme(theme) for theme in brief.patterns], 4, "",
                  "No pattern: nothing is said by enough customers.", "/service"),
            Block("Single requests: said by few", [_theme(theme) for theme in brief.singles], 3,
                  f"{decimal(brief.singles_total)} in all: to be answered, not yet a reason to change a standard."
                  if brief.singles_total else "", "None.", "/service"),
            Block("Decisions to look back on", [_decision(line) for line in brief.due], 3, "",
                  "No review is due.", "/brief"),
            Block("Other standards", [_standard(line) for line in others], 0, "", "None.", "/journey", True),
            Block("Decisions log", [_decision(line) for line in brief.log if not line.due], 0, "",
                  "Nothing was decided yet.", "/brief", True),
            Block("What we do not know", [_evidence(one) for one in brief.gaps], 2,
                  "Unknown is not neutral: whoever says nothing may feel otherwise.", "", "/data"),
            *([Block("To mend", [Item(note) for note in brief.notes], 2)] if brief.notes else []),
        ],
        foot=_foot(brief.as_of),
        charts=("bond_over_time", "touchpoint_change"),
    )  # fmt: skip


def of_stage(brief: StageBrief) -> Paper:
    """The page of one stage's people."""
    window = f"{brief.since:%Y-%m} to {brief.until:%Y-%m}" if brief.since and brief.until else "nothing felt is known"
    felt = brief.felt.now
    lead = (
        f"Customers feel {felt.text} here ({felt.interval or 'no interval'}, {felt.base} felt contacts)"
        + (f", {brief.felt.text}." if brief.felt.text else ".")
        if felt.known
        else "Too little is felt here to say how customers feel."
    )
    return Paper(
        title=f"{brief.role}: what customers feel",
        company=brief.company,
        kicker=f"Stages {', '.join(brief.stages)}; {window}",
        lead=lead,
        blocks=[
            Block("How it feels, worst first", [
                Item(line.touchpoint.capitalize(), "; ".join(part for part in (
                    line.change.text, f"meant: {line.meant}" if line.meant else "",
                    f"{line.best.text} far better, {line.worst.text} far worse than the customer is used to"
                    if line.best.known and line.worst.known else "",
                ) if part), _figures(Evidence("", line.felt, "felt contacts")),
                    VERDICTS[line.verdict] if line.meant else "", "bad" if line.verdict == "broken" else "plain",
                    _scale(line.felt, -1, 1))
                for line in brief.places], 7, "", "Nobody was met here in these months.", "/journey"),
            Block("What they come in with", [_hand(line.touchpoint, line.felt, line.change) for line in brief.came], 2,
                  "With the feeling of the place before, and how it changes on the way." if brief.came else "",
                  "No way in is known.", "/journey"),
            Block("What they leave with", [_hand(line.touchpoint, line.felt, line.change) for line in brief.left], 2,
                  "With the feeling of the place after." if brief.left else "", "No way out is known.", "/journey"),
            Block("What moves them", [_theme(theme) for theme in brief.motivators], 4,
                  "Read from their words." if brief.motivators else "",
                  "Too few have said what moves them.", "/mind"),
            Block("What many say", [_theme(theme) for theme in brief.signs], 4, "", "No pattern here.", "/service"),
            Block("What we promise here", [Item(text) for text in brief.promise], 2, "",
                  "The playbook promises nothing here."),
            Block("Say and ask", [Item(text) for text in (*brief.ask, *brief.questions)], 6,
                  "Ask neutrally; the same of everybody.", "Nothing stands out to be asked."),
            Block("Avoid", [Item(text) for text in brief.avoid], 4, "", "The playbook names nothing."),
            Block("In their own words", [
                Item(f"“{quote.text}”", f"{quote.where}, {quote.day}, felt {quote.felt.text}",
                     tone="bad" if (quote.felt.value or 0) < 0 else "good") for quote in brief.quotes], 4, "",
                  brief.quotes_note),
            *([Block("To mend", [Item(note) for note in brief.notes], 2)] if brief.notes else []),
        ],
        foot=_foot(brief.as_of),
        rest="on the desk",
    )  # fmt: skip


def on_one_page(paper: Paper, most: int) -> Paper:
    """The part of a paper that goes on one page: at most ``most`` items a block, and how many more there are."""
    kept = []
    for block in paper.blocks:
        if block.full_only:
            continue
        limit = min(block.most, most)
        items = [
            replace(item, title=short(item.title, 140), text=short(item.text, 260), tag=short(item.tag, 100))
            for item in block.items[:limit]
        ]
        more = len(block.items) - limit
        note = f"{decimal(more)} more {paper.rest}." if more > 0 else ""
        kept.append(
            Block(
                block.heading, items, block.most,
                " ".join(part for part in (block.note, note) if part), block.empty, block.where,
            )
        )  # fmt: skip
    return replace(paper, company=short(paper.company, 80), lead=short(paper.lead, 600), blocks=kept, charts=())


def _standing(name: str, now: Figure, change: str, word: str) -> Item:
    text = "; ".join(part for part in (change, now.interval, f"{now.base} {word}" if now.base else "") if part)
    return Item(name, text, [(now.text + (" of 100" if now.known else ""), now.explain)], scale=_scale(now, 0, 100))


def _evidence(one: Evidence) -> Item:
    return Item(one.what[:1].upper() + one.what[1:], "", _figures(replace(one, what="")))


def _ask(ask: Ask) -> Item:
    figures = [figure for one in ask.evidence for figure in _figures(one)]
    return Item(ask.title, ask.why, figures, f"decides: {ask.who}", "bad" if ask.urgency <= 2 else "plain")


def _standard(line: StandardLine) -> Item:
    gap = f"; gap {line.gap.text}" + (f" ({line.gap.interval})" if line.gap.interval else "") if line.gap.known else ""
    text = f"meant: {line.meant}{gap}" + (f"; {line.note}" if line.note else "")
    return Item(
        line.where.capitalize(), text, _figures(Evidence("", line.felt, "known")),
        f"{VERDICTS[line.verdict]}; owner: {line.owner}",
        {"broken": "bad", "kept": "good"}.get(line.verdict, "plain"),
        _scale(line.felt, -1, 1) if line.felt.kind == "valence" else None,
    )  # fmt: skip


def _theme(theme: Theme) -> Item:
    who = f"{decimal(theme.customers)} customer{'' if theme.customers == 1 else 's'}, {decimal(theme.contacts)} contact"
    who += "" if theme.contacts == 1 else "s"
    if not theme.pattern and theme.contacts > 1 and theme.loudest > 1:
        who += f", {decimal(theme.loudest)} of one customer"
    title = f"{theme.what} {'in' if theme.what.startswith('“') else 'at'} {theme.where}" if theme.where else theme.what
    share = _figures(Evidence("", theme.share, "customers read")) if theme.pattern else ()
    return Item(title[:1].upper() + title[1:], who, share, tone=theme.tone)


def _decision(line: DecisionLine) -> Item:
    then = f"{line.cited} was {line.then.text}" + (f" ({line.then.interval})" if line.then.interval else "")
    now = f"{'at the review' if line.reviewed else 'now'} {line.now.text}" + (
        f" ({line.now.interval})" if line.now.interval else ""
    )
    parts = [
        f"{line.on}, {line.by}, {line.kind}",
        f"{then}; {now}" if line.then.known else "",
        f"expected: {line.expected}" if line.expected else "",
        f"came out: {line.came}" + (f", {line.note}" if line.note else "") if line.came else "",
        f"review on {line.review_on}" if line.review_on and not line.reviewed else "",
    ]
    return Item(
        f"{line.number}. {line.what}",
        "; ".join(part for part in parts if part),
        tag="to be reviewed" if line.due else "",
    )


def _hand(way: str, felt: Figure, change: Figure) -> Item:
    text = f"there {felt.text}; on the way {change.text}" + (
        f" ({change.interval}, {change.base} steps)" if change.interval else ""
    )
    return Item(way, text, tone="plain")


def _figures(one: Evidence) -> list[tuple[str, str]]:
    return [(one.text.strip(), one.figure.explain)]


def _scale(figure: Figure, least: float, most: float) -> tuple[float, float, float] | None:
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    low, value, high = (
        min(max((x - least) / (most - least), 0.0), 1.0) for x in (figure.low, figure.value, figure.high)
    )
    return (low, value, high)


def _foot(as_of: datetime | None) -> str:
    return f"Heartline, read as of {as_of:%Y-%m-%d %H:%M} UTC. {ASSOCIATION}" if as_of else f"Heartline. {ASSOCIATION}"


def plain_name(name: str) -> str:
    """A file's name out of a role or stage."""
    return plain(name).replace(" ", "-")
