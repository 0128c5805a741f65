"""Data: what was loaded, what was refused and why, and how much is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heartline.corrections import Drift, DriftLine
from heartline.tables import facts as fact_tables
from heartline.web.door import Door, Row
from heartline.web.figures import Figure, explain_address, plain
from heartline.web.page import Chart, ChartQuery, Page, Query, told
from heartline.web.pages.desk import CoverageLine, coverage

SHOWN = 100

# What to do where too little is known, or too much is not: measure, part, too little, too much, step.
NEXT_STEPS = (
    ("customers", "with scored words", 0.5, None, "Load more of what they say: `heartline ingest interaction FILE`."),
    ("customers", "with a rating", 0.5, None, "Ask for a rating after contacts, or load those you have: "
     "`heartline ingest interaction FILE`."),
    ("customers", "with a survey answer", 0.5, None, "Ask about the bond itself, not only about the last contact: "
     "`heartline ingest survey_response FILE`."),
    ("customers", "with a purchase", 0.5, None, "Load orders: `heartline ingest purchase FILE`."),
    ("customers", "connection judged on own evidence", 0.6, None, "Words, answers on the bond and unpaid acts such as "
     "referrals count as evidence; load what is missing."),
    ("customers", "no words, rating or answer", None, 0.1, "Silent, not neutral: invite a few to speak."),
    ("texts", "unsupported_language", None, 0.05, "The model cannot read these languages: plan for one that "
     "can, or for a rating beside the words."),
    ("texts", "abstained", None, 0.2, "The model is unsure of many: have people label some and train it on them."),
    ("visits", "words", 0.3, None, "Listen at more points of connection: `heartline ingest interaction FILE`."),
    ("visits", "rating", 0.3, None, "Ask for a rating where the journey's source chart shows few."),
    ("visits", "none", None, 0.2, "Load outcomes and durations of contacts, so that behaviour can be read: "
     "`heartline ingest interaction FILE`."),
)  # fmt: skip


@dataclass(frozen=True)
class CoverageBar:
    """One line of coverage with what to do about it; empty where most is known."""

    line: CoverageLine
    next_step: str


@dataclass(frozen=True)
class LoadLine:
    """One load, or all of a feed on one day: which files went into which table, when (UTC), what became of their rows.

    seconds: how long it took; notes: what the loader had to say; loads: how many loads they were
    """

    load_id: str
    table: str
    files: str
    started: str
    seconds: float
    read: int
    new: int
    replaced: int
    unchanged: int
    quarantined: int
    notes: Sequence[str]
    feed: str
    loads: int


@dataclass(frozen=True)
class FeedLine:
    """One query or folder that is read again and again: how far, when last (UTC), and why it failed.

    failures: how many runs failed in a row until now; 0 where the last one went well
    """

    name: str
    reads: str
    up_to: str
    last_run: str
    runs: int
    rows: int
    status: str
    failures: int
    fault: str


@dataclass(frozen=True)
class RefusedRow:
    """One row that could not be loaded: where it stood, the shape of the value, why, and what was expected."""

    table: str
    file: str
    line: int | None
    column: str
    shape: str
    reason: str
    expected: str


@dataclass(frozen=True)
class DriftRow:
    """Drift of one label in one channel.

    read: contacts of the channel read from words; looked_at: texts with a person's word
    sample: whether those were drawn at random or picked by people
    removed: share of the texts with the label where a person took it away; added: of those without it, where they added
    removed_n, added_n: how many that are
    """

    channel: str
    kind: str
    label: str
    read: Figure
    looked_at: int
    sample: str
    removed: Figure
    removed_n: int
    added: Figure
    added_n: int


@dataclass(frozen=True)
class DataContext:
    """What Data shows."""

    coverage: Sequence[CoverageBar] = told("how much of each thing is known, with the next step where it is little")
    feeds: Sequence[FeedLine] = told("queries and folders that are read again and again, by name")
    loads: Sequence[LoadLine] = told("loads, newest first, at most 100; those of one feed and day are one line")
    quarantine: Sequence[RefusedRow] = told("refused rows: where they stood, shape and reason; at most 100")
    quarantine_capped: bool = told("whether there are more refused rows than are shown")
    drift: Sequence[DriftRow] = told(
        "how often people correct the reading, per channel and label, worst first, at most 100"
    )
    drift_notes: Sequence[str] = told(
        "what a reader of the drift must know: model version, base, how texts were chosen"
    )
    facts: Sequence[tuple[str, str, int, str]] = told("each table of facts: name, meaning, rows, address that opens it")
    charts: dict[str, Chart] = told("charts by name")


def coverage_rows(door: Door, _query: Query) -> list[Row]:
    """Shares of the coverage table."""
    return [
        {
            "measure": bar.measure.replace("_", " "),
            "part": bar.part.replace("_", " "),
            "share": bar.share.value,
            "n": bar.share.n,
            "name": bar.name,
            "explain": bar.share.explain,
        }
        for bar in coverage(door)
        if bar.share.known
    ]


def build(door: Door, query: Query) -> DataContext:
    """Loads, quarantine and coverage."""
    refused = list(door.quarantine(SHOWN + 1))
    found = door.drift()
    return DataContext(
        coverage=[CoverageBar(line, _next_step(line)) for line in coverage(door)],
        feeds=[_feed(row) for row in door.feed_lines()],
        loads=[_load(row) for row in list(door.loads())[:SHOWN]],
        quarantine=[_refused(row) for row in refused[:SHOWN]],
        quarantine_capped=len(refused) > SHOWN,
        drift=[_drift(line) for line in found.lines[:SHOWN]],
        drift_notes=_drift_notes(found),
        facts=facts(door),
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )


def _drift(line: DriftLine) -> DriftRow:
    kind, _, label = line.label.partition(":")
    return DriftRow(
        line.channel or "not told",
        kind,
        label,
        Figure(line.read, "count"),
        line.looked_at,
        "drawn at random" if line.drawn else "picked by people",
        Figure(line.removed_share, "share", "", line.removed_low, line.removed_high, line.removed_of),
        line.removed,
        Figure(line.added_share, "share", "", line.added_low, line.added_high, line.added_of),
        line.added,
    )


def _drift_notes(found: Drift) -> list[str]:
    if not found.lines:
        return []
    notes = [
        f"Model {found.model_version}, {found.looked_at} texts looked at. Under {found.min_base} texts a share says "
        "not enough evidence.",
        "Texts that people picked are not a random sample: people pick what looks wrong. Where enough texts drawn at "
        "random were looked at, they alone are counted.",
    ]
    if found.elsewhere:
        notes.append(f"{found.elsewhere} corrections of other model versions are left out.")
    if found.undecided:
        notes.append(f"{found.undecided} texts about which the model had decided nothing are left out.")
    if found.drawn:
        parts = ", ".join(f"{plain(channel) or 'not told'} {seen} of {n}" for channel, n, seen in found.drawn)
        notes.append(f"Looked at of those drawn: {parts}.")
    return notes


def _load(row: Mapping[str, Any]) -> LoadLine:
    return LoadLine(
        row["load_id"],
        row["table"],
        ", ".join(row["files"]),
        str(row["started_at"])[:16].replace("T", " "),
        row["seconds"],
        row["read"],
        row["new"],
        row["replaced"],
        row["unchanged"],
        row["quarantined"],
        row["notes"],
        row["feed"],
        row["loads"],
    )


def _feed(row: Mapping[str, Any]) -> FeedLine:
    return FeedLine(
        row["name"],
        row["reads"],
        row["up_to"] or "",
        row["last_run"] or "",
        row["runs"],
        row["rows"],
        row["status"],
        row["failures"],
        row["fault"] or "",
    )


def _refused(row: Mapping[str, Any]) -> RefusedRow:
    place = row["line"]
    return RefusedRow(
        row["table"], row["file"], place, row["column"] or "", row["shape"] or "", row["reason"], row["expected"] or ""
    )


def facts(door: Door) -> list[tuple[str, str, int, str]]:
    """Rows of every table of facts."""
    return [
        (table.name, table.about, door.fact_rows(table.name), explain_address(table.name)) for table in fact_tables()
    ]


def _next_step(line: CoverageLine) -> str:
    share = line.share.value
    for measure, part, low, high, step in NEXT_STEPS:
        if (measure, part) == (line.measure, line.part) and share is not None:
            return step if (low is not None and share < low) or (high is not None and share > high) else ""
    return ""


PAGE = Page("data", "/data", "Data", build, DataContext, charts=(ChartQuery("coverage", coverage_rows),), menu="Data")
