"""Growth from within and from outside, and the scorecard of loyalty."""

from __future__ import annotations

from heartline.tables.shape import c, derived

MEASURES = ("retention", "repeat", "related", "referral", "recognition", "recovery", "respect", "relation")
"""What the scorecard can show; the first six stand on it unless the settings say otherwise."""

GROWTH = (
    derived("growth_bridge", "period × what it is compared with", ("period_end", "against"), "growth",
        "How revenue came from one period to another: newly bought and newly referred customers, those who came back, those who"
        " bought more, less or not at all. The parts add up to the difference.",
        c("period_start", "timestamp", "first moment of the period", unit="UTC", required=True),
        c("period_end", "timestamp", "first moment after it", unit="UTC", required=True),
        c("against", "string", "before: the period just before; year: the same months a year earlier", required=True,
          allowed=("before", "year")),
        c("revenue_before", "double", "revenue of the period compared with, refunds taken off", unit="currency"),
        c("revenue", "double", "revenue of the period, refunds taken off", unit="currency"),
        c("new_bought", "double", "of customers whose first known order came after the period compared with, and whom no"
          " customer referred", unit="currency"),
        c("new_referred", "double", "of new customers whom another customer referred", unit="currency",
          null="no referral is told by then, so that nobody can tell; all new ones stand under new_bought"),
        c("came_back", "double", "of customers who bought earlier, but not in the period compared with", unit="currency"),
        c("expansion", "double", "more from customers of both periods who spent more", unit="currency"),
        c("contraction", "double", "less from customers of both periods who spent less; 0 or negative", unit="currency"),
        c("lost", "double", "missing from customers of the period compared with who bought nothing; mostly negative",
          unit="currency"),
        c("growth", "double", "revenue over revenue_before, less 1", unit="share", null="revenue_before is not above 0"),
        c("net_retention", "double", "revenue of customers of the period compared with, over what they spent then",
          unit="share", null="revenue_before is not above 0"),
        c("earned_growth", "double", "net_retention plus came_back and new_referred over revenue_before, less 1: growth that"
          " was not bought", unit="share", null="revenue_before is not above 0, or no referral is told"),
        c("currency", "string", "ISO 4217 code", required=True),
        c("n_before", "int64", "customers of the period compared with"),
        c("n", "int64", "customers of the period"),
        c("n_new_bought", "int64", "customers behind new_bought"),
        c("n_new_referred", "int64", "customers behind new_referred", null="as new_referred"),
        c("n_came_back", "int64", "customers behind came_back"),
        c("n_expansion", "int64", "customers behind expansion"),
        c("n_contraction", "int64", "customers behind contraction"),
        c("n_lost", "int64", "customers behind lost"),
        c("n_unsure", "int64", "of the new ones, those first seen before the first known order of anybody: they may have"
          " bought before"),
        customer=None),
    derived("scorecard", "measure × period", ("measure", "period_end"), "scorecard",
        "Retention, repeat and related sales, referral, recognition, recovery: a share each, with interval and base.",
        c("measure", "string", "which of them", required=True, allowed=MEASURES),
        c("period_start", "timestamp", "first moment of the period", unit="UTC", required=True),
        c("period_end", "timestamp", "first moment after it", unit="UTC", required=True),
        c("value", "double", "the share", unit="0 to 1", null="not enough evidence"),
        c("low", "double", "lower end of the 90 % interval", unit="0 to 1", null="as value"),
        c("high", "double", "upper end of the 90 % interval", unit="0 to 1", null="as value"),
        c("hits", "int64", "of them, those who did it"),
        c("n", "int64", "customers or contacts that could have"),
        c("change", "double", "value less that of the period before", unit="share", null="one of them is not known"),
        c("change_low", "double", "lower end of its 90 % interval", unit="share", null="as change"),
        c("change_high", "double", "upper end of its 90 % interval", unit="share", null="as change"),
        c("target", "double", "what the company wants to reach (setting scorecard)", unit="0 to 1", null="none set"),
        c("verdict", "string", "reached or missed where the whole interval lies on one side of the target, else open",
          null="no target or no value", allowed=("reached", "missed", "open")),
        customer=None),
)  # fmt: skip
