"""When a notice that was not taken is sent again, and when it is given up."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from heartline.action.answer import Answer

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_STEP = re.compile(r"(\d+)([smhd])")
JITTER = 0.2
"""How much longer a wait may be than its step, so that what failed together does not come again together."""
FIRST_REST_S, LONGEST_REST_S = 5.0, 300.0
ALONE = 3
"""So many different faults of single notices in a row, and the receiver itself is taken to fail."""


@dataclass(frozen=True)
class Retries:
    """Waits before the second try, the third and so on, seconds; after the last the notice is given up."""

    steps: tuple[float, ...]
    chance: Callable[[], float] = random.random
    """Draws evenly from 0 to 1."""

    @property
    def most(self) -> timedelta:
        """How long after its first try a notice is given up."""
        return timedelta(seconds=sum(self.steps))

    def again(self, tries: int, first: datetime, now: datetime, answer: Answer) -> datetime | None:
        """When the next try is, after ``tries`` that failed, the first at ``first``; None: it is given up.

        What counts is how long it was tried, not how often: a receiver that comes and goes does not use tries up.
        """
        if answer.never or now - first >= self.most:
            return None
        step = self.steps[min(tries, len(self.steps)) - 1]
        wait = timedelta(seconds=max(step * (1 + JITTER * self.chance()), answer.wait_s))
        last = first + self.most
        return min(now + wait, last) if answer.wait_s < (last - now).total_seconds() else now + wait

    def rest(self, failures: int, now: datetime, answer: Answer) -> datetime | None:
        """Until when a receiver is left alone after so many failures in a row, this one included; None: not at all.

        While it rests nothing is sent to it; then the oldest notice whose time has come tries for the others.
        """
        if not answer.everything and failures < ALONE:
            return None
        doubled = FIRST_REST_S * 2.0 ** min(failures - 1, 10)
        seconds = min(doubled, LONGEST_REST_S) * (1 + JITTER * self.chance())
        return now + timedelta(seconds=max(seconds, answer.wait_s))


def retries_of(text: str) -> Retries:
    """The steps of the setting ``notice_retries``, such as ``5s 5m 30m 2h``."""
    return Retries(tuple(float(int(number) * _SECONDS[unit]) for number, unit in _STEP.findall(text)))
