"""Which labels of the annotations are probably wrong, and how far annotators agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from gknlp.issues.classify import IssueModel
from gknlp.model import Record
from gknlp.train.data import Data, Item
from gknlp.train.fit import Trained

_SURE, _UNSURE = 0.7, 0.05
_DIGITS = 4


class Doubt(Record, frozen=True):
    """A label that models without the item's document contradict: given and improbable, or probable and not given."""

    item: Item
    label: str
    given: bool
    probability: float


class Agreement(Record, frozen=True):
    """Cohen's kappa of two annotators for one label over the passages that both labelled."""

    first: str
    second: str
    label: str
    items: int
    kappa: float


class Audit(Record, frozen=True):
    """Doubts, the gravest first; agreement of annotators; Krippendorff's alpha over sets of labels (MASI distance).

    ``alpha`` is ``None`` when no passage has two annotators.
    """

    doubts: tuple[Doubt, ...]
    agreements: tuple[Agreement, ...]
    alpha: float | None
    passages: int


def audit(data: Data, trained: Trained) -> Audit:
    """Return what should be looked at again."""
    passages = [*_shared(data.votes), *_shared(data.compared)]
    return Audit(
        doubts=_doubts(trained),
        agreements=tuple(_agreements(passages)),
        alpha=_alpha(passages),
        passages=len(passages),
    )


def _doubts(trained: Trained) -> tuple[Doubt, ...]:
    model = IssueModel(trained.weights)
    known = {label.id for label in model.labels if label.trained}
    found = []
    for item, probabilities in zip(trained.items, trained.probabilities, strict=True):
        for label, probability in probabilities.items():
            given = label in item.labels
            if label in known and ((given and probability < _UNSURE) or (not given and probability > _SURE)):
                found.append(Doubt(item=item, label=label, given=given, probability=round(probability, _DIGITS)))
    return tuple(sorted(found, key=lambda one: (-abs(one.given - one.probability), one.item.id, one.label)))


def _shared(votes: Sequence[Item]) -> list[list[Item]]:
    """Return the passages that several annotators labelled with the same role."""
    groups: dict[tuple[str, int, int], list[Item]] = {}
    for vote in votes:
        groups.setdefault((vote.document, vote.start, vote.end), []).append(vote)
    return [group for group in groups.values() if len({vote.annotator for vote in group}) > 1]


def _agreements(passages: Sequence[Sequence[Item]]) -> Iterator[Agreement]:
    """Yield Cohen's kappa of each pair of annotators and label that one of them used."""
    pairs: dict[tuple[str, str], list[tuple[Item, Item]]] = {}
    for group in passages:
        for one, other in combinations(sorted(group, key=lambda vote: vote.annotator), 2):
            pairs.setdefault((one.annotator, other.annotator), []).append((one, other))
    for (first, second), both in sorted(pairs.items()):
        labels = sorted({label for pair in both for vote in pair for label in vote.labels})
        for label in labels:
            marks = [(label in one.labels, label in other.labels) for one, other in both]
            yield Agreement(first=first, second=second, label=label, items=len(both), kappa=kappa(marks))


def kappa(marks: Sequence[tuple[bool, bool]]) -> float:
    """Return Cohen's kappa of two annotators' yes and no.

    >>> kappa([(True, True), (False, False), (True, False), (False, False)])
    0.5
    """
    total = len(marks)
    agreed = sum(one == other for one, other in marks) / total
    yes, also = sum(one for one, _ in marks) / total, sum(other for _, other in marks) / total
    expected = yes * also + (1 - yes) * (1 - also)
    return 1.0 if expected == 1 else round((agreed - expected) / (1 - expected), _DIGITS)


def _alpha(passages: Sequence[Sequence[Item]]) -> float | None:
    """Return Krippendorff's alpha with the MASI distance of sets of labels."""
    if not passages:
        return None
    observed, votes = 0.0, 0
    values: Counter[frozenset[str]] = Counter()
    for group in passages:
        sets = [frozenset(vote.labels) for vote in group]
        values.update(sets)
        votes += len(sets)
        observed += 2 * sum(masi(one, other) for one, other in combinations(sets, 2)) / (len(sets) - 1)
    expected = sum(
        masi(one, other) * values[one] * values[other] for one in values for other in values if one != other
    ) / (votes - 1)
    return 1.0 if not expected else round(1 - observed / expected, _DIGITS)


def masi(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the distance of two sets of labels: 0 when equal, less than 1 when they share some.

    >>> masi(frozenset("a"), frozenset("ab"))
    0.6666666666666667
    """
    shared, all_of_both = len(one & other), len(one | other)
    if one == other:
        return 0.0
    kind = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - shared / all_of_both * (kind if shared else 0)
