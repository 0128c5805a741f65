"""The claims that are tested, in our words: what is published, what it is held against, how the own figure comes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """One claim.

    threshold: what the interval is held against; direction: above or below it
    published: the published figure; None: the claim names none
    computed: how the own figure comes about, in words; table, column: where it can be opened
    measure, comparison, kind: row of ``connection_value``; empty: it comes from elsewhere
    """

    name: str
    wording: str
    threshold: float
    computed: str
    table: str
    column: str
    published: float | None = None
    direction: str = "above"
    unit: str = "share"
    unit_of_n: str = "customers"
    measure: str = ""
    comparison: str = "own_rating"
    kind: str = "adjusted"


_HOW = (
    "Mean of connected customers over that of customers satisfied by {by}, connection measured before the window and"
    " {what} counted inside it; {adjusted}."
)
_ADJUSTED = (
    "half-way between the plain ratio and the one with earlier buying held equal (doubly robust), in an interval that"
    " holds both"
)
_RATING, _DATA = "their own ratings", "what the company sees (felt contacts, no complaint, nothing failed)"


def _worth(
    name: str, wording: str, measure: str, what: str, comparison: str = "own_rating", kind: str = "adjusted",
    published: float | None = None, direction: str = "above",
) -> Claim:  # fmt: skip
    by = _DATA if comparison == "company_data" else _RATING
    how = _HOW.format(by=by, what=what, adjusted=_ADJUSTED if kind == "adjusted" else "nothing held equal")
    return Claim(
        name, wording, 1.0 if published is None else published, how, "connection_value", "ratio", published, direction,
        "times", "customers", measure, comparison, kind,
    )  # fmt: skip


CLAIMS: tuple[Claim, ...] = (
    _worth("more_than_twice", "Connected customers are worth more than twice as much as highly satisfied ones.",
           "value", "revenue", published=2.0),
    _worth("more_than_twice_company_data", "Connected customers are worth more than twice as much as those whom the"
           " company's data class as highly satisfied.", "value", "revenue", "company_data", published=2.0),
    _worth("more_than_twice_as_it_looks", "The same, taken as it looks: heavy buyers count as if connection had made"
           " them so.", "value", "revenue", kind="raw", published=2.0),
    Claim("more_connection_more_value", "The more connection, the better the financial outcome.", 1.0,
          "Slope of value over bins of connection, as a factor for ten points more; " + _ADJUSTED + ".",
          "connection_value", "ratio", unit="times", measure="value", comparison="ten_points"),
    _worth("connected_visit_more", "Connected customers come more often, to stores and online.", "visits", "visits"),
    _worth("connected_buy_more", "Connected customers buy more often.", "purchases", "orders"),
    _worth("connected_mind_prices_less", "Connected customers care less about price.", "discount_share",
           "discount as a share of buyers' list value", direction="below"),
    _worth("connected_follow_suggestions", "Connected customers follow suggestions.", "suggestions_followed",
           "followed links and suggestions"),
    _worth("connected_heed_communications", "Connected customers show more regard for communications.",
           "communications_read", "opened communications"),
    _worth("connected_spread_the_word", "Connected customers are the champions of word of mouth.", "word_of_mouth",
           "referrals, recommending words and defences"),
    Claim("disrespected_never_return", "96 in 100 customers who were not treated with respect never come back.", 0.96,
          "Of customers whose words spoke of disrespect, the share without an order or a visit from 14 days later until"
          " now, among those for whom at least `value_window_days` have passed. Who said nothing of it is not among"
          " them.", "feeling", "", 0.96),
    Claim("disrespected_stay_away_more", "Customers who were treated without respect stay away more than others.", 1.0,
          "The same share over that of customers who wrote at about the same time and did not speak of disrespect;"
          " nothing held equal.", "feeling", "", unit="times"),
    Claim("six_in_ten_over_service", "6 in 10 customers who never return leave over poor service.", 0.6,
          "Share of leaving that goes with service: how many more leavers than like stayers met it. A lower bound; the"
          " verdict counts what goes with nothing known as if it might all be service.", "leaving_cause", "share", 0.6,
          unit_of_n="leavers"),
    Claim("service_more_than_product", "Customers leave over poor service, not over poor products: 6 in 10.", 0.6,
          "Of the leaving that goes with service or with products, the share that goes with service; the"
          " verdict counts what goes with nothing known as if it might all be either.", "leaving_cause",
          "", 0.6, unit_of_n="leavers"),
    Claim("unhappy_do_not_complain", "Most unhappy customers do not complain.", 0.5,
          "Unhappy customers who said nothing, as estimated, over all unhappy ones, in the latest period.", "iceberg",
          "unhappy_share"),
    Claim("customers_cannot_tell", "Customers cannot tell what moves them.", 0.5,
          "Rank correlation, over points of connection, of what customers call important with what goes with their"
          " {outcome}; below 0.5 they can hardly tell.", "driver", "", direction="below", unit="correlation",
          unit_of_n="points of connection"),
    Claim("thanks_beat_opening_an_account", "A thank-you note has more emotional impact than opening an account.", 0.0,
          "Mean felt valence of thank-you notes, less that of opening an account, read from words and ratings; each"
          " customer counts once.", "touchpoint_visit", "", unit="valence"),
    Claim("satisfaction_is_high_already", "Satisfaction is often high already.", 0.5,
          "Share of customers with ratings or answers whose satisfaction is 70 or more, in the latest period.",
          "connection", "satisfaction"),
    Claim("carts_are_abandoned", "56 in 100 customers leave at the point of sale.", 0.56,
          "Share of attempts that stopped at the step of the cart, checkout or payment that lost most, in twelve"
          " months.", "drop_off", "drop_rate", 0.56, unit_of_n="attempts"),
)  # fmt: skip
