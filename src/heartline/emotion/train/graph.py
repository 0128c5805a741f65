"""Writes a BERT-shaped encoder as ONNX, and the same in whole numbers of eight bits.

Input ``x`` (B, T, H): word and position vectors summed, not yet normalised. Output ``hidden`` (B, T, H). The three
projections of attention are one operator; the steps that onnxruntime fuses well are written fused.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

F32 = NDArray[np.float32]
_MICROSOFT = "com.microsoft"


@dataclass
class _Graph:
    """Nodes and constants as they come."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, values: F32) -> str:
        array = np.ascontiguousarray(values, dtype=np.float32)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output


def encoder_graph(weights: Mapping[str, F32], layers: Sequence[int], heads: int, epsilon: float = 1e-12) -> Any:
    """An ONNX model of the named layers.

    weights: arrays by the names of the Hugging Face BERT model, without a prefix
    layers: which of its layers, in order
    heads: attention heads

    Raises KeyError where a weight is missing.
    """
    g = _Graph()
    norm = {"axis": -1, "epsilon": epsilon}
    scale = g.constant("norm.scale", weights["embeddings.LayerNorm.weight"])
    hidden = weights["embeddings.LayerNorm.weight"].shape[0]
    at = g.node("LayerNormalization", ["x", scale, g.constant("norm.bias", weights["embeddings.LayerNorm.bias"])],
                "hidden0" if layers else "hidden", **norm)  # fmt: skip
    for place, layer in enumerate(layers):
        own = f"layer{place}."

        def told(name: str, layer: int = layer) -> F32:
            return weights[f"encoder.layer.{layer}.{name}"]

        def dense(source: str, name: str, own: str = own) -> str:
            matrix = g.constant(f"{own}{name}.weight", told(f"{name}.weight").T)
            return g.node("MatMul", [source, matrix], f"{own}{name}")

        def added(source: str, name: str, rest: str, output: str, own: str = own) -> str:
            bias = g.constant(f"{own}{name}.bias", told(f"{name}.dense.bias"))
            with_bias = g.node("Add", [source, bias], f"{own}{name}.biased")
            total = g.node("Add", [with_bias, rest], f"{own}{name}.sum")
            scale = g.constant(f"{own}{name}.scale", told(f"{name}.LayerNorm.weight"))
            shift = g.constant(f"{own}{name}.shift", told(f"{name}.LayerNorm.bias"))
            return g.node("LayerNormalization", [total, scale, shift], output, **norm)

        three = [f"attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([told(f"{part}.weight").T for part in three], axis=1)
        bias = np.concatenate([told(f"{part}.bias") for part in three])
        attended = g.node(
            "Attention",
            [at, g.constant(f"{own}qkv.weight", matrix), g.constant(f"{own}qkv.bias", bias)],
            f"{own}attended",
            domain=_MICROSOFT,
            num_heads=heads,
        )
        inner = added(dense(attended, "attention.output.dense"), "attention.output", at, f"{own}inner")
        wide = dense(inner, "intermediate.dense")
        bent = g.node(
            "BiasGelu",
            [wide, g.constant(f"{own}wide.bias", told("intermediate.dense.bias"))],
            f"{own}bent",
            domain=_MICROSOFT,
        )
        at = added(dense(bent, "output.dense"), "output", inner,
                   "hidden" if place == len(layers) - 1 else f"hidden{place + 1}")  # fmt: skip
    shape = ["batch", "pieces", hidden]
    graph = helper.make_graph(
        g.nodes,
        "encoder",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, shape)],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)])
    model.ir_version = 8
    return model


def write_whole_numbers(model: Any, file: Path) -> None:
    """Write the model with weights in eight bits per channel; activations get their scale at run time.

    Weights take seven of the eight bits, so that processors with and without VNNI give the same sums.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = file.with_suffix(".float.onnx")
    onnx.save(model, str(whole))
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
