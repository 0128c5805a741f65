"""CSV torture: nothing lost, the line right, and the fast way never disagrees with the exact one."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartline.errors import SourceError
from heartline.sources.csv_exact import read_exactly
from heartline.sources.csv_file import CsvFile
from heartline.sources.raw import BadRow

Row = tuple[int, tuple[str, ...]]


def read(path: Path, **options: object) -> tuple[list[Row], list[BadRow]]:
    source = CsvFile(path, **options)  # type: ignore[arg-type]
    rows: list[Row] = []
    bad: list[BadRow] = []
    for batch in source.batches():
        columns = [batch.columns[name].to_pylist() for name in source.columns]
        rows += list(zip(batch.lines.tolist(), zip(*columns, strict=True), strict=True))
        bad += batch.broken
    return rows, bad


def written(folder: Path, body: bytes | str, name: str = "a.csv") -> Path:
    file = folder / name
    file.write_bytes(body.encode() if isinstance(body, str) else body)
    return file


def test_lines_are_counted_through_values_that_span_them(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, 'a,b\n1,"x\ny\nz"\n2,"say ""hi"", then go"\n3,w\n'))
    assert rows == [(2, ("1", "x\ny\nz")), (5, ("2", 'say "hi", then go')), (6, ("3", "w"))]
    assert bad == []


def test_rows_with_too_many_or_too_few_columns_are_set_aside_alone(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, 'a,b\n1,x\n2\n3,y,z\n4,"p\nq"\n5,v\n'))
    assert [line for line, _ in rows] == [2, 5, 7]
    assert [(row.line, row.reason) for row in bad] == [
        (3, "the row has 1 column, the header has 2"),
        (4, "the row has 3 columns, the header has 2"),
    ]
    assert bad[1].raw["_text"] == "3,y,z"


def test_an_unclosed_quote_costs_one_line(tmp_path: Path) -> None:
    body = (
        "a,b\n"
        + "".join(f"{n},ok\n" for n in range(5))
        + '99,"never closed\n'
        + "".join(f'{n},"fine"\n' for n in range(5, 3000))
    )
    rows, bad = read(written(tmp_path, body))
    assert len(rows) == 3000
    assert [row.line for row in bad] == [7]
    assert rows[5] == (8, ("5", "fine"))


def test_an_unclosed_quote_at_the_end_costs_one_line(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, 'a,b\n1,x\n2,"open\n3,y\n4,z\n'))
    assert [line for line, _ in rows] == [2, 4, 5]
    assert [(row.line, row.reason) for row in bad] == [(3, "a quote is opened and never closed")]


def test_bytes_that_are_no_utf8_cost_one_line(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, "a,b\n1,grün\n".encode() + b"2,gr\xfcn\n3,y\n"))
    assert [row for _, row in rows] == [("1", "grün"), ("3", "y")]
    assert [row.line for row in bad] == [3]


def test_a_nul_byte_costs_one_line(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, b"a,b\n1,x\n2,y\0y\n3,z\n"))
    assert [line for line, _ in rows] == [2, 4]
    assert bad[0].line == 3


def test_a_quote_inside_an_unquoted_value_is_a_letter(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, 'a,b\n1,5" pipe\n2,"x"\n'))
    assert [row for _, row in rows] == [("1", '5" pipe'), ("2", "x")]
    assert bad == []


def test_text_after_a_closing_quote_is_set_aside(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, 'a,b\n1,"he said "no" to me"\n2,x\n'))
    assert [line for line, _ in rows] == [3]
    assert bad[0].reason == "text follows a closing quote"


def test_blank_lines_and_rows_of_delimiters_are_no_rows(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, "a,b\r\n\r\n1,x\r\n,\r\n2,y"))
    assert rows == [(3, ("1", "x")), (5, ("2", "y"))]
    assert bad == []


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"),
                           ("cp1252", "Windows-1252")],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, said: str) -> None:
    file = written(tmp_path, "name;mood\nJürgen;très bien\nAnn;fine\n".encode(encoding))
    rows, bad = read(file)
    assert [row for _, row in rows] == [("Jürgen", "très bien"), ("Ann", "fine")]
    assert bad == []
    source = CsvFile(file)
    source.close()
    assert any(said in note for note in source.notes) or not said


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_and_gz_is_unpacked(tmp_path: Path, delimiter: str) -> None:
    body = delimiter.join(("a", "b", "c")) + "\n" + delimiter.join(("1", "2", "x")) + "\n"
    rows, _ = read(written(tmp_path, gzip.compress(body.encode()), "a.csv.gz"))
    assert rows == [(2, ("1", "2", "x"))]


def test_cells_parted_by_blanks(tmp_path: Path) -> None:
    rows, bad = read(written(tmp_path, "  id  when   sum\r\n 1  2   3.5\r\n 2 4 5\r\n"), delimiter="whitespace")
    assert rows == [(2, ("1", "2", "3.5")), (3, ("2", "4", "5"))]
    assert bad == []


@pytest.mark.parametrize(
    ("body", "word"), [(b"PK\x03\x04rest", "spreadsheet"), (b"\xd0\xcf\x11\xe0rest", "spreadsheet"), (b"", "empty"),
                       (b"%PDF-1.7", "PDF"), (b'{"a": 1}\n', "JSON"), (b"<html><body>", "web page"),
                       (b"\x1f\x8b\x08\x00broken", "damaged"), (bytes(range(256)) * 40, "binary")],
)  # fmt: skip
def test_what_is_no_text_is_named(tmp_path: Path, body: bytes, word: str) -> None:
    with pytest.raises(SourceError, match=word):
        CsvFile(written(tmp_path, body))


CELL = st.text(alphabet='ab,"\n\r é;', max_size=6)


@given(rows=st.lists(st.tuples(CELL, CELL), max_size=12))
@settings(max_examples=150, deadline=None)
def test_well_formed_files_come_back_to_the_letter(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    file = tmp_path_factory.mktemp("csv") / "a.csv"
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    file.write_bytes(("x,y\n" + "\n".join(quoted) + "\n").encode())
    found, bad = read(file, delimiter=",")
    assert bad == []
    assert [row for _, row in found] == [row for row in rows if any(row)]


@given(body=st.text(alphabet='a,"\n', max_size=40))
@settings(max_examples=300, deadline=None)
def test_the_fast_way_agrees_with_the_exact_one(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    file = tmp_path_factory.mktemp("csv") / "a.csv"
    file.write_bytes(b"x,y\nq,q\n" + body.encode())
    found, bad = read(file, delimiter=",")
    exact = read_exactly(b"q,q\n" + body.encode(), ["x", "y"], ",", 2, True)
    assert [(line, list(row)) for line, row in found] == list(zip(exact.lines, exact.rows, strict=True))
    assert [row.line for row in bad] == [row.line for row in exact.broken]
