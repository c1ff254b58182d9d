"""Fitting the classifier: one logistic regression a label, calibrated and thresholded on out-of-fold scores.

Everything is sorted, single-threaded and free of chance, so the same items give the same bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import gknlp
from gknlp.errors import GknlpError
from gknlp.issues.classify import CUE_PROBABILITY, IssueModel
from gknlp.issues.features import LONGEST
from gknlp.issues.weights import OFFSET, SCHEMA, Fallback, Header, LabelWeights, Sigmoid, Weights
from gknlp.knowledge.issue_types import OTHER_ISSUE, IssueType
from gknlp.model import Record, Role
from gknlp.train.calibrate import fit_floor, fit_sigmoid, fit_thresholds
from gknlp.train.data import Item
from gknlp.train.matrix import CUE_VALUE, Examples, gram_vectorizer, make_examples, with_role

if TYPE_CHECKING:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

FOLDS = 5
FEWEST = 10  # items that a label must have to be trained; with fewer its cues stand in
GENERIC = "generic"
STRENGTH = 10.0  # inverse of the regularisation; see the candidates of the card
# The label of an item that no other fits.
_REST: dict[Role, str] = {"problem": OTHER_ISSUE, "measure": GENERIC}
_HIGHEST = OFFSET - 1
_DIGITS = 6


class TrainingError(GknlpError):
    """The items cannot be trained on."""


class Trained(Record, frozen=True):
    """A fitted model, and what models that have not seen an item's document think of it.

    ``probabilities[i]`` belongs to ``items[i]``; ``untrained`` are labels with too few items.
    """

    weights: Weights
    items: tuple[Item, ...]
    probabilities: tuple[dict[str, float], ...]
    untrained: tuple[str, ...]


class Scorer(Protocol):
    """Something fitted that scores examples."""

    def scores(self, examples: Examples) -> np.ndarray:
        """Return the scores of examples, one column a label."""


class Linear(NamedTuple):
    """Fitted coefficients, one row a label: first the grams, then the cues, last the role.

    ``frequencies`` has the number of the ``documents`` items that each gram stands in.
    """

    vectorizer: TfidfVectorizer
    coefficients: np.ndarray
    biases: np.ndarray
    frequencies: np.ndarray
    documents: int

    def scores(self, examples: Examples) -> np.ndarray:
        """Return the scores of examples, one column a label."""
        import numpy as np

        matrix = with_role(self.vectorizer.transform(examples.folded), examples)
        return np.asarray(matrix @ self.coefficients.T + self.biases)


def train(items: Sequence[Item], kinds: Sequence[IssueType], name: str) -> Trained:
    """Return the model ``name`` trained on ``items``; :class:`TrainingError` when there is nothing to tell apart.

    Labels that stand alone (nothing is wrong) are told by the segmentation and are not trained.
    """
    items = teachable(items, kinds)
    learnt = [kind for kind in kinds if not kind.exclusive]
    trained = trainable(items, learnt)
    examples = make_examples(items, trained, learnt)
    scores = out_of_fold(examples, fit_linear)
    weights = _weights(name, learnt, trained, fit_linear(examples), fit_decisions(examples, scores, trained))
    return Trained(
        weights=weights,
        items=tuple(items),
        probabilities=_probabilities(IssueModel(weights), trained, scores, items),
        untrained=tuple(kind.id for kind in learnt if kind.id not in trained),
    )


def teachable(items: Iterable[Item], kinds: Sequence[IssueType]) -> tuple[Item, ...]:
    """Return the items whose labels the classifier tells."""
    alone = {kind.id for kind in kinds if kind.exclusive}
    return tuple(item for item in items if not alone.intersection(item.labels))


def trainable(items: Sequence[Item], kinds: Sequence[IssueType]) -> list[str]:
    """Return the labels with enough items, in the order of the taxonomy."""
    if len({item.labels for item in items}) < 2:
        only = ", ".join(items[0].labels) if items else "none"
        raise TrainingError(f"all {len(items)} items to train on have the same labels ({only}): nothing to tell apart")
    if (documents := len({item.document for item in items})) < FOLDS:
        raise TrainingError(f"the items come from {documents} documents; thresholds need {FOLDS} or more")
    counts = {kind.id: sum(kind.id in item.labels for item in items) for kind in kinds}
    trained = [label for label, count in counts.items() if FEWEST <= count < len(items)]
    if not trained:
        raise TrainingError(f"no label has {FEWEST} items to train on; the most has {max(counts.values())}")
    return trained


def fit_linear(examples: Examples) -> Linear:
    """Fit one regression a label."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    vectorizer = gram_vectorizer()
    grams = vectorizer.fit_transform(examples.folded)
    matrix = with_role(grams, examples)
    fitted = [
        LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0).fit(matrix, column)
        for column in examples.truth.T
    ]
    return Linear(
        vectorizer=vectorizer,
        coefficients=np.vstack([one.coef_ for one in fitted]),
        biases=np.concatenate([one.intercept_ for one in fitted]),
        frequencies=grams.getnnz(axis=0),
        documents=len(examples.folded),
    )


