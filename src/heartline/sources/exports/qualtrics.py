"""Qualtrics: responses as CSV with three rows of headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import numpy as np
import pyarrow as pa

from heartline.sources.cells import strings
from heartline.sources.export import Export, OtherHeader
from heartline.sources.open_file import FileOptions, open_file
from heartline.sources.raw import RawBatch, Source
from heartline.sources.reshaped import Reshaped
from heartline.sources.survey_question import Question, question
from heartline.sources.survey_rows import MADE, SurveyRows, survey_tables

DATES = ("StartDate", "EndDate", "RecordedDate")
CORE = ("ResponseId", "Status", "ExternalReference", "RecipientEmail", *DATES)
_PLAIN = {
    *CORE,
    "IPAddress",
    "Progress",
    "Duration (in seconds)",
    "Finished",
    "RecipientLastName",
    "RecipientFirstName",
    "LocationLatitude",
    "LocationLongitude",
    "DistributionChannel",
    "UserLanguage",
    "Q_Language",
}
_OPEN = re.compile(r"_TEXT$")
_MOMENT = "%Y-%m-%d %H:%M:%S"


class _Responses:
    """Reads wording, kind and time zone of each column from the second and third row, and takes these rows away."""

    def __init__(self, options: FileOptions, notes: list[str]) -> None:
        self._told = options.questions
        self._notes = notes
        self._names: list[str] = []
        self._rows: SurveyRows | None = None
        self._zones: dict[str, ZoneInfo] = {}

    def columns(self, found: Sequence[str]) -> list[str]:
        self._names = list(found)
        return [*found, *MADE]

    def batch(self, raw: RawBatch) -> RawBatch:
        if self._rows is None and raw.rows:
            raw = self._begin(raw)
        if self._rows is None:
            return raw
        columns = {name: self._placed(name, column) for name, column in raw.columns.items()}
        return self._rows.batch(RawBatch(columns, raw.lines, raw.broken))

    def finish(self) -> None:
        if self._rows is not None:
            self._notes += self._rows.notes()

    def _begin(self, raw: RawBatch) -> RawBatch:
        head = [raw.raw_row(at) for at in range(min(raw.rows, 3))]
        third = next((at for at, row in enumerate(head) if any(_meta(cell) for cell in row.values())), None)
        if third is None:
            self._notes.append("the rows with wording and zone are not there: times are taken in the workspace's zone")
        meta = {} if third is None else {name: _meta(cell) for name, cell in head[third].items()}
        wording = {} if not third else {name: " ".join(str(cell or "").split()) for name, cell in head[0].items()}
        for name in DATES:
            zone = meta.get(name, {}).get("timeZone")
            try:
                if isinstance(zone, str) and zone:
                    self._zones[name] = ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError):
                self._notes.append(f"the time zone of {name} is not known: its times are taken in the workspace's zone")
        ids = {name: str(of.get("ImportId", "")) for name, of in meta.items()}
        self._rows = SurveyRows(self._names, CORE, [self._asked(n, wording.get(n, ""), ids) for n in self._names])
        drop = 0 if third is None else third + 1
        return RawBatch({n: c.slice(drop) for n, c in raw.columns.items()}, np.array(raw.lines[drop:]), raw.broken)

    def _asked(self, name: str, wording: str, ids: dict[str, str]) -> Question:
        if name in self._told:
            return question(name, wording, self._told[name])
        own = ids.get(name, name)
        if name in _PLAIN or name.endswith("_NPS_GROUP"):
            return Question(name, wording, "none")
        if f"{own}_NPS_GROUP" in ids.values() or f"{name}_NPS_GROUP" in self._names:
            return Question(name, wording, "nps", "0", "10")
        if _OPEN.search(own) or _OPEN.search(name):
            return question(name, wording, "text")
        return question(name, wording) if own.startswith("QID") or not ids else Question(name, wording, "none")

    def _placed(self, name: str, column: pa.Array) -> pa.Array:
        zone = self._zones.get(name)
        if zone is None:
            return column
        return pa.array([_at(value, zone) for value in strings(column).to_pylist()], pa.string())


def _meta(cell: object) -> dict[str, object]:
    text = str(cell or "").strip()
    if not text.startswith("{") or "ImportId" not in text:
        return {}
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _at(value: str | None, zone: ZoneInfo) -> str | None:
    try:
        return None if value is None else datetime.strptime(value, _MOMENT).replace(tzinfo=zone).isoformat()
    except ValueError:
        return value


def _opened(path: Path, options: FileOptions) -> Source:
    source = open_file(path, options)
    return Reshaped(source, _Responses(options, source.notes))


_WHO = {
    "first_of": [
        {"column": "RecipientEmail", "prefix": "email:", "hashed": True},
        {"column": "ExternalReference", "prefix": "external:"},
        {"column": "ResponseId", "prefix": "qualtrics:"},
    ]
}
_SKIP = {"Status": ["Survey Preview", "Survey Test", "Spam", "1", "2", "8"]}

EXPORT = Export(
    name="qualtrics",
    title="a Qualtrics export",
    about="Each response becomes an interaction, each score (NPS; satisfaction and ease where the scale is told) a "
    "survey response, each open answer words of the customer. Previews, tests and spam are left out.",
    fetch="in Qualtrics under Data & Analysis choose Export, CSV, with all fields",
    signatures=(
        frozenset({"StartDate", "EndDate", "ResponseId", "RecordedDate", "DistributionChannel"}),
        frozenset({"ResponseId", "RecordedDate", "Duration (in seconds)"}),
    ),
    opener=_opened,
    options={
        "optional": [
            "RecipientEmail",
            "ExternalReference",
            "Status",
            "UserLanguage",
            "Duration (in seconds)",
            "RecipientLastName",
            "RecipientFirstName",
        ],
    },
    tables=(
        *survey_tables(
            "qualtrics",
            "ResponseId",
            _WHO,
            "RecordedDate",
            {},
            _SKIP,
            {"language": "UserLanguage", "duration_s": "Duration (in seconds)"},
        ),
        {
            "name": "customer",
            "only_when": {"record": "response", "RecipientEmail": "?*"},
            "skip_when": _SKIP,
            "keep_others": False,
            "joined_by": " ",
            "columns": {
                "customer_id": _WHO,
                "name": {"first_of": [{"column": ["RecipientFirstName", "RecipientLastName"]}, "RecipientLastName"]},
                "email": "RecipientEmail",
            },
        },
        {
            "name": "identity",
            "only_when": {"record": "response", "ExternalReference": "?*"},
            "skip_when": _SKIP,
            "keep_others": False,
            "columns": {"customer_id": _WHO, "value": "ExternalReference"},
            "constants": {"kind": "crm_id"},
        },
    ),
    others=(
        OtherHeader(
            ("ResponseID", "ResponseSet"),
            "the legacy export (before 2017)",
            "ResponseID is ResponseId now, ExternalDataReference is ExternalReference, RecordedDate and a third "
            "header row were added",
        ),
    ),
)
