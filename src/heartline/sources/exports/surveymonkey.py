"""SurveyMonkey: all responses as CSV with two rows of headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from heartline.sources.export import Export, OtherHeader
from heartline.sources.open_file import FileOptions, open_file
from heartline.sources.raw import RawBatch, Source
from heartline.sources.reshaped import Reshaped
from heartline.sources.survey_question import Question, question
from heartline.sources.survey_rows import MADE, SurveyRows, survey_tables
from heartline.survey import match

CORE = ("Respondent ID", "Email Address", "Start Date", "End Date")
_PLAIN = {*CORE, "Collector ID", "IP Address", "First Name", "Last Name"}
_CUSTOM = re.compile(r"^Custom Data \d+$")
_NAMELESS = re.compile(r"^column_\d+$")
_WHOLE = ("", "response", "open-ended response")
_OPEN = re.compile(r"^(open-ended response|other \(please specify\)|comments?)\b", re.IGNORECASE)


class _Respondents:
    """Joins the two header rows: the question, and under it the answer that a column is for."""

    def __init__(self, options: FileOptions, notes: list[str]) -> None:
        self._told = options.questions
        self._notes = notes
        self._names: list[str] = []
        self._new: dict[str, str] = {}
        self._rows: SurveyRows | None = None

    def columns(self, found: Sequence[str]) -> list[str]:
        self._names = list(found)
        return [*found, *MADE]

    def batch(self, raw: RawBatch) -> RawBatch:
        if self._rows is None and raw.rows:
            raw = self._begin(raw)
        if self._rows is None:
            return raw
        columns = {self._new.get(name, name): column for name, column in raw.columns.items()}
        return self._rows.batch(RawBatch(columns, raw.lines, raw.broken))

    def finish(self) -> None:
        if self._rows is not None:
            self._notes += self._rows.notes()

    def _begin(self, raw: RawBatch) -> RawBatch:
        first = {name: str(cell or "").strip() for name, cell in raw.raw_row(0).items()}
        # the second header row has nothing under the columns that say who and when
        two = not first.get("Respondent ID")
        if not two:
            self._notes.append("the second header row is not there: questions are told by the first alone")
        asked: list[Question] = []
        last = ""
        for name in self._names:
            under = first[name] if two else ""
            if _NAMELESS.match(name) and under:
                self._new[name] = f"{last}: {under}"
            else:
                last = name
            asked.append(self._asked(self._new.get(name, name), last, under))
        self._rows = SurveyRows([self._new.get(name, name) for name in self._names], CORE, asked)
        drop = int(two)
        return RawBatch({n: c.slice(drop) for n, c in raw.columns.items()}, np.array(raw.lines[drop:]), raw.broken)

    def _asked(self, name: str, wording: str, under: str) -> Question:
        if name in self._told:
            return question(name, wording, self._told[name])
        if name in _PLAIN or _CUSTOM.match(name):
            return Question(name, wording, "none")
        if match(under):
            return question(name, under)  # a row of a matrix
        if _OPEN.match(under):
            return question(name, wording, "text")
        # a column under an answer of its own is a box that was ticked, or a row of a matrix
        if under.lower() not in _WHOLE and question(name, wording).kind != "nps":
            return Question(name, f"{wording}: {under}", "none")
        return question(name, wording)


def _opened(path: Path, options: FileOptions) -> Source:
    source = open_file(path, options)
    return Reshaped(source, _Respondents(options, source.notes))


_WHO = {
    "first_of": [
        {"column": "Email Address", "prefix": "email:", "hashed": True},
        {"column": "Respondent ID", "prefix": "surveymonkey:"},
    ]
}

EXPORT = Export(
    name="surveymonkey",
    title="a SurveyMonkey export",
    about="Each response becomes an interaction, each score (NPS; satisfaction and ease where the scale is told) a "
    "survey response, each open answer words of the customer.",
    fetch="in SurveyMonkey under Analyze Results choose Save As, Export file, All individual responses, CSV",
    signatures=(frozenset({"Respondent ID", "Collector ID", "Start Date", "End Date"}),),
    opener=_opened,
    options={"optional": ["Email Address", "First Name", "Last Name"]},
    tables=(
        *survey_tables(
            "surveymonkey",
            "Respondent ID",
            _WHO,
            {"first_of": ["End Date", "Start Date"]},
            {"format": ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M"]},
            {},
            {},
        ),
        {
            "name": "customer",
            "only_when": {"record": "response", "Email Address": "?*"},
            "keep_others": False,
            "joined_by": " ",
            "columns": {
                "customer_id": _WHO,
                "name": {"first_of": [{"column": ["First Name", "Last Name"]}, "Last Name"]},
                "email": "Email Address",
            },
        },
    ),
    others=(
        OtherHeader(
            ("RespondentID",),
            "about 2014 and before",
            "RespondentID is Respondent ID now, StartDate is Start Date, EndDate is End Date",
        ),
    ),
)
