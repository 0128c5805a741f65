"""Short messages for the measurement of speed: pieces of 5 to 25 words cut from the project's own messages."""

from __future__ import annotations

import random
from collections.abc import Sequence

FEWEST, MOST = 5, 25
SEED = 20_261


def short_texts(messages: Sequence[str], count: int, seed: int = SEED) -> list[str]:
    """`count` different texts of `FEWEST` to `MOST` words, in random order; the same for the same arguments.

    A message is drawn, then a length, then where the piece starts; messages that are shorter than the length drawn
    are taken whole. Texts are different because a model may remember a text that comes again.

    Raises ValueError when the messages do not hold so many.
    """
    chance = random.Random(seed)
    long_enough = [words for words in (message.split() for message in messages) if len(words) >= FEWEST]
    found: dict[str, None] = {}
    for _ in range(100 * count if long_enough else 0):
        if len(found) == count:
            break
        words = long_enough[int(chance.random() * len(long_enough))]
        length = min(FEWEST + int(chance.random() * (MOST - FEWEST + 1)), len(words))
        start = int(chance.random() * (len(words) - length + 1))
        found[" ".join(words[start : start + length])] = None
    if len(found) < count:
        raise ValueError(f"{len(messages)} messages give {len(found)} different texts, not {count}: ask for fewer")
    return list(found)
