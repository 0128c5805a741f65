"""Brief of a stage: what customers feel there, what they come in and leave with, what to say and to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heartline.web.brief.lines import HandLine, PlaceLine, Quote, Theme
from heartline.web.brief.stage import names, roles, stage_brief
from heartline.web.change import Change
from heartline.web.door import Door
from heartline.web.page import Page, Query, told


@dataclass(frozen=True)
class StageBriefContext:
    """What the brief of a stage shows."""

    name: str = told("role or stage of the address")
    role: str = told("the same as it is written")
    names: Sequence[str] = told("every role and stage that has a brief")
    stages: Sequence[str] = told("stages of the journey that it tells of")
    since: datetime | None = told("first month looked at; None where nothing is known")
    until: datetime | None = told("last month looked at")
    felt: Change | None = told("felt valence over these stages against the months before; None: no run yet")
    places: Sequence[PlaceLine] = told("points of connection, the one that feels worst first")
    came: Sequence[HandLine] = told("ways in: how the place before felt, and how the feeling changes")
    left: Sequence[HandLine] = told("ways out: how the place after feels, and how the feeling changes")
    motivators: Sequence[Theme] = told("what moves customers in their words here")
    signs: Sequence[Theme] = told("what many say here")
    promise: Sequence[str] = told("what the playbook promises here")
    ask: Sequence[str] = told("what the playbook has people ask here")
    avoid: Sequence[str] = told("what the playbook has people avoid here")
    questions: Sequence[str] = told("questions worth asking now, from what is broken, open or not known")
    quotes: Sequence[Quote] = told("customers' own words, of those whose words may be read")
    quotes_note: str = told("why nobody is quoted; empty where somebody is")
    notes: Sequence[str] = told("what is wrong with the playbook; empty: nothing")


def build(door: Door, query: Query) -> StageBriefContext:
    """The brief of one role or stage; MissingPage for one that is not known."""
    name = query["stage"]
    if door.as_of is None and name in roles(door):
        return StageBriefContext(
            name, name, list(roles(door)), (), None, None, None, (), (), (), (), (), (), (), (), (), (), "", ()
        )
    found = stage_brief(door, name, door.settings.text("brief_quotes") != "off")
    return StageBriefContext(
        name=found.name,
        role=found.role,
        names=names(door),
        stages=found.stages,
        since=found.since,
        until=found.until,
        felt=found.felt,
        places=found.places,
        came=found.came,
        left=found.left,
        motivators=found.motivators,
        signs=found.signs,
        promise=found.promise,
        ask=found.ask,
        avoid=found.avoid,
        questions=found.questions,
        quotes=found.quotes,
        quotes_note=found.quotes_note,
        notes=found.notes,
    )


PAGE = Page("stage_brief", "/brief/{stage}", "Brief of a stage", build, StageBriefContext)
