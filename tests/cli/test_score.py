"""`heartline score` on files that are not as one would wish."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from heartline.errors import MappingError
from heartline.score import ScoreReport, score_file
from heartline.sources.open_file import open_file
from heartline.sources.raw import Source


def scored(file: Path, ending: str = "jsonl") -> tuple[ScoreReport, Path]:
    output = file.with_name(f"out.{ending}")
    return score_file(file, "text", output, "bulk"), output


def lines(output: Path) -> list[dict[str, object]]:
    return [json.loads(line, parse_constant=pytest.fail) for line in output.read_text("utf-8").splitlines()]


def test_a_file_that_is_refused_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Source] = []
    closed: list[Source] = []

    def watched(file: Path) -> Source:
        source = open_file(file)
        close = source.close
        opened.append(source)

        def noted() -> None:
            closed.append(source)
            close()

        monkeypatch.setattr(source, "close", noted)
        return source

    monkeypatch.setattr("heartline.score.open_file", watched)
    for name, held in (("words.csv", "id,words\n1,fine\n"), ("taken.csv", "text,valence\nfine,3\n")):
        (tmp_path / name).write_text(held)
        with pytest.raises(MappingError):
            scored(tmp_path / name)
    assert closed == opened
    assert len(opened) == 2


def test_a_file_without_rows_gives_a_file_with_columns(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\n")
    assert scored(tmp_path / "in.csv", "csv")[0].rows == 0
    assert pa_csv.read_csv(tmp_path / "out.csv").column_names[:3] == ["id", "text", "valence"]
    scored(tmp_path / "in.csv", "parquet")
    assert pq.read_table(tmp_path / "out.parquet").column_names[:3] == ["id", "text", "valence"]
    assert lines(scored(tmp_path / "in.csv")[1]) == []


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary(13)])
def test_bytes_are_read_as_text(tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.table({"text": pa.array([b"Thank you \xff!!", b"I am so angry", None], kind)})
    pq.write_table(table, tmp_path / "in.parquet")
    report, output = scored(tmp_path / "in.parquet")
    assert report.statuses == {"scored": 2, "empty": 1}
    assert [row["text"] for row in lines(output)] == ["Thank you \ufffd!!", "I am so angry", None]
    scored(tmp_path / "in.parquet", "parquet")
    assert pq.read_table(tmp_path / "out.parquet").column("text").to_pylist() == table.column("text").to_pylist()
    scored(tmp_path / "in.parquet", "csv")


def test_numbers_that_json_does_not_know_are_missing(tmp_path: Path) -> None:
    numbers = [float("nan"), float("inf"), 1.5]
    pq.write_table(pa.table({"text": ["a", "b", "c"], "rating": numbers}), tmp_path / "in.parquet")
    assert [row["rating"] for row in lines(scored(tmp_path / "in.parquet")[1])] == [None, None, 1.5]


def test_what_is_left_out_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        '{"text": "fine"}\n' * 1000 + '{"text": "fine", "late": 1}\nno json\n[1]\n', encoding="utf-8"
    )
    report, _ = scored(tmp_path / "in.jsonl")
    assert (report.rows, report.unread_lines) == (1001, (1002, 1003))
    assert report.unread_reasons == ("the line is not valid JSON", "the line is JSON but no object")
    assert [note for note in report.notes if "late" in note]


def test_a_list_that_is_cut_off_is_told(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('[{"text": "fine"},\n')
    report, _ = scored(tmp_path / "in.json")
    assert (report.rows, report.unread_reasons) == (1, ("the file ends inside its list",))
