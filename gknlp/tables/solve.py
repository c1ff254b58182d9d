"""Short rows: every placement of the printed numbers that satisfies the form's equations.

A row that prints fewer numbers than the form has columns has lost values or positions. Its candidates are all rows
that print just these numbers in this order, hold the row sum and fill the lost cells with whole numbers >= 0. The
column equations (items and total, balance) then rule candidates out over the whole table. A cell is known when all
candidates that are left agree on it. The search is exact, deterministic and bounded; it says when it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import prod
from operator import add
from typing import Literal, NamedTuple

Vector = tuple[int, ...]
Known = tuple[int | None, ...]

MAX_CANDIDATES = 600
MAX_NODES = 6_000
MAX_COUNTED = 1_000
MAX_LISTED = 64  # choices of one candidate a row; so few are all tried once

Level = Literal["totals", "items", "leaves", "rows"]
LEVELS: tuple[Level, ...] = ("totals", "items", "leaves", "rows")


class Candidate(NamedTuple):
    """A whole row and, for each of its cells, the index of the printed number that fills it (``None``: lost)."""

    vector: Vector
    source: tuple[int | None, ...]

    def whole(self) -> bool:
        """Whether the printed numbers alone hold the row sum: nothing of value was lost."""
        return self.source[-1] is not None and all(
            value == 0 for value, source in zip(self.vector, self.source, strict=True) if source is None
        )


class Roles(NamedTuple):
    """The rows that the column equations speak of, by id; ``None`` where the table does not print one."""

    leaves: tuple[str, ...]
    new: str | None
    carried_in: str | None
    result_total: str | None
    carried_out: str | None


class Solution(NamedTuple):
    """The candidates that are left for each short row, and how the search ended.

    ``solutions`` is their number over the whole table, at most :data:`MAX_COUNTED`; ``level`` names the
    equations that could be used: ``totals`` all, ``items`` and ``leaves`` without a total row that contradicts the
    rest, ``rows`` none but the row sums.
    """

    rows: dict[str, tuple[Candidate, ...]]
    solutions: int
    level: Level
    stopped: bool


def candidates(numbers: Sequence[int], width: int, bounds: Sequence[int | None]) -> tuple[Candidate, ...] | None:
    """Return all rows of ``width`` cells, the last their total, that print ``numbers`` in order.

    ``bounds`` limit the lost cells by column. ``None`` when there are too many to list: the row says too little.
    """
    found: dict[Candidate, None] = {}
    for kept in combinations(range(width), len(numbers)):
        source: list[int | None] = [None] * width
        for index, column in enumerate(kept):
            source[column] = index
        for vector in _fill(numbers, source, bounds):
            found[Candidate(vector, tuple(source))] = None
            if len(found) > MAX_CANDIDATES:
                return None
    return tuple(found)


def _fill(numbers: Sequence[int], source: Sequence[int | None], bounds: Sequence[int | None]) -> Iterator[Vector]:
    """Yield the rows that fill the lost cells of one placement."""
    parts = [None if index is None else numbers[index] for index in source[:-1]]
    printed = sum(part for part in parts if part is not None)
    lost = [column for column, part in enumerate(parts) if part is None]
    last = source[-1]
    if last is None:
        limits = [bounds[column] for column in lost]
        rests: Iterator[tuple[int, ...]] = _free(limits)
    else:
        rests = _shares(numbers[last] - printed, len(lost))
    for rest in rests:
        row = list(parts)
        for column, value in zip(lost, rest, strict=True):
            row[column] = value
        whole = tuple(value for value in row if value is not None)
        yield (*whole, sum(whole))


def _shares(rest: int, cells: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share ``rest`` among ``cells`` cells; nothing when it cannot be shared."""
    if rest < 0 or (cells == 0 and rest):
        return
    if cells == 0:
        yield ()
    elif cells == 1:
        yield (rest,)
    else:
        for first in range(min(rest, MAX_CANDIDATES) + 1):
            for others in _shares(rest - first, cells - 1):
                yield (first, *others)


