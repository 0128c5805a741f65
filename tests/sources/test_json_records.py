"""Objects come out of JSON however they are strung together, with their lines, and broken ones come out alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from heartline.errors import SourceError
from heartline.sources import file_bytes
from heartline.sources import json_records as json_records_room
from heartline.sources.file_bytes import FileBytes
from heartline.sources.json_parts import cell, cell_at, inside, left_over, objects
from heartline.sources.json_records import json_records
from heartline.sources.raw import BadRow

ODD: list[dict[str, Any]] = [
    {"a": 1, "text": 'brackets ]}[{ and "quotes" \\ "'},
    {"a": 2, "text": "æøå 🐌 \\", "inner": [{"b": [1, 2]}, []]},
    {"a": 3, "": {}},
]


def read(folder: Path, body: str | bytes, name: str = "a.json", within: tuple[str, ...] = ()) -> list[Any]:
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    file = FileBytes(path)
    try:
        found = list(json_records(path, file, within))
    finally:
        file.close()
    return [(one.line, one.reason) if isinstance(one, BadRow) else one for one in found]


@pytest.mark.parametrize("size", [7, 8, 13, 64, 1 << 20])
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_block_may_end_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, indent: int | None, escaped: bool
) -> None:
    monkeypatch.setattr(file_bytes, "SAMPLE", size)
    monkeypatch.setattr(file_bytes, "BLOCK", size)
    body = json.dumps(ODD, indent=indent, ensure_ascii=escaped)
    found = read(tmp_path, body)
    assert [record for _, record in found] == ODD
    starts = [1, 1, 1] if indent is None else [2, 6, body[: body.index('"a": 3')].count("\n")]
    assert [line for line, _ in found] == starts


def test_lines_pages_and_pretty_objects_give_the_same(tmp_path: Path) -> None:
    plain = [json.dumps(record) for record in ODD]
    for body, name in (
        ("\n".join(plain), "a.jsonl"),
        ("\n\n".join(plain) + "\n", "a.json"),
        ("\ufeff" + "\r\n".join(plain), "a.json"),
        (json.dumps({"more": True, "items": ODD}), "a.json"),
        (json.dumps({"data": {"meta": {}, "items": ODD}}, indent=2), "a.json"),
        ("\n".join(json.dumps(record, indent=4) for record in ODD), "a.json"),
        ("\n".join(json.dumps({"items": [record]}) for record in ODD), "a.ndjson"),
    ):
        found = read(tmp_path, body, name, ("items", "data"))
        assert [record for _, record in found] == ODD, body[:40]


def test_a_broken_object_comes_alone(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": \n{"a": 1}\n[1]\n{"a": NaN}\n{"a": 2}\n') == [
        (1, "the text is not valid JSON"), (2, {"a": 1}), (3, "the JSON is no object"),
        (4, "the text is not valid JSON"), (5, {"a": 2}),
    ]  # fmt: skip
    assert read(tmp_path, '[\n{"a": 1},\nrest, {"a" 2},\n{"a": 3}]') == [
        (2, {"a": 1}), (3, "there is text between the objects"), (3, "the text is not valid JSON"), (4, {"a": 3}),
    ]  # fmt: skip
    assert read(tmp_path, '[\n{"a": 1},\n{"a": {"b": "]')[1] == (3, "the file ends inside an object")
    assert read(tmp_path, '[{"a": 1}] and more')[1] == (1, "there is text between the objects")
    assert read(tmp_path, b'{"a": "\xff"}\n{"a": 1}\n', "a.jsonl")[1] == (2, {"a": 1})
    deep = read(tmp_path, '{"a":' * 100_000)
    assert [reason for _, reason in deep] == ["the file ends inside an object"]
    assert read(tmp_path, "[]") == []


def test_a_lost_bracket_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_bytes, "SAMPLE", 64)
    monkeypatch.setattr(file_bytes, "BLOCK", 64)
    monkeypatch.setattr(json_records_room, "MOST", 1000)
    body = '[\n{"a": 1},\n{"a": {"b": 2},\n' + ",\n".join('{"c": 3}' for _ in range(500)) + "]"
    found = read(tmp_path, body)
    assert found[0] == (2, {"a": 1})
    assert found[1][0] == 3
    assert "nothing after it was read" in found[1][1]
    assert len(found) == 2


def test_what_is_not_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not JSON"):
        read(tmp_path, "id,score\n1,2\n")


def test_parts_are_read_without_trust() -> None:
    held = {"a": {"b": [1]}, "text": '{"c": 2}', "bad": '{"c": ', "none": None, "blank": "  "}
    assert cell_at(held, "a.b.c", "a.b") == "[1]"
    assert cell_at(held, "none", "blank") is None
    assert inside(held, "text") == {"c": 2}
    assert inside(held, "bad") == inside(held, "a.b") == {}
    assert objects({"type": "list", "data": [{"x": 1}, 2]}) == [{"x": 1}]
    assert objects("x") == []
    assert cell(True) == "true"
    assert cell("\ud800a") == "?a"
    assert left_over({"a": 1, "b": None, "c": [], "d": "x"}, ("d",), e={}) == '{"a":1}'
    assert left_over({"a": None}, ()) is None
    assert str(left_over({"a": "\ud800"}, ())).encode()
