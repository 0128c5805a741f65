"""A workspace's three rooms, empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heartline.facts.store import FactStore
from heartline.ingest import LoadReport, ingest, replay_quarantine
from heartline.records.store import Records
from heartline.settings import Settings, load_settings


@dataclass
class Rooms:
    root: Path
    records: Records
    facts: FactStore
    settings: Settings

    def file(self, body: str, name: str = "a.csv") -> Path:
        path = self.root / name
        path.write_text(body, encoding="utf-8")
        return path

    def load(self, table: str | None, *files: Path, mapping: Path | None = None) -> LoadReport:
        return ingest(self.records, self.facts, self.settings, table, list(files), mapping)

    def replay(self, file: Path | None = None) -> LoadReport:
        return replay_quarantine(self.records, self.facts, self.settings, file)

    def rows(self, table: str) -> list[dict[str, Any]]:
        files = self.facts.files(table)
        tables = [pq.read_table(file, partitioning=None) for file in files]
        return pa.concat_tables(tables).to_pylist() if tables else []


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    records = Records(tmp_path / "records.db")
    yield Rooms(tmp_path, records, FactStore(tmp_path, records), load_settings(None, {}))
    records.close()
