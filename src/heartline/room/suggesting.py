"""What the host may do now: at most one suggestion at a time, each with a reason, or none at all.

Rules stand in the order of their weight; the first that holds and is not cooling down is made. Silence is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from heartline.room.attendee import Attendee
from heartline.room.measures import measures
from heartline.room.state import Room, Suggestion

BETWEEN = 15.0
"""Seconds between two suggestions, but where the second weighs more."""
LONG_MONOLOGUE = 60.0
MUCH_TALK = 0.75
SILENT = 240.0


@dataclass(frozen=True)
class Rule:
    """One rule: its kind, the seconds for which it then keeps silent about the same attendee, and when it holds."""

    kind: str
    cool_down: float
    holds: Callable[[Room], Iterator[Suggestion]]


def suggest(room: Room) -> tuple[Room, Suggestion | None]:
    """The room with the suggestion that is due now, if one is; a new one never stands beside another's heels."""
    last = room.suggestions[-1] if room.suggestions else None
    for rule in RULES:
        if last is not None and rule.kind == last.kind and room.now - last.at < BETWEEN:
            return room, None  # only what weighs more may come so soon
        if rule.kind in room.dismissed:
            continue
        for one in rule.holds(room):
            if not _cooling(room, rule, one):
                return replace(room, suggestions=(*room.suggestions, one)), one
    return room, None


def _cooling(room: Room, rule: Rule, one: Suggestion) -> bool:
    same = (made for made in room.suggestions if made.kind == rule.kind and made.about == one.about)
    return any(room.now - made.at < rule.cool_down or (one.quote and made.quote == one.quote) for made in same)


def _hostile(room: Room) -> Iterator[Suggestion]:
    for one in _people(room):
        recent = one.last_spoke is not None and room.now - one.last_spoke < 30
        if one.hostile and recent and _last_of(room, one, "hostile"):
            yield _about(
                room, one, "calm", "Let them finish. Name what went wrong for them before you explain anything.",
                f"{one.name} speaks with anger", _last_quote(room, one),
            )  # fmt: skip


def _leaving(room: Room) -> Iterator[Suggestion]:
    for one in _people(room):
        if one.leaving is not None and room.now - one.leaving.at < 60:
            yield _about(
                room, one, "wind_down", "Wind down: say what was agreed, who does what by when, and thank them.",
                f"{one.name} has to go", one.leaving.quote,
            )  # fmt: skip


def _decide(room: Room) -> Iterator[Suggestion]:
    """Somebody is ready, and no next step has been asked for since."""
    for one in _people(room):
        if one.ready is None or room.now - one.ready.at > 120:
            continue
        asked = room.asked_at is not None and room.asked_at > one.ready.at
        if not asked:
            yield _about(
                room, one, "ask_decision", "This is the moment: stop presenting and agree on the next step.",
                f"{one.name} is ready to go on", one.ready.quote,
            )  # fmt: skip


def _answer(room: Room) -> Iterator[Suggestion]:
    """A question that the hosts spoke past, or that waits while somebody else talks."""
    last = room.said[-1] if room.said else None
    if last is not None and room.is_host(last.turn.speaker) and last.read.asks:
        return  # a question of the host's own may be on the way to the answer
    for one in _people(room):
        waited = one.question is not None and room.now - one.question.at > 20 and _spoken_since(room, one.question.at)
        if one.question is not None and (one.missed or waited):
            yield _about(
                room, one, "answer", "Answer the question that is waiting, or say when you will.",
                f"{one.name} asked and has no answer yet", one.question.quote,
            )  # fmt: skip


def _object(room: Room) -> Iterator[Suggestion]:
    for one in _people(room):
        if one.objection is not None and room.now - one.objection.at < 180:
            yield _about(
                room, one, "take_up_objection", "Take it up before you go on: ask what lies behind it.",
                f"{one.name} objects", one.objection.quote,
            )  # fmt: skip


