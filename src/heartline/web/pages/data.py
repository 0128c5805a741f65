"""Data: what was loaded, what was refused and why, and how much is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heartline.tables import facts as fact_tables
from heartline.web.door import Door, Row
from heartline.web.figures import explain_address
from heartline.web.page import Chart, ChartQuery, Page, Query, told
from heartline.web.pages.desk import CoverageLine, coverage

SHOWN = 100

# What to do next where little is known, by a word of the coverage line.
NEXT_STEPS = (
    ("text", "Load more of customers' own words: `heartline ingest verbatim FILE`."),
    ("word", "Load more of customers' own words: `heartline ingest verbatim FILE`."),
    ("rating", "Ask for a rating after the contact, or load those you have: `heartline ingest interaction FILE`."),
    ("survey", "Ask a few about the bond itself, not only about the contact: `heartline ingest survey_response FILE`."),
    ("visit", "Load ratings, words and outcomes of contacts: `heartline ingest interaction FILE`."),
    ("value", "Load orders: `heartline ingest purchase FILE`."),
    ("customer", "Check that ids in all files are the same customer's; load the files that are missing."),
)


@dataclass(frozen=True)
class CoverageBar:
    """One line of coverage with what to do about it; empty where most is known."""

    line: CoverageLine
    next_step: str


@dataclass(frozen=True)
class DataContext:
    """What Data shows."""

    coverage: Sequence[CoverageBar] = told("how much of each thing is known, with the next step where it is little")
    loads: Sequence[Mapping[str, Any]] = told("loads, newest first, at most 100")
    quarantine: Sequence[Mapping[str, Any]] = told("refused rows: where they stood, shape and reason; at most 100")
    quarantine_capped: bool = told("whether there are more refused rows than are shown")
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
            "name": f"{bar.measure}: {bar.part}".replace("_", " "),
            "explain": bar.share.explain,
        }
        for bar in coverage(door)
        if bar.share.known
    ]


def build(door: Door, query: Query) -> DataContext:
    """Loads, quarantine and coverage."""
    refused = list(door.quarantine(SHOWN + 1))
    return DataContext(
        coverage=[CoverageBar(line, _next_step(line)) for line in coverage(door)],
        loads=list(door.loads())[:SHOWN],
        quarantine=refused[:SHOWN],
        quarantine_capped=len(refused) > SHOWN,
        facts=facts(door),
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )


def facts(door: Door) -> list[tuple[str, str, int, str]]:
    """Rows of every table of facts."""
    found = []
    for table in fact_tables():
        n = door.query(f"select count(*) as n from {table.name}").to_pylist()[0]["n"]
        found.append((table.name, table.about, int(n), explain_address(table.name)))
    return found


def _next_step(line: CoverageLine) -> str:
    if line.part == "none" or not line.share.known or (line.share.value or 0) >= 0.5:
        return ""
    text = f"{line.measure} {line.part}".lower()
    return next((step for word, step in NEXT_STEPS if word in text), "")


PAGE = Page("data", "/data", "Data", build, DataContext, charts=(ChartQuery("coverage", coverage_rows),), menu="Data")
