"""Reasons of a next move: the most telling first, the same thing not twice, at most four, none where nothing tells."""

from __future__ import annotations

import numpy as np

from heartline.analysis.next_move_features import ALIKE, FEATURES, MOST_REASONS, NAMES, WORTH_SAYING, reasons


def one_by_one(values, parts):
    """The rule, case by case."""
    told = []
    for value, part in zip(values, parts, strict=True):
        said, used = [], set()
        for at in sorted(range(len(NAMES)), key=lambda at: (-abs(part[at]), at)):
            group = ALIKE.get(NAMES[at], NAMES[at])
            if abs(part[at]) >= WORTH_SAYING and group not in used and len(said) < MOST_REASONS:
                used.add(group)
                words = FEATURES[at].missing or "not known"
                if not np.isnan(value[at]):
                    words = FEATURES[at].words(float(np.round(value[at], 2)))
                said.append(f"{'for' if part[at] > 0 else 'against'}: {words}")
        told.append("; ".join(said) or None)
    return told


def test_reasons_are_those_of_the_rule():
    rng = np.random.default_rng(5)
    values = rng.gamma(1, 2, (400, len(NAMES)))
    values[rng.random(values.shape) < 0.2] = np.nan
    parts = rng.normal(0, 0.05, values.shape) * rng.integers(0, 2, (400, 1))
    found = reasons(values, parts)
    assert found == one_by_one(values, parts)
    assert None in found
    assert max(len(each.split("; ")) for each in found if each) == MOST_REASONS


def test_figures_that_say_the_same_are_one_reason():
    parts = np.zeros((1, len(NAMES)))
    parts[0, [NAMES.index("visits_month"), NAMES.index("visits_year")]] = [0.3, -0.4]
    (said,) = reasons(np.ones((1, len(NAMES))), parts)
    assert said is not None
    assert said.startswith("against: ")
    assert "; " not in said


def test_nobody_has_no_reasons():
    assert reasons(np.zeros((0, len(NAMES))), np.zeros((0, len(NAMES)))) == []
