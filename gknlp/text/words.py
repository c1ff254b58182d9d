"""Many literal words found in one pass over a text: its cost does not grow with their number."""

from __future__ import annotations

import re
from collections.abc import Iterable

# No word holds one, and the automaton, which reads UTF-8, takes none.
_SURROGATE = re.compile("[\ud800-\udfff]")


class WordFinder:
    """Finds the longest of its words at a place, from left to right and without overlap."""

    def __init__(self, words: Iterable[str]) -> None:
        from ahocorasick_rs import AhoCorasick, MatchKind

        self._automaton = AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return number, start and end of each word found, in order.

        >>> WordFinder(["ab", "abc", "x"]).find("abcx ab")
        [(1, 0, 3), (2, 3, 4), (0, 5, 7)]
        >>> WordFinder(["ab"]).find("\\ud800ab")
        [(0, 1, 3)]
        """
        try:
            return self._automaton.find_matches_as_indexes(text)
        except UnicodeEncodeError:
            return self._automaton.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text))
