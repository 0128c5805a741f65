"""The names of the customer's own record in what they wrote, or what was written to them.

No list of the world's names is looked up: only the person whose text it is, by their first and last names. A name that
is a word as well (Will, Rose, May) counts where it is written as a name, beside another part of the name or after words
such as "my name is".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from heartline.privacy.checksums import Span
from heartline.privacy.name_words import COMPANY, ENGLISH, GERMAN, MONTHS, PARTICLES, TITLES

SHORTEST = 3
"""Letters of a name that is masked in any case; shorter ones must be written with a capital."""
LONGEST_WORD = 40

_STOPPED = frozenset(("mr", "mrs", "ms", "dr", "prof", "st", "frl", "dipl", "ing", "jr", "sr"))

_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_JOIN = re.compile(r"[ \t.,'’\-]{1,3}")
_SAID = re.compile(
    r"(?:\bi am|\bi'm|\bi’m|\bname is|\bname's|\bname:|\bcalled|\bmr\.?|\bmrs\.?|\bms\.?|\bmiss|\bmx\.?|\bdr\.?|"
    r"\bprof\.?|\bherr|\bfrau|\bherrn|\bdear|\bhi|\bhello|\bhey|\bhallo|\bhej|\bhei|\bhola|\bbonjour|\bciao|\bliebe|"
    r"\blieber|\bgeehrte|\bgeehrter|\bich bin|"
    r"\bich heiße|\bheisse|\bname ist|\bje suis|\bm'appelle|\bme llamo|\bmi nombre es|\bsoy|\bthis is)[ ,:]{1,2}$",
    re.IGNORECASE,
)
_WEAKER = re.compile(
    r"(?:\bfor|\bfrom|\bto|\bwith|\bby|\bask|\btell|\band|\bthanks,?|\bthank you,?|\bcheers,?) $", re.IGNORECASE
)
_CLOSING = re.compile(
    r"(?:^|\n)[ \t>-]*$|(?:regards|wishes|sincerely|faithfully|thanks|thank you|cheers|love|grüße|grüßen|gruß|gruss|"
    r"gruessen|dank|cordialement|saludos|atentamente)[ ,.!\n-]{1,4}$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"(?:\ba|\ban|\bthe|\bthis|\bthat|\bmy|\byour|\bhis|\bher|\bour|\btheir|\bsome|\bany|\bno|\bin|\bon|\bat|\bof) $",
    re.IGNORECASE,
)
_END = re.compile(r"[ \t]*[.!,]?[ \t]*(?:$|\n)")
_AS_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")


class _Folded(dict[int, int]):
    def __missing__(self, code: int) -> int:
        char = chr(code)
        base = unicodedata.normalize("NFKD", char)[:1].lower()
        self[code] = found = ord(base) if len(base) == 1 else code
        return found


_FOLD = _Folded()


def folded(text: str) -> str:
    """Lower case without accents, one character for one: the places stay."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


@dataclass(frozen=True)
class Names:
    """What a customer is called, folded.

    sure: parts masked wherever they stand; careful: parts that are words as well, or very short
    between: initials and particles, masked beside another part only
    whole: names masked only as a whole, word by word (those of companies)
    unparted: names in scripts without blanks
    """

    sure: frozenset[str] = frozenset()
    careful: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    whole: tuple[tuple[str, ...], ...] = ()
    unparted: tuple[str, ...] = ()


def names_of(*told: str | None) -> Names | None:
    """The parts of the names that are told; None where there is nothing to look for."""
    sure: set[str] = set()
    careful: set[str] = set()
    between: set[str] = set()
    whole: list[tuple[str, ...]] = []
    unparted: set[str] = set()
    for name in told:
        if not name or "@" in name:
            continue
        unparted |= set(_HAN.findall(name))
        words = [word for word in _WORD.findall(folded(name)) if not _HAN.search(word)]
        if COMPANY & set(words):
            whole += [tuple(words)] if len(words) > 1 else []
            continue
        for word in words:
            variants = _spelled(word, name.lower())
            if word in TITLES:
                continue
            if len(word) == 1 or word in PARTICLES:
                between.add(word)
            elif len(word) < SHORTEST or word in MONTHS or _is_word(word):
                careful |= variants
            else:
                sure |= variants
    if not (sure or careful or whole or unparted):
        return None
    return Names(frozenset(sure), frozenset(careful), frozenset(between), tuple(whole), tuple(sorted(unparted)))


def _is_word(word: str) -> bool:
    return word in ENGLISH or word in _GERMAN_FOLDED


def _spelled(word: str, name: str) -> set[str]:
    """The word, with its umlauts also as they are written where there are none: Müller, Mueller, Muller."""
    found = {word}
    if any(umlaut in name for umlaut in "äöü"):
        found |= {
            folded(one)
            for one in _WORD.findall(name.translate(_AS_TWO))
            if folded(one).replace("e", "") == word.replace("e", "")
        }
    return found | {re.sub("([aou])e", r"\1", word)}


_GERMAN_FOLDED = frozenset(folded(word) for word in GERMAN) | frozenset(
    folded(word.replace("ß", "ss")) for word in GERMAN
)


