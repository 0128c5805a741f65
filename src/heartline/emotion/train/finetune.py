"""Fits a network to rows, and asks it about texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from heartline.emotion.head import COLUMNS
from heartline.emotion.train.network import Network, loss_of
from heartline.emotion.train.recipe import Fitting

F32 = NDArray[np.float32]
Index = NDArray[np.int64]

_LENGTHS, _SIZES = 8, 16
"""Batches have few different shapes, since the libraries below keep a plan for each."""
_SHORT = 7
"""Texts of so few pieces are read whole."""
_RAREST = 0.002
_SAY_EVERY = 100
_PIECES_ASKED = 4_000


def fit(
    network: Network,
    pieces: Sequence[Sequence[int]],
    targets: F32,
    weights: F32,
    fitting: Fitting,
    seed: int,
    padding: int,
    say: Callable[[str], None],
    epoch_rows: Callable[[np.random.Generator], Index] | None = None,
) -> None:
    """Fit in place.

    The same seed gives the same weights on one machine with the same libraries and number of threads.

    Parameters
    ----------
    pieces: numbers of each text's pieces, marks included
    targets, weights: (n, L), see `rows`
    padding: number of the piece that fills up a batch
    epoch_rows: draws the rows of an epoch; None: all
    """
    _start_offsets(network, targets, weights)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lengths = np.array([len(one) for one in pieces])
    plan = _plan(lengths, fitting, rng, epoch_rows)
    optimizers = _optimizers(network, fitting)
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    greatest = [group["lr"] for group in groups]
    dense = [p for p in network.parameters() if p is not network.encoder.embeddings.word_embeddings.weight]
    device = _to_device(network)
    network.train()
    began, running = time.perf_counter(), 0.0
    for step, batch in enumerate(plan):
        share = _rate(step, len(plan), fitting.warm)
        for group, rate in zip(groups, greatest, strict=True):
            group["lr"] = rate * share
        read, mask = _padded([_thinned(pieces[i], fitting.dropped, rng) for i in batch], padding, device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=fitting.half):
            z = network(read, mask)
        wanted, counted = (torch.from_numpy(part[batch]).to(device) for part in (targets, weights))
        loss = loss_of(z.float(), wanted, counted)
        network.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(dense, fitting.longest_step)
        for optimizer in optimizers:
            optimizer.step()
        running = 0.98 * running + 0.02 * loss.item() if step else loss.item()
        if (step + 1) % _SAY_EVERY == 0:
            say(f"step {step + 1} of {len(plan)}, loss {running:.3f}, {time.perf_counter() - began:.0f} s")
    network.to("cpu").eval()


def ask(network: Network, pieces: Sequence[Sequence[int]], padding: int, half: bool) -> F32:
    """(n, L) log odds of each text."""
    device = _to_device(network)
    network.eval()
    found = np.zeros((len(pieces), len(COLUMNS)), np.float32)
    order = np.argsort([len(one) for one in pieces], kind="stable")
    start = 0
    while start < len(order):
        # Sorted, so the last of the texts asked at once is the longest.
        size = max(1, _PIECES_ASKED // _rounded(len(pieces[order[min(start + 1, len(order) - 1)]])))
        size = max(1, _PIECES_ASKED // _rounded(len(pieces[order[min(start + size, len(order)) - 1]])))
        batch = order[start : start + size]
        read, mask = _padded([pieces[i] for i in batch], padding, device)
        with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            found[batch] = network(read, mask).float().cpu().numpy()
        start += size
    network.to("cpu")
    return found


def _to_device(network: Network) -> torch.device:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device)
    return device


def _plan(
    lengths: Index,
    fitting: Fitting,
    rng: np.random.Generator,
    epoch_rows: Callable[[np.random.Generator], Index] | None,
) -> list[Index]:
    """All batches of all epochs."""
    plan: list[Index] = []
    left = fitting.epochs
    while left > 0:
        rows = epoch_rows(rng) if epoch_rows else np.arange(len(lengths))
        batches = _batches(rows, lengths, fitting, rng)
        plan += batches[: int(len(batches) * min(1.0, left))]
        left -= 1
    return plan


def _batches(rows: Index, lengths: Index, fitting: Fitting, rng: np.random.Generator) -> list[Index]:
    """Batches of texts of like length, in any order."""
    drawn = rows[rng.permutation(len(rows))]
    filled = np.array([_rounded(int(length)) for length in lengths[drawn]])
    found: list[Index] = []
    for length in np.unique(filled).tolist():
        part = drawn[filled == length]
        size = max(_SIZES, min(fitting.most, fitting.pieces // length) // _SIZES * _SIZES)
        found += [part[start : start + size] for start in range(0, len(part), size)]
    return [found[i] for i in rng.permutation(len(found))]


def _rounded(length: int) -> int:
    return -(-length // _LENGTHS) * _LENGTHS


def _thinned(pieces: Sequence[int], dropped: float, rng: np.random.Generator) -> Sequence[int]:
    """A text without some of its pieces, the marks at both ends kept; the share is drawn from 0 to `dropped`."""
    if not dropped or len(pieces) <= _SHORT:
        return pieces
    kept = rng.random(len(pieces)) >= dropped * rng.random()
    kept[0] = kept[-1] = True
    thinned: list[int] = np.asarray(pieces)[kept].tolist()
    return thinned


def _padded(texts: Sequence[Sequence[int]], padding: int, device: torch.device) -> tuple[Tensor, Tensor]:
    longest = _rounded(max(len(text) for text in texts))
    read = np.full((len(texts), longest), padding, np.int64)
    mask = np.zeros((len(texts), longest), np.int64)
    for row, text in enumerate(texts):
        read[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return torch.from_numpy(read).to(device), torch.from_numpy(mask).to(device)


def _start_offsets(network: Network, targets: F32, weights: F32) -> None:
    """Where a new head begins: at how often each label is given, not at one half."""
    known = weights.sum(axis=0)
    share = np.clip((targets * weights).sum(axis=0) / np.maximum(known, 1e-9), _RAREST, 1 - _RAREST)
    odds = torch.from_numpy(np.log(share / (1 - share)).astype(np.float32))
    with torch.no_grad():
        bias = network.head.bias
        new = (bias.abs() < 1e-6) & torch.from_numpy(known > 0)
        bias.copy_(torch.where(new, odds, bias))


def _rate(step: int, steps: int, warm: float) -> float:
    """Share of the greatest rate: up in a straight line while warm, then down to 0."""
    rising = warm * steps
    return step / max(1.0, rising) if step <= rising else max(0.0, (steps - step) / steps)


def _optimizers(network: Network, fitting: Fitting) -> list[torch.optim.Optimizer]:
    """AdamW; for word vectors with sparse gradients Adam that looks at the words of a batch only."""
    words = network.encoder.embeddings.word_embeddings
    layers = list(network.encoder.encoder.layer)
    inside = {id(p) for layer in layers for p in layer.parameters()} | {id(words.weight)}
    rest = [p for p in network.encoder.parameters() if id(p) not in inside]
    lowest = fitting.rate * fitting.decay ** len(layers)
    parts = [(list(network.head.parameters()), fitting.head_rate), (rest, lowest)]
    parts += [
        (list(layer.parameters()), fitting.rate * fitting.decay ** (len(layers) - 1 - i))
        for i, layer in enumerate(layers)
    ]
    groups: list[dict[str, object]] = []
    for given, rate in parts:
        learnt = [p for p in given if p.requires_grad]
        groups.append({"params": [p for p in learnt if p.ndim > 1], "lr": rate, "weight_decay": fitting.shrink})
        groups.append({"params": [p for p in learnt if p.ndim <= 1], "lr": rate, "weight_decay": 0.0})
    found: list[torch.optim.Optimizer] = [torch.optim.AdamW([group for group in groups if group["params"]], fused=True)]
    if words.sparse:
        found.append(torch.optim.SparseAdam([words.weight], lr=lowest))
    return found
