"""Heartline's reading of texts as numbers; each text is read once, and kept where a folder is given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.emotion import EMOTIONS, SIGNALS, load_model

F64 = NDArray[np.float64]
NAMES = ("valence", "arousal", "intensity", *(f"emotion {e}" for e in EMOTIONS), *(f"signal {s}" for s in SIGNALS))
"""Columns of a reading, in order. NaN: the model said nothing."""
AT_ONCE = 500


def read(texts: Sequence[str], kept: Path | None = None, model: str = "default") -> dict[str, F64]:
    """The reading of each distinct text: an array with the columns `NAMES`, from the model's public `score`.

    kept: folder of a file with readings of earlier runs; it is used only for the same version of the model
    """
    reader: Any = load_model(model, threads=1)
    file = None if kept is None else kept / f"{reader.version}.npz"
    known: dict[str, F64] = {}
    if file is not None and file.is_file():
        with np.load(file) as held:
            known = dict(zip(held["keys"].tolist(), held["rows"], strict=True))
    new = sorted({text for text in texts if key(text) not in known}, key=len)
    for start in range(0, len(new), AT_ONCE):
        part = new[start : start + AT_ONCE]
        said = reader.score(part, evidence=False)
        rows = np.column_stack([said.valence, said.arousal, said.intensity, said.p_emotion, said.p_signal])
        known.update(zip(map(key, part), rows.astype(np.float64), strict=True))
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(file, keys=np.array(list(known)), rows=np.array(list(known.values())))
        print(f"read {start + len(part)} of {len(new)}", flush=True)
    return {text: known[key(text)] for text in set(texts)}


def key(text: str) -> str:
    """What a text is kept under; the text itself is not kept."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def mean_reading(texts: Sequence[str], readings: dict[str, F64]) -> F64:
    """Mean of several texts' readings, column by column over those that say something; NaN where none does."""
    rows = np.array([readings[text] for text in texts])
    known = np.isfinite(rows)
    count = known.sum(0)
    total = np.where(known, rows, 0.0).sum(0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