def _free(limits: Sequence[int | None]) -> Iterator[tuple[int, ...]]:
    """Yield every filling of cells whose row total is lost as well; an unbounded cell yields too many on purpose."""
    if not limits:
        yield ()
        return
    bound = MAX_CANDIDATES if limits[0] is None else min(limits[0], MAX_CANDIDATES)
    for first in range(bound + 1):
        for others in _free(limits[1:]):
            yield (first, *others)


def solve(short: Mapping[str, tuple[Candidate, ...]], known: Mapping[str, Known], roles: Roles) -> Solution:
    """Return what is left of the candidates of the ``short`` rows beside the ``known`` rows of the table."""
    for level in LEVELS:
        rows = dict(short)
        if level == "rows":
            rows = {row: tuple(c for c in options if c.whole()) for row, options in short.items()}
            return Solution(rows, _product(rows), level, False)
        if not _usable(level, {**known, **rows}, roles):
            continue
        search = _Search(rows, known, roles, level)
        if search.choices() <= MAX_LISTED:
            listed = search.listed()
            if listed:
                return Solution(search.kept(listed), len(listed), level, False)
            continue
        left = search.supported()
        if search.stopped:
            return Solution(dict.fromkeys(short, ()), 0, level, True)
        if left is not None:
            return Solution(left, search.count(), level, search.stopped)
    raise AssertionError("the last level always returns")


def _usable(level: Level, rows: Mapping[str, object], roles: Roles) -> bool:
    """Whether the table prints the rows that the equations of ``level`` need."""
    if level == "leaves":
        return all(row in rows for row in (roles.new, roles.carried_in, roles.carried_out))
    return roles.result_total in rows


def _product(rows: Mapping[str, tuple[Candidate, ...]]) -> int:
    count = 1
    for options in rows.values():
        count = min(MAX_COUNTED, count * len({option.vector for option in options}))
    return count


