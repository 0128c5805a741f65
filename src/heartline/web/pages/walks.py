"""Walks: what those who decide guess, walkers feel and customers feel; and how every way stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.web.door import Door, one
from heartline.web.explored import MapLine, map_line
from heartline.web.gap import Finding, GapLine, findings, gap_chart, gap_lines, gap_rows
from heartline.web.page import Chart, ChartQuery, Page, Query, told
from heartline.web.ways import WayLine, first_eyes, way_line

SHOWN = 6
COUNTS = """
select count(*) as guesses, count(distinct lower(trim(guesser))) as people,
    sum(case when role = 'decides' and walks_before = 0 and ($as_of is null or guessed_at >= $as_of) then 1 else 0 end)
        as waiting
from walk_guess
"""


@dataclass(frozen=True)
class WalksContext:
    """What Walks shows."""

    findings: Sequence[Finding] = told("gaps that are beyond doubt, the widest first, at most six")
    clear: int = told("at how many points a gap is beyond doubt")
    gaps: Sequence[GapLine] = told("points that somebody guessed or walked, in the order of the journey")
    guessers: int = told("how many people have guessed anything")
    waiting: int = told("guesses that count from the next run on")
    later: int = told("people's walks that began after the moment of the last run, which no gap can count yet")
    ways: Sequence[WayLine] = told("every script on every device, with its last walk")
    worse: Sequence[WayLine] = told("of them those whose last walk was longer or worse than those before")
    due: Sequence[WayLine] = told("of them those that should be walked")
    walkers: int = told("how many people have walked, under the names they gave")
    first: int = told("how many of them have walked no script twice: first-time eyes")
    maps: Sequence[MapLine] = told("sites that were explored, the latest first")
    errors: Sequence[tuple[str, str, str]] = told("files of walks that cannot be read, and why")
    sites: str = told("the company's own sites that a browser may walk; empty: none is set")
    charts: dict[str, Chart] = told("charts by name")


def build(door: Door, query: Query) -> WalksContext:
    """The empathy gap of the last run, and walks up to now."""
    found = gap_rows(door)
    sharp = findings(found)
    count = one(door, COUNTS, {"as_of": door.as_of})
    ways = [way_line(each) for each in door.walks.standing()]
    walkers, first = first_eyes(ways)
    return WalksContext(
        findings=sharp[:SHOWN],
        clear=len(sharp),
        gaps=gap_lines(found),
        guessers=int(count.get("people") or 0),
        waiting=int(count.get("waiting") or 0),
        later=_later(door),
        ways=ways,
        worse=[line for line in ways if line.tone == "bad"],
        due=[line for line in ways if line.due],
        walkers=walkers,
        first=first,
        maps=[map_line(each) for each in door.walks.maps.every()],
        errors=[(error.got, error.expected, error.next_step) for error in door.walks.shelf.errors],
        sites=door.settings.text("walk_origins"),
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )


def _later(door: Door) -> int:
    """Walks of people that the last run did not see."""
    seen = door.as_of
    return 0 if seen is None else sum(each.kind == "guided" and each.started_at >= seen for each in door.walks.past())


PAGE = Page(
    "walks", "/walks", "Walks", build, WalksContext, charts=(ChartQuery("empathy_gap", gap_chart),), menu="Walks"
)
