"""A conversation by the code of conduct: per measure kept, broken, not applicable or not read, with the words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from heartline.conduct.promises import Promise, due_at
from heartline.conduct.recognition import own_words
from heartline.conduct.reply import DECIDED, MECHANISMS, Reply, read_reply
from heartline.conduct.sentences import Sentence, first_words, lower, sentences, words

EMPLOYEE, CUSTOMER = "employee", "customer"
MEASURES: Final = ("respect", "empathy", "recognition", "answering", "listening", "promises")
STATUS: Final = ("kept", "broken", "not_applicable", "not_read")

MOST_SHARE: Final = 0.75
"""Share of all words of a spoken conversation beyond which the employee holds a monologue."""
LONGEST_RUN: Final = 180
"""Words that the employee says before the customer gets a word in: somewhat over a minute of speech."""
LEAST_WORDS: Final = 60
"""Words of a conversation below which shares say nothing."""
FEW_WORDS: Final = 3
"""Words up to which a text says too little to be read as a refusal to show something ("ok", "one moment")."""

_ASKS: Final = re.compile(
    r"^\W*(?:and |so |but |also |hi,? |hello,? )?(?:what|when|where|why|who|how|which|can|could|do|does|did|is|are|"
    r"will|would|has|have|may)\b",
    re.ASCII,
)
_ANSWERS: Final = re.compile(
    r"^\W*(?:yes|no|yeah|yep|sure|of course|certainly|unfortunately|absolutely|correct|right|not yet|exactly|indeed)\b"
    r"|\b(?:because|so that|in order to|you can|you could|you need|it is|it's|it was|it will|it'll|there is|there are|"
    r"we have|we do|we don't|that is|this is|they are|it takes|i've|i have|we've|i do not know|i don't know|"
    r"i'll (?:check|find out|ask|look)|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tonight|tomorrow|next week)\b"
    r"|\d|https?:",
    re.ASCII,
)

_MANNERS: Final = re.compile(
    r"\b(?:thanks?|thank you|sorry|apologi[sz]e|apologies|understand|appreciate|welcome|good (?:morning|evening))\b",
    re.ASCII,
)
"""Words of a sentence that is polite and answers nothing."""


@dataclass(frozen=True)
class Turn:
    """What one side said at once.

    key: the interaction; side: employee or customer; hurt: whether the words tell of something bad, None: not known
    spoken: said aloud, as in a call or a store, not written
    """

    key: str
    side: str
    at: datetime
    text: str
    hurt: bool | None = None
    spoken: bool = False


@dataclass(frozen=True)
class Finding:
    """What one measure says of a conversation.

    p: chance, 0 to 1, judged and not calibrated, that the words show it (of respect: that they break it); None where
        nothing was read
    key, start, end: the employee's words for it: an interaction and characters of its text; empty and 0 without any
    sign: what the words are, e.g. ``interpretation`` or ``blame``
    value: of listening the employee's share of all words, else None
    """

    measure: str
    status: str
    p: float | None = None
    key: str = ""
    start: int = 0
    end: int = 0
    sign: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Made:
    """A promise of an employee: where it stands, when it was made, and by when it is due (None: no time was said)."""

    key: str
    promise: Promise
    made_at: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class Read:
    """All that a conversation shows; ``findings`` has every measure but promises, which what follows decides."""

    findings: tuple[Finding, ...]
    promises: tuple[Made, ...]
    longest: int
    asked: int


def read_conversation(turns: Sequence[Turn], readable: Callable[[str], bool]) -> Read:
    """Read the turns of one conversation in their order; ``readable`` tells a text that the signs are made for.

    Only the employee's words are marked. The customer's are looked at for what they ask for and tell of. A measure is
    broken for want of words only where every reply could be read.
    """
    ours = [turn for turn in turns if turn.side == EMPLOYEE and words(lower(turn.text))]
    replies: list[tuple[Turn, Reply]] = []
    before: list[str] = []
    for turn in turns:
        if turn.side == CUSTOMER:
            before.append(turn.text)
        elif turn in ours and readable(turn.text):
            replies.append((turn, read_reply(turn.text, tuple(before))))
    whole = len(replies) == len(ours)
    longest, share = _talk(turns)
    findings = (
        _respect(replies, whole),
        _empathy(turns, replies, whole),
        _recognition(turns, replies, whole),
        _answering(turns, replies, readable),
        _listening(turns, longest, share),
    )
    made = tuple(
        Made(turn.key, promise, turn.at, None if promise.due is None else due_at(promise.due, turn.at))
        for turn, reply in replies
        for promise in reply.promises
    )
    asked = sum(sentence.asks for turn in ours for sentence in sentences(lower(turn.text)))
    return Read(findings, made, longest, asked)


def _respect(replies: Sequence[tuple[Turn, Reply]], whole: bool) -> Finding:
    """Broken by a sign of disrespect; kept where every reply was read without one."""
    if not replies:
        return Finding("respect", "not_read")
    turn, worst = max(replies, key=lambda each: each[1].disrespect)
    if worst.disrespect >= DECIDED:
        return _finding("respect", "broken", worst.disrespect, turn, worst, "disrespect")
    if not whole:
        return Finding("respect", "not_read")
    turn, best = max(replies, key=lambda each: each[1].politeness)
    return _finding("respect", "kept", worst.disrespect, turn, best, "politeness")


def _empathy(turns: Sequence[Turn], replies: Sequence[tuple[Turn, Reply]], whole: bool) -> Finding:
    """Applies where the customer told of something bad; kept by any of the three mechanisms in a later reply."""
    hurt = next((number for number, turn in enumerate(turns) if turn.side == CUSTOMER and turn.hurt), None)
    if hurt is None:
        return Finding("empathy", "not_applicable")
    later = {turn.key for turn in turns[hurt:]}
    return _shown("empathy", [each for each in replies if each[0].key in later], whole, MECHANISMS)


def _recognition(turns: Sequence[Turn], replies: Sequence[tuple[Turn, Reply]], whole: bool) -> Finding:
    """Applies where the customer said something of their own that could be taken up."""
    if not own_words([turn.text for turn in turns if turn.side == CUSTOMER]):
        return Finding("recognition", "not_applicable")
    return _shown("recognition", replies, whole, ("recognition",))


def _shown(measure: str, replies: Sequence[tuple[Turn, Reply]], whole: bool, signs: tuple[str, ...]) -> Finding:
    if not replies:
        return Finding(measure, "not_read" if not whole else "not_applicable")
    turn, best = max(replies, key=lambda each: max(getattr(each[1], sign) for sign in signs))
    chance = max(getattr(best, sign) for sign in signs)
    if chance >= DECIDED:
        return _finding(measure, "kept", chance, turn, best, *signs)
    if not whole:
        return Finding(measure, "not_read")
    told = [turn for turn, _ in replies if len(words(lower(turn.text))) > FEW_WORDS]
    if not told:
        return Finding(measure, "not_applicable")
    return Finding(measure, "broken", round(chance, 6), told[0].key, *first_words(told[0].text), "none_found")


def _finding(measure: str, status: str, chance: float, turn: Turn, reply: Reply, *signs: str) -> Finding:
    """A finding with its sentence: the one in which the plainest sign stands."""
    mark = reply.plainest(*signs)
    if mark is None:
        return Finding(measure, status, round(chance, 6), turn.key, *first_words(turn.text), "none_found")
    within = next((one for one in sentences(lower(turn.text)) if one.start <= mark.start < one.end), None)
    start, end = (mark.start, mark.end) if within is None else (within.start, within.end)
    name = mark.measure if mark.measure in MECHANISMS else mark.sign
    return Finding(measure, status, round(chance, 6), turn.key, start, end, name)


def _answering(
    turns: Sequence[Turn], replies: Sequence[tuple[Turn, Reply]], readable: Callable[[str], bool]
) -> Finding:
    """Applies where a question was followed by a reply. Broken where a reply holds nothing that could be an answer."""
    read = {turn.key: reply for turn, reply in replies}
    found: list[Finding] = []
    for number, turn in enumerate(turns):
        if turn.side != CUSTOMER or not readable(turn.text):
            continue
        asked = [one for one in sentences(lower(turn.text)) if one.asks or _ASKS.match(one.low)]
        if not asked:
            continue
        following: list[Turn] = []
        for later in turns[number + 1 :]:
            if later.side == CUSTOMER and following:
                break
            if later.side == EMPLOYEE:
                following.append(later)
        if not following or any(later.key not in read for later in following):
            continue
        found.append(_answered(asked, [(later, read[later.key]) for later in following]))
    if not found:
        return Finding("answering", "not_applicable")
    return next((one for one in found if one.status == "broken"), found[0])


def _answered(asked: Sequence[Sentence], following: Sequence[tuple[Turn, Reply]]) -> Finding:
    about = own_words([one.low for one in asked])
    for turn, reply in following:
        rude = [mark.start for mark in reply.marks if mark.measure == "disrespect"]
        for sentence in sentences(lower(turn.text)):
            if (
                sentence.asks
                or _MANNERS.search(sentence.low)
                or any(sentence.start <= at < sentence.end for at in rude)
            ):
                continue
            if _ANSWERS.search(sentence.low) or about & own_words([sentence.low]):
                return Finding("answering", "kept", None, turn.key, sentence.start, sentence.end, "answer")
    first = following[0][0]
    return Finding("answering", "broken", None, first.key, *first_words(first.text), "none_found")


def _talk(turns: Sequence[Turn]) -> tuple[int, float | None]:
    """Most words that the employee says in one go, and the share of all words; None below LEAST_WORDS."""
    longest = run = ours = total = 0
    for turn in turns:
        size = len(words(lower(turn.text)))
        total += size
        if turn.side == EMPLOYEE:
            ours += size
            run += size
            longest = max(longest, run)
        elif size:
            run = 0
    return longest, ours / total if total >= LEAST_WORDS else None


def _listening(turns: Sequence[Turn], longest: int, share: float | None) -> Finding:
    """Applies to spoken conversations in which each side speaks twice; what is written may be long for good reason."""
    sides = [turn.side for turn in turns if turn.spoken]
    if share is None or sides.count(EMPLOYEE) < 2 or sides.count(CUSTOMER) < 2:
        return Finding("listening", "not_applicable", value=share)
    longer = max((turn for turn in turns if turn.side == EMPLOYEE), key=lambda turn: len(turn.text))
    broken = share > MOST_SHARE or longest > LONGEST_RUN
    sign = "long_run" if longest > LONGEST_RUN else "talk_share" if broken else "turns"
    return Finding(
        "listening", "broken" if broken else "kept", None, longer.key, *first_words(longer.text), sign, round(share, 6)
    )
