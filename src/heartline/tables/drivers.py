"""Drivers: what customers call important against what goes with how they act, and what is spent on it."""

from __future__ import annotations

from heartline.tables.shape import c, derived

DRIVER_OUTCOMES = ("connection", "satisfaction", "value", "leaving")
DRIVER_CLASSES = ("hygiene", "says_and_feels", "hidden_driver", "overrated", "minor")
EFFECT_KINDS = ("must_have", "performance", "delighter")
FLOORS = ("shown", "stated", "none")
SPEND_VERDICTS = ("over", "under", "in_line")
_THIN = "not enough evidence"

DRIVERS = (
    derived("driver", "outcome × touchpoint", ("outcome", "touchpoint"), "drivers",
        "Stated against derived importance of each touchpoint, penalty and reward, and spend against both. Associations,"
        " 90 % intervals.",
        c("outcome", "string", "what is to be explained", required=True, allowed=DRIVER_OUTCOMES),
        c("touchpoint", "string", "point of connection", required=True),
        c("stated", "double", "mean stated importance", unit="0 to 1", null="not asked"),
        c("derived", "double", "share of explained variance; shares of one outcome sum to 1", unit="0 to 1",
          null="see reason"),
        c("derived_low", "double", "lower end of the interval", unit="0 to 1", null="as derived"),
        c("derived_high", "double", "upper end of the interval", unit="0 to 1", null="as derived"),
        c("penalty", "double", "what a bad contact goes with, against one as usual or none", unit="outcome points",
          null=_THIN),
        c("reward", "double", "what a good contact goes with, against one as usual or none", unit="outcome points",
          null=_THIN),
        c("class", "string", "by stated and derived importance, where intervals leave no doubt", allowed=DRIVER_CLASSES,
          null="an interval leaves it open, or stated or derived is missing"),
        c("spend_share", "double", "share of spend on all touchpoints", unit="0 to 1", null="spend not told"),
        c("n", "int64", "customers behind it", unit="customers"),
        c("stated_low", "double", "lower end of the interval of stated", unit="0 to 1", null="fewer than 2 answers"),
        c("stated_high", "double", "upper end of the interval of stated", unit="0 to 1", null="fewer than 2 answers"),
        c("stated_n", "int64", "answers behind stated", unit="answers"),
        c("stated_share", "double", "stated, as a share of what is stated of the touchpoints compared; against derived",
          unit="0 to 1", null="not asked, or derived is missing"),
        c("penalty_low", "double", "lower end of the interval", unit="outcome points", null="as penalty"),
        c("penalty_high", "double", "upper end of the interval", unit="outcome points", null="as penalty"),
        c("reward_low", "double", "lower end of the interval", unit="outcome points", null="as reward"),
        c("reward_high", "double", "upper end of the interval", unit="outcome points", null="as reward"),
        c("kind", "string", "must_have: costs when bad, brings less when good; delighter: the other way round; performance: both",
          allowed=EFFECT_KINDS, null="the intervals leave it open, or too few bad or good contacts"),
        c("floor", "string", "whether it is kept as it is in every plan: shown (a must-have), stated (customers call it"
          " important, and nothing shows that it moves them: due diligence) or none", required=True, allowed=FLOORS),
        c("reward_more", "double", "what a very good contact adds to a good one", unit="outcome points", null=_THIN),
        c("reward_more_low", "double", "lower end of the interval", unit="outcome points", null="as reward_more"),
        c("reward_more_high", "double", "upper end of the interval", unit="outcome points", null="as reward_more"),
        c("saturates", "bool", "the step to very good brings less than the step to good; false: not less",
          null="the interval leaves it open, or too few contacts"),
        c("spend", "double", "money spent in the period", unit="currency", null="spend not told"),
        c("currency", "string", "ISO 4217 code of spend", required=True),
        c("spend_verdict", "string", "over: the share of spend is above the whole interval of derived; under: below it",
          allowed=SPEND_VERDICTS, null="spend or derived is missing"),
        c("r2", "double", "variance of the outcome that all touchpoints explain beyond controls, freed from chance",
          null="see reason"),
        c("r2_low", "double", "lower end of the interval", null="as r2"),
        c("r2_high", "double", "upper end of the interval", null="as r2"),
        c("inflation", "double", "variance inflation: above 5 the touchpoint can hardly be told from others", null="see reason"),
        c("swaps", "double", "share of draws in which it changes places with a neighbour in rank", unit="0 to 1",
          null="see reason"),
        c("relative_weight", "double", "Johnson's relative weight as a share: a quick check of derived", unit="0 to 1",
          null="see reason"),
        c("sampling_error", "double", "error of derived from sampling orders; 0: all subsets were gone through",
          null="see reason"),
        c("met", "int64", "of the customers behind it, those who met the touchpoint", unit="customers"),
        c("told", "int64", "of them, those whose feeling there is known from words or a rating", unit="customers"),
        c("reason", "string", "why derived is missing", null="derived is there"),
        # the coefficient of the sum of felt distances in the regression that derived comes from; investment reads it
        c("slope", "double", "change of a customer's outcome that goes with one valence point more in one contact there",
          unit="outcome points", null="see reason"),
        c("slope_low", "double", "lower end of the interval", unit="outcome points", null="as slope"),
        c("slope_high", "double", "upper end of the interval", unit="outcome points", null="as slope"),
        customer=None),
)  # fmt: skip
