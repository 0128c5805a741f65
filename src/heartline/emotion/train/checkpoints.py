"""Keeps what long steps of a training made, so that a run that was cut off goes on where it was.

A file is used again only where everything that it was made from is the same: the key is a hash of the recipe, the
texts and their targets, and of what earlier steps were made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from heartline.emotion.train.network import Network

F32 = NDArray[np.float32]


def key_from(*parts: object) -> str:
    """A short hash of texts, arrays and recipes; a recipe is known by its fields."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            found.update(np.ascontiguousarray(part).tobytes())
        else:
            found.update(repr(part).encode("utf-8", "surrogatepass"))
        found.update(b"\0")
    return found.hexdigest()[:12]


class Checkpoints:
    """Arrays and network states in a folder."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self._say = say
        folder.mkdir(parents=True, exist_ok=True)

    def array(self, name: str, key: str, make: Callable[[], F32]) -> F32:
        """The kept array, or the one that `make` gives."""
        file = self.folder / f"{name}-{key}.npy"
        if file.is_file():
            self._say(f"{name}: kept from before")
        else:
            self._written(file, make())
        found: F32 = np.load(file)
        return found

    def network(self, name: str, key: str, network: Callable[[], Network], fit: Callable[[Network], None]) -> Network:
        """A new network with the kept state, or fitted."""
        file = self.folder / f"{name}-{key}.pt"
        found = network()
        if file.is_file():
            self._say(f"{name}: kept from before")
            found.load_state_dict(torch.load(file, weights_only=True))
            found.eval()
            return found
        fit(found)
        partial = file.with_suffix(".part")
        torch.save(found.state_dict(), partial)
        partial.replace(file)
        return found

    def _written(self, file: Path, values: F32) -> None:
        partial = file.with_suffix(".part")
        with partial.open("wb") as opened:
            np.save(opened, values)
        partial.replace(file)
