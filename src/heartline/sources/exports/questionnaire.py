"""Answers to Heartline's own questionnaire: a form tool's table, one line a person, one column a question.

Questions are known by the code of the item or by its wording in any of its languages; see heartline.survey. Tools
without a reader of their own write such tables: who answered and when stand under names that differ with the tool and
with the language of its account.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heartline.sources.export import Export
from heartline.sources.feedback import COLUMNS, answered, asked_of, feedback_tables, response
from heartline.sources.json_parts import Cells, cell, left_over
from heartline.sources.table_records import table_opener
from heartline.survey import match

_WHO = ("customer_id", "customer", "customer number", "user_id", "external_id", "kundennummer", "número de cliente")
_WHEN = (
    "answered_at", "submitted_at", "submitdate", "date submitted", "completion time", "end date", "timestamp",
    "zeitstempel", "marca temporal",
)  # fmt: skip
_EMAIL = ("email", "e-mail", "email address", "e-mail-adresse", "correo electrónico", "username")
_RESPONSE = ("response_id", "response id", "id")
_LANGUAGE = ("language", "startlanguage")
_LEAST = 2  # items that a header must have, so that one question of somebody else's is no questionnaire


def rows(row: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of one person's answers; columns that are no question and say neither who nor when are kept."""
    plain = {name.strip().lower().replace("_", " "): cell(value) for name, value in row.items()}
    who, when, email = _first(plain, _WHO), _first(plain, _WHEN), _first(plain, _EMAIL)
    known = {name.replace("_", " ") for name in (*_WHO, *_WHEN, *_EMAIL, *_RESPONSE, *_LANGUAGE)}
    made_up = f"{who or email} {when}" if (who or email) and when else None
    core = {
        "Response id": _first(plain, _RESPONSE) or made_up, "External id": who,
        "Email": email if email and "@" in email else None, "Answered at": when,
        "Survey": "heartline", "Language": _first(plain, _LANGUAGE),
    }  # fmt: skip
    made: list[Cells] = []
    kept: dict[str, str] = {}
    for name, value in row.items():
        said = cell(value)
        if said is None or name.strip().lower().replace("_", " ") in known:
            continue
        asked = asked_of(questions, name, name)
        if asked.item or name in questions:
            made += answered(core, asked, said)
        else:
            kept[name] = said
    return [*response(core, others=left_over({}, (), **kept) if kept else None), *made]


def _first(plain: Mapping[str, str | None], names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := plain.get(name.replace("_", " ")))), None)


def _looks(_path: Path, head: str) -> bool:
    first = next(iter(head.lstrip("\ufeff").splitlines()), "")
    for delimiter in (",", ";", "\t"):
        try:
            names = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:  # not a line of a table; whoever reads the file says what is wrong with it
            continue
        if len({found.item.code for name in names if (found := match(name))}) >= _LEAST:
            return True
    return False


EXPORT = Export(
    name="questionnaire",
    title="a table of answers to the questions of `heartline survey items`",
    about="Each line becomes an interaction, each answer on the scale a survey response of its item, the answer to "
    "what comes to mind words of the customer.",
    fetch="export the form's answers as CSV, one line a person, with the customer's number and the time of the answer; "
    "docs/how-to/ask-customers.md says how",
    looks=_looks,
    opener=table_opener(rows, COLUMNS),
    tables=feedback_tables("questionnaire", external="", zone=""),
)
