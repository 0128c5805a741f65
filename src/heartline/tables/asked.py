"""What the company's own questions are worth: how well they measure."""

from __future__ import annotations

from heartline.tables.shape import c, derived

ASKED = (
    derived("survey_scale", "scale", ("scale",), "questionnaire",
        "How well the items of `heartline survey items` measure at this company: mean, missing answers, reliability.",
        c("scale", "string", "affection, connection, passion, understood or self_relevance (three items each); attachment: the"
          " nine of the first three; attachment_short: their three of the short form", required=True),
        c("items", "int64", "items of the scale"),
        c("customers", "int64", "customers who answered any of them; of each the latest day on which they did"),
        c("complete", "int64", "customers who answered all of them that day"),
        c("missing_share", "double", "answers missing among those customers", unit="0 to 1", null="nobody answered"),
        c("score", "double", "mean of the customers' scores; a score is the mean of the answered items, from half of them on",
          unit="0 to 100", null="too few customers"),
        c("score_low", "double", "lower end of the 90 % interval", unit="0 to 100", null="as score"),
        c("score_high", "double", "upper end of the 90 % interval", unit="0 to 100", null="as score"),
        c("spread", "double", "standard deviation between customers' scores", unit="points of 100", null="as score"),
        c("alpha", "double", "Cronbach's alpha of those who answered all", unit="up to 1", null="too few customers"),
        c("alpha_low", "double", "lower end of the 90 % interval", unit="up to 1", null="as alpha"),
        c("alpha_high", "double", "upper end of the 90 % interval", unit="up to 1", null="as alpha"),
        c("omega", "double", "McDonald's omega of one factor, of those who answered all", unit="0 to 1", null="as alpha"),
        c("omega_low", "double", "lower end of the 90 % interval", unit="up to 1", null="as alpha"),
        c("omega_high", "double", "upper end of the 90 % interval", unit="up to 1", null="as alpha"),
        c("verdict", "string", "from the interval of omega: usable where it lies above 0.7, too_low where below, unsure where it"
          " holds 0.7", required=True, allowed=("usable", "unsure", "too_low", "not_enough_evidence")),
        customer=None),
)  # fmt: skip
