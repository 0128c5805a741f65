"""PostHog: answers to surveys (`survey sent`) and clicks in rage (`$rageclick`) out of exported events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from heartline.sources.export import Export
from heartline.sources.feedback import COLUMNS, answered, asked_of, feedback_tables, response
from heartline.sources.json_parts import Cells, cell, cell_at, inside, left_over, objects
from heartline.sources.record_file import looks_like, record_opener, untold
from heartline.sources.survey_rows import RECORD

CLICK = "click"
_ANSWER = "$survey_response"
_NUMBER = re.compile(r"^-?\d{1,3}$")
_APPS = ("ios", "android", "react-native", "flutter", "swift", "kotlin")
_KEPT = (
    "$survey_id", "$survey_name", "$survey_iteration", "$current_url", "$pathname", "$el_text", "$browser", "$os",
    "$device_type", "$session_id", "$lib", "$app_version",
)  # fmt: skip


def rows(record: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of an event; none for events of other kinds."""
    # exports by way of a warehouse hold the properties as text
    held, event = inside(record, "properties"), record.get("event")
    if event not in ("survey sent", "$rageclick"):
        return []
    person = inside(record, "person.properties") or inside(record, "person_properties")
    email = cell_at(person, "email", "$email") or cell_at(held, "$set.email", "email")
    core = {
        "Response id": cell_at(held, "$survey_submission_id") or cell_at(record, "uuid", "id"),
        "Person id": cell_at(record, "distinct_id") or cell_at(held, "distinct_id"), "Email": email,
        "Answered at": cell_at(record, "timestamp"), "Survey": cell_at(held, "$survey_name", "$survey_id"),
        "Language": cell_at(held, "$survey_language"),
    }  # fmt: skip
    kept = {name: held.get(name) for name in _KEPT}
    if event == "$rageclick":
        where = cell_at(held, "$pathname", "$screen_name") or urlsplit(cell_at(held, "$current_url") or "").path
        app = any(name in (cell_at(held, "$lib") or "") for name in _APPS)
        click = {RECORD: CLICK, "Response id": cell_at(record, "uuid", "id"), "Channel": "app" if app else "web"}
        return [{**core, **click, "Place": where or None, "Others": left_over(kept, ())}]
    made, chosen = _answers(core, held, questions)
    outcome = {"true": "completed", "false": "abandoned"}.get(cell_at(held, "$survey_completed") or "")
    name = cell_at(person, "name")
    return [*response(core, name, outcome=outcome, others=left_over(kept, (), answers=chosen)), *made]


def _answers(core: Cells, held: Mapping[str, Any], questions: Mapping[str, str]) -> tuple[list[Cells], dict[str, str]]:
    """Rows of all answers, and what is neither score nor words.

    An answer stands under its question's id, in older events under its number; the first under no number at all.
    """
    asked_for = objects(held.get("$survey_questions"))
    wordings = {cell_at(one, "id"): cell_at(one, "question") for one in asked_for}
    keys = {f"{_ANSWER}_{cell_at(one, 'id')}" for one in asked_for}
    made: list[Cells] = []
    chosen: dict[str, str] = {}
    for key, said in held.items():
        if not key.startswith(_ANSWER) or (text := cell(said)) is None:
            continue
        name = key.removeprefix(_ANSWER).removeprefix("_") or "0"
        if key not in keys and name.isdigit():
            # the same answer may stand in the event under its number and under its id
            at = int(name)
            named = cell_at(asked_for[at], "id") if at < len(asked_for) else None
            if named and cell(held.get(f"{_ANSWER}_{named}")) is not None:
                continue
            name = named or name
        wording = wordings.get(name)
        if isinstance(said, list | dict):
            chosen[wording or name] = text
            continue
        number = bool(_NUMBER.match(text.strip()))
        # the event does not say of what kind a question is: what is no number and no list is taken for words
        asked = asked_of(questions, wording, name)
        if asked.kind == "none" and name not in questions and wording not in questions:
            if isinstance(said, str) and not number:
                asked = asked_of({}, wording, name, kind="text")
            elif number:
                made.append(untold(name, "a score"))
        made += answered(core, asked, said)
        if asked.kind != "text":
            chosen[wording or name] = text
    return made, chosen


def _tables() -> list[dict[str, Any]]:
    tables = feedback_tables("posthog")
    whole = tables[0]
    click = {
        "name": "interaction", "only_when": {RECORD: CLICK}, "time": whole["time"],
        "columns": {
            "interaction_id": whole["columns"]["interaction_id"], "customer_id": whole["columns"]["customer_id"],
            "occurred_at": "Answered at", "channel": "Channel", "touchpoint": "Place", "properties": "Others",
        },
        "constants": {"channel": "web", "touchpoint": "page", "kind": "rage_click", "direction": "inbound"},
    }  # fmt: skip
    return [*tables, click]


EXPORT = Export(
    name="posthog",
    title="a PostHog export of events",
    about="Each answered survey becomes an interaction, each score (NPS; satisfaction and ease where the scale is told)"
    " a survey response, each text words of the customer; clicks in rage become interactions. All else is left out.",
    fetch="export the events `survey sent` and `$rageclick` as JSON Lines by a batch export, or fetch them from the "
    "events API, all pages",
    looks=looks_like("event", "distinct_id", "properties"),
    opener=record_opener(rows, (*COLUMNS, "Channel", "Place"), ("results",)),
    rows=rows,
    tables=_tables(),
)
