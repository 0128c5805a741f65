"""What a receiver said to a notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Whether a notice was taken, and if not, what follows from it.

    fault: why not, in words of ours; empty where it was taken
    everything: the receiver takes nothing at the moment, so that the next notice would fare no better
    gone: the receiver said that it is gone for good: it is switched off
    never: this notice would be refused each time: it is given up at once
    wait_s: it asked not to be asked again before, seconds
    """

    taken: bool
    fault: str = ""
    everything: bool = False
    gone: bool = False
    never: bool = False
    wait_s: float = 0.0


TAKEN = Answer(True)
