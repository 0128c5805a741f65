"""Mind: what comes to mind, how it feels, who says it, and what is new."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, day, explain_address
from heartline.web.page import Chart, ChartQuery, Page, Query, choice, told
from heartline.web.words import segment, tone_of_valence

FOUND = "select * from association order by source, language, kind, segment, customers desc, term"
ASKED = "select * from survey_scale where customers > 0 order by items desc, scale"
SOURCES = ("prompt", "texts")
# Among terms listed together as new, or as one segment's own, at most this share is expected to be chance.
FALSE_SHARE = 0.1
SHOWN, OWN, NEW = 24, 6, 8


@dataclass(frozen=True)
class TermLine:
    """A phrase or topic: how many say it, how texts with it feel, what feeling goes with it, and how it differs.

    odds: how many times the odds are of those compared with; 1 is no difference
    """

    term: str
    share: Figure
    felt: Figure
    emotion: str
    odds: Figure


@dataclass(frozen=True)
class SegmentWords:
    """What one segment says more than all others."""

    segment: str
    customers: int
    terms: Sequence[TermLine]


@dataclass(frozen=True)
class ScaleLine:
    """A scale of our own questions: the mean of customers' scores and how well its items measure one thing."""

    scale: str
    items: int
    score: Figure
    omega: Figure
    alpha: Figure
    missing: Figure
    verdict: str


@dataclass(frozen=True)
class MindContext:
    """What Mind shows."""

    source: str = told("prompt: answers to the question what comes to mind; texts: all other words of customers")
    sources: Sequence[str] = told("sources that there is enough of")
    language: str = told("language of the answers to the prompt; empty for texts")
    languages: Sequence[str] = told("languages that there are enough answers in, the commonest first")
    since: str = told("first day of the period; empty where nothing is known")
    until: str = told("day on which the period ends")
    customers: int = told("customers whose words were looked at")
    first: Sequence[str] = told("the phrases that most customers say")
    new: Sequence[TermLine] = told("phrases said more than in the period before, beyond chance")
    fading: Sequence[TermLine] = told("phrases said less than in the period before, beyond chance")
    topics: Sequence[TermLine] = told("topics of the texts: words that come together")
    segments: Sequence[SegmentWords] = told("phrases by which segments differ from all others, beyond chance")
    scales: Sequence[ScaleLine] = told("scales of our own questions that anybody answered, with reliability")
    charts: dict[str, Chart] = told("charts by name")


def _chosen(door: Door, query: Query) -> tuple[str, list[str], list[str], list[Row]]:
    """The source that is shown, those that there are, languages of its answers (the one shown first), and its rows."""
    found = rows(door, FOUND)
    there = [name for name in SOURCES if any(row["source"] == name for row in found)]
    source = choice(query, "source", SOURCES, there[0] if there else "texts")
    mine = [row for row in found if row["source"] == source]
    sizes = {row["language"]: row["of_customers"] or 0 for row in mine if not row["segment"]}
    languages = sorted(sizes, key=lambda name: (-sizes[name], name))
    if languages:
        asked = query.get("language", "")  # of another source it may be one that this one does not have
        language = asked if asked in languages else languages[0]
        languages = [language, *(name for name in languages if name != language)]
        mine = [row for row in mine if row["language"] == language]
    return source, there, languages, mine


def _address(row: Row, column: str) -> str:
    key = {name: row[name] for name in ("source", "language", "kind", "term") if row[name]} | {
        "segment": row["segment"] or None
    }
    return explain_address("association", column, **key)


def phrase_rows(door: Door, query: Query) -> list[Row]:
    """The phrases that most customers say, with their share and how the texts feel."""
    *_, found = _chosen(door, query)
    return [
        {**row, "tone": {"good": "good", "bad": "bad"}.get(tone_of_valence(row["valence"]), "neither"),
         "name": row["term"], "explain": _address(row, "share")}
        for row in found if row["kind"] == "phrase" and row["segment"] == ""
    ][:SHOWN]  # fmt: skip


def _line(row: Row) -> TermLine:
    return TermLine(
        row["term"],
        Figure(
            row["share"], "share", "", row["share_low"], row["share_high"], row["customers"], _address(row, "share")
        ),
        Figure(row["valence"], "valence", "", row["valence_low"], row["valence_high"], row["texts"],
               _address(row, "valence")),
        row["emotion"] or "",
        Figure(_times(row["log_odds"]), "number", "times", _times(row["log_odds_low"]), _times(row["log_odds_high"]),
               row["customers"], _address(row, "log_odds")),
    )  # fmt: skip


def _scales(door: Door) -> list[ScaleLine]:
    lines = []
    for row in rows(door, ASKED):

        def figure(name: str, kind: Kind, base: str, row: Row = row) -> Figure:
            return Figure(
                row[name], kind, "", row.get(f"{name}_low"), row.get(f"{name}_high"), row[base],
                explain_address("survey_scale", name, scale=row["scale"]),
            )  # fmt: skip

        lines.append(
            ScaleLine(
                row["scale"].replace("_", " "), row["items"], figure("score", "score", "customers"),
                figure("omega", "spread", "complete"), figure("alpha", "spread", "complete"),
                figure("missing_share", "share", "customers"), row["verdict"].replace("_", " "),
            )
        )  # fmt: skip
    return lines


def _times(log_odds: float | None) -> float | None:
    return None if log_odds is None else math.exp(log_odds)


def build(door: Door, query: Query) -> MindContext:
    """What comes to mind, from the source of the address; answers to the prompt first where there are any."""
    source, there, languages, found = _chosen(door, query)
    phrases = [row for row in found if row["kind"] == "phrase"]
    sure = [row for row in phrases if row["q"] is not None and row["q"] <= FALSE_SHARE]
    moved = sorted((row for row in sure if not row["segment"]), key=lambda row: (-row["log_odds"], row["term"]))
    names = sorted({row["segment"] for row in phrases} - {""})
    segments = []
    for name in names:
        own = [row for row in sure if row["segment"] == name and row["log_odds"] > 0]
        own.sort(key=lambda row: (-row["log_odds_low"], row["term"]))
        if own:
            segments.append(SegmentWords(segment(name), own[0]["of_customers"] or 0, [_line(row) for row in own[:OWN]]))
    everybody = [row for row in phrases if not row["segment"]]
    kept = urlencode({name: query[name] for name in ("source", "language") if query.get(name)})
    return MindContext(
        source=source,
        sources=there,
        language=languages[0] if languages else "",
        languages=sorted(languages),
        since=day(found[0]["period_start"]) if found else "",
        until=day(found[0]["period_end"]) if found else "",
        customers=(everybody[0]["of_customers"] or 0) if everybody else 0,
        first=[row["term"] for row in everybody[:3]],
        new=[_line(row) for row in moved if row["log_odds"] > 0][:NEW],
        fading=[_line(row) for row in reversed(moved) if row["log_odds"] < 0][:NEW],
        topics=[_line(row) for row in found if row["kind"] == "topic" and not row["segment"]],
        segments=segments,
        scales=_scales(door),
        charts={chart.name: Chart(chart.name, kept, chart.rows(door, query)) for chart in PAGE.charts},
    )


PAGE = Page(
    "mind",
    "/mind",
    "What comes to mind",
    build,
    MindContext,
    charts=(ChartQuery("mind_phrases", phrase_rows),),
    menu="Mind",
)
