"""Signs in English that a reply sees this one customer: who they are, what they did, what they said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from heartline.conduct.sentences import lower
from heartline.conduct.signs import Mark, signs

SIGNS: Final = signs(
    "recognition",
    {
        "what_you_did": (
            0.8,
            r"\b(?:thanks?|thank you|appreciate|grateful)(?: so much| very much| a lot)?(?: to you)? (?:for|"
            r"that you)? ?(?:your (?:patience|loyalty|order|feedback|honesty|understanding|trust|kind words|help|"
            r"suggestion|idea|time|quick (?:reply|answer)|message|details|photos?|support|effort|efforts)|"
            r"(?:being|calling|telling|letting|sharing|sending|waiting|reaching|contacting|bringing|explaining|"
            r"pointing|taking|staying|choosing|coming|trying|the (?:photos?|details|information|pictures?|"
            r"screenshots?|order number))\b)",
        ),
        "what_you_said": (
            0.85,
            r"\b(?:(?:as|like|what|since|because|from what|you|that) )?you(?:'ve| have)? (?:just |also |already |"
            r"rightly |kindly )*(?:said|say|mentioned|mention|told (?:me|us)|wrote|asked|described|explained|"
            r"reported|pointed out|asked for|wished|were promised|were told|had been promised|sent (?:me|us))\b|"
            r"\b(?:i|we)(?:'ve| have)? (?:just |now )*(?:read|looked (?:through|at|up)|gone through|"
            r"found) (?:through )?your\b|\byour (?:last|previous|earlier|first|second) (?:message|call|order|"
            r"e-?mail|chat|letter|request|visit|complaint|note|question)\b",
        ),
        "what_happened_to_you": (
            0.75,
            r"\b(?:i|we) (?:can |do )?see (?:here )?(?:that )?(?:you(?:'ve|'re)?|your|this is (?:your|the))\b|"
            r"\byou(?:'ve| have) (?:been waiting|waited|been a|been with|had to|called|contacted|tried|ordered|"
            r"bought|already)\b|\byou had to (?:wait|call|write|explain|repeat|come)\b|\bit is (?:the|"
            r"your) (?:second|third|fourth|first) time\b",
        ),
        "who_you_are": (
            0.9,
            r"\b(?:welcome back|(?:good|nice|lovely|great) to (?:hear from|see|speak (?:to|with)|"
            r"talk to) you again|customer (?:since|for)|(?:loyal|long-?standing|long-?time|valued|"
            r"regular) (?:customer|member|guest)|one of our (?:first|best|most|longest|regular)|"
            r"your (?:anniversary|birthday)|happy birthday)\b",
        ),
        "you_are_right": (
            0.7,
            r"\byou(?:'re| are) (?:absolutely |quite |completely |totally |perfectly )?right\b|\byour (?:point|"
            r"concern|frustration|disappointment|anger|question|idea|suggestion) (?:is|about|was|makes|that)\b|"
            r"\b(?:good|great|fair) (?:point|question|idea|suggestion)\b",
        ),
    },
)  # fmt: skip

_NAMED: Final = re.compile(
    r"^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))[ ,]+(?:(?:mr|mrs|ms|miss|dr)\.? )?", re.IGNORECASE
)
_NAME: Final = re.compile(r"[A-Z][a-z]{1,20}\b")
_NOBODY_WORDS: Final = """
There Sir Madam Team All Customer Guest Valued Everyone Folks Thank Thanks We You This Your How It The Please
Welcome And Sorry
"""
_NOBODY: Final = frozenset(_NOBODY_WORDS.split())
"""What stands where a name would and is none."""

_CONTENT: Final = re.compile(r"[^\W_]{4,}")
_NUMBER: Final = re.compile(r"\b(?=[a-z-]*\d)[a-z0-9-]{4,}\b")
_EVERYDAY_WORDS: Final = """
about after again also always another anything because been before being best better came cannot come could dear
does doing done down each even ever every everything from getting give goes going gone good great have having hello
help here hope into it's just keep kind know last later like look made make many maybe more most much must need
never next nothing okay once only other over please possible quite rather really right said same send sent should
since some something soon sorry still such sure take tell than thank thanks that that's their them then there these
they thing think this those though through time today told tomorrow told tried unfortunately until very want wanted
wants well were what when where which while will with within without would write wrote your yours yourself customer
team service company order question answer contact email mail call message number
"""
_EVERYDAY: Final = frozenset(_EVERYDAY_WORDS.split())
"""Words that anybody uses with anybody: that both sides have them says nothing."""
SHARED_WEIGHT: Final = 0.45
NAME_WEIGHT: Final = 0.5
LEAST_SHARED: Final = 2


def own_words(before: Sequence[str]) -> frozenset[str]:
    """What only this customer said: longer words that are not everyday ones, and numbers of orders and the like."""
    found: set[str] = set()
    for text in before:
        low = lower(text)
        found |= {word for word in _CONTENT.findall(low) if word not in _EVERYDAY}
        found |= set(_NUMBER.findall(low))
    return frozenset(found)


def recognition_marks(text: str, low: str, before: Sequence[str]) -> list[Mark]:
    """Marks of recognition; ``before`` is what the customer had said. Of its words two at least, or one number."""
    marks = [mark for sign in SIGNS for mark in sign.marks(low)]
    if greeting := _NAMED.match(text):
        name = _NAME.match(text, greeting.end())
        if name and name.group() not in _NOBODY:
            marks.append(Mark("recognition", "by_name", name.start(), name.end(), NAME_WEIGHT))
    said = own_words(before)
    if said:
        shared = [match for match in _CONTENT.finditer(low) if match.group() in said]
        numbers = [match for match in _NUMBER.finditer(low) if match.group() in said]
        if numbers or len({match.group() for match in shared}) >= LEAST_SHARED:
            first = min(numbers or shared, key=lambda match: match.start())
            marks.append(Mark("recognition", "their_words", first.start(), first.end(), SHARED_WEIGHT))
    return marks
