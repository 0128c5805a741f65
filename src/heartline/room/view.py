"""A room as a screen needs it: plain values, small enough to send after every turn."""

from __future__ import annotations

from typing import Any

from heartline.room.measures import measures
from heartline.room.state import Room, Said

SHOWN_FOR = 60.0
"""Seconds for which a suggestion stays on the screen, if nobody dismisses it."""


def view(room: Room) -> dict[str, Any]:
    """The room now: attendees, measures, and the one suggestion that holds.

    Moods run from -1 to 1, engagement, confusion and shares from 0 to 1, times in seconds; None is not known yet.
    """
    now = measures(room)
    people = [one.now(room.now) for one in room.attendees.values()]
    return {
        "now": room.now,
        "mood": _round(room.mood),
        "attendees": [
            {
                "name": one.name,
                "mood": _round(one.mood),
                "engagement": _round(one.engagement),
                "confusion": _round(one.confusion),
                "question": one.question.quote if one.question else None,
                "objection": (one.objection or one.hesitation).quote if one.objection or one.hesitation else None,  # type: ignore[union-attr]
                "agreed": one.agreed,
                "wants_to_speak": one.wants_to_speak is not None,
            }
            for one in people
        ],
        "measures": {
            "talk_share": _round(now.talk_share),
            "monologue": _round(now.monologue),
            "pace": _round(now.pace),
            "question_rate": _round(now.question_rate),
            "patience": _round(now.patience),
            "interruptions": now.interruptions,
            "rapport": _round(now.rapport),
            "momentum": _round(now.momentum),
        },
        "suggestion": standing(room),
    }


def standing(room: Room) -> dict[str, Any] | None:
    """The newest suggestion while it holds: made within the last minute, and not dismissed."""
    last = room.suggestions[-1] if room.suggestions else None
    if last is None or last.kind in room.dismissed or room.now - last.at > SHOWN_FOR:
        return None
    return {"kind": last.kind, "about": last.about, "says": last.says, "reason": last.reason, "quote": last.quote}


def point(said: Said, by_host: bool) -> dict[str, Any]:
    """One turn on the timeline."""
    turn = said.turn
    return {
        "begin": turn.begin, "end": turn.end, "speaker": turn.speaker, "host": by_host, "text": turn.text,
        "mood": _round(said.mood), "asks": said.read.asks, "acts": sorted(said.read.acts),
    }  # fmt: skip


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
