"""Chances of a yes or no from many features: small boosted trees or a plain logistic regression, whichever does better.

Both are fitted on the same rows, judged by the log loss on customers that they were not fitted on (cross-fitting by
folds), and calibrated on those same held-out probabilities (Platt 1999). What is kept is plain numbers: predicting
needs numpy alone. Contributions to the log odds: for the logistic regression each feature's own part against the mean
(its Shapley value where features are taken one by one), for trees the change of the expected value along the path
(Saabas 2014), which adds up but gives features that act together their share in the order of the splits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartline.stats.intervals import wilson_interval
from heartline.stats.likelihood import Floats
from heartline.stats.ranking import Ranked, log_losses, reliability
from heartline.stats.risk import fit_risk, p_of

Ints = NDArray[np.int64]
Model = Mapping[str, Any]
TREES, LEAVES, RATE, LEAST_IN_LEAF, RIDGE = 60, 6, 0.08, 30, 10.0
SLOPE_SPREAD = 0.3  # prior standard deviation of a logistic slope per standard deviation of its feature
BINS = 10


def fit_chances(x: Floats, y: Floats, fold: Ints, folds: int) -> dict[str, Any]:
    """The better of two models with its calibration, as plain numbers.

    x: cases × features, NaN where missing; y: 0 or 1, at least one of each; fold: 0 … folds-1 of each case's customer.
    Gives ``kind`` (trees, logistic), the model, ``platt``, ``bins`` (held-out intervals) and held-out figures:
    ``log_loss`` of both kinds and of the base rate, ``auc``.
    """
    held = {kind: _held_out(kind, x, y, fold, folds) for kind in ("logistic", "trees")}
    platts = {kind: _platt(odds, y) for kind, odds in held.items()}
    said = {kind: p_of(platts[kind][0] + platts[kind][1] * held[kind]) for kind in held}
    losses = {kind: float(log_losses(said[kind], y).mean()) for kind in held}
    # the simpler one unless the other is better by more than the noise of a last digit
    kind = "trees" if losses["trees"] < losses["logistic"] - 1e-6 else "logistic"
    return {
        "kind": kind,
        "model": _fit(kind, x, y),
        "platt": list(platts[kind]),
        "bins": _bins(said[kind], y),
        "log_loss": losses | {"base_rate": float(log_losses(np.full(len(y), y.mean()), y).mean())},
        "auc": Ranked(said[kind], y).auc(),
        "n": len(y),
        "outcomes": int(y.sum()),
    }


def predict(fitted: Model, x: Floats) -> Floats:
    """Calibrated probabilities of cases × features."""
    start, slope = fitted["platt"]
    return p_of(start + slope * _log_odds(fitted["kind"], fitted["model"], x))


def contributions(fitted: Model, x: Floats) -> Floats:
    """Cases × features: what each feature adds to the calibrated log odds, against those of a usual case."""
    model, slope = fitted["model"], fitted["platt"][1]
    if fitted["kind"] == "logistic":
        size = len(model["mean"])
        parts = _design(model, x) * np.array(model["slopes"])
        found = parts[:, :size].copy()
        for column, feature in enumerate(model["may_miss"]):
            found[:, feature] += parts[:, size + column]
        return np.asarray(slope * found)
    return np.asarray(slope * _paths(model, x)[1])


def interval(fitted: Model, p: Floats) -> tuple[Floats, Floats, Ints]:
    """(low, high, n): 90 % interval of the rate among the held-out cases of alike probability, and how many they are.

    It is widened to hold ``p`` itself.
    """
    bins = fitted["bins"]
    which = np.searchsorted(np.array(bins["edges"]), p, side="left")
    low, high, n = (np.array(bins[name])[which] for name in ("low", "high", "n"))
    return np.minimum(low, p), np.maximum(high, p), n.astype(np.int64)


def plain_logistic(x: Floats, y: Floats) -> dict[str, Any]:
    """A logistic regression alone, uncalibrated, for a baseline of one or a few features."""
    return {"kind": "logistic", "model": _fit("logistic", x, y), "platt": [0.0, 1.0]}


def _held_out(kind: str, x: Floats, y: Floats, fold: Ints, folds: int) -> Floats:
    """Log odds of each case from a model that saw no case of its fold."""
    found = np.zeros(len(y))
    for each in range(folds):
        here = fold == each
        if not here.any():
            continue
        rest = y[~here]
        if not 0 < rest.sum() < len(rest):
            share = (y.sum() + 0.5) / (len(y) + 1)
            found[here] = np.log(share / (1 - share))
            continue
        found[here] = _log_odds(kind, _fit(kind, x[~here], rest), x[here])
    return found


def _platt(odds: Floats, y: Floats) -> tuple[float, float]:
    risk = fit_risk(odds[:, None], y, [1.0])
    return risk.intercept, max(risk.slopes[0], 0.0)


def _bins(p: Floats, y: Floats) -> dict[str, list[float]]:
    found = reliability(p, y, BINS)
    sizes = [one.n for one in found]
    last = np.cumsum(sizes)[:-1] - 1
    edges = np.sort(p)[last] if len(last) else np.zeros(0)
    _, low, high = wilson_interval([one.came * one.n for one in found], sizes)
    return {"edges": edges.tolist(), "low": low.tolist(), "high": high.tolist(), "n": [float(n) for n in sizes]}


def _fit(kind: str, x: Floats, y: Floats) -> dict[str, Any]:
    return _fit_trees(x, y) if kind == "trees" else _fit_logistic(x, y)


def _log_odds(kind: str, model: Model, x: Floats) -> Floats:
    if kind == "trees":
        return _paths(model, x, parts=False)[0]
    found: Floats = model["intercept"] + _design(model, x) @ np.array(model["slopes"])
    return found


# the logistic regression


def _fit_logistic(x: Floats, y: Floats) -> dict[str, Any]:
    known = np.isfinite(x)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, x, 0.0).sum(axis=0) / n
    spread = np.sqrt(np.where(known, (x - mean) ** 2, 0.0).sum(axis=0) / n)
    model: dict[str, Any] = {
        "mean": mean.tolist(),
        "scale": np.where(spread > 1e-9, spread, 1.0).tolist(),
        "may_miss": [int(each) for each in np.flatnonzero(~known.all(axis=0) & known.any(axis=0))],
    }
    model["missing"] = [float((~known[:, each]).mean()) for each in model["may_miss"]]
    design = _design(model, x)
    risk = fit_risk(design, y, np.zeros(design.shape[1]), SLOPE_SPREAD)
    return model | {"intercept": risk.intercept, "slopes": list(risk.slopes)}


def _design(model: Model, x: Floats) -> Floats:
    """Features in standard deviations from their mean, 0 where missing, and for each that may miss whether it does."""
    known = np.isfinite(x)
    near = np.clip((np.where(known, x, 0.0) - np.array(model["mean"])) / np.array(model["scale"]), -5.0, 5.0)
    missing = (~known)[:, model["may_miss"]] - np.array(model["missing"])
    found: Floats = np.column_stack([np.where(known, near, 0.0), missing])
    return found


# trees


def _fit_trees(x: Floats, y: Floats) -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingClassifier  # heavy: only where something is fitted
    from threadpoolctl import threadpool_limits  # comes with it

    boosted = HistGradientBoostingClassifier(
        max_iter=TREES, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST_IN_LEAF,
        l2_regularization=RIDGE, early_stopping=False, random_state=0,
    )  # fmt: skip
    x = np.where(np.isfinite(x).any(axis=0), x, 0.0)  # what nobody has cannot be binned, and is never split on
    # small trees gain nothing from threads, wait for each other on a busy machine, and add in another order
    with threadpool_limits(1):
        boosted.fit(x, y.astype(np.int64))
    return {
        "base": float(np.ravel(boosted._baseline_prediction)[0]),
        "trees": [_plain(one[0].nodes) for one in boosted._predictors],
    }


def _plain(nodes: Any) -> dict[str, list[Any]]:
    """A tree as lists by node: feature (-1: a leaf), threshold, where missing goes, children, expected value, cases."""
    leaf = nodes["is_leaf"].astype(bool)
    count = nodes["count"].astype(np.float64)
    value = nodes["value"].astype(np.float64)
    left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
    for node in range(len(nodes) - 1, -1, -1):  # children come after their parent
        if not leaf[node]:
            here, there = left[node], right[node]
            value[node] = (count[here] * value[here] + count[there] * value[there]) / (count[here] + count[there])
    return {
        "feature": np.where(leaf, -1, nodes["feature_idx"].astype(np.int64)).tolist(),
        "threshold": np.where(leaf, 0.0, nodes["num_threshold"]).tolist(),
        "missing_left": nodes["missing_go_to_left"].astype(bool).tolist(),
        "left": left.tolist(),
        "right": right.tolist(),
        "value": value.tolist(),
    }


def _paths(model: Model, x: Floats, parts: bool = True) -> tuple[Floats, Floats]:
    """Log odds, and by feature what each split on the way changed."""
    odds = np.full(len(x), float(model["base"]))
    found = np.zeros(x.shape) if parts else np.zeros((0, 0))
    by_feature = np.asfortranarray(x)  # a split reads one feature of all cases
    for tree in model["trees"]:
        leaf = _leaves(tree, by_feature)
        odds += np.array(tree["value"])[leaf]
        if parts:
            for feature, change in _changes(tree).items():
                found[:, feature] += change[leaf]
    return odds, found


def _leaves(tree: Mapping[str, list[Any]], x: Floats) -> Ints:
    """The leaf that each case ends in. Cases are divided split by split, so each is compared as often as it is deep."""
    leaf = np.zeros(len(x), dtype=np.int64)
    waiting: list[tuple[int, Ints]] = [(0, np.arange(len(x)))]
    while waiting:
        node, cases = waiting.pop()
        feature = tree["feature"][node]
        if feature < 0:
            leaf[cases] = node
            continue
        felt = x[cases, feature]
        goes_left = felt <= tree["threshold"][node]
        if tree["missing_left"][node]:
            goes_left |= np.isnan(felt)
        waiting += [(tree["left"][node], cases[goes_left]), (tree["right"][node], cases[~goes_left])]
    return leaf


def _changes(tree: Mapping[str, list[Any]]) -> dict[int, Floats]:
    """By feature, for each node: what the splits by it on the way there changed."""
    nodes, value = len(tree["feature"]), tree["value"]
    found = {feature: np.zeros(nodes) for feature in sorted({each for each in tree["feature"] if each >= 0})}
    for node in range(nodes):  # children come after their parent
        split = tree["feature"][node]
        if split < 0:
            continue
        for child in (tree["left"][node], tree["right"][node]):
            for feature, change in found.items():
                change[child] = change[node] + (value[child] - value[node] if feature == split else 0.0)
    return found


def usual(y: Floats) -> tuple[float, float, float]:
    """(rate, low, high) of an outcome, 90 % interval; (nan, nan, nan) without a case."""
    share, low, high = wilson_interval([float(np.sum(y))], [float(len(y))])
    return float(share[0]), float(low[0]), float(high[0])


def folds_of(buckets: Sequence[int] | Ints, folds: int) -> Ints:
    """Fold of each case from its customer's bucket, so that a customer is in one fold only."""
    return np.asarray(buckets, dtype=np.int64) % folds
