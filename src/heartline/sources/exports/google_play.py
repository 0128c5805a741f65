"""Google Play: the monthly file of reviews, UTF-16."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from heartline.sources.cells import strings
from heartline.sources.export import Export, OtherHeader
from heartline.sources.open_file import FileOptions, open_file
from heartline.sources.raw import RawBatch, Source
from heartline.sources.reshaped import Reshaped, with_columns

MADE = ("Review id", "Review words")
_ID = re.compile(r"[?&#:]reviewid=([^&#]+)", re.IGNORECASE)
_INSTEAD = ("Package Name", "Review Submit Millis Since Epoch", "Reviewer Language", "Device")


class _Reviews:
    """Adds the id that stands in a review's link, and title and text in one."""

    def columns(self, found: Sequence[str]) -> list[str]:
        return [*found, *MADE]

    def batch(self, raw: RawBatch) -> RawBatch:
        nothing = pa.nulls(raw.rows, pa.string())
        links = strings(raw.columns.get("Review Link", nothing)).to_pylist()
        parts = [strings(raw.columns.get(name, nothing)).to_pylist() for name in _INSTEAD]
        ids = []
        for link, *instead in zip(links, *parts, strict=True):
            told = _ID.search(link or "")
            # ratings without words have no link; without app and moment there is no id at all
            whole = all(instead[:2])
            ids.append(unquote(told[1]) if told else ":".join(p or "" for p in instead) if whole else None)
        title = strings(raw.columns.get("Review Title", nothing))
        text = strings(raw.columns.get("Review Text", nothing))
        words = pc.coalesce(pc.binary_join_element_wise(title, text, "\n"), text, title)
        return with_columns(raw, {"Review id": pa.array(ids, pa.string()), "Review words": words})

    def finish(self) -> None:
        return None


def _opened(path: Path, options: FileOptions) -> Source:
    return Reshaped(open_file(path, options), _Reviews())


_REVIEW = {"column": "Review id", "prefix": "google_play:"}

EXPORT = Export(
    name="google_play",
    title="a Google Play export of reviews",
    about="Each review becomes an interaction with stars and words, the developer's reply one of its own; the last "
    "edition of a review replaces the one before. Reviewers have no id: each review stands for one customer.",
    fetch="in the Play Console under Download reports, Reviews, take the month's CSV file",
    signatures=(frozenset({"Package Name", "Star Rating", "Review Text", "Review Submit Millis Since Epoch"}),),
    opener=_opened,
    needs=("Package Name", "Review Text"),
    options={
        "optional": [
            "Reviewer Language",
            "Device",
            "Review Title",
            "Developer Reply Text",
            "Developer Reply Millis Since Epoch",
            "Review Link",
            "Review Last Update Millis Since Epoch",
        ],
    },
    tables=(
        {
            "name": "interaction",
            "columns": {
                "interaction_id": _REVIEW,
                "customer_id": _REVIEW,
                "conversation_id": _REVIEW,
                "occurred_at": {
                    "first_of": ["Review Last Update Millis Since Epoch", "Review Submit Millis Since Epoch"]
                },
                "rating": "Star Rating",
                "text": "Review words",
                "language": "Reviewer Language",
            },
            "constants": {
                "channel": "app",
                "touchpoint": "app_review",
                "kind": "review",
                "direction": "inbound",
                "rating_min": 1,
                "rating_max": 5,
            },
            "time": {"format": ["epoch_ms"]},
        },
        {
            "name": "interaction",
            "only_when": {"Developer Reply Text": "?*"},
            "keep_others": False,
            "columns": {
                "interaction_id": {"column": "Review id", "prefix": "google_play:reply:"},
                "customer_id": _REVIEW,
                "conversation_id": _REVIEW,
                "occurred_at": "Developer Reply Millis Since Epoch",
                "text": "Developer Reply Text",
            },
            "constants": {
                "channel": "app",
                "touchpoint": "app_review",
                "kind": "reply",
                "direction": "outbound",
                "speaker": "employee",
            },
            "time": {"format": ["epoch_ms"]},
        },
    ),
    others=(
        OtherHeader(
            ("App Version", "Reviewer Hardware Model"),
            "about 2013",
            "App Version is App Version Code and App Version Name now, Reviewer Hardware Model is Device, "
            "URL is Review Link",
        ),
    ),
)
