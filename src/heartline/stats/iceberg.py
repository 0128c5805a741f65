"""How many are unhappy and say nothing, from the few who were asked.

Asked: a customer's chance of a bad contact is a beta variable within a stratum of customers alike in how likely they
are to be heard. Strata are weighted by how many customers they hold, not by how many were heard, which is weighting by
the inverse probability of being heard with one probability a stratum (Horvitz & Thompson 1952; Rosenbaum & Rubin 1984).
The spread between customers follows from pairs of answers of one customer (method of moments for the beta-binomial,
Kleinman 1973). Answers err: Spearman's (1904) correction says by how much at most. Intervals: bootstrap of customers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, ndtr, ndtri

from heartline.errors import StatisticsError
from heartline.stats.likelihood import Floats

PULL = 10.0  # answers' worth of the mean of all that a stratum's own share is mixed with
LEAST_HEARD = 5.0  # heard customers in a stratum before it counts as overlapping


@dataclass(frozen=True)
class Unhappy:
    """Customers with at least one bad contact, and how well that is known.

    draws: the same number in each bootstrap draw
    bad_share: share of bad contacts, weighted by strata
    alike: correlation of two contacts of one customer, 0…1
    heard: customers who were heard; overlap: share of customers in strata where enough were heard
    """

    customers: float
    draws: Floats
    bad_share: float
    alike: float
    heard: float
    overlap: float


def any_bad(contacts: ArrayLike, share: ArrayLike, alike: float) -> Floats:
    """Probability of at least one bad contact among ``contacts``, each bad with ``share``, correlated by ``alike``."""
    n, p = np.broadcast_arrays(np.asarray(contacts, np.float64), np.clip(np.asarray(share, np.float64), 1e-6, 1 - 1e-6))
    if alike < 1e-6:
        found: Floats = 1 - (1 - p) ** n
        return found
    size = 1 / min(alike, 0.95) - 1
    a, b = p * size, (1 - p) * size
    mixed: Floats = 1 - np.exp(betaln(a, b + n) - betaln(a, b))
    return mixed


def less_error(share: ArrayLike, reliability: float, part: float = 1.0) -> Floats:
    """Share below a threshold without the errors of measurement, were feelings and errors normal (Spearman 1904).

    Errors widen what is measured, so that more of it lies beyond a threshold in the tail. ``part``: how much of the
    correction is made, 0 none to 1 all of it.
    """
    p = np.clip(np.asarray(share, np.float64), 1e-6, 1 - 1e-6)
    found: Floats = ndtr(ndtri(p) / np.clip(reliability, 0.3, 1.0) ** (part / 2))
    return found


def likeness(
    heard: ArrayLike, bad: ArrayLike, customers: ArrayLike, group: ArrayLike | None = None, reliability: float = 1.0
) -> float:
    """Correlation of two contacts of one customer, 0…0.9, from how often two answers are both bad; 0 without any pair.

    heard, bad, customers: as in ``unhappy``; group: customers of one group have one mean, so that its difference from
    others' is not taken for likeness; reliability: errors of answers hide likeness, which is divided by it (Spearman
    1904). Customers count by their answers, not by their pairs, or the busiest would decide for all.
    """
    k, b, w = (np.asarray(each, np.float64) for each in (heard, bad, customers))
    g = np.zeros(len(k), np.int64) if group is None else np.asarray(group, np.int64)
    of_group = np.bincount(g, w * b) / np.maximum(np.bincount(g, w * k), 1e-12)
    p = of_group[g]
    several = k > 1
    pairs = np.where(several, w * k, 0.0)
    shared = np.where(several, (b * (b - 1) - 2 * p * b * (k - 1)) / np.maximum(k - 1, 1) + p * p * k, 0.0)
    spread = (pairs * p * (1 - p)).sum()
    if spread <= 0:
        return 0.0
    return float(np.clip((w * shared).sum() / spread / reliability, 0.0, 0.9))


def unhappy(
    stratum: ArrayLike, contacts: ArrayLike, heard: ArrayLike, bad: ArrayLike, customers: ArrayLike,
    reliability: float = 1.0, alike: ArrayLike = (), group: ArrayLike | None = None, replicates: int = 300,
    seed: int = 0,
) -> Unhappy:  # fmt: skip
    """Customers with a bad contact, heard or not, from cells of equal customers.

    stratum: number of the stratum, 0…; contacts: contacts of a customer; heard, bad: answers of theirs and bad ones
    among them; customers: how many such customers
    reliability: correlation of two measurements of one contact. Below 1, some answers are bad by error alone; how many
    cannot be told without knowing how feelings are spread, so draws range evenly from answers taken at face value to
    the correction for normal errors (``less_error`` with part 0 to 1), and the estimate is half-way.
    group: number of the group of strata, 0…, towards whose share a stratum with few answers is pulled; a group with few
    is pulled towards the share of all. None: one group
    alike: draws of the likeness of one customer's contacts, the first the estimate; empty: from these cells

    Same seed, same answer. Raises StatisticsError where nobody was heard.
    """
    s = np.asarray(stratum, np.int64)
    n, k, b, w = (np.asarray(each, np.float64) for each in (contacts, heard, bad, customers))
    if not len(s) or (w * k).sum() <= 0:
        raise StatisticsError("nobody was heard", "answers or ratings of some customers", "ask after contacts")
    strata = int(s.max()) + 1

    given = np.asarray(alike, np.float64)
    g = np.zeros(len(s), np.int64) if group is None else np.asarray(group, np.int64)
    groups = int(g.max()) + 1
    group_of = np.zeros(strata, np.int64)
    group_of[s] = g

    def estimate(weight: Floats, part: float, draw: int) -> tuple[float, float, float]:
        answers = np.bincount(s, weight * k, strata)
        wrong = np.bincount(s, weight * b, strata)
        overall = wrong.sum() / max(answers.sum(), 1e-12)
        of_group = np.bincount(g, weight * b, groups) + PULL * overall
        of_group = (of_group / (np.bincount(g, weight * k, groups) + PULL))[group_of]
        share = less_error((wrong + PULL * of_group) / (answers + PULL), reliability, part)
        like = float(given[draw % len(given)]) if len(given) else likeness(k, b, weight, g, reliability)
        total = float((weight * any_bad(n, share[s], like)).sum())
        at = np.bincount(s, weight * n, strata)
        return total, float((share * at).sum() / max(at.sum(), 1e-12)), like

    total, bad_share, like = estimate(w, 0.5, 0)
    rng = np.random.default_rng(seed)
    size = int(w.sum())
    draws = np.array(
        [
            estimate(rng.multinomial(size, w / w.sum()).astype(np.float64), float(rng.random()), 1 + draw)[0]
            for draw in range(replicates)
        ],
        np.float64,
    )
    spoken = np.bincount(s, w * (k > 0), strata)
    people = np.bincount(s, w, strata)
    overlap = float(people[spoken >= LEAST_HEARD].sum() / people.sum())
    return Unhappy(total, draws, bad_share, like, float(spoken.sum()), overlap)
