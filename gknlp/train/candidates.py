"""Other features and other learners on the same folds: the table of the card that the choice was made from.

Each pass of writing is left out once (documents, where there are few passes), which is what a text of an author whom
nobody has seen is most like.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from gknlp.knowledge.issue_types import IssueType
from gknlp.model import Record
from gknlp.train.data import Item
from gknlp.train.decide import chosen, fit_decisions
from gknlp.train.fit import STRENGTH, Scorer, out_of_fold, teachable, trainable
from gknlp.train.matrix import (
    SIGN_VALUE,
    Examples,
    Lines,
    cue_matrix,
    gram_features,
    make_examples,
    role_matrix,
    sign_vectorizer,
)
from gknlp.train.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.base import ClassifierMixin

CHOSEN = "characters 1-3 + concepts + cues, logistic C=10, then the section"
_FEWEST_PASSES = 3
_DIGITS = 4

Analyzer = Callable[[str], list[str]]
Features = Callable[[Lines, int], "csr_matrix"]
Learner = Callable[[], "ClassifierMixin"]


class Candidate(Record, frozen=True):
    """F1 of out-of-fold answers, thresholds chosen on the same answers."""

    name: str
    problem_micro: float
    problem_macro: float
    measure_micro: float
    measure_macro: float


class _Plan(NamedTuple):
    analyzers: tuple[Analyzer, ...]
    learner: Learner
    cues: bool = True
    concepts: bool = True
    context: bool = True
    pairs: bool = True
    by_role: bool = False


class _Fitted(NamedTuple):
    """Learners of one role or of both, with what makes their features."""

    features: Features
    learners: list[ClassifierMixin]

    def scores(self, examples: Examples) -> np.ndarray:
        import numpy as np

        matrix = self.features(examples.single(), examples.labels)
        return examples.highest(np.column_stack([_decision(learner, matrix) for learner in self.learners]))


class _ByRole(NamedTuple):
    """One fitted model for each role."""

    problem: Scorer
    measure: Scorer

    def scores(self, examples: Examples) -> np.ndarray:
        import numpy as np

        return np.where(examples.problem[:, None], self.problem.scores(examples), self.measure.scores(examples))


def compare_candidates(items: Sequence[Item], kinds: Sequence[IssueType]) -> tuple[Candidate, ...]:
    """Return the table, best problem micro F1 first; takes some minutes."""
    items = teachable(items, kinds)
    learnt = [kind for kind in kinds if not kind.exclusive]
    trained = trainable(items, learnt)
    examples = make_examples(items, trained, learnt)
    told = [kind for kind in learnt if kind.id in trained]
    with one_thread():
        table = [_measure(name, plan, examples, items, told) for name, plan in _plans(learnt).items()]
    return tuple(sorted(table, key=lambda one: (-one.problem_micro, one.name)))


def _plans(kinds: Sequence[IssueType]) -> dict[str, _Plan]:
    words, logistic = _words(kinds), _logistic(STRENGTH)
    characters = (gram_features,)
    return {
        CHOSEN: _Plan(characters, logistic),
        "the same without the section": _Plan(characters, logistic, context=False),
        "the same without concepts": _Plan(characters, logistic, concepts=False),
        "the same without cues": _Plan(characters, logistic, cues=False),
        "the same without pairs of items": _Plan(characters, logistic, pairs=False),
        "the same with words 1-2 for characters": _Plan((words,), logistic),
        "the same with one model a role": _Plan(characters, logistic, by_role=True),
        "the same with a linear SVM, C=1": _Plan(characters, _svm),
        "the same with complement naive Bayes": _Plan(characters, _bayes),
    }


def _measure(
    name: str, plan: _Plan, examples: Examples, items: Sequence[Item], kinds: Sequence[IssueType]
) -> Candidate:
    passes = examples.passes if len(set(examples.passes.tolist())) >= _FEWEST_PASSES else None
    scores = out_of_fold(examples, lambda some: _fit(plan, some), passes)
    decisions = fit_decisions(items, scores, kinds, context=plan.context)
    (problem_micro, problem_macro), (measure_micro, measure_macro) = (
        _f1(*chosen(role, decisions, items)) for role in decisions.shared
    )
    return Candidate(
        name=name,
        problem_micro=problem_micro,
        problem_macro=problem_macro,
        measure_micro=measure_micro,
        measure_macro=measure_macro,
    )


def _f1(given: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return micro and macro F1; labels that no item of the role has are left out."""
    right, both = (given & truth).sum(axis=0), given.sum(axis=0) + truth.sum(axis=0)
    present = truth.any(axis=0)
    micro, macro = 2 * right.sum() / both.sum(), (2 * right[present] / both[present]).mean()
    return round(float(micro), _DIGITS), round(float(macro), _DIGITS)


