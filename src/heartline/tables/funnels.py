"""Where people stop on their way, what goes with it, and what came of what was done."""

from __future__ import annotations

from heartline.tables.shape import CURRENCY, Column, c, derived

HYPOTHESIS_STATUS = ("open", "accepted", "rejected")
EFFECT_METHODS = ("difference_in_differences", "staggered", "synthetic_control", "interrupted_series")
EFFECT_VERDICTS = ("effect_if_assumed", "none_shown", "trends_differed", "not_enough_evidence")


def _effect(unit: str) -> tuple[Column, ...]:
    return (
        c("method", "string", "how it was read", required=True, allowed=EFFECT_METHODS),
        c("estimate", "double", "after it against what was to be expected without it, if what the method assumes holds",
          unit=unit, null="see reason"),
        c("low", "double", "lower end of the 90 % interval", unit=unit,
          null="as estimate, or too few untreated units for one"),
        c("high", "double", "upper end of the 90 % interval", unit=unit, null="as low"),
        c("p", "double", "how often chance alone would show as much: by exchanging which units were treated, or by the "
          "errors of the series", unit="0 to 1", null="see reason"),
        c("before", "double", "mean before it, of what was treated", null="see reason"),
        c("after", "double", "mean since, of what was treated", null="see reason"),
        c("pre_trend", "double", "how much faster the treated rose before it than the others, in four weeks", unit=unit,
          null="no others, or too short a time before"),
        c("pre_trend_p", "double", "how often chance alone would show as much", unit="0 to 1", null="as pre_trend"),
        c("verdict", "string", "effect_if_assumed: beyond chance, and an effect if what the method assumes holds; none_shown: "
          "chance may be all; trends_differed: treated and others went apart already before, so it is no effect to rely on",
          required=True, allowed=EFFECT_VERDICTS),
        c("assumes", "string", "what must hold for the difference to be an effect"),
        c("reason", "string", "why a figure is missing", null="none is"),
    )  # fmt: skip


FUNNELS = (
    derived("drop_off", "step × cause", ("funnel", "step", "cause"), "drop_off",
        "What goes with leaving a funnel at a step, over the twelve months before as_of. Causes overlap: shares do not add up.",
        c("funnel", "string", "funnel", required=True),
        c("step", "string", "touchpoint of the step", required=True),
        c("cause", "string", "hypothesised cause; any: at least one of those that are measured", required=True),
        c("rate", "double", "share of journeys that show the cause", unit="0 to 1", null="none known"),
        c("share", "double", "share of drop-off attributable to it: how many of those who stopped would not have, had those who "
          "met it stopped as often as others of the same channel, quarter, earlier orders and attempts. An association; "
          "below 0: who met it stopped less often", unit="-1 to 1", null="not enough evidence"),
        c("share_low", "double", "lower end of the 90 % interval", unit="-1 to 1", null="as share"),
        c("share_high", "double", "upper end of the 90 % interval", unit="-1 to 1", null="as share"),
        c("money_lost", "double", "worth of the orders that went with it in twelve months, without those of customers who came "
          "back and bought", unit="currency", null="not enough evidence, or the funnel ends in no order"),
        CURRENCY,
        c("status", "string", "open, accepted or rejected by a person", allowed=HYPOTHESIS_STATUS),
        c("position", "int64", "place of the step in the funnel; 1 is the first"),
        c("evidence", "string", "words: read by the text model; behaviour: seen in what happened; both; people: somebody's own "
          "hypothesis that no rule measures", allowed=("words", "behaviour", "both", "people")),
        c("seen_at", "string", "where it was met, most often first, joined by a space", null="it was not met"),
        c("reached", "int64", "attempts that reached the step and are over"),
        c("dropped", "int64", "of these, how many went no further and did not buy otherwise"),
        c("customers", "int64", "customers among those who reached it"),
        c("drop_rate", "double", "dropped / reached", unit="0 to 1", null="nobody reached the step"),
        c("drop_low", "double", "lower end of the 90 % interval", unit="0 to 1", null="as drop_rate"),
        c("drop_high", "double", "upper end of the 90 % interval", unit="0 to 1", null="as drop_rate"),
        c("met", "int64", "attempts that met the cause up to the step"),
        c("met_dropped", "int64", "of these, how many stopped at the step"),
        c("others", "int64", "attempts that did not meet it and are compared with them"),
        c("drop_met", "double", "share of those who met it that stopped", unit="0 to 1", null="as share"),
        c("drop_usual", "double", "share of matched others that stopped", unit="0 to 1", null="as share"),
        c("money_low", "double", "lower end of the 90 % interval", unit="currency", null="as money_lost"),
        c("money_high", "double", "upper end of the 90 % interval", unit="currency", null="as money_lost"),
        c("share_alone", "double", "share of drop-off that goes with this cause where no other was met, against who met none",
          unit="-1 to 1", null="all causes together, or too few met this one alone"),
        c("alone_low", "double", "lower end of the 90 % interval", unit="-1 to 1", null="as share_alone"),
        c("alone_high", "double", "upper end of the 90 % interval", unit="-1 to 1", null="as share_alone"),
        c("met_alone", "int64", "attempts that met this cause and no other", null="all causes together"),
        c("reason", "string", "why a figure is missing", null="none is"),
        customer=None),
    derived("fix_effect", "dated fix × outcome × method", ("funnel", "step", "cause", "outcome", "method"), "drop_off",
        "A step before and after its cause was fixed, once a person has told the date.",
        c("funnel", "string", "funnel", required=True),
        c("step", "string", "touchpoint of the step", required=True),
        c("cause", "string", "what was fixed", required=True),
        c("outcome", "string", "drop_rate: share of attempts that stop at the step; met: share that meet the cause",
          required=True, allowed=("drop_rate", "met")),
        c("fixed_at", "timestamp", "since when it is fixed", unit="UTC", required=True),
        c("fixed_channel", "string", "the only channel in which it was fixed", null="in all"),
        *_effect("points of share"),
        c("n_before", "int64", "attempts before it"),
        c("n_after", "int64", "attempts since"),
        c("n_units", "int64", "channels compared"),
        customer=None),
    derived("initiative_effect", "initiative × outcome × method", ("initiative_id", "outcome", "method"), "initiatives",
        "What came of an initiative, read from when and where it began.",
        c("initiative_id", "string", "the initiative", required=True),
        c("name", "string", "its name"),
        c("touchpoint", "string", "where it should be felt", null="everywhere"),
        c("unit_kind", "string", "what its units are: team, channel, all, or a trait of customers such as region"),
        c("started_at", "timestamp", "when its first unit began", unit="UTC"),
        c("outcome", "string", "felt: mean felt valence of contacts with words or a rating; rating: mean rating on 0 to 1; "
          "completion: share of contacts that ended as they should; orders: orders per customer and week", required=True,
          allowed=("felt", "rating", "completion", "orders")),
        *_effect("points of the outcome"),
        c("placebo_rank", "int64", "place of the treated unit's change among those of all units, 1 the largest", null="no placebo"),
        c("n_units", "int64", "units compared, treated and not"),
        c("n_treated", "int64", "units treated before as_of"),
        c("n_customers", "int64", "customers behind it"),
        customer=None),
)  # fmt: skip
