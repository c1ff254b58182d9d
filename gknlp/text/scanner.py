"""Many literal words looked up in one pass, at a cost that does not grow with their number (Aho and Corasick, 1975)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

_HALVES = re.compile("[\ud800-\udfff]")


class WordScanner:
    """Finds words; a match is the word's place in the given order, and the half-open span of its characters."""

    def __init__(self, words: Iterable[str]) -> None:
        import ahocorasick_rs

        known = ahocorasick_rs.AhoCorasick(list(words), matchkind=ahocorasick_rs.MatchKind.Standard)
        self._find = partial(known.find_matches_as_indexes, overlapping=True)

    def overlapping(self, text: str) -> list[tuple[int, int, int]]:
        """Return all matches, also those within others, in the order of their ends.

        >>> WordScanner(["ab", "b"]).overlapping("abb")
        [(0, 0, 2), (1, 1, 2), (1, 2, 3)]
        """
        try:
            return self._find(text)
        except UnicodeEncodeError:  # halves of surrogate pairs have no place in UTF-8
            return self._find(_HALVES.sub("\ufffd", text))
