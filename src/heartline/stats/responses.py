"""What each further unit of an option brings: curves from 0 that never fall and never grow faster than before.

Diminishing returns are assumed, not found: the response to more of one thing was concave in most experiments on
advertising (Simon & Arndt 1980) and in the review of Hanssens, Parsons & Schultz (2001). Points that are given are
kept as they are; only noisy measurements are made concave.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import nnls

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

MOST_UNITS = 60


def diminishing(first: float, units: int, keeps: float) -> Floats:
    """Total after 1 … ``units`` units: the first brings ``first``, each further one ``keeps`` of the one before.

    keeps: 0 (only the first counts) to 1 (every unit counts the same)
    """
    if not 0.0 <= keeps <= 1.0:
        raise StatisticsError(f"a unit keeps {keeps} of the one before", "0 to 1", "choose a share")
    return first * np.cumsum(np.power(keeps, np.arange(_checked(units)), dtype=np.float64))


def given(points: Mapping[int, float], units: int) -> Floats:
    """Total after 1 … ``units`` units from some points; straight between them, flat after the last.

    points: number of units (1 or more) to total lift. Nothing is smoothed: who gives points means them.
    """
    count = _checked(units)
    if not points or any(at < 1 or not np.isfinite(lift) for at, lift in points.items()):
        raise StatisticsError(
            "a response needs points at 1 or more units, each with a number", "e.g. {1: 0.05, 2: 0.08}", "correct it"
        )
    known = sorted(points.items())
    places, lifts = [0, *(at for at, _ in known)], [0.0, *(lift for _, lift in known)]
    return np.interp(np.arange(1, count + 1), places, lifts)


def concave_fit(used: Floats, lift: Floats, units: int, weight: Floats | None = None) -> Floats:
    """Total after 1 … ``units`` units that fits measured lifts best (least squares) and is concave and rising from 0.

    used, lift, weight: one entry a measurement; ``used`` is how many units were in place. A curve from 0 that rises and
    never bends up is a sum of ``min(units, k)`` with weights that are not negative, so this is non-negative least
    squares (Hildreth 1954; Lawson & Hanson 1974). Units beyond the most that was tried add nothing.
    """
    count = _checked(units)
    if len(used) == 0 or len(used) != len(lift) or bool(np.any(used <= 0)):
        raise StatisticsError("no measurement with units in use", "at least one, with 1 or more units", "measure first")
    scale = np.sqrt(np.ones(len(used)) if weight is None else weight)
    tried = np.asarray(used, dtype=np.float64)
    knots = np.unique(tried)
    slopes, _ = nnls(np.minimum.outer(tried, knots) * scale[:, None], np.asarray(lift, dtype=np.float64) * scale)
    fitted: Floats = np.minimum.outer(np.arange(1, count + 1, dtype=np.float64), knots) @ slopes
    return fitted


def _checked(units: int) -> int:
    if not 1 <= units <= MOST_UNITS:
        raise StatisticsError(
            f"an option of {units} units", f"1 to {MOST_UNITS}", "make a unit larger, so that there are fewer of them"
        )
    return units
