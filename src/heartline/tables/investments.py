"""Where the next euro should go: what points of connection are worth, what to fund, and how it will be known."""

from __future__ import annotations

from heartline.tables.shape import CURRENCY, c, derived

LIFT_BASES = ("measured", "believed", "not_known")
WORTH_ROUTES = ("connection", "value")
EXPERIMENT_OUTCOMES = ("felt", "value")
EXPERIMENT_DESIGNS = ("by_customer", "by_team")

_IF = "if what goes with it were caused by it"

INVESTMENTS = (
    derived("investment_place", "touchpoint", ("touchpoint",), "investment",
        "What a better feeling at a point of connection would be worth over the horizon, beside what is spent there.",
        c("touchpoint", "string", "point of connection", required=True),
        c("department", "string", "who pays for it: the department of most of its spend, else of its options", null="not told"),
        c("contacts", "double", "contacts to be expected within the horizon, as many as in the year before", unit="contacts"),
        c("felt_today", "double", "mean felt valence of the year before", unit="-1 to 1", null="no felt contact"),
        c("route", "string", "connection: through connection, times what connection goes with; value: directly through value",
          null="not known what it goes with", allowed=WORTH_ROUTES),
        c("point_worth", "double", "worth of one valence point more in every contact, over all customers and the horizon, " + _IF,
          unit="currency", null="not enough evidence"),
        c("point_low", "double", "lower end of the 90 % interval: of chance, not of cause", unit="currency", null="as point_worth"),
        c("point_high", "double", "upper end of the 90 % interval", unit="currency", null="as point_worth"),
        c("worth_share", "double", "share of the sum of all that is worth more than 0", unit="0 to 1", null="as point_worth"),
        c("hygiene", "bool", "a must-have by its driver, so that no plan may let it fall below today"),
        c("floor", "double", "level that every plan must keep", unit="-1 to 1", null="none"),
        c("spend", "double", "money spent there in the twelve months before", unit="currency", null="not told"),
        c("spend_share", "double", "share of all that was spent in these months", unit="0 to 1", null="not told"),
        c("plan_cost", "double", "what the plan puts there", unit="currency", null="no budget is told"),
        CURRENCY,
        customer=None),
    derived("investment", "option", ("option_id",), "investment", "What to fund under a budget, and why.",
        c("option_id", "string", "the option", required=True),
        c("units", "double", "units funded", unit="units", null="no budget is told, or no plan is possible"),
        c("cost", "double", "cost of these units; of an option that is not funded, of its least units", unit="currency",
          null="in another currency"),
        c("expected_gain", "double", "mean gain of these units (of one that is not funded, of its least units) over the horizon in "
          "all scenarios, which hold that only a part of what goes with the touchpoint may be caused by it", unit="currency",
          null="not known"),
        c("gain_low", "double", "lower end of the 90 % interval", unit="currency", null="not known"),
        c("gain_high", "double", "upper end of the 90 % interval", unit="currency", null="not known"),
        c("funded", "bool", "whether it is funded", null="as units"),
        c("reason", "string", "why or why not"),
        c("name", "string", "its name"),
        c("department", "string", "who would do it"),
        c("touchpoint", "string", "where it would be felt"),
        c("lift", "double", "change of felt valence by these units", unit="valence points", null="not known"),
        c("basis", "string", "where the lift comes from: measured, an initiative of the same id was read; believed, as the company "
          "believes", allowed=LIFT_BASES),
        c("gain_if_cause", "double", "mean gain " + _IF, unit="currency", null="not known"),
        c("p_payback", "double", "share of scenarios in which the gain is at least the cost", unit="0 to 1", null="not known"),
        c("break_even_lift", "double", "lift from which on the first units bring back their cost, at the mean worth of a valence point "
          "in all scenarios", unit="valence points", null="not known, or a better feeling there is worth nothing"),
        c("max_units", "int64", "units that can be bought", unit="units"),
        CURRENCY,
        customer=None),
    derived("investment_scenario", "option × units × scenario", ("option_id", "units", "scenario"), "investment",
        "What a number of units of an option would bring, in 200 equally likely scenarios: the same draw of what is shared (how "
        "much is cause, what connection is worth, how much the touchpoint matters) in one scenario for all options.",
        c("option_id", "string", "the option", required=True),
        c("units", "int64", "units", required=True),
        c("scenario", "int64", "number of the scenario", required=True),
        c("gain", "double", "gain over the horizon", unit="currency", null="not known; counts as 0"),
        c("lift", "double", "change of felt valence, mean over scenarios", unit="valence points", null="not known"),
        c("cost", "double", "cost of the units", unit="currency"),
        customer=None),
    derived("investment_frontier", "budget", ("budget",), "investment",
        "The best plan for each of some budgets: what more money would buy.",
        c("budget", "double", "what may be spent", unit="currency", required=True),
        c("gain", "double", "mean gain of the best plan", unit="currency"),
        c("low", "double", "lower end of the 90 % interval of what this plan brings", unit="currency"),
        c("high", "double", "upper end of the 90 % interval", unit="currency"),
        c("options", "string", "what is funded, units after a colon where there are several, by blanks"),
        c("cost", "double", "what it costs", unit="currency"),
        c("next_unit", "double", "gain of the next unit of money, were options to be had in parts: the dual of the budget",
          null="the aim is to pay back"),
        c("p_payback", "double", "share of scenarios in which the plan brings back its cost", unit="0 to 1", null="costs nothing"),
        c("told", "bool", "whether this is the budget of the settings"),
        CURRENCY,
        customer=None),
    derived("planned_experiment", "option × outcome × design", ("option_id", "outcome", "design"), "investment",
        "How it will be known what an option does, for what is funded and for options of which no lift is known.",
        c("option_id", "string", "the option", required=True),
        c("outcome", "string", "felt: felt valence of a contact there; value: value of a customer over the horizon", required=True,
          allowed=EXPERIMENT_OUTCOMES),
        c("design", "string", "by_customer: customers are drawn to get it or not; by_team: whole teams are drawn", required=True,
          allowed=EXPERIMENT_DESIGNS),
        c("effect", "double", "difference to be found: the assumed lift, else the lift that would bring back the cost; of value, the "
          "gain per customer met, as if caused", unit="points of the outcome", null="not known"),
        c("spread", "double", "standard deviation of the outcome", unit="points of the outcome", null="not enough evidence"),
        c("alike", "double", "intraclass correlation of contacts of one customer, or of one team", unit="0 to 1",
          null="of value; or not enough evidence"),
        c("n_per_arm", "int64", "contacts with a known feeling (of value: customers) in each arm, for a power of 80 % at 5 % two-sided",
          null="see reason"),
        c("units_per_arm", "int64", "customers, or teams, in each arm", null="see reason"),
        c("weeks", "double", "weeks that take at least as many contacts there, at today's traffic; of value, at least the horizon",
          unit="weeks", null="see reason"),
        c("possible", "bool", "whether there are enough customers or teams, and no more than two years are needed"),
        c("reason", "string", "what stands in the way, or what to mind", null="nothing"),
        customer=None),
)  # fmt: skip
