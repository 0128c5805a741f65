"""Reading: files in any split give one playbook, and no text makes it fail with anything but PlaybookError."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from heartline.errors import PlaybookError
from heartline.playbook import starter
from heartline.playbook.checking import check
from heartline.playbook.nodes import MOST_BYTES
from heartline.playbook.reading import read, read_again

PARTS = ("vision", "mantra", "principles", "conduct", "teams", "standards", "stages", "limits", "plays", "version")
_WORDS = st.sampled_from([*PARTS, "play", "trigger", "customer", "contact", "felt", "at_least", "helped", "no", "~"])
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=20) | _WORDS
TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4), max_leaves=12
)
STARTER = [file.read_text(encoding="utf-8").split("\n") for file in Path(starter.__file__).parent.rglob("*.yaml")]


def test_a_folder_without_files_is_no_playbook(tmp_path: Path) -> None:
    assert read(tmp_path / "playbook") is None
    (tmp_path / "notes.txt").write_text("vision: x", encoding="utf-8")
    (tmp_path / ".kept.yaml").write_text("vision: x", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    assert read(tmp_path) is None


def test_how_files_are_split_changes_nothing(tmp_path: Path) -> None:
    starter.write(tmp_path / "split")
    whole = tmp_path / "whole" / "sub"
    whole.mkdir(parents=True)
    together: dict[str, object] = {}
    for file in sorted((tmp_path / "split").rglob("*.yaml")):
        for key, part in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            together[key] = [*together[key], *part] if key in together else part  # type: ignore[misc]
    (whole / "all.yml").write_text(yaml.safe_dump(together, sort_keys=False), encoding="utf-8")
    split, joined = read(tmp_path / "split"), read(tmp_path / "whole")
    assert split is not None
    assert split == joined
    assert len(split.version) == 12


def test_the_version_follows_what_is_said_not_how_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"

    def version(text: str) -> str:
        file.write_text(text, encoding="utf-8")
        held = read(tmp_path)
        assert held is not None
        return held.version

    first = version("vision: Known.\nmantra: Kept.\n")
    assert version("# a comment\r\nmantra: 'Kept.'\r\nvision: Known.\r\n") == first
    assert version("vision: Known!\nmantra: Kept.\n") != first


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"
    file.write_text("vision: One.", encoding="utf-8")
    first = read_again(tmp_path)
    assert first is read_again(tmp_path)
    file.write_text("vision: Another.", encoding="utf-8")
    second = read_again(tmp_path)
    assert second is not None
    assert second.vision == "Another."
    file.unlink()
    assert read_again(tmp_path) is None


def test_what_is_too_large_or_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"
    for content, line, rule in (
        (b"vision: " + b"x" * MOST_BYTES, 1, "shape.size"),
        (b"vision: a\nmantra: \xff\n", 2, "shape.encoding"),
        (b"vision: a\n\n\x07", 3, "shape.encoding"),
        (b"vision: a\n---\nvision: b\n", 2, "shape.documents"),
        (b"vision: a\nmantra: !!python/object:os.system x\n", 2, "shape.tag"),
        (b"vision: " + b"[" * 1000, 1, "shape.depth"),
        (b"? [a]\n: b\n", 1, "shape.key"),
        (b"- a\n", 1, "shape.type"),
    ):
        file.write_bytes(content)
        with pytest.raises(PlaybookError) as refused:
            read(tmp_path)
        assert (refused.value.file, refused.value.line, refused.value.rule) == ("house.yaml", line, rule)
        assert refused.value.next_step


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | TREES.map(lambda tree: yaml.safe_dump(tree, allow_unicode=True)))
@example('vision: "\\ud800"')
@example('vision: "\\UFFFFFFFF"')
@example("%YAML 9.9999999999999\n---\nvision: a")
@example("plays: [{trigger: {customer: {x: {at_least: .inf}}}}]")
@example("plays:\n  - {}\n  - ~\n  -\n")
@example("limits: {contacts: 99999999999999999999999999}")
def test_no_text_fails_otherwise(tmp_path: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    (tmp_path / "any.yaml").write_bytes(content)
    refused: PlaybookError | None = None
    try:
        read(tmp_path)
    except PlaybookError as error:
        refused = error
    found = check(tmp_path)
    assert all(fault.mend and fault.got for fault in found)
    if refused:
        assert (refused.file, refused.rule.partition(".")[0]) == ("any.yaml", "shape")
        assert 1 <= refused.line <= content.count(b"\n") + content.count(b"\r") + 2
        assert (found[0].line, found[0].rule) == (refused.line, refused.rule)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_good_playbook_with_a_line_gone_wrong(tmp_path: Path, data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(STARTER))
    at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    mended = data.draw(st.sampled_from(["", lines[other], lines[at][1:], lines[at] + ":", "  - " + lines[at].strip()]))
    (tmp_path / "any.yaml").write_text("\n".join([*lines[:at], mended, *lines[at + 1 :]]), encoding="utf-8")
    found = check(tmp_path)
    assert all(0 <= fault.line <= len(lines) + 1 and fault.mend for fault in found)
    shape = [fault.rule for fault in found if fault.rule.startswith("shape.")]
    assert shape == [fault.rule for fault in found] or not shape


def test_a_folder_that_cannot_be_opened_is_told_and_takes_no_play_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plays").mkdir()
    (tmp_path / "house.yaml").write_text("vision: Known\n")
    opened = os.scandir

    def scandir(place: str) -> object:
        if str(place).endswith("plays"):
            raise PermissionError(13, "Permission denied", str(place))
        return opened(place)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PlaybookError) as caught:
        read(tmp_path)
    assert (caught.value.file, caught.value.rule) == ("plays", "shape.unreadable")
    assert read(tmp_path / "nowhere") is None
