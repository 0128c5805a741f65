"""Correcting a text on the desk: what its form shows, and what it says when it comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode

from heartline.corrections import LAYERS, Correction, Edit, Reading, standing_of
from heartline.tables import ABOUT, MAIN_EMOTIONS
from heartline.web.door import Row
from heartline.web.page import BadAddress

STEPS = ((-2, "very bad"), (-1, "bad"), (0, "neither"), (1, "good"), (2, "very good"))
_TITLES = {"emotion": "Emotions", "signal": "Service signals", "motivator": "What moves them"}
_FIELDS = 200


@dataclass(frozen=True)
class Group:
    """Labels of one kind: those that stand, and all others that may be added."""

    kind: str
    title: str
    standing: Sequence[str]
    others: Sequence[str]


@dataclass(frozen=True)
class Form:
    """The form of one text.

    seen: labels that stood when the form was made, so that what was ticked or not is a change against them
    main_emotion, about, valence: what stands; empty or None: not judged
    undecided: the model decided nothing, so the valence must be said
    """

    interaction_id: str
    customer_id: str
    before: str
    groups: Sequence[Group]
    seen: str
    main_emotion: str
    main_emotions: Sequence[str]
    about: str
    abouts: Sequence[str]
    valence: float | None
    steps: Sequence[tuple[int, str]]
    undecided: bool


@dataclass(frozen=True)
class Sent:
    """A form that came back."""

    token: str
    interaction_id: str
    edit: Edit
    by: str
    note: str
    address: str


def anchor(interaction_id: str) -> str:
    """Name of a text's place on the page, made of plain letters whatever the id holds."""
    return "t" + hashlib.md5(interaction_id.encode(), usedforsecurity=False).hexdigest()[:10]


def address(customer_id: str, interaction_id: str, before: str, form: bool) -> str:
    """Address of a text on its customer's page, with or without its form; the same part of the time line."""
    pairs = [("correct", interaction_id)] if form else []
    pairs += [("before", before)] if before else []
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"/customers/{quote(customer_id, safe='')}{query}#{anchor(interaction_id)}"


def standing(row: Row, correction: Correction | None) -> Reading:
    """What stands for a text of the time line: a person's word where there is one, else the row of ``feeling``."""
    emotions, signals, motivators = (
        None if row[name] is None else tuple(row[name].split()) for name in ("emotions", "signals", "motivators")
    )
    shown = Reading(
        row["status"], emotions, signals, motivators, row["main_emotion"], row["about"] or None, row["valence"]
    )
    return shown if correction is None else standing_of(correction.said, shown)


def form_of(row: Row, customer_id: str, before: str, reading: Reading) -> Form:
    """The form of one text, filled with what stands."""
    held = {kind: set(getattr(reading, f"{kind}s") or ()) for kind in LAYERS}
    groups = [
        Group(
            kind,
            _TITLES[kind],
            [name for name in names if name in held[kind]],
            [name for name in names if name not in held[kind]],
        )
        for kind, names in LAYERS.items()
    ]
    return Form(
        row["interaction_id"],
        customer_id,
        before,
        groups,
        " ".join(f"{group.kind}:{name}" for group in groups for name in group.standing),
        reading.main_emotion or "",
        MAIN_EMOTIONS,
        reading.about or "",
        ABOUT,
        reading.valence,
        STEPS,
        reading.status != "scored",
    )


def said_words(correction: Correction, pending: bool) -> str:
    """Who said so and when, and what they said besides labels."""
    said, shown = correction.said, correction.shown
    before = {(kind, name) for kind in LAYERS for name in getattr(shown, f"{kind}s") or ()}
    after = {(kind, name) for kind in LAYERS for name in getattr(said, f"{kind}s") or ()}
    left = (said.main_emotion or shown.main_emotion, said.about or shown.about)
    same = before == after and left == (shown.main_emotion, shown.about) and said.valence in (None, shown.valence)
    parts = [f"mainly {said.main_emotion}"] if said.main_emotion else []
    parts += [f"about {said.about}" if said.about != "none" else "about nothing in particular"] if said.about else []
    if said.valence is not None and said.valence != shown.valence:
        parts.append(f"feels {dict(STEPS).get(round(said.valence * 2), 'other')}")
    told = f": {', '.join(parts)}" if parts else ""
    when = correction.at[:16].replace("T", " ")
    later = "; counts from the next run on" if pending else ""
    return f"{'Confirmed' if same else 'Corrected'} by {correction.by}, {when} UTC{told}{later}."


def read_form(body: bytes) -> Sent:
    """What a form says; BadAddress for one that no page of the desk made. A form without a change confirms."""
    try:
        fields = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=_FIELDS, encoding="utf-8")
        given = {name: values[0] for name, values in fields.items()}
        customer, interaction = given["customer_id"], given["interaction_id"]
        step = int(given["valence"]) if given.get("valence") else None
    except (ValueError, KeyError) as cause:
        raise BadAddress("this form cannot be read", "the form of a text", "load the page again") from cause
    seen, ticked = given.get("seen", "").split(), fields.get("label", [])
    edit = Edit(
        tuple(label for label in ticked if label not in seen),
        tuple(label for label in seen if label not in ticked),
        _changed(given, "main_emotion"),
        _changed(given, "about"),
        step,
    )
    return Sent(
        given.get("token", ""),
        interaction,
        Edit(right=True) if edit.nothing else edit,
        given.get("by", ""),
        given.get("note", ""),
        address(customer, interaction, given.get("before", ""), form=False),
    )


def _changed(given: dict[str, str], name: str) -> str | None:
    return given[name] if given.get(name) and given[name] != given.get(f"seen_{name}") else None
