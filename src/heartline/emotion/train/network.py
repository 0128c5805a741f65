"""The network that training fits: a transformer encoder under one linear layer over the mean of its vectors.

At run time the same is read as ONNX and numpy (`emotion/network.py`); torch is needed here only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from heartline.emotion.head import COLUMNS, DECIDED, MAIN, SUBJECT, VALENCE

_CHOICES = (MAIN, SUBJECT)
"""Groups of columns of which one is right: softmax. All others are a yes or a number in 0..1: logistic."""


class Network(nn.Module):  # type: ignore[misc]  # to mypy, torch is untyped
    """Pieces (B, T) and their mask to log odds (B, L) in the order of `head.COLUMNS`."""

    def __init__(self, encoder: Any, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(encoder.config.hidden_size, len(COLUMNS))
        self.drop = nn.Dropout(dropout)
        nn.init.zeros_(self.head.bias)
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        """The mean goes over all pieces that are read, the two marks included."""
        vectors = self.encoder(input_ids=pieces, attention_mask=mask).last_hidden_state.float()
        counted = mask[:, :, None].float()
        mean = (vectors * counted).sum(1) / counted.sum(1)
        found: Tensor = self.head(self.drop(mean))
        return found


def open_network(folder: Path, seed: int, layers: Sequence[int] | None = None, frozen: bool = True) -> Network:
    """A network on the encoder in a Hugging Face folder, with a new head.

    seed: of the head
    layers: which layers of the encoder are kept, lowest first; None keeps all
    frozen: word, position and segment vectors are not fitted, so that all sizes of a network can share them
    """
    torch.manual_seed(seed)
    kind = json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"]
    # Fused attention knows nothing of MPNet's relative positions.
    attention = "eager" if kind == "mpnet" else "sdpa"
    encoder = AutoModel.from_pretrained(folder, attn_implementation=attention, dtype=torch.float32)
    if hasattr(encoder, "pooler"):
        encoder.pooler = None
    if layers is not None:
        encoder.encoder.layer = nn.ModuleList([encoder.encoder.layer[i] for i in layers])
        encoder.config.num_hidden_layers = len(layers)
    for name, part in encoder.embeddings.named_children():
        if frozen and name.endswith("_embeddings"):
            part.requires_grad_(False)
    return Network(encoder)


def loss_of(z: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Mean over texts of the weighted cross-entropy of all columns; soft targets allowed, weight 0 is unknown."""
    total = torch.zeros(len(z), device=z.device)
    for group in (DECIDED, slice(VALENCE, len(COLUMNS))):
        each = functional.binary_cross_entropy_with_logits(
            z[:, group], targets[:, group], weight=weights[:, group], reduction="none"
        )
        total = total + each.sum(1)
    for group in _CHOICES:
        chosen = (functional.log_softmax(z[:, group], 1) * targets[:, group]).sum(1)
        total = total - chosen * weights[:, group.start]
    return total.mean()
