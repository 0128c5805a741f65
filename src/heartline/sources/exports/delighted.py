"""Delighted: survey responses, as its API lists them or its webhook sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartline.sources.export import Export
from heartline.sources.feedback import COLUMNS, answered, asked_of, feedback_tables, response
from heartline.sources.json_parts import Cells, cell_at, inside, left_over, objects, part
from heartline.sources.record_file import looks_like, record_opener
from heartline.sources.survey_question import Question

# high is good in all of them: 5 of an effort score is "strongly agree" (that it was easy)
_MAIN = {"nps": "nps", "csat": "csat 1 to 5", "ces": "ces 1 to 5"}
_USED = ("id", "person", "score", "comment", "created_at", "additional_answers")


def rows(record: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a response, or of a webhook's event; none for another event (somebody unsubscribed)."""
    if "event_type" in record:
        if not str(record["event_type"]).startswith("survey_response"):
            return []
        record = inside(record, "event_data")
    person = record.get("person")
    of = person if isinstance(person, dict) else {"id": person}
    kind = cell_at(record, "survey_type")
    core = {
        "Response id": cell_at(record, "id"), "Person id": cell_at(of, "id"), "Email": cell_at(of, "email"),
        "Phone": cell_at(of, "phone_number"), "Answered at": cell_at(record, "created_at"), "Survey": kind,
    }  # fmt: skip
    scored = answered(core, _main((kind or "score").lower(), questions), record.get("score"))
    more: list[Cells] = []
    chosen: dict[str, str] = {}
    for one in objects(record.get("additional_answers")):
        wording, name = cell_at(one, "question.text"), cell_at(one, "question.id")
        more += answered(core, asked_of(questions, wording, name, kind="text"), part(one, "value.free_response"))
        more += answered(core, asked_of(questions, wording, name), part(one, "value.scale"))
        picked = objects([part(one, "value.select_one"), *objects(part(one, "value.select_many"))])
        texts = [cell_at(one, "value.scale"), *(cell_at(choice, "text") for choice in picked)]
        if any(texts):
            chosen[wording or name or "question"] = "; ".join(text for text in texts if text)
    kept = left_over(record, _USED, score=record.get("score"), answers=chosen)
    return [*response(core, cell_at(of, "name"), cell_at(record, "comment"), others=kept), *scored, *more]


def _main(kind: str, questions: Mapping[str, str]) -> Question:
    """The one question that every response answers; a mapping tells it under its kind."""
    if kind in questions or kind in _MAIN:
        return asked_of(questions, None, kind, kind=_MAIN.get(kind, ""))
    return Question(kind, "", "a score")


EXPORT = Export(
    name="delighted",
    title="a Delighted export",
    about="Each response becomes an interaction with the comment's words, each score (NPS 0 to 10, CSAT and CES 1 to "
    "5) a survey response; answers to further questions are words, scores or kept.",
    fetch="fetch survey_responses.json?expand=person from Delighted's API, all pages, or keep what its webhook sends",
    looks=looks_like("survey_type", "score", "person", "permalink"),
    opener=record_opener(rows, COLUMNS),
    rows=rows,
    tables=feedback_tables("delighted"),
)
