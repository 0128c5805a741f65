"""Writes a trained model: weights without pickled objects, and a configuration that a person can read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import COLUMNS
from heartline.emotion.load import FORMAT
from heartline.emotion.train.hashed import Trained
from heartline.emotion.train.recipe import Recipe


def save(trained: Trained, recipe: Recipe, folder: Path) -> None:
    """``weights.npz`` and ``config.json``; the same model gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    w = trained.weights
    path = folder / "weights.npz"
    np.savez_compressed(path, keys=w.keys, weights=w.weights, squares=w.squares)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    config = {
        "format": FORMAT,
        "kind": "hashed",
        "files": {"weights.npz": digest},
        "name": "hashed",
        "version": "",
        "languages": ["en"],
        "licence": "Apache-2.0; trained on GoEmotions (CC BY 4.0) and others, see MODEL_CARD.md",
        "features": "words, pairs of words, pieces of 2 to 5 bytes; CRC-32; see emotion/words.py",
        "columns": list(COLUMNS),
        "step": _plain(w.step),
        "bias": _plain(w.bias),
        "thresholds": _plain(trained.thresholds),
        "signal_positives_in_training": trained.signal_positives.tolist(),
        "training_rows": trained.rows,
        "recipe": asdict(recipe),
    }
    config["version"] = "hashed-" + hashlib.sha256(json.dumps(config).encode()).hexdigest()[:10]
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def _plain(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{v:.9g}") for v in values]
