"""The one data model: every table, its grain, its columns, their types, units, and what a missing value means.

Rooms meet here and nowhere else. The reference page ``docs/reference/tables.md`` is generated from it.
All times are UTC without an offset; money is in the currency of the row; probabilities are 0 to 1 and start
with ``p_``; valence runs from -1 (very bad) to 1 (very good).
"""

from __future__ import annotations

from heartline.errors import TableError
from heartline.tables.asked import ASKED
from heartline.tables.bonds import BONDS
from heartline.tables.claims import CLAIMS
from heartline.tables.conduct import CONDUCT, CONDUCT_MEASURES
from heartline.tables.decisions import DECISIONS
from heartline.tables.drivers import DRIVERS
from heartline.tables.facts import FACTS
from heartline.tables.feelings import FEELINGS
from heartline.tables.funnels import FUNNELS, HYPOTHESIS_STATUS
from heartline.tables.growth import GROWTH
from heartline.tables.hurts import HURTS
from heartline.tables.investments import INVESTMENTS
from heartline.tables.money import MONEY
from heartline.tables.moves import (
    ARMS,
    BEHAVIOURS,
    CASE_CLOSED,
    CASE_STATUS,
    DECISION_CAME,
    DECISION_KINDS,
    EFFECT_VERDICTS,
    MOVES_DONE,
    PROMISE_STATUS,
)
from heartline.tables.overviews import OVERVIEWS
from heartline.tables.people import PEOPLE
from heartline.tables.services import SERVICES
from heartline.tables.shape import BUCKETS, Column, Table, bucket_of
from heartline.tables.walks import GAP_VERDICTS, WALK_ENDED, WALK_KINDS, WALK_OUTCOMES, WALKER_ROLES, WALKS
from heartline.tables.words import (
    ABOUT,
    CHANNELS,
    CONSTRUCTS,
    DIRECTIONS,
    EMOTIONS,
    EVERY_PURPOSE,
    FEELING_STATUS,
    FELT_FROM,
    KNOWN_OBJECTIONS,
    MAIN_EMOTIONS,
    MOTIVATORS,
    MOVES,
    OUTCOMES,
    PATHWAY,
    PROFILE_OBJECTIONS,
    PURPOSE_WORDS,
    PURPOSES,
    READING_OBJECTIONS,
    RESEARCH_OBJECTIONS,
    SEGMENTS,
    SIGNALS,
    SPEAKERS,
)

__all__ = [
    "ABOUT", "ARMS", "BEHAVIOURS", "BUCKETS", "CASE_CLOSED", "CASE_STATUS", "CHANNELS", "CONDUCT_MEASURES",
    "CONSTRUCTS", "DECISION_CAME", "DECISION_KINDS", "DIRECTIONS", "EFFECT_VERDICTS", "EMOTIONS", "EVERY_PURPOSE",
    "FEELING_STATUS", "FELT_FROM", "GAP_VERDICTS", "HYPOTHESIS_STATUS", "KNOWN_OBJECTIONS", "MAIN_EMOTIONS",
    "MOTIVATORS", "MOVES", "OUTCOMES", "PATHWAY", "PROFILE_OBJECTIONS", "PROMISE_STATUS", "PURPOSES",
    "PURPOSE_WORDS", "READING_OBJECTIONS", "RESEARCH_OBJECTIONS", "SEGMENTS", "SIGNALS", "SPEAKERS", "TABLES",
    "WALKER_ROLES", "WALK_ENDED", "WALK_KINDS", "WALK_OUTCOMES", "Column", "Table", "bucket_of", "derived", "facts",
    "table",
]  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *FACTS,
        *PEOPLE,
        *FEELINGS,
        *BONDS,
        *MONEY,
        *DRIVERS,
        *CLAIMS,
        *GROWTH,
        *FUNNELS,
        *INVESTMENTS,
        *HURTS,
        *SERVICES,
        *CONDUCT,
        *OVERVIEWS,
        *MOVES_DONE,
        *DECISIONS,
        *ASKED,
        *WALKS,
    )
}


def table(name: str) -> Table:
    """The table of that name; TableError lists the known ones when there is none."""
    if name not in TABLES:
        raise TableError(f"there is no table {name}", f"one of {', '.join(TABLES)}", "see docs/reference/tables.md")
    return TABLES[name]


def facts() -> tuple[Table, ...]:
    """The tables that sources write."""
    return tuple(t for t in TABLES.values() if t.kind == "fact")


def derived() -> tuple[Table, ...]:
    """The tables that analyses write."""
    return tuple(t for t in TABLES.values() if t.kind == "derived")
