"""What probable linkage is given and what it gives back; everything else of this room meets it here only.

``linkage.py`` compares records and knows nothing of rules, decisions or ids of customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

RECORDS = pa.schema(
    [
        pa.field("member_id", pa.string()),
        pa.field("name", pa.string()),
        pa.field("email", pa.string()),
        pa.field("phone", pa.string()),
        pa.field("birth_date", pa.string()),
        pa.field("street", pa.string()),
        pa.field("postcode", pa.string()),
        pa.field("city", pa.string()),
    ]
)
"""One row a member that has a row in ``customer``; each member once, sorted by member_id.

name, street, postcode, city: as the source wrote them, blanks around them cut
email: normalised (identity.keys); phone: E.164 where it can be read; both NULL where only hashes are kept
birth_date: ISO date; NULL where not told or not readable
"""

KEYS = pa.schema(
    [pa.field("member_id", pa.string()), pa.field("kind", pa.string()), pa.field("value_hash", pa.string())]
)
"""Identifiers of members, each triple once: kind as in the table identity, SHA-256 of the normalised value.

Values that do not join (role mailboxes, shared devices, values of too many members) are left out.
"""

PAIRS = pa.schema(
    [
        pa.field("member_a", pa.string()),
        pa.field("member_b", pa.string()),
        pa.field("probability", pa.float64()),
        pa.field("reasons", pa.string()),
    ]
)
"""Pairs that may be one person: member_a < member_b, each pair once, sorted by both; probability 0 to 1.

reasons: what agrees and what differs, in words without values of customers, joined by semicolons,
e.g. "same birth date; name nearly the same; other postcode"
"""


@dataclass(frozen=True)
class Linked:
    """Probable pairs, and what a reader of them must know.

    pairs: rows of ``PAIRS`` with a probability of at least what was asked for
    notes: base sizes, fallbacks, what was left out
    values: parameters of the fit, JSON-ready, for `heartline explain`
    """

    pairs: pa.Table
    notes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
