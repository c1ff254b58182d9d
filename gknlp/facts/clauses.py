"""The shape of a sentence: which words belong to which number.

A number's *own* words stand before it in its clause (since the last comma, bracket or number) and after it up to the
next stop; its *lead* are the clauses without a number in front of its own; what earlier numbers of the sentence had is
*carried*. A comma of the enumeration kind ends a clause only when the clause already has its number, so
"television, newspapers and notice boards 30" stays together and "10 news、20 notices" does not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gknlp.text.numbers import Quantity

Hit = tuple[int, int, int]  # start, end, class bits
Range = tuple[int, int]

_STOPS = re.compile(r"[,;:、()\[\]。!?\n\t|]")
_NOUN = 4  # characters of a noun, and of a bracket inside it
_OPEN, _CLOSE, _ENUMERATION = "([", ")]", "、"


class Statement(NamedTuple):
    """One number with the ranges of text that speak of it.

    ``bracket`` is the index of the statement whose bracket it stands in.
    """

    quantity: Quantity
    own: Range
    lead: Range
    right: Range
    bracket: int | None
    clause: int
    bracket_start: int


class _Frame(NamedTuple):
    """The state outside an open bracket."""

    clause: int
    lead: int
    counted: bool
    bracket: int | None
    bracket_start: int


def split_statements(folded: str, start: int, end: int, quantities: Sequence[Quantity]) -> list[Statement]:
    """Return the statements of the sentence ``folded[start:end]``, one for each of its ``quantities`` in order."""
    found: list[Statement] = []
    clause = lead = start
    bracket: int | None = None
    bracket_start = start
    counted = False
    stack: list[_Frame] = []
    rest = iter(quantities[1:])
    for position, quantity in _events(folded, start, end, quantities):
        if quantity is not None:
            first = found[-1].quantity.end if counted else clause
            own = (max(first, clause), quantity.start)
            if counted and not folded[own[0] : own[1]].strip():
                own = found[-1].own
            lead_span = (lead, clause)
            if stack and not counted and not stack[-1].counted and not folded[clause : quantity.start].strip():
                outer = stack[-1]
                own, lead_span = (outer.clause, clause - 1), (outer.lead, outer.clause)
                stack[-1] = outer._replace(counted=True)
            right = (quantity.end, _right_end(folded, quantity.end, end, next(rest, None)))
            found.append(Statement(quantity, own, lead_span, right, bracket, clause, bracket_start))
            counted = True
            continue
        stop = folded[position]
        if stop in _OPEN:
            stack.append(_Frame(clause, lead, counted, bracket, bracket_start))
            bracket = len(found) - 1 if counted else bracket
            bracket_start = position + 1 if counted else bracket_start
            clause = lead = position + 1
            counted = False
        elif stop in _CLOSE:
            if stack:
                clause, lead, counted, bracket, bracket_start = stack.pop()
        elif stop != _ENUMERATION or counted:
            lead = position + 1 if counted else lead
            clause = position + 1
            counted = False
    return found


def _events(folded: str, start: int, end: int, quantities: Sequence[Quantity]) -> Iterator[tuple[int, Quantity | None]]:
    """Stops and numbers in the order of the text; stops inside a number (1,200) are part of it."""
    index = 0
    for stop in _STOPS.finditer(folded, start, end):
        position = stop.start()
        while index < len(quantities) and quantities[index].end <= position:
            yield quantities[index].start, quantities[index]
            index += 1
        if index < len(quantities) and quantities[index].start <= position:
            continue
        yield position, None
    for quantity in quantities[index:]:
        yield quantity.start, quantity


def _right_end(folded: str, start: int, end: int, following: Quantity | None) -> int:
    """The next stop or number after ``start``."""
    limit = min(end, following.start) if following else end
    stop = _STOPS.search(folded, start, limit)
    if stop and stop[0] == "(" and 0 < stop.start() - start <= _NOUN:
        # "85 villages(communities) reading places": a short bracket inside the noun.
        close = folded.find(")", stop.end(), min(limit - 1, stop.end() + _NOUN + 1))
        if close >= 0 and not _STOPS.match(folded, close + 1):
            stop = _STOPS.search(folded, close + 1, limit)
    return stop.start() if stop else max(start, limit)


def hits_between(hits: Sequence[Hit], starts: Sequence[int], span: Range) -> Sequence[Hit]:
    """Return the hits that start inside ``span``; ``starts`` are the hits' starts, in order."""
    first, last = span
    return hits[bisect_left(starts, first) : bisect_left(starts, last)]
