"""Texts drawn at random for people to look at, so that what they find speaks for all texts of a channel."""

from __future__ import annotations

import secrets

from heartline.corrections.house import CHANNEL, House, model_version, not_for_research
from heartline.errors import CorrectionError
from heartline.records import corrections as kept
from heartline.records.corrections import Draw

# A hash of id and salt orders texts at random, the same on every machine that knows the salt.
_DRAWN = f"""
with read as (
    select f.interaction_id, f.customer_id, {CHANNEL} as channel, md5(concat(f.interaction_id, $salt)) as lot
    from feeling f left join interaction i on i.interaction_id = f.interaction_id
    where coalesce(f.read_status, f.status) = 'scored' and f.customer_id not in ({not_for_research()})
        and f.interaction_id not in (select unnest(cast($drawn as varchar[])))
)
select interaction_id, customer_id, channel from read
qualify row_number() over (partition by channel order by lot asc nulls last, interaction_id asc nulls last) <= $number
order by channel asc nulls last, lot asc nulls last
"""


def draw(house: House, number: int, salt: str | None = None) -> list[dict[str, str | None]]:
    """Up to ``number`` texts of each channel, drawn at random from those the model has read; they are marked as drawn.

    Texts drawn before (from the readings of the same model version) and those of customers who do not want their words
    to be read are left out. interaction_id, customer_id, channel (None: not told), ``looked_at``: name of who has
    looked at it already, None where nobody has. ``salt`` makes a draw repeatable, for tests.
    """
    version = model_version(house)
    if not version:
        raise CorrectionError("no text has been read yet", "a workspace with readings", "run `heartline run`")
    before = [one.interaction_id for one in kept.draws(house.records, version)]
    found = house.query(_DRAWN, {"salt": salt or secrets.token_hex(16), "drawn": before, "number": number}).to_pylist()
    kept.add_draws(house.records, [Draw(row["interaction_id"], version, row["channel"]) for row in found])
    looked = {one.interaction_id: one.by for one in kept.newest(house.records) if one.model_version == version}
    return [row | {"looked_at": looked.get(row["interaction_id"])} for row in found]
