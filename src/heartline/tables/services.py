"""Service: what it is made of, how well the parts of the chain go together, and what comes to mind."""

from __future__ import annotations

from heartline.tables.shape import Column, c, derived

SIDES = ("good", "bad")
INGREDIENTS = ("hassle", "recognition", "respect", "empathy")


def _window() -> tuple[Column, Column]:
    return (
        c("period_start", "timestamp", "start of the period", unit="UTC", required=True),
        c("period_end", "timestamp", "end of the period (excluded)", unit="UTC", required=True),
    )


SERVICES = (
    derived("service_ingredient", "touchpoint × team × sign × period", ("period_end", "touchpoint", "team", "sign"),
        "ingredients", "How often each sign of hassle, recognition, respect and empathy is met at a point of connection: by what "
        "customers say, and hassle also by what happened.",
        *_window(),
        c("touchpoint", "string", "point of connection", required=True),
        c("team", "string", "employee team, never a person; empty: everybody together", required=True),
        c("sign", "string", "what is counted: a service signal in the words, or error, retry, waiting, repeat_contact",
          required=True),
        c("ingredient", "string", "what it is a sign of", required=True, allowed=INGREDIENTS),
        c("side", "string", "whether it speaks for the service or against it", required=True, allowed=SIDES),
        c("source", "string", "words: read by the text model; behaviour: counted from what happened", required=True,
          allowed=("words", "behaviour")),
        c("n", "int64", "contacts looked at: with words that were read, or of which the behaviour is told"),
        c("customers", "int64", "customers among them"),
        c("decided", "int64", "contacts whose words carry it by the model's decision, or where it happened"),
        c("rate", "double", "mean calibrated probability, or share of contacts where it happened", unit="0 to 1",
          null="fewer contacts than min_base"),
        c("low", "double", "lower end of the 90 % interval: customers and contacts as a sample, the model taken at its word",
          unit="0 to 1", null="as rate"),
        c("high", "double", "upper end of it", unit="0 to 1", null="as rate"),
        c("read_low", "double", "lower end of the 90 % interval of what a careful reader would find: the model's error added",
          unit="0 to 1", null="as rate, or not read from words"),
        c("read_high", "double", "upper end of it", unit="0 to 1", null="as read_low"),
        c("change", "double", "rate minus that of the period before", unit="-1 to 1",
          null="this period or the one before is thin"),
        c("change_low", "double", "lower end of the 90 % interval", unit="-1 to 1", null="as change"),
        c("change_high", "double", "upper end of the 90 % interval", unit="-1 to 1", null="as change"),
        c("change_q", "double", "share of false findings among all changes of this period that are as sure as this one",
          unit="0 to 1", null="as change"),
        c("surprise_with", "double", "mean surprise of contacts with the sign, from words or ratings", unit="-2 to 2",
          null="surprise known of fewer than 10 such contacts"),
        c("surprise_without", "double", "mean surprise of contacts without it", unit="-2 to 2", null="likewise"),
        c("surprise_gap", "double", "with minus without: what goes together, not what causes what", unit="-4 to 4",
          null="one of the two is missing"),
        c("surprise_gap_low", "double", "lower end of the 90 % interval", unit="-4 to 4", null="as surprise_gap"),
        c("surprise_gap_high", "double", "upper end of the 90 % interval", unit="-4 to 4", null="as surprise_gap"),
        c("surprise_with_n", "int64", "contacts behind surprise_with"),
        c("surprise_without_n", "int64", "contacts behind surprise_without"),
        customer=None, time="period_end"),
    derived("touchpoint_moment", "touchpoint × period", ("period_end", "touchpoint"), "ingredients",
        "Beyond the average: how far visits spread, how many are clearly better or worse than the customer is used to, and how "
        "many leave no feeling. Only contacts with words or a rating count.",
        *_window(),
        c("touchpoint", "string", "point of connection", required=True),
        c("n", "int64", "contacts with words or a rating"),
        c("customers", "int64", "customers among them"),
        c("spread", "double", "standard deviation of felt valence between contacts", unit="valence points",
          null="fewer contacts than min_base"),
        c("flat", "double", "share of contacts that leave no feeling: felt valence from -0.2 to 0.2", unit="0 to 1",
          null="fewer contacts than min_base"),
        c("flat_low", "double", "lower end of the 90 % interval", unit="0 to 1", null="as flat"),
        c("flat_high", "double", "upper end of the 90 % interval", unit="0 to 1", null="as flat"),
        c("known", "int64", "contacts of them with a surprise"),
        c("best", "double", "share clearly above the customer's own baseline: by more than one standard deviation of all "
          "surprises of the company", unit="0 to 1", null="surprise known of fewer contacts than min_base"),
        c("best_low", "double", "lower end of the 90 % interval", unit="0 to 1", null="as best"),
        c("best_high", "double", "upper end of the 90 % interval", unit="0 to 1", null="as best"),
        c("worst", "double", "share clearly below it", unit="0 to 1", null="as best"),
        c("worst_low", "double", "lower end of the 90 % interval", unit="0 to 1", null="as best"),
        c("worst_high", "double", "upper end of the 90 % interval", unit="0 to 1", null="as best"),
        c("clear", "double", "the standard deviation that counts as clear", unit="valence points", null="no surprise known"),
        customer=None, time="period_end"),
)  # fmt: skip
