"""Fitting the classifier: one logistic regression a label, then one for all labels over what the section says.

Sigmoids, the second regression and the thresholds are fitted on out-of-fold scores.

Everything is sorted, single-threaded and free of chance, so the same items give the same bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

import gknlp
from gknlp.errors import GknlpError
from gknlp.issues.classify import CUE_PROBABILITY, IssueModel
from gknlp.issues.features import LONGEST
from gknlp.issues.weights import OFFSET, SCHEMA, Header, LabelWeights, RoleWeights, Sigmoid, Weights
from gknlp.knowledge.issue_types import IssueType
from gknlp.model import Record
from gknlp.train.data import Item
from gknlp.train.decide import FOLDS, Decisions, fit_decisions
from gknlp.train.matrix import (
    CUE_VALUE,
    SIGN_VALUE,
    Examples,
    Lines,
    concept_words,
    cue_matrix,
    gram_vectorizer,
    make_examples,
    role_matrix,
    sign_vectorizer,
)
from gknlp.train.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

FEWEST = 10  # items that a label must have to be trained; with fewer its cues stand in
STRENGTH = 10.0  # inverse of the regularisation; see the candidates of the card
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
    """Fitted coefficients, one row a label: first the grams, then the signs, then the cues, last the role.

    ``frequencies`` has the number of the ``documents`` items that each gram stands in.
    """

    vectorizer: TfidfVectorizer
    signs: CountVectorizer
    coefficients: np.ndarray
    biases: np.ndarray
    frequencies: np.ndarray
    documents: int

    def scores(self, examples: Examples) -> np.ndarray:
        """Return the scores of examples, one column a label."""
        import numpy as np

        matrix = self.matrix(examples.single(), examples.labels)
        return examples.highest(np.asarray(matrix @ self.coefficients.T + self.biases))

    def matrix(self, lines: Lines, labels: int) -> csr_matrix:
        """Return the features of lines, one column a coefficient."""
        return _joined(self.vectorizer.transform(lines.folded), self.signs.transform(lines.signs()), lines, labels)


def _joined(grams: csr_matrix, signs: csr_matrix, lines: Lines, labels: int) -> csr_matrix:
    from scipy.sparse import csr_matrix, hstack

    return csr_matrix(hstack([grams, signs * SIGN_VALUE, cue_matrix(lines, labels), role_matrix(lines)]))


def train(items: Sequence[Item], kinds: Sequence[IssueType], name: str) -> Trained:
    """Return the model ``name`` trained on ``items``; :class:`TrainingError` when there is nothing to tell apart.

    Labels that stand alone (nothing is wrong) are told by the segmentation and are not trained.
    """
    items = teachable(items, kinds)
    learnt = [kind for kind in kinds if not kind.exclusive]
    trained = trainable(items, learnt)
    examples = make_examples(items, trained, learnt)
    # The matrices of the second regressions are small: threads of a numeric library wait for each other, and the order
    # in which they add would show in the last digits.
    with one_thread():
        scores = out_of_fold(examples, fit_linear)
        decisions = fit_decisions(items, scores, [kind for kind in learnt if kind.id in trained])
        weights = _weights(name, learnt, trained, fit_linear(examples), decisions)
    return Trained(
        weights=weights,
        items=tuple(items),
        probabilities=_probabilities(IssueModel(weights), decisions, items),
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
    """Fit one regression a label, on the examples and on pairs of them."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    vectorizer, signs = gram_vectorizer(), sign_vectorizer()
    single, pairs = examples.wholes(), examples.with_pairs()
    grams = vectorizer.fit_transform(single.folded)
    signs.fit(single.signs())
    lines = pairs.wholes()
    matrix = _joined(vectorizer.transform(lines.folded), signs.transform(lines.signs()), lines, examples.labels)
    fitted = [
        LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0).fit(matrix, column, weights)
        for column, weights in zip(pairs.truth.T, pairs.weights.T, strict=True)
    ]
    return Linear(
        vectorizer=vectorizer,
        signs=signs,
        coefficients=np.vstack([one.coef_ for one in fitted]),
        biases=np.concatenate([one.intercept_ for one in fitted]),
        frequencies=grams.getnnz(axis=0),
        documents=len(examples.parts),
    )


def out_of_fold(examples: Examples, fit: Callable[[Examples], Scorer], groups: np.ndarray | None = None) -> np.ndarray:
    """Return the score of every item for every label by a model that has not seen its document.

    ``groups`` are left out one by one instead of a fifth of the documents.
    """
    import numpy as np
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

    kept, folds = (examples.documents, GroupKFold(FOLDS)) if groups is None else (groups, LeaveOneGroupOut())
    scores = np.zeros(examples.truth.shape)
    for inside, outside in folds.split(examples.parts, groups=kept):
        _refuse_empty(examples, inside)
        scores[outside] = fit(examples.rows(inside)).scores(examples.rows(outside))
    return scores


def _refuse_empty(examples: Examples, rows: np.ndarray) -> None:
    """A label whose items all stand in one part of the documents cannot be checked on the others."""
    if not examples.truth[rows].any(axis=0).all():
        raise TrainingError("all items of a label come from too few documents to hold some of them out")


def _weights(
    name: str,
    kinds: Sequence[IssueType],
    trained: Sequence[str],
    fitted: Linear,
    decisions: Decisions,
) -> Weights:
    """Return the fitted numbers as they are stored: those of grams and signs in 16 bits, the others to six digits."""
    import numpy as np

    grams, signs = (one.get_feature_names_out().tolist() for one in (fitted.vectorizer, fitted.signs))
    of_words, others = np.split(fitted.coefficients, [len(grams) + len(signs)], axis=1)
    scales = [float(f"{largest / _HIGHEST:.9g}") or 1.0 for largest in np.abs(of_words).max(axis=1)]
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
        sign_value=SIGN_VALUE,
        problem=_known_rest(decisions.shared["problem"], known),
        measure=_known_rest(decisions.shared["measure"], known),
        labels=tuple(labels),
        concepts=concept_words(),
        signs=tuple(signs),
        grams=tuple(grams),
    )
    stored = np.clip(np.round(of_words / np.array(scales)[:, None]), -_HIGHEST, _HIGHEST) + OFFSET
    rows = stored.T.astype("<u2").tobytes()
    return Weights(header=header, frequencies=array("I", fitted.frequencies.tolist()), rows=rows)


def _known_rest(shared: RoleWeights, known: set[str]) -> RoleWeights:
    """Return the weights of a role without a label for the rest that the taxonomy does not have."""
    return shared if shared.rest in known else msgspec.structs.replace(shared, rest=None)


def _label(
    kind: IssueType,
    row: int,
    fitted: Linear,
    others: np.ndarray,
    scales: Sequence[float],
    decisions: Decisions,
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
        problem=decisions.labels["problem"].get(kind.id),
        measure=decisions.labels["measure"].get(kind.id),
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


def _probabilities(model: IssueModel, decisions: Decisions, items: Sequence[Item]) -> tuple[dict[str, float], ...]:
    """Return the out-of-fold probabilities of each item, and what the cues say of labels that were not trained."""
    return tuple(
        {**model.guess(item.text, item.role).probabilities, **given}
        for item, given in zip(items, decisions.probabilities, strict=True)
    )
