"""The features of an item, in plain Python: runs of one to three characters, cues of the taxonomy, the role.

Training and prediction both call these functions, so that a model sees the features it was trained on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import add
from typing import NamedTuple

from gknlp.knowledge.issue_types import cue_pattern
from gknlp.text.trie import trie_pattern

LONGEST = 3
_SPACE = re.compile(r"\s+")
_DIGITS = re.compile(r"[0-9]+")
_SIGNS = re.compile(r"[^\w]+")
_DIGIT, _SIGN = "0", "|"
CUE_GAP = "\u2026"  # between the parts of a cue
_NONE: frozenset[int] = frozenset()


def squeeze(folded: str) -> str:
    """Return a folded text without white space, each number as ``0`` and each run of punctuation as ``|``.

    >>> squeeze("2021 年,共 18 件。")
    '0年|共0件|'
    """
    return _SIGNS.sub(_SIGN, _DIGITS.sub(_DIGIT, _SPACE.sub("", folded)))


def grams(squeezed: str) -> list[str]:
    """Return every run of one to three characters, as often as it stands there.

    >>> grams("abc")
    ['a', 'b', 'c', 'ab', 'bc', 'abc']
    """
    pairs = list(map(add, squeezed, squeezed[1:]))
    return [*squeezed, *pairs, *map(add, pairs, squeezed[2:])]


class Place(NamedTuple):
    """A gram and the half-open span of the text that it was made of."""

    gram: str
    start: int
    end: int


def places(folded: str) -> list[Place]:
    """Return the grams of :func:`grams` with their spans in ``folded``; a number or a run of signs is one character.

    >>> places("18 件")[-1]
    Place(gram='0件', start=0, end=4)
    """
    signs: list[Place] = []
    for at, char in enumerate(folded):
        if _SPACE.match(char):
            continue
        kept = squeeze(char)
        if signs and kept in (_DIGIT, _SIGN) and signs[-1].gram == kept:
            signs[-1] = signs[-1]._replace(end=at + 1)
        else:
            signs.append(Place(kept, at, at + 1))
    return [
        Place("".join(sign.gram for sign in run), run[0].start, run[-1].end)
        for length in range(1, LONGEST + 1)
        for run in (signs[first : first + length] for first in range(len(signs) - length + 1))
    ]


class CueFinder:
    """Finds the labels that have a cue in a text, in one pass for all of them.

    It says what ``cue_pattern(cues).search(folded)`` says for each label, only faster.
    """

    def __init__(self, cues: Sequence[tuple[str, ...]]) -> None:
        self._words: dict[str, set[int]] = {}
        self._pairs: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        for index, words in enumerate(cues):
            for word in words:
                head, gap, _ = word.partition(CUE_GAP)
                pattern = cue_pattern((word,)) if gap else None
                if pattern is None:
                    self._words.setdefault(word, set()).add(index)
                else:
                    self._pairs.setdefault(head, []).append((index, pattern))
        starts = {*self._words, *self._pairs}
        self._pattern = re.compile(f"(?=({trie_pattern(starts)}))") if starts else None
        # The pattern tells the longest start at a place; the others are the beginnings of it.
        self._within = {
            start: [start[:end] for end in range(1, len(start) + 1) if start[:end] in starts] for start in starts
        }

    def hits(self, folded: str) -> list[int]:
        """Return the indices of the labels that have a cue in ``folded``, in order."""
        found: set[int] = set()
        for match in self._pattern.finditer(folded) if self._pattern else ():
            for start in self._within[match[1]]:
                found |= self._words.get(start, _NONE)
                for index, pattern in self._pairs.get(start, ()):
                    if index not in found and pattern.match(folded, match.start()):
                        found.add(index)
        return sorted(found)
