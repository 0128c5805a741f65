"""New evidence alone, taken out of estimates that hold on to older evidence."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.stats.new_evidence import new_evidence

PRIOR_MEAN, PRIOR_SD, KEPT = 50.0, 18.0, 0.6


def estimates(count: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Precision-weighted means of a prior, older evidence that has faded, and newer evidence; a few know nothing."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(PRIOR_MEAN, PRIOR_SD, count)
    older, newer = rng.gamma(2.0, 0.005, count), rng.gamma(2.0, 0.005, count)
    older[: count // 20] = newer[: count // 20] = 0.0
    said_older = truth + rng.normal(size=count) / np.sqrt(np.maximum(older, 1e-9))
    said_newer = truth + 5.0 + rng.normal(size=count) / np.sqrt(np.maximum(newer, 1e-9))
    prior = 1 / PRIOR_SD**2

    def posterior(*pieces: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        held = prior + sum(weight for weight, _ in pieces)
        return (prior * PRIOR_MEAN + sum(weight * said for weight, said in pieces)) / held, 1 / np.sqrt(held)

    then_mean, then_sd = posterior((older, said_older))
    now_mean, now_sd = posterior((KEPT * older, said_older), (newer, said_newer))
    return {
        "truth": truth, "newer": newer, "said": said_newer, "then_mean": then_mean, "then_sd": then_sd,
        "now_mean": now_mean, "now_sd": now_sd,
    }  # fmt: skip


def test_what_the_new_evidence_said_comes_back() -> None:
    made = estimates(4000)
    value, weight = new_evidence(made["now_mean"], made["now_sd"], made["then_mean"], made["then_sd"], KEPT)
    told = weight > 0
    rich = told & (made["newer"] > 0.01)
    # the prior's mean is that of all estimates, which the newer evidence has moved a little
    assert np.abs(value - made["said"])[rich].max() < 2.0
    assert not told[:200].any()  # nothing new is known of them
    assert told[200:].mean() > 0.95
    change = made["now_mean"] - made["then_mean"]
    slope = np.polyfit((made["said"] - made["then_mean"])[rich], change[rich], 1)[0]
    assert slope < 0.7  # the plain change holds on to the old


def test_who_is_better_known_counts_more() -> None:
    made = estimates(1000)
    _, weight = new_evidence(made["now_mean"], made["now_sd"], made["then_mean"], made["then_sd"], KEPT)
    order = np.argsort(made["newer"])
    assert weight[order[-100:]].mean() > 1.5 * weight[order[200:300]].mean() > 0


def test_without_an_earlier_estimate_all_evidence_is_new() -> None:
    made = estimates(1000)
    missing = np.full(1000, np.nan)
    value, weight = new_evidence(made["then_mean"], made["then_sd"], missing, missing, KEPT)
    assert (weight[50:] > 0).mean() > 0.9
    assert np.corrcoef(value[weight > 0], made["truth"][weight > 0])[0, 1] > 0.5


def test_nobody_known_is_nothing_said() -> None:
    missing = np.full(3, np.nan)
    value, weight = new_evidence(missing, missing, missing, missing, KEPT)
    assert value == pytest.approx([0, 0, 0])
    assert weight == pytest.approx([0, 0, 0])
