"""Typeform: responses to a form as the table that its results page downloads.

The columns that are no question are those that public readers of the file name: ``#`` (the response's token), Response
Type, Start Date (UTC), Stage Date (UTC), Submit Date (UTC), Network ID, Tags, Ending, and hidden fields by their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from heartline.sources.export import Export
from heartline.sources.feedback import COLUMNS, answered, asked_of, feedback_tables, response, seconds_between
from heartline.sources.json_parts import Cells, cell, cell_at, left_over
from heartline.sources.table_records import table_opener

_OWN_ID = ("customer_id", "user_id", "userid", "contact_id", "external_id")
_PLAIN = ("Response Type", "Stage Date (UTC)", "Network ID", "Tags", "Ending")
_USED = ("#", "Start Date (UTC)", "Submit Date (UTC)", "email", *_OWN_ID)
_DIGITS = re.compile(r"-?\d{1,3}(\.\d+)?")
_ENDED = {"completed": "completed", "partial": "abandoned", "started": "abandoned"}


def rows(row: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a response. The table does not say of what kind a question is: only a mapping tells words."""
    begun, ended = cell_at(row, "Start Date (UTC)"), cell_at(row, "Submit Date (UTC)")
    core = {
        "Response id": cell(row.get("#")), "External id": next((cell(row[n]) for n in _OWN_ID if row.get(n)), None),
        "Email": cell_at(row, "email"), "Answered at": ended or begun,
    }  # fmt: skip
    made: list[Cells] = []
    kept: dict[str, str] = {}
    for name, value in row.items():
        said = cell(value)
        if name in _USED or name in _PLAIN or said is None:
            continue
        asked = asked_of(questions, name, name)
        # of a choice only a wording that says how good it is makes a score
        known = _DIGITS.fullmatch(said.strip()) or asked.knows(said) or asked.prompt
        made += answered(core, asked, said) if known or name in questions else []
        if asked.kind != "text":
            kept[name] = said
    outcome = _ENDED.get((cell_at(row, "Response Type") or "").lower()) or ("completed" if ended else "abandoned")
    plain = {name: row.get(name) for name in _PLAIN}
    whole = response(
        core, outcome=outcome, duration=seconds_between(begun, ended), others=left_over(plain, (), answers=kept)
    )
    return [*whole, *made]


EXPORT = Export(
    name="typeform_csv",
    title="a Typeform table of responses",
    about="Each response becomes an interaction, completed or abandoned, each score (NPS; satisfaction and ease where "
    "the scale is told) a survey response; which answers are words, a mapping has to tell.",
    fetch="in Typeform under Results, Responses download all responses as CSV",
    signatures=(frozenset({"#", "Start Date (UTC)", "Submit Date (UTC)"}),),
    opener=table_opener(rows, COLUMNS),
    needs=("#", "Start Date (UTC)", "Submit Date (UTC)"),
    tables=feedback_tables("typeform"),
)