def names(text: str, known: Names) -> Iterator[Span]:
    """Places of the names, one for parts that stand together; a possessive ending stays."""
    low = folded(text)
    for name in known.unparted:
        at = text.find(name)
        while at >= 0:
            yield at, at + len(name)
            at = text.find(name, at + len(name))
    if known.whole or any(part in low for part in (*known.sure, *known.careful)):
        words = [found.span() for found in _WORD.finditer(low)]
        yield from _joined(low, words, _wanted(text, low, words, known), known)


def _wanted(text: str, low: str, words: Sequence[Span], known: Names) -> set[int]:
    """Which words are the name's."""
    found: set[int] = set()
    maybe: list[tuple[int, str]] = []
    for at, (start, end) in enumerate(words):
        if end - start > LONGEST_WORD:
            continue
        word = low[start:end]
        part = _part(word, text[start:end], known)
        if part == "sure":
            found.add(at)
        elif part:
            maybe.append((at, part))
    for name in known.whole:
        spoken = tuple(low[start:end] for start, end in words)
        for at in range(len(words) - len(name) + 1):
            if spoken[at : at + len(name)] == name:
                found |= set(range(at, at + len(name)))
    # beside a part that is sure, or beside another that needs care, a name is meant
    capital = found | {at for at, part in maybe if part == "careful"}
    for at, part in maybe:
        beside = [other for other in (at - 1, at + 1) if other in (capital if part == "careful" else found)]
        together = any(_next_to(low, words, at, other) for other in beside)
        if together or (part == "careful" and _as_name(text, low, words[at])):
            found.add(at)
    return found


def _part(word: str, written: str, known: Names) -> str:
    """``sure``, ``careful``, ``beside`` (a word as any other, but beside a sure part) or nothing.

    A sure part may have the s of a genitive without apostrophe, as in Annas.
    """
    for ending in ("", "s"):
        if ending and (len(word) < 5 or not word.endswith("s") or not written[0].isupper()):
            continue
        bare = word.removesuffix(ending) if ending else word
        if bare in known.sure:
            return "sure"
        if bare in known.careful and not ending:
            return "careful" if written[:1].isupper() else "beside"
    return ""


def _next_to(low: str, words: Sequence[Span], one: int, other: int) -> bool:
    first, second = sorted((one, other))
    return _together(low, words, first, second)


def _together(low: str, words: Sequence[Span], first: int, second: int) -> bool:
    """Whether nothing parts two words that parts two names; a full stop only after an initial or a title."""
    between = low[words[first][1] : words[second][0]]
    short = words[first][1] - words[first][0] <= 4 and low[words[first][0] : words[first][1]] in _STOPPED
    initial = words[first][1] - words[first][0] == 1
    return bool(_JOIN.fullmatch(between)) and ("." not in between or short or initial)


def _as_name(text: str, low: str, word: Span) -> bool:
    """Whether a word that could be a name is written as one: after "my name is" or a greeting, as a signature, or with
    its capital inside an English sentence."""
    start, end = word
    before = text[max(0, start - 24) : start]
    shouting = len(text[start:end]) > 1 and text[start:end].isupper()
    if _SAID.search(before) and not (
        before.lower().rstrip(" ,").endswith(("this is", "hi", "hello", "hey")) and shouting
    ):
        return True
    name = low[start:end]
    if _CLOSING.search(before) and _END.match(text, end) and (start > 0 or end < len(text)):
        return True
    if shouting or name in MONTHS or len(name) < SHORTEST:
        return False
    if not before.endswith(" ") or not before.rstrip()[-1:].islower() or _ARTICLE.search(before):
        return False
    following = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    if following is not None and not following[0].islower():
        return False
    # German writes every noun so: there an English word has to stand before it
    return bool(_WEAKER.search(before)) or (name not in _GERMAN_FOLDED and _sentence(text))


def _sentence(text: str) -> bool:
    """Whether the text is written as sentences are: few words begin with a capital."""
    words = [found[0] for found in _WORD.finditer(text[:400])]
    capital = sum(word[0].isupper() for word in words)
    return capital * 3 <= len(words)


def _joined(low: str, words: Sequence[Span], found: set[int], known: Names) -> Iterator[Span]:
    """Parts that stand together as one place, with initials and particles between or before them."""
    at = 0
    while at < len(words):
        if at not in found:
            at += 1
            continue
        first = last = at
        while first > 0 and _fits(low, words, first - 1, first, known):
            first -= 1
        upto = at + 1
        while upto < len(words) and _together(low, words, upto - 1, upto):
            if upto in found:
                last = upto
            elif not _is_between(low, words[upto], known):
                break
            upto += 1
        start, end = words[first][0], words[last][1]
        # the s of "Annas" stays, as that of "Anna's" does
        name = low[words[last][0] : end]
        if name not in known.sure and name not in known.careful and name[:-1] in known.sure:
            end -= 1
        yield start, end
        at = last + 1


def _fits(low: str, words: Sequence[Span], one: int, other: int, known: Names) -> bool:
    return _is_between(low, words[one], known) and _together(low, words, one, other)


def _is_between(low: str, word: Span, known: Names) -> bool:
    return low[word[0] : word[1]] in known.between
