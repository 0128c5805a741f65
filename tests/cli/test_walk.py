"""`heartline walk`: in a process of its own, since a browser is driven by one at a time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.walk.shop import SERVICE, open_shop
from tests.walks.made import NOON, TEXT, keep, walked
from tests.walks.test_shelf import GUIDE

from heartline.cli import heartline
from heartline.cli.walk import Done
from heartline.errors import WalkError
from heartline.records.notices import listed
from heartline.walk.browser import BROWSERS
from heartline.workspace import Workspace

HEARTLINE = Path(sys.executable).parent / "heartline"
needs_browser = pytest.mark.skipif(
    not (any(map(shutil.which, BROWSERS)) and find_spec("playwright")),
    reason="needs Chromium and playwright (on Debian: apt-get install chromium; pip install 'heartline[walk]')",
)


def _script(folder: Path, origin: str) -> Path:
    file = folder / "service.yaml"
    file.write_text(SERVICE.format(origin=origin, device="mobile"), encoding="utf-8")
    return file


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    CliRunner().invoke(heartline, ["init", str(made)], catch_exceptions=False)
    return made


@pytest.mark.parametrize("asked", ["run", "explore"])
def test_a_site_that_is_not_listed_is_refused_before_anything_is_opened(workspace, tmp_path, asked):
    what = str(_script(tmp_path, "https://shop.example")) if asked == "run" else "https://shop.example"
    with pytest.raises(WalkError, match="not among the sites"):
        CliRunner().invoke(heartline, ["walk", asked, what, "-w", str(workspace)], catch_exceptions=False)


def test_an_option_that_does_not_fit_is_told(workspace):
    asked = ["walk", "explore", "https://shop.example", "--sale", "checkout", "-w", str(workspace)]
    with pytest.raises(WalkError, match="does not fit"):
        CliRunner().invoke(heartline, asked, catch_exceptions=False)


@pytest.mark.browser
@needs_browser
def test_a_walk_and_a_map_for_people_and_for_scripts(workspace, tmp_path):
    def told(*asked: str) -> subprocess.CompletedProcess[str]:
        own = {**os.environ, "HEARTLINE_WALK_ORIGINS": shop.origin, "HEARTLINE_WORKSPACE": str(workspace)}
        return subprocess.run([HEARTLINE, "walk", *asked], env=own, capture_output=True, text=True, timeout=600)

    with open_shop("broken") as shop:
        file, page = _script(tmp_path, shop.origin), tmp_path / "walk.html"
        done = told("run", str(file), "--html", str(page), "--strict")
        assert done.returncode == 3, done.stderr
        for part in ("ended where a step could not be done", "effort", "page_error", "/returns: 404", "loop"):
            assert part in done.stdout
        assert page.read_text(encoding="utf-8").count("data:image/jpeg") > 3
        rules, drawn = tmp_path / "map.yaml", tmp_path / "map.html"
        rules.write_text(
            f"kind: explore\nwalk: whole_shop\norigin: {shop.origin}\nhuman: ['address:/about']\nrate: 50\n"
            "keyboard: false\nscreens: 0\npages: 40\n",
            encoding="utf-8",
        )
        done = told("explore", str(rules), "--pages", "13", "--html", str(drawn), "--json")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert (found["to_sale"], found["to_human"]) == (["/", "/basket", "/checkout"], ["/", "/about"])
        assert len(found["pages"]) <= 13  # what is asked for goes before what the file says
        assert "<svg" in drawn.read_text(encoding="utf-8")
        done = told("explore", shop.origin, "--pages", "1", "--rate", "50")
        assert "heartline serve shows it at /walks/map/map-http-127_0_0_1-" in done.stdout, done.stderr
        assert told("explore", str(rules), "--pages", "1", "--no-keep", "--device", "mobile", "--json").returncode == 0
        with Workspace(workspace) as opened:
            one, two = opened.walks.maps.every()
        assert (one.name, two.map_id, len(two.found.pages)) == ("", "map-whole_shop", len(found["pages"]))
        assert shop.elsewhere == []


@pytest.fixture
def walked_twice(workspace: Path) -> tuple[Path, str, str]:
    """A workspace with two walks of paper, the second of them longer; their ids."""
    (workspace / "walks").mkdir()
    (workspace / "walks" / "look.yaml").write_text(TEXT, encoding="utf-8")
    with Workspace(workspace) as opened:
        first = keep(opened, release="1.0")
        second = keep(opened, walked(clicks=9, console=("x is not a function",)), NOON + timedelta(days=7), "2.0")
    return workspace, first, second


def _said(*asked: str, code: int = 0) -> str:
    told = CliRunner().invoke(heartline, ["walk", *asked])
    if told.exception is not None and not isinstance(told.exception, SystemExit):
        raise told.exception
    assert told.exit_code == code, told.output
    return told.output


def test_walks_that_were_made_are_listed_shown_and_forgotten(walked_twice, tmp_path):
    workspace, first, second = walked_twice
    listed = _said("list", "-w", str(workspace))
    for part in ("look_around", "2026-07-08 12:00", "goal reached", "11.6", "longer", "since 2026-07-15"):
        assert part in listed
    (way,) = json.loads(_said("list", "--json", "-w", str(workspace)))
    assert (way["walks"], way["change"]["verdict"], way["change"]["release_before"]) == (2, "longer", "1.0")
    each = json.loads(_said("list", "--each", "--json", "-w", str(workspace)))
    assert [(one["walk_id"], one["nth"]) for one in each] == [(second, 2), (first, 1)]
    page = tmp_path / "walk.html"
    shown = _said("show", second, "--html", str(page), "-w", str(workspace))
    for part in ("see it on desktop: reached the goal", "release 2.0", "effort 11.6", "Longer than in 1 earlier walk",
                 "a new kind of fault: script error", "click Go", "a script of the page failed"):  # fmt: skip
        assert part in shown
    assert page.read_text(encoding="utf-8").count("data:image/jpeg") == 1
    assert "Its figures stay in the facts: 1 row of walk, 4 of walk_step" in _said(
        "forget", second, "-w", str(workspace)
    )
    assert "Nothing but figures was kept of it" in _said("forget", second, "-w", str(workspace))
    with pytest.raises(WalkError, match="no pictures are kept"):
        _said("show", second, "--html", str(page), "-w", str(workspace))
    for asked in ("show", "forget"):
        with pytest.raises(WalkError, match="there is no walk"):
            _said(asked, "20200101T000000-00000000", "-w", str(workspace))


def test_what_cannot_be_walked_is_told_and_is_no_traceback(walked_twice):
    workspace, _, _ = walked_twice
    (workspace / "walks" / "bad.yaml").write_text("walk: bad\n", encoding="utf-8")
    (workspace / "walks" / "unbox.yaml").write_text(GUIDE, encoding="utf-8")
    with pytest.raises(WalkError, match="there is no script buy"):
        _said("run", "buy", "-w", str(workspace))
    with pytest.raises(WalkError, match="walked by a person"):
        _said("run", "unbox", "-w", str(workspace))
    listed = _said("list", "-w", str(workspace))
    for part in ("bad.yaml, line 1", "never walked", "4 weeks"):
        assert part in listed
    assert "There is no script buy, and none was walked." in _said("list", "--script", "buy", "-w", str(workspace))
    assert "No walk of unbox was made." in _said("list", "--each", "--script", "unbox", "-w", str(workspace))


def test_due_walks_nothing_where_nothing_is_due_and_tells_what_people_should_walk(workspace):
    (workspace / "walks").mkdir()
    (workspace / "walks" / "unbox.yaml").write_text(GUIDE, encoding="utf-8")
    told = _said("due", "-w", str(workspace))
    assert "No walk of a browser is due." in told
    assert "Somebody should walk unbox: open it" in told
    (workspace / "walks" / "bad.yaml").write_text("walk: bad\n", encoding="utf-8")
    assert "bad.yaml, line 1" in _said("due", "-w", str(workspace), code=1)
    (workspace / "walks" / "look.yaml").write_text(TEXT, encoding="utf-8")
    told = _said("due", "-w", str(workspace), code=1)  # no browser is begun for a site that is not listed
    assert "https://shop.example is not among the sites" in told
    with Workspace(workspace) as opened:
        assert opened.walks.past() == []


def test_a_browser_that_crashes_keeps_no_other_walk_from_being_made(workspace, monkeypatch):
    monkeypatch.setenv("HEARTLINE_WALK_ORIGINS", "https://shop.example")
    (workspace / "walks").mkdir()
    for name in ("one", "two"):
        text = TEXT.replace("walk: look_around", f"walk: {name}")
        (workspace / "walks" / f"{name}.yaml").write_text(text, encoding="utf-8")

    @contextmanager
    def browser(_):
        yield []

    def crashing(_, crashed, script, *more, **options):
        if crashed or script.walk == "one":
            crashed.append(script.walk)
            raise ConnectionError("Target closed")
        return Done(walked(script), None, None)

    monkeypatch.setattr("heartline.cli.walk.chromium", browser)
    monkeypatch.setattr("heartline.cli.walk._walked", crashing)
    told = _said("due", "-w", str(workspace), code=1)
    assert "one: the browser failed (ConnectionError)" in told
    assert "see it (desktop): reached the goal" in told


@pytest.mark.browser
@needs_browser
def test_a_release_that_makes_the_way_longer_is_told_once(workspace):
    """The same script through the smooth shop twice, then through the bumpy one, which is put out as release 2."""
    with Workspace(workspace) as opened:
        opened.moves.notices.add_webhook("hook", "https://hook.example/", ["walk.longer"])

    def told(origin: str, *asked: str) -> subprocess.CompletedProcess[str]:
        text = SERVICE.format(origin=origin, device="mobile")
        text = text.replace("patience: 0.4, seconds: 60", "patience: 30, seconds: 280")  # a busy machine is no fault
        (workspace / "walks").mkdir(exist_ok=True)
        (workspace / "walks" / "service.yaml").write_text(f"{text}every: 1 hour\n", encoding="utf-8")
        own = {**os.environ, "HEARTLINE_WALK_ORIGINS": origin, "HEARTLINE_WORKSPACE": str(workspace)}
        return subprocess.run([HEARTLINE, "walk", *asked], env=own, capture_output=True, text=True, timeout=600)

    with open_shop("smooth") as shop:
        done = told(shop.origin, "due", "--release", "1.0", "--strict")
        assert (done.returncode, "kept as" in done.stdout) == (0, True), done.stderr
        with Workspace(workspace) as opened:
            assert opened.walks.due() == []
        done = told(shop.origin, "run", "reach_a_human", "--release", "1.1", "--json")
        (values,) = json.loads(done.stdout)
        with Workspace(workspace) as opened:
            one, two = opened.walks.past()
        assert all(getattr(one, name) == getattr(two, name) for name in ("clicks", "keystrokes", "errors", "steps"))
        assert not values["change"]["new"]
        waited = abs(one.waiting_s - two.waiting_s)  # by a machine that had more to do: it is what effort may tell
        assert values["change"]["verdict"] == "alike" or waited > 2
    with open_shop("bumpy") as shop:
        done = told(shop.origin, "run", "reach_a_human", "--release", "2.0", "--strict")
        assert done.returncode == 3, done.stderr
        assert "than in 2 earlier walks (release 1.1 before, 2.0 now)" in done.stdout
        assert re.search(r"new kinds? of fault: [^;]*pop up", done.stdout)
    with Workspace(workspace) as opened:
        assert [one.release for one in opened.walks.past()] == ["1.0", "1.1", "2.0"]
        (notice,) = listed(opened.records)
        assert "release before: 1.1; now: 2.0" in notice.body["lines"]
