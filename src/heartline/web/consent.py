"""What a customer allows: read from the facts each time, obeyed by every page that shows one person."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from heartline.tables import EVERY_PURPOSE, KNOWN_OBJECTIONS, PROFILE_OBJECTIONS, PURPOSE_WORDS, READING_OBJECTIONS
from heartline.web.door import Door, rows

_EMOTION = frozenset(READING_OBJECTIONS)
_PROFILE = frozenset(PROFILE_OBJECTIONS)
_KNOWN = frozenset(KNOWN_OBJECTIONS)


@dataclass(frozen=True)
class Consent:
    """What one customer said.

    emotion: whether their words may be read for feelings; None: not asked
    objections: purposes objected to; a word that is no purpose counts as all of them
    since: the day (ISO) since which a word holds, by purpose; without those of which it is not known
    agreed: purposes to which they said yes
    """

    emotion: bool | None = None
    objections: tuple[str, ...] = ()
    since: Mapping[str, str] = field(default_factory=dict)
    agreed: tuple[str, ...] = ()

    @property
    def read(self) -> bool:
        """Whether feelings read from words may be shown."""
        return self.emotion is not False and not _EMOTION & set(self.objections) and not self._unclear

    @property
    def profile(self) -> bool:
        """Whether bond, segment, risk and value of this person may be shown."""
        return self.read and self.worked_out

    @property
    def worked_out(self) -> bool:
        """Whether anything may be worked out on this person, such as what they are used to."""
        return not _PROFILE & set(self.objections) and not self._unclear

    def allows(self, purpose: str) -> bool:
        """Whether they do not object to a purpose of ``tables.PURPOSES``; what is not understood forbids everything."""
        return not {EVERY_PURPOSE, *PURPOSE_WORDS[purpose]} & set(self.objections) and not self._unclear

    def said_of(self, purpose: str) -> str:
        """What they said of one purpose, in words."""
        if not self.allows(purpose):
            return "objects" + self._since(purpose)
        return "agreed" + self._since(purpose) if purpose in self.agreed else "not asked"

    @property
    def _unclear(self) -> bool:
        return not _KNOWN.issuperset(self.objections)

    @property
    def text(self) -> str:
        """The state in words."""
        first = {
            True: "agreed that their words are read for feelings",
            False: "refused that their words are read for feelings",
            None: "was not asked whether their words may be read for feelings",
        }[self.emotion]
        first += self._since("emotion")
        if self.objections:
            named = ", ".join(word.replace("_", " ") + self._since(word) for word in self.objections)
            return f"{first}; objects to: {named}" + ("; not all of it is understood" if self._unclear else "")
        return f"{first}; no objection known"

    def _since(self, purpose: str) -> str:
        return f" (since {self.since[purpose]})" if self.since.get(purpose) else ""


def consent_of(emotion: bool | None, objections: str | None, consents: str | None = None) -> Consent:
    """Consent from the columns of ``customer``."""
    words = tuple(word for word in re.split(r"[ ,;|]+", (objections or "").lower()) if word)
    try:
        kept = json.loads(consents) if consents else {}
        since = {purpose: str(one["since"])[:10] for purpose, one in kept.items()}
        agreed = tuple(purpose for purpose, one in kept.items() if one.get("agreed") is True)
    except (ValueError, TypeError, KeyError, AttributeError):
        since, agreed = {}, ()
    return Consent(emotion, words, since, agreed)


def consents(door: Door, customer_ids: Sequence[str]) -> Mapping[str, Consent]:
    """Consent of a few customers; who has no row in ``customer`` is left out."""
    if not customer_ids:
        return {}
    found = rows(
        door,
        "select customer_id, consent_emotion, objections, consents from customer "
        "where customer_id in (select unnest(cast($ids as varchar[])))",
        {"ids": list(customer_ids)},
    )
    return {row["customer_id"]: consent_of(row["consent_emotion"], row["objections"], row["consents"]) for row in found}
