"""Counts against a plain dictionary that loads row by row."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heartline.facts.decide import KEYS, decide
from heartline.facts.hashes import ABSENT

ROWS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=14)


@given(rows=ROWS, held=st.dictionaries(st.integers(1, 5), st.integers(1, 3)))
def test_as_if_each_row_were_loaded_alone(rows: list[tuple[int, int]], held: dict[int, int]) -> None:
    incoming = np.array([(key, content, at) for at, (key, content) in enumerate(rows)], KEYS)
    stored = np.array([(key, content, 10 + key) for key, content in held.items()], KEYS)
    verdict = decide(incoming, stored)

    state = dict(held)
    new = replaced = unchanged = 0
    final: dict[int, int] = dict(rows)
    for key, content in rows:
        before = state.get(key, ABSENT)
        if final[key] == held.get(key, ABSENT) or content == before:
            unchanged += content != ABSENT
        elif before == ABSENT:
            new += 1
        else:
            replaced += 1
        state[key] = content
    assert (verdict.counts.new, verdict.counts.replaced, verdict.counts.unchanged) == (new, replaced, unchanged)

    dead = set(verdict.dead_keys.tolist())
    after = {key: content for key, content in held.items() if key not in dead}
    after |= {rows[at][0]: rows[at][1] for at in verdict.write.tolist()}
    assert after == {key: content for key, content in state.items() if content != ABSENT}
    assert all(10 + key == place for key, place in zip(verdict.dead_keys, verdict.dead_segments, strict=True))
