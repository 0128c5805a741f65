"""Whether standards can be held against what is felt, and whether plays can be carried out and measured."""

from __future__ import annotations

from collections.abc import Iterator

from heartline.playbook.faults import Fault
from heartline.playbook.places import Places
from heartline.playbook.shape import Play, Playbook
from heartline.tables import EMOTIONS

GRAVE = ("betrayal", "disrespect", "revenge")
"""Signals of harm after which nobody is to be left alone for the sake of a measurement."""


def standards(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """Faults ``standard.*``."""
    first: dict[tuple[str, str], int] = {}
    for number, one in enumerate(playbook.standards):
        path = ("standards", number)
        place = one.touchpoint or one.stage or "?"
        if bool(one.touchpoint) == bool(one.stage):
            which = "a touchpoint and a stage" if one.touchpoint else "neither a touchpoint nor a stage"
            yield at.fault(path, "standard.place", f"a standard of {which}", "name one of them, touchpoint or stage")
            continue
        if one.at_least is None and not one.feeling:
            yield at.fault(
                path, "standard.empty", f"the standard of {place} says not what it is to feel like",
                "give it a feeling, or at_least",
            )  # fmt: skip
        elif one.at_least is None and one.feeling not in EMOTIONS:
            yield at.warning(
                (*path, "feeling"), "standard.unread",
                f"`{one.feeling}` is none of the emotions that are read, so the standard of {place} is never measured",
                f"add at_least, or write one of {', '.join(EMOTIONS)}",
            )  # fmt: skip
        key = (one.touchpoint, one.stage)
        if key in first:
            yield at.fault(
                path, "standard.twice", f"{place} has a second standard", "put them together into one with both parts"
            )
        first.setdefault(key, number)


def plays(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """Faults ``play.*`` and ``house.*``."""
    for name in ("vision", "mantra"):
        if not getattr(playbook, name).strip():
            yield at.warning((), f"house.{name}", f"there is no {name}", f"add `{name}:` to one of the files")
    if playbook.plays and not playbook.conduct:
        yield at.warning((), "house.conduct", "there is no code of conduct", "add `conduct:` with a rule")
    for number, play in enumerate(playbook.plays):
        path = ("plays", number)
        if not play.serves:
            yield at.warning(
                path, "play.principle", f"play {play.play} serves no principle",
                "name the principle that it stands for under serves",
            )  # fmt: skip
        horizon = play.helped.horizon_days * 24
        if play.deadline_hours > horizon:
            yield at.fault(
                (*path, "deadline_hours"), "play.deadline",
                f"play {play.play} may be done {play.deadline_hours:g} hours after it is opened, and is measured after "
                f"{horizon:g}",
                f"shorten deadline_hours, or lengthen horizon_days to {_days(play)} or more",
            )  # fmt: skip
        elif play.again_after_days < play.helped.horizon_days and play.hold_out > 0:
            yield at.warning(
                (*path, "again_after_days"), "play.again",
                f"play {play.play} may be opened again after {play.again_after_days} days, before its effect is known"
                f" after {play.helped.horizon_days}",
                f"write again_after_days: {play.helped.horizon_days} or more",
            )  # fmt: skip
        harm = _grave(play)
        if harm and play.hold_out > 0:
            yield at.warning(
                (*path, "hold_out"), "play.hold_out",
                f"play {play.play} leaves {play.hold_out:.0%} alone after {harm}", "write hold_out: 0",
            )  # fmt: skip


def _days(play: Play) -> int:
    return -int(-play.deadline_hours // 24)


def _grave(play: Play) -> str:
    """What harm triggers a play, in words; empty: none that is grave."""
    contact = play.trigger.contact
    for signal in contact.signals if contact else ():
        if signal in GRAVE:
            return signal
    for name in ("p_betrayal", "p_revenge", "failed_recovery"):
        bound = play.trigger.customer.get(name)
        if bound is not None and bound.at_least is not None:
            return name.replace("p_", "")
    return "a broken promise" if play.trigger.promise == "broken" else ""
