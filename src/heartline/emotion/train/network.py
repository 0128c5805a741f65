"""The network that training fits: a transformer encoder under one linear layer over the mean of its vectors.

At run time the same is read as ONNX and numpy (`emotion/network.py`); torch is needed here only.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel
from transformers.activations import ACT2FN

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


def open_network(folder: Path, seed: int) -> Network:
    """A network on the encoder in a Hugging Face folder, with a new head.

    seed: of the head

    Within the encoder nothing is dropped out; `finetune` leaves out pieces of texts instead. Word vectors are frozen:
    with all layers they matter little and would take longest.
    """
    torch.manual_seed(seed)
    encoder = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    if hasattr(encoder, "pooler"):
        encoder.pooler = None
    for part in encoder.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
    encoder.embeddings.word_embeddings.requires_grad_(False)
    return Network(encoder)


def shortened(network: Network, layers: Sequence[int], bends: str = "gelu") -> Network:
    """A copy with some of the layers, lowest first.

    bends: function between a layer's two inner products, ``gelu`` (what the layers were fitted with) or ``relu``

    Its word vectors are learnt again: with few layers they carry most of what is known. Their gradients are sparse,
    since a batch meets few of all words.
    """
    found = copy.deepcopy(network)
    found.encoder.encoder.layer = nn.ModuleList([found.encoder.encoder.layer[i] for i in layers])
    found.encoder.config.num_hidden_layers = len(layers)
    found.encoder.config.hidden_act = bends
    for layer in found.encoder.encoder.layer:
        layer.intermediate.intermediate_act_fn = ACT2FN[bends]
    words = found.encoder.embeddings.word_embeddings
    words.sparse = True
    words.weight.requires_grad_(True)
    return found


def averaged(networks: Sequence[Network]) -> Network:
    """A copy of the first network with the mean of the weights of all (Wortsman and others, Model soups, ICML 2022).

    networks: of one shape, fitted from one start
    """
    found, states = copy.deepcopy(networks[0]), [one.state_dict() for one in networks]
    found.load_state_dict({name: torch.stack([one[name] for one in states]).mean(0) for name in states[0]})
    return found


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
