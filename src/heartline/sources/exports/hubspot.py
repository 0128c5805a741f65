"""HubSpot: feedback submissions (survey responses), as its CRM API lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartline.sources.export import Export
from heartline.sources.feedback import COLUMNS, answered, asked_of, feedback_tables, response
from heartline.sources.json_parts import Cells, cell_at, left_over, objects, part
from heartline.sources.record_file import looks_like, record_opener
from heartline.sources.survey_question import Question

# NPS is the survey's own scale. CSAT has three faces, 0 to 2: HubSpot's own example has "2" with PROMOTER. CES 1 to 7
# ("strongly agree") is what guides to HubSpot say; its reference says nothing of scales. A value outside its scale goes
# to the quarantine.
_MAIN = {"nps": "nps", "ces": "ces 1 to 7", "csat": "csat 0 to 2"}
_USED = ("hs_content", "hs_contact_email_rollup", "hs_object_id", "hs_submission_timestamp", "hs_createdate")


def rows(record: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a submission; none for an object that has no properties, or that was archived."""
    held = record.get("properties")
    if not isinstance(held, dict) or record.get("archived") is True:
        return []
    contact = next(iter(objects(part(record, "associations.contacts.results"))), {})
    core = {
        "Response id": cell_at(record, "id", "properties.hs_object_id"), "Person id": cell_at(contact, "id"),
        "Email": cell_at(held, "hs_contact_email_rollup", "email"),
        "Answered at": cell_at(held, "hs_submission_timestamp", "hs_createdate") or cell_at(record, "createdAt"),
        "Survey": cell_at(held, "hs_survey_name"),
    }  # fmt: skip
    kind = (cell_at(held, "hs_survey_type") or "score").strip().lower()
    told = kind in questions or kind in _MAIN
    asked = asked_of(questions, None, kind, kind=_MAIN.get(kind, "")) if told else Question(kind, "", "a score")
    kept = left_over(held, _USED)
    whole = response(core, comment=cell_at(held, "hs_content"), others=kept)
    return [*whole, *answered(core, asked, held.get("hs_value"))]


EXPORT = Export(
    name="hubspot",
    title="a HubSpot export of feedback submissions",
    about="Each submission becomes an interaction with its words, each score (NPS 0 to 10, CES 1 to 7, CSAT 0 to 2) a "
    "survey response.",
    fetch="fetch /crm/v3/objects/feedback_submissions from HubSpot's API, all pages, with associations=contacts and "
    "properties=hs_value,hs_content,hs_survey_type,hs_survey_name,hs_submission_timestamp,hs_contact_email_rollup",
    looks=looks_like("properties", "hs_survey_type", "hs_value"),
    opener=record_opener(rows, COLUMNS, ("results",)),
    rows=rows,
    tables=feedback_tables("hubspot"),
)