def out_of_fold(examples: Examples, fit: Callable[[Examples], Scorer]) -> np.ndarray:
    """Return the score of every item for every label by a model that has not seen its document."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    scores = np.zeros(examples.truth.shape)
    for inside, outside in GroupKFold(FOLDS).split(examples.folded, groups=examples.documents):
        _refuse_empty(examples, inside)
        scores[outside] = fit(examples.rows(inside)).scores(examples.rows(outside))
    return scores


def _refuse_empty(examples: Examples, rows: np.ndarray) -> None:
    """A label whose items all stand in one part of the documents cannot be checked on the others."""
    if not examples.truth[rows].any(axis=0).all():
        raise TrainingError("all items of a label come from too few documents to hold some of them out")


class Decision(NamedTuple):
    """How scores become labels of one role: one sigmoid a trained label, and the floor of weak guesses."""

    sigmoids: list[Sigmoid]
    floor: float


def fit_decisions(examples: Examples, scores: np.ndarray, trained: Sequence[str]) -> dict[Role, Decision]:
    """Return calibration, thresholds and floor for each role, from out-of-fold scores."""
    import numpy as np

    found: dict[Role, Decision] = {}
    for role, rest in _REST.items():
        rows = examples.problem == (role == "problem")
        truth = examples.truth[rows]
        fitted = [fit_sigmoid(scores[:, label], examples.truth[:, label], rows) for label in range(scores.shape[1])]
        slopes, shifts = np.array(fitted).T
        probabilities = 1 / (1 + np.exp(-(scores[rows] * slopes + shifts)))
        thresholds = fit_thresholds(probabilities, truth)
        floor = fit_floor(probabilities, truth, thresholds, trained.index(rest) if rest in trained else None)
        sigmoids = [Sigmoid(a=a, b=b, threshold=cut) for (a, b), cut in zip(fitted, thresholds, strict=True)]
        found[role] = Decision(sigmoids, floor)
    return found


def _weights(
    name: str,
    kinds: Sequence[IssueType],
    trained: Sequence[str],
    fitted: Linear,
    decisions: dict[Role, Decision],
) -> Weights:
    """Return the fitted numbers as they are stored: those of grams in 16 bits, the others to six digits."""
    import numpy as np

    grams = fitted.vectorizer.get_feature_names_out().tolist()
    of_grams, others = np.split(fitted.coefficients, [len(grams)], axis=1)
    scales = [float(f"{largest / _HIGHEST:.9g}") or 1.0 for largest in np.abs(of_grams).max(axis=1)]
    labels = [
        _label(kind, trained.index(kind.id), fitted, others, scales, decisions)
        if kind.id in trained
        else _untrained(kind)
        for kind in kinds
    ]
    known = {kind.id for kind in kinds}
    header = Header(
        schema=SCHEMA,
        id=name,
        version=gknlp.__version__,
        longest=LONGEST,
        documents=fitted.documents,
        problem=_fallback("problem", decisions, known),
        measure=_fallback("measure", decisions, known),
        labels=tuple(labels),
        grams=tuple(grams),
    )
    stored = np.clip(np.round(of_grams / np.array(scales)[:, None]), -_HIGHEST, _HIGHEST) + OFFSET
    rows = stored.T.astype("<u2").tobytes()
    return Weights(header=header, frequencies=array("I", fitted.frequencies.tolist()), rows=rows)


def _fallback(role: Role, decisions: dict[Role, Decision], known: set[str]) -> Fallback:
    return Fallback(floor=decisions[role].floor, label=_REST[role] if _REST[role] in known else None)


def _label(
    kind: IssueType,
    row: int,
    fitted: Linear,
    others: np.ndarray,
    scales: Sequence[float],
    decisions: dict[Role, Decision],
) -> LabelWeights:
    *cues, role = (round(float(weight), _DIGITS) for weight in others[row])
    return LabelWeights(
        id=kind.id,
        trained=True,
        cues=kind.cues,
        bias=round(float(fitted.biases[row]), _DIGITS),
        role_weight=role,
        scale=scales[row],
        cue_weights=tuple(round(weight * CUE_VALUE, _DIGITS + 1) for weight in cues),
        problem=decisions["problem"].sigmoids[row] if kind.allows("problem") else None,
        measure=decisions["measure"].sigmoids[row] if kind.allows("measure") else None,
    )


def _untrained(kind: IssueType) -> LabelWeights:
    """A label without enough items: its cues decide."""
    by_cue = Sigmoid(a=0.0, b=0.0, threshold=CUE_PROBABILITY)
    return LabelWeights(
        id=kind.id,
        trained=False,
        cues=kind.cues,
        problem=by_cue if kind.allows("problem") else None,
        measure=by_cue if kind.allows("measure") else None,
    )


def _probabilities(
    model: IssueModel, trained: Sequence[str], scores: np.ndarray, items: Sequence[Item]
) -> tuple[dict[str, float], ...]:
    """Return the calibrated out-of-fold probabilities of each item."""
    return tuple(
        model.calibrate(dict(zip(trained, row, strict=True)), item.role, item.text)
        for row, item in zip(scores.tolist(), items, strict=True)
    )
