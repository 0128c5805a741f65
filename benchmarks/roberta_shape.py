"""A network of the shape of RoBERTa-base with random weights: how fast it reads does not depend on its weights.

The shape is that of RoBERTa-base (Liu et al. 2019) with a classifier of 28 labels, 125 million parameters. Encoder and
classifier are whole numbers of eight bits by onnxruntime's own dynamic quantisation, and word vectors too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from heartline.emotion.train.graph import encoder_graph

F32 = NDArray[np.float32]
_SCALE = "word.scale"
_FIRST = "first.place"
_NO_PARAMETERS = (_SCALE, _FIRST)


@dataclass(frozen=True)
class Shape:
    """Sizes of a BERT-shaped classifier; as it stands, those of RoBERTa-base."""

    layers: int = 12
    hidden: int = 768
    heads: int = 12
    wide: int = 3072
    pieces: int = 50_265
    places: int = 514
    labels: int = 28

    def encoder(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Name and shape of each array of the encoder, by the names of `encoder_graph`."""
        h, w = self.hidden, self.wide
        yield from (("embeddings.LayerNorm.weight", (h,)), ("embeddings.LayerNorm.bias", (h,)))
        for layer in range(self.layers):
            of = f"encoder.layer.{layer}"
            for name, out, into in (
                ("attention.self.query", h, h),
                ("attention.self.key", h, h),
                ("attention.self.value", h, h),
                ("attention.output.dense", h, h),
                ("intermediate.dense", w, h),
                ("output.dense", h, w),
            ):
                yield from ((f"{of}.{name}.weight", (out, into)), (f"{of}.{name}.bias", (out,)))
            for name in ("attention.output.LayerNorm", "output.LayerNorm"):
                yield from ((f"{of}.{name}.weight", (h,)), (f"{of}.{name}.bias", (h,)))

    def around(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Name and shape of each array before and after the encoder."""
        h = self.hidden
        yield from (("word", (self.pieces, h)), ("place", (self.places, h)), ("kind", (h,)))
        yield from (("dense.weight", (h, h)), ("dense.bias", (h,)))
        yield from (("label.weight", (h, self.labels)), ("label.bias", (self.labels,)))

    def parameters(self) -> int:
        """Parameters of all arrays."""
        return sum(int(np.prod(size)) for _, size in (*self.encoder(), *self.around()))


def parameters_of(model: Any) -> int:
    """Parameters that an ONNX model of `graph` holds."""
    return sum(int(np.prod(one.dims)) for one in model.graph.initializer if one.name not in _NO_PARAMETERS)


def graph(shape: Shape, seed: int = 0) -> Any:
    """The whole network in ONNX, before it is turned into whole numbers.

    Inputs ``ids`` (B, T), ``places`` (1, T) int64 and ``mask`` (B, T) int32; output ``p`` (B, labels).
    """
    chance = np.random.default_rng(seed)

    def drawn(name: str, size: tuple[int, ...]) -> F32:
        if name.endswith("LayerNorm.weight"):
            return np.ones(size, np.float32)
        return chance.standard_normal(size, np.float32) * np.float32(0.02)

    weights = {name: drawn(name, size) for name, size in shape.encoder()}
    model = encoder_graph(weights, range(shape.layers), shape.heads, epsilon=1e-5)
    del weights
    around: dict[str, NDArray[Any]] = {name: drawn(name, size) for name, size in shape.around()}
    around["word"] = chance.integers(-127, 128, (shape.pieces, shape.hidden), dtype=np.int8)
    around[_SCALE] = np.array(0.02 / 73, np.float32)
    around[_FIRST] = np.array(0, np.int64)
    whole = model.graph
    for node in whole.node:
        if node.op_type == "Attention":
            node.input.append("mask")
    nodes = [
        helper.make_node("Gather", ["word", "ids"], ["word.whole"]),
        helper.make_node("Cast", ["word.whole"], ["word.float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["word.float", _SCALE], ["word.vector"]),
        helper.make_node("Gather", ["place", "places"], ["place.vector"]),
        helper.make_node("Add", ["word.vector", "place.vector"], ["placed"]),
        helper.make_node("Add", ["placed", "kind"], ["x"]),
        *(node for node in whole.node if node.output[0] != "adds"),
        helper.make_node("Gather", ["hidden", _FIRST], ["first"], axis=1),
        helper.make_node("MatMul", ["first", "dense.weight"], ["dense"]),
        helper.make_node("Add", ["dense", "dense.bias"], ["dense.biased"]),
        helper.make_node("Tanh", ["dense.biased"], ["bent"]),
        helper.make_node("MatMul", ["bent", "label.weight"], ["label"]),
        helper.make_node("Add", ["label", "label.bias"], ["label.biased"]),
        helper.make_node("Sigmoid", ["label.biased"], ["p"]),
    ]
    del whole.node[:], whole.input[:], whole.output[:]
    whole.node.extend(nodes)
    whole.initializer.extend(numpy_helper.from_array(values, name) for name, values in around.items())
    told = helper.make_tensor_value_info
    whole.input.extend(
        [
            told("ids", TensorProto.INT64, ["batch", "pieces"]),
            told("places", TensorProto.INT64, ["one", "pieces"]),
            told("mask", TensorProto.INT32, ["batch", "pieces"]),
        ]
    )
    whole.output.extend([told("p", TensorProto.FLOAT, ["batch", shape.labels])])
    return model


def write(file: Path, shape: Shape | None = None) -> None:
    """Write the network in whole numbers: weights per column, what enters a product with a scale of the moment."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = file.with_suffix(".float.onnx")
    onnx.save(graph(shape or Shape()), str(whole))
    logger = logging.getLogger()
    was = logger.level
    logger.setLevel(logging.ERROR)  # it recommends a step that this graph does not need
    try:
        quantize_dynamic(
            str(whole),
            str(file),
            op_types_to_quantize=["MatMul", "Attention"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
    finally:
        logger.setLevel(was)
        whole.unlink()
