"""A survey's wide rows, one a person, into one row for the response, one for each score and one for each comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from heartline.sources.cells import strings
from heartline.sources.raw import RawBatch
from heartline.sources.reshaped import batch_of
from heartline.sources.survey_question import NO_ANSWER, Question

RECORD = "record"
"""Which kind of row it is: response, score, comment or prompt (words on what comes to mind)."""
MADE = (
    RECORD, "Question id", "Question", "Construct", "Score", "Score from", "Score to", "Comment", "Item", "Subject",
    "Asked in",
)  # fmt: skip


class SurveyRows:
    """Makes the rows. ``core`` are columns that a score and a comment take along: who, when, which response.

    Where the survey has one open question only, its words stand with the response; else each comment has a row.
    """

    def __init__(self, columns: Sequence[str], core: Sequence[str], questions: Sequence[Question]) -> None:
        self.columns = [*columns, *MADE]
        self._core = [name for name in core if name in columns]
        self._scores = [asked for asked in questions if asked.kind not in ("text", "none")]
        self._open = [asked for asked in questions if asked.kind == "text" and not asked.prompt]
        self._prompts = [asked for asked in questions if asked.prompt]
        self.untold: dict[str, Question] = {}

    def batch(self, raw: RawBatch) -> RawBatch:
        """All rows of a batch; a score on a scale that nobody told stays with the response, and is noted."""
        cells = {name: strings(column).to_pylist() for name, column in raw.columns.items()}
        made: list[Mapping[str, Any]] = []
        lines: list[int] = []
        for at, line in enumerate(raw.lines.tolist()):
            row = {name: values[at] for name, values in cells.items()}
            several = self._of(row)
            made += several
            lines += [line] * len(several)
        return batch_of(self.columns, made, lines, raw.broken)

    def _of(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        core = {name: row.get(name) for name in self._core}
        response = {**row, RECORD: "response"}
        rows = [response]
        for asked in self._open:
            said = row.get(asked.column)
            if said is None:
                continue
            if len(self._open) == 1:
                response |= {"Comment": said, asked.column: None}
            else:
                rows.append(core | about(asked, "comment") | {"Comment": said})
        rows += [
            core | about(asked, "prompt") | {"Comment": row[asked.column]}
            for asked in self._prompts
            if row.get(asked.column) is not None
        ]
        for asked in self._scores:
            cell = row.get(asked.column)
            if cell is None or cell.lower() in NO_ANSWER:
                continue
            found = asked.answer(cell)
            if found is None:
                self.untold[asked.column] = asked
                continue
            value, low, high = found
            score = {"Construct": asked.kind, "Score": value, "Score from": low, "Score to": high}
            rows.append(core | about(asked, "score") | score)
        return rows

    def notes(self) -> list[str]:
        """Which questions look like scores on a scale that nobody told."""
        return [
            f"{asked.column} looks like {asked.kind}, but its wording does not tell the scale: its answers are kept, "
            f'not counted. Say it in a mapping file: [file.questions] "{asked.column}" = "{asked.kind} 1 to 5"'
            for asked in self.untold.values()
        ]


def about(asked: Question, record: str) -> dict[str, Any]:
    """Cells that say which question a row answers; the language of its wording is taken for that of the answer."""
    return {
        RECORD: record, "Question id": asked.column, "Question": asked.wording or None, "Item": asked.item,
        "Subject": asked.subject, "Asked in": asked.language,
    }  # fmt: skip


def survey_tables(
    tool: str, response: str, who: Mapping[str, Any], when: object, time: Mapping[str, Any], skip: Mapping[str, Any],
    more: Mapping[str, Any],
) -> list[dict[str, Any]]:  # fmt: skip
    """The tables of a survey tool's mapping. ``response`` is the column of the response's id, ``more`` further columns
    of the response's own interaction."""
    base = {name: dict(given) for name, given in (("time", time), ("skip_when", skip)) if given}
    found = {"prefix": f"{tool}:", "column": response}
    part = {"prefix": f"{tool}:", "column": [response, "Question id"]}
    shared = {"channel": "survey", "touchpoint": "survey", "direction": "inbound"}
    common = {"customer_id": dict(who), "occurred_at": when, "conversation_id": found, "text": "Comment"}
    # the open question has no number, so it is no answer on a scale but a contact with words of a kind of its own
    return [
        {
            "name": "interaction", "only_when": {RECORD: "response"}, **base,
            "columns": {"interaction_id": found, **common, **more},
            "constants": {**shared, "kind": "survey_response"},
        },
        {
            "name": "interaction", "only_when": {RECORD: "comment"}, **base, "keep_others": False,
            "columns": {"interaction_id": part, **common},
            "constants": {**shared, "kind": "survey_comment"},
        },
        {
            "name": "interaction", "only_when": {RECORD: "prompt"}, **base, "keep_others": False,
            "columns": {"interaction_id": part, **common, "language": "Asked in"},
            "constants": {**shared, "kind": "prompt"},
        },
        {
            "name": "survey_response", "only_when": {RECORD: "score"}, **base,
            "columns": {
                "response_id": part, "customer_id": dict(who), "answered_at": when, "construct": "Construct",
                "value": "Score", "scale_min": "Score from", "scale_max": "Score to", "question": "Question",
                "item": "Item", "subject": "Subject",
            },
        },
    ]  # fmt: skip
