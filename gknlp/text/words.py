"""Many literal words looked up in one pass, at a cost that does not grow with their number (Aho and Corasick, 1975)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property, partial

_HALVES = re.compile("[\ud800-\udfff]")
Matches = list[tuple[int, int, int]]


class WordScanner:
    """Finds words; a match is the word's place in the given order, and the half-open span of its characters."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = list(words)

    def longest(self, text: str) -> Matches:
        """Return the longest of the words at a place, from left to right and without overlap.

        >>> WordScanner(["ab", "abc", "x"]).longest("abcx ab")
        [(1, 0, 3), (2, 3, 4), (0, 5, 7)]
        """
        return _matches(self._longest, text)

    def overlapping(self, text: str) -> Matches:
        """Return all matches, also those within others, in the order of their ends.

        >>> WordScanner(["ab", "b"]).overlapping("abb")
        [(0, 0, 2), (1, 1, 2), (1, 2, 3)]
        """
        return _matches(self._overlapping, text)

    @cached_property
    def _longest(self) -> Callable[[str], Matches]:
        from ahocorasick_rs import AhoCorasick, MatchKind

        return AhoCorasick(self._words, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes

    @cached_property
    def _overlapping(self) -> Callable[[str], Matches]:
        from ahocorasick_rs import AhoCorasick, MatchKind

        return partial(AhoCorasick(self._words, matchkind=MatchKind.Standard).find_matches_as_indexes, overlapping=True)


def _matches(find: Callable[[str], Matches], text: str) -> Matches:
    try:
        return find(text)
    except UnicodeEncodeError:  # halves of surrogate pairs have no place in UTF-8, and stand in no word
        return find(_HALVES.sub("\ufffd", text))
