"""Words and pairs of words in a text, without names, masked marks and words that say nothing on their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = "^"
"""Stands before a word that the text writes like a name; see ``phrases``."""
MOST = 80

_BREAK = re.compile(r"https?://\S+|www\.\S+|@\w+|[\[(](?:card|iban|email|phone|ip|name)[\])]", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[.!?;:,()\n]")
_ENDS = frozenset(".!?;:,()\n")
_SENTENCE = frozenset(".!?\n")
_ENGLISH = """
a about above after again all also am an and any anyway are as at back be because been before being below between
both but by came can cannot come could did do does doing done down during each else even ever every few for from
further get gets getting go goes going gone got had has have having he her here hers herself hey hi him himself his
how however i if in into is it its itself just know let like lol made make many may me might mine more most much
must my myself now of off oh ok okay on once one only or other our ours ourselves out over own per please put quite
rather really said same say says see seem seems shall she should since so some something still such take than that
the their theirs them themselves then there these they thing things this those though through thus to too under
until up upon us use very via was way we well went were what when where whether which while who whom whose why will
with within would yes yet you your yours yourself im ive id ill youre theyre thats dont doesnt didnt isnt wasnt cant
wont couldnt wouldnt hello dear hey thanks regards sincerely best cheers mr mrs ms today yesterday tomorrow monday
tuesday wednesday thursday friday saturday sunday week weeks month months day days year years ago last next first
second time times lot bit
"""
_GERMAN = """
ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bist bitte da dabei
dafür damit danach dann darauf das dass dasselbe dazu dein deine dem den denke denken denn der des deshalb dich die
dies diese diesem diesen dieser dieses dir doch dort du durch eigentlich ein eine einem einen einer eines einfach
einmal er es etwas euch euer eure fällt für gar gegen gehabt gemacht genau gerade gern gerne gewesen gibt ging hab
habe haben hallo halt hat hatte hatten heute hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins
ist ja jede jedem jeden jeder jedes jetzt kam kann kommt können könnte konnte lassen leider lieber liebe machen
macht mal man manche manchmal mehr mein meine meinem meinen meiner mich mir mit muss müssen nach noch nun nur ob
oder ohnehin okay recht schon sehr sei seid sein seine seinem seinen seiner seit selbst sich sie sind so sogar soll
sollte sonst sowie tut tun über überhaupt um und uns unser unsere unter viel viele vielleicht vom von vor wann war
waren warum was wegen weil weiter welche wenn wer werde werden wie wieder will wir wird wirklich wo worden wurde
wurden zu zum zur zwar zwischen danke grüße freundlichen gestern morgen montag dienstag mittwoch donnerstag freitag
samstag sonntag woche wochen monat monate tag tage jahr jahre
"""
_SPANISH = """
a ahora al algo algún alguna algunas algunos allí ante antes aquel aquella aquí así aún aunque bajo bastante cada
casi como cómo con contra cosa cosas cual cuál cuando cuándo cuanto de del desde después donde dónde dos durante e
el él ella ellas ellos en entonces entre era eran eres es esa esas ese eso esos esta está estaba estado están estar
estas este esto estos estoy fue fueron gracias ha había hace hacen hacer hacia han has hasta hay he hecho hice hola
hoy iba igual ir la las le les lo los luego mas más me mediante mejor mi mí mientras mis mismo mismos mucha muchas
mucho muchos muy nada nos nosotros nuestra nuestro nuestros o otra otras otro otros para pero poco pone por porque
pronto propio pude pudo pues puede pueden puedo que qué quien quién saludos se sé sea según ser si sí siempre sido
sobre solo sólo somos son soy su sus tal también tan tanto te tengo tener tenía ti tiempo tiene tienen toda todas
todavía todo todos tu tú tuve tus un una unas uno unos usted ustedes va van veces ver vez viene voy y ya yo ayer
mañana lunes martes miércoles jueves viernes sábado domingo semana semanas mes meses día días año años
"""


@dataclass(frozen=True)
class _Words:
    """What a language has: words that say nothing on their own, words that deny, and words before a person's name.

    ``capitals``: whether a capital inside a sentence makes a name.
    """

    empty: frozenset[str]
    denying: frozenset[str]
    titles: frozenset[str] = frozenset()
    capitals: bool = True


_LANGUAGES = {
    "en": _Words(
        frozenset(_ENGLISH.split()),
        frozenset({"not", "no", "never", "nobody", "nothing", "without", "hardly"}),
    ),
    # every noun has a capital: a name is told only by what stands before it
    "de": _Words(
        frozenset(_GERMAN.split()),
        frozenset({"nicht", "nichts", "kein", "keine", "keinen", "keinem", "keiner", "nie", "niemals", "niemand",
                   "ohne", "kaum"}),
        frozenset({"herr", "herrn", "frau", "hr", "fr", "dr"}), capitals=False,
    ),
    "es": _Words(
        frozenset(_SPANISH.split()),
        frozenset({"no", "ni", "nunca", "jamás", "nadie", "ningún", "ninguna", "ninguno", "sin", "apenas"}),
        frozenset({"don", "doña", "sr", "sra"}),
    ),
}  # fmt: skip
_OTHER = _Words(frozenset(), frozenset())
_SHORT = 3  # of a language without a list, words up to here are taken to carry grammar
OTHER = "other"
"""Stands for a language that is neither told nor known by its words."""


def language_of(text: str, told: str | None, is_read: bool) -> str:
    """The language that a text is cut in: as told (two letters), else by its commonest short words.

    is_read: whether the text model read it; a text without such words is then taken as English, else as ``other``.
    """
    code = (told or "").strip().lower()[:2]
    if len(code) == 2 and code.isalpha():
        return code
    words = {token.lower() for token in _TOKEN.findall(text)}
    found = {name: len(words & (of.empty | of.denying)) for name, of in _LANGUAGES.items()}
    best = max(found.values())
    first = [name for name, count in found.items() if count == best]
    return first[0] if best and len(first) == 1 else "en" if is_read else OTHER


def phrases(text: str, own_name: str | None = None, language: str = "en") -> list[str]:
    """Distinct words and pairs of neighbouring words in lower case, in the order of their first appearance.

    A pair's words are joined by ``_``; only words without content may stand between them, and no sentence mark. What
    denies goes with what it denies (``not_helpful``, ``nicht_freundlich``). A word in capitals inside a sentence is a
    name as far as one can tell (in German, where every noun has one: a word after Herr or Frau): it is given once as
    ``^word`` so that it can be left out where others write it small, and in no pair. Words of ``own_name`` are left
    out. At most 80 are given.

    language: en, de or es have lists of words without content; of any other, words of three letters or fewer are such.
    """
    of = _LANGUAGES.get(language, _OTHER)
    least = 3 if language in _LANGUAGES else _SHORT + 1
    clean = _BREAK.sub(" . ", text)
    own = {each.lower() for each in _TOKEN.findall(own_name)} if own_name else ()
    found: dict[str, None] = {}
    before, start, titled = "", True, False
    loud: bool | None = None
    for token in _TOKEN.findall(clean):
        if token in _ENDS or token.isdigit():
            before, start = "", start or token in _SENTENCE
            titled = titled and token in {"."}
            continue
        word = token.lower()
        if "'" in word or "’" in word:
            word = word.replace("'", "").replace("’", "")
            denied = of is _LANGUAGES["en"] and word.endswith("nt")
            if denied:
                word = "not"
        denies = word in of.denying
        plain = denies or word in of.empty or word in of.titles
        named = titled and not plain
        if of.capitals and not (named or start or plain) and len(word) > 1 and token[0].isupper():
            if loud is None:
                letters = sum(map(str.isalpha, clean))
                loud = sum(map(str.isupper, clean)) > 0.5 * letters
            named = not loud
        titled = word in of.titles
        start = False
        if word in own:
            before = ""
        elif named:
            found[NAME + word] = None
            before = ""
        elif denies:
            before = word
        elif len(word) >= least and not plain:
            found[word] = None
            if before and before != word:
                found[f"{before}_{word}"] = None
            before = word
        if len(found) >= MOST:
            break
    return list(found)
