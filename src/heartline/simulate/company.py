"""The invented retailer: its touchpoints, what each makes people feel, and every effect that is planted.

The company sells household and outdoor goods in stores, a web shop and an app, with a call centre, a
loyalty programme and a community. Nothing here is taken from a real company. Feelings are in valence
points (-1 very bad ... 1 very good), the bond in points of a 0-100 scale, rates per week unless said.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CHANNELS = (
    "store", "web", "app", "email", "social", "call", "chat", "mail", "event", "partner", "survey",
)  # fmt: skip
STAGES = ("awareness", "consideration", "purchase", "delivery", "use", "support", "loyalty")
TEAMS = ("amber", "birch", "cedar", "delta", "ember")
REGIONS = ("north", "south", "east", "west", "islands")


@dataclass(frozen=True)
class Touchpoint:
    """One point of connection.

    felt_mean, felt_spread: valence of an ordinary visit, mean and standard deviation over visits
    bond_gain: bond points per valence point above what customers expect (0 = not felt in the bond)
    hassle: 0-1, how much of the visit is waiting, typing, repeating
    stated_importance: mean answer on 1-10 to "how important is this to you?"
    p_rating, p_text: share of ordinary visits that leave a rating, or words (before talkativeness)
    monthly_spend: what the company spends on it, EUR per 1,000 customers; misallocated on purpose
    """

    name: str
    stage: str
    department: str
    felt_mean: float
    felt_spread: float
    bond_gain: float
    hassle: float
    stated_importance: float
    p_rating: float
    p_text: float
    monthly_spend: float


TOUCHPOINTS: tuple[Touchpoint, ...] = (
    Touchpoint("advert", "awareness", "marketing", 0.02, 0.18, 0.15, 0.05, 2.6, 0.04, 0.03, 2600),
    Touchpoint("product_search", "consideration", "digital", 0.15, 0.22, 0.6, 0.25, 6.4, 0.12, 0.03, 900),
    Touchpoint("product_advice", "consideration", "stores", 0.34, 0.30, 2.0, 0.10, 6.9, 0.46, 0.16, 700),
    Touchpoint("account_opening", "purchase", "digital", 0.03, 0.13, 0.0, 0.35, 9.3, 0.60, 0.12, 2900),
    Touchpoint("checkout", "purchase", "digital", 0.19, 0.25, 1.2, 0.30, 8.2, 0.30, 0.05, 800),
    Touchpoint("discount_code", "purchase", "marketing", 0.15, 0.26, 1.0, 0.40, 5.1, 0.12, 0.07, 1900),
    Touchpoint("payment", "purchase", "finance", 0.10, 0.17, 0.3, 0.20, 8.6, 0.09, 0.03, 600),
    Touchpoint("delivery", "delivery", "logistics", 0.24, 0.30, 1.7, 0.15, 8.8, 0.59, 0.13, 1700),
    Touchpoint("store_pickup", "delivery", "stores", 0.20, 0.27, 1.2, 0.20, 6.2, 0.36, 0.09, 500),
    Touchpoint("product_use", "use", "product", 0.32, 0.32, 2.2, 0.05, 9.0, 0.39, 0.15, 1500),
    Touchpoint("returns", "support", "logistics", -0.06, 0.32, 1.5, 0.55, 7.6, 0.60, 0.22, 700),
    Touchpoint("support_call", "support", "service", 0.06, 0.33, 2.3, 0.50, 7.9, 0.55, 0.48, 1300),
    Touchpoint("support_chat", "support", "service", 0.08, 0.29, 1.7, 0.35, 6.6, 0.60, 0.66, 600),
    Touchpoint("complaint_handling", "support", "service", -0.05, 0.34, 2.8, 0.60, 7.4, 0.59, 0.68, 400),
    Touchpoint("thank_you_note", "loyalty", "service", 0.56, 0.20, 4.5, 0.00, 1.9, 0.19, 0.12, 60),
    Touchpoint("loyalty_programme", "loyalty", "marketing", 0.21, 0.27, 1.7, 0.15, 5.6, 0.20, 0.06, 2400),
    Touchpoint("newsletter", "loyalty", "marketing", 0.13, 0.15, 0.3, 0.05, 2.9, 0.03, 0.005, 900),
    Touchpoint("community", "loyalty", "brand", 0.25, 0.30, 1.0, 0.05, 3.3, 0.27, 0.90, 250),
)  # fmt: skip
TOUCHPOINT_INDEX = {touchpoint.name: number for number, touchpoint in enumerate(TOUCHPOINTS)}

KINDS = (
    "visit", "order", "code", "payment", "parcel", "pickup", "use", "return", "question", "problem",
    "complaint", "note", "open", "click", "suggestion", "review", "community_post", "social_post", "defence",
    "cancellation", "reply", "advert", "sign_up", "care",
)  # fmt: skip
OUTCOMES = ("completed", "abandoned", "failed")

# What was going on in a contact. The voice has words for each; the truth files name it.
SITUATIONS = (
    "ordinary", "easy", "hassle", "code_failed", "late", "promise_broken", "betrayal", "disrespect",
    "unresolved", "resolved", "recovered", "question", "thanked", "recognised", "unrecognised", "recommend",
    "defence", "attack", "suggestion", "goodbye", "defect", "fond", "understood", "confusing", "review",
)  # fmt: skip
SITUATION = {name: number for number, name in enumerate(SITUATIONS)}
KIND = {name: number for number, name in enumerate(KINDS)}
CHANNEL = {name: number for number, name in enumerate(CHANNELS)}

# What a hurt is about, for the truth of why people leave; only hurts of these situations last.
CAUSES = ("service", "product", "price", "process")
CAUSE = {
    "unresolved": "service", "unrecognised": "service", "disrespect": "service", "defect": "product",
    "code_failed": "price", "late": "process", "promise_broken": "process", "betrayal": "process",
    "hassle": "process", "confusing": "process",
}  # fmt: skip


@dataclass(frozen=True)
class Effects:
    """Everything planted, in one place; written to ``truth.json`` as it stands."""

    # the people
    bond_mean: float = 50.0
    bond_sd: float = 18.0  # the unit of every "per bond sd" below
    set_point_sd: float = 15.5
    satisfaction_mean: float = 62.0
    satisfaction_sd: float = 16.0
    bond_satisfaction_correlation: float = 0.5
    bond_propensity_correlation: float = 0.30  # log buying rate and bond at the start: the confounder
    joined_during_share: float = 0.24

    # buying
    orders_per_year: float = 2.6
    order_rate_shape: float = 1.25  # gamma shape of the heterogeneity
    log_rate_per_bond_sd: float = 0.32  # causal: buying rate x exp(0.32) per 18 bond points
    log_basket_per_bond_sd: float = 0.06
    code_use_base: float = 0.36
    code_use_per_bond_sd: float = -0.09
    discount_depth: float = 0.15
    discount_depth_per_bond_sd: float = -0.02
    order_response_to_discount: float = 0.35  # share of a low-bond code user's orders that need the code

    # the code that fails
    code_fails: float = 0.22
    abandon_if_code_failed: float = 0.56
    abandon_otherwise: float = 0.14

    # leaving
    weekly_leaving_hazard: float = 0.0023
    leaving_frailty_sd: float = 0.22
    log_hazard_per_bond_sd: float = -0.33
    log_hazard_per_hurt: float = 2.3
    hurt_counts_up_to: float = 0.62  # more hurt lasts longer but does not drive away faster
    hurt_half_life_weeks: float = 20.0
    attention_per_hurt: float = -0.6  # on the logit of opening and the log of small visits
    recovery_keeps_share_of_hurt: float = 0.15

    # disrespect
    disrespect_by_team: tuple[float, ...] = (0.03, 0.05, 0.08, 0.13, 0.24)
    disrespect_hazard_ratio: float = 14.0
    disrespect_window_weeks: int = 13
    disrespect_words_factor: float = 0.35  # they say less than others would
    disrespect_bond_loss: float = 5.0
    disrespect_valence: float = -0.70

    # broken promises and revenge
    promise_broken_per_order: float = 0.085
    betrayal_intercept: float = -2.2  # P(feels betrayed) = logistic(intercept + slope * self_relevance)
    betrayal_slope: float = 4.6
    revenge_intercept: float = -3.0  # P(revenge | betrayed) = logistic(intercept + slope * self_relevance)
    revenge_slope: float = 5.6
    betrayal_bond_loss: float = 13.0
    betrayal_hurt: float = 1.5
    attack_posts_per_week: float = 0.22
    attack_half_life_weeks: float = 26.0

    # the thank-you note
    note_share_of_orders: float = 0.25  # at random
    # felt mean and bond gain are the touchpoint's own

    # promoting
    acts_per_year_at_top: float = 2.6
    acts_bond_midpoint: float = 70.0
    acts_bond_scale: float = 6.5
    acts_mix: tuple[float, float, float] = (0.42, 0.40, 0.18)  # referral, recommending words, defence
    referral_converts: float = 0.38

    # unpaid attention
    open_logit: float = -2.05
    open_logit_per_bond_sd: float = 0.95
    click_share_of_opens: float = 0.3
    unprompted_per_year: float = 0.55
    unprompted_log_per_bond_sd: float = 0.75

    # surveys
    survey_invited_share: float = 0.85
    survey_answer_mean: float = 0.17
    attachment_items: int = 4
    comment_share: float = 0.45

    # what people of the company may do for a customer (see deeds.py); nobody does any of it unless told
    apology_keeps_share_of_hurt: float = 0.2
    apology_keeps_share_of_disrespect: float = 0.1  # of the weeks for which disrespect would still drive away
    apology_bond_gain: float = 2.0
    rescue_hazard_ratio: float = 0.2
    rescue_window_weeks: int = 26
    thanks_bond_gain: float = 3.0

    late_delivery: float = 0.13
    defect: float = 0.06
    # valence points of a contact per standard deviation of bond, and of the person's own warmth
    felt_per_bond_sd: float = 0.06
    # the warm and the cool: shares, means and spread of people's own warmth
    cool_share: float = 0.25
    cool_warmth: float = -1.25
    warm_warmth: float = 0.7
    warmth_spread: float = 0.3
    felt_per_warmth_sd: float = 0.34
    expected_valence: float = 0.19
    bond_reversion_weekly: float = 0.012

    option_lifts: dict[str, float] = field(
        default_factory=lambda: {
            "thank_you_notes_for_all": 0.20,
            "shorter_sign_up_form": 0.01,
            "code_entry_repaired": 0.24,
            "respect_training": 0.17,
            "call_back_within_an_hour": 0.12,
            "parcel_tracking": 0.09,
            "guaranteed_delivery_day": 0.11,
            "store_advice_hours": 0.08,
            "loyalty_tiers_redesign": 0.03,
            "brand_campaign": 0.01,
            "express_payment": 0.02,
            "recovery_fund": 0.15,
            "first_use_guide": 0.07,
            "chat_out_of_hours": 0.05,
        }
    )


# option_id -> (touchpoint, department, cost in EUR a unit, expected lift as the company believes, units)
OPTIONS: dict[str, tuple[str, str, float, float | None, int]] = {
    "thank_you_notes_for_all": ("thank_you_note", "service", 9000.0, 0.05, 2),
    "shorter_sign_up_form": ("account_opening", "digital", 42000.0, 0.15, 1),
    "code_entry_repaired": ("discount_code", "digital", 16000.0, 0.10, 1),
    "respect_training": ("support_call", "service", 24000.0, 0.12, 3),
    "call_back_within_an_hour": ("support_call", "service", 31000.0, 0.12, 2),
    "parcel_tracking": ("delivery", "logistics", 22000.0, 0.10, 1),
    "guaranteed_delivery_day": ("delivery", "logistics", 58000.0, None, 1),
    "store_advice_hours": ("product_advice", "stores", 27000.0, 0.06, 3),
    "loyalty_tiers_redesign": ("loyalty_programme", "marketing", 65000.0, 0.12, 1),
    "brand_campaign": ("advert", "marketing", 80000.0, 0.08, 2),
    "express_payment": ("payment", "finance", 18000.0, 0.04, 1),
    "recovery_fund": ("complaint_handling", "service", 20000.0, None, 2),
    "first_use_guide": ("product_use", "product", 12000.0, 0.05, 1),
    "chat_out_of_hours": ("support_chat", "service", 26000.0, None, 2),
}

# funnel -> steps in the order in which they should be completed
FUNNELS: dict[str, tuple[str, ...]] = {
    "online_order": ("product_search", "checkout", "payment", "delivery"),
    "support_case": ("support_call", "complaint_handling"),
}

# initiative -> (kind of its units, its units with the weeks before the end at which each began, cost in EUR a unit)
# none of them changes anything: who finds an effect of one finds what is not there
INITIATIVES: dict[str, tuple[str, dict[str, int], float]] = {
    "welcome_letter": ("region", {"north": 26, "east": 14}, 6000.0),
    "listening_course": ("team", {"amber": 24}, 4500.0),
    "new_logo": ("all", {"all": 20}, 30000.0),
}

MOTIVATORS = (
    "secure", "successful", "belonging", "standing_out", "structure", "freedom", "excitement", "recognition",
)  # fmt: skip
