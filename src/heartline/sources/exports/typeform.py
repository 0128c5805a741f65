"""Typeform: responses to a form, as its API lists them or its webhook sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartline.sources.export import Export
from heartline.sources.feedback import (
    COLUMNS,
    answered,
    asked_of,
    feedback_tables,
    response,
    seconds_between,
)
from heartline.sources.json_parts import Cells, cell, cell_at, first, left_over, objects, part
from heartline.sources.record_file import looks_like, record_opener, untold

_USED = ("token", "response_id", "submitted_at", "landed_at", "answers", "definition", "landing_id")
# Hidden fields are named by whoever makes the form: these are usual names of a customer's number, user_id is the one in
# Typeform's own example (typeform.com/developers/webhooks/example-payload).
_OWN_ID = tuple(f"hidden.{name}" for name in ("customer_id", "user_id", "userid", "contact_id", "external_id"))
_OPEN = ("long_text", "short_text")
_SCALES = ("opinion_scale", "rating")
_MEASURED = (*_SCALES, "number")


def rows(record: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a response, or of a webhook's event; none for an event that holds no response."""
    if "event_type" in record and not isinstance(record.get("form_response"), dict):
        return []
    record = record.get("form_response") or record
    if not isinstance(record, dict):
        return []
    answers = objects(record.get("answers"))
    titles = {cell_at(one, "id"): cell_at(one, "title") for one in objects(part(record, "definition.fields"))}
    # what was begun and never sent has a moment in the year 1, as the API's answers in public tests of its readers
    ended = cell_at(record, "submitted_at")
    ended = None if ended and ended.startswith("0001") else ended
    begun = cell_at(record, "landed_at")
    core = {
        "Response id": cell_at(record, "token", "response_id"), "External id": cell_at(record, *_OWN_ID),
        "Email": cell_at(record, "hidden.email") or _of_type(answers, "email"),
        "Phone": _of_type(answers, "phone_number"), "Answered at": ended or begun,
        "Survey": cell_at(record, "definition.title", "form_id"),
    }  # fmt: skip
    made: list[Cells] = []
    chosen: dict[str, str] = {}
    for one in answers:
        wording = titles.get(cell_at(one, "field.id")) or cell_at(one, "field.title")
        names = (cell_at(one, "field.ref"), cell_at(one, "field.id"))
        of, said = cell_at(one, "field.type"), _said(one)
        kind = "text" if of in _OPEN else "nps" if of == "nps" else ""
        asked = asked_of(questions, wording, *names, kind=kind)
        told = any(name in questions for name in (*names, wording))
        # of a choice only a wording that says how good it is makes a score
        counts = kind or told or of in _MEASURED or asked.knows(said or "")
        made += answered(core, asked, said) if counts else []
        if asked.kind == "none" and of in _SCALES and not told:
            made.append(untold(asked.column, "a score"))
        if said and asked.kind != "text" and of not in ("email", "phone_number"):
            chosen[wording or asked.column] = said
    kept = left_over(record, _USED, answers=chosen)
    outcome = "completed" if ended else "abandoned" if begun else None
    whole = response(core, outcome=outcome, duration=seconds_between(begun, ended), others=kept)
    return [*whole, *made]


def _said(answer: Mapping[str, Any]) -> str | None:
    """The answer as text; several choices parted by semicolons."""
    of = str(answer.get("type"))
    if of == "choice":
        return cell_at(answer, "choice.label", "choice.other")
    if of == "choices":
        labels = first(answer, "choices.labels")
        texts = [cell(one) for one in labels] if isinstance(labels, list) else []
        return cell("; ".join(text for text in (*texts, cell_at(answer, "choices.other")) if text))
    return cell_at(answer, of)


def _of_type(answers: list[dict[str, Any]], kind: str) -> str | None:
    return next((cell_at(one, kind) for one in answers if one.get("type") == kind), None)


EXPORT = Export(
    name="typeform",
    title="a Typeform export",
    about="Each response becomes an interaction, each score (NPS; satisfaction and ease where the scale is told) a "
    "survey response, each text answer words of the customer.",
    fetch="fetch /forms/{form_id}/responses from Typeform's API, all pages, or keep what its webhook sends",
    looks=looks_like("landed_at", "answers", "field"),
    opener=record_opener(rows, COLUMNS, ("items",)),
    rows=rows,
    tables=feedback_tables("typeform"),
)