class _Search:
    """Depth-first search over the short rows with column bounds."""

    def __init__(
        self, short: Mapping[str, tuple[Candidate, ...]], known: Mapping[str, Known], roles: Roles, level: Level
    ) -> None:
        self.nodes = 0
        self.stopped = False
        self._roles = roles
        self._level = level
        self._known = known
        self._options = {row: _distinct(options) for row, options in short.items()}
        totals = [row for row in short if row not in roles.leaves]
        leaves = sorted((row for row in short if row in roles.leaves), key=lambda row: len(self._options[row]))
        self._order = [*totals, *leaves]
        self._totals = len(totals)
        self._width = len(next(iter(next(iter(short.values())))).vector)
        self._short = short
        self._nothing: Known = (None,) * self._width
        self._beside = [row or "" for row in roles[1:]]  # no row has the id ""
        self._leaf_base, self._leaf_open = self._base()
        self._low, self._high = self._suffixes()

    def choices(self) -> int:
        """Return in how many ways one candidate can be chosen for each row."""
        return prod(len(options) for options in self._options.values())

    def listed(self) -> list[dict[str, Vector]]:
        """Return all solutions; for few :meth:`choices`, whose number bounds the search."""
        return list(self._solutions(0, {}, {}))

    def kept(self, solutions: Iterable[Mapping[str, Vector]]) -> dict[str, tuple[Candidate, ...]]:
        """Return the candidates that stand in at least one of all solutions."""
        good: dict[str, set[Vector]] = {row: set() for row in self._order}
        for solution in solutions:
            for row, vector in solution.items():
                good[row].add(vector)
        return {row: tuple([c for c in options if c.vector in good[row]]) for row, options in self._short.items()}

    def supported(self) -> dict[str, tuple[Candidate, ...]] | None:
        """Return the candidates that stand in at least one solution; ``None`` when there is no solution."""
        good: dict[str, set[Vector]] = {row: set() for row in self._order}
        for row in self._order:
            for vector in self._options[row]:
                if vector in good[row]:
                    continue
                solution = next(self._solutions(0, {}, {row: vector}), None)
                if self.stopped:
                    return None
                if solution is not None:
                    for name, chosen in solution.items():
                        good[name].add(chosen)
            if not good[row]:
                return None
        return {row: tuple(c for c in options if c.vector in good[row]) for row, options in self._short.items()}

    def count(self) -> int:
        """Return the number of solutions, at most :data:`MAX_COUNTED`."""
        self.nodes = 0
        total = 0
        for _ in self._solutions(0, {}, {}):
            total += 1
            if total == MAX_COUNTED:
                break
        self.stopped = False  # a count cut short is still a lower bound
        return total

    def _base(self) -> tuple[Vector, list[bool]]:
        """Return by column the sum of the known leaves and whether a leaf is unknown there."""
        rows = [self._known.get(row, self._nothing) for row in self._roles.leaves if row not in self._short]
        columns = list(zip(*rows, strict=True)) or [()] * self._width
        sums = tuple([sum([value for value in column if value is not None]) for column in columns])
        return sums, [None in column for column in columns]

    def _suffixes(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return for each depth the least and the most that the leaves from there on can add, by column."""
        low, high = [[0] * self._width], [[0] * self._width]
        for row in reversed(self._order):
            if row in self._roles.leaves:
                columns = list(zip(*self._options[row], strict=True))
                low.append([a + min(column) for a, column in zip(low[-1], columns, strict=True)])
                high.append([a + max(column) for a, column in zip(high[-1], columns, strict=True)])
            else:
                low.append(low[-1])
                high.append(high[-1])
        return low[::-1], high[::-1]

    def _solutions(
        self,
        depth: int,
        chosen: dict[str, Vector],
        pinned: Mapping[str, Vector],
        sums: Vector | None = None,
        goals: Known | None = None,
    ) -> Iterator[dict[str, Vector]]:
        """Yield every choice of one candidate a row; ``sums`` are the leaves so far, ``goals`` what they must reach."""
        sums = self._leaf_base if sums is None else sums
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stopped = True
            return
        if depth <= self._totals:
            goals = self._goals(chosen)
        if goals is None or not self._feasible(depth, sums, goals):
            return
        if depth == len(self._order):
            yield dict(chosen)
            return
        row = self._order[depth]
        leaf = depth >= self._totals
        for vector in (pinned[row],) if row in pinned else self._options[row]:
            chosen[row] = vector
            after = tuple(map(add, sums, vector)) if leaf else sums
            yield from self._solutions(depth + 1, chosen, pinned, after, goals)
            del chosen[row]
            if self.stopped:
                return

    def _goals(self, chosen: Mapping[str, Vector]) -> Known | None:
        """Return what the leaves must sum to in each column; ``None`` when the balance cannot hold in one."""
        known, nothing, level = self._known, self._nothing, self._level
        new, carried_in, total, carried_out = [chosen.get(row) or known.get(row, nothing) for row in self._beside]
        if level == "items":
            return total
        balance = [
            None if a is None or b is None or c is None else a + b - c
            for a, b, c in zip(new, carried_in, carried_out, strict=True)
        ]
        if level == "leaves":
            return tuple(balance)
        differ = [1 for goal, due in zip(total, balance, strict=True) if goal != due and None not in (goal, due)]
        return None if differ else total

    def _feasible(self, depth: int, sums: Vector, goals: Known) -> bool:
        """Whether the leaves can still reach the goal of every column."""
        for at, goal, low, high, is_open in zip(
            sums, goals, self._low[depth], self._high[depth], self._leaf_open, strict=True
        ):
            if goal is not None and (at + low > goal or (at + high < goal and not is_open)):
                return False
        return True


def _distinct(options: tuple[Candidate, ...]) -> tuple[Vector, ...]:
    return tuple(dict.fromkeys(option.vector for option in options))
