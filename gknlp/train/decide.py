"""From scores of models that have not seen an item's document to labels.

One sigmoid a label and role makes first guesses of them. One regression a role, the same for all its labels but for a
bias, weighs what an item and the others of its section say (:mod:`gknlp.issues.context`). Thresholds and floor are
chosen on answers of regressions that have not seen the document either. Right is here what annotators agree on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gknlp.issues.context import ALONE, BESIDE, Clues, Guess, alone, clues
from gknlp.issues.weights import RoleWeights, Sigmoid
from gknlp.knowledge.issue_types import GENERIC, OTHER_ISSUE, IssueType
from gknlp.model import Role
from gknlp.train.calibrate import fit_floor, fit_sigmoid, fit_thresholds
from gknlp.train.data import Item

if TYPE_CHECKING:
    import numpy as np

FOLDS = 5
# The label of an item that no other fits.
_REST: dict[Role, str] = {"problem": OTHER_ISSUE, "measure": GENERIC}
_DIGITS = 6
_SINGLE: dict[Role, int] = {"problem": 1, "measure": 1}
_RUNS = ((1, 2), (2, 2), (1, 3))  # how many neighbouring problems and measures are also learnt from as one item
_JOINED_WEIGHT = 0.33


class Decisions(NamedTuple):
    """What turns scores into labels, by role; ``probabilities`` has each item's, by weights without its document."""

    shared: dict[Role, RoleWeights]
    labels: dict[Role, dict[str, Sigmoid]]
    probabilities: list[dict[str, float]]


class _Weighing(NamedTuple):
    """The weights of clues and the bias of each label."""

    weights: tuple[float, ...]
    biases: dict[str, float]


class _Case(NamedTuple):
    """An item, or neighbours as one, in its section: the clues to it, its labels, its row if it is an item."""

    document: str
    guess: Guess
    labels: frozenset[str]
    row: int | None
    told: Clues


def fit_decisions(
    items: Sequence[Item], scores: np.ndarray, kinds: Sequence[IssueType], *, context: bool = True
) -> Decisions:
    """Return what turns the scores of ``items`` into labels; ``kinds`` are the trained labels, one a column.

    Without ``context`` every item is looked at alone.
    """
    sigmoids = {role: _sigmoids(role, items, scores, kinds) for role in _REST}
    guesses = _guesses(items, scores, kinds, sigmoids)
    cases = _cases(items, guesses, context=context)
    given = [dict(guess.probabilities) for guess in guesses]
    shared: dict[Role, RoleWeights] = {}
    labels: dict[Role, dict[str, Sigmoid]] = {}
    for role, own in sigmoids.items():
        of_role = [case for case in cases if case.guess.role == role]
        single = _weigh([case._replace(told=alone(case.guess)) for case in of_role], list(own), len(ALONE), given)
        both = [case for case in of_role if any(len(values) == len(BESIDE) for values in case.told.values())]
        beside = _weigh(both, list(own), len(BESIDE), given)
        rows = [row for row, item in enumerate(items) if item.role == role]
        thresholds, floor = _cuts(role, [given[row] for row in rows], [items[row] for row in rows], list(own))
        shared[role] = RoleWeights(floor=floor, rest=_REST[role], alone=single.weights, beside=beside.weights)
        labels[role] = {
            label: Sigmoid(a=a, b=b, threshold=cut, alone=single.biases[label], beside=beside.biases[label])
            for (label, (a, b)), cut in zip(own.items(), thresholds, strict=True)
        }
    return Decisions(shared, labels, given)


def _sigmoids(
    role: Role, items: Sequence[Item], scores: np.ndarray, kinds: Sequence[IssueType]
) -> dict[str, tuple[float, float]]:
    """Return the sigmoid of each label that applies to the role."""
    import numpy as np

    of_role = np.array([item.role == role for item in items])
    found = {}
    for column, kind in enumerate(kinds):
        if kind.allows(role):
            truth = np.array([kind.id in item.agreed for item in items])
            found[kind.id] = fit_sigmoid(scores[:, column], truth, of_role)
    return found


def _guesses(
    items: Sequence[Item],
    scores: np.ndarray,
    kinds: Sequence[IssueType],
    sigmoids: dict[Role, dict[str, tuple[float, float]]],
) -> list[Guess]:
    import numpy as np

    columns = {kind.id: column for column, kind in enumerate(kinds)}
    found = []
    for item, row in zip(items, scores, strict=True):
        own = sigmoids[item.role]
        slopes, shifts = np.array(list(own.values())).T
        given = 1 / (1 + np.exp(-(row[[columns[label] for label in own]] * slopes + shifts)))
        found.append(Guess(item.role, len(item.text), dict(zip(own, given.tolist(), strict=True))))
    return found