def _fit(plan: _Plan, examples: Examples) -> Scorer:
    if not plan.by_role:
        return _fit_rows(plan, examples)
    whole, alone = _features(plan, examples), plan._replace(by_role=False)
    return _ByRole(
        _Fitted(whole, _learn(alone, whole, examples.rows(examples.problem.nonzero()[0]))),
        _Fitted(whole, _learn(alone, whole, examples.rows((~examples.problem).nonzero()[0]))),
    )


def _fit_rows(plan: _Plan, examples: Examples) -> _Fitted:
    features = _features(plan, examples)
    return _Fitted(features, _learn(plan, features, examples))


def _learn(plan: _Plan, features: Features, examples: Examples) -> list[ClassifierMixin]:
    learnt = examples.with_pairs() if plan.pairs else examples
    matrix = features(learnt.wholes(), learnt.labels)
    columns = zip(learnt.truth.T, learnt.weights.T, strict=True)
    return [_fit_one(plan.learner, matrix, truth, weights) for truth, weights in columns]


def _fit_one(learner: Learner, matrix: csr_matrix, truth: np.ndarray, weights: np.ndarray) -> ClassifierMixin:
    """Fit one label; one that no item has is learnt from a first item that is said to have it."""
    if not truth.any():
        truth = truth.copy()
        truth[0] = True
    return learner().fit(matrix, truth, weights)


def _features(plan: _Plan, examples: Examples) -> Features:
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    lines = examples.wholes()
    fitted = [
        TfidfVectorizer(analyzer=analyzer, min_df=2, sublinear_tf=True).fit(lines.folded) for analyzer in plan.analyzers
    ]
    signs = sign_vectorizer().fit(lines.signs()) if plan.concepts else None

    def features(some: Lines, labels: int) -> csr_matrix:
        found = [vectorizer.transform(some.folded) for vectorizer in fitted]
        found += [signs.transform(some.signs()) * SIGN_VALUE] if signs else []
        found += [cue_matrix(some, labels)] if plan.cues else []
        return csr_matrix(hstack([*found, role_matrix(some)]))

    return features


def _decision(learner: ClassifierMixin, matrix: csr_matrix) -> np.ndarray:
    """Return scores on the scale of log odds."""
    import numpy as np

    if hasattr(learner, "decision_function"):
        return np.asarray(learner.decision_function(matrix))
    odds = learner.predict_log_proba(matrix)
    return np.asarray(odds[:, 1] - odds[:, 0])


def _logistic(strength: float) -> Learner:
    def make() -> ClassifierMixin:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=strength, solver="liblinear", random_state=0)

    return make


def _svm() -> ClassifierMixin:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=1.0, random_state=0)


def _bayes() -> ClassifierMixin:
    from sklearn.naive_bayes import ComplementNB

    return ComplementNB(alpha=0.3)


def _words(kinds: Sequence[IssueType]) -> Analyzer:
    """Return the cutter into words and pairs of words: a jieba of its own that knows the cues as words."""
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    for cue in sorted({cue for kind in kinds for cue in kind.cues if cue.isalnum()}):
        cutter.add_word(cue)

    def words(folded: str) -> list[str]:
        found = [word for word in cutter.cut(folded) if not word.isspace()]
        return [*found, *map(" ".join, pairwise(found))]

    return words
