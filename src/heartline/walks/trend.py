"""Whether a way has become longer: one walk against those before it. The rule: docs/explanation/walk.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Literal

from heartline.walks.past import Past

EARLIER = 5
"""Most walks that one walk is held against: the last ones before it."""
EFFORT_SHARE, EFFORT_CLICKS = 0.10, 2.0
"""How much effort has to change to be told; the same walk twice differs by 5 % at most, as measured."""
PEOPLE = 3
"""Least walks of other people that a person's walk is held against."""
MINUTES_SHARE, MINUTES = 0.25, 2.0
FELT = 0.25
RUN = 20
"""How far back it is looked for what was told already."""
OF_TIME = frozenset({"slow"})
"""Faults that waiting makes, which effort counts already."""
Verdict = Literal["longer", "shorter", "alike", "script_changed", "too_few"]


@dataclass(frozen=True)
class Reason:
    """Why a way counts as longer or shorter.

    kind: effort; waiting: effort that is more or less by waiting alone; steps, goal, fault, minutes, felt
    words: for people
    """

    kind: str
    words: str


@dataclass(frozen=True)
class Change:
    """One walk against those before it.

    verdict: longer, shorter, alike; script_changed: there is none before it with the script as it is now;
    too_few: fewer than three first (or later) walks of people before it
    now: the walk; before: those it is held against, oldest first, with the same script, device, network and kind
    script_changed: when the first walk with the script as it is now was made, where there are some with an earlier one
    effort, minutes: median of those before; None where there are none, or of the other kind
    new: longer, and not told already of the walks before, which were so for the same reasons; where only waiting is
    longer, which a busy hour may do, it is news when the next walk is longer too
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    now: Past
    before: tuple[Past, ...]
    script_changed: datetime | None
    effort: float | None
    minutes: float | None
    new: bool

    @property
    def release_before(self) -> str | None:
        """The release of the walk just before; None where it was not told."""
        return self.before[-1].release if self.before else None

    @property
    def word(self) -> str:
        """longer or shorter; worse or better where it is not the length that changed."""
        length = any(one.kind in ("effort", "waiting", "steps", "minutes") for one in self.reasons)
        return self.verdict if length else {"longer": "worse", "shorter": "better"}.get(self.verdict, self.verdict)

    @property
    def words(self) -> str:
        """One sentence for people."""
        if self.verdict == "script_changed":
            return f"The script was changed on {self.now.started_at:%Y-%m-%d}: nothing to compare with yet."
        if self.verdict == "too_few":
            return f"Too few walks to compare with: {len(self.before)}, and {PEOPLE} are needed."
        earlier = f"{_count(len(self.before), 'earlier walk')}{self._releases}"
        since = f" The script was changed on {self.script_changed:%Y-%m-%d}: compared since then." if (
            self.script_changed) else ""  # fmt: skip
        if self.verdict == "alike":
            return f"As long as in {earlier}.{since}"
        return f"{self.word.capitalize()} than in {earlier}: {'; '.join(one.words for one in self.reasons)}.{since}"

    @property
    def values(self) -> dict[str, Any]:
        """For scripts, as plain values."""
        return {
            "verdict": self.verdict, "new": self.new, "reasons": [one.words for one in self.reasons],
            "effort_before": self.effort, "minutes_before": self.minutes, "walks_before": len(self.before),
            "release_before": self.release_before, "release": self.now.release, "script_changed": self.script_changed,
        }  # fmt: skip

    @property
    def _releases(self) -> str:
        was, now = self.release_before, self.now.release
        if was is None and now is None:
            return ""
        return f" (release {was or 'not told'} before, {now or 'not told'} now)"


def change(walks: Sequence[Past]) -> Change | None:
    """The last of these walks against those before it; None where it is the first of its kind.

    walks: in any number and of any script; compared are only walks of the same script, device, network and kind, in
    the same words of the script, and of people first walks with first walks and later ones with later ones.
    """
    ordered = sorted(walks, key=lambda one: (one.started_at, one.walk_id))
    if not ordered:
        return None
    now = ordered[-1]
    alike = [one for one in ordered[:-1] if _same_way(one, now)]
    if not alike:
        return None
    usable = [one for one in alike if one.script_version == now.script_version]
    changed = None
    if len(usable) < len(alike):
        changed = min(one.started_at for one in (*usable, now))
    before = tuple(usable[-EARLIER:])
    if not before:
        return Change("script_changed", (), now, (), changed, None, None, new=False)
    if now.kind == "guided" and len(before) < PEOPLE:
        return Change("too_few", (), now, before, changed, None, _minutes(before), new=False)
    longer, shorter = _longer(now, before), _shorter(now, before)
    verdict: Verdict = "longer" if longer else "shorter" if shorter else "alike"
    return Change(
        verdict, longer or shorter, now, before, changed, _effort(before), _minutes(before),
        new=_is_news([*usable, now]),
    )  # fmt: skip


def _is_news(walks: Sequence[Past]) -> bool:
    """Whether the last of these is longer for a reason that those before it have not told."""
    told, was, news = set[str](), set[str](), False
    for place in range(max(1, len(walks) - RUN), len(walks)):
        now, last = walks[place], walks[place - 1]
        kinds = {one.kind for one in _longer(now, walks[max(0, place - EARLIER) : place])}
        sure = kinds if was & {"waiting", "effort"} else kinds - {"waiting"}
        grown = {one.kind for one in _longer(now, [last])} - {"waiting"}
        news = bool(sure - told) or bool(sure and grown)
        told, was = told | sure if kinds else set(), kinds
    return news


def _same_way(one: Past, now: Past) -> bool:
    same = (one.script, one.kind) == (now.script, now.kind)
    if now.kind == "browser":
        return same and (one.device, one.network) == (now.device, now.network)
    return same and _eyes(one) == _eyes(now)


def _eyes(one: Past) -> str:
    """Whether somebody saw it for the first time; of who gives no name that is not known."""
    return "unknown" if one.nth is None else "first" if one.nth == 1 else "later"


def _longer(now: Past, before: Sequence[Past]) -> tuple[Reason, ...]:
    """Why this walk is longer than those before; empty: it is not."""
    if _mostly_reached(before) and not now.reached:
        return (Reason("goal", "the goal is not reached any more"),)
    if now.reached and not _mostly_reached(before):
        return ()  # more is walked where more can be reached
    if now.kind == "guided":
        return _of_people(now, before, 1)
    known = {kind for one in before for kind in one.fault_kinds}
    new = sorted(now.fault_kinds - known - OF_TIME)
    return (*_of_browser(now, before, 1), *_of_faults("a new kind of fault", "new kinds of fault", new))


def _shorter(now: Past, before: Sequence[Past]) -> tuple[Reason, ...]:
    """Why this walk is shorter than those before; empty: it is not."""
    if now.reached and not _mostly_reached(before):
        return (Reason("goal", "the goal is reached, which it was not"),)
    if _mostly_reached(before) and not now.reached:
        return ()
    if now.kind == "guided":
        return _of_people(now, before, -1)
    always = frozenset.intersection(*(one.fault_kinds for one in before))
    gone = sorted(always - now.fault_kinds - OF_TIME)
    return (*_of_browser(now, before, -1), *_of_faults("a fault is gone", "faults are gone", gone))


def _of_browser(now: Past, before: Sequence[Past], side: int) -> Iterator[Reason]:
    """side: 1 for more, -1 for less."""
    was, steps = _effort(before), median(one.steps for one in before)
    if _beyond(*_sure(now, before, side), side, EFFORT_SHARE, EFFORT_CLICKS):
        told = f"effort {now.effort:.1f} clicks instead of {was:.1f}"
        if _beyond(_deeds(now), median(map(_deeds, before)), side, EFFORT_SHARE, EFFORT_CLICKS):
            yield Reason("effort", told)
        else:
            yield Reason("waiting", f"{told}, by waiting alone")
    if now.reached and side * (now.steps - steps) > 0:
        yield Reason("steps", f"{now.steps} steps instead of {steps:g}")


def _of_faults(one: str, several: str, kinds: Sequence[str]) -> Iterator[Reason]:
    if kinds:
        yield Reason("fault", f"{one if len(kinds) == 1 else several}: {', '.join(map(_plain, kinds))}")


def _of_people(now: Past, before: Sequence[Past], side: int) -> tuple[Reason, ...]:
    """People differ: a walk counts only where it lies outside of all others, and far from their middle."""
    found: list[Reason] = []
    minutes, others = now.seconds / 60, [one.seconds / 60 for one in before]
    outside = minutes > max(others) if side > 0 else minutes < min(others)
    if outside and _beyond(minutes, median(others), side, MINUTES_SHARE, MINUTES):
        found.append(Reason("minutes", f"{minutes:.0f} minutes instead of {median(others):.0f}"))
    told = [one.felt for one in before if one.felt is not None]
    if now.felt is not None and len(told) >= PEOPLE:
        outside = now.felt < min(told) if side > 0 else now.felt > max(told)
        if outside and side * (median(told) - now.felt) >= FELT:
            found.append(Reason("felt", f"felt at {now.felt:+.2f} instead of {median(told):+.2f}"))
    return tuple(found)


def _mostly_reached(before: Sequence[Past]) -> bool:
    return 2 * sum(one.reached for one in before) >= len(before)


def _effort(before: Sequence[Past]) -> float | None:
    told = [one.effort for one in before if one.effort is not None]
    return median(told) if told else None


def _sure(now: Past, before: Sequence[Past], side: int) -> tuple[float | None, float | None]:
    """Effort now and before as near to each other as it may be, where walks were made on a busy machine."""
    if side > 0:
        return now.least_effort, _effort(before)
    told = [one.least_effort for one in before if one.least_effort is not None]
    return now.effort, median(told) if told else None


def _deeds(one: Past) -> float:
    """Effort but for waiting."""
    return (one.effort or 0.0) - (one.waiting_s or 0.0)


def _minutes(before: Sequence[Past]) -> float | None:
    return median(one.seconds / 60 for one in before) if before and before[0].kind == "guided" else None


def _beyond(now: float | None, was: float | None, side: int, share: float, least: float) -> bool:
    """Whether it differs to one side by more than a share and more than a least amount."""
    return now is not None and was is not None and side * (now - was) > max(share * was, least)


def _plain(kind: str) -> str:
    return kind.replace("_", " ")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
