"""The words that are typical of a group: class-based TF-IDF over jieba's words."""

from __future__ import annotations

import logging
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from gknlp.corpus.themes.observe import By, Observation
from gknlp.model import Record, Role

_HAN = re.compile("[\u3400-\u9fff]{2,}")
_LEAST_REPORTS = 2  # a word of one report is typical of that report
MOST = 15


class Term(Record, frozen=True, kw_only=True):
    """A word of a group. ``weight`` is its frequency there times log(1 + words a group / frequency everywhere)."""

    group: str
    rank: int
    term: str
    weight: float
    count: int
    reports: int


def terms(reports: Sequence[Observation], by: By, role: Role) -> tuple[Term, ...]:
    """Return the fifteen most typical words of every group, the most typical first (c-TF-IDF, Grootendorst 2022).

    Words have two characters or more; one that only one report of the group uses is left out.
    """
    words: dict[str, Counter[str]] = {}
    users: dict[str, Counter[str]] = {}
    for report in reports:
        said = [word for item in report.items if item.role == role for word in _words(item.text)]
        words.setdefault(report.group(by), Counter()).update(said)
        users.setdefault(report.group(by), Counter()).update(set(said))
    everywhere: Counter[str] = Counter()
    for counts in words.values():
        everywhere.update(counts)
    average = sum(everywhere.values()) / max(1, len(words))
    return tuple(
        term for group in sorted(words) for term in _of_group(group, words[group], users[group], everywhere, average)
    )


def _of_group(
    group: str, counts: Counter[str], users: Counter[str], everywhere: Counter[str], average: float
) -> Iterator[Term]:
    total = sum(counts.values())
    weights = {
        word: count / total * math.log(1 + average / everywhere[word])
        for word, count in counts.items()
        if users[word] >= _LEAST_REPORTS
    }
    best = sorted(weights, key=lambda word: (-weights[word], word))[:MOST]
    for rank, word in enumerate(best, start=1):
        yield Term(
            group=group, rank=rank, term=word, weight=round(weights[word], 6), count=counts[word], reports=users[word]
        )


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text that are written in Han and have two characters or more."""
    cut = _cutter()
    for run in _HAN.findall(text):
        yield from (word for word in cut(run) if len(word) > 1)


@lru_cache(maxsize=1)
def _cutter() -> Callable[[str], Sequence[str]]:
    """Return what cuts Han text into words: rjieba, which gives jieba's words faster, or jieba itself."""
    try:
        import rjieba
    except ImportError:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        own = jieba.Tokenizer()
        return lambda run: own.lcut(run)
    return lambda run: rjieba.cut(run)
