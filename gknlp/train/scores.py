"""How good a model's labels are: precision, recall and F1 of each label, calibration, intervals by the bootstrap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gknlp.issues.classify import IssueModel
from gknlp.model import Record, Role
from gknlp.train.data import Item
from gknlp.train.decide import sections

_DIGITS = 4
_DRAWS = 1000
_BINS = 10
_MOST_CONFUSIONS = 30
_SHARE = 0.025  # on either side of a 95 % interval


class Answer(NamedTuple):
    """An item with the labels that a model gave it and the probabilities of all labels."""

    item: Item
    labels: tuple[str, ...]
    probabilities: dict[str, float]


class LabelScore(Record, frozen=True):
    """The scores of one label; ``support`` is the number of items that have it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


class Confusion(Record, frozen=True):
    """How many items have ``label`` and were given ``instead``, which they do not have, in its place."""

    label: str
    instead: str
    items: int


class Bin(Record, frozen=True):
    """Labels whose probability lies from ``low`` to ``low`` + 0.1: its mean, and the share that is right."""

    low: float
    pairs: int
    probability: float
    right: float


class Calibration(Record, frozen=True):
    """Expected calibration error and its bins, over every pair of an item and a label, and over assigned labels."""

    error: float
    error_assigned: float
    bins: tuple[Bin, ...]
    bins_assigned: tuple[Bin, ...]


class Scores(Record, frozen=True):
    """What one set of answers of one role is worth. Intervals are of 95 %, documents drawn with replacement."""

    items: int
    micro_f1: float
    micro_interval: tuple[float, float]
    macro_f1: float
    macro_interval: tuple[float, float]
    exact: float
    labels: tuple[LabelScore, ...]
    confusions: tuple[Confusion, ...]
    calibration: Calibration


def answer(model: IssueModel, items: Sequence[Item]) -> list[Answer]:
    """Return a model's answers for items; those of one document are one section."""
    found: dict[int, Answer] = {}
    for places in sections(items):
        own = [items[place] for place in places]
        given = model.probabilities([(item.text, item.role) for item in own])
        for place, item, probabilities in zip(places, own, given, strict=True):
            found[place] = answer_of(model, item, probabilities)
    return [found[place] for place in range(len(items))]


def answer_of(model: IssueModel, item: Item, probabilities: dict[str, float]) -> Answer:
    """Return the answer that probabilities make by the model's thresholds."""
    return Answer(item, tuple(label.id for label in model.decide(probabilities, item.role)), probabilities)


def score(answers: Sequence[Answer], role: Role, order: Sequence[str]) -> Scores:
    """Return the scores of the answers for items of one role; ``order`` is that of the labels."""
    chosen = [one for one in answers if one.item.role == role]
    tallies = [(one.item.document, _tally(one)) for one in chosen]
    total = _sum(tally for _, tally in tallies)
    micro, macro = _bootstrap(tallies)
    return Scores(
        items=len(chosen),
        micro_f1=micro_f1(total),
        micro_interval=micro,
        macro_f1=macro_f1(total),
        macro_interval=macro,
        exact=_ratio(sum(set(one.labels) == set(one.item.labels) for one in chosen), len(chosen)),
        labels=tuple(_label_score(label, total) for label in order if total["gold", label] or total["given", label]),
        confusions=_confusions(chosen),
        calibration=_calibration(chosen),
    )


_Tally = Counter[tuple[str, str]]


def _tally(one: Answer) -> _Tally:
    counts: _Tally = Counter()
    for label in one.item.labels:
        counts["gold", label] += 1
        counts["right", label] += label in one.labels
    for label in one.labels:
        counts["given", label] += 1
    return counts


def _sum(tallies: Iterable[_Tally]) -> _Tally:
    total: _Tally = Counter()
    for tally in tallies:
        total.update(tally)
    return total


def micro_f1(total: _Tally) -> float:
    """Return the F1 of all labels together."""
    counts: Counter[str] = Counter()
    for (kind, _), count in total.items():
        counts[kind] += count
    return _ratio(2 * counts["right"], counts["gold"] + counts["given"])


