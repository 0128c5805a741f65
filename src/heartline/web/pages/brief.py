"""Brief: what to decide this week, which standards are broken and whose they are, and what became of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from heartline.tables import DECISION_CAME
from heartline.web.brief.asks import URGENCY
from heartline.web.brief.gather import gather
from heartline.web.brief.lines import Ask, DecisionLine, Evidence, StandardLine, Standing, Theme
from heartline.web.brief.stage import names
from heartline.web.door import Door
from heartline.web.headline import Phrase
from heartline.web.page import Page, Query, told


@dataclass(frozen=True)
class BriefContext:
    """What the brief shows."""

    period_end: datetime | None = told("end of the latest period; None before the first run")
    before: datetime | None = told("end of the period before; None where there is only one")
    headline: Sequence[Phrase] = told("where the company stands in one paragraph, as on the Desk")
    vision: str = told("the customer vision of the playbook; empty without one")
    standing: Sequence[Standing] = told("connection and satisfaction against the period before")
    worth: Sequence[Evidence] = told("what that is worth, and what is at stake")
    asks: Sequence[Ask] = told("what needs deciding, ranked")
    urgency: dict[int, str] = told("what each rank of urgency means")
    standards: Sequence[StandardLine] = told("standards with what came, the broken ones first")
    broken: int = told("how many of them are broken")
    changes: Sequence[Evidence] = told("what changed beyond its interval")
    by_chance: str = told("how many changes would come by chance alone; empty where nothing was compared")
    patterns: Sequence[Theme] = told("what many customers say or meet, with interval and base")
    singles: Sequence[Theme] = told("what few customers say, loudest first")
    singles_total: int = told("how many single requests there are in all")
    log: Sequence[DecisionLine] = told("decisions, those due for review first, with their figure then and now")
    came: Sequence[str] = told("what may be said of a decision at its review")
    evidence: str = told("evidence that the form starts with: the address of a figure")
    today: date | None = told("today, the first day that no review can be set on; None before the first run")
    gaps: Sequence[Evidence] = told("what least is known of")
    stages: Sequence[str] = told("roles and stages that have a brief of their own")
    notes: Sequence[str] = told("what is wrong with the playbook; empty: nothing")


def build(door: Door, query: Query) -> BriefContext:
    """The brief as of the last run."""
    found = gather(door)
    return BriefContext(
        period_end=found.period_end,
        before=found.before,
        headline=found.headline,
        vision=found.vision,
        standing=found.standing,
        worth=found.worth,
        asks=found.asks,
        urgency=URGENCY,
        standards=found.standards,
        broken=len(found.broken),
        changes=found.changes,
        by_chance=found.by_chance,
        patterns=found.patterns,
        singles=found.singles,
        singles_total=found.singles_total,
        log=found.log,
        came=DECISION_CAME,
        evidence=query.get("evidence", "")[:500],
        today=datetime.now().astimezone().date() if found.as_of else None,
        gaps=found.gaps,
        stages=names(door),
        notes=found.notes,
    )


PAGE = Page("brief", "/brief", "Brief", build, BriefContext, menu="Brief")
