"""What evidence since an earlier moment alone says of a quantity whose estimate holds on to older evidence.

An estimate that pulls thin evidence to a prior and lets old evidence fade moves slowly, and least for those of whom
little is known. Regressing it on what happened meanwhile would find the pull, not the change. Precision adds up, so the
older part can be taken out again: deregression, as for breeding values (Garrick, Taylor & Fernando 2009).
"""

from __future__ import annotations

import numpy as np

from heartline.stats.likelihood import Floats

LEAST = 0.05  # new evidence worth less than this part of the prior says nothing


def new_evidence(
    now_mean: Floats, now_sd: Floats, then_mean: Floats, then_sd: Floats, kept: float
) -> tuple[Floats, Floats]:
    """(what the new evidence says, its weight in a regression that is told the earlier estimate); one entry a customer.

    now_mean, now_sd: the estimate; then_mean, then_sd: the earlier one, not-a-number where there was none
    kept: what is left of older evidence's weight, 0 to 1

    The prior's spread is that of the customers least is known of. Weight 0 and value 0 where new evidence says nothing.
    """
    spreads = np.concatenate([now_sd, then_sd])
    spreads = spreads[np.isfinite(spreads)]
    if not len(spreads):
        return np.zeros(len(now_mean)), np.zeros(len(now_mean))
    prior_sd = max(float(np.quantile(spreads, 0.995)), 1e-9)
    prior = float(np.nanmean(now_mean))
    held_now, pulled_now = _evidence(now_mean, now_sd, prior, prior_sd)
    held_then, pulled_then = _evidence(then_mean, then_sd, prior, prior_sd)
    held = held_now - kept * held_then
    told = held > LEAST / prior_sd**2
    value = np.divide(pulled_now - kept * pulled_then, held, out=np.zeros_like(held), where=told)
    doubt = np.where(np.isfinite(then_sd), then_sd, prior_sd) ** 2
    noise = np.divide(1.0, held, out=np.zeros_like(held), where=told)
    return value, np.where(told, 1 / (noise + doubt), 0.0)


def _evidence(mean: Floats, sd: Floats, prior: float, prior_sd: float) -> tuple[Floats, Floats]:
    """Precision that evidence adds to the prior's, and that times what it says."""
    sound = np.isfinite(mean) & (sd > 1e-6 * prior_sd)
    precision = np.divide(1.0, sd**2, out=np.zeros_like(sd), where=sound)
    held = np.where(sound, np.maximum(precision - 1 / prior_sd**2, 0.0), 0.0)
    return held, np.where(held > 0, precision * np.where(sound, mean, 0.0) - prior / prior_sd**2, 0.0)
