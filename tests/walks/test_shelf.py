"""The folder of scripts: both kinds, one name a script, and what is wrong with a file told where it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.walks.made import TEXT, script

from heartline.errors import WalkError
from heartline.walk.guide import Guide, parse_guide
from heartline.walk.script import Script, parse_script, period_of
from heartline.walks.shelf import read_shelf

GUIDE = """kind: guided
walk: unbox
persona: Anybody
goal: open it
place: at home
every: 4 weeks
steps:
  - do: Open it.
    touchpoint: unboxing
"""


def written(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_shelf(folder)


def test_both_kinds_stand_by_name(tmp_path):
    (tmp_path / "notes.txt").write_text("no script")
    (tmp_path / "more.yaml").mkdir()
    shelf = written(tmp_path, b=GUIDE, a=TEXT)
    assert [(type(one), one.walk) for one in shelf.scripts] == [(Script, "look_around"), (Guide, "unbox")]
    assert shelf.errors == ()
    assert shelf.named("unbox").every == "4 weeks"
    assert read_shelf(tmp_path / "none").scripts == ()


def test_two_files_of_one_name_are_told_and_neither_is_walked(tmp_path):
    shelf = written(tmp_path, a=TEXT, b=TEXT, c=GUIDE)
    assert [one.walk for one in shelf.scripts] == ["unbox"]
    with pytest.raises(WalkError, match=r"b\.yaml and a\.yaml are both called look_around"):
        shelf.named("look_around")


def test_a_bad_file_keeps_no_other_from_being_read(tmp_path):
    shelf = written(tmp_path, a=TEXT.replace("goal:", "gaol:"), c=GUIDE)
    assert [one.walk for one in shelf.scripts] == ["unbox"]
    assert "a.yaml, line 3" in shelf.errors[0].got


def test_an_unknown_name_is_told_with_the_known(tmp_path):
    with pytest.raises(WalkError, match="there is no script buy") as told:
        written(tmp_path, c=GUIDE).named("buy")
    assert "one of unbox" in str(told.value)


@pytest.mark.parametrize(
    ("text", "hours"), [("1 hour", 1), ("12 hours", 12), ("1 day", 24), ("7 days", 168), ("2 weeks", 336)]
)
def test_how_often_is_a_span_of_time(text, hours):
    assert period_of(text) == timedelta(hours=hours)
    assert parse_script(TEXT.replace("7 days", text).encode()).every == text


@pytest.mark.parametrize("text", ["0 days", "daily", "1 month", "-1 day", "7"])
def test_how_often_is_told_wrongly(text):
    with pytest.raises(WalkError, match="line 5"):
        parse_script(TEXT.replace("7 days", f'"{text}"').encode())


def test_the_version_changes_with_what_is_done_and_with_nothing_else():
    first = script().version
    for old, new in (
        ("7 days", "1 day"), ("Anybody", "Somebody"), ("shop.example", "test.shop.example"),
        ("touchpoint: home", "touchpoint: start"), ("stage: awareness", "stage: use"), ("look_around", "other"),
        ("goal: see it", "# a remark\ngoal: see it"),
    ):  # fmt: skip
        assert script(old, new).version == first, (old, new)
    for old, new in (
        ("click: Go", "click: Go on"), ("with: Ann", "with: Anna"), ("text: Hello", "text: Hell"),
        ("  - open: /\n", "  - open: /start\n"), ("goal: see it", "goal: see all"),
    ):  # fmt: skip
        assert script(old, new).version != first, (old, new)
    assert script().on("mobile").version == first
    guide = parse_guide(GUIDE.encode())
    assert guide.version != parse_guide(GUIDE.replace("Open it.", "Open them.").encode()).version


def test_a_name_whose_address_is_taken_is_refused(tmp_path):
    shelf = written(tmp_path, a=GUIDE.replace("unbox", "go"), b=TEXT.replace("look_around", "guess"), c=GUIDE)
    assert [one.walk for one in shelf.scripts] == ["unbox"]
    assert ["another name" in error.expected for error in shelf.errors] == [True, True]
