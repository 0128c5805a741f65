"""Attributable shares: Levin's formula, a table known from textbooks, coverage, and what must not move them."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.attributable import attributable, group_draws, levin
from heartline.stats.likelihood import Floats

DRAWS = group_draws(64, 200)

# Admissions to the graduate school of Berkeley, autumn 1973, the six largest departments: men admitted, men refused,
# women admitted, women refused (Bickel, Hammel & O'Connell 1975; the table of R's UCBAdmissions).
BERKELEY = np.array([
    (512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391), (138, 279, 131, 244), (53, 138, 94, 299),
    (22, 351, 24, 317),
], np.float64)  # fmt: skip


def spread(counts: Floats, seed: int = 0) -> Floats:
    """Counts of strata put at random into 64 groups of customers."""
    rng = np.random.default_rng(seed)
    return np.array([rng.multinomial(int(one), np.full(64, 1 / 64)) for one in np.atleast_1d(counts)], np.float64)


def both(yes: Floats, no: Floats, seed: int) -> tuple[Floats, Floats]:
    hits = spread(yes, seed)
    return hits + spread(no, seed + 1), hits


def test_one_stratum_is_levins_formula() -> None:
    met, met_hit = both(np.array([56]), np.array([44]), 1)
    other, other_hit = both(np.array([126]), np.array([774]), 3)
    found = attributable(met, met_hit, other, other_hit, ["all"], DRAWS)
    assert found is not None
    assert found.share == pytest.approx(levin(0.1, 0.56 / 0.14), abs=1e-12)
    assert found.excess == pytest.approx(56 - 14)
    assert found.met_rate == pytest.approx(0.56)
    assert found.usual == pytest.approx(0.14)
    assert found.others == 900
    assert found.low < found.share < found.high


def test_berkeley_turns_round_when_departments_are_compared_within() -> None:
    men, refused_men, women, refused_women = (BERKELEY[:, place] for place in range(4))
    assert men.sum() / (men + refused_men).sum() == pytest.approx(0.445, abs=0.0005)
    assert women.sum() / (women + refused_women).sum() == pytest.approx(0.304, abs=0.0005)
    others, others_no = both(refused_men, men, 1)
    met, met_no = both(refused_women, women, 3)
    within = attributable(met, met_no, others, others_no, list("ABCDEF"), DRAWS)
    a, b, c, d = (each.sum(axis=0, keepdims=True) for each in (met, met_no, others, others_no))
    crude = attributable(a, b, c, d, ["all"], DRAWS)
    assert crude is not None
    assert within is not None
    # refusals that go with being a woman: plain, a seventh of hers; within departments, none
    total = refused_men.sum() + refused_women.sum()
    plain = refused_women.sum() - (women + refused_women).sum() * refused_men.sum() / (men + refused_men).sum()
    assert crude.share == pytest.approx(plain / total)
    assert crude.low > 0.05
    standard = refused_women.sum() - ((women + refused_women) * refused_men / (men + refused_men)).sum()
    assert within.share == pytest.approx(standard / total, abs=0.003)  # a little is lent between departments
    assert within.share < 0


def test_interval_covers_and_nothing_is_off_over_200_draws() -> None:
    weights = group_draws(64, 200, seed=3)
    p_met, rates = np.array([0.05, 0.2]), np.array([(0.5, 0.1), (0.7, 0.3)])
    size = np.array([1500, 800])
    beyond = (size * p_met * (rates[:, 0] - rates[:, 1])).sum()
    truth = beyond / (size * (p_met * rates[:, 0] + (1 - p_met) * rates[:, 1])).sum()
    inside, found_shares = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        shape = (2, 64)
        all_in = rng.multinomial(size[0], np.full(64, 1 / 64)), rng.multinomial(size[1], np.full(64, 1 / 64))
        met = rng.binomial(np.array(all_in), np.broadcast_to(p_met[:, None], shape))
        other = np.array(all_in) - met
        hits = rng.binomial(met, np.broadcast_to(rates[:, :1], shape))
        misses = rng.binomial(other, np.broadcast_to(rates[:, 1:], shape))
        one = attributable(met, hits, other, misses, ["web", "web"], weights)
        assert one is not None
        inside.append(one.low <= truth <= one.high)
        found_shares.append(one.share)
    assert np.mean(found_shares) == pytest.approx(truth, rel=0.03)
    assert 0.84 <= np.mean(inside) <= 0.95


def test_money_is_an_outcome_like_any_other_and_scales() -> None:
    met, hits = both(np.array([56, 20]), np.array([44, 30]), 1)
    other, others = both(np.array([126, 90]), np.array([774, 300]), 5)
    one = attributable(met, hits, other, others, ["a", "b"], DRAWS)
    ten = attributable(met, hits * 10, other, others * 10, ["a", "b"], DRAWS)
    assert one is not None
    assert ten is not None
    assert ten.share == pytest.approx(one.share)
    assert ten.excess == pytest.approx(10 * one.excess)
    assert ten.excess_high == pytest.approx(10 * one.excess_high)


def test_the_order_of_strata_changes_nothing_and_a_harmless_cause_has_no_share() -> None:
    met, hits = both(np.array([30, 60]), np.array([70, 40]), 1)
    other, others = both(np.array([300, 600]), np.array([700, 400]), 5)
    one = attributable(met, hits, other, others, ["a", "b"], DRAWS)
    back = attributable(met[::-1], hits[::-1], other[::-1], others[::-1], ["b", "a"], DRAWS)
    assert one is not None
    assert back is not None
    assert one.share == pytest.approx(back.share)
    assert one.share == pytest.approx(0, abs=1e-12)
    assert one.low < 0 < one.high


def test_who_stands_beside_nobody_counts_for_nothing() -> None:
    met, hits = both(np.array([50]), np.array([50]), 1)
    none = np.zeros((1, 64))
    assert attributable(met, hits, none, none, ["a"], DRAWS) is None
    assert attributable(none, none, met, hits, ["a"], DRAWS) is None
    other, others = both(np.array([10]), np.array([90]), 3)
    a, b, c, d = (np.vstack(pair) for pair in ((met, met), (hits, hits), (other, none), (others, none)))
    apart = attributable(a, b, c, d, ["a", "b"], DRAWS)
    lent = attributable(a, b, c, d, ["a", "a"], DRAWS)
    assert apart is not None
    assert lent is not None
    assert lent.excess > apart.excess > 0, "a stratum without others borrows within its channel, never from another"


def test_counts_of_other_shapes_are_refused() -> None:
    with pytest.raises(StatisticsError):
        attributable(np.ones((1, 3)), np.ones((1, 3)), np.ones((1, 3)), np.ones((1, 3)), ["a"], DRAWS)
    with pytest.raises(StatisticsError):
        group_draws(1)
