"""Money: what it is worth."""

from __future__ import annotations

from heartline.tables.shape import CURRENCY, CUSTOMER, c, derived

MONEY = (
    derived("customer_value", "customer", ("customer_id",), "value",
        "What each paying customer is expected to be worth over the horizon.",
        CUSTOMER,
        c("p_alive", "double", "probability of still being a customer; 1 while a contract runs; under bg_nbd 1 after one"
           " purchase day, for it sees nobody leave before a repeat", unit="0 to 1", null="see reason"),
        c("expected_purchases", "double", "purchases expected over the horizon; payments of contracts are none",
           unit="purchases", null="see reason; or no orders"),
        c("expected_value", "double", "discounted value expected over the horizon (a mean, so often above the middle)",
           unit="currency", null="see reason"),
        c("expected_value_low", "double", "lower end of the 90 % interval of the actual value", unit="currency",
           null="see reason"),
        c("expected_value_high", "double", "upper end of the 90 % interval of the actual value", unit="currency",
           null="see reason"),
        c("contract_value", "double", "of expected_value, from running contracts; 0 where all have ended", unit="currency",
           null="no contract, or too few are told"),
        c("horizon_days", "int64", "horizon", unit="days"),
        CURRENCY,
        c("frequency", "int64", "repeat purchase days", unit="days", null="no orders"),
        c("recency_days", "double", "from first to last purchase", unit="days", null="no orders"),
        c("age_days", "double", "from first purchase to as_of", unit="days", null="no orders"),
        c("mean_order_value", "double", "mean value of a purchase day", unit="currency", null="no order of positive value"),
        c("value_kind", "string", "revenue or margin"),
        c("method", "string", "how often: bg_nbd, gamma_poisson (the fallback) or none; of contracts sbg, geometric (the"
          " fallback), none or ended; both joined by +"),
        c("reason", "string", "why a fallback was used or a value is missing", null="bg_nbd and gamma_gamma were used"),
        c("expected_order_value", "double", "revenue expected of the next purchase day", unit="currency", null="see reason"),
        c("spend_method", "string", "how much: gamma_gamma, shrunken_mean (the fallback) or none"),
        c("interval_kind", "string", "predictive: holds the actual value of 9 in 10 customers; none: abstained"),
        c("n", "int64", "customers behind the fit; without orders contracts", unit="customers")),
    derived("value_total", "part", ("part",), "value",
        "What all customers together are expected to be worth over the horizon, and how sure that is.",
        c("part", "string", "orders, contracts, or all where there are both", required=True,
          allowed=("orders", "contracts", "all")),
        c("customers", "int64", "customers with orders, or running contracts, behind it"),
        c("expected_value", "double", "discounted value expected of all of them", unit="currency"),
        c("expected_value_low", "double", "lower end of the 90 % interval of the expectation, by parametric bootstrap: what"
          " the fits leave open, not season, growth or what single customers will do", unit="currency", null="see reason"),
        c("expected_value_high", "double", "upper end", unit="currency", null="see reason"),
        c("horizon_days", "int64", "horizon", unit="days"),
        CURRENCY,
        c("value_kind", "string", "revenue or margin"),
        c("reason", "string", "why there is no interval", null="there is one"),
        customer=None),
)  # fmt: skip
