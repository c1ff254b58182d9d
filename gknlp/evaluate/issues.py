"""Problem and measure items against gold, and each label's scores with intervals by the bootstrap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gknlp.evaluate.gold import Gold, GoldIssue
from gknlp.evaluate.tally import F1, Tally, f1
from gknlp.model import Issue, Record, Report, Role

NONE_STATED = "none_stated"
DRAWS = 1000  # samples of a bootstrap
SEED = 0
_SHARE = 0.025  # on either side of a 95 % interval
_DIGITS = 4
ENOUGH = 0.5  # share of the shorter item that must overlap


def count_issues(stem: str, gold: Gold, report: Report, tally: Tally) -> None:
    """Count the items, roles and labels of one report, and its set of problem labels."""
    if gold.issues is None:
        return
    free = dict(enumerate(report.issues))
    for wanted in gold.issues:
        index = _find(wanted, free)
        _count(stem, wanted, None if index is None else free.pop(index), tally)
    tally.add(items_predicted=len(report.issues))
    for got in free.values():
        tally.count[f"{got.role}_labels_predicted"] += len(_labels(got))
        tally.miss(stem, "issues", got.role, f"issue extra: {sorted(_labels(got))} «{got.text[:40]}»")
    _count_sets(gold.issues, report.issues, tally)


def _find(wanted: GoldIssue, free: dict[int, Issue]) -> int | None:
    if wanted.labels == (NONE_STATED,):
        return next((index for index, item in free.items() if NONE_STATED in _labels(item)), None)
    start = -1 if wanted.at is None else wanted.at
    end = start + len(wanted.quote)
    best, most = None, 0
    for index, item in free.items():
        common = min(end, item.end) - max(start, item.start)
        if common / max(1, min(end - start, item.end - item.start)) >= ENOUGH and common > most:
            best, most = index, common
    return best


def _count(stem: str, wanted: GoldIssue, got: Issue | None, tally: Tally) -> None:
    labels, also = set(wanted.labels), set(wanted.alt_labels)
    found = set() if got is None else _labels(got)
    tally.add(items_gold=1, items_found=got is not None, items_role=got is not None and got.role == wanted.role)
    if got is None:
        tally.miss(stem, "issues", wanted.role, f"issue missed: {sorted(labels)} «{wanted.quote[:40]}»")
    elif found - also != labels - also:
        told = f"issue labels: {sorted(found)} for {sorted(labels)} «{wanted.quote[:40]}»"
        tally.miss(stem, "issues", wanted.role, told)
    right = len(labels & found)
    tally.count[f"{wanted.role}_labels_right"] += right
    tally.count[f"{wanted.role}_labels_gold"] += len(labels)
    tally.count[f"{wanted.role}_labels_predicted"] += right + len(found - labels - also)


def _count_sets(gold: Iterable[GoldIssue], issues: Iterable[Issue], tally: Tally) -> None:
    """Count a report's set of problem labels, wherever they stand."""
    problems = [item for item in gold if item.role == "problem"]
    wanted = {label for item in problems for label in item.labels}
    also = {label for item in problems for label in item.alt_labels} - wanted
    got = {label for item in issues if item.role == "problem" for label in _labels(item)}
    tally.add(sets_right=len(wanted & got), sets_gold=len(wanted), sets_predicted=len(got - also))


def _labels(issue: Issue) -> set[str]:
    return {label.id for label in issue.labels}


class LabelScore(Record, frozen=True, kw_only=True):
    """The measures of one label of one role; ``low`` and ``high`` hold its F1 in 95 % of the bootstrap's samples.

    A sample draws as many reports as there are, with replacement, since the items of a report are not independent.
    ``None`` where no sample has the label.
    """

    role: Role
    label: str
    measures: F1
    low: float | None
    high: float | None


def label_scores(compared: Iterable[tuple[Gold, Report]]) -> tuple[LabelScore, ...]:
    """Return the scores of every label that gold or the reports give, by role and name.

    The chance of the bootstrap is seeded: the same reports give the same intervals.
    """
    counts = [Counter(_label_counts(gold.issues, report)) for gold, report in compared if gold.issues is not None]
    keys = sorted(
        {(role, label) for count in counts for role, label, _ in count}, key=lambda key: (key[0] != "problem", key)
    )
    total = sum(counts, Counter())
    intervals = _intervals(counts, keys)
    return tuple(
        LabelScore(
            role=role,
            label=label,
            measures=f1(*(total[role, label, what] for what in ("right", "predicted", "gold"))),
            low=low,
            high=high,
        )
        for (role, label), (low, high) in zip(keys, intervals, strict=True)
    )


_Key = tuple[Role, str, str]


def _label_counts(gold: Sequence[GoldIssue], report: Report) -> Iterator[_Key]:
    """Yield role, label and ``gold``, ``predicted`` or ``right``, once for each time it counts."""
    free = dict(enumerate(report.issues))
    for wanted in gold:
        index = _find(wanted, free)
        found = set() if index is None else _labels(free.pop(index))
        labels = set(wanted.labels)
        yield from ((wanted.role, label, "gold") for label in labels)
        yield from ((wanted.role, label, "right") for label in labels & found)
        yield from ((wanted.role, label, "predicted") for label in found - (set(wanted.alt_labels) - labels))
    for extra in free.values():
        yield from ((extra.role, label, "predicted") for label in _labels(extra))


def _intervals(
    counts: Sequence[Counter[_Key]], keys: Sequence[tuple[Role, str]]
) -> list[tuple[float | None, float | None]]:
    """Return the interval of each label's F1."""
    import numpy as np

    if not counts or not keys:
        return []
    right, predicted, gold = (
        np.array([[count[(*key, what)] for key in keys] for count in counts]) for what in ("right", "predicted", "gold")
    )
    chance = np.random.Generator(np.random.PCG64(SEED))
    drawn = chance.multinomial(len(counts), [1 / len(counts)] * len(counts), size=DRAWS)
    whole, both = drawn @ right * 2, drawn @ (predicted + gold)
    found: list[tuple[float | None, float | None]] = []
    for column in range(len(keys)):
        present = both[:, column] > 0
        values = np.sort(whole[present, column] / both[present, column])
        cut = int(len(values) * _SHARE)
        found.append(
            (round(float(values[cut]), _DIGITS), round(float(values[-1 - cut]), _DIGITS))
            if len(values)
            else (None, None)
        )
    return found
