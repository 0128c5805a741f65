"""Begin a guided walk, or go on with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.tables.walks import WALKER_ROLES
from heartline.walk.guide import Guide
from heartline.walks.guided import GuidedWalk
from heartline.web.door import Door
from heartline.web.page import Page, Query, told
from heartline.web.pages.walk_guess import ROLES

_SHOWN = 20


@dataclass(frozen=True)
class GuideLine:
    """A guide that can be walked."""

    name: str
    goal: str
    place: str
    steps: int
    chosen: bool


@dataclass(frozen=True)
class WalkLine:
    """A guided walk that was begun. opened: UTC; state: how it stands, in words."""

    address: str
    walk_id: str
    name: str
    goal: str
    walker: str
    opened: str
    state: str


@dataclass(frozen=True)
class StartContext:
    """What the beginning of a guided walk shows."""

    guides: Sequence[GuideLine] = told("guides of the workspace")
    errors: Sequence[str] = told("what is wrong with files of the folder walks")
    roles: Sequence[tuple[str, str]] = told("roles that a walker may have: name and words")
    walks: Sequence[WalkLine] = told("guided walks, newest first")
    walker: str = told("name that the address tells")
    role: str = told("role that the address tells")
    release: str = told("release that the address tells")
    guessed: bool = told("whether the walker was just asked how they think that it feels")
    keep_days: int = told("days after which notes and pictures are deleted from the walk's folder")


def build(door: Door, query: Query) -> StartContext:
    """Guides to choose from; ``?script=`` chooses one."""
    shelf = door.walks.shelf
    guides = [one for one in shelf.scripts if isinstance(one, Guide)]
    asked = query.get("script", "")
    chosen = asked if asked in {one.walk for one in guides} else next((one.walk for one in guides), "")
    role = query.get("role", "")
    return StartContext(
        guides=[GuideLine(one.walk, one.goal, one.place, len(one.steps), one.walk == chosen) for one in guides],
        errors=[error.got for error in shelf.errors],
        roles=[(name, ROLES[name]) for name in WALKER_ROLES],
        walks=[_line(one) for one in door.walks.guided.every()[:_SHOWN]],
        walker=query.get("walker", "")[:120], role=role if role in WALKER_ROLES else "",
        release=query.get("release", "")[:120], guessed=query.get("guessed") == "1",
        keep_days=door.settings.whole("walk_days"),
    )  # fmt: skip


def _line(walk: GuidedWalk) -> WalkLine:
    about, course = walk.about, walk.course
    state = f"at step {course.at_step} of {len(about.guide.steps)}"
    if course.ended is not None:
        state = ENDED[course.ended]
    elif walk.given_up:
        state = ENDED["given_up"]
    return WalkLine(
        f"/walks/go/{about.walk_id}", about.walk_id, about.guide.walk, about.guide.goal, about.walker,
        f"{about.opened_at:%Y-%m-%d %H:%M}", state,
    )  # fmt: skip


ENDED = {
    "goal": "goal reached", "no_goal": "goal not reached", "seconds": "out of time, goal not reached",
    "given_up": "given up",
}  # fmt: skip

PAGE = Page("walk_start", "/walks/go", "Walk as a customer", build, StartContext)
