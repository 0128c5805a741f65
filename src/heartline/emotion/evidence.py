"""Which words carry a label: the run of neighbouring words whose own weights add most to it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

LONGEST_RUN = 4
"""Words in a span at most: long enough for "never buying from you", short enough to be read at a glance."""


def carrying_run(places: list[tuple[int, int]], adds: NDArray[np.float32]) -> tuple[int, int] | None:
    """Characters of the run of words that adds most to a label; None where no word adds anything.

    Parameters
    ----------
    places: for each piece the characters (start, end) of its word; pieces of a word stand together
    adds: (pieces,) what each piece adds
    """
    spans: list[tuple[int, int]] = []
    sums: list[float] = []
    for place, value in zip(places, adds.tolist(), strict=True):
        if spans and spans[-1] == place:
            sums[-1] += value
        else:
            spans.append(place)
            sums.append(value)
    best, found = 0.0, None
    for start in range(len(sums)):
        total = 0.0
        for end in range(start, min(start + LONGEST_RUN, len(sums))):
            total += sums[end]
            # A longer run must pay for the words it adds, or every span would be as long as allowed.
            worth = total / math.sqrt(end - start + 1)
            if worth > best:
                best, found = worth, (spans[start][0], spans[end][1])
    return found
