"""What counts as a sign of life of a customer, and as a goodbye; the same in every analysis that looks for silence."""

from __future__ import annotations

# Events that say nothing of whether the customer is still there: the company's or a carrier's own acts, and goodbyes.
NO_LIFE = ("parcel", "delivery", "note", "advert", "cancellation", "send", "sent", "delivered", "unsubscribe")
GOODBYE = ("cancellation", "unsubscribe", "account_closed")
# A customer who does one of these has told the company that something is wrong.
COMPLAINING = ("complaint", "problem", *GOODBYE)
SILENCE_DAYS = 180
"""Who told this long before the last sign of life, or since, has not left in silence."""


def life() -> str:
    """SELECT of ``customer_id`` and ``moment`` of every sign of life."""
    return (
        "select customer_id, occurred_at as moment from interaction"
        f" where coalesce(direction, 'inbound') <> 'outbound' and coalesce(kind, '') not in ({listed(NO_LIFE)})"
        " union all select customer_id, occurred_at as moment from purchase"
        " union all select customer_id, answered_at as moment from survey_response"
        " union all select referrer_id as customer_id, occurred_at as moment from referral"
    )


def listed(words: tuple[str, ...]) -> str:
    """Words as a list of SQL texts."""
    return ", ".join(f"'{word}'" for word in words)
