"""How much of a text stands in another one, whatever its numbers and punctuation."""

from __future__ import annotations

import re

_NO_WORD = re.compile(r"[^\w]+|\d+")
SHINGLE = 8  # characters: shorter runs recur in any two texts of the genre


def shingles(folded: str) -> frozenset[str]:
    """Return the runs of eight characters of a folded text without its numbers, white space and punctuation.

    >>> sorted(shingles("公开政府信息312条，办理"))
    ['公开政府信息条办', '开政府信息条办理']
    """
    plain = _NO_WORD.sub("", folded)
    return frozenset([plain[at : at + SHINGLE] for at in range(len(plain) - SHINGLE + 1)])


def share_reused(text: frozenset[str], other: frozenset[str]) -> float | None:
    """Return the share of the runs of ``text`` that stand in ``other`` too, ``None`` when it has none."""
    return len(text & other) / len(text) if text else None
