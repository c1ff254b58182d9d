"""Small edit distances between short texts, for labels with a wrong character."""

from __future__ import annotations

from collections.abc import Iterable

_SHARE = 5  # one difference is allowed for every five characters, at least one


def allowed(text: str) -> int:
    """Return how many edits may lie between ``text`` and a misprint of it."""
    return max(1, len(text) // _SHARE)


def distance(left: str, right: str, limit: int) -> int:
    """Return the Levenshtein distance of two texts, or ``limit + 1`` when it is larger than ``limit``."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        previous, row[0] = row[0], i
        best = i
        for j, other in enumerate(right, 1):
            cost = previous if char == other else 1 + min(previous, row[j], row[j - 1])
            previous, row[j] = row[j], cost
            best = min(best, cost)
        if best > limit:
            return limit + 1
    return row[-1] if row[-1] <= limit else limit + 1


def nearest(text: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return the candidates nearest to ``text``, one edit at most for every five characters of a candidate.

    >>> nearest("abcdefgx", ["abcdefgh", "zzzz"])
    ('abcdefgh',)
    """
    best: dict[int, list[str]] = {}
    for candidate in candidates:
        found = distance(text, candidate, allowed(candidate))
        if found <= allowed(candidate):
            best.setdefault(found, []).append(candidate)
    return tuple(best[min(best)]) if best else ()
