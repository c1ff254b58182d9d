"""Repairs that prove themselves: the one whole number that the identities leave for a cell without a value.

Every cell without a value is an unknown whole number of 0 or more. Bounds are narrowed identity by identity until
nothing moves; what is then fixed is proven by the identity that fixed it. Of what is left, connected unknowns are
tried out together: a value is implied when no solution gives the cell another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gknlp.checks.identities import Identity, System
from gknlp.model import Number

MAX_STEPS = 3_000
MAX_SOLUTIONS = 100
_MAX_ROUNDS = 60

Values = tuple[Number | None, ...]


class Implied(NamedTuple):
    """What the identities say of one cell without a value.

    ``value`` is ``None`` when several values are possible. ``solutions`` is how many solutions its cells have
    together, ``None`` when that was not counted to the end. ``proof`` is the identity that fixes the value, ``None``
    when only several identities together do.
    """

    value: int | None
    solutions: int | None
    proof: Identity | None


class Range(NamedTuple):
    """The whole numbers from ``low`` to ``high``, without end when that is ``None``."""

    low: int
    high: int | None

    @property
    def single(self) -> bool:
        """Whether there is one number only."""
        return self.low == self.high


Ranges = dict[int, Range]


def find_implied(system: System, values: Values) -> dict[int, Implied]:
    """Return what the identities say of the cells without value, by cell.

    Nothing when the values that are there contradict each other: then the identities prove nothing. A cell that
    stands in no identity is left out.
    """
    return {} if system.failing(values) else implied_by(system, values)


def implied_by(system: System, values: Values) -> dict[int, Implied]:
    """Return :func:`find_implied` of values that do not contradict each other."""
    open_cells = [cell for cell, value in enumerate(values) if value is None and system.of_cell[cell]]
    if not open_cells:
        return {}
    counts = (value for cell, value in enumerate(values) if type(value) is not int and system.of_cell[cell])
    if any(value != int(value) for value in counts if value is not None):
        return {}
    proofs: dict[int, Identity] = {}
    ranges = narrow(system, values, dict.fromkeys(open_cells, Range(0, None)), proofs)
    if ranges is None:
        return {}
    found = {cell: Implied(span.low, 1, proofs.get(cell)) for cell, span in ranges.items() if span.single}
    for group in _groups(system, {cell for cell, span in ranges.items() if not span.single}):
        found |= _tried(system, values, ranges, group)
    return found


def narrow(system: System, values: Values, ranges: Ranges, proofs: dict[int, Identity] | None = None) -> Ranges | None:
    """Return the narrowest bounds that single identities give, ``None`` when there is a contradiction.

    ``proofs`` receives, for each cell that becomes fixed, the identity that fixed it.
    """
    ranges = dict(ranges)
    waiting = [index for index, one in enumerate(system.identities) if not ranges.keys().isdisjoint(one.cells)]
    rounds = _MAX_ROUNDS * len(system.identities)
    while waiting and rounds:
        rounds -= 1
        one = system.identities[waiting.pop(0)]
        for cell, span in _spans(one, values, ranges):
            if span.high is not None and span.low > span.high:
                return None
            if span == ranges[cell]:
                continue
            ranges[cell] = span
            if span.single and proofs is not None:
                proofs[cell] = one
            waiting += [index for index in system.of_cell[cell] if index not in waiting]
    return ranges


def _spans(one: Identity, values: Values, ranges: Ranges) -> list[tuple[int, Range]]:
    """Return the bounds that one identity leaves for each of its unknown cells.

    With x the cell and rest all other terms, sign * x + rest = 0; the least and the most of rest bound x.
    """
    known = 0
    least = most = 0
    endless_below = endless_above = 0  # how many terms have no least, no most
    spans = []
    for sign, cells in ((1, one.plus), (-1, one.minus)):
        for cell in cells:
            span = ranges.get(cell)
            if span is None:
                known += sign * int(values[cell] or 0)
                continue
            below, above = _term(sign, span)
            least, endless_below = (least, endless_below + 1) if below is None else (least + below, endless_below)
            most, endless_above = (most, endless_above + 1) if above is None else (most + above, endless_above)
            spans.append((cell, sign, span, below, above))
    found = []
    for cell, sign, span, below, above in spans:
        low = None if endless_above > (above is None) else -(known + most - (above or 0))
        high = None if endless_below > (below is None) else -(known + least - (below or 0))
        if sign < 0:
            low, high = None if high is None else -high, None if low is None else -low
        found.append((cell, _within(span, low, high)))
    return found


def _term(sign: int, span: Range) -> tuple[int | None, int | None]:
    """Return the least and the most of sign * x, ``None`` for no end."""
    if sign > 0:
        return span
    return None if span.high is None else -span.high, -span.low


def _within(span: Range, low: int | None, high: int | None) -> Range:
    """Return the numbers of ``span`` that are also from ``low`` to ``high``."""
    if high is None or (span.high is not None and span.high < high):
        high = span.high
    return Range(span.low if low is None or low < span.low else low, high)


def _groups(system: System, cells: set[int]) -> Iterator[tuple[int, ...]]:
    """Yield the cells that identities connect, group by group."""
    left = set(cells)
    while left:
        group, edge = set[int](), [min(left)]
        while edge:
            cell = edge.pop()
            if cell in group:
                continue
            group.add(cell)
            for index in system.of_cell[cell]:
                edge += [other for other in system.identities[index].cells if other in left and other not in group]
        left -= group
        yield tuple(sorted(group))


def _tried(system: System, values: Values, ranges: Ranges, group: tuple[int, ...]) -> dict[int, Implied]:
    """Return what trying out the cells of a group tells; nothing is implied when the trying was not finished."""
    unbounded = any(ranges[cell].high is None for cell in group)
    trial = _Trial(system, values)
    solutions = [] if unbounded else list(trial.solutions(ranges, group))
    finished = not unbounded and trial.steps <= MAX_STEPS and len(solutions) <= MAX_SOLUTIONS
    if not finished:
        return dict.fromkeys(group, Implied(None, None, None))
    given = {cell: {solution[cell] for solution in solutions} for cell in group}
    return {
        cell: Implied(next(iter(seen)) if len(seen) == 1 else None, len(solutions), None)
        for cell, seen in given.items()
        if seen
    }


class _Trial:
    """Depth-first search: fix the cell with the fewest values left, narrow, go on."""

    def __init__(self, system: System, values: Values) -> None:
        self.steps = 0
        self._found = 0
        self._system = system
        self._values = values

    def solutions(self, ranges: Ranges, group: tuple[int, ...]) -> Iterator[dict[int, int]]:
        """Yield every solution for the cells of ``group``, until a bound is reached."""
        loose = [cell for cell in group if not ranges[cell].single]
        if not loose:
            self._found += 1
            yield {cell: ranges[cell].low for cell in group}
            return
        cell = min(loose, key=lambda one: ((ranges[one].high or 0) - ranges[one].low, one))
        low, high = ranges[cell]
        for value in range(low, (high or 0) + 1):
            self.steps += 1
            if self.steps > MAX_STEPS or self._found > MAX_SOLUTIONS:
                return
            left = narrow(self._system, self._values, {**ranges, cell: Range(value, value)})
            if left is not None:
                yield from self.solutions(left, group)
