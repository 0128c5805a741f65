"""One person's answers to a survey, as a tool's API or webhook tells them, as the rows that a survey's export gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from heartline.sources.json_parts import Cells, cell
from heartline.sources.record_file import untold
from heartline.sources.survey_question import NO_ANSWER, Question, question
from heartline.sources.survey_rows import MADE, RECORD, about, survey_tables

CORE = ("Response id", "Person id", "External id", "Email", "Phone", "Answered at", "Survey", "Language")
"""Columns that scores and comments take along."""
COLUMNS = (*CORE, "Name", "Outcome", "Duration", "Others", *MADE)
"""All columns that a row may have."""
ANSWER = "answer"
"""An answer that stands for itself and is neither score nor words: a choice, a date."""


def response(
    core: Cells, name: str | None = None, comment: str | None = None, outcome: str | None = None,
    duration: str | None = None, others: str | None = None,
) -> list[Cells]:  # fmt: skip
    """The row of the response itself and, where anything is known of the person, that of the person."""
    said = {RECORD: "response", "Comment": comment, "Outcome": outcome, "Duration": duration, "Others": others}
    known = name or core.get("Email") or core.get("Phone")
    return [{**core, **said}, *([{**core, RECORD: "person", "Name": name}] if known else [])]


def answered(core: Cells, asked: Question, said: object) -> list[Cells]:
    """Rows of one answer: a score, words, none, or word of a scale that nobody told."""
    text = cell(said)
    if text is None or asked.kind == "none":
        return []
    if asked.kind == "text":
        return [{**core, **about(asked, "prompt" if asked.prompt else "comment"), "Comment": text}]
    if text.strip().lower() in NO_ANSWER:
        return []
    found = asked.answer(text)
    if found is None:
        return [untold(asked.column, asked.kind)]
    value, low, high = found
    score = {"Construct": asked.kind, "Score": value, "Score from": low, "Score to": high}
    return [{**core, **about(asked, "score"), **score}]


def asked_of(questions: Mapping[str, str], wording: str | None, *names: str | None, kind: str = "") -> Question:
    """What a question asks for: as a mapping tells it under one of its names or its wording, else ``kind`` (where the
    tool itself says it; spelled as in a mapping), else what the wording says."""
    known = [name for name in (*names, wording) if name]
    told = next((questions[name] for name in known if name in questions), kind)
    return question(known[0] if known else "question", wording or "", told)


def seconds_between(begun: object, ended: object) -> str | None:
    """Seconds from one ISO time to another; None where one is missing, unreadable or before the other."""
    try:
        passed = (datetime.fromisoformat(str(ended)) - datetime.fromisoformat(str(begun))).total_seconds()
    except (ValueError, TypeError):
        return None
    return repr(passed) if passed >= 0 else None


def feedback_tables(tool: str, external: str = "external:", zone: str = "UTC") -> list[dict[str, Any]]:
    """The tables of a feedback tool's mapping. Times without an offset are of ``zone`` (blank: the workspace's); UTC
    is what APIs write. ``external`` stands before an id that the company itself gave."""
    who = {
        "first_of": [
            {"column": "Person id", "prefix": f"{tool}:"},
            {"column": "External id", "prefix": external} if external else "External id",
            {"column": "Email", "prefix": "email:", "hashed": True},
            {"column": "Phone", "prefix": "phone:", "hashed": True},
            {"column": "Response id", "prefix": f"{tool}:response:"},
        ]
    }
    more = {"language": "Language", "outcome": "Outcome", "duration_s": "Duration", "properties": "Others"}
    told = {"zone": zone} if zone else {}
    whole, comment, prompt, score = survey_tables(tool, "Response id", who, "Answered at", told, {}, more)
    comment["columns"]["language"] = "Language"
    prompt["columns"]["language"] = {"first_of": ["Language", "Asked in"]}
    score["columns"]["survey"] = "Survey"
    answer = {
        **comment,
        "only_when": {RECORD: ANSWER},
        "columns": {**comment["columns"], "properties": "Others"},
        "constants": {**comment["constants"], "kind": "survey_answer"},
    }
    return [
        whole, comment, prompt, answer, score,
        {
            "name": "customer", "only_when": {RECORD: "person"}, "keep_others": False,
            "columns": {"customer_id": who, "name": "Name", "email": "Email", "phone": "Phone"},
        },
        {
            "name": "identity", "only_when": {RECORD: "response", "External id": "?*"}, "keep_others": False,
            "columns": {"customer_id": who, "value": "External id"}, "constants": {"kind": "crm_id"},
        },
    ]  # fmt: skip
