"""Log-odds with a prior: the published formula by hand, symmetry, and rare words kept in check."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.log_odds import log_odds


def test_the_formula_by_hand():
    """Monroe, Colaresi & Quinn (2008), equations 16 to 22, with three words and a prior worth ten."""
    one, other, usual = np.array([8, 1, 1]), np.array([2, 5, 3]), np.array([5, 3, 2])
    found, low, high, z = log_odds(one, other, usual, strength=10)
    expected = np.log(13 / (20 - 13)) - np.log(7 / (20 - 7))
    error = np.sqrt(1 / 13 + 1 / 7)
    assert found[0] == pytest.approx(expected)
    assert z[0] == pytest.approx(expected / error)
    assert high[0] - found[0] == pytest.approx(1.6448536 * error)
    assert (low < found).all()


def test_exchanging_the_groups_changes_the_sign_only():
    one, other = np.array([40, 3, 7, 0]), np.array([11, 9, 30, 2])
    a, b = log_odds(one, other, one + other), log_odds(other, one, one + other)
    assert a[0] == pytest.approx(-b[0])
    assert a[1] == pytest.approx(-b[2])


def test_a_rare_word_is_less_sure_than_a_common_one():
    one, other = np.array([3, 300, 9000]), np.array([0, 150, 9000])
    _, _, _, z = log_odds(one, other, one + other)
    assert z[1] > z[0] > 0


def test_groups_that_speak_alike_differ_as_often_as_said():
    rng = np.random.default_rng(3)
    words = rng.dirichlet(np.full(200, 0.5))
    far = []
    for _ in range(50):
        one, other = rng.multinomial(4000, words), rng.multinomial(6000, words)
        _, low, high, _ = log_odds(one, other, one + other)
        far.append(np.mean((low > 0) | (high < 0)))
    print(f"beyond the 90 % interval by chance: {np.mean(far):.3f}")
    assert np.mean(far) <= 0.11


def test_wrong_counts_are_refused():
    for one in ([-1.0], [np.nan]):
        with pytest.raises(StatisticsError):
            log_odds(one, [1.0], [1.0])
    with pytest.raises(StatisticsError):
        log_odds([0], [0], [0])
