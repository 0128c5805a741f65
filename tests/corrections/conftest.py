"""A workspace of a few read texts, two of them of customers who do not want their words to be read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from heartline.workspace import Workspace

AS_OF = datetime(2026, 5, 1)
TEXTS = {
    "thanks": ("ann", "web", "Thank you so much, that was wonderful help!"),
    "rude": ("ann", "call", "Your agent was rude to me. I will never buy from you again."),
    "german": ("ben", "web", "Ich warte noch auf die Antwort und das ist nicht gut."),
    "late": ("ben", "email", "The parcel was late again and I am very disappointed with the delivery."),
    "later_no": ("cleo", "web", "I love this shop, thank you for the quick delivery."),
}


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the workspace, read by the hashed model; nobody has refused yet. Not to be changed."""
    root = tmp_path_factory.mktemp("corrections")
    lines = ["interaction_id,customer_id,occurred_at,channel,touchpoint,text"]
    lines += [f'{key},{who},2026-04-0{n},{channel},support,"{text}"'
              for n, (key, (who, channel, text)) in enumerate(TEXTS.items(), 1)]  # fmt: skip
    (root / "visits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with Workspace.create(root / "ws", {"emotion_model": "hashed", "min_base": 2}) as opened:
        opened.ingest("interaction", [root / "visits.csv"])
        opened.run(["text_emotion", "touchpoints"], AS_OF)
    return root / "ws"


@pytest.fixture
def workspace(read_once: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of it for one test."""
    shutil.copytree(read_once, tmp_path / "ws")
    with Workspace(tmp_path / "ws") as opened:
        yield opened


def refuse(workspace: Workspace, customer: str, objection: str = "") -> None:
    """The customer refuses the reading of their words, or objects to it."""
    file = workspace.root.parent / f"no-{customer}.csv"
    consent = "" if objection else "no"
    file.write_text(
        f"customer_id,first_seen_at,consent_emotion,objections\n{customer},2026-01-01,{consent},{objection}\n",
        encoding="utf-8",
    )
    workspace.ingest("customer", [file])
