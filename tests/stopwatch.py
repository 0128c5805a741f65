"""Time that something may take at most, on a machine that is busy with other things."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 5


def quickest(work: Callable[[], object], within: float) -> float:
    """Seconds of the fastest of a few tries, the last of which is the first within the bound.

    What holds the work up holds up every try; what else the machine has to do does not.
    """
    took = []
    for _ in range(TRIES):
        begun = time.monotonic()
        work()
        took.append(time.monotonic() - begun)
        if took[-1] < within:
            break
    return min(took)
