"""Whether templates keep the house's own code: what is filled in, words that nobody uses, blame, silencing, tone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from heartline.playbook.faults import Fault
from heartline.playbook.places import Places
from heartline.playbook.shape import PLACEHOLDERS, Playbook
from heartline.playbook.texts import first, flat, texts


@dataclass(frozen=True)
class Reading:
    """How a text reads; None: not known.

    valence: -1 to 1, as a customer's words would be read; disrespect, empathy: judged chance that it shows it, 0 to 1
    politeness: points for minus points against, as a reply is read
    """

    valence: float | None = None
    disrespect: float | None = None
    empathy: float | None = None
    politeness: float | None = None


Tone = Callable[[str], Reading | None]
"""Reads a text; None where it cannot, for instance in another language."""

DISRESPECT = 0.5
"""Chance of disrespect from which a template is refused."""
HARSH = -0.85
"""Valence at or below which a template reads as an attack; an apology names the harm, and may read as bad as -0.8."""
COLD_EMPATHY, COLD_POLITENESS, COLD_VALENCE = 0.5, 0.5, 0.2
"""A template below the first, and at or below the others, is polite to nobody and with nobody."""

BLAME = re.compile(
    r"\byou (?:should|could|ought to|must) have\b|\byou (?:failed|forgot|neglected) to\b"
    r"|\byour (?:own )?(?:fault|mistake|error|oversight)\b|\byou (?:did not|didn't) (?:read|follow|listen|understand)\b"
    r"|\byou misunderst\w+|\bas (?:we|I) (?:have )?(?:already |previously )?(?:told|explained|stated|informed)\b"
    r"|\bcalm down\b|\bSie hätten\b|\bIhr eigener Fehler\b|\bselbst schuld\b|\bsu propi[oa] (?:error|culpa)\b",
    re.IGNORECASE,
)
SILENCE = re.compile(
    r"\b(?:remove|delete|take down|withdraw|edit|change) (?:your|the|that) (?:\w+ )?"
    r"(?:review|post|comment|rating|complaint)s?\b"
    r"|\brefrain from (?:posting|writing|sharing|talking|speaking)\w*"
    r"|\bplease (?:do not|don't) (?:post|write|tell|share)\w*"
    r"|\blegal (?:action|steps)\b|\bdefam\w+|\b(?:Bewertung|Beitrag|Beschwerde) (?:zu löschen|löschen|zurück\w+)"
    r"|\b(?:eliminar|borrar|retirar) su (?:rese[ñn]a|comentario|queja)\b",
    re.IGNORECASE,
)
_BRACES = re.compile(r"\{([^{}\n]*)\}|[{}]")
_FILLED = {
    "first_name": "Robin", "touchpoint": "the delivery", "promise": "to call back", "your_name": "Kim",
    "company": "our shop",
}  # fmt: skip


def wording(playbook: Playbook, at: Places, tone: Tone | None) -> Iterator[Fault]:
    """Faults ``template.*``, ``conduct.*`` and ``tone.*``.

    tone: reads a text as a customer's words are read; None: the tone is not looked at
    """
    yield from _own_words(playbook, at)
    for one in texts(playbook):
        silenced = first(SILENCE, one.text)
        if silenced:
            yield at.fault(
                one.path, "conduct.silences", f"{one.what} says “{silenced.words}”",
                "let customers say what they like; ask what would put it right", start=silenced.start,
            )  # fmt: skip
    for number, play in enumerate(playbook.plays):
        if not play.template:
            continue
        path, what, text = ("plays", number, "template"), f"the template of play {play.play}", flat(play.template)
        yield from _placeholders(play.template, path, what, play.trigger.promise is not None, at)
        blamed = first(BLAME, text)
        if blamed:
            yield at.fault(
                path, "conduct.blames", f"{what} says “{blamed.words}”", "say what the house did or did not do",
                start=blamed.start,
            )  # fmt: skip
        for rule in playbook.conduct:
            for phrase in rule.never:
                if (start := _met(phrase, text)) is not None:
                    yield at.fault(
                        path, "conduct.never", f"{what} says “{phrase}”, which rule {rule.rule} forbids",
                        "say it in other words", start=start,
                    )  # fmt: skip
        if tone:
            yield from _tone(tone, text, path, what, at)


def _own_words(playbook: Playbook, at: Places) -> Iterator[Fault]:
    """An example of a rule that is kept must not hold what a rule forbids."""
    forbidden = [(phrase, rule.rule) for rule in playbook.conduct for phrase in rule.never]
    for number, rule in enumerate(playbook.conduct):
        for place, example in enumerate(rule.kept):
            for phrase, of in forbidden:
                if _met(phrase, example) is not None:
                    yield at.fault(
                        ("conduct", number, "kept", place), "conduct.contradiction",
                        f"rule {rule.rule} shows as kept what rule {of} forbids: “{phrase}”",
                        "change the example, or the words that nobody uses",
                    )  # fmt: skip


def _met(phrase: str, text: str) -> int | None:
    """Where a phrase stands in a text as whole words, in any case and spacing; None: nowhere."""
    words = [re.escape(word) for word in phrase.split()]
    if not words:
        return None
    spaced = r"\s+".join(words)
    found = re.search(rf"(?<!\w){spaced}(?!\w)", text, re.IGNORECASE)
    return found.start() if found else None


def _placeholders(
    template: str, path: tuple[str, int, str], what: str, of_promise: bool, at: Places
) -> Iterator[Fault]:
    for met in _BRACES.finditer(template):
        name = met[1]
        if name is None:
            yield at.fault(
                path, "template.brace", f"{what} has a {met[0]} alone", "close it, or leave it out", start=met.start()
            )
        elif name not in PLACEHOLDERS:
            yield at.fault(
                path, "template.placeholder", f"{what} has {{{name[:40]}}}, which nothing fills in", _nearest(name),
                start=met.start(),
            )  # fmt: skip
        elif name == "promise" and not of_promise:
            yield at.fault(
                path, "template.promise", f"{what} has {{promise}}, and its trigger is no promise",
                "say what was promised in words, or trigger the play by a promise", "warning", met.start(),
            )  # fmt: skip


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name.strip().lower(), PLACEHOLDERS, 1)
    return f"write {{{near[0]}}}" if near else f"use one of {', '.join(f'{{{one}}}' for one in PLACEHOLDERS)}"


def _tone(tone: Tone, text: str, path: tuple[str, int, str], what: str, at: Places) -> Iterator[Fault]:
    read = tone(_BRACES.sub(lambda met: _FILLED.get(met[1] or "", ""), text))
    if read is None:
        return
    if read.disrespect is not None and read.disrespect >= DISRESPECT:
        yield at.fault(
            path, "tone.disrespect", f"{what} reads as disrespectful (chance {read.disrespect:.2f})",
            "say it as to a guest, without reproach",
        )  # fmt: skip
    if read.valence is not None and read.valence <= HARSH:
        yield at.fault(
            path, "tone.harsh", f"{what} reads as very bad ({read.valence:+.2f} of -1 to 1)", "say it more kindly"
        )
    warm = read.valence is not None and read.valence > COLD_VALENCE
    if read.empathy is None or read.politeness is None or warm:
        return
    if read.empathy < COLD_EMPATHY and read.politeness <= COLD_POLITENESS:
        yield at.warning(
            path, "tone.cold",
            f"{what} shows no empathy (chance {read.empathy:.2f}) and no politeness ({read.politeness:+.1f} points)",
            "say what it is like for the customer, and thank them or say sorry",
        )  # fmt: skip
