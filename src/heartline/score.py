"""Score the texts of any file: its own columns come back with feelings beside them. Needs no workspace."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from heartline.emotion import EMOTIONS, SIGNALS, EmotionModel, Scores, load_model
from heartline.errors import MappingError, SourceError
from heartline.sources.open_file import open_file
from heartline.sources.raw import Source

Progress = Callable[[int, int, int], None]
"""Told (bytes read, bytes in all, rows done)."""

_ENDINGS = (".csv", ".parquet", ".jsonl")


@dataclass(frozen=True)
class ScoreReport:
    """How many rows were read and written, how many of each status, the lines that could not be read, and why."""

    rows: int
    statuses: dict[str, int]
    unread_lines: tuple[int, ...]
    unread_reasons: tuple[str, ...]
    model_version: str
    notes: tuple[str, ...]


def score_file(
    file: Path, text: str, output: Path, model_name: str = "default", prefix: str = "", progress: Progress | None = None
) -> ScoreReport:
    """Write the rows of ``file`` to ``output`` with feelings beside them, in the order they came.

    file: CSV, Parquet or JSON Lines, ``.gz`` too
    text: name of the column that holds the words
    output: ``.csv``, ``.parquet`` or ``.jsonl``; written whole or not at all
    prefix: put before every added column, where a name is taken

    Added columns: valence (-1…1), arousal, intensity (0…1), emotions, signals, motivators (decided labels joined by a
    space), main_emotion (the strongest of fourteen), about, status (scored, abstained, unsupported_language, empty),
    evidence (JSON spans), p_<emotion> and p_signal_<signal> (0…1). A number is missing where ``status`` says why.

    Raises SourceError for a file or an ending that is not known, MappingError for a missing or taken column.
    """
    if output.suffix not in _ENDINGS:
        raise SourceError(f"cannot write {output.name}", f"a name that ends in {', '.join(_ENDINGS)}", "change -o")
    if output.exists() and output.samefile(file):
        raise SourceError(f"{output.name} is the file that is read", "another file to write", "choose another name")
    with closing(open_file(file)) as source:
        if text not in source.columns:
            raise MappingError(
                f"{file.name} has no column {text}", f"one of {', '.join(source.columns)}", "use --text COLUMN"
            )
        model = load_model(model_name)
        added = [prefix + name for name in feeling_columns(model.score([]))]
        taken = sorted(set(added) & set(source.columns))
        if taken:
            raise MappingError(
                f"{file.name} has columns of its own called {', '.join(taken)}", "other names", "use --prefix hl_"
            )
        return _scored(source, text, output, model, prefix, progress)


def _scored(
    source: Source, text: str, output: Path, model: EmotionModel, prefix: str, progress: Progress | None
) -> ScoreReport:
    statuses: dict[str, int] = {}
    unread: list[int] = []
    reasons: dict[str, None] = {}
    late: dict[str, None] = {}
    rows = 0
    with _writer(output) as write:
        for batch in source.batches():
            unread += [bad.line for bad in batch.broken]
            reasons |= dict.fromkeys(bad.reason for bad in batch.broken)
            if not batch.rows:
                continue
            columns = {name: batch.columns[name] for name in source.columns if name in batch.columns}
            late |= dict.fromkeys(name for name in batch.columns if name not in columns)
            scores = model.score(_text(columns[text]).cast(pa.string()).to_pylist())
            if output.suffix != ".parquet":
                columns = {name: _text(column) for name, column in columns.items()}
            write(_beside(columns, scores, prefix))
            rows += batch.rows
            for status, count in zip(*np.unique(scores.status, return_counts=True), strict=True):
                statuses[str(status)] = statuses.get(str(status), 0) + int(count)
            if progress:
                progress(source.done_bytes, source.total_bytes, rows)
        if not rows:  # a file without rows has its columns all the same
            write(_beside({name: pa.array([], pa.string()) for name in source.columns}, model.score([]), prefix))
    notes = [*source.notes]
    if late:
        notes.append(f"columns that begin far down in the file are left out: {', '.join(late)}")
    return ScoreReport(rows, statuses, tuple(unread), tuple(reasons), model.version, tuple(notes))


def _beside(columns: dict[str, pa.Array], scores: Scores, prefix: str) -> pa.Table:
    return pa.table(columns | {prefix + name: column for name, column in feeling_columns(scores).items()})


def _text(column: pa.Array) -> pa.Array:
    """Bytes as text, a sign in place of what is not UTF-8; every other column as it is."""
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        return column
    cells = [None if held is None else held.decode("utf-8", "replace") for held in column.to_pylist()]
    return pa.array(cells, pa.string())


def feeling_columns(scores: Scores) -> dict[str, pa.Array]:
    """Scores as Arrow columns; a missing number is NULL."""
    not_scored = scores.status != "scored"

    def numbers(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> pa.Array:
        return pa.array(np.round(values.astype(np.float64), 6), pa.float64(), mask=np.isnan(values))

    columns = {
        "valence": numbers(scores.valence),
        "arousal": numbers(scores.arousal),
        "intensity": numbers(scores.intensity),
        "emotions": pa.array(scores.emotions, pa.string(), mask=not_scored),
        "signals": pa.array(scores.signals, pa.string(), mask=not_scored),
        "motivators": pa.array(scores.motivators, pa.string(), mask=not_scored),
        "main_emotion": pa.array(scores.main_emotion, pa.string(), mask=not_scored),
        "about": pa.array(scores.about, pa.string(), mask=not_scored),
        "status": pa.array(scores.status.tolist(), pa.string()),
        "evidence": pa.array(scores.evidence, pa.string(), mask=not_scored),
    }
    columns |= {f"p_{name}": numbers(scores.p_emotion[:, j]) for j, name in enumerate(EMOTIONS)}
    columns |= {f"p_signal_{name}": numbers(scores.p_signal[:, j]) for j, name in enumerate(SIGNALS)}
    return columns


class _Write(Protocol):
    def __call__(self, table: pa.Table) -> None: ...


@contextmanager
def _writer(output: Path) -> Iterator[_Write]:
    unfinished = output.with_name(f".{output.name}.unfinished")
    open_writers: list[pa_csv.CSVWriter | pq.ParquetWriter] = []
    try:
        with unfinished.open("wb") as file:

            def write(table: pa.Table) -> None:
                if output.suffix == ".jsonl":
                    for row in table.to_pylist():
                        plain = {name: _plain(value) for name, value in row.items()}
                        file.write(json.dumps(plain, ensure_ascii=False, default=str).encode() + b"\n")
                    return
                if not open_writers:
                    kind = pa_csv.CSVWriter if output.suffix == ".csv" else pq.ParquetWriter
                    open_writers.append(kind(file, table.schema))
                open_writers[0].write_table(
                    table.cast(open_writers[0].schema) if output.suffix == ".parquet" else table
                )

            yield write
            for writer in open_writers:
                writer.close()
        os.replace(unfinished, output)
    finally:
        unfinished.unlink(missing_ok=True)


def _plain(value: object) -> object:
    """A cell as JSON can hold it: no number is NaN or infinite there."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
