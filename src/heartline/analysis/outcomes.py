"""What counts as having happened: signs of life, complaints, purchases, attacks, the next feeling.

Predictions are fitted and later scored by these same words, so that what was said and what came are the same thing.
"""

from __future__ import annotations

from heartline.analysis.life import COMPLAINING, life, listed
from heartline.analysis.loyalty_facts import HARSH, PROMOTING_KINDS, PUBLIC_KINDS
from heartline.engines.steps import Step

BAD, GOOD = -0.2, 0.2
"""Felt valence below and above which a contact felt bad or good; the rest is neutral."""
COMPLAINT_KINDS = ("complaint", "problem")
SEEING_DAYS = 45
"""A departure shows only after some silence: leaving is judged this long after the horizon."""
MOST_MONEY = "1e15"


def events(prefix: str) -> list[Step]:
    """A step ``<prefix>_event``: (customer_id, moment, what) with what in life, complaint, told, purchase, referral,
    attack. One happening may be several of them; ``told``: a complaint or a goodbye, so that no silence follows it.

    Reads interaction, feeling, purchase, survey_response, referral.
    """
    public = f"(i.channel = 'social' or i.kind in ({listed(PUBLIC_KINDS)}))"
    own = f"coalesce(i.kind, '') in ({listed(PROMOTING_KINDS)})"

    def has(signal: str) -> str:
        return f"concat(' ', coalesce(t.signals, ''), ' ') like '% {signal} %'"

    parts = [
        f"select customer_id, moment, 'life' as what from ({life()}) lives",
        *(
            f"select customer_id, occurred_at as moment, '{what}' as what from interaction"
            f" where kind in ({listed(kinds)})"
            for what, kinds in (("complaint", COMPLAINT_KINDS), ("told", COMPLAINING))
        ),
        *(
            f"select t.customer_id, t.occurred_at as moment, '{what}' as what from feeling t"
            f" where t.status = 'scored' and {has('complaint')}"
            for what in ("complaint", "told")
        ),
        "select customer_id, occurred_at as moment, 'purchase' as what from purchase"
        f" where coalesce(revenue - coalesce(refunded, 0.0) > 0 and revenue < {MOST_MONEY}, false)",
        "select referrer_id as customer_id, occurred_at as moment, 'referral' as what from referral",
        "select t.customer_id, t.occurred_at as moment, 'attack' as what from feeling t"
        " join interaction i on i.interaction_id = t.interaction_id"
        f" where t.status = 'scored' and {public} and not {own}"
        f" and ({has('revenge')} or t.valence <= {HARSH})",
    ]
    return [Step(f"{prefix}_event", " union all ".join(parts))]


def feeling_class(valence: str) -> str:
    """SQL of bad, neutral or good; NULL for NULL."""
    return (
        f"(case when {valence} < {BAD} then 'bad' when {valence} > {GOOD} then 'good'"
        f" when {valence} is not null then 'neutral' end)"
    )
