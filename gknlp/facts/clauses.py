"""The shape of a sentence: which words belong to which number.

A number's *own* words stand before it in its clause (since the last comma, bracket or number) and after it up to the
next stop; its *lead* are the clauses without a number in front of its own; what earlier numbers of the sentence had is
*carried*. A comma of the enumeration kind ends a clause only when the clause already has its number, so
"television, newspapers and notice boards 30" stays together and "10 news、20 notices" does not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from gknlp.model import Record
from gknlp.text.numbers import Quantity

Hit = tuple[int, int, int]  # start, end, class bits
Range = tuple[int, int]

_STOPS = re.compile(r"[,;:、()\[\]。!?\n\t|]")
_NOUN = 4  # characters of a noun, and of a bracket inside it
_OPEN, _CLOSE, _ENUMERATION = "([", ")]", "、"


class Statement(Record, frozen=True):
    """One number with the ranges of text that speak of it.

    ``bracket`` is the index of the statement whose bracket it stands in.
    """

    quantity: Quantity
    own: Range
    lead: Range
    right: Range
    bracket: int | None
    clause: int


class _Frame(Record, frozen=True):
    """The state outside an open bracket."""

    clause: int
    lead: int
    counted: bool
    bracket: int | None


def split_statements(folded: str, start: int, end: int, quantities: Sequence[Quantity]) -> list[Statement]:
    """Return the statements of the sentence ``folded[start:end]``, one for each of its ``quantities`` in order."""
    reader = _Reader(folded, start)
    stops = [stop.start() for stop in _STOPS.finditer(folded, start, end)] if quantities else []
    place, last = 0, len(stops)
    for number, quantity in enumerate(quantities, 1):
        while place < last and stops[place] < quantity.start:
            reader.stop(stops[place])
            place += 1
        while place < last and stops[place] < quantity.end:  # stops inside a number (1,200) are part of it
            place += 1
        limit = quantities[number].start if number < len(quantities) else end
        stop = stops[place] if place < last else end
        reader.number(quantity, _right_end(folded, quantity.end, stop, limit))
    return reader.found


class _Reader:
    """Follows the clauses and brackets of a sentence from stop to number to stop."""

    def __init__(self, folded: str, start: int) -> None:
        self.found: list[Statement] = []
        self._folded = folded
        self._clause = self._lead = start
        self._bracket: int | None = None
        self._counted = False  # whether the clause has its number
        self._stack: list[_Frame] = []

    def number(self, quantity: Quantity, right_end: int) -> None:
        """Add the statement of a number."""
        clause, found = self._clause, self.found
        own, lead = (clause, quantity.start), (self._lead, clause)
        if self._counted:
            first = max(found[-1].quantity.end, clause)
            own = (first, quantity.start) if self._folded[first : quantity.start].strip() else found[-1].own
        elif self._stack and not self._stack[-1].counted and not self._folded[clause : quantity.start].strip():
            outer = self._stack[-1]
            own, lead = (outer.clause, clause - 1), (outer.lead, outer.clause)
            self._stack[-1] = _Frame(outer.clause, outer.lead, True, outer.bracket)
        found.append(Statement(quantity, own, lead, (quantity.end, right_end), self._bracket, clause))
        self._counted = True

    def stop(self, position: int) -> None:
        """Take in a stop between the numbers."""
        sign = self._folded[position]
        if sign in _OPEN:
            self._stack.append(_Frame(self._clause, self._lead, self._counted, self._bracket))
            self._bracket = len(self.found) - 1 if self._counted else self._bracket
            self._clause = self._lead = position + 1
            self._counted = False
        elif sign in _CLOSE:
            if self._stack:
                outer = self._stack.pop()
                self._clause, self._lead = outer.clause, outer.lead
                self._counted, self._bracket = outer.counted, outer.bracket
        elif sign != _ENUMERATION or self._counted:
            if self._counted:
                self._lead = position + 1
            self._clause = position + 1
            self._counted = False


def _right_end(folded: str, start: int, stop: int, limit: int) -> int:
    """Where the words behind a number end: at the next ``stop``, at most at ``limit``, where the next number begins."""
    if stop >= limit:
        return max(start, limit)
    if folded[stop] == "(" and 0 < stop - start <= _NOUN:
        # "85 villages(communities) reading places": a short bracket inside the noun.
        close = folded.find(")", stop + 1, min(limit - 1, stop + _NOUN + 2))
        if close >= 0 and not _STOPS.match(folded, close + 1):
            behind = _STOPS.search(folded, close + 1, limit)
            return behind.start() if behind else limit
    return stop


def hits_between(hits: Sequence[Hit], starts: Sequence[int], span: Range) -> Sequence[Hit]:
    """Return the hits that start inside ``span``; ``starts`` are the hits' starts, in order."""
    first, last = span
    return hits[bisect_left(starts, first) : bisect_left(starts, last)]
