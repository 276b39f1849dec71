"""From said to seen frequency: log-odds become ``shift + scale · said``, as likely as the data and a prior allow.

Platt's scaling (1999) with a normal prior around (0, 1), hence a maximum that always exists; what is left open
is the inverse of the curvature there (Laplace's approximation).
"""

from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS_MAX_COUNT: Final = 50
HALVINGS_MAX_COUNT: Final = 30
ENOUGH: Final = 1e-10
"""A Newton step shorter than this ends the search."""

DEVIATIONS: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
"""Those among which the likeliest is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Standard deviations of a map's two numbers around (0, 1) before anything was seen."""

    shift_spread: float
    scale_spread: float


FITTED_PRIOR: Final = Prior(shift_spread=1.0, scale_spread=10**-0.5)
"""With which the shipped maps were fitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """The likeliest map, and the variances and covariance that the data leave open."""

    shift: float
    scale_ratio: float
    shift_variance: float
    scale_variance: float
    covariance: float

    def variance(self, odds: "Floats") -> "Floats":
        """What is left open of the mapped log-odds, for each that was said."""
        both: Floats = 2 * odds * self.covariance
        return self.shift_variance + both + odds**2 * self.scale_variance


def likelihood(z: "Floats", came: "Floats") -> "Floats":
    """Logarithm of each outcome's probability under log-odds ``z``."""
    found: Floats = came * z - np.logaddexp(0, z)
    return found


def recalibrated(
    odds: "Floats", came: "Floats", weights: "Floats", prior: Prior = FITTED_PRIOR
) -> Recalibration:
    """The map of ``odds`` (log-odds said) to ``came`` (0 or 1); an instant counts ``weights`` times."""
    design = np.column_stack([np.ones(len(odds)), odds])
    precision = np.diag([prior.shift_spread**-2, prior.scale_spread**-2])
    middle = np.array([0.0, 1.0])

    def worth(at: "Floats") -> float:
        away = at - middle
        likely = float((weights * likelihood(design @ at, came)).sum())
        return likely - float(away @ precision @ away) / 2

    def curvature(at: "Floats") -> tuple["Floats", "Floats"]:
        p = 1 / (1 + np.exp(-(design @ at)))
        gradient = design.T @ (weights * (came - p)) - precision @ (at - middle)
        return gradient, (design * (weights * p * (1 - p))[:, None]).T @ design + precision

    at = middle
    for _ in range(STEPS_MAX_COUNT):
        gradient, hessian = curvature(at)
        step = np.linalg.solve(hessian, gradient)
        for _ in range(HALVINGS_MAX_COUNT):
            if worth(at + step) >= worth(at):
                break
            step /= 2
        at = at + step
        if float(np.abs(step).max()) < ENOUGH:
            break
    open_ = np.linalg.inv(curvature(at)[1])
    return Recalibration(
        shift=float(at[0]),
        scale_ratio=float(at[1]),
        shift_variance=float(open_[0, 0]),
        scale_variance=float(open_[1, 1]),
        covariance=float(open_[0, 1]),
    )


def deviation(
    odds: "Floats", came: "Floats", groups: "NDArray[np.generic]", parts: "Floats"
) -> float:
    """By how much a group's own log-odds differ from those said: the likeliest standard deviation.

    A group (a host, a recording) draws its deviation from a normal distribution of this width; instants that
    overlap count as ``parts`` of one.
    """
    nodes, shares = np.polynomial.hermite_e.hermegauss(15)
    shares = shares / shares.sum()
    best, best_fit = 0.0, -np.inf
    for width in DEVIATIONS:
        fit = 0.0
        for name in np.unique(groups):
            own = groups == name
            z = odds[own][:, None] + width * nodes[None, :]
            likely = (parts[own][:, None] * likelihood(z, came[own][:, None])).sum(0)
            top = likely.max()
            fit += top + log(float((shares * np.exp(likely - top)).sum()))
        if fit > best_fit:
            best, best_fit = width, fit
    return best
