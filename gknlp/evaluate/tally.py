"""What an evaluation counts, and the ratios made of the counts."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from gknlp.model import Number, Record

Area = Literal["report", "tables", "facts", "issues", "meta", "checks"]


class Miss(Record, frozen=True, kw_only=True):
    """One thing that is not as gold has it. ``type`` is the fact type, table, label or field it is about."""

    stem: str
    area: Area
    type: str
    message: str


class Tally:
    """Counts and misses of one evaluation, added up report by report."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.misses: list[Miss] = []

    def add(self, **counts: int) -> None:
        """Add to the counts of these names; true counts one."""
        for name, count in counts.items():
            self.count[name] += count

    def miss(self, stem: str, area: Area, type_: str, message: str) -> None:
        """Note one thing that is not as gold has it."""
        self.misses.append(Miss(stem=stem, area=area, type=type_, message=message))


class F1(Record, frozen=True, kw_only=True):
    """Precision, recall and their harmonic mean; ``None`` where there is nothing to divide by."""

    precision: float | None
    recall: float | None
    f1: float | None
    gold: int
    predicted: int


def ratio(part: int, whole: int) -> float | None:
    """Return ``part / whole`` to four decimals, ``None`` for an empty whole."""
    return None if not whole else round(part / whole, 4)


def f1(right: int, predicted: int, gold: int) -> F1:
    """Return the measures of ``right`` among ``predicted`` against ``gold``.

    >>> f1(3, 4, 6).f1
    0.6
    """
    precision, recall = ratio(right, predicted), ratio(right, gold)
    both = (precision or 0) + (recall or 0)
    nothing = None if not gold else 0.0
    mean = round(2 * (precision or 0) * (recall or 0) / both, 4) if both else nothing
    return F1(precision=precision, recall=recall, f1=mean, gold=gold, predicted=predicted)


def same_value(left: Number | str | None, right: Number | str | None) -> bool:
    """Compare two values; unknown equals unknown only."""
    if left is None or right is None:
        return left is right
    return abs(float(left) - float(right)) < 1e-6
