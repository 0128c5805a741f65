"""Trustpilot: service reviews as the table that its business site downloads.

The columns are those that public readers of the file name (Review Id, Review Stars, Review Created (UTC), …); those of
the reply are called Company or Business, by age. A review gets the same id as from the API or the webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartline.sources.export import Export
from heartline.sources.exports import trustpilot
from heartline.sources.json_parts import Cells, cell_at
from heartline.sources.table_records import table_opener

_USED = {
    "Review Id", "Review ID", "Review Created (UTC)", "Review Consumer User Id", "Review Username", "Review User Email",
    "Review Title", "Review Content", "Review Stars", "Review Language", "Company Response", "Business Response",
    "Company Reply Date (UTC)", "Business Reply Date (UTC)",
}  # fmt: skip


def rows(row: Mapping[str, Any], questions: Mapping[str, str]) -> list[Cells]:
    """Rows of a review: those of the same review from the API."""
    others = {name: value for name, value in row.items() if name not in _USED}
    reply = {
        "text": cell_at(row, "Company Response", "Business Response"),
        "createdAt": cell_at(row, "Company Reply Date (UTC)", "Business Reply Date (UTC)"),
    }
    consumer = {
        "id": cell_at(row, "Review Consumer User Id"), "displayName": cell_at(row, "Review Username"),
        "email": cell_at(row, "Review User Email"),
    }  # fmt: skip
    review = {
        "id": cell_at(row, "Review Id", "Review ID"), "createdAt": cell_at(row, "Review Created (UTC)"),
        "stars": cell_at(row, "Review Stars"), "title": cell_at(row, "Review Title"),
        "text": cell_at(row, "Review Content"), "language": cell_at(row, "Review Language"), "consumer": consumer,
        "companyReply": reply,
    }  # fmt: skip
    return trustpilot.rows({**others, **review}, questions)


EXPORT = Export(
    name="trustpilot_csv",
    title="a Trustpilot table of reviews",
    about="Each review becomes an interaction with stars and words, the company's reply one of its own, reviewers "
    "become customers; the same reviews from the API or the webhook have the same ids.",
    fetch="on Trustpilot's business site download the service reviews as CSV",
    signatures=(
        frozenset({"Review Id", "Review Created (UTC)", "Review Stars"}),
        frozenset({"Review ID", "Review Created (UTC)", "Review Stars"}),
    ),
    opener=table_opener(rows, trustpilot.COLUMNS),
    needs=("Review Created (UTC)", "Review Stars", "Review Content"),
    tables=trustpilot.EXPORT.tables,
)
