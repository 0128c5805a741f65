"""Opens a shipped model by name."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from heartline.emotion.hashed import COLUMNS, HashedModel, Weights
from heartline.emotion.labels import EMOTIONS, SIGNALS
from heartline.emotion.model import EmotionModel
from heartline.errors import ModelError

MODELS = Path(__file__).parent / "models"
FORMAT = 1


def load_model(name: str = "hashed") -> EmotionModel:
    """The shipped model of this name.

    Raises ModelError when there is none, when a file is missing or damaged, or when its labels are not ours.
    """
    folder = MODELS / name
    if name not in available():
        raise ModelError(f"no model is called {name!r}", f"one of: {', '.join(available())}", "choose one of these")
    return load_folder(folder)


def available() -> list[str]:
    """Names of the shipped models."""
    return sorted(p.parent.name for p in MODELS.glob("*/config.json"))


def load_folder(folder: Path) -> HashedModel:
    """The model in a folder that training wrote: ``config.json`` and ``weights.npz``."""
    again = "install the package again, or train: python -m heartline.emotion.train"
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        raw = (folder / "weights.npz").read_bytes()
        if config["format"] != FORMAT:
            raise ModelError(f"model format {config['format']}", f"format {FORMAT}", "update Heartline")
        if hashlib.sha256(raw).hexdigest() != config["weights_sha256"]:
            raise ModelError("weights.npz is not the file that config.json describes", "its SHA-256", again)
        ours = {"emotions": list(EMOTIONS), "signals": list(SIGNALS), "columns": list(COLUMNS)}
        for key, labels in ours.items():
            if config[key] != labels:
                raise ModelError(f"the model's {key} are not Heartline's", "the order of emotion/labels.py", again)
        with np.load(folder / "weights.npz", allow_pickle=False) as file:
            weights = Weights(
                file["keys"],
                file["weights"],
                file["squares"],
                np.array(config["step"]),
                np.array(config["bias"]),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the model in {folder.name} cannot be read ({type(error).__name__})",
            "config.json and weights.npz",
            again,
        ) from error
    return HashedModel(
        config["name"],
        config["version"],
        weights,
        config["emotion_thresholds"],
        config["signal_thresholds"],
    )
