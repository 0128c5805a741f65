"""What a run of a feed works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from heartline.facts.store import FactStore
from heartline.records.store import Records
from heartline.settings import Settings


@dataclass(frozen=True)
class Rooms:
    """Records, facts and settings of the workspace in the folder ``root``."""

    records: Records
    facts: FactStore
    settings: Settings
    root: Path
