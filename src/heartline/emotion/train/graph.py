"""Writes a BERT-shaped encoder as ONNX, in floating numbers or in whole numbers of eight bits.

Inputs: ``x`` (B, T, H), word and position vectors summed, not yet normalised; ``head`` (H, L), weights of the last
layer, given anew with each run, since corrections change them. Outputs: ``hidden`` (B, T, H) and ``adds`` (B, T, L),
their product.

In whole numbers, weights have a scale per column, and what enters a product has one scale, fixed when the graph is
written: so a run of several texts says of each what a run of it alone says. (Scales taken at run time from all that is
in a run would not, and measured no better.) Weights take seven of the eight bits, so that processors with and without
VNNI give the same sums.

A few of the values that leave a normalization are far greater than all others, and one scale for all leaves little for
the small ones. So each is divided by a factor of its own before it becomes a whole number, and the weights that it
meets are multiplied by it (Xiao and others, SmoothQuant, ICML 2023).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

F32 = NDArray[np.float32]
Ranges = Mapping[str, tuple[F32, F32]]
_MICROSOFT = "com.microsoft"
_GREATEST = 63
"""Of a weight."""
_EVENED = 0.7
"""Share of their unevenness that values leave to the weights; of 0.5 to 1 it gave the least error."""


@dataclass
class _Graph:
    """Nodes and constants as they come.

    ranges: least and greatest values (H,) that enter each product; None: floating numbers
    """

    ranges: Ranges | None
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def product(self, source: str, name: str, matrix: F32, bias: F32, uneven: bool) -> str:
        """source · matrix + bias; uneven: the source leaves a normalization."""
        if self.ranges is None:
            product = self.node("MatMul", [source, self.constant(f"{name}.weight", matrix)], f"{name}.product")
            return self.node("Add", [product, self.constant(f"{name}.bias", bias)], name)
        entered, scale, zero, matrix = self._whole(source, name, self.ranges[name], matrix, uneven)
        weight, scales, zeros = self._whole_weights(name, matrix)
        inputs = [entered, weight, scale, scales, zero, zeros, self.constant(f"{name}.bias", bias)]
        return self.node("MatMulIntegerToFloat", inputs, name, domain=_MICROSOFT)

    def attention(self, source: str, name: str, matrix: F32, bias: F32, heads: int) -> str:
        """All heads of self-attention over what leaves a normalization, its three projections side by side."""
        if self.ranges is None:
            inputs = [source, self.constant(f"{name}.weight", matrix), self.constant(f"{name}.bias", bias)]
            return self.node("Attention", inputs, name, domain=_MICROSOFT, num_heads=heads)
        entered, scale, zero, matrix = self._whole(source, name, self.ranges[name], matrix, uneven=True)
        weight, scales, zeros = self._whole_weights(name, matrix)
        inputs = [entered, weight, self.constant(f"{name}.bias", bias), scale, scales, "", zero, zeros]
        return self.node("QAttention", inputs, name, domain=_MICROSOFT, num_heads=heads)

    def _whole(
        self, source: str, name: str, span: tuple[F32, F32], matrix: F32, uneven: bool
    ) -> tuple[str, str, str, F32]:
        """Names of what enters a product as numbers 0..255, its scale and the number that means 0; and the weights."""
        least, greatest = span
        if uneven:
            factors = _factors(np.maximum(-least, greatest), np.abs(matrix).max(axis=1))
            least, greatest, matrix = least / factors, greatest / factors, matrix * factors[:, None]
            source = self.node("Mul", [source, self.constant(f"{name}.evens", 1 / factors)], f"{name}.evened")
        low, high = min(float(least.min()), 0.0), max(float(greatest.max()), 0.0)
        scale = max(high - low, 1e-6) / 255
        names = (
            self.constant(f"{name}.scale", np.array(scale, np.float32)),
            self.constant(f"{name}.zero", np.array(round(-low / scale), np.uint8)),
        )
        return self.node("QuantizeLinear", [source, *names], f"{name}.entered"), *names, matrix

    def _whole_weights(self, name: str, matrix: F32) -> tuple[str, str, str]:
        scales = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / _GREATEST
        return (
            self.constant(f"{name}.weight", np.rint(matrix / scales).astype(np.int8)),
            self.constant(f"{name}.scales", scales.astype(np.float32)),
            self.constant(f"{name}.zeros", np.zeros(len(scales), np.int8)),
        )


def _factors(values: F32, weights: F32) -> F32:
    """(H,) what values are divided and weights multiplied by, of the greatest of each; their geometric mean is 1."""
    values, weights = (np.maximum(one, 1e-4 * one.max()) for one in (values, weights))
    logs = _EVENED * np.log(values) - (1 - _EVENED) * np.log(weights)
    factors: F32 = np.exp(logs - logs.mean()).astype(np.float32)
    return factors


def encoder_graph(
    weights: Mapping[str, F32],
    layers: Sequence[int],
    heads: int,
    epsilon: float = 1e-12,
    bends: str = "gelu",
    ranges: Ranges | None = None,
) -> Any:
    """An ONNX model of the named layers.

    weights: arrays by the names of the Hugging Face BERT model, without a prefix
    layers: which of its layers, in order
    heads: attention heads
    bends: function between the two inner products, ``gelu`` or ``relu``
    ranges: from `entering`; None: floating numbers

    Raises KeyError where a weight is missing or the function is another one.
    """
    g = _Graph(ranges)

    def normed(source: str, name: str, output: str) -> str:
        scale, shift = (g.constant(f"{output}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return g.node("LayerNormalization", [source, scale, shift], output, axis=-1, epsilon=epsilon)

    at = normed("x", "embeddings.LayerNorm", "hidden0" if layers else "hidden")
    for place, layer in enumerate(layers):
        own, theirs = f"layer{place}.", f"encoder.layer.{layer}."
        three = [f"{theirs}attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([weights[f"{part}.weight"].T for part in three], axis=1)
        bias = np.concatenate([weights[f"{part}.bias"] for part in three])
        attended = g.attention(at, f"{own}attended", matrix, bias, heads)

        def dense(source: str, name: str, output: str, uneven: bool = False, theirs: str = theirs) -> str:
            name = f"{theirs}{name}.dense"
            return g.product(source, output, weights[f"{name}.weight"].T, weights[f"{name}.bias"], uneven)

        inner = g.node("Add", [dense(attended, "attention.output", f"{own}gathered"), at], f"{own}inner.sum")
        inner = normed(inner, f"{theirs}attention.output.LayerNorm", f"{own}inner")
        wide = dense(inner, "intermediate", f"{own}wide", uneven=True)
        # In whole numbers relu costs nothing: what is below 0 becomes 0 as it enters the next product.
        kind, domain = {"gelu": ("Gelu", _MICROSOFT), "relu": ("Relu", "")}[bends]
        bent = g.node(kind, [wide], f"{own}bent", domain=domain)
        total = g.node("Add", [dense(bent, "output", f"{own}narrow"), inner], f"{own}sum")
        at = normed(total, f"{theirs}output.LayerNorm", "hidden" if place == len(layers) - 1 else f"hidden{place + 1}")
    g.node("MatMul", ["hidden", "head"], "adds")
    hidden = weights["embeddings.LayerNorm.weight"].shape[0]
    shape = ["batch", "pieces", hidden]
    graph = helper.make_graph(
        g.nodes,
        "encoder",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("head", TensorProto.FLOAT, [hidden, "labels"]),
        ],
        [
            helper.make_tensor_value_info("hidden", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("adds", TensorProto.FLOAT, ["batch", "pieces", "labels"]),
        ],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)])
    model.ir_version = 8
    return model


def entering(model: Any, inputs: Iterable[F32]) -> dict[str, tuple[F32, F32]]:
    """Least and greatest values (H,) that enter each product of a model in floating numbers.

    model: from `encoder_graph`
    inputs: (1, T, H) as the model will be given them, of a few hundred texts
    """
    import onnxruntime

    sources = {
        node.output[0].removesuffix(".product"): node.input[0]
        for node in model.graph.node
        if node.op_type in ("MatMul", "Attention") and node.output[0] != "adds"
    }
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in set(sources.values())
    )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(watched.SerializeToString(), options, providers=["CPUExecutionProvider"])
    hidden = model.graph.input[1].type.tensor_type.shape.dim[0].dim_value
    found: dict[str, tuple[F32, F32]] = {}
    for x in inputs:
        seen = session.run(list(sources.values()), {"x": x, "head": np.zeros((hidden, 1), np.float32)})
        for name, values in zip(sources, seen, strict=True):
            least, greatest = values.min(axis=(0, 1)), values.max(axis=(0, 1))
            known = found.get(name, (least, greatest))
            found[name] = np.minimum(known[0], least), np.maximum(known[1], greatest)
    return found
