"""Service: what it is made of, how well the parts of the chain go together, and what comes to mind."""

from __future__ import annotations

from heartline.tables.shape import Column, c, derived

SIDES = ("good", "bad")
KINDS = ("stage", "channel", "team", "touchpoint", "handoff")
VERDICTS = ("in_step", "out_of_step", "reached", "short", "open", "drop", "none")
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
    derived("synchrony", "stage, channel, team, touchpoint or hand-off", ("kind", "stage", "unit", "next_unit"), "synchrony",
        "How well the parts of the chain go together: the level and consistency of felt valence, who is out of step with the "
        "others, where it drops from one contact to the next, and what was intended.",
        c("kind", "string", "what the row is about", required=True, allowed=KINDS),
        c("stage", "string", "stage of the journey; empty: not told, or a hand-off", required=True),
        c("unit", "string", "channel, team or touchpoint; empty for a stage", required=True),
        c("next_unit", "string", "touchpoint that a hand-off leads to; empty otherwise", required=True),
        c("n", "int64", "contacts with words or a rating; of a hand-off, steps with both feelings known"),
        c("customers", "int64", "customers among them"),
        c("level", "double", "mean felt valence; of a hand-off, mean change", unit="-2 to 2", null="fewer than min_base"),
        c("low", "double", "lower end of the 90 % interval", unit="-2 to 2", null="as level"),
        c("high", "double", "upper end of the 90 % interval", unit="-2 to 2", null="as level"),
        c("spread", "double", "standard deviation between visits", unit="valence points", null="a hand-off, or as level"),
        c("between_channels", "double", "standard deviation between the channels of the stage beyond chance, shrunken",
          unit="valence points", null="no stage, or fewer than two channels with enough contacts"),
        c("between_teams", "double", "the same between its teams, each against the usual feeling of the touchpoints it works at",
          unit="valence points", null="no stage, or fewer than two teams with enough contacts"),
        c("expected", "double", "change of a hand-off that the two touchpoints' own levels make", unit="-2 to 2",
          null="no hand-off, or a level is not known"),
        c("deviation", "double", "shrunken difference from the middle one of the stage's; of a hand-off, from what is expected",
          unit="-2 to 2", null="nothing to compare with, or as level"),
        c("deviation_low", "double", "lower end of the 90 % interval", unit="-2 to 2", null="as deviation"),
        c("deviation_high", "double", "upper end of the 90 % interval", unit="-2 to 2", null="as deviation"),
        c("intended", "string", "what the touchpoint is meant to feel like, from the setting `intended`", null="not set"),
        c("delivered", "double", "the valence, or the mean probability of the intended emotion", unit="-1 to 1",
          null="not set, or fewer contacts than min_base"),
        c("gap", "double", "delivered minus the intended valence; of an emotion, minus its probability at all other touchpoints",
          unit="-2 to 2", null="as delivered"),
        c("gap_low", "double", "lower end of the 90 % interval", unit="-2 to 2", null="as delivered"),
        c("gap_high", "double", "upper end of the 90 % interval", unit="-2 to 2", null="as delivered"),
        c("verdict", "string", "in_step or out_of_step with the stage's others; reached, short or open against what was intended; "
          "drop or none at a hand-off", null="not enough evidence, or nothing to compare with", allowed=VERDICTS),
        customer=None),
)  # fmt: skip
