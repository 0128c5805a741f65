"""The tutorials run on real data and say what the run gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("script", ["main_job.py", "everybodys_data.py"])
def test_the_tutorial_says_what_the_run_gives(shared_data, script):
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "tutorial" / script, "--check"],
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
