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

_POOL = 6_000
"""Texts among which batches of like length are made: sorted wholly, an epoch would go from short to long."""
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
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    lengths = np.array([len(one) for one in pieces])
    plan = _plan(lengths, fitting, rng, epoch_rows)
    optimizer = torch.optim.AdamW(_groups(network, fitting), fused=True)
    greatest = [group["lr"] for group in optimizer.param_groups]
    device = _to_device(network)
    network.train()
    began, running = time.perf_counter(), 0.0
    for step, batch in enumerate(plan):
        share = _rate(step, len(plan), fitting.warm)
        for group, rate in zip(optimizer.param_groups, greatest, strict=True):
            group["lr"] = rate * share
        read, mask = _padded(pieces, batch, padding, device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=fitting.half):
            z = network(read, mask)
        wanted, counted = (torch.from_numpy(part[batch]).to(device) for part in (targets, weights))
        loss = loss_of(z.float(), wanted, counted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), fitting.longest_step)
        optimizer.step()
        running = 0.98 * running + 0.02 * loss.item() if step else loss.item()
        if (step + 1) % _SAY_EVERY == 0:
            say(f"step {step + 1} of {len(plan)}, loss {running:.3f}, {time.perf_counter() - began:.0f} s")
    network.to("cpu").eval()


def ask(network: Network, pieces: Sequence[Sequence[int]], padding: int, half: bool) -> F32:
    """(n, L) log odds of each text."""
    device = _to_device(network)
    network.eval()
    lengths = np.array([len(one) for one in pieces])
    found = np.zeros((len(pieces), len(COLUMNS)), np.float32)
    for batch in _filled(np.argsort(lengths, kind="stable"), lengths, _PIECES_ASKED, len(pieces)):
        read, mask = _padded(pieces, batch, padding, device)
        with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            found[batch] = network(read, mask).float().cpu().numpy()
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
    found: list[Index] = []
    for start in range(0, len(drawn), _POOL):
        part = drawn[start : start + _POOL]
        part = part[np.argsort(lengths[part], kind="stable")]
        found += _filled(part, lengths, fitting.pieces, fitting.most)
    return [found[i] for i in rng.permutation(len(found))]


def _filled(rows: Index, lengths: Index, pieces: int, most: int) -> list[Index]:
    """Rows of rising length cut into batches that hold no more than so many pieces when filled up."""
    found: list[Index] = []
    start = 0
    for end in range(1, len(rows) + 1):
        full = end == len(rows) or end - start == most
        if full or lengths[rows[end]] * (end - start + 1) > pieces:
            found.append(rows[start:end])
            start = end
    return found


def _padded(pieces: Sequence[Sequence[int]], batch: Index, padding: int, device: torch.device) -> tuple[Tensor, Tensor]:
    longest = max(len(pieces[i]) for i in batch)
    read = np.full((len(batch), longest), padding, np.int64)
    mask = np.zeros((len(batch), longest), np.int64)
    for row, i in enumerate(batch):
        read[row, : len(pieces[i])] = pieces[i]
        mask[row, : len(pieces[i])] = 1
    return torch.from_numpy(read).to(device), torch.from_numpy(mask).to(device)


def _rate(step: int, steps: int, warm: float) -> float:
    """Share of the greatest rate: up in a straight line while warm, then down to 0."""
    rising = warm * steps
    return step / max(1.0, rising) if step <= rising else max(0.0, (steps - step) / steps)


def _groups(network: Network, fitting: Fitting) -> list[dict[str, object]]:
    """Parameters by learning rate; only matrices decay."""
    layers = list(network.encoder.encoder.layer)
    inside = {id(p) for layer in layers for p in layer.parameters()}
    rest = [p for p in network.encoder.parameters() if id(p) not in inside]
    parts = [(list(network.head.parameters()), fitting.head_rate)]
    parts += [
        (list(layer.parameters()), fitting.rate * fitting.decay ** (len(layers) - 1 - i))
        for i, layer in enumerate(layers)
    ]
    parts.append((rest, fitting.rate * fitting.decay ** len(layers)))
    groups: list[dict[str, object]] = []
    for given, rate in parts:
        learnt = [p for p in given if p.requires_grad]
        groups.append({"params": [p for p in learnt if p.ndim > 1], "lr": rate, "weight_decay": fitting.shrink})
        groups.append({"params": [p for p in learnt if p.ndim <= 1], "lr": rate, "weight_decay": 0.0})
    return [group for group in groups if group["params"]]
