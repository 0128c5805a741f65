"""Equally likely scenarios of what is not known: draws that are named, spread evenly, and centred.

A draw hangs on its name alone, so that one more thing to be drawn changes nothing for the rest. It takes one number
from the middle of each of as many equal parts (stratified: McKay, Beckman & Conover 1979), so that its own mean is
right with few scenarios; products of draws are centred on the product of their means.
"""

from __future__ import annotations

import zlib

import numpy as np
from scipy import special

from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats

SEED = 20


def evenly(about: str, count: int) -> Floats:
    """Numbers between 0 and 1, one from the middle of each of as many equal parts, shuffled by a name."""
    rng = np.random.default_rng([SEED, zlib.crc32(about.encode())])
    drawn: Floats = (rng.permutation(count) + 0.5) / count
    return drawn


def around(about: str, count: int, middle: float, low: float, high: float) -> Floats:
    """Draws around an estimate with a 90 % interval: half a normal on each side, as wide as that side of it."""
    z = special.ndtri(evenly(about, count))
    drawn: Floats = middle + np.where(z < 0, middle - low, high - middle) / Z90 * z
    return drawn


def share(about: str, count: int, mean: float, alike: str, correlation: float) -> Floats:
    """A share between 0 and 1 that is not known: beta(2 mean, 2 (1 - mean)), even from none to all where mean is 0.5.

    alike: the name of what these shares have in common; correlation: of the normal scores of any two of them
    """
    if mean >= 1.0 or mean <= 0.0:
        return np.full(count, min(max(float(mean), 0.0), 1.0))
    common, own = special.ndtri(evenly(alike, count)), special.ndtri(evenly(about, count))
    score = np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own
    ranked = (np.argsort(np.argsort(score)) + 0.5) / count
    drawn: Floats = special.betaincinv(2.0 * mean, 2.0 * (1.0 - mean), ranked)
    return drawn


def centred(drawn: Floats, mean: Floats | float) -> Floats:
    """Products of independent draws, with the mean that they would have with ever more draws: that of their factors.

    drawn: (..., scenarios); mean: (...). They are stretched where that is by less than half or twice, else moved.
    """
    found = drawn.mean(axis=-1)
    wanted = np.asarray(mean, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = wanted / found
    near = (ratio > 0.5) & (ratio < 2.0)
    scaled = drawn * np.where(near, ratio, 1.0)[..., None]
    return np.asarray(scaled + np.where(near, 0.0, wanted - found)[..., None], dtype=np.float64)
