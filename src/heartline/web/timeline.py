"""The time line of one customer: contacts with words and feelings, answers and orders, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from heartline.corrections import LAYERS, Correction, Reading
from heartline.tables import EMOTIONS, SIGNALS
from heartline.web.consent import Consent
from heartline.web.correcting import Form, anchor, form_of, said_words, standing
from heartline.web.correcting import address as correcting_address
from heartline.web.door import Door, Row
from heartline.web.figures import Figure, explain_address
from heartline.web.page import Query
from heartline.web.words import tone

_CONTACT = f"""
select i.interaction_id, i.occurred_at, i.channel, i.touchpoint, i.stage, i.kind, i.direction, i.outcome, i.duration_s,
       i.rating, i.rating_min, i.rating_max, v.speaker, v.language, v.text,
       f.valence, f.arousal, f.intensity, f.emotions, f.signals, f.motivators, f.main_emotion, f.about, f.status,
       f.evidence, f.model_version, f.corrected_at,
       {", ".join(f"f.p_{e}" for e in EMOTIONS)}, {", ".join(f"f.p_signal_{s}" for s in SIGNALS)},
       t.felt_valence, t.felt_from, t.baseline, t.baseline_n, t.surprise
from interaction i
left join verbatim v on v.interaction_id = i.interaction_id and v.customer_id = $id
left join feeling f on f.interaction_id = i.interaction_id and f.customer_id = $id
left join touchpoint_visit t on t.interaction_id = i.interaction_id and t.customer_id = $id
where i.customer_id = $id and i.occurred_at < $before
"""
CONTACTS = f"{_CONTACT} order by i.occurred_at desc nulls last, i.interaction_id limit $limit"
FELT_BAD = -0.2
HURTS = f"""{_CONTACT} and (t.felt_valence <= {FELT_BAD} or i.outcome = 'failed' or i.interaction_id = $first)
order by i.interaction_id = $first desc, i.occurred_at desc nulls last, i.interaction_id limit $limit
"""
ANSWERS = """
select response_id, answered_at, construct, subject, value, scale_min, scale_max from survey_response
where customer_id = $id and answered_at < $before order by answered_at desc nulls last, response_id limit $limit
"""
ORDERS = """
select purchase_id, occurred_at, revenue, currency, discount, refunded, channel from purchase
where customer_id = $id and occurred_at < $before order by occurred_at desc nulls last, purchase_id limit $limit
"""


ABBREVIATED = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


@dataclass(frozen=True)
class Piece:
    """A run of a customer's words and the labels that it carries; none: plain words."""

    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Label:
    """A decided feeling or service signal: its name, how sure, and whether it is good or bad news."""

    name: str
    kind: str
    p: Figure
    tone: str


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    at: when, UTC
    kind: contact, answer or order
    title: touchpoint, question or order in words
    channel, stage, outcome, direction: as told; empty where not
    detail: rating, answer or amount in words; empty where none
    speaker: who spoke; empty without words
    pieces: the words, with the evidence marked
    labels: what was decided, most probable first
    felt: felt valence; felt_from: what it was read from
    surprise: felt valence minus what this customer is used to
    silence: why no feeling is named; empty where one is
    explain: address of the rows behind it
    anchor: name of its place on the page; empty without words of the customer
    corrected: who corrected or confirmed the reading, when, and what they said; empty: nobody
    correct: address of the form that corrects it; empty where nothing may be read
    form: the form, where the address asks for it
    """

    at: datetime
    kind: str
    title: str
    channel: str
    stage: str
    outcome: str
    direction: str
    detail: str
    speaker: str
    pieces: Sequence[Piece]
    labels: Sequence[Label]
    felt: Figure
    felt_from: str
    surprise: Figure
    silence: str
    explain: str
    anchor: str = ""
    corrected: str = ""
    correct: str = ""
    form: Form | None = None


def marked(text: str, evidence: str | None, kept: Set[tuple[str, str]] | None = None) -> tuple[Piece, ...]:
    """The words cut at the ends of the evidence spans; spans outside the text or unreadable are left out.

    ``kept``: kinds and names of the labels that still stand after a correction; None: all.
    """
    spans: list[tuple[int, int, str]] = []
    try:
        found: Any = json.loads(evidence) if evidence else []
    except ValueError:
        found = []
    for item in found if isinstance(found, list) else []:
        if isinstance(item, Mapping):
            start, end, label = item.get("start"), item.get("end"), item.get("label")
            if (
                isinstance(start, int)
                and isinstance(end, int)
                and isinstance(label, str)
                and 0 <= start < end <= len(text)
                and (kept is None or (str(item.get("kind")), label) in kept)
            ):
                spans.append((start, end, label))
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    return tuple(
        Piece(text[a:b], tuple(dict.fromkeys(label for s, e, label in spans if s <= a and b <= e)))
        for a, b in pairwise(cuts)
    )


def timeline(
    door: Door, customer_id: str, before: datetime, limit: int, consent: Consent, query: Query | None = None
) -> tuple[list[Event], datetime | None]:
    """The newest events before a moment, and the moment from which the next part starts; None at the end.

    ``query``: parts of the page's address: which text's form is asked for, and which part of the line is shown.
    """
    values = {"id": customer_id, "before": before, "limit": limit + 1}

    def ask(sql: str) -> list[Row]:
        found: list[Row] = door.customer_query(customer_id, sql, values).to_pylist()
        return found

    currency = door.settings.text("currency")
    said = {one.interaction_id: one for one in door.corrected(customer_id)} if consent.read else {}
    events = [
        _contact(row, consent, customer_id, said.get(row["interaction_id"]), query or {}) for row in ask(CONTACTS)
    ]
    events += [_answer(row, customer_id) for row in ask(ANSWERS)]
    events += [_order(row, customer_id, currency) for row in ask(ORDERS)]
    events.sort(key=lambda event: event.at, reverse=True)
    if len(events) <= limit:
        return events, None
    # Several events may share a moment; a part ends between moments so that none is lost or shown twice.
    edge = events[limit].at
    kept = [event for event in events[:limit] if event.at > edge]
    if kept:
        return kept, kept[-1].at
    together = [event for event in events if event.at == edge]
    return together, edge


def hurts(door: Door, customer_id: str, before: datetime, limit: int, consent: Consent, first: str = "") -> list[Event]:
    """The newest contacts that felt bad or failed; who may not be read: those rated or failed, no words.

    ``first``: a contact that comes first, however it felt; of who may be read, for their words may have made it so.
    """
    first = first if consent.read else ""
    values = {"id": customer_id, "before": before, "limit": 4 * limit, "first": first}
    found: list[Row] = door.customer_query(customer_id, HURTS, values).to_pylist()
    said = {one.interaction_id: one for one in door.corrected(customer_id)} if consent.read else {}
    events = [_contact(row, consent, customer_id, said.get(row["interaction_id"]), {}) for row in found]
    events = events if consent.read else [replace(event, pieces=(), speaker="", silence="") for event in events]
    return [
        event for event, row in zip(events, found, strict=True)
        if row["interaction_id"] == first or event.outcome == "failed"
        or (event.felt.value is not None and event.felt.value <= FELT_BAD)
    ][:limit]  # fmt: skip


def _contact(row: Row, consent: Consent, customer_id: str, said: Correction | None, query: Query) -> Event:
    text = row["text"] or ""
    own = row["speaker"] == "customer"
    read = own and consent.read
    labels: list[Label] = []
    held: set[tuple[str, str]] | None = None
    reading = standing(row, said) if read and row["status"] is not None else None
    if reading and said:  # a person is sure, or is not asked how sure
        held = {(kind, name) for kind in LAYERS for name in getattr(reading, f"{kind}s") or ()}
        labels = [Label(name, kind, Figure(None, "share"), tone(name)) for kind, name in sorted(held)]
    elif reading:
        labels += [_label(row, name, "emotion", f"p_{name}") for name in reading.emotions or ()]
        labels += [_label(row, name, "signal", f"p_signal_{name}") for name in reading.signals or ()]
        labels.sort(key=lambda label: -(label.p.value or 0))
    silence = ""
    if text and own:
        if not consent.read:
            silence = "Not read for feelings: the customer has not agreed to it."
        elif row["status"] is None:
            silence = "Not read yet."
    shown = consent.read or row["felt_from"] in ("rating", "none")
    address = explain_address(
        "touchpoint_visit", "felt_valence", customer_id=customer_id, interaction_id=row["interaction_id"]
    )
    rating = ""
    if row["rating"] is not None:
        top = f" on a scale of {row['rating_min']:g} to {row['rating_max']:g}" if row["rating_max"] is not None else ""
        rating = f"rated {row['rating']:g}{top}"
    return Event(
        row["occurred_at"],
        "contact",
        row["touchpoint"],
        row["channel"],
        row["stage"] or "",
        row["outcome"] or "",
        row["direction"] or "",
        rating,
        row["speaker"] or "" if text else "",
        marked(text, row["evidence"] if read else None, held) if text else (),
        labels,
        Figure(row["felt_valence"] if shown else None, "valence", explain=address),
        row["felt_from"] or "none" if shown else "none",
        Figure(
            row["surprise"] if shown and consent.worked_out else None,
            "valence",
            n=row["baseline_n"],
            explain=address.replace("felt_valence", "surprise"),
        ),
        silence or ("" if said and reading else row["status"] if text and own and row["status"] != "scored" else ""),
        address,
        **_correcting(row, customer_id, text, reading, said, query),
    )


def _correcting(
    row: Row, customer_id: str, text: str, reading: Reading | None, said: Correction | None, query: Query
) -> dict[str, Any]:
    """What the time line shows of the correction of one text; nothing where there is nothing to correct."""
    if not text or reading is None or row["status"] == "empty":
        return {}
    text_id, before = row["interaction_id"], query.get("before", "")
    # the run before a correction does not follow it yet; a later run takes over its moment
    followed = row["corrected_at"]
    pending = said is not None and (followed is None or followed < datetime.fromisoformat(said.at).replace(tzinfo=None))
    return {
        "anchor": anchor(text_id),
        "corrected": said_words(said, pending) if said else "",
        "correct": correcting_address(customer_id, text_id, before, form=True),
        "form": form_of(row, customer_id, before, reading) if query.get("correct") == text_id else None,
    }


def _label(row: Row, name: str, kind: str, column: str) -> Label:
    return Label(name, kind, Figure(row.get(column), "share"), tone(name))


def _answer(row: Row, customer_id: str) -> Event:
    subject = f" about {row['subject'].replace('_', ' ')}" if row["subject"] else ""
    return Event(
        row["answered_at"],
        "answer",
        f"{ABBREVIATED.get(row['construct'], row['construct'])} answer",
        "survey",
        "",
        "",
        "",
        f"{row['value']:g} on a scale of {row['scale_min']:g} to {row['scale_max']:g}{subject}",
        "",
        (),
        (),
        Figure(None, "valence"),
        "none",
        Figure(None, "valence"),
        "",
        explain_address("survey_response", "value", customer_id=customer_id, response_id=row["response_id"]),
    )


def _order(row: Row, customer_id: str, currency: str) -> Event:
    unit = row["currency"] or currency
    detail = Figure(row["revenue"], "money", unit).text
    if row["discount"]:
        detail += f", discount {Figure(row['discount'], 'money', unit).text}"
    if row["refunded"]:
        detail += f", {Figure(row['refunded'], 'money', unit).text} paid back"
    return Event(
        row["occurred_at"],
        "order",
        "order",
        row["channel"] or "",
        "",
        "",
        "",
        detail,
        "",
        (),
        (),
        Figure(None, "valence"),
        "none",
        Figure(None, "valence"),
        "",
        explain_address("purchase", "revenue", customer_id=customer_id, purchase_id=row["purchase_id"]),
    )
