"""People's decisions: rows of the records database, not of Parquet files."""

from __future__ import annotations

from heartline.tables.shape import CUSTOMER, c, record
from heartline.tables.words import ABOUT, MAIN_EMOTIONS

DECISIONS = (
    record("play", "play", ("play_id",), "A trigger, who acts, what they do and how it is known that it helped.",
        c("play_id", "string", "the play", required=True), c("name", "string", "name", required=True),
        c("version", "string", "version of the playbook", required=True), c("body", "json", "the play itself", required=True)),
    record("case", "case", ("case_id",), "One customer to be cared for by one owner; a person decides.",
        c("case_id", "string", "the case", required=True), CUSTOMER,
        c("play_id", "string", "play that opened it", null="opened by hand"),
        c("opened_at", "timestamp", "when", unit="UTC", required=True),
        c("status", "string", "open, waiting, closed", required=True),
        c("owner", "string", "user who has it", null="nobody yet"),
        c("reasons", "string", "why, in words"),
        c("due_at", "timestamp", "deadline", unit="UTC", null="none")),
    record("outcome", "case", ("case_id",), "What an action did to behaviour and feeling.",
        c("case_id", "string", "the case", required=True), c("measured_at", "timestamp", "when", unit="UTC", required=True),
        c("felt_change", "double", "change of felt valence", unit="-2 to 2", null="not known"),
        c("behaviour", "string", "what the customer did", null="not known")),
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
    record("audit", "change", ("audit_id",), "Who changed what, when.",
        c("audit_id", "int64", "running number", required=True), c("at", "timestamp", "when", unit="UTC", required=True),
        c("user_id", "string", "by whom", null="the system"), c("verb", "string", "what was done", required=True),
        c("subject", "string", "to what", required=True)),
)  # fmt: skip
