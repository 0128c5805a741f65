"""Files that are not quite what the tool writes, and rows that a batch cuts through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.sources.exports.samples.qualtrics import FIRST, HEAD, REST
from tests.sources.exports.test_contract import SAMPLES, by_id, load

from heartline.ingest import ingest
from heartline.sources.exports import export_named, shopify_orders
from heartline.sources.mapping import read_mapping
from heartline.sources.open_file import FileOptions
from heartline.sources.raw import RawBatch


class _Pieces:
    """Rows one by one, each in a batch of its own."""

    name = "orders.csv"
    notes: list[str] = []  # noqa: RUF012
    total_bytes = done_bytes = 0
    columns = ["Name", "Subtotal", "Lineitem name", "Lineitem quantity"]  # noqa: RUF012

    def __init__(self, rows: list[tuple[str, ...]]) -> None:
        self._rows = rows

    def batches(self) -> Iterator[RawBatch]:
        for line, row in enumerate(self._rows, 2):
            columns = {n: pa.array([cell], pa.string()) for n, cell in zip(self.columns, row, strict=True)}
            yield RawBatch(columns, np.array([line], np.int64))

    def close(self) -> None:
        pass


def test_an_order_is_whole_though_a_batch_ends_inside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    rows = [("#1", "9", "a", "1"), ("#1", "", "b", "2"), ("#2", "5", "c", "x"), ("#2", "", "d", ""), ("#2", "", "", "")]
    monkeypatch.setattr(shopify_orders, "open_file", lambda path, options: _Pieces(rows))
    opener = export_named("shopify_orders").opener
    assert opener is not None
    made = [
        {name: column[at].as_py() for name, column in batch.columns.items()} | {"line": int(batch.lines[at])}
        for batch in opener(tmp_path, FileOptions()).batches()
        for at in range(batch.rows)
    ]
    assert [(row["Name"], row["Subtotal"], row["line"]) for row in made] == [("#1", "9", 2), ("#2", "5", 4)]
    assert json.loads(made[0]["Products"]) == [{"name": "a", "quantity": 1.0}, {"name": "b", "quantity": 2.0}]
    # a quantity that is no number is kept as it was written
    assert json.loads(made[1]["Products"]) == [{"name": "c", "quantity": "x"}, {"name": "d"}]


def test_qualtrics_without_its_second_and_third_header_row(rooms: Any) -> None:
    report = load(rooms, "qualtrics", f"{HEAD}\n{FIRST}{REST}")
    assert "the rows with wording and zone are not there" in " ".join(report.notes)
    # the group column beside it still says what Q1 is; nothing says it of Q2
    assert {row["construct"] for row in rooms.rows("survey_response")} == {"nps"}
    assert len(rooms.rows("interaction")) == 2
    # 10:03:01 in Berlin, the workspace's zone
    assert by_id(rooms, "interaction")["qualtrics:R_1a"]["occurred_at"].hour == 9


def test_a_scale_that_nobody_told_is_noted_and_can_be_told(rooms: Any) -> None:
    sample = SAMPLES["qualtrics"]
    report = load(rooms, "qualtrics", sample.body)
    told = " ".join(report.notes)
    assert "Q4 looks like ces, but its wording does not tell the scale" in told
    assert '[file.questions] "Q4" = "ces 1 to 5"' in told
    assert json.loads(by_id(rooms, "interaction")["qualtrics:R_1a"]["properties"])["Q4"] == "4"
    text = export_named("qualtrics").text
    text["file"] = {**text["file"], "questions": {"Q4": "ces 1 to 5", "Q3": "none"}}
    path = rooms.root / "files" / sample.file
    report = ingest(rooms.records, rooms.facts, rooms.settings, None, [path], read_mapping(text, "own"))
    assert "Q4" not in " ".join(report.notes)
    row = by_id(rooms, "survey_response")["qualtrics:R_1a:Q4"]
    assert (row["construct"], row["value"], row["scale_max"]) == ("ces", 4.0, 5.0)
    # what is no longer said to be words is kept beside them, and the words go
    assert rooms.rows("verbatim") == []


def test_surveymonkey_keeps_boxes_under_question_and_answer(rooms: Any) -> None:
    load(rooms, "surveymonkey", SAMPLES["surveymonkey"].body)
    kept = json.loads(by_id(rooms, "interaction")["surveymonkey:118002"]["properties"])
    assert kept["Which did you use?: Website"] == "Website"


def test_an_older_spelling_of_a_column_is_read(rooms: Any) -> None:
    sample = SAMPLES["zendesk"]
    body = sample.body.replace(",Id,", ",ID,").replace("Requester id", "Requester ID")
    load(rooms, "zendesk", body)
    assert by_id(rooms, "interaction")["zendesk:101"]["customer_id"] == "zendesk:7001"


def test_columns_that_a_file_lacks_are_told(rooms: Any) -> None:
    body = "Id,Status,Via,Created at\n1,Open,Mail,2025-01-01 10:00\n"
    report = load(rooms, "zendesk", body)
    assert "not in this file, and left blank: Requester, Requester id" in " ".join(report.notes)
    assert by_id(rooms, "interaction")["zendesk:1"]["customer_id"] == "zendesk:ticket:1"
