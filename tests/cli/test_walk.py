"""`heartline walk`: in a process of its own, since a browser is driven by one at a time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.walk.shop import SERVICE, open_shop

from heartline.cli import heartline
from heartline.errors import WalkError
from heartline.walk.browser import BROWSERS

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


@pytest.mark.browser
@needs_browser
def test_a_walk_and_a_map_for_people_and_for_scripts(workspace, tmp_path):
    def told(*asked: str) -> subprocess.CompletedProcess[str]:
        own = {**os.environ, "HEARTLINE_WALK_ORIGINS": shop.origin, "HEARTLINE_WORKSPACE": str(workspace)}
        return subprocess.run([HEARTLINE, "walk", *asked], env=own, capture_output=True, text=True, timeout=120)

    with open_shop("broken") as shop:
        file, page = _script(tmp_path, shop.origin), tmp_path / "walk.html"
        done = told("run", str(file), "--html", str(page), "--strict")
        assert done.returncode == 3, done.stderr
        for part in ("ended where a step could not be done", "effort", "page_error", "/returns: 404", "loop"):
            assert part in done.stdout
        assert page.read_text(encoding="utf-8").count("data:image/jpeg") > 3
        done = told("explore", shop.origin, "--human", "address:/about", "--rate", "50", "--pages", "13", "--json")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert (found["to_sale"], found["to_human"]) == (["/", "/basket", "/checkout"], ["/", "/about"])
        assert len(found["pages"]) <= 13
        assert shop.elsewhere == []
