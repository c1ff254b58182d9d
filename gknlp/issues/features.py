"""The features of an item, in plain Python: runs of one to three characters, concepts, cues of the taxonomy, the role.

Training and prediction both call these functions, so that a model sees the features it was trained on.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from itertools import combinations
from operator import add
from typing import NamedTuple

from gknlp.knowledge.issue_types import GAP, cue_pattern
from gknlp.text.words import WordScanner

LONGEST = 3
_SPACE = re.compile(r"\s+")
_DIGITS = re.compile(r"[0-9]+")
_SIGNS = re.compile(r"[^\w]+")
_DIGIT, _SIGN = "0", "|"
_FIRST, _LAST = "^", "$"  # before and behind an item; no sign of a squeezed text
_STOPS = re.compile("[,\u3002;!?:]")
_CLAUSE = re.compile("[^,\u3002;!?]*(?:[\u3002;!?]+|,|$)")
_ENDS = re.compile("[\u3002;!?].")
_SENTENCE_ENDS = ("\u3002", ";", "!", "?")
_LONG_PART, _SHORT_PART = 40, 6
PAIR = "&"  # between two concepts of one clause


def squeeze(folded: str) -> str:
    """Return a folded text without white space, each number as ``0`` and each run of punctuation as ``|``.

    >>> squeeze("2021 年,共 18 件。")
    '0年|共0件|'
    """
    return _SIGNS.sub(_SIGN, _DIGITS.sub(_DIGIT, _SPACE.sub("", folded)))


def parts(folded: str) -> list[tuple[int, int]]:
    """Return the spans of an item's sentences, long ones cut at commas: what a long item says it says in one of them.

    >>> parts("short; an item of two sentences")
    [(0, 6), (6, 31)]
    """
    if len(folded) <= _LONG_PART and not _ENDS.search(folded):
        return [(0, len(folded))]
    found: list[tuple[int, int]] = []
    start = 0
    for clause in _CLAUSE.finditer(folded):
        if clause.end() - start > _LONG_PART and clause.start() - start >= _SHORT_PART:
            found.append((start, clause.start()))
            start = clause.start()
        if (
            folded[clause.start() : clause.end()].endswith(tuple(_SENTENCE_ENDS))
            and clause.end() - start >= _SHORT_PART
        ):
            found.append((start, clause.end()))
            start = clause.end()
    if found and len(folded) - start < _SHORT_PART:
        found[-1] = (found[-1][0], len(folded))
    elif start < len(folded):
        found.append((start, len(folded)))
    return found


def grams(squeezed: str) -> list[str]:
    """Return every run of one to three characters, as often as it stands there; ``^`` is the beginning, ``$`` the end.

    >>> grams("ab")
    ['^', 'a', 'b', '$', '^a', 'ab', 'b$', '^ab', 'ab$']
    """
    whole = marked(squeezed)
    pairs = list(map(add, whole, whole[1:]))
    return [*whole, *pairs, *map(add, pairs, whole[2:])]


def marked(squeezed: str) -> str:
    """Return a squeezed text between the marks of its beginning and end."""
    return f"{_FIRST}{squeezed}{_LAST}"


class Place(NamedTuple):
    """A gram and the half-open span of the text that it was made of; that of ``^`` and ``$`` alone is empty."""

    gram: str
    start: int
    end: int


def places(folded: str) -> list[Place]:
    """Return the grams of :func:`grams` with their spans in ``folded``; a number or a run of signs is one character.

    >>> places("18 件")[-1]
    Place(gram='0件', start=0, end=4)
    """
    signs = [Place(_FIRST, 0, 0)]
    for at, char in enumerate(folded):
        if _SPACE.match(char):
            continue
        kept = squeeze(char)
        if kept in (_DIGIT, _SIGN) and signs[-1].gram == kept:
            signs[-1] = signs[-1]._replace(end=at + 1)
        else:
            signs.append(Place(kept, at, at + 1))
    signs[0] = Place(_FIRST, signs[1].start, signs[1].start) if len(signs) > 1 else signs[0]
    signs.append(Place(_LAST, signs[-1].end, signs[-1].end))
    return [
        Place("".join(sign.gram for sign in run), run[0].start, run[-1].end)
        for length in range(1, LONGEST + 1)
        for run in (signs[first : first + length] for first in range(len(signs) - length + 1))
    ]


class _Word(NamedTuple):
    """A word, or the first part of some: the lists it is a cue of, and the whole patterns by their lists."""

    indices: frozenset[int]
    parted: tuple[tuple[int, re.Pattern[str]], ...]

    def at(self, folded: str, place: int) -> frozenset[int]:
        """Return the lists that have a cue at a place where the word stands."""
        if not self.parted:
            return self.indices
        return self.indices | {index for index, pattern in self.parted if pattern.match(folded, place)}


class CueFinder:
    """Finds the lists of cues that have one in a text, in one pass for all of them.

    It says what ``cue_pattern(cues).search(folded)`` says for each list, only faster.
    """

    def __init__(self, cues: Sequence[tuple[str, ...]]) -> None:
        words: dict[str, set[int]] = {}
        parted: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        for index, own in enumerate(cues):
            for word in own:
                head, gap, _ = word.partition(GAP)
                pattern = cue_pattern((word,)) if gap else None
                if pattern is None:
                    words.setdefault(word, set()).add(index)
                else:
                    parted.setdefault(head, []).append((index, pattern))
        self._words = [
            _Word(frozenset(words.get(word, ())), tuple(parted.get(word, ()))) for word in sorted({*words, *parted})
        ]
        self._finder = WordScanner(sorted({*words, *parted}))

    def hits(self, folded: str) -> list[int]:
        """Return the indices of the lists that have a cue in ``folded``, in order."""
        found: set[int] = set()
        for _, indices in self.places(folded):
            found |= indices
        return sorted(found)

    def places(self, folded: str) -> list[tuple[int, frozenset[int]]]:
        """Return the places where a cue begins with the indices of its lists, in no order; a place may come twice."""
        words = self._words
        return [(start, words[word].at(folded, start)) for word, start, _ in self._finder.overlapping(folded)]


class Found(NamedTuple):
    """What is found in an item: the indices of labels with a cue, and the concepts and pairs of concepts."""

    cues: list[int]
    signs: list[str]


class WordFinder:
    """Finds cues of labels, concepts, and the pairs of concepts that stand in one clause; blanks are left out.

    ``cues`` holds each label's, ``concepts`` the wordings of each concept by its id.
    """

    def __init__(self, cues: Sequence[tuple[str, ...]], concepts: dict[str, tuple[str, ...]]) -> None:
        self._labels = len(cues)
        self._ids = tuple(concepts)
        self._concepts = concepts
        self._finder = CueFinder([*cues, *concepts.values()])

    def find(self, folded: str) -> Found:
        """Return what is found in a folded text, in order.

        >>> WordFinder([("slow",)], {"late": ("slow",), "site": ("page",)}).find("a page is slow, a page")
        Found(cues=[0], signs=['late', 'late&site', 'site'])
        """
        text = _SPACE.sub("", folded)
        stops = [stop.start() for stop in _STOPS.finditer(text)]
        clauses: dict[int, set[int]] = {}
        for place, indices in self._finder.places(text):
            clauses.setdefault(bisect(stops, place), set()).update(indices)
        cues: set[int] = set()
        signs: set[str] = set()
        for found in clauses.values():
            ordered = sorted(found)
            first = bisect(ordered, self._labels - 1)
            cues.update(ordered[:first])
            names = [self._ids[index - self._labels] for index in ordered[first:]]
            signs.update(names)
            signs.update(map(PAIR.join, combinations(names, 2)))
        return Found(sorted(cues), sorted(signs))

    def sign_spans(self, folded: str, sign: str) -> tuple[tuple[int, int], ...]:
        """Return where the wordings of a concept or pair stand in ``folded``."""
        return tuple(sorted({span for part in sign.split(PAIR) for span in spans(folded, self._concepts[part])}))


def spans(folded: str, words: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return where words stand in ``folded``, blanks in them passed over."""
    pattern = cue_pattern(words)
    places = [place for place, char in enumerate(folded) if not _SPACE.match(char)]
    matches = pattern.finditer(_SPACE.sub("", folded)) if pattern else ()
    return tuple((places[match.start()], places[match.end() - 1] + 1) for match in matches)
