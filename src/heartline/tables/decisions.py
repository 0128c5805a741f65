"""People's decisions: rows of the records database, not of Parquet files."""

from __future__ import annotations

from heartline.tables.funnels import HYPOTHESIS_STATUS
from heartline.tables.shape import CUSTOMER, c, record
from heartline.tables.words import ABOUT, MAIN_EMOTIONS

DECISIONS = (
    record("note", "note", ("note_id",), "What a person wrote on a customer or case.",
        c("note_id", "string", "the note", required=True), CUSTOMER,
        c("written_at", "timestamp", "when", unit="UTC", required=True), c("user_id", "string", "by whom", required=True),
        c("text", "string", "the note", personal=True, required=True)),
    record("user", "user", ("user_id",), "Who may sign in.",
        c("user_id", "string", "the user", required=True), c("name", "string", "name", personal=True, required=True),
        c("role", "string", "what they may do", required=True)),
    record("correction", "corrected text", ("interaction_id",),
        "What a person says of a text where the model read it otherwise, or confirms; the newest of each text. No words of "
        "customers.",
        c("correction_id", "int64", "running number", required=True),
        c("interaction_id", "string", "the text", required=True), CUSTOMER,
        c("channel", "string", "way of contact", null="not told"),
        c("emotions", "string", "emotions, joined by a space; empty: none", required=True),
        c("signals", "string", "service signals, joined by a space; empty: none", required=True),
        c("motivators", "string", "motivators, joined by a space; empty: none", null="neither judged nor named"),
        c("main_emotion", "string", "the one strongest feeling towards the company", null="neither judged nor named",
          allowed=MAIN_EMOTIONS),
        c("about", "string", "what it is mainly about", null="neither judged nor named", allowed=ABOUT),
        c("valence", "double", "how good or bad it feels", unit="-1 to 1",
          null="the person left the model's as it is"),
        c("shown_valence", "double", "valence that the person was shown", unit="-1 to 1", null="none was read"),
        c("model_version", "string", "model whose reading the person was shown", required=True),
        c("corrected_by", "string", "who says so", personal=True, required=True),
        c("corrected_at", "timestamp", "when", unit="UTC", required=True),
        written_by="correct"),
    record("hypothesis", "step × cause", ("funnel", "step", "cause"),
        "What a person says of a cause that may stand behind leaving a funnel at a step; the newest of each.",
        c("hypothesis_id", "int64", "running number", required=True),
        c("funnel", "string", "funnel", required=True), c("step", "string", "touchpoint of the step", required=True),
        c("cause", "string", "the cause", required=True),
        c("status", "string", "open, accepted or rejected", required=True, allowed=HYPOTHESIS_STATUS),
        c("decided_by", "string", "who says so", personal=True, required=True),
        c("decided_at", "timestamp", "when", unit="UTC", required=True),
        c("note", "string", "why, in their own words"),
        c("fixed_at", "timestamp", "since when it is fixed", unit="UTC", null="not fixed, or no date told"),
        c("fixed_channel", "string", "the only channel in which it was fixed", null="in all"),
        written_by="funnel"),
    record("audit", "change", ("audit_id",), "Who changed what, when.",
        c("audit_id", "int64", "running number", required=True), c("at", "timestamp", "when", unit="UTC", required=True),
        c("user_id", "string", "by whom", null="the system"), c("verb", "string", "what was done", required=True),
        c("subject", "string", "to what", required=True)),
)  # fmt: skip
