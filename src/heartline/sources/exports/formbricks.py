"""Formbricks: feedback records, one for each answered field; and whole responses, as its API and webhook give them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heartline.sources.export import Export
from heartline.sources.feedback import (
    ANSWER,
    COLUMNS,
    answered,
    asked_of,
    feedback_tables,
    response,
)
from heartline.sources.json_parts import Cells, cell, cell_at, left_over, part
from heartline.sources.record_file import UNTOLD, looks_like, record_opener, untold
from heartline.sources.survey_question import Question
from heartline.sources.survey_rows import RECORD

_RECORD_USED = (
    "id", "submission_id", "collected_at", "user_id", "language", "source_name", "field_id", "field_label",
    "field_type", "field_group_id", "field_group_label", "value_text", "value_number", "value_boolean", "value_date",
    "created_at", "updated_at", "metadata",
)  # fmt: skip
_RESPONSE_USED = ("id", "createdAt", "created_at", "updatedAt", "data", "finished", "language", "person", "contact")
_SCORES = ("csat", "ces", "rating")
_CHOSEN = ("categorical", "boolean", "date")
"""Of these only a wording that says how good it is makes a score."""


def rows(record: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a feedback record, of a response, or of a webhook's event; none for anything else."""
    if "submission_id" in record or "field_type" in record:
        return _of_field(record, questions)
    inner = part(record, "data")
    if "event" in record and isinstance(inner, dict):
        record = inner
    if "surveyId" not in record or not isinstance(record.get("data"), dict):
        return []
    return _of_response(record, questions)


def _of_field(record: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    name, wording = cell_at(record, "field_id"), cell_at(record, "field_label")
    core = {
        "Response id": cell_at(record, "submission_id"), "Person id": cell_at(record, "user_id"),
        "Answered at": cell_at(record, "collected_at"), "Survey": cell_at(record, "source_name", "source_id"),
        "Language": cell_at(record, "language"),
    }  # fmt: skip
    kind = (cell_at(record, "field_type") or "").lower()
    asked = asked_of(questions, wording, name, kind={"nps": "nps", "text": "text"}.get(kind, ""))
    if kind in _SCORES and asked.low is None and not _told(questions, name, wording):
        # the record says what it measures, and only the wording on which scale
        asked = Question(asked.column, asked.wording, kind if kind != "rating" else "a score")
    said = cell_at(record, "value_text", "value_number", "value_boolean", "value_date")
    if kind in _CHOSEN and not _told(questions, name, wording) and not asked.knows(said or ""):
        asked = Question(asked.column, asked.wording, "none")
    # what is the same in all records of a submission is the response; each brings it again
    made = response(core, others=left_over(record, _RECORD_USED))
    answer = answered(core, asked, said)
    made += answer
    if said is not None and (not answer or answer[0].get(RECORD) == UNTOLD):
        others = left_over({}, (), field_type=kind, value=said, field_label=wording, metadata=record.get("metadata"))
        made.append({**core, RECORD: ANSWER, "Question id": asked.column, "Others": others})
    return made


def _of_response(record: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    core = {
        "Response id": cell_at(record, "id"),
        "Person id": cell_at(record, "contact.userId", "person.userId", "contact.id", "person.id", "contactId"),
        "Email": cell_at(record, "contactAttributes.email", "personAttributes.email"),
        "Answered at": cell_at(record, "createdAt", "updatedAt"), "Survey": cell_at(record, "survey.name", "surveyId"),
        "Language": cell_at(record, "language"),
    }  # fmt: skip
    if core["Language"] == "default":
        core["Language"] = None
    made: list[Cells] = []
    kept: dict[str, str] = {}
    for name, said in record["data"].items():
        # an answer does not say of what kind its question is: only a mapping tells words from choices
        asked = asked_of(questions, None, name)
        made += answered(core, asked, said)
        if asked.kind == "none" and isinstance(said, int | float) and not isinstance(said, bool):
            made.append(untold(name, "a score"))
        if asked.kind != "text" and (text := cell(said)):
            kept[name] = text
    outcome = {"true": "completed", "false": "abandoned"}.get(cell_at(record, "finished") or "")
    return [*response(core, outcome=outcome, others=left_over(record, _RESPONSE_USED, answers=kept)), *made]


def _told(questions: Mapping[str, str], *names: str | None) -> bool:
    return any(name in questions for name in names)


_records = looks_like("submission_id", "field_type", "collected_at")
_responses = looks_like("surveyId", "finished", "data")


def _looks(path: Path, head: str) -> bool:
    return _records(path, head) or _responses(path, head)


EXPORT = Export(
    name="formbricks",
    title="a Formbricks export",
    about="Feedback records of one submission become one interaction, each score (NPS; CSAT, CES and rating where the "
    "scale is told) a survey response, each text words of the customer; whole responses the same.",
    fetch="fetch feedback records from the API of Formbricks Hub, or responses from its management API, all pages, or "
    "keep what its webhook sends",
    looks=_looks,
    opener=record_opener(rows, COLUMNS, ("data",)),
    rows=rows,
    tables=feedback_tables("formbricks"),
)
