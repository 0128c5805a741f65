"""`heartline backtest`: what it takes and what it says where it cannot start."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli.backtest import backtest, month
from heartline.errors import SettingsError


def test_months_are_read() -> None:
    assert month("2025-01", "--from") == datetime(2025, 1, 1)
    for wrong in ("2025-13", "2025", "0000-01", "January"):
        with pytest.raises(SettingsError, match="is not a month"):
            month(wrong, "--to")


def test_both_ends_must_be_told(tmp_path: Path) -> None:
    found = CliRunner().invoke(backtest, ["--from", "2025-01", "-w", str(tmp_path)])
    assert found.exit_code == 2
    assert "--to" in found.output
