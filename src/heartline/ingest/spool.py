"""Bad rows of a load on their way to the quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from heartline.ingest.masking import Masking, Plan
from heartline.records.quarantine import QuarantineRow
from heartline.sources.raw import BadRow

FIRST_REASONS = 5


class Spool:
    """Bad rows on their way to the quarantine: on disk, since a file may hold nothing else."""

    def __init__(self, file: Path, masking: Masking) -> None:
        self._masking = masking
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._out: IO[bytes] = file.open("wb")
        self._encode = msgspec.json.Encoder(enc_hook=str).encode
        self.count = 0
        self.reasons: list[str] = []

    def add(self, table_name: str, file: str, rows: Iterable[BadRow], plan: Plan = ()) -> None:
        """Keep bad rows of a file that ``plan`` was to load, their free text masked."""
        for row in (self._masking.bad(each, plan) for each in rows):
            self.count += 1
            if len(self.reasons) < FIRST_REASONS:
                self.reasons.append(f"{file}, line {row.line}, {row.column}: {row.reason} ({row.shape})")
            kept = QuarantineRow(table_name, file, row.line, row.column, row.shape, row.reason, row.expected, row.raw)
            self._out.write(self._encode(kept) + b"\n")

    def rows(self) -> Iterator[QuarantineRow]:
        """All rows kept, in their order; no more can be added."""
        self._out.close()
        decode = msgspec.json.Decoder(QuarantineRow).decode
        with self._file.open("rb") as file:
            for line in file:
                yield decode(line)

    def close(self) -> None:
        """Close the file."""
        self._out.close()
