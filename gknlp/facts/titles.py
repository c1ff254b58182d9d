"""Titles of documents: their numbers and most of their words belong to a name."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from gknlp.facts.clauses import Hit
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.text.numbers import Quantity

_LONG = 14


class Titles:
    """The titles of a stretch of text."""

    def __init__(self, folded: str, start: int, end: int, knowledge: FactKnowledge) -> None:
        self._spans = [found.span() for found in knowledge.patterns["title"].finditer(folded, start, end)]
        self._ends = [span[1] for span in self._spans]
        self._long = [span for span in self._spans if span[1] - span[0] > _LONG]
        self._long_ends = [span[1] for span in self._long]

    def outside(self, quantities: list[Quantity]) -> list[Quantity]:
        """Return the numbers that do not stand inside a title."""
        if not self._spans:
            return quantities
        return [item for item in quantities if not self._covers(item)]

    def without(self, hits: list[Hit]) -> list[Hit]:
        """Return the words outside long titles: what a document is called is not what the sentence counts."""
        if not self._long or not hits:
            return hits
        first = bisect_right(self._long_ends, hits[0][0])
        if first == len(self._long) or self._long[first][0] >= hits[-1][0]:
            return hits
        kept: list[Hit] = []
        starts = [hit[0] for hit in hits]
        place = 0
        for title in self._long[first:]:
            kept += hits[place : bisect_right(starts, title[0], place)]
            place = bisect_left(starts, title[1], place)
            if place == len(hits):
                break
        return kept + hits[place:]

    def _covers(self, item: Quantity) -> bool:
        place = bisect_left(self._ends, item.end)
        return place < len(self._spans) and self._spans[place][0] <= item.start
