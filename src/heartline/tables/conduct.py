"""Conduct: how conversations of teams keep to the code, what was promised in them, and how their customers felt.

Nothing here is about one employee: no row has a name or a number of a person, and of a team below the setting
``conduct_min`` there is no row at all.
"""

from __future__ import annotations

from heartline.tables.shape import CUSTOMER, Column, c, derived

CONDUCT_MEASURES = ("respect", "empathy", "recognition", "answering", "listening", "promises")
CONDUCT_STATUS = ("kept", "broken", "not_applicable", "not_read")
HEARD_KINDS = ("contact", "refund", "send", "mend", "find_out", "other")
HEARD_STATUS = ("kept", "broken", "open", "not_followed")

_TEAM = c("team", "string", "employee team, never a person", required=True)


def _span() -> tuple[Column, Column]:
    return (
        c("span_start", "int64", "first character of the employee's sentence that shows it", null="no sentence does"),
        c("span_end", "int64", "character after its last", null="no sentence does"),
    )


CONDUCT = (
    derived("conduct", "conversation × measure", ("conversation_id", "customer_id", "measure"), "conduct",
        "Whether a conversation keeps to the code of conduct, by one measure. Only with the setting `conduct`, only of teams above "
        "`conduct_min`, never of a customer who does not want to be read. No feeling of an employee is read.",
        c("conversation_id", "string", "the conversation; where none was told, customer, touchpoint and day", required=True,
          personal=True),
        CUSTOMER,
        c("team", "string", "team that spoke most in it, never a person", required=True),
        c("touchpoint", "string", "point of connection of the employee's first words", required=True),
        c("ended_at", "timestamp", "when the last word was said", unit="UTC", required=True),
        c("measure", "string", "what is looked at", required=True, allowed=CONDUCT_MEASURES),
        c("status", "string", "kept or broken; not_applicable: nothing called for it; not_read: not in a language that is read",
          required=True, allowed=CONDUCT_STATUS),
        c("p", "double", "judged chance that the words show it (respect: that they break it); not calibrated", unit="0 to 1",
          null="not judged by words"),
        c("interaction_id", "string", "the employee's words for it", null="none"),
        *_span(),
        c("sign", "string", "what the words are, e.g. interpretation or blame; none_found: the reply that lacks it",
          null="no words"),
        c("value", "double", "of listening: the employee's share of all words", unit="0 to 1",
          null="another measure, or too few words")),
    derived("promise_heard", "sentence", ("interaction_id", "span_start"), "conduct",
        "What an employee promised in a conversation, as a proposal for the register of promises; a person decides.",
        c("interaction_id", "string", "the employee's text", required=True),
        CUSTOMER,
        c("conversation_id", "string", "the conversation, as in `conduct`", required=True, personal=True),
        _TEAM,
        c("made_at", "timestamp", "when", unit="UTC", required=True),
        c("kind", "string", "what was promised", required=True, allowed=HEARD_KINDS),
        c("due_at", "timestamp", "by when, as the words say", unit="UTC", null="no time was said"),
        c("status", "string", "kept: the company was in touch by then; broken: nothing of it is on record; open: not due yet; "
          "not_followed: nothing that contacts on record could show", required=True, allowed=HEARD_STATUS),
        *_span(),
        time="made_at"),
    derived("conduct_team", "team × measure × period", ("period_start", "period_end", "team", "measure"), "conduct",
        "How often conversations of a team keep to the code. The longest period is all the others together. Teams below "
        "`conduct_min` conversations or customers have no row and are in no sum.",
        c("period_start", "timestamp", "start of the period", unit="UTC", required=True),
        c("period_end", "timestamp", "end of the period (excluded)", unit="UTC", required=True),
        c("team", "string", "employee team, never a person; empty: all teams that have a row", required=True),
        c("measure", "string", "what is looked at", required=True, allowed=CONDUCT_MEASURES),
        c("n", "int64", "conversations that were read and called for it"),
        c("customers", "int64", "customers among them"),
        c("not_read", "int64", "conversations of which it could not be read"),
        c("kept", "double", "share of the conversations that keep it", unit="0 to 1",
          null="fewer than conduct_min conversations or customers"),
        c("kept_low", "double", "lower end of the 90 % interval: conversations of one customer are one cluster", unit="0 to 1",
          null="as kept"),
        c("kept_high", "double", "upper end of it", unit="0 to 1", null="as kept"),
        c("expected", "double", "the share of all teams shown at the same points of connection", unit="0 to 1", null="as kept"),
        c("difference", "double", "kept minus expected, drawn towards 0 by what teams differ beyond chance", unit="-1 to 1",
          null="as kept, all teams together, or one team only"),
        c("difference_low", "double", "lower end of the 90 % interval", unit="-1 to 1", null="as difference"),
        c("difference_high", "double", "upper end of it", unit="-1 to 1", null="as difference"),
        c("q", "double", "share of false findings among measures by which teams differ as surely as by this one (Cochran's Q)",
          unit="0 to 1", null="as difference"),
        c("verdict", "string", "more or less often kept than elsewhere beyond chance, or none", null="as difference",
          allowed=("more", "less", "none")),
        c("felt_kept", "double", "mean surprise of the customer's next felt contact within 30 days, where it was kept",
          unit="-2 to 2", null="known of fewer than 10 such conversations"),
        c("felt_broken", "double", "the same where it was broken", unit="-2 to 2", null="likewise"),
        c("felt_gap", "double", "kept minus broken: what goes together, not what causes what", unit="-4 to 4",
          null="one of the two is missing"),
        c("felt_gap_low", "double", "lower end of the 90 % interval", unit="-4 to 4", null="as felt_gap"),
        c("felt_gap_high", "double", "upper end of it", unit="-4 to 4", null="as felt_gap"),
        c("felt_kept_n", "int64", "conversations behind felt_kept"),
        c("felt_broken_n", "int64", "conversations behind felt_broken"),
        customer=None, time="period_end"),
    derived("team_outcome", "team", ("team",), "conduct",
        "How customers felt at contacts with a team, to be set beside what the team says of itself (`team_pulse`). Only of teams "
        "with a row in `conduct_team`.",
        _TEAM,
        c("period_start", "timestamp", "start of the time looked at", unit="UTC", required=True),
        c("period_end", "timestamp", "its end (excluded)", unit="UTC", required=True),
        c("visits", "int64", "contacts with words or a rating"),
        c("customers", "int64", "customers among them"),
        c("felt", "double", "mean felt valence", unit="-1 to 1", null="fewer than conduct_min contacts or customers"),
        c("felt_low", "double", "lower end of the 90 % interval", unit="-1 to 1", null="as felt"),
        c("felt_high", "double", "upper end of it", unit="-1 to 1", null="as felt"),
        customer=None, time="period_end"),
)  # fmt: skip
