"""Whether everything that a playbook names is there: teams, principles, touchpoints, stages, words of the reading."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence

from heartline.playbook.faults import Fault
from heartline.playbook.places import Path, Places
from heartline.playbook.shape import ContactTrigger, Playbook
from heartline.tables import ABOUT, CHANNELS, EMOTIONS, OUTCOMES, SIGNALS

_WORDS = {
    "channels": ("channel", CHANNELS), "outcomes": ("outcome", OUTCOMES), "signals": ("signal", SIGNALS),
    "emotions": ("emotion", EMOTIONS), "about": ("subject", ABOUT),
}  # fmt: skip


def references(playbook: Playbook, at: Places, touchpoints: Collection[str] | None) -> Iterator[Fault]:
    """Faults ``reference.*`` and ``team.*``.

    touchpoints: those that facts of the workspace have; None or empty: not known, and not looked at
    """
    yield from _owners(playbook, at)
    yield from _teams(playbook, at)
    principles = [one.principle for one in playbook.principles]
    for number, play in enumerate(playbook.plays):
        for place, name in enumerate(play.serves):
            if name not in principles:
                yield at.fault(
                    ("plays", number, "serves", place), "reference.principle",
                    f"play {play.play} serves `{name}`, a principle that nobody described", _mend(name, principles),
                )  # fmt: skip
        if play.trigger.contact:
            path = ("plays", number, "trigger", "contact")
            yield from _contact(play.trigger.contact, path, playbook, at, touchpoints)
    for number, standard in enumerate(playbook.standards):
        if standard.touchpoint and touchpoints and standard.touchpoint not in touchpoints:
            yield _unmet(("standards", number, "touchpoint"), standard.touchpoint, at, touchpoints)
        if standard.stage:
            yield from _stage(("standards", number, "stage"), standard.stage, playbook, at)


def _owners(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """Whoever is to act or to answer for something must be a team that is described."""
    teams = [one.team for one in playbook.teams]
    named: list[tuple[Path, str, str]] = [
        *((("plays", n, "team"), one.team, f"play {one.play}") for n, one in enumerate(playbook.plays)),
        *((("standards", n, "owner"), one.owner, f"the standard of {one.touchpoint or one.stage}")
          for n, one in enumerate(playbook.standards)),
        *((("expectations", n, "owner"), one.owner, f"promise {one.promise}")
          for n, one in enumerate(playbook.expectations)),
        *((("teams", n, "escalates_to"), one.escalates_to, f"team {one.team}")
          for n, one in enumerate(playbook.teams) if one.escalates_to),
    ]  # fmt: skip
    for path, team, what in named:
        if team not in teams:
            says = "escalates to" if path[-1] == "escalates_to" else "belongs to"
            yield at.fault(
                path, "reference.team", f"{what} {says} `{team}`, a team that nobody described",
                _mend(team, teams, "under teams"),
            )  # fmt: skip


def _teams(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """A deadline that passes must not be told round in a circle."""
    above = {one.team: one.escalates_to for one in playbook.teams}
    for number, one in enumerate(playbook.teams):
        seen = [one.team]
        while (following := above.get(seen[-1])) is not None and following not in seen:
            seen.append(following)
        if following == one.team:
            yield at.fault(
                ("teams", number, "escalates_to"), "team.circle",
                f"team {one.team} escalates to itself: {' → '.join([*seen, one.team])}",
                "let one of them escalate to nobody",
            )  # fmt: skip


def _contact(
    contact: ContactTrigger, path: Path, playbook: Playbook, at: Places, touchpoints: Collection[str] | None
) -> Iterator[Fault]:
    for part, (what, known) in _WORDS.items():
        for place, word in enumerate(getattr(contact, part)):
            if word not in known:
                yield at.fault(
                    (*path, part, place), f"reference.{what}", f"`{word}` is no {what} that a contact can have",
                    _mend(word, known, listed=True),
                )  # fmt: skip
    for place, stage in enumerate(contact.stages):
        yield from _stage((*path, "stages", place), stage, playbook, at)
    for place, touchpoint in enumerate(contact.touchpoints):
        if touchpoints and touchpoint not in touchpoints:
            yield _unmet((*path, "touchpoints", place), touchpoint, at, touchpoints)


def _stage(path: Path, stage: str, playbook: Playbook, at: Places) -> Iterator[Fault]:
    """A stage that a playbook with stages does not describe."""
    stages = [one.stage for one in playbook.stages]
    if stages and stage not in stages:
        yield at.fault(
            path, "reference.stage", f"`{stage}` is a stage that nobody described", _mend(stage, stages, "under stages")
        )


def _unmet(path: Path, touchpoint: str, at: Places, touchpoints: Collection[str]) -> Fault:
    near = difflib.get_close_matches(touchpoint, sorted(touchpoints), 1)
    return at.warning(
        path, "reference.touchpoint", f"no contact of this workspace is at `{touchpoint}`",
        f"write `{near[0]}`" if near else "load its contacts, or take it out",
    )  # fmt: skip


def _mend(word: str, known: Sequence[str], where: str = "", listed: bool = False) -> str:
    near = difflib.get_close_matches(word, known, 1)
    if near:
        return f"write `{near[0]}`" + (f", or describe `{word}` {where}" if where else "")
    if listed:
        return f"write one of {', '.join(known)}"
    other = f", or write one of {', '.join(known)}" if known else ""
    return f"describe `{word}` {where or 'under principles'}{other}"
