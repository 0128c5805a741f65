"""Walks: what it was like for the company's own people, and for a browser, to be its customer.

A walker is a person of its own kind. What walkers met stands in tables of their own, with the columns of
`interaction` where they mean the same, so that no figure about customers can hold a walker's contact.
"""

from __future__ import annotations

from heartline.tables.shape import c, derived, fact
from heartline.tables.words import CHANNELS

WALK_KINDS = ("browser", "guided")
WALK_ENDED = ("goal", "no_goal", "failed", "steps", "seconds", "given_up")
WALK_OUTCOMES = ("done", "left_out", "failed")
WALKER_ROLES = ("decides", "meets_customers", "other")
GAP_VERDICTS = ("rosier", "alike", "darker", "not_enough_evidence")

_SCRIPT = c("script", "string", "name of the walk's script", required=True)
_WALKER = c(
    "walker", "string", "who walked, as they call themselves; never a customer", null="a browser", personal=True
)
_TOUCHPOINT = c("touchpoint", "string", "point of connection, as in interaction", null="the script tells none")
_GAP = "how the first stands to the second; alike where their difference is known to be small"

WALKS = (
    fact("walk", "walk", ("walk_id",), "Walks through one's own company, by its people or by a browser.",
        c("walk_id", "string", "the walk", required=True),
        _SCRIPT,
        c("script_version", "string", "first 12 signs of the SHA-256 of the script as read", null="not told"),
        c("goal", "string", "what was to be reached, in words", required=True),
        c("kind", "string", "who walks: a browser by itself, or a person who is guided", required=True, allowed=WALK_KINDS),
        _WALKER,
        c("role", "string", "decides on what customers meet, meets customers, or other", null="not told, or a browser",
          allowed=WALKER_ROLES),
        c("device", "string", "desktop or mobile", null="not by a screen"),
        c("network", "string", "full or slow_4g", null="as the walker had it"),
        c("release", "string", "what was walked: version or name of the release", null="not told"),
        c("started_at", "timestamp", "when it began", unit="UTC", required=True),
        c("ended_at", "timestamp", "when it ended", unit="UTC", required=True),
        c("ended", "string", "how it ended", required=True, allowed=WALK_ENDED),
        c("effort", "double", "effort, see docs/explanation/walk.md", unit="clicks", null="a person walked"),
        c("clicks", "int64", "clicks and opened addresses", null="a person walked"),
        c("keystrokes", "int64", "keys pressed", null="a person walked"),
        c("waiting_s", "double", "waiting beyond the first second of each step", unit="seconds", null="a person walked"),
        c("errors", "int64", "steps that could not be done and pages that answered with an error", null="a person walked"),
        c("steps", "int64", "steps in which something was done", required=True),
        c("shortest", "int64", "steps of the shortest way known", null="none is known"),
        c("faults", "int64", "faults found", null="a person walked"),
        c("late_s", "double", "of waiting_s what may be the walking machine's own, which was busy", unit="seconds",
          null="a person walked, or not measured"),
        c("forgotten_before", "int64", "walks of the same person through this script before it that were forgotten", null="none"),
        customer=None, time="started_at"),
    fact("walk_step", "step of a walk", ("interaction_id",),
        "What walkers met, step by step: contacts of a person who is no customer.",
        c("interaction_id", "string", "the step", required=True),
        c("walk_id", "string", "the walk", required=True),
        _SCRIPT,
        _WALKER,
        c("number", "int64", "1 is the first step", required=True),
        c("occurred_at", "timestamp", "when it was done", unit="UTC", required=True),
        c("channel", "string", "way of contact", null="the script tells none", allowed=CHANNELS),
        _TOUCHPOINT,
        c("stage", "string", "stage of the journey", null="the script tells none"),
        c("what", "string", "what was done, as the script says it; never what was entered", required=True),
        c("outcome", "string", "how it ended", required=True, allowed=WALK_OUTCOMES),
        c("duration_s", "double", "how long it took", unit="seconds", null="not measured"),
        c("waiting_s", "double", "of which the walker waited", unit="seconds", null="not measured"),
        c("clicks", "int64", "clicks", null="a person walked"),
        c("keystrokes", "int64", "keys pressed", null="a person walked"),
        c("felt_valence", "double", "how the walker felt, by their own tap", unit="-1 to 1", null="not told, or a browser"),
        c("feelings", "string", "names of feelings that the walker tapped, joined by a space", null="none told, or a browser"),
        c("note", "string", "what the walker wrote", null="nothing", personal=True),
        c("photo", "string", "name of the picture in the walk's folder", null="none"),
        c("faults", "string", "names of the faults found, joined by a space", null="none, or a person walked"),
        c("forgotten_before", "int64", "walks of the same person past this point before it that were forgotten", null="none"),
        customer=None),
    fact("walk_guess", "guess", ("guess_id",),
        "How somebody thinks that customers feel at a point of connection, asked before they walk there.",
        c("guess_id", "string", "the guess", required=True),
        c("guesser", "string", "who guesses, as they call themselves", required=True, personal=True),
        c("role", "string", "decides on what customers meet, meets customers, or other", required=True, allowed=WALKER_ROLES),
        c("touchpoint", "string", "point of connection, as in interaction", required=True),
        c("valence", "double", "how customers feel there, as they think", unit="-1 to 1", required=True),
        c("guessed_at", "timestamp", "when", unit="UTC", required=True),
        c("walks_before", "int64", "guided walks past this point that the guesser had made before", required=True),
        customer=None, time="guessed_at"),
    derived("empathy_gap", "point of connection", ("touchpoint",), "empathy_gap",
        "What those who decide guess, what walkers feel and what customers feel, side by side.",
        c("touchpoint", "string", "point of connection", required=True),
        c("stage", "string", "stage of the journey in which most contacts stand", null="not told"),
        c("guess", "double", "mean guess of those who decide, one a person: their last before they walked there",
          unit="-1 to 1", null="nobody guessed"),
        c("guess_low", "double", "lower end of its 95 % interval over guessers", unit="-1 to 1", null="fewer than 2"),
        c("guess_high", "double", "upper end", unit="-1 to 1", null="fewer than 2"),
        c("guessers", "int64", "how many guessed", required=True),
        c("walked", "double", "mean of what walkers felt, first walks only, one a person", unit="-1 to 1", null="nobody told"),
        c("walked_low", "double", "lower end of its 95 % interval over walkers", unit="-1 to 1", null="fewer than 2"),
        c("walked_high", "double", "upper end", unit="-1 to 1", null="fewer than 2"),
        c("walkers", "int64", "how many walked there and told", required=True),
        c("customers_felt", "double", "mean felt valence of customers, one mean a customer, in the last window",
          unit="-1 to 1", null="too few customers"),
        c("customers_low", "double", "lower end of its 95 % interval over customers", unit="-1 to 1", null="too few customers"),
        c("customers_high", "double", "upper end", unit="-1 to 1", null="too few customers"),
        c("customers", "int64", "how many customers with a felt valence", required=True),
        c("guess_gap", "double", "guess minus customers", unit="-2 to 2", null="either is missing"),
        c("guess_gap_low", "double", "lower end of its 95 % interval", unit="-2 to 2", null="not enough evidence"),
        c("guess_gap_high", "double", "upper end", unit="-2 to 2", null="not enough evidence"),
        c("guess_q", "double", "share of chance findings among all gaps as sure as this one to be beyond 0.1", unit="share",
          null="not enough evidence"),
        c("guess_verdict", "string", _GAP, required=True, allowed=GAP_VERDICTS),
        c("walk_gap", "double", "walkers minus customers", unit="-2 to 2", null="either is missing"),
        c("walk_gap_low", "double", "lower end of its 95 % interval", unit="-2 to 2", null="not enough evidence"),
        c("walk_gap_high", "double", "upper end", unit="-2 to 2", null="not enough evidence"),
        c("walk_q", "double", "share of chance findings among all gaps as sure as this one to be beyond 0.1", unit="share",
          null="not enough evidence"),
        c("walk_verdict", "string", _GAP, required=True, allowed=GAP_VERDICTS),
        customer=None),
)  # fmt: skip
