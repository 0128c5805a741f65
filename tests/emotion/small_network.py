"""Model folders as an exporter writes them, with a network of known sums.

logits = bias + sum over the words of a text of that word's weights; attention 0 takes a word out.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
tokenizers = pytest.importorskip("tokenizers")

WORDS = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "angry", "thanks", "quit", "good", "bad", "nan", "und", "nicht")


def build(
    folder: Path,
    labels: tuple[str, ...],
    weights: dict[str, dict[str, float]],
    bias: float = 0.0,
    problem: str | None = None,
    *,
    inputs: tuple[str, ...] = ("input_ids", "attention_mask"),
    shape: tuple[object, object] = ("batch", "pieces"),
    outputs: int | None = None,
    where: str = "model.onnx",
) -> Path:
    """A model folder as an exporter writes it, without a mapping."""
    wide = outputs or len(labels)
    table = np.zeros((len(WORDS), wide), dtype=np.float32)
    for word, row in weights.items():
        for label, value in row.items():
            table[WORDS.index(word), labels.index(label)] = value
    table[WORDS.index("nan")] = np.nan
    table[WORDS.index("[PAD]")] = -50.0  # filling that is not kept out shows
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    start = [helper.make_node("Gather", ["table", "input_ids"], ["found"])]
    if "attention_mask" in inputs:
        start += [
            helper.make_node("Cast", ["attention_mask"], ["mask"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["mask", "last"], ["wide_mask"]),
            helper.make_node("Mul", ["found", "wide_mask"], ["kept"]),
        ]
    nodes = [
        *start,
        helper.make_node("ReduceSum", ["kept" if len(start) > 1 else "found", "first"], ["sums"], keepdims=0),
        helper.make_node("Add", ["sums", "bias"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "words",
        [helper.make_tensor_value_info(name, onnx.TensorProto.INT64, list(shape)) for name in inputs],
        [helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, [shape[0], wide])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.full(wide, bias, dtype=np.float32), "bias"),
            numpy_helper.from_array(np.array([-1]), "last"),
            numpy_helper.from_array(np.array([1]), "first"),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 9
    (folder / where).parent.mkdir(parents=True, exist_ok=True)
    onnx.save(made, str(folder / where))
    cutter = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: i for i, w in enumerate(WORDS)}, "[UNK]"))
    cutter.normalizer = tokenizers.normalizers.Lowercase()
    cutter.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    cutter.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    cutter.save(str(folder / "tokenizer.json"))
    config = {"architectures": ["X"], "id2label": {str(i): label for i, label in enumerate(labels)}, "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps(config | ({"problem_type": problem} if problem else {})))
    return folder


def mapped(folder: Path, text: str) -> Path:
    (folder / "heartline_model.toml").write_text(text, encoding="utf-8")
    return folder


TICKETS = """
name = "tickets"
languages = ["en"]
activation = "sigmoid"
max_length = 16

[thresholds]
"signal:leaving" = 0.6

[labels]
furious = "emotion:anger"
annoyed = "emotion:anger"
grateful = "emotion:gratitude"
quitting = "signal:leaving"
spam = "ignore"
"""
SENTIMENT = """
name = "sentiment"
languages = ["en"]
activation = "softmax"

[labels]
negative = "valence:-1"
neutral = "valence:0.0"
positive = "valence:1.0"
"""


def ticket_model(folder: Path) -> Path:
    """Several labels at once; two of theirs mean anger."""
    labels = ("furious", "annoyed", "grateful", "quitting", "spam")
    weights = {
        "angry": {"furious": 4.0, "annoyed": 3.0},
        "thanks": {"grateful": 4.0},
        "quit": {"quitting": 2.0 + math.log(1.4)},
    }
    return mapped(build(folder, labels, weights, -2.0), TICKETS)
