"""Writes a fitted network as the folder that `emotion/load.py` opens, and the word vectors that all sizes share.

OUT/<name>/   config.json, encoder.onnx (whole numbers), head.npz
OUT/words/    numbers.npy (int8), scales.npy, positions.npy (float16), vocabulary.txt
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from heartline.emotion.head import COLUMNS, Head
from heartline.emotion.load import FORMAT
from heartline.emotion.network import WINDOW
from heartline.emotion.train.graph import encoder_graph, entering
from heartline.emotion.train.network import Network
from heartline.errors import ModelError

F32 = NDArray[np.float32]

WORD_FILES = ("numbers.npy", "scales.npy", "positions.npy", "vocabulary.txt")


@dataclass(frozen=True)
class Made:
    """What is told about a model.

    rows: texts that trained it by kind
    recipe: as plain values
    signal_positives: labelled examples of each signal
    """

    name: str
    rows: dict[str, int]
    recipe: dict[str, Any]
    signal_positives: tuple[int, ...] = ()


def write_network(
    network: Network,
    head: Head,
    vocabulary: Sequence[str],
    sample: Sequence[Sequence[int]],
    made: Made,
    out: Path,
) -> Path:
    """Write the model folder and return it; the same network gives the same bytes.

    head: calibrated, in place of the network's own
    sample: pieces of a few hundred texts, from which the scales of whole numbers are taken
    out: folder of all models

    Raises ModelError where `out` holds a network with other word vectors, which it would lose.
    """
    folder = out / made.name
    weights = encoder_weights(network)
    folder.mkdir(parents=True, exist_ok=True)
    words = _words(weights, vocabulary)
    positions = _write_words(words, out, made.name)
    shape = network.encoder.config
    told = (weights, range(shape.num_hidden_layers), shape.num_attention_heads, float(shape.layer_norm_eps))
    ranges = entering(encoder_graph(*told), (entered(weights, pieces) for pieces in sample))
    onnx.save(encoder_graph(*told, ranges), str(folder / "encoder.onnx"))
    head.write(folder / "head.npz")
    if positions == "positions.npy":
        (folder / positions).write_bytes(words[positions])
    files = [
        "encoder.onnx",
        "head.npz",
        *(f"../words/{name}" for name in WORD_FILES if name != "positions.npy"),
        positions,
    ]
    config: dict[str, Any] = {
        "format": FORMAT,
        "kind": "network",
        "files": {name: _digest(folder / name) for name in files},
        "name": made.name,
        "version": "",
        "languages": ["en"],
        "licence": "Apache-2.0; trained on GoEmotions (CC BY 4.0) and others, see MODEL_CARD.md",
        "encoder": "encoder.onnx",
        "words": "../words",
        "positions": positions,
        "columns": list(COLUMNS),
        "signal_positives_in_training": list(made.signal_positives),
        "training_rows": made.rows,
        "recipe": made.recipe,
    }
    config["version"] = f"{made.name}-" + hashlib.sha256(json.dumps(config).encode()).hexdigest()[:10]
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return folder


def encoder_weights(network: Network) -> dict[str, F32]:
    """Arrays of the encoder by the names of the Hugging Face BERT model."""
    state = network.encoder.state_dict()
    return {name: values.detach().cpu().float().numpy() for name, values in state.items()}


def entered(weights: dict[str, F32], pieces: Sequence[int]) -> F32:
    """(1, T, H) what the encoder is given for the pieces of a window."""
    x = weights["embeddings.word_embeddings.weight"][list(pieces)]
    x = x + weights["embeddings.position_embeddings.weight"][: len(pieces)]
    found: F32 = (x + weights["embeddings.token_type_embeddings.weight"][0])[None].astype(np.float32)
    return found


def head_of(network: Network) -> tuple[F32, F32]:
    """Weights (H, L) and offsets (L,) of the network's own head."""
    weights, offsets = network.head.weight, network.head.bias
    return weights.detach().cpu().numpy().T.copy(), offsets.detach().cpu().numpy().copy()


def whole_words(vectors: F32) -> tuple[NDArray[np.int8], F32]:
    """Word vectors (V, H) as whole numbers and a scale per word (V,): the greatest value becomes 127."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _words(weights: dict[str, F32], vocabulary: Sequence[str]) -> dict[str, bytes]:
    """What the four files of words hold."""
    numbers, scales = whole_words(weights["embeddings.word_embeddings.weight"])
    if len(vocabulary) != len(numbers):
        raise ModelError(f"{len(vocabulary)} pieces", f"{len(numbers)}, one a word vector", "take the encoder's own")
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    arrays = (numbers, scales, positions[: WINDOW + 2].astype(np.float16))
    return dict(zip(WORD_FILES, (*map(_stored, arrays), "\n".join(vocabulary).encode()), strict=True))


def _write_words(words: dict[str, bytes], out: Path, name: str) -> str:
    """Write what all sizes share and return where this network's positions are, seen from its folder.

    Nothing is written where another network would lose the vectors that it was made with.
    """
    folder = out / "words"
    changed = {
        file for file, content in words.items() if (folder / file).is_file() and content != (folder / file).read_bytes()
    }
    others = sorted(p.parent.name for p in out.glob("*/config.json") if p.parent.name != name and _shares(p))
    if others and changed - {"positions.npy"}:
        raise ModelError(
            f"{', '.join(sorted(changed))} changed, and {', '.join(others)} read the same files",
            "networks whose word vectors are the same",
            f"write to another folder, or train {', '.join(others)} into it as well",
        )
    if others and changed:
        return "positions.npy"
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in words.items():
        (folder / file).write_bytes(content)
    return "../words/positions.npy"


def _stored(values: NDArray[Any]) -> bytes:
    opened = io.BytesIO()
    np.save(opened, values)
    return opened.getvalue()


def _shares(config: Path) -> bool:
    told: dict[str, Any] = json.loads(config.read_text(encoding="utf-8"))
    return told.get("words") == "../words"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
