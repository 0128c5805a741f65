"""The tutorial runs on real data and says what the run gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_tutorial_says_what_the_run_gives(shared_data):
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "tutorial" / "main_job.py", "--check"],
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
