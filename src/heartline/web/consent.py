"""What a customer allows: read from the facts each time, obeyed by every page that shows one person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heartline.tables import PROFILE_OBJECTIONS, READING_OBJECTIONS
from heartline.web.door import Door, rows

_EMOTION = frozenset(READING_OBJECTIONS)
_PROFILE = frozenset(PROFILE_OBJECTIONS)


@dataclass(frozen=True)
class Consent:
    """What one customer said.

    emotion: whether their words may be read for feelings; None: not asked
    objections: purposes objected to
    """

    emotion: bool | None = None
    objections: tuple[str, ...] = ()

    @property
    def read(self) -> bool:
        """Whether feelings read from words may be shown."""
        return self.emotion is not False and not _EMOTION & set(self.objections)

    @property
    def profile(self) -> bool:
        """Whether bond, segment, risk and value of this person may be shown."""
        return self.read and not _PROFILE & set(self.objections)

    @property
    def text(self) -> str:
        """The state in words."""
        first = {
            True: "agreed that their words are read for feelings",
            False: "refused that their words are read for feelings",
            None: "was not asked whether their words may be read for feelings",
        }[self.emotion]
        if self.objections:
            return f"{first}; objects to: {', '.join(word.replace('_', ' ') for word in self.objections)}"
        return f"{first}; no objection known"


def consent_of(emotion: bool | None, objections: str | None) -> Consent:
    """Consent from the two columns of ``customer``."""
    return Consent(emotion, tuple(word for word in re.split(r"[ ,;|]+", (objections or "").lower()) if word))


def consents(door: Door, customer_ids: Sequence[str]) -> Mapping[str, Consent]:
    """Consent of a few customers; who has no row in ``customer`` is left out."""
    if not customer_ids:
        return {}
    found = rows(
        door,
        "select customer_id, consent_emotion, objections from customer "
        "where customer_id in (select unnest(cast($ids as varchar[])))",
        {"ids": list(customer_ids)},
    )
    return {row["customer_id"]: consent_of(row["consent_emotion"], row["objections"]) for row in found}
