"""Chatwoot: the table of its satisfaction report.

Columns as Chatwoot writes them in English (github.com/chatwoot/chatwoot, config/locales/en.yml and, below app/views,
api/v1/accounts/csat_survey_responses/download.csv.erb). A line with the report's period ends the file; it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from heartline.sources.export import Export
from heartline.sources.feedback import COLUMNS, answered, asked_of, feedback_tables, response
from heartline.sources.json_parts import Cells, cell_at, left_over
from heartline.sources.raw import BadRow
from heartline.sources.table_records import table_opener

_NUMBER = re.compile(r"/conversations/(\d+)")
# who of the company it was is not kept by name, nor what the company notes of an answer
_USED = (
    "Agent Name", "Rating", "Feedback Comment", "Contact Name", "Contact Email Address", "Contact Phone Number",
    "Link to the conversation", "Recorded date", "Review Notes",
)  # fmt: skip


def rows(row: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a rating. It has no number of its own: conversation and moment together are its id."""
    at, number = cell_at(row, "Recorded date"), _NUMBER.search(cell_at(row, "Link to the conversation") or "")
    core = {
        "Response id": f"csat:{number[1]}:{at}" if number and at else None,
        "Email": cell_at(row, "Contact Email Address"), "Phone": cell_at(row, "Contact Phone Number"),
        "Answered at": at, "Survey": "csat",
    }  # fmt: skip
    scored = answered(core, asked_of(questions, None, "csat", kind="csat 1 to 5"), cell_at(row, "Rating"))
    others = left_over(row, _USED)
    return [*response(core, cell_at(row, "Contact Name"), cell_at(row, "Feedback Comment"), others=others), *scored]


def _is_period(row: BadRow) -> bool:
    return any(str(value).startswith("Reporting period") for value in row.raw.values())


EXPORT = Export(
    name="chatwoot_csat",
    title="a Chatwoot table of satisfaction ratings",
    about="Each rating becomes an interaction with its words and a survey response, 1 to 5; contacts become customers.",
    fetch="in Chatwoot under Reports, CSAT choose Download CSAT Reports",
    signatures=(frozenset({"Rating", "Feedback Comment", "Contact Name", "Recorded date"}),),
    opener=table_opener(rows, COLUMNS, _is_period),
    needs=("Rating", "Recorded date", "Link to the conversation"),
    tables=feedback_tables("chatwoot"),
)
