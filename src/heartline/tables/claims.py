"""What connection is worth, and what published claims come to in this company."""

from __future__ import annotations

from heartline.tables.shape import CURRENCY, c, derived

MEASURES = (
    "value", "visits", "purchases", "discount_share", "suggestions_followed", "communications_read", "word_of_mouth",
)  # fmt: skip
"""Value, and the six behaviours through which connection is said to pay."""
COMPARISONS = ("own_rating", "company_data", "ten_points")
KINDS = ("raw", "held_equal", "adjusted")
VERDICTS = ("supported", "not_supported", "not_enough_evidence")

CLAIMS = (
    derived("connection_value", "measure × comparison × kind", ("measure", "comparison", "kind"), "connection_value",
        "What customers did and bought in a window, by the connection that they had before it: connected against highly"
        " satisfied, and per ten points of connection. raw: as it is; held_equal: customers alike in earlier buying, which"
        " takes away what connection did already; adjusted: between both. An association; see its method card.",
        c("measure", "string", "value, or one of six behaviours, a customer in the window; discount_share: of buyers' list"
          " value", required=True, allowed=MEASURES),
        c("comparison", "string", "own_rating: connected against customers satisfied by their own ratings; company_data:"
          " against customers satisfied by what the company sees; ten_points: per ten points more of connection",
          required=True, allowed=COMPARISONS),
        c("kind", "string", "raw, held_equal or adjusted", required=True, allowed=KINDS),
        c("connected", "double", "mean of connected customers; of held_equal: were all of them connected",
          unit="currency or times a customer", null="adjusted and ten_points tell the ratio only; else not enough evidence"),
        c("compared", "double", "mean of those compared with; of held_equal: were all of them", null="as connected",
          unit="currency or times a customer"),
        c("ratio", "double", "connected / compared, or what ten points more go with, as a factor", null="see reason"),
        c("ratio_low", "double", "lower end of the 90 % interval", null="as ratio"),
        c("ratio_high", "double", "upper end of the 90 % interval", null="as ratio"),
        c("n_connected", "int64", "connected customers; of ten_points: all"),
        c("n_compared", "int64", "customers compared with; of ten_points: 0"),
        c("outside", "double", "share of customers whom hardly anybody of the other group is like: their weight was clipped",
          unit="0 to 1", null="nothing was held equal, or not enough evidence"),
        c("effective", "double", "customers that the weights leave of the smaller group", null="as outside", unit="customers"),
        c("e_value", "double", "how strongly, as a ratio of risks, something unseen would have to go with both connection and"
          " the measure to explain the ratio away", null="as ratio"),
        c("e_value_end", "double", "the same for the end of the interval nearer to 1; 1: chance may explain it",
          null="as ratio"),
        c("window_start", "timestamp", "when connection was measured and the window began", unit="UTC",
          null="no period ended early enough"),
        c("window_end", "timestamp", "end of the window (excluded)", unit="UTC", null="as window_start"),
        CURRENCY,
        c("reason", "string", "why there is no estimate", null="estimated"),
        customer=None, time="window_end"),
    derived("dose_response", "bin of connection", ("bin",), "connection_value",
        "Value of a customer in the window by the connection that they had before it.",
        c("bin", "int64", "1 is the lowest", required=True),
        c("connection_from", "double", "lower edge of the bin", unit="0 to 100", required=True),
        c("connection_to", "double", "upper edge of the bin (excluded but for the last)", unit="0 to 100", required=True),
        c("connection_mean", "double", "mean connection in the bin", unit="0 to 100", required=True),
        c("raw", "double", "mean value in the bin", unit="currency"),
        c("raw_low", "double", "lower end of the 90 % interval", unit="currency"),
        c("raw_high", "double", "upper end of the 90 % interval", unit="currency"),
        c("held_equal", "double", "mean value of all customers were they in this bin and had bought before as they have",
          unit="currency", null="not enough evidence"),
        c("held_equal_low", "double", "lower end of the 90 % interval", unit="currency", null="as held_equal"),
        c("held_equal_high", "double", "upper end of the 90 % interval", unit="currency", null="as held_equal"),
        c("adjusted", "double", "between both, as in connection_value", unit="currency", null="as held_equal"),
        c("adjusted_low", "double", "lower end of the 90 % interval", unit="currency", null="as held_equal"),
        c("adjusted_high", "double", "upper end of the 90 % interval", unit="currency", null="as held_equal"),
        c("n", "int64", "customers in the bin"),
        c("outside", "double", "share of customers who are hardly ever in this bin: their weight was clipped",
          unit="0 to 1", null="as held_equal"),
        c("window_start", "timestamp", "when connection was measured and the window began", unit="UTC", required=True),
        c("window_end", "timestamp", "end of the window (excluded)", unit="UTC", required=True),
        CURRENCY,
        customer=None, time="window_end"),
    derived("claim", "claim", ("claim",), "claims", "Published claims, tested on the company's own data.",
        c("claim", "string", "the claim", required=True),
        c("published", "double", "published figure", null="none"),
        c("estimate", "double", "the company's own figure", null="not enough evidence"),
        c("low", "double", "lower end of the 90 % interval", null="as estimate"),
        c("high", "double", "upper end of the 90 % interval", null="as estimate"),
        c("n", "int64", "customers behind it, or what unit_of_n says"),
        c("verdict", "string", "supported or not_supported where the whole interval lies on one side of the threshold",
          allowed=VERDICTS),
        c("adjusted", "bool", "whether who was already a heavy buyer was adjusted for"),
        c("position", "int64", "place in the list of claims; 1 is the first"),
        c("wording", "string", "what is claimed, in our words"),
        c("threshold", "double", "what the interval is held against: the published figure where there is one"),
        c("direction", "string", "above: the claim says more than the threshold; below: less; about: that much",
          allowed=("above", "below", "about")),
        c("unit", "string", "times, share, correlation, valence (points)"),
        c("unit_of_n", "string", "what n counts"),
        c("computed", "string", "how the company's own figure came about, in words"),
        c("from_table", "string", "table that the figure was read from or counted in"),
        c("from_key", "json", "key of the row it was read from", null="counted over the whole table"),
        c("from_column", "string", "column it was read from", null="put together from several"),
        c("reason", "string", "why there is no figure or no verdict", null="there are both"),
        customer=None),
)  # fmt: skip
