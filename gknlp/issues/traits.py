"""Qualities of an item that its wording shows."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gknlp.knowledge.segmentation import load_segmentation


class _Patterns(NamedTuple):
    specific: re.Pattern[str]
    hedged: re.Pattern[str]
    blunt: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    known = load_segmentation()
    specific, hedged = ("|".join(trait.patterns) for trait in (known.specific, known.hedged))
    return _Patterns(re.compile(specific), re.compile(hedged), re.compile(known.hedged.blunt))


def is_specific(folded: str) -> bool:
    """Return whether a passage names a unit, a number or a case.

    >>> is_specific("3\u4e2a\u680f\u76ee\u534a\u5e74\u672a\u66f4\u65b0")
    True
    """
    return _patterns().specific.search(folded) is not None


def is_hedged(folded: str) -> bool:
    """Return whether a passage says only that something is to be improved, and names no fault."""
    known = _patterns()
    return known.hedged.search(folded) is not None and known.blunt.search(known.hedged.sub("", folded)) is None
