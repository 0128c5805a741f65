"""Chances: a known truth recovered, trees read as scikit-learn reads them, contributions that add up."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from heartline.stats import chances
from heartline.stats.ranking import auc, calibration_error, reliability

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3000, 4))
X[RNG.uniform(size=X.shape) < 0.1] = np.nan
FOLD = np.arange(3000) % 5


def _drawn(odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    p = 1 / (1 + np.exp(-odds))
    return p, (RNG.uniform(size=len(p)) < p).astype(float)


FELT = np.nan_to_num(X)
STRAIGHT, CAME_STRAIGHT = _drawn(-1 + 1.2 * FELT[:, 0] - 0.8 * FELT[:, 1])
BENT, CAME_BENT = _drawn(np.where(FELT[:, 0] * FELT[:, 1] > 0, 1.5, -2.0))


def test_a_straight_truth_takes_the_logistic_and_is_recovered():
    fitted = chances.fit_chances(X, CAME_STRAIGHT, FOLD, 5)
    assert fitted["kind"] == "logistic"
    assert np.abs(chances.predict(fitted, X) - STRAIGHT).mean() < 0.03


def test_a_bent_truth_takes_the_trees():
    fitted = chances.fit_chances(X, CAME_BENT, FOLD, 5)
    assert fitted["kind"] == "trees"
    assert auc(chances.predict(fitted, X), BENT > 0.5) > 0.85


@pytest.mark.parametrize("came", [CAME_STRAIGHT, CAME_BENT])
def test_contributions_add_up_to_the_log_odds(came):
    fitted = chances.fit_chances(X, came, FOLD, 5)
    p = chances.predict(fitted, X)
    rest = np.log(p / (1 - p)) - chances.contributions(fitted, X).sum(axis=1)
    assert np.ptp(rest) < 1e-9  # what is left is the same for everybody: the usual case
    parts = np.abs(chances.contributions(fitted, X)).mean(axis=0)
    assert set(np.argsort(-parts)[:2]) == {0, 1}


def test_trees_are_read_as_their_maker_reads_them():
    model = chances._fit_trees(X, CAME_BENT)
    theirs = HistGradientBoostingClassifier(
        max_iter=chances.TREES, learning_rate=chances.RATE, max_leaf_nodes=chances.LEAVES,
        min_samples_leaf=chances.LEAST_IN_LEAF, l2_regularization=chances.RIDGE, early_stopping=False, random_state=0,
    ).fit(X, CAME_BENT.astype(int))  # fmt: skip
    assert np.abs(chances._paths(model, X)[0] - theirs.decision_function(X)).max() < 1e-6


def test_held_out_probabilities_are_calibrated():
    half = np.arange(3000) < 1500
    fitted = chances.fit_chances(X[half], CAME_STRAIGHT[half], FOLD[half], 5)
    assert calibration_error(reliability(chances.predict(fitted, X[~half]), CAME_STRAIGHT[~half])) < 0.06


def test_intervals_hold_the_probability_and_most_truths():
    fitted = chances.fit_chances(X, CAME_STRAIGHT, FOLD, 5)
    p = chances.predict(fitted, X)
    low, high, n = chances.interval(fitted, p)
    assert ((low <= p) & (p <= high)).all()
    assert (n > 100).all()
    assert ((low <= STRAIGHT) & (high >= STRAIGHT)).mean() > 0.4  # of a bin's rate, not of one person's


def test_what_nobody_has_changes_nothing():
    more = np.column_stack([X, np.full(len(X), np.nan)])
    a, b = (chances.fit_chances(x, CAME_STRAIGHT, FOLD, 5) for x in (X, more))
    assert np.abs(chances.predict(a, X) - chances.predict(b, more)).max() < 1e-6
    chances._fit_trees(more, CAME_STRAIGHT)


def test_same_rows_same_model():
    a, b = (chances.fit_chances(X, CAME_BENT, FOLD, 5) for _ in range(2))
    assert a == b
