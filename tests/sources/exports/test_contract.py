"""What every export must do, whatever its tool."""

from __future__ import annotations

import csv
import importlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.ingest.conftest import Rooms
from tests.sources.exports.sample import Sample

from heartline.errors import MappingError
from heartline.ingest import export_quarantine, ingest
from heartline.records import quarantine
from heartline.settings import load_settings
from heartline.sources.exports import EXPORTS, export_named, recognised
from heartline.sources.mapping import read_mapping
from heartline.sources.own_rows import KEPT_IN
from heartline.sources.toml_text import toml_text
from heartline.tables import table

SAMPLES: dict[str, Sample] = {
    name: importlib.import_module(f"tests.sources.exports.samples.{name}").SAMPLE for name in EXPORTS
}
ALL = pytest.mark.parametrize("name", list(EXPORTS))


def written(folder: Path, body: str | bytes, name: str, encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    if isinstance(body, bytes):
        path.write_bytes(body)
        return path
    # a mark before UTF-16 whatever machine this runs on
    path.write_bytes(("\ufeff" + body).encode("utf-16-le") if encoding == "utf-16" else body.encode(encoding))
    return path


def load(rooms: Rooms, name: str, body: str | bytes, file: str = "", encoding: str = "", folder: str = "files") -> Any:
    sample = SAMPLES[name]
    path = written(rooms.root / folder, body, file or sample.file, encoding or sample.encoding)
    settings = load_settings(None, {"HEARTLINE_TIMEZONE": sample.zone})
    return ingest(rooms.records, rooms.facts, settings, None, [path], export_named(name).mapping(sample.told))


def facts(rooms: Rooms) -> dict[str, list[dict[str, Any]]]:
    """All rows, without where they came from, in order."""
    found = {}
    for of in ("interaction", "verbatim", "survey_response", "purchase", "customer", "identity"):
        hidden = ("source", "load_id", "key_hash", "content_hash", "place")
        rows = [{k: v for k, v in row.items() if k not in hidden} for row in rooms.rows(of)]
        if rows:
            found[of] = sorted(rows, key=lambda row: [str(row[key]) for key in table(of).key])
    return found


def by_id(rooms: Rooms, of: str) -> dict[str, dict[str, Any]]:
    return {row[table(of).key[-1]]: row for row in rooms.rows(of)}


@ALL
def test_its_mapping_is_a_mapping_file(name: str) -> None:
    export = export_named(name)
    assert export.name == name
    text = toml_text(export.text)
    copied = read_mapping(tomllib.loads(text), "a copy")
    assert copied.tables == export.mapping().tables
    assert copied.options == export.mapping().options
    assert export.about.endswith(".")
    assert export.fetch
    assert export.signatures or export.looks


@ALL
def test_it_is_recognised_and_no_other_is(tmp_path: Path, name: str) -> None:
    sample = SAMPLES[name]
    found = recognised(written(tmp_path, sample.body, sample.file, sample.encoding))
    assert found is not None
    assert found.name == name


@ALL
def test_rows_come_out_as_they_should(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    report = load(rooms, name, sample.body)
    assert report.reasons == []
    for of, count in sample.counts.items():
        rows = rooms.rows(of)
        assert len(rows) == count, of
        keys = [tuple(row[key] for key in table(of).key) for row in rows]
        assert len(set(keys)) == len(keys)
        assert set(table(of).names) <= set(rows[0])
    assert set(facts(rooms)) == set(sample.counts)
    for of, wanted in sample.rows.items():
        there = by_id(rooms, of)
        for key, cells in wanted.items():
            assert {column: there[key][column] for column in cells} == cells


@ALL
def test_the_same_file_again_changes_nothing(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    load(rooms, name, sample.body)
    before = facts(rooms)
    for file in (sample.file, "a copy of " + sample.file):
        report = load(rooms, name, sample.body, file)
        assert (report.new, report.replaced, report.written) == (0, 0, dict.fromkeys(report.written, 0))
    assert facts(rooms) == before


@ALL
def test_newer_content_replaces(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    load(rooms, name, sample.body)
    load(rooms, name, sample.newer)
    of, key, cells = sample.replaced
    assert len(rooms.rows(of)) == sample.counts[of]
    assert {column: by_id(rooms, of)[key][column] for column in cells} == cells


@ALL
def test_bad_rows_are_told_by_line_and_can_be_mended(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    load(rooms, name, sample.broken)
    rows = list(quarantine.rows(rooms.records))
    assert {(row.line, row.column) for row in rows} == sample.bad
    assert all(row.reason and row.expected and row.file == sample.file for row in rows)
    out = rooms.root / "mend.csv"
    export_quarantine(rooms.records, out)
    with out.open(encoding="utf-8", newline="") as opened:
        exported = list(csv.DictReader(opened))
    line = min(line for line, _ in sample.bad)
    for row in exported:
        if int(row["_line"]) == line:
            row.update(sample.mend)
    with out.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(exported[0]))
        writer.writeheader()
        writer.writerows(exported)
    of, key = sample.mended
    assert key not in by_id(rooms, of)
    report = rooms.replay(out)
    assert report.mended >= 1
    assert key in by_id(rooms, of)
    # a row cut at a guess does not pass for mended
    left = {(row.line, row.column) for row in quarantine.rows(rooms.records)}
    assert {place for place in sample.bad if place[1] == "(row)"} <= left


@ALL
def test_a_missing_column_is_named_before_anything_is_written(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    if not sample.lacking:
        pytest.skip("a file without columns")
    with pytest.raises(MappingError) as told:
        load(rooms, name, sample.lacking)
    assert f"has no column {sample.lacks}, which {export_named(name).title} needs; found: " in str(told.value)
    assert facts(rooms) == {}


@ALL
def test_a_known_other_header_is_named(rooms: Rooms, name: str) -> None:
    for other in export_named(name).others:
        header = ",".join([*other.marks, "x", "y"])
        with pytest.raises(MappingError) as told:
            load(rooms, name, f"{header}\n{header}\n", f"{len(header)}.csv", "utf-8")
        assert other.version in str(told.value)
        assert other.changed in str(told.value)


@ALL
def test_columns_of_nobodys_are_kept(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    load(rooms, name, sample.body)
    of, key, column, value = sample.kept
    assert json.loads(by_id(rooms, of)[key][KEPT_IN[of]])[column] == value


@ALL
def test_line_ends_and_encodings_make_no_difference(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    if isinstance(sample.body, bytes):
        pytest.skip("no text")
    load(rooms, name, sample.body)
    before = facts(rooms)
    for number, encoding in enumerate(sample.also):
        load(rooms, name, sample.body, encoding=encoding, folder=f"e{number}")
        assert facts(rooms) == before
    load(rooms, name, sample.body.replace("\n", "\r\n"), folder="crlf")
    assert facts(rooms) == before


@ALL
def test_a_copy_of_its_mapping_does_the_same(rooms: Rooms, name: str) -> None:
    sample = SAMPLES[name]
    load(rooms, name, sample.body)
    before = facts(rooms)
    copy = rooms.file(toml_text(export_named(name).told(sample.told)), "own.toml")
    path = written(rooms.root / "files", sample.body, sample.file, sample.encoding)
    settings = load_settings(None, {"HEARTLINE_TIMEZONE": sample.zone})
    report = ingest(rooms.records, rooms.facts, settings, None, [path], copy)
    assert (report.new, report.replaced) == (0, 0)
    assert facts(rooms) == before


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(MappingError, match="did you mean zendesk"):
        export_named("zendesks")
