"""How often each label is stated, group by group: shares with confidence intervals, changes, pairs of labels."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from gknlp.corpus.themes.observe import By, Observation
from gknlp.model import Record, Role

_Z = 1.959963984540054  # of a two-sided interval of 95 %
DIGITS = 4


class Share(Record, frozen=True, kw_only=True):
    """The share of a group's reports that state a label. ``low`` and ``high``: Wilson's interval of 95 %."""

    group: str
    label: str
    reports: int
    stating: int
    share: float
    low: float
    high: float


class Change(Record, frozen=True, kw_only=True):
    """The difference of a label's share between two years, with Newcombe's interval of 95 %.

    Where the interval does not hold 0, the change is larger than chance alone explains.
    """

    label: str
    before: str
    after: str
    difference: float
    low: float
    high: float


class Together(Record, frozen=True, kw_only=True):
    """Two labels in one report. ``lift``: how many times as often as if they were independent of each other."""

    first: str
    second: str
    reports: int
    lift: float


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % for a share (Wilson 1927).

    >>> wilson(5, 10)
    (0.2366, 0.7634)
    """
    if total == 0:
        return 0.0, 1.0
    share, square = count / total, _Z * _Z / total
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * math.sqrt(share * (1 - share) / total + square / (4 * total))
    return round(max(0.0, middle - half), DIGITS), round(min(1.0, middle + half), DIGITS)


def shares(reports: Sequence[Observation], by: By, role: Role, labels: Iterable[str]) -> tuple[Share, ...]:
    """Return the share of every label in every group, in the order of the groups and of ``labels``.

    Reports without an item of the role say nothing and are left out; a report counts once for a label, however many
    of its items have it.
    """
    groups: dict[str, list[frozenset[str]]] = {}
    for report in reports:
        if any(item.role == role for item in report.items):
            groups.setdefault(report.group(by), []).append(report.labels(role))
    wanted = tuple(labels)
    return tuple(share for group in sorted(groups) for share in _of_group(group, groups[group], wanted))


def _of_group(group: str, stated: Sequence[frozenset[str]], labels: Iterable[str]) -> Iterator[Share]:
    total = len(stated)
    counts = Counter(label for one in stated for label in one)
    for label in labels:
        low, high = wilson(counts[label], total)
        share = round(counts[label] / total, DIGITS)
        yield Share(group=group, label=label, reports=total, stating=counts[label], share=share, low=low, high=high)


def changes(found: Sequence[Share]) -> tuple[Change, ...]:
    """Return the change of every label from each group to the next one (of shares by year).

    The interval is Newcombe's hybrid of two Wilson intervals (Newcombe 1998, method 10).
    """
    by_label: dict[str, list[Share]] = {}
    for share in found:
        if share.group:
            by_label.setdefault(share.label, []).append(share)
    return tuple(_change(before, after) for same in by_label.values() for before, after in pairwise(same))


def _change(before: Share, after: Share) -> Change:
    first, second = before.stating / before.reports, after.stating / after.reports
    down = math.hypot(second - after.low, before.high - first)
    up = math.hypot(after.high - second, first - before.low)
    difference = second - first
    return Change(
        label=after.label,
        before=before.group,
        after=after.group,
        difference=round(difference, DIGITS),
        low=round(difference - down, DIGITS),
        high=round(difference + up, DIGITS),
    )


def together(reports: Sequence[Observation], role: Role) -> tuple[Together, ...]:
    """Return the pairs of labels that one report states, the most frequent first."""
    stated = [labels for report in reports if (labels := report.labels(role))]
    alone = Counter(label for labels in stated for label in labels)
    pairs = Counter(pair for labels in stated for pair in combinations(sorted(labels), 2))
    found = [
        Together(
            first=first,
            second=second,
            reports=count,
            lift=round(count * len(stated) / (alone[first] * alone[second]), DIGITS),
        )
        for (first, second), count in pairs.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.reports, one.first, one.second)))
