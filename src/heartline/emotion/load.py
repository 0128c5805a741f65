"""Opens a model: a shipped one by its name, or a folder that training or a user wrote.

A folder holds ``config.json`` and the files that it names with their SHA-256. Its ``kind`` says what it is:

- ``network``: ``encoder.onnx``, ``head.npz``, and word vectors
- ``corrected``: ``head.npz``, fitted to corrections, on the encoder of another model

A folder with ``heartline_model.toml`` is somebody else's model and is opened by `adapter_files`.

onnxruntime is imported only when a network is opened.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from heartline.emotion.adapter_files import is_brought, open_brought
from heartline.emotion.head import COLUMNS, Head, read_head
from heartline.emotion.model import EmotionModel
from heartline.emotion.network import NetworkModel, Session, WordVectors
from heartline.emotion.wordpiece import WordPieces
from heartline.errors import ModelError

MODELS = Path(__file__).parent / "models"
CHECK = Path(__file__).parent / "check" / "messages.jsonl"
"""The project's own messages with labels that never trained a model: what a change of the head is checked on."""
FORMAT = 2
DEFAULT = "default"
_AGAIN = "install the package again, or train: python -m heartline.emotion.train"


def load_model(name: str = DEFAULT, threads: int | None = None) -> EmotionModel:
    """The shipped model of this name, or the model in a folder where `name` is the path of one.

    threads: texts that a network reads at once; None takes all cores

    Raises ModelError when there is none, when a file is missing or damaged, or when its labels are not ours.
    """
    if name in available():
        return load_folder(MODELS / name, threads)
    folder = Path(name).expanduser()
    if is_brought(folder):
        return open_brought(folder, session, threads)
    if (folder / "config.json").is_file():
        return load_folder(folder, threads)
    raise ModelError(
        f"no model is called {name!r}",
        f"one of {', '.join(available())}, or a folder with a model",
        "set emotion_model to one of these",
    )


def available() -> list[str]:
    """Names of the shipped models."""
    return sorted(p.parent.name for p in MODELS.glob("*/config.json"))


def load_folder(folder: Path, threads: int | None = None) -> NetworkModel:
    """The model in a folder with a ``config.json`` of ours."""
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config["format"] != FORMAT:
            raise ModelError(f"model format {config['format']}", f"format {FORMAT}", "update Heartline")
        for name, told in config["files"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != told:
                raise ModelError(f"{name} is not the file that config.json describes", "its SHA-256", _AGAIN)
        if config["kind"] == "network":
            return _network(folder, config, threads)
        if config["kind"] == "corrected":
            return _corrected(folder, config, threads)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the model in {folder.name} cannot be read ({type(error).__name__})",
            "config.json and the files that it names",
            _AGAIN,
        ) from error
    raise ModelError(
        f"a model of kind {config['kind']!r}", "network or corrected", "update Heartline, or choose another model"
    )


def _network(folder: Path, config: dict[str, Any], threads: int | None) -> NetworkModel:
    if config["columns"] != list(COLUMNS):
        raise ModelError("the model's columns are not Heartline's", "the order of emotion/head.py", _AGAIN)
    vectors = WordVectors(
        np.asarray(np.load(folder / "numbers.npy", mmap_mode="r")),
        np.load(folder / "scales.npy"),
        np.load(folder / "positions.npy").astype(np.float32),
    )
    vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    return NetworkModel(
        config["name"],
        config["version"],
        WordPieces(vocabulary),
        vectors,
        session(folder / config["encoder"]),
        read_head(folder / "head.npz"),
        threads,
    )


def write_corrected(folder: Path, base: str, base_version: str, head: Head, rows: int) -> None:
    """Write a head that was fitted to corrections.

    base: name or folder of the network model that it was fitted on; rows: corrected texts behind it
    """
    folder.mkdir(parents=True, exist_ok=True)
    head.write(folder / "head.npz")
    digest = hashlib.sha256((folder / "head.npz").read_bytes()).hexdigest()
    config = {
        "format": FORMAT,
        "kind": "corrected",
        "version": f"{base_version}+corrected-{digest[:10]}",
        "base": base,
        "base_version": base_version,
        "corrected_texts": rows,
        "files": {"head.npz": digest},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def _corrected(folder: Path, config: dict[str, Any], threads: int | None) -> NetworkModel:
    base = load_model(config["base"], threads)
    if not isinstance(base, NetworkModel) or base.version != config["base_version"]:
        raise ModelError(
            f"the head was fitted on {config['base_version']}, but {config['base']} is {base.version}",
            "the same model",
            "fit it again: heartline train --from-corrections",
        )
    return base.with_head(config["version"], read_head(folder / "head.npz"))


def session(file: Path, next_step: str = _AGAIN) -> Session:
    """An onnxruntime session of one thread: texts are read side by side, not one on many threads.

    next_step: what the user can do where the file is no network

    Raises ModelError where onnxruntime is not installed or the file is no network.
    """
    try:
        import onnxruntime  # heavy, and not needed before a model is read
    except ImportError as error:
        raise ModelError(
            "onnxruntime is not installed", "the package onnxruntime", "pip install onnxruntime"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # texts differ in length, so a plan of memory is seldom used twice
    try:
        # The fused form of this step is several times slower than its parts on small texts.
        found: Session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as error:  # onnxruntime raises classes of its own
        raise ModelError(
            f"{file.name} is no network that onnxruntime can open ({type(error).__name__})",
            f"a whole ONNX file, its opset not newer than onnxruntime {onnxruntime.__version__} knows",
            next_step,
        ) from error
    return found
