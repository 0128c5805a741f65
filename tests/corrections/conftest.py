"""A workspace of a few read texts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.corrections.shop import AS_OF, TEXTS

from heartline.workspace import Workspace


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the workspace, read by the smaller model; nobody has refused yet. Not to be changed."""
    root = tmp_path_factory.mktemp("corrections")
    lines = ["interaction_id,customer_id,occurred_at,channel,touchpoint,text"]
    lines += [f'{key},{who},2026-04-0{n},{channel},support,"{text}"'
              for n, (key, (who, channel, text)) in enumerate(TEXTS.items(), 1)]  # fmt: skip
    (root / "visits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with Workspace.create(root / "ws", {"emotion_model": "bulk", "min_base": 2}) as opened:
        opened.ingest("interaction", [root / "visits.csv"])
        opened.run(["text_emotion", "touchpoints"], AS_OF)
    return root / "ws"


@pytest.fixture
def workspace(read_once: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of it for one test."""
    shutil.copytree(read_once, tmp_path / "ws")
    with Workspace(tmp_path / "ws") as opened:
        yield opened
