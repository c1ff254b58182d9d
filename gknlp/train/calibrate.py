"""Probabilities and thresholds from the scores of models that have not seen an item's document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_FEWEST_IN_ROLE = 20  # items of a role that calibrate a label on their own
_GRID = tuple(step / 100 for step in range(15, 66))
# As many items of a label weigh as much in its threshold as all labels do; 0, 40, 150, 400 and infinity were compared
# by cross-validation.
_PRIOR = 300.0
_DIGITS = 6
_FLOORS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def fit_sigmoid(scores: np.ndarray, truth: np.ndarray, of_role: np.ndarray) -> tuple[float, float]:
    """Return ``a`` and ``b`` of Platt's sigmoid for one label and role, of both roles where one has few items."""
    from sklearn.linear_model import LogisticRegression

    few = truth[of_role].sum() < _FEWEST_IN_ROLE
    rows = slice(None) if few else of_role
    fitted = LogisticRegression(C=1e3, solver="newton-cholesky").fit(scores[rows][:, None], truth[rows])
    return round(float(fitted.coef_[0, 0]), _DIGITS), round(float(fitted.intercept_[0]), _DIGITS)


def fit_thresholds(probabilities: np.ndarray, truth: np.ndarray) -> list[float]:
    """Return a threshold for each column.

    Each maximises its label's F1, drawn towards the threshold that is best for all labels together: a label of a
    hundred items has several cuts that are equally good by chance.
    """
    together = _best(probabilities, truth)
    thresholds = []
    for column in range(truth.shape[1]):
        own, weight = _best(probabilities[:, column], truth[:, column]), float(truth[:, column].sum())
        thresholds.append(round((weight * own + _PRIOR * together) / (weight + _PRIOR), 4))
    return thresholds


def fit_floor(probabilities: np.ndarray, truth: np.ndarray, thresholds: Sequence[float], rest: int | None) -> float:
    """Return the probability from which the likeliest label is given where none reaches its threshold.

    ``rest`` is the column of the label that other items get. A floor maximises the F1 of all labels; of equally good
    ones the highest is taken, a label for the rest being better than a guess.
    """
    import numpy as np

    passed = probabilities >= np.array(thresholds)
    lacking = np.flatnonzero(~passed.any(axis=1))
    likeliest = probabilities[lacking].argmax(axis=1)

    def right(floor: float) -> float:
        given = passed.copy()
        weak = probabilities[lacking, likeliest] < floor
        given[lacking, likeliest if rest is None else np.where(weak, rest, likeliest)] = True
        return _f1(given, truth)

    return max(reversed(_FLOORS), key=right)


def _best(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Return the cut with the highest F1, the lowest of several."""
    return max(_GRID, key=lambda cut: _f1(probabilities >= cut, truth))


def _f1(given: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (given & truth).sum() / max(1, given.sum() + truth.sum()))
