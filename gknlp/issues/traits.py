"""Qualities of an item that its wording shows."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gknlp.knowledge.segmentation import load_segmentation


class _Patterns(NamedTuple):
    specific: tuple[re.Pattern[str], ...]
    hedged: re.Pattern[str]
    blunt: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    known = load_segmentation()
    # Several patterns, each beginning with one class of characters, are searched faster than one of them all.
    specific = tuple(map(re.compile, known.specific.patterns))
    return _Patterns(specific, re.compile("|".join(known.hedged.patterns)), re.compile(known.hedged.blunt))


def is_specific(folded: str) -> bool:
    """Return whether a passage names a unit, a number or a case.

    >>> is_specific("3\u4e2a\u680f\u76ee\u534a\u5e74\u672a\u66f4\u65b0")
    True
    """
    return any(pattern.search(folded) for pattern in _patterns().specific)


def is_hedged(folded: str) -> bool:
    """Return whether a passage says only that something is to be improved, and names no fault."""
    known = _patterns()
    return known.hedged.search(folded) is not None and known.blunt.search(known.hedged.sub("", folded)) is None
