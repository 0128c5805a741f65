"""Changes of the records database: an ordered list of small named functions, each applied once and recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, text

Migration = Callable[[Connection], None]


def _serial(connection: Connection) -> str:
    """A running number as primary key, in the words of the database at hand."""
    return "integer primary key autoincrement" if connection.dialect.name == "sqlite" else "bigserial primary key"


def segments(connection: Connection) -> None:
    """The manifest: which Parquet files are live."""
    connection.execute(
        text(
            "create table segment (path text primary key, table_name text not null, bucket integer not null, "
            "rows bigint not null, bytes bigint not null, load_id text not null, live integer not null, "
            "created_at text not null, dead_at text)"
        )
    )
    connection.execute(text("create index segment_live on segment (table_name, live, bucket)"))


def loads(connection: Connection) -> None:
    """What each load read and wrote."""
    connection.execute(
        text(
            "create table load (load_id text primary key, table_name text not null, files text not null, "
            "mapping text not null, started_at text not null, ended_at text not null, read bigint not null, "
            "new bigint not null, replaced bigint not null, unchanged bigint not null, skipped bigint not null, "
            "quarantined bigint not null, seconds double precision not null, written text not null, "
            "notes text not null, reasons text not null)"
        )
    )


def quarantine(connection: Connection) -> None:
    """Rows that could not be loaded, kept for mending."""
    connection.execute(
        text(
            f"create table quarantine_row (quarantine_id {_serial(connection)}, row_hash text not null unique, "
            "load_id text not null, table_name text not null, file text not null, line bigint not null, "
            "column_name text not null, shape text not null, reason text not null, expected text not null, "
            "raw text not null, status text not null, mended_by text, created_at text not null)"
        )
    )
    connection.execute(text("create index quarantine_open on quarantine_row (status, table_name)"))


def runs(connection: Connection) -> None:
    """What each run of an analysis did."""
    connection.execute(
        text(
            "create table run (run_id text not null, analysis text not null, table_name text not null, "
            "as_of text not null, started_at text not null, ended_at text not null, engine text not null, "
            "rows bigint not null, details text not null, primary key (run_id, analysis, table_name))"
        )
    )


def corrections(connection: Connection) -> None:
    """What people say of a text where the model read it otherwise, and which texts were drawn for them to look at."""
    connection.execute(
        text(
            f"create table correction (correction_id {_serial(connection)}, interaction_id text not null, "
            "customer_id text not null, channel text, model_version text not null, shown text not null, "
            "said text not null, corrected_by text not null, corrected_at text not null, note text not null)"
        )
    )
    connection.execute(text("create index correction_newest on correction (interaction_id, correction_id)"))
    connection.execute(text("create index correction_customer on correction (customer_id)"))
    connection.execute(
        text(
            "create table correction_draw (interaction_id text not null, model_version text not null, channel text, "
            "drawn_at text not null, primary key (interaction_id, model_version))"
        )
    )


def write_keys(connection: Connection) -> None:
    """Keys by which other programs may send rows; of each only a hash."""
    connection.execute(
        text(
            f"create table write_key (key_id {_serial(connection)}, name text not null, key_hash text not null unique, "
            "created_at text not null, revoked_at text)"
        )
    )
    connection.execute(text("create unique index write_key_name on write_key (name) where revoked_at is null"))


def inbox(connection: Connection) -> None:
    """What was acknowledged over HTTP and is on its way into facts."""
    blob = "blob" if connection.dialect.name == "sqlite" else "bytea"
    connection.execute(
        text(
            f"create table inbox (seq {_serial(connection)}, message_id text unique, door text not null, "
            f"sender text not null, received_at text not null, sent_at text, body {blob} not null)"
        )
    )


def identity_decisions(connection: Connection) -> None:
    """What people decided on who is who."""
    connection.execute(
        text(
            f"create table identity_decision (decision_id {_serial(connection)}, verb text not null, "
            "left_members text not null, right_members text not null, decided_by text not null, "
            "decided_at text not null, note text not null, withdrawn_by text, withdrawn_at text, withdrawn_note text)"
        )
    )


def webhooks(connection: Connection) -> None:
    """Webhooks of other tools, and the deliveries that were dealt with."""
    connection.execute(
        text(
            f"create table webhook (hook_id {_serial(connection)}, name text not null, tool text not null, "
            "secret text, key_hash text unique, created_at text not null, revoked_at text, "
            "taken bigint not null, ignored bigint not null)"
        )
    )
    connection.execute(text("create unique index webhook_name on webhook (name) where revoked_at is null"))
    connection.execute(
        text(
            "create table delivery (message_id text primary key, received_at text not null, object text, "
            "edition double precision)"
        )
    )
    connection.execute(text("create index delivery_object on delivery (object, edition)"))
    connection.execute(text("create index delivery_received on delivery (received_at)"))


def feeds(connection: Connection) -> None:
    """What is read again and again and how far it was read; reports of one feed and day share a line."""
    connection.execute(
        text(
            "create table feed (name text primary key, kind text not null, definition text not null, "
            "cursor_value text, added_at text not null, started_at text, ended_at text, status text not null, "
            "fault text not null, failures bigint not null, runs bigint not null, rows_read bigint not null)"
        )
    )
    connection.execute(
        text(
            "create table feed_file (feed text not null, name text not null, stamp text not null, "
            "digest text not null, status text not null, fault text not null, looked_at text not null, "
            "primary key (feed, name))"
        )
    )
    connection.execute(text("alter table load add column feed text not null default ''"))
    connection.execute(text("alter table load add column loads bigint not null default 1"))


def hypotheses(connection: Connection) -> None:
    """What people say of causes of drop-off; every word is kept, the newest on a cause counts."""
    connection.execute(
        text(
            f"create table hypothesis (hypothesis_id {_serial(connection)}, funnel text not null, step text not null, "
            "cause text not null, status text not null, decided_by text not null, decided_at text not null, "
            "note text not null, fixed_at text, fixed_channel text)"
        )
    )
    connection.execute(text("create index hypothesis_newest on hypothesis (funnel, step, cause, hypothesis_id)"))


def cases(connection: Connection) -> None:
    """Customers to be cared for, everything that was done to each case, and promises."""
    connection.execute(
        text(
            f"create table care_case (case_number {_serial(connection)}, customer_id text not null, play_id text, "
            "playbook text, arm text not null, interaction_id text, reasons text not null, team text not null, "
            "owner text, priority bigint not null, status text not null, as_of text not null, opened_at text not null, "
            "opened_by text not null, due_at text, snoozed_until text, escalated_at text, acted_at text, "
            "acted_by text, action text, closed_at text, closed_how text, merged_into bigint, helped_by text, "
            "horizon_days bigint not null, opened_for text not null unique)"
        )
    )
    connection.execute(text("create index case_customer on care_case (customer_id)"))
    connection.execute(text("create index case_status on care_case (status, team)"))
    connection.execute(
        text(
            f"create table case_event (event_id {_serial(connection)}, case_number bigint not null, at text not null, "
            "said_by text not null, verb text not null, note text not null)"
        )
    )
    connection.execute(text("create index case_event_case on case_event (case_number, event_id)"))
    connection.execute(
        text(
            f"create table promise (promise_number {_serial(connection)}, customer_id text not null, expectation text, "
            "says text not null, made_at text not null, made_by text not null, due_at text, status text not null, "
            "settled_at text, interaction_id text, case_number bigint)"
        )
    )
    connection.execute(text("create index promise_customer on promise (customer_id)"))


def notices(connection: Connection) -> None:
    """What is to be told to other programs and people, until they have taken it or it is given up."""
    connection.execute(
        text(
            f"create table receiver (receiver_id {_serial(connection)}, name text not null, kind text not null, "
            "address text not null, secret text, definition text not null, topics text not null, "
            "status text not null, fault text not null, failures bigint not null, rests_until text, leased_by text, "
            "leased_until text, created_at text not null, removed_at text)"
        )
    )
    connection.execute(text("create unique index receiver_name on receiver (name) where removed_at is null"))
    connection.execute(
        text(
            f"create table notice (seq {_serial(connection)}, notice_id text not null unique, "
            "receiver_id bigint not null, topic text not null, told_as text not null, customer_id text, "
            "made_at text not null, body text not null, status text not null, tries bigint not null, "
            "first_tried_at text, next_at text not null, ended_at text, fault text not null, "
            "unique (receiver_id, topic, told_as))"
        )
    )
    connection.execute(text("create index notice_waiting on notice (status, receiver_id, next_at)"))
    connection.execute(text("create index notice_customer on notice (customer_id)"))


def decisions(connection: Connection) -> None:
    """What the company decided, on which evidence, and what came of it."""
    number = "double precision"
    connection.execute(
        text(
            f"create table decision (decision_id {_serial(connection)}, what text not null, decided_by text not null, "
            "decided_at text not null, kind text not null, evidence_table text, evidence_column text, "
            f"evidence_key text, run_id text, evidence_as_of text, figure {number}, figure_low {number}, "
            f"figure_high {number}, figure_n bigint, expected text not null, review_on text, reviewed_at text, "
            f"reviewed_by text, came text, review_note text not null, later_figure {number}, later_low {number}, "
            f"later_high {number}, later_n bigint, later_run_id text)"
        )
    )
    connection.execute(text("create index decision_review on decision (review_on, reviewed_at)"))


MIGRATIONS: tuple[Migration, ...] = (
    segments,
    loads,
    quarantine,
    runs,
    corrections,
    write_keys,
    inbox,
    identity_decisions,
    feeds,
    webhooks,
    hypotheses,
    cases,
    notices,
    decisions,
)


def migrate(connection: Connection) -> list[str]:
    """Apply what is not applied yet, in order; gives the names applied now."""
    connection.execute(text("create table if not exists migration (name text primary key, applied_at text not null)"))
    known = set(connection.execute(text("select name from migration")).scalars())
    applied = []
    for step in MIGRATIONS:
        name = step.__name__
        if name in known:
            continue
        step(connection)
        connection.execute(
            text("insert into migration values (:name, :at)"), {"name": name, "at": datetime.now(UTC).isoformat()}
        )
        applied.append(name)
    return applied


def unknown(connection: Connection) -> list[str]:
    """Migrations that a newer version applied and this one does not know."""
    known = {step.__name__ for step in MIGRATIONS}
    return sorted(set(connection.execute(text("select name from migration")).scalars()) - known)
