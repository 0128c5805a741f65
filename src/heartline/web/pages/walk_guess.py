"""Guess: how do customers feel at each point of connection? Asked before anybody walks, without a figure of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.tables.walks import WALKER_ROLES
from heartline.walk.guide import Guide
from heartline.walks.guesses import FACES
from heartline.walks.points import Point
from heartline.web.door import Door
from heartline.web.figures import plain
from heartline.web.page import Page, Query, told, whole

ROLES = {
    "decides": "I decide on what customers meet", "meets_customers": "I meet customers", "other": "Something else",
}  # fmt: skip
LONGEST = 120


@dataclass(frozen=True)
class AskedPoint:
    """One point of connection to be guessed: its stored name, and its name for people."""

    touchpoint: str
    name: str


@dataclass(frozen=True)
class GuessContext:
    """What Guess shows."""

    stages: Sequence[tuple[str, Sequence[AskedPoint]]] = told("points to be guessed, by stage")
    faces: Sequence[tuple[str, float]] = told("the five faces: name, and the felt valence that each stands for")
    roles: Sequence[tuple[str, str]] = told("roles that a guesser may have: name and words")
    script: str = told("guided walk that the guesser is about to make; empty: none, and every point is asked")
    goal: str = told("its goal; empty without one")
    walker: str = told("name that the address tells")
    role: str = told("role that the address tells; those who decide without one")
    release: str = told("release that the address tells, handed on to the walk")
    kept: int = told("guesses that were just kept; 0 before")
    late: int = told("of them those that do not count because the guesser has walked there")


def build(door: Door, query: Query) -> GuessContext:
    """Points of the journey, or those of the guide that the address names and this person has not guessed or walked."""
    every = door.walks.points()
    guide = next(
        (one for one in door.walks.shelf.scripts if isinstance(one, Guide) and one.walk == query.get("script")), None
    )
    walker = query.get("walker", "")[:LONGEST]
    if guide is not None:
        on_way = door.walks.guesses.asked(walker, guide.touchpoints) if walker.strip() else guide.touchpoints
        by_name = {one.touchpoint: one for one in every}
        every = [by_name[touchpoint] for touchpoint in on_way]
    role = query.get("role", "")
    return GuessContext(
        stages=_by_stage(every), faces=list(FACES.items()), roles=[(name, ROLES[name]) for name in WALKER_ROLES],
        script=guide.walk if guide else "", goal=guide.goal if guide else "", walker=walker,
        role=role if role in WALKER_ROLES else "decides", release=query.get("release", "")[:LONGEST],
        kept=whole(query, "kept", 0, 0, 500), late=whole(query, "late", 0, 0, 500),
    )  # fmt: skip


def _by_stage(points: Sequence[Point]) -> list[tuple[str, list[AskedPoint]]]:
    made: dict[str, list[AskedPoint]] = {}
    for one in points:
        made.setdefault(plain(one.stage), []).append(AskedPoint(one.touchpoint, plain(one.touchpoint)))
    return list(made.items())


PAGE = Page("walk_guess", "/walks/guess", "Guess before you walk", build, GuessContext)
