"""Maximum likelihood on positive parameters, with the honesty that a caller needs to refuse a fit.

Parameters are searched on the log scale, so that they stay positive and so that the normal approximation of
their uncertainty (the inverse Hessian) is made where it is least wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]

# e^12 is a ratio of 160,000 between a parameter and its scale: whoever wants to go there has no maximum inside.
LOG_BOUND = 12.0
GRADIENT_TOLERANCE = 1e-5
# A standard error of 3 on the log scale means "within a factor of 400": the data do not identify the parameter.
WIDEST_LOG_ERROR = 3.0


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the likelihood is highest, and whether that can be believed.

    ``log_estimate``: logarithms of the parameters. ``log_covariance``: their covariance, not-a-number where the
    Hessian is singular. ``converged``: gradient flat, Hessian positive definite, inside the bounds and identified.
    ``message``: why not, empty when converged.
    """

    log_estimate: Floats
    log_covariance: Floats
    converged: bool
    message: str


def maximise(objective: Objective, start: Floats, total_weight: float, judged: bool = True) -> Maximum:
    """Minimise the mean negative log-likelihood ``objective(log_parameters) -> (value, gradient)``.

    ``total_weight`` is the number of observations: it turns the mean's Hessian into the information of the sample.
    ``judged`` False: where the search stopped, without errors or judgement, at a fraction of the cost.
    """
    bounds = [(-LOG_BOUND, LOG_BOUND)] * len(start)
    found = optimize.minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9},
    )
    best = np.asarray(found.x, dtype=np.float64)
    if not judged:
        return Maximum(best, np.full((len(best), len(best)), np.nan), bool(found.success), "")
    best = _polish(objective, best)
    _, gradient = objective(best)
    hessian = numeric_hessian(objective, best)
    return _judged(best, gradient, hessian, total_weight)


def chance_of_gain(gain: float, parameters: int) -> float:
    """How often chance alone gains as much log-likelihood by so many more parameters (likelihood ratio)."""
    return float(special.chdtrc(parameters, max(2 * gain, 0.0)))


def numeric_hessian(objective: Objective, at: Floats, step: float = 1e-4) -> Floats:
    """Central differences of the analytic gradient, made symmetric."""
    size = len(at)
    hessian = np.empty((size, size))
    for column in range(size):
        shift = np.zeros(size)
        shift[column] = step
        hessian[:, column] = (objective(at + shift)[1] - objective(at - shift)[1]) / (2 * step)
    return (hessian + hessian.T) / 2


def _polish(objective: Objective, at: Floats) -> Floats:
    """A few Newton steps: L-BFGS stops when the value no longer moves, which is before the parameters do."""
    value, gradient = objective(at)
    for _ in range(4):
        hessian = numeric_hessian(objective, at)
        if not np.all(np.isfinite(hessian)) or np.min(np.linalg.eigvalsh(hessian)) <= 0:
            return at
        candidate = at - np.linalg.solve(hessian, gradient)
        if np.max(np.abs(candidate)) >= LOG_BOUND:
            return at
        new_value, new_gradient = objective(candidate)
        if not np.isfinite(new_value) or new_value > value + 1e-13:
            return at
        at, value, gradient = candidate, new_value, new_gradient
    return at


def _judged(best: Floats, gradient: Floats, hessian: Floats, total_weight: float) -> Maximum:
    unknown = np.full(hessian.shape, np.nan)
    if np.max(np.abs(best)) >= LOG_BOUND - 0.01:
        return Maximum(best, unknown, False, "a parameter runs to the edge of its range")
    if not np.all(np.isfinite(hessian)) or np.min(np.linalg.eigvalsh(hessian)) <= 0:
        return Maximum(best, unknown, False, "the likelihood has no single peak here")
    covariance = np.asarray(np.linalg.inv(hessian) / total_weight, dtype=np.float64)
    if np.max(np.abs(gradient)) > GRADIENT_TOLERANCE:
        return Maximum(best, covariance, False, "the search stopped before the peak")
    if np.max(np.sqrt(np.diag(covariance))) > WIDEST_LOG_ERROR:
        return Maximum(best, covariance, False, "the data do not identify every parameter")
    return Maximum(best, covariance, True, "")
