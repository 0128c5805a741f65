"""Words and pairs of words in a text, without names, masked marks and words that say nothing on their own."""

from __future__ import annotations

import re

NAME = "^"
"""Stands before a word that the text writes like a name; see ``phrases``."""
MOST = 80

_BREAK = re.compile(r"https?://\S+|www\.\S+|@\w+|[\[(](?:card|iban|email|phone|ip|name)[\])]", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[.!?;:,()\n]")
_ENDS = frozenset(".!?;:,()\n")
_SENTENCE = frozenset(".!?\n")
_NOT = frozenset({"not", "no", "never", "nobody", "nothing", "without", "hardly"})
_WORDS = """
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
_EMPTY = frozenset(_WORDS.split())


def phrases(text: str, own_name: str | None = None) -> list[str]:
    """Distinct words and pairs of neighbouring words in lower case, in the order of their first appearance.

    A pair's words are joined by ``_``; only words without content may stand between them, and no sentence mark. What
    denies goes with what it denies (``not_helpful``). A word in capitals inside a sentence is a name as far as one can
    tell: it is given once as ``^word`` so that it can be left out where others write it small, and in no pair.
    Words of ``own_name`` are left out. At most 80 are given.
    """
    clean = _BREAK.sub(" . ", text)
    letters = [each for each in clean if each.isalpha()]
    loud = sum(each.isupper() for each in letters) > 0.5 * len(letters)
    own = {each.lower() for each in _TOKEN.findall(own_name or "")}
    found: dict[str, None] = {}
    before, start = "", True
    for token in _TOKEN.findall(clean):
        if token in _ENDS or token.isdigit():
            before, start = "", start or token in _SENTENCE
            continue
        word = re.sub("['’]", "", token.lower())
        denied = word.endswith("nt") and ("'" in token or "’" in token)
        if denied:
            word = "not"
        plain = word in _NOT or word in _EMPTY
        named = not (loud or start or plain) and token[0].isupper() and len(word) > 1
        start = False
        if word in own:
            before = ""
        elif named:
            found[NAME + word] = None
            before = ""
        elif word in _NOT:
            before = word
        elif len(word) > 2 and not plain:
            found[word] = None
            if before and before != word:
                found[f"{before}_{word}"] = None
            before = word
        if len(found) >= MOST:
            break
    return list(found)