def chosen(role: Role, decisions: Decisions, items: Sequence[Item]) -> tuple[np.ndarray, np.ndarray]:
    """Return which labels of a role its items were given, thresholds applied, and which annotators agree on."""
    import numpy as np

    own, rows = decisions.labels[role], [row for row, item in enumerate(items) if item.role == role]
    probabilities = np.array([[decisions.probabilities[row][label] for label in own] for row in rows])
    truth = np.array([[label in items[row].agreed for label in own] for row in rows])
    given = probabilities >= np.array([sigmoid.threshold for sigmoid in own.values()])
    lacking = np.flatnonzero(~given.any(axis=1))
    given[lacking, probabilities[lacking].argmax(axis=1)] = True
    return given, truth


def _cases(items: Sequence[Item], guesses: Sequence[Guess], *, context: bool) -> list[_Case]:
    """Return each item in its section, then items of sections in which neighbours are one item.

    Reports have longer items than annotations have, and not as many measures as problems.
    """
    found: list[_Case] = []
    for rows in sections(items):
        single = [_Case(items[row].document, guesses[row], frozenset(items[row].agreed), row, {}) for row in rows]
        for problems, measures in ((1, 1), *(_RUNS if context else ())):
            section = _joined(single, {"problem": problems, "measure": measures})
            told = clues([case.guess for case in section]) if context else [{} for _ in section]
            found += [case._replace(told=own) for case, own in zip(section, told, strict=True)]
    return found


def _joined(section: Sequence[_Case], runs: dict[Role, int]) -> list[_Case]:
    """Return a section in which so many neighbours of a role are one item."""
    found: list[_Case] = []
    seen: dict[Role, int] = {"problem": 0, "measure": 0}
    last: dict[Role, int] = {}
    for case in section:
        role = case.guess.role
        if seen[role] % runs[role]:
            before = found[last[role]]
            whole = before.guess.joined(case.guess)
            found[last[role]] = _Case(case.document, whole, before.labels | case.labels, None, {})
        else:
            last[role] = len(found)
            found.append(case if runs == _SINGLE else case._replace(row=None))
        seen[role] += 1
    return found


def sections(items: Sequence[Item]) -> list[list[int]]:
    """Return the places of the items of each document in the order of its text."""
    by_document: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        by_document.setdefault(item.document, []).append(place)
    return [sorted(places, key=lambda place: items[place].start) for places in by_document.values()]


def _weigh(cases: Sequence[_Case], labels: Sequence[str], width: int, given: Sequence[dict[str, float]]) -> _Weighing:
    """Fit the weights of ``width`` clues; write the probabilities that weights without the document give an item.

    With nothing to tell apart the first clue, the item's own odds, decides.
    """
    import numpy as np
    from sklearn.model_selection import GroupKFold

    pairs = [(case, label) for case in cases for label in case.told]
    columns = {label: width + column for column, label in enumerate(labels)}
    features = np.zeros((len(pairs), width + len(labels)))
    for number, (case, label) in enumerate(pairs):
        features[number, :width] = case.told[label]
        features[number, columns[label]] = 1
    truth = np.array([label in case.labels for case, label in pairs], dtype=bool)
    weights = np.array([1.0 if case.row is not None else _JOINED_WEIGHT for case, _ in pairs])
    documents = [case.document for case, _ in pairs]
    if len(set(documents)) >= FOLDS:
        for inside, outside in GroupKFold(FOLDS).split(features, groups=documents):
            fitted = _fit(features[inside], truth[inside], weights[inside])
            odds = features[outside] @ fitted[:-1] + fitted[-1]
            for number, probability in zip(outside, (1 / (1 + np.exp(-odds))).tolist(), strict=True):
                case, label = pairs[number]
                if case.row is not None:
                    given[case.row][label] = probability
    fitted = _fit(features, truth, weights)
    return _Weighing(
        weights=tuple(round(weight, _DIGITS) for weight in fitted[:width].tolist()),
        biases={label: round(float(fitted[columns[label]] + fitted[-1]), _DIGITS) for label in labels},
    )


def _fit(features: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weights of the columns and, last, the intercept."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        plain = np.zeros(features.shape[1] + 1)
        plain[0] = 1
        return plain
    learner = LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=100).fit(features, truth, weights)
    return np.concatenate([learner.coef_[0], learner.intercept_])


def _cuts(
    role: Role, given: Sequence[dict[str, float]], items: Sequence[Item], labels: Sequence[str]
) -> tuple[list[float], float]:
    """Return the threshold of each label and the floor of weak guesses."""
    import numpy as np

    probabilities = np.array([[own[label] for label in labels] for own in given], dtype=float).reshape(-1, len(labels))
    truth = np.array([[label in item.labels for label in labels] for item in items], dtype=bool).reshape(
        -1, len(labels)
    )
    thresholds = fit_thresholds(probabilities, truth)
    rest = list(labels).index(_REST[role]) if _REST[role] in labels else None
    return thresholds, fit_floor(probabilities, truth, thresholds, rest)
