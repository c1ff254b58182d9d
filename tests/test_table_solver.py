"""Short rows: the search agrees with brute force, stays within its bounds and says when it stops."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gknlp.tables.solve import MAX_CANDIDATES, Candidate, Known, Roles, candidates, solve

WIDTH = 3  # two parts and their total
LEAVES = ("a", "b", "c")
ROLES = Roles(LEAVES, "new", "carried_in", "result_total", "carried_out")
NO_BOUNDS = (None,) * WIDTH


@pytest.mark.parametrize(
    ("numbers", "vectors"),
    [
        ((5, 5), {(5, 0, 5), (0, 5, 5), (5, 5, 10)}),  # either part or the total is lost
        ((2, 3), {(2, 1, 3), (1, 2, 3), (2, 3, 5)}),
        ((3, 2), {(3, 2, 5)}),  # 2 cannot be the total of 3
    ],
)
def test_candidates_of_a_row_that_lost_one_number(numbers: tuple[int, ...], vectors: set[tuple[int, ...]]) -> None:
    found = candidates(numbers, WIDTH, NO_BOUNDS)
    assert found is not None
    assert {candidate.vector for candidate in found} == vectors


def test_a_row_that_says_too_little_is_not_listed() -> None:
    assert candidates((4,), 7, (None,) * 7) is None


def test_a_row_of_zeros_is_zero_wherever_the_lost_one_stood() -> None:
    found = candidates((0,) * 6, 7, (None,) * 7)
    assert found is not None
    assert {candidate.vector for candidate in found} == {(0,) * 7}
    assert len(found) == 7


Grid = dict[str, tuple[int, ...]]


@st.composite
def filled(draw: st.DrawFn) -> Grid:
    """A small table whose identities hold."""
    part = st.integers(0, 4)
    rows: dict[str, list[int]] = {leaf: [draw(part), draw(part)] for leaf in LEAVES}
    rows["result_total"] = [sum(rows[leaf][column] for leaf in LEAVES) for column in range(2)]
    rows["carried_out"] = [draw(part), draw(part)]
    flow = [rows["result_total"][column] + rows["carried_out"][column] for column in range(2)]
    rows["carried_in"] = [draw(st.integers(0, flow[column])) for column in range(2)]
    rows["new"] = [flow[column] - rows["carried_in"][column] for column in range(2)]
    return {row: (*parts, sum(parts)) for row, parts in rows.items()}


def holds(grid: Grid) -> bool:
    for column in range(WIDTH):
        total = sum(grid[leaf][column] for leaf in LEAVES)
        inflow = grid["new"][column] + grid["carried_in"][column]
        if grid["result_total"][column] != total or inflow != total + grid["carried_out"][column]:
            return False
    return True


@settings(max_examples=150, deadline=None)
@given(filled(), st.dictionaries(st.sampled_from((*LEAVES, "result_total", "new")), st.integers(0, 2), max_size=3))
def test_what_is_left_is_exactly_what_brute_force_finds(grid: Grid, lost: dict[str, int]) -> None:
    short: dict[str, tuple[Candidate, ...]] = {}
    for row, column in lost.items():
        numbers = tuple(value for index, value in enumerate(grid[row]) if index != column)
        listed = candidates(numbers, WIDTH, NO_BOUNDS)
        assert listed is not None
        short[row] = listed
    if not short:
        return
    known: dict[str, Known] = {row: values for row, values in grid.items() if row not in short}
    solution = solve(short, known, ROLES)
    assert solution.level == "totals"  # the true table is a solution, so no equation has to be given up
    expected: dict[str, set[tuple[int, ...]]] = {row: set() for row in short}
    count = 0
    choices = [sorted({option.vector for option in options}) for options in short.values()]
    for chosen in product(*choices):
        trial = {**grid, **dict(zip(short, chosen, strict=True))}
        if holds(trial):
            count += 1
            for row, vector in zip(short, chosen, strict=True):
                expected[row].add(vector)
    assert {row: {option.vector for option in left} for row, left in solution.rows.items()} == expected
    assert solution.solutions == count


def test_a_total_row_that_contradicts_the_items_is_given_up_and_said() -> None:
    # As in reports whose total row was left at zero: the balance of the items still places the short row.
    known: dict[str, Known] = {
        "a": (0, 0, 0),
        "c": (2, 0, 2),
        "result_total": (0, 0, 0),
        "carried_out": (0, 0, 0),
        "new": (7, 0, 7),
        "carried_in": (0, 0, 0),
    }
    listed = candidates((5, 5), WIDTH, NO_BOUNDS)
    assert listed is not None
    solution = solve({"b": listed}, known, ROLES)
    assert solution.level == "leaves"
    assert {option.vector for option in solution.rows["b"]} == {(5, 0, 5)}


def test_without_usable_equations_only_rows_that_lost_nothing_of_value_are_placed() -> None:
    rows = ("a", "c", "result_total", "carried_out", "new", "carried_in")
    known: dict[str, Known] = dict.fromkeys(rows, (9, 9, 9))
    listed = candidates((1, 4), WIDTH, NO_BOUNDS)
    assert listed is not None
    solution = solve({"b": listed}, known, ROLES)
    assert solution.level == "rows"
    assert solution.rows["b"] == ()


def test_the_search_stops_at_its_limit_and_says_so() -> None:
    leaves = tuple(f"r{index}" for index in range(24))
    listed = candidates((1, 1, 2, 2, 2, 8), 7, (None,) * 7)
    assert listed is not None
    roles = Roles(leaves, None, None, "result_total", None)
    rows = [listed[index % len(listed)].vector for index in range(len(leaves))]
    known: dict[str, Known] = {"result_total": tuple(map(sum, zip(*rows, strict=True)))}
    solution = solve(dict.fromkeys(leaves, listed), known, roles)
    assert solution.stopped
    assert all(left == () for left in solution.rows.values())


def test_the_number_of_candidates_is_bounded() -> None:
    found = candidates((0, 0, 900), 7, (None,) * 7)
    assert found is None or len(found) <= MAX_CANDIDATES
