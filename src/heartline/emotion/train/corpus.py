"""The project's own messages, filled in and joined as customers of several channels write."""

from __future__ import annotations

import random
from dataclasses import dataclass

from heartline.emotion.train.corpus_lines import LINES

_FILL = {
    "brand": "Northwind|@northwind|Lumo|@LumoMusic|Fairhaven|"
    "@flyfair|this company|this airline|this shop|you guys|them",
    "rival": "a competitor|somebody else|another airline|the other shop|a different brand",
    "product": "this dress|the app|the headphones|the game|this cable|the strap|the cream|the player|the pedal|it|this",
    "thing": "my order|my refund|my flight|my bag|the payment|"
    "my booking|the delivery|my account|the ticket|a parcel|the seat",
    "staff": "Maria|the agent|the man at the desk|your colleague|"
    "the lady on the phone|the crew|the manager|the driver|Tom",
    "time": "two hours|45 minutes|three weeks|6 days|a month|an hour|four months|ages|over 3 hours",
    "day": "Monday|morning|week|day|evening|Friday|weekend",
    "n": "3|five|ten|two|12|four",
    "years": "15 years|ten years|a decade|8 years|many years|20 years",
    "event": "my connection|the funeral|the wedding|my exam|work",
    "place": "Boston|Lisbon|Denver|the airport|Chicago|Leeds",
}
_OPENERS = (
    *("", "", "", "", "hi, ", "well, ", "@northwind ", "@LumoMusic "),
    *("honestly, ", "hey there! ", "so ", "ugh, ", "wow. "),
)
_JOINS = (". ", ", ", " and ", "! ", "... ", ". ", " - ", "; ")
_ENDS = ("", ".", "!", "", ".", "!!", "...")
_GOOD_ENDS = (" :)", " ❤️", " 😊", " thanks", " #happy")
_BAD_ENDS = (" :(", " 😡", " #fail", " wtf", " seriously", "?!")


@dataclass(frozen=True)
class Message:
    """One message and what it says: signals, valence -2..2, intensity 0..3, about; numbers of its lines."""

    text: str
    signals: frozenset[str]
    valence: float
    intensity: float
    about: str
    lines: tuple[int, ...]


def lines() -> list[Message]:
    """The sentences as written, slots unfilled."""
    found = []
    for number, line in enumerate(LINES.strip("\n").splitlines()):
        signals, valence, intensity, about, text = (part.strip() for part in line.split("|"))
        found.append(Message(text, frozenset(signals.split()), float(valence), float(intensity), about, (number,)))
    return found


def messages(count: int, seed: int) -> list[Message]:
    """Messages of one to three sentences that agree in mood; the same seed gives the same messages."""
    draw = random.Random(seed)  # noqa: S311 - variety, not secrecy
    base = lines()
    made = []
    for k in range(count):
        first = base[k % len(base)]
        parts = [first]
        mood = _mood(first)
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            other = draw.choice(base)
            if mood * _mood(other) >= 0 and other not in parts:
                parts.append(other)
                mood = mood or _mood(other)
        draw.shuffle(parts)
        text = draw.choice(_OPENERS) + _fill(parts[0].text, draw)
        for part in parts[1:]:
            text += draw.choice(_JOINS) + _fill(part.text, draw)
        text += draw.choice(_ENDS)
        if mood and draw.random() < 0.2:
            text += draw.choice(_GOOD_ENDS if mood > 0 else _BAD_ENDS)
        style = draw.random()
        text = text.upper() if style < 0.04 else text.lower() if style < 0.3 else text[:1].upper() + text[1:]
        strongest = max(parts, key=lambda p: p.intensity)
        felt = [p.valence for p in parts if p.valence] or [0.0]
        made.append(
            Message(
                text,
                frozenset().union(*(p.signals for p in parts)),
                sum(felt) / len(felt),
                strongest.intensity,
                strongest.about if strongest.intensity else first.about,
                (first.lines[0], *(p.lines[0] for p in parts if p is not first)),
            )
        )
    return made


def _mood(message: Message) -> int:
    return (message.valence > 0) - (message.valence < 0)


def _fill(text: str, draw: random.Random) -> str:
    while "{" in text:
        start = text.index("{")
        end = text.index("}", start)
        text = text[:start] + draw.choice(_FILL[text[start + 1 : end]].split("|")) + text[end + 1 :]
    return text
