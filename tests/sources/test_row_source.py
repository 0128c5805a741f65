"""Rows made one by one come out in batches, with their lines; bad ones are set aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from heartline.sources.file_bytes import FileBytes, lines_of
from heartline.sources.json_lines import cell_of
from heartline.sources.raw import BATCH_ROWS, BadRow
from heartline.sources.row_source import Row, RowSource


def test_rows_come_in_batches_and_bad_ones_aside(tmp_path: Path) -> None:
    path = tmp_path / "calls.txt"
    path.write_text("".join(f"{n}\n" for n in range(BATCH_ROWS + 3)), encoding="utf-8")
    file = FileBytes(path)

    def rows() -> Iterator[Row | BadRow]:
        for first, lines in lines_of(file):
            for line, text in enumerate(lines, first):
                if text == b"5":
                    yield BadRow(line, "(row)", "number 5", "no five", "others", {"_text": "5"})
                else:
                    yield line, {"said": text.decode(), "none": None}

    source = RowSource(path.name, ["kind", "said", "none"], rows(), file)
    batches = list(source.batches())
    assert [batch.rows for batch in batches] == [BATCH_ROWS - 1, 3]
    assert [row.line for row in batches[0].broken] == [6]
    assert batches[1].raw_row(2) == {"kind": None, "said": str(BATCH_ROWS + 2), "none": None}
    assert batches[1].lines.tolist()[-1] == BATCH_ROWS + 3
    assert source.done_bytes == source.total_bytes


def test_json_values_become_cells() -> None:
    assert [cell_of(value) for value in (None, "a", True, 3, 1.5, {"a": [1]})] == [
        None, "a", "true", "3", "1.5", '{"a":[1]}',
    ]  # fmt: skip
