"""Who refused or objects: their words are not read, or nothing is worked out about them as a person.

Purposes stand in ``customer.objections``, parted by blanks or by the marks that exports use instead; a word that is no
purpose counts as all of them, since nobody can tell what it was meant to forbid. Sums over many customers (a
touchpoint's usual feeling, a month's mean) are about nobody in particular and keep everybody.
"""

from __future__ import annotations

from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import (
    EVERY_PURPOSE,
    KNOWN_OBJECTIONS,
    PROFILE_OBJECTIONS,
    PURPOSE_WORDS,
    READING_OBJECTIONS,
    RESEARCH_OBJECTIONS,
)


def no_reading(f: Functions) -> str:
    """Condition on ``customer``: feelings may not be read from the words. Never NULL; false where nobody asked."""
    return f"(coalesce(not consent_emotion, false) or {_objects(f, READING_OBJECTIONS)})"


def no_profile(f: Functions) -> str:
    """Condition on ``customer``: no bond, segment, risk or value of this person. Never NULL."""
    return _objects(f, PROFILE_OBJECTIONS)


def no_research(f: Functions) -> str:
    """Condition on ``customer``: nothing is learnt from this person's texts. Never NULL."""
    return f"({no_reading(f)} or {_objects(f, RESEARCH_OBJECTIONS)})"


def objects_to(f: Functions, purpose: str) -> str:
    """Condition on ``customer``: they object to one of ``tables.PURPOSES``. Never NULL."""
    return no_reading(f) if purpose == "emotion" else _objects(f, (EVERY_PURPOSE, *PURPOSE_WORDS[purpose]))


def customers_where(name: str, condition: str) -> Step:
    """A step with the distinct ``customer_id`` of ``customer`` that meet a condition."""
    return Step(
        name, f"select distinct customer_id from customer where customer_id is not null and {condition}", keep=True
    )


def _objects(f: Functions, purposes: tuple[str, ...]) -> str:
    found = f.regexp_matches("lower(objections)", f"(^|[ ,;|])({'|'.join(purposes)})([ ,;|]|$)")
    known = f.regexp_matches("lower(objections)", f"^[ ,;|]*(({'|'.join(KNOWN_OBJECTIONS)})([ ,;|]+|$))*$")
    return f"(coalesce({found}, false) or not coalesce({known}, true))"
