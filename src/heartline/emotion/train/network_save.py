"""Writes a fitted network as the folder that `emotion/load.py` opens.

config.json, encoder.onnx (whole numbers), head.npz, vocabulary.txt, and the word vectors: numbers.npy (int8),
scales.npy, positions.npy (float16).
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

    Raises ModelError where the vocabulary is not the network's.
    """
    folder = out / made.name
    weights = encoder_weights(network)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _words(weights, vocabulary).items():
        (folder / name).write_bytes(content)
    shape = network.encoder.config
    layers, heads = range(shape.num_hidden_layers), shape.num_attention_heads
    told = (weights, layers, heads, float(shape.layer_norm_eps), shape.hidden_act)
    ranges = entering(encoder_graph(*told), (entered(weights, pieces) for pieces in sample))
    onnx.save(encoder_graph(*told, ranges), str(folder / "encoder.onnx"))
    head.write(folder / "head.npz")
    config: dict[str, Any] = {
        "format": FORMAT,
        "kind": "network",
        "files": {name: _digest(folder / name) for name in ("encoder.onnx", "head.npz", *WORD_FILES)},
        "name": made.name,
        "version": "",
        "languages": ["en"],
        "licence": "Apache-2.0; trained on GoEmotions (CC BY 4.0) and others, see MODEL_CARD.md",
        "encoder": "encoder.onnx",
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


def _stored(values: NDArray[Any]) -> bytes:
    opened = io.BytesIO()
    np.save(opened, values)
    return opened.getvalue()


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