def _hesitate(room: Room) -> Iterator[Suggestion]:
    for one in _people(room):
        if one.hesitation is not None and room.now - one.hesitation.at < 120:
            yield _about(
                room, one, "hidden_objection", "Something holds them back. Ask what would have to be true for a yes.",
                f"{one.name} hesitates", one.hesitation.quote,
            )  # fmt: skip


def _explain(room: Room) -> Iterator[Suggestion]:
    for one in _people(room):
        if one.now(room.now).confusion >= 0.7:
            quote = one.puzzled.quote if one.puzzled is not None and room.now - one.puzzled.at < 90 else ""
            why = f"{one.name} cannot follow" if quote else f"{one.name} looks puzzled"
            yield _about(
                room,
                one,
                "explain",
                "Explain it again in other words, with one example; then ask whether it helped.",
                why,
                quote,
            )


def _stop(room: Room) -> Iterator[Suggestion]:
    now = measures(room)
    if now.monologue >= LONG_MONOLOGUE:
        yield Suggestion(
            "stop_talking", room.now, "", "Stop here and ask one open question.",
            f"You have been speaking for {now.monologue:.0f} seconds without a break",
        )  # fmt: skip
    elif now.recent_share is not None and now.recent_share >= MUCH_TALK and room.now >= 240:
        yield Suggestion(
            "stop_talking", room.now, "", "Let them speak: ask one open question and wait for the answer.",
            f"{now.recent_share:.0%} of the last five minutes were yours",
        )  # fmt: skip


def _draw_in(room: Room) -> Iterator[Suggestion]:
    if room.said and room.is_host(room.said[-1].turn.speaker) and room.said[-1].read.asks:
        return  # somebody is about to answer
    for one in sorted(_people(room), key=lambda each: -_silent_for(room, each)):
        told = one.now(room.now)
        if one.wants_to_speak is not None and room.now - one.wants_to_speak < 60:
            yield _about(room, one, "draw_in", f"Give {one.name} the word.", f"{one.name} wants to say something", "")
        elif told.engagement <= 0.2:
            yield _about(
                room, one, "draw_in", f"Ask {one.name} something that only they can answer.",
                f"{one.name} is losing interest, as you tapped", "",
            )  # fmt: skip
        elif len(room.attendees) > 1 and _silent_for(room, one) >= SILENT and room.now >= SILENT:
            yield _about(
                room, one, "draw_in", f"Ask {one.name} what they think.",
                f"{one.name} has said nothing for {_silent_for(room, one) / 60:.0f} minutes", "",
            )  # fmt: skip


RULES: tuple[Rule, ...] = (
    Rule("calm", 45, _hostile),
    Rule("wind_down", 600, _leaving),
    Rule("ask_decision", 120, _decide),
    Rule("answer", 60, _answer),
    Rule("take_up_objection", 120, _object),
    Rule("hidden_objection", 120, _hesitate),
    Rule("explain", 60, _explain),
    Rule("stop_talking", 120, _stop),
    Rule("draw_in", 240, _draw_in),
)
"""All rules, weightiest first; seconds until the same is suggested again about the same person."""


def _people(room: Room) -> Iterator[Attendee]:
    yield from room.attendees.values()


def _about(room: Room, one: Attendee, kind: str, says: str, reason: str, quote: str) -> Suggestion:
    return Suggestion(kind, room.now, one.name, says, reason, quote)


def _last_of(room: Room, one: Attendee, act: str) -> bool:
    last = next((said for said in reversed(room.said) if said.turn.speaker == one.name), None)
    return last is not None and last.read.does(act)


def _last_quote(room: Room, one: Attendee) -> str:
    return next((said.read.quote for said in reversed(room.said) if said.turn.speaker == one.name), "")


def _spoken_since(room: Room, at: float) -> bool:
    return any(said.turn.begin > at for said in room.said[-10:])


def _silent_for(room: Room, one: Attendee) -> float:
    return room.now - (one.last_spoke if one.last_spoke is not None else 0.0)