def macro_f1(total: _Tally) -> float:
    """Return the mean F1 of the labels that some item has."""
    present = [label for kind, label in total if kind == "gold"]
    return _ratio(sum(_f1(label, total) for label in present), len(present))


def _f1(label: str, total: _Tally) -> float:
    return 2 * total["right", label] / max(1, total["gold", label] + total["given", label])


def _label_score(label: str, total: _Tally) -> LabelScore:
    right, gold, given = total["right", label], total["gold", label], total["given", label]
    return LabelScore(
        label=label,
        precision=_ratio(right, given),
        recall=_ratio(right, gold),
        f1=round(_f1(label, total), _DIGITS),
        support=gold,
        predicted=given,
    )


def _bootstrap(tallies: Sequence[tuple[str, _Tally]]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the intervals of micro and macro F1: documents are drawn, since their items are not independent."""
    import numpy as np

    by_document: dict[str, _Tally] = {}
    for document, tally in tallies:
        by_document.setdefault(document, Counter()).update(tally)
    if not by_document:
        return (0.0, 0.0), (0.0, 0.0)
    labels = sorted({label for tally in by_document.values() for _, label in tally})
    counts = {
        kind: np.array([[tally[kind, label] for label in labels] for tally in by_document.values()])
        for kind in ("right", "gold", "given")
    }
    chance = np.random.Generator(np.random.PCG64(0))
    drawn = chance.multinomial(len(by_document), [1 / len(by_document)] * len(by_document), size=_DRAWS)
    right, gold, given = (drawn @ counts[kind] for kind in ("right", "gold", "given"))
    micro = 2 * right.sum(axis=1) / np.maximum(1, (gold + given).sum(axis=1))
    each = np.where(gold > 0, 2 * right / np.maximum(1, gold + given), 0.0)
    macro = each.sum(axis=1) / np.maximum(1, (gold > 0).sum(axis=1))
    return _interval(micro.tolist()), _interval(macro.tolist())


def _interval(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    cut = int(len(ordered) * _SHARE)
    return round(ordered[cut], _DIGITS), round(ordered[-1 - cut], _DIGITS)


def _confusions(answers: Sequence[Answer]) -> tuple[Confusion, ...]:
    """Return the pairs of a missed label and a wrong one of the same item, the most frequent first."""
    counts = Counter(
        (missed, wrong)
        for one in answers
        for missed in one.item.labels
        if missed not in one.labels
        for wrong in one.labels
        if wrong not in one.item.labels
    )
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_CONFUSIONS]
    return tuple(Confusion(label=missed, instead=wrong, items=count) for (missed, wrong), count in ordered)


def _calibration(answers: Sequence[Answer]) -> Calibration:
    every = [
        (probability, label in one.item.labels) for one in answers for label, probability in one.probabilities.items()
    ]
    given = [(one.probabilities[label], label in one.item.labels) for one in answers for label in one.labels]
    bins, assigned = _bins(every), _bins(given)
    return Calibration(
        error=_error(bins, len(every)), error_assigned=_error(assigned, len(given)), bins=bins, bins_assigned=assigned
    )


def _bins(pairs: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    found = []
    for number in range(_BINS):
        inside = [pair for pair in pairs if min(_BINS - 1, int(pair[0] * _BINS)) == number]
        if inside:
            probability = _ratio(sum(pair[0] for pair in inside), len(inside))
            right = _ratio(sum(pair[1] for pair in inside), len(inside))
            found.append(Bin(low=number / _BINS, pairs=len(inside), probability=probability, right=right))
    return tuple(found)


def _error(bins: Sequence[Bin], pairs: int) -> float:
    return _ratio(sum(abs(one.probability - one.right) * one.pairs for one in bins), pairs)


def _ratio(part: float, whole: int) -> float:
    return round(part / whole, _DIGITS) if whole else 0.0
