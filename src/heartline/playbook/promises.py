"""What no text of a playbook may promise, pay for or ask, and promises of a time that the register does not hold.

Asking for public praise: nobody is paid for it (in the United States 16 CFR 465.4), nobody is asked for a good one, and
who is asked does not hang on how they feel: what is then published misleads its readers in the same way. Thanking may
follow a feeling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.faults import Fault
from heartline.playbook.places import Places
from heartline.playbook.shape import Play, Playbook, Trigger
from heartline.playbook.texts import Found, Text, first, flat, texts


def _pattern(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


GUARANTEE = _pattern(
    r"\bguarant(?:ees?|eed|eeing)\b", r"\b(?:we|I) promise\b", r"\b100 ?%", r"\bwithout (?:any )?exception\b",
    r"\bgarantier\w+", r"\bversprechen (?:wir|Ihnen)\b", r"\bwir versprechen\b", r"\bgarantiz\w+", r"\bprometemos\b",
)  # fmt: skip
ABSOLUTE = _pattern(
    r"(?<!not )(?<!as )\balways\b", r"\bnever again\b", r"\b(?:not|never|won't) (?:ever )?happen again\b",
    r"(?<!noch )\bimmer\b(?! noch)",
    r"\bnie wieder\b", r"\bsiempre\b", r"\bnunca más\b",
)  # fmt: skip
ABSOLUTE_SAID = _pattern(
    r"\b(?:we|it|this) (?:will|shall|would) (?:always|never)\b", r"\bnever again\b",
    r"\b(?:not|never|won't) (?:ever )?happen again\b", r"\bnie wieder\b", r"\bnunca más\b",
)  # fmt: skip
REWARD = _pattern(
    r"\b(?:discount|voucher|coupon|refund|gift|reward|bonus|raffle|prize|cash ?back|credit|loyalty points)s?\b",
    r"% off\b",
    r"\bfree (?:month|product|shipping|delivery|sample|upgrade)\b", r"\b(?:Gutschein|Rabatt|Geschenk|Prämie)\w*",
    r"\b(?:descuento|regalo|cup[oó]n|reembolso)\w*",
)  # fmt: skip
PUBLIC = _pattern(
    r"\breviews?\b", r"\bratings?\b", r"\brate us\b", r"\bstars?\b", r"\btestimonials?\b", r"\bquote you\b",
    r"\bpost about\b", r"\b(?:Bewertung|Rezension|Sterne)\w*", r"\b(?:rese[ñn]a|testimonio|estrellas)\w*",
)  # fmt: skip
REFERRAL = _pattern(
    r"\brecommend(?:ing|ation)?\b", r"\brefer(?:ral|ring)?\b",
    r"\btell (?:your|a|other|some)\w* (?:friend|other|people)s?\b",
    r"\b(?:weiter)?empfehl\w*", r"\brecomi[eé]nd\w*", r"\brecomendar\w*",
)  # fmt: skip
PRAISE = _pattern(
    r"\b(?:positive|good|great|nice|excellent|glowing|top|(?:5|five)[- ]stars?) (?:reviews?|ratings?|testimonials?)\b",
    r"\b(?:5|five) stars\b", r"\b(?:gute|positive|f[uü]nf) (?:Bewertung|Rezension|Sterne)\w*",
    r"\b(?:buena|positiva) (?:rese[ñn]a|opini[oó]n)\w*", r"\brese[ñn]a positiva\b", r"\bcinco estrellas\b",
)  # fmt: skip
ONLY_IF_HAPPY = _pattern(
    r"\b(?:if|when|should|wenn|falls|si)\b[^.?!\n]{0,40}\b(?:happy|satisfied|pleased|delighted|loved|enjoyed|liked"
    r"|went well|zufrieden|gefallen|content[oa]s?|satisfech[oa]s?)\b"
)
NOT_ASKED = re.compile(r"\b(?:thank|danke|gracias|remove|delete|take down)\w*", re.IGNORECASE)
"""Words before a review that say that it is there already."""
_NUMBERS = {
    "an": 1, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
    "twelve": 12, "fourteen": 14, "twenty-four": 24, "forty-eight": 48,
    "einer": 1, "einem": 1, "zwei": 2, "drei": 3, "dos": 2, "tres": 3, "un": 1, "una": 1,
}  # fmt: skip
_HOURS = {
    "minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 720, "stunde": 1, "tag": 24, "woche": 168, "hora": 1,
    "día": 24, "dia": 24, "semana": 168,
}  # fmt: skip
_TIME = re.compile(
    r"\b(?:within|in|inside|after at most|innerhalb von|innerhalb|binnen|dentro de|en)\s+(?:the next\s+|at most\s+)?"
    rf"(?P<n>\d+(?:[.,]\d+)?|(?:{'|'.join(_NUMBERS)})\b)\s*(?:working\s+|business\s+|full\s+)?"
    rf"(?:(?P<unit>{'|'.join(_HOURS)})\w*|h)\b",
    re.IGNORECASE,
)
_TODAY = re.compile(r"\b(?:by|until|before)\s+(?:the end of (?:the day|today)|tonight|tomorrow)\b", re.IGNORECASE)


def promises(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """Faults ``promise.*``."""
    for one in texts(playbook):
        yield from _forbidden(one, at)
        yield from _paid(one, at)
        yield from _time(one, playbook, at)
    for number, play in enumerate(playbook.plays):
        yield from _gating(play, number, at)


def _forbidden(one: Text, at: Places) -> Iterator[Fault]:
    absolute = ABSOLUTE_SAID if one.kind == "says" else ABSOLUTE
    for pattern, rule, mend in (
        (GUARANTEE, "promise.guarantee", "say what you will do, and by when if the register holds it"),
        (absolute, "promise.absolute", "promise only what one person can keep: what happens next"),
    ):
        found = first(pattern, one.text, even_if_denied=pattern is absolute)
        if found:
            yield at.fault(one.path, rule, f"{one.what} says “{found.words}”", mend, start=found.start)
    praise = first(PRAISE, one.text)
    if praise and not NOT_ASKED.search(one.text, max(0, praise.start - 40), praise.start):
        yield at.fault(
            one.path, "promise.praise", f"{one.what} asks for “{praise.words}”",
            "ask for an honest one, whatever it says", start=praise.start,
        )  # fmt: skip


def _paid(one: Text, at: Places) -> Iterator[Fault]:
    """A reward in a text that also asks for public words, or for a recommendation."""
    reward = first(REWARD, one.text)
    if reward is None:
        return
    public, referral = first(PUBLIC, one.text), first(REFERRAL, one.text)
    if public:
        yield at.fault(
            one.path, "promise.paid_praise", f"{one.what} puts “{reward.words}” beside “{public.words}”",
            "ask without a reward, and reward without asking", start=reward.start,
        )  # fmt: skip
    elif referral:
        yield at.fault(
            one.path, "promise.paid_referral", f"{one.what} puts “{reward.words}” beside “{referral.words}”",
            "let whoever is told of you know that it is rewarded, or ask without a reward", "warning", reward.start,
        )  # fmt: skip


def _gating(play: Play, number: int, at: Places) -> Iterator[Fault]:
    """Who is asked to speak for the house must not hang on how they feel about it."""
    asked = _asks(play)
    if asked is None:
        return
    for place in _sentiments(play.trigger):
        yield at.fault(
            ("plays", number, "trigger", *place), "promise.gating",
            f"play {play.play} asks for “{asked.words}”, and who is asked hangs on {place[-1]}",
            "ask by what happened, such as a touchpoint or a number of orders; or thank without asking",
        )  # fmt: skip
    for field, text in (("template", play.template), ("says", play.says)):
        found = first(ONLY_IF_HAPPY, flat(text))
        if found:
            yield at.fault(
                ("plays", number, field), "promise.gating",
                f"play {play.play} asks for “{asked.words}” only “{found.words}”", "ask everybody in the same words",
                start=found.start,
            )  # fmt: skip


def _asks(play: Play) -> Found | None:
    """Words by which a play asks for something said in public or to others; thanks for it are no question."""
    for text in (flat(play.template), flat(play.says)):
        for pattern in (PUBLIC, REFERRAL):
            found = first(pattern, text)
            if found and not NOT_ASKED.search(text, max(0, found.start - 40), found.start):
                return found
    return None


def _sentiments(trigger: Trigger) -> Iterator[tuple[str, ...]]:
    """Parts of a trigger that tell how a customer feels."""
    if trigger.contact:
        for part in ("signals", "emotions", "felt"):
            if getattr(trigger.contact, part):
                yield ("contact", part)
    for name in trigger.customer:
        if name in CONDITIONS and CONDITIONS[name].sentiment:
            yield ("customer", name)


def _time(one: Text, playbook: Playbook, at: Places) -> Iterator[Fault]:
    """A promise of a time stands in the register, or it is nobody's."""
    if one.kind == "says":
        return
    register = {each.within_hours for each in playbook.expectations if each.within_hours}
    if one.path[0] == "expectations" and isinstance(one.path[1], int):
        own = playbook.expectations[one.path[1]].within_hours
        register = {own} if own else set()
    for met in (*_TIME.finditer(one.text), *_TODAY.finditer(one.text)):
        hours = _hours(met)
        if not any(abs(hours - held) <= 0.01 * held for held in register):
            mend = f"promise a time of the register ({_listed(register)}), or add one with within_hours: {hours:g}"
            if one.path[0] == "expectations":
                mend = f"write within_hours: {hours:g} under it, or another time into its text"
            yield at.fault(
                one.path, "promise.time", f"{one.what} promises “{' '.join(met[0].split())}”, {hours:g} hours", mend,
                start=met.start(),
            )  # fmt: skip


def _hours(met: re.Match[str]) -> float:
    if "n" not in met.re.groupindex:
        return 24.0
    said = met["n"].lower()
    number = float(_NUMBERS[said]) if said in _NUMBERS else float(said.replace(",", "."))
    return number * _HOURS[(met["unit"] or "hour").lower()]


def _listed(hours: set[float]) -> str:
    return ", ".join(f"{one:g} hours" for one in sorted(hours)) or "it holds none"
