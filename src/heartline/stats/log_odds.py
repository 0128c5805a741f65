"""Which words belong to one group rather than another, without being carried away by rare ones.

Source: Monroe, Colaresi & Quinn (2008), log-odds ratio with an informative Dirichlet prior.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from heartline.errors import StatisticsError
from heartline.stats.intervals import Z90
from heartline.stats.likelihood import Floats


def log_odds(
    one: ArrayLike, other: ArrayLike, usual: ArrayLike, strength: float = 500.0
) -> tuple[Floats, Floats, Floats, Floats]:
    """(log-odds ratio, low, high, z) per word: above 0 where group ``one`` says it more than ``other``; 90 %.

    one, other: counts per word in each group; usual: counts per word of the language that both come from, in any
    size; its shares are the prior, worth ``strength`` words in all. Raises StatisticsError for negative or missing
    counts, or none at all.
    """
    a, b, prior = (np.asarray(each, dtype=np.float64) for each in (one, other, usual))
    if not (a.shape == b.shape == prior.shape) or not np.all(np.isfinite(a + b + prior)):
        raise StatisticsError("counts of different length or missing ones", "one count per word in each", "align them")
    if np.any(a < 0) or np.any(b < 0) or np.any(prior < 0) or prior.sum() <= 0 or strength <= 0:
        raise StatisticsError("negative counts, or no words", "0 or more, and some words", "check the counts")
    alpha = strength * prior / prior.sum()

    def logit(count: Floats) -> Floats:
        inside = count + alpha
        return np.asarray(np.log(inside) - np.log(count.sum() + strength - inside), dtype=np.float64)

    with np.errstate(divide="ignore", invalid="ignore"):
        found = logit(a) - logit(b)
        error = np.sqrt(1 / (a + alpha) + 1 / (b + alpha))
        known = np.isfinite(found) & np.isfinite(error)
        found, error = np.where(known, found, np.nan), np.where(known, error, np.nan)
        return found, found - Z90 * error, found + Z90 * error, found / error
