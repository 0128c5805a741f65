"""What can be measured of a room as it stands: who talks, how long, how fast, and where it is going."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from heartline.room.state import Room, Said

RECENT = 300.0
"""Seconds that count as recent."""


@dataclass(frozen=True)
class Measures:
    """Measures of a room; None where nothing tells yet.

    talk_share: 0 to 1, share of the speaking time that was the hosts'; recent_share: of the last five minutes
    longest_monologue, monologue: seconds of hosts without a word of others, the longest and the one going on
    pace: words a minute of the hosts; interruptions: of attendees by hosts; patience: median seconds
        before a host answers
    question_rate: questions of the hosts in ten minutes
    rapport: -1 to 1, mood of the attendees weighed with their agreement and share of the talk
    momentum: change of mood a minute over the last five minutes
    peak: seconds at which mood was highest, and how high, from the third turn of attendees on
    """

    talk_share: float | None
    recent_share: float | None
    longest_monologue: float
    monologue: float
    pace: float | None
    interruptions: int
    patience: float | None
    question_rate: float | None
    rapport: float | None
    momentum: float | None
    peak: tuple[float, float] | None


def measures(room: Room) -> Measures:
    """All measures of a room as it stands."""
    theirs = sum(one.seconds for one in room.attendees.values())
    total = room.host_seconds + theirs
    minutes = room.now / 60
    return Measures(
        talk_share=room.host_seconds / total if total > 0 else None,
        recent_share=_recent_share(room),
        longest_monologue=room.longest_monologue,
        monologue=room.monologue,
        pace=60 * room.host_words / room.host_seconds if room.host_seconds >= 10 else None,
        interruptions=room.interruptions,
        patience=median(room.pauses) if len(room.pauses) >= 3 else None,
        question_rate=10 * room.host_asked / minutes if minutes >= 2 else None,
        rapport=_rapport(room, total),
        momentum=_momentum(room),
        peak=peak(room.said),
    )


def peak(said: Sequence[Said]) -> tuple[float, float] | None:
    """When the mood was first at its highest, and how high. None before three turns with a mood."""
    known = [(one.mood, one.turn.end) for one in said if one.mood is not None]
    if len(known) < 3:
        return None
    mood, at = max(known, key=lambda one: (one[0], -one[1]))
    return at, mood


def _recent_share(room: Room) -> float | None:
    recent = [one.turn for one in room.said if one.turn.end >= room.now - RECENT]
    total = sum(turn.seconds for turn in recent)
    hosts = sum(turn.seconds for turn in recent if room.is_host(turn.speaker))
    return hosts / total if total >= 60 else None


def _rapport(room: Room, total: float) -> float | None:
    if room.mood is None or total <= 0:
        return None
    turns = sum(one.turns for one in room.attendees.values())
    agreed = sum(one.agreed for one in room.attendees.values()) / max(turns, 1)
    balance = 1 - abs(2 * (room.host_seconds / total) - 1)
    return max(-1.0, min(1.0, 0.6 * room.mood + 0.25 * min(agreed, 1.0) + 0.15 * (2 * balance - 1)))


def _momentum(room: Room) -> float | None:
    points = [
        (one.turn.end / 60, one.mood)
        for one in room.said
        if one.mood is not None and one.turn.end >= room.now - RECENT and not room.is_host(one.turn.speaker)
    ]
    if len(points) < 3:
        return None
    at = sum(x for x, _ in points) / len(points)
    level = sum(y for _, y in points) / len(points)
    spread = sum((x - at) ** 2 for x, _ in points)
    return sum((x - at) * (y - level) for x, y in points) / spread if spread > 0 else None
