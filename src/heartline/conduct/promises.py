"""Promises in a reply: who will do what, and by when, as far as the words say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from heartline.conduct.sentences import Sentence, sentences

FAR: Final = 60
"""Characters after "will" beyond which a verb is of something else."""
KINDS: Final = ("contact", "refund", "send", "mend", "find_out", "other")
"""What is promised: to be in touch, money back, something sent, something put right, an answer looked for."""

_VERBS: Final[tuple[tuple[str, str], ...]] = (
    (
        "contact",
        r"call|phone|ring|contact|e-?mail|write|text|get (?:back|in touch)|come back|be (?:back )?in touch|reach out|"
        r"follow up|let you know|keep you (?:updated|posted|informed)|update|reply|respond|notify|inform|tell you|"
        r"hear (?:back )?from (?:us|me)|"
        r"receive (?:a|an|our|your) (?:call|e-?mail|answer|reply|response|update|message)",
    ),
    (
        "refund",
        r"refund|credit|reimburse|compensate|(?:pay|book|transfer)[^.,;]{0,30} back|"
        r"receive (?:a|the|your) (?:full )?(?:refund|money|credit)|waive|discount",
    ),
    ("send", r"send|ship|dispatch|post|deliver|forward|replace|receive|arrive|hand over|provide"),
    (
        "mend",
        r"fix|solve|resolve|repair|sort|take care of|correct|put (?:it|this|that|things) right|change|cancel|book|"
        r"arrange|set up|make sure|ensure|escalate|stay on|handle|process",
    ),
    ("find_out", r"check|look (?:into|at)|investigate|find out|ask|see (?:what|if|whether)|clarify|trace|raise"),
)
_KIND: Final = tuple((kind, re.compile(rf"\b(?:{text})", re.ASCII)) for kind, text in _VERBS)

_WE_WILL: Final = re.compile(
    r"\b(?:(?:i|we|our team|a colleague|my colleague|somebody|someone|the team|the manager|my manager)"
    r"(?:'ll| will| shall| am going to|'m going to| are going to|'re going to|"
    r" promise(?: you)?(?: that (?:i|we) will| to)?| guarantee(?: that)?)"
    r"|\b(?:i|we)\b[^.;?]{0,80}? and will\b"
    r"|you(?:'ll| will| can expect to| should) (?=(?:receive|get|hear|have your|have it|be (?:refunded|"
    r"contacted|called|credited)))"
    r"|(?:it|this|that|your [a-z]+|the [a-z]+|a [a-z]+)(?:'ll| will) (?=(?:be (?:sent|refunded|credited|"
    r"delivered|replaced|shipped|resolved|fixed|with you|back|ready|processed|called)|arrive)))",
    re.ASCII,
)
_NO_PROMISE: Final = re.compile(
    r"\b(?:will|'ll|shall|going to) (?:not|never|have to|need|be able|no longer|be unable|try|only|"
    r"be happy to|gladly|be glad to|unfortunately|probably|maybe|likely|see if)\b"
    r"|\bwon't\b|\b(?:i|we)(?:'ll| will) (?:be )?(?:close|closed|need|ask you|transfer you|put you)\b",
    re.ASCII,
)
_ONLY_IF: Final = re.compile(
    r"(?:^|[,;] ?|\b(?:and|but|so|then) )(?:if|once|as soon as|unless|in case|should you|when) (?:you|"
    r"the customer)\b",
    re.ASCII,
)

_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10,
    "twelve": 12, "fourteen": 14, "twenty-four": 24, "twenty four": 24, "forty-eight": 48, "a couple of": 2,
    "the next": 1,
}  # fmt: skip
_UNITS: Final = {"minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 7 * 86400, "month": 30 * 86400}
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN: Final = re.compile(
    r"\b(?:within|in|over|after|no later than|not later than|at most|takes?|up to) (?:the next |about |"
    r"around |approximately |at most |max(?:imum)? )*"
    r"(?:(?P<low>\d+) ?(?:-|to|–|or) ?)?(?P<number>\d+|a couple of|twenty[- ]four|forty-eight|an?|one|two|"
    r"three|four|five|six|seven|eight|ten|twelve|fourteen|the next)? ?"
    r"(?P<work>business |working |work )?(?P<unit>minute|min|hour|day|week|month)s?\b",
    re.ASCII,
)
_WEEKDAY: Final = re.compile(
    rf"\b(?:(?:by|on|until|till|before|this|next|coming) )+(?P<day>{'|'.join(_DAYS)})\b", re.ASCII
)
_NAMED: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(pattern, re.ASCII))
    for name, pattern in (
        ("end_of_week", r"\b(?:by |before |until )?the end of (?:the|this) week\b|\bthis week\b"),
        ("end_of_month", r"\b(?:by |before |until )?the end of (?:the|this) month\b|\bthis month\b"),
        ("next_week", r"\b(?:by |before |until )?next week\b"),
        ("tomorrow", r"\btomorrow\b"),
            ("today", r"\b(?:today|tonight|this (?:morning|afternoon|evening)|(?:by )?(?:the )?end of (?:the |"
            r"this )?(?:business )?day|later on|same day)\b"),
            ("at_once", r"\b(?:right (?:now|away)|straight away|immediately|at once|in a (?:moment|minute|second)|"
            r"this minute)\b"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """By when: a span of ``seconds`` (``working``: days without Saturday and Sunday), a weekday, or a named end.

    kind: span, weekday, or one of end_of_week, end_of_month, next_week, tomorrow, today, at_once
    """

    kind: str
    seconds: int = 0
    working: bool = False
    weekday: int = 0


@dataclass(frozen=True)
class Promise:
    """One sentence that promises something.

    kind: one of KINDS; start, end: characters of the text; due: None where no time is said
    """

    kind: str
    start: int
    end: int
    due: Due | None


def promises_in(low: str) -> list[Promise]:
    """Promises of a lower-cased text, in their order.

    A question, a refusal, a wish to try and what hangs on something the customer must do first promise nothing.
    """
    return [found for sentence in sentences(low) if (found := _promise(sentence)) is not None]


def _promise(sentence: Sentence) -> Promise | None:
    if sentence.asks or _ONLY_IF.search(sentence.low):
        return None
    will = _WE_WILL.search(sentence.low)
    if will is None or _NO_PROMISE.search(sentence.low):
        return None
    said = sentence.low[will.end() :]
    named = [(match.start(), place) for place, (_, pattern) in enumerate(_KIND) if (match := pattern.search(said))]
    at, place = min(named, default=(1 << 16, 0))
    kind = _KIND[place][0] if at <= FAR else "other"
    due = _due(said) or _due(sentence.low)
    if kind == "other" and due is None:
        return None
    return Promise(kind, sentence.start, sentence.end, due)


def _due(low: str) -> Due | None:
    if span := _SPAN.search(low):
        told = span["number"] or "one"
        number = int(told) if told.isdigit() else _NUMBERS.get(told, 1)
        if number <= 1000:
            work = bool(span["work"]) and span["unit"] == "day"
            return Due("span", number * _UNITS[span["unit"]], work)
    if day := _WEEKDAY.search(low):
        return Due("weekday", weekday=_DAYS.index(day["day"]))
    return next((Due(name) for name, pattern in _NAMED if pattern.search(low)), None)


def due_at(due: Due, made_at: datetime) -> datetime:
    """Moment by which a promise made at a moment is due: the end of the span, or of the day, week or month.

    "At once" is given an hour, and a whole day counts to its last moment; both on the clock of ``made_at``.
    """
    midnight = made_at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if due.kind == "span":
        if due.working:
            return _working_days(made_at, due.seconds // _UNITS["day"])
        return made_at + timedelta(seconds=due.seconds)
    if due.kind == "weekday":
        ahead = (due.weekday - made_at.weekday()) % 7
        return midnight + timedelta(days=ahead or 7)
    if due.kind == "tomorrow":
        return midnight + timedelta(days=1)
    if due.kind == "end_of_week":
        return midnight + timedelta(days=(6 - made_at.weekday()) % 7)
    if due.kind == "next_week":
        return midnight + timedelta(days=(6 - made_at.weekday()) % 7 + 7)
    if due.kind == "end_of_month":
        later = midnight.replace(day=28) + timedelta(days=4) if midnight.month == made_at.month else midnight
        return later.replace(day=1)
    return made_at + timedelta(hours=1) if due.kind == "at_once" else midnight


def _working_days(moment: datetime, count: int) -> datetime:
    while count > 0:
        moment += timedelta(days=1)
        count -= moment.weekday() < 5
    return moment
