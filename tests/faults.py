"""Fault injection: are the culprits found, and are proposed repairs true?

    python -m tests.faults [--seed N] [--forms N]

*Filing*: one or two random cells of a random filled form are changed as an issuer would. The smallest sets of cells are
searched by brute force too; where there is one only, the reported culprits must be it.
*Extraction*: one row of a random printed form is damaged as a copy would: a value lost, a row shifted by a column, two
values glued together. Every repair that is offered is compared with the value before the damage, and on gaps with what
an integer program says is possible. Exit code 1 below the shares that are asked for.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from gknlp.checks import run_checks
from gknlp.checks.attribute import attribute
from gknlp.checks.culprits import find_culprits
from gknlp.checks.identities import System, system_for
from gknlp.checks.implied import Values, find_implied
from gknlp.model import Table
from gknlp.readers import read_text
from gknlp.sections import split_sections
from gknlp.tables import read_tables
from tests.support.filled import FilledForm, fill
from tests.support.render import render

FORMS = ("F2019", "F2021")
SHARE = 0.95


def requests_of(filled: FilledForm) -> tuple[System, list[int]]:
    """Return the identities of section three and the filled values in form order."""
    system = system_for(filled.form, "requests")
    assert system is not None
    values = filled.table("requests")
    return system, [int(values[f"{row}/{column}"] or 0) for row, column in system.grid.keys]


# -- filing errors -----------------------------------------------------------------------------------------------------


def misfile(value: int, random: Random) -> int:
    """Return another value, as slips of the pen make them: a wrong digit, a digit more or less, a forgotten value."""
    slips = (0, value + random.randint(1, 30), max(0, value - random.randint(1, 9)), value * 10, value // 10)
    return random.choice([slip for slip in slips if slip != value])


def one_cell_changes(system: System, values: list[int]) -> set[tuple[int, int]]:
    """Return, by brute force, every change of one cell that makes all identities hold."""
    found = set()
    for cell, indices in enumerate(system.of_cell):
        for index in indices:
            by = -int(system.identities[index].difference(values) or 0) * system.identities[index].sign(cell)
            after = values[cell] + by
            if by and after >= 0 and not system.failing([*values[:cell], after, *values[cell + 1 :]]):
                found.add((cell, after))
    return found


def filing(forms: int, seed: int) -> Counter[str]:
    """Break ``forms`` forms in one or two cells; count how the culprits compare with what was broken."""
    random = Random(seed)
    counts: Counter[str] = Counter()
    for number in range(forms):
        system, values = requests_of(fill(FORMS[number % 2], random, density=0.3, large=True))
        cells = random.sample(range(len(values)), random.choice((1, 2)))
        truth = tuple(sorted((cell, values[cell]) for cell in cells))
        for cell in cells:
            values[cell] = misfile(values[cell], random)
        counts[_compare(system, values, truth)] += 1
    return counts


def _compare(system: System, values: list[int], truth: tuple[tuple[int, int], ...]) -> str:
    found = find_culprits(system, tuple(values))
    single = one_cell_changes(system, values)
    if single and {change[0] for change in found.changes} != single:
        return "wrong: not what brute force finds"
    if found.stopped:
        return "stopped"
    if found.only is None:
        return "several, the truth among them" if truth in found.changes else "several, smaller or other than the truth"
    if found.only == truth:
        return "unique and true"
    return "unique, but smaller than what was broken" if len(found.only) < len(truth) else "wrong: unique and other"


# -- damage of the copy ------------------------------------------------------------------------------------------------


def lose(cells: list[str], at: int) -> list[str]:
    """Drop one value; what follows moves up."""
    return [*cells[:at], *cells[at + 1 :]]


def shift(cells: list[str], at: int) -> list[str]:
    """Move the row by one column: an empty cell comes in front, the last value is cut off."""
    return ["", *cells[:-1]]


def glue(cells: list[str], at: int) -> list[str]:
    """Print two neighbours as one number."""
    at = min(at, len(cells) - 2)
    return [*cells[:at], cells[at] + cells[at + 1], *cells[at + 2 :]]


DAMAGES: dict[str, Callable[[list[str], int], list[str]]] = {"lost": lose, "shifted": shift, "glued": glue}


class Offer(NamedTuple):
    """What became of one damaged report: repairs offered, how many are true, cells read wrong without a repair."""

    offered: int
    true: int
    wrong: int


def damage(filled: FilledForm, kind: str, random: Random) -> Offer:
    """Damage one row of the printed section three, read the copy and judge the repairs."""
    lines = render(filled, "tabs").split("\n")
    rows = [at for at, line in enumerate(lines) if _is_request_row(line)]
    at = random.choice([row for row in rows if set(lines[row].split("\t")[-7:]) != {"0"}] or rows)
    cells = lines[at].split("\t")
    lines[at] = "\t".join([*cells[:-7], *DAMAGES[kind](cells[-7:], random.randrange(7))])
    document = read_text("\n".join(lines))
    tables = read_tables(document, split_sections(document).sections).tables
    table = next(table for table in attribute(tables, run_checks(tables)).tables if table.id == "requests")
    return _judge(table, filled)


def _is_request_row(line: str) -> bool:
    cells = line.split("\t")
    return len(cells) >= 9 and all(cell.isdigit() for cell in cells[-7:])


def _judge(table: Table, filled: FilledForm) -> Offer:
    truth = filled.table("requests")
    repairs = [(cell.repair.value, truth[cell.key]) for cell in table.cells if cell.repair]
    wrong = sum(1 for cell in table.cells if not cell.repair and cell.value not in (None, truth[cell.key]))
    return Offer(len(repairs), sum(value == true for value, true in repairs), wrong)


def extraction(forms: int, seed: int) -> dict[str, Counter[str]]:
    """Damage ``forms`` printed forms; count the repairs by kind of damage."""
    random = Random(seed)
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in DAMAGES}
    for number in range(forms):
        kind = list(DAMAGES)[number % len(DAMAGES)]
        filled = fill(FORMS[random.randrange(2)], random, density=0.2, large=True)
        offer = damage(filled, kind, random)
        counts[kind].update(
            offered=offer.offered, true=offer.true, forms=1, with_repairs=bool(offer.offered), wrong_cells=offer.wrong
        )
    return counts


# -- gaps --------------------------------------------------------------------------------------------------------------


def gaps(forms: int, seed: int) -> Counter[str]:
    """Blank cells of random forms; compare what is implied with the least and the most of an integer program."""
    random = Random(seed)
    counts: Counter[str] = Counter()
    for number in range(forms):
        system, filled = requests_of(fill(FORMS[number % 2], random, density=0.2))
        blank = _some_cells(system, random)
        values: Values = tuple(None if cell in blank else value for cell, value in enumerate(filled))
        limits = integer_limits(system, values)
        for cell, implied in find_implied(system, values).items():
            unique = limits[cell][0] == limits[cell][1]
            if implied.value is None:
                counts["not offered, though unique" if unique else "not offered, several"] += 1
            else:
                counts[
                    "offered, unique and true" if unique and implied.value == filled[cell] else "wrong: offered"
                ] += 1
    return counts


def _some_cells(system: System, random: Random) -> set[int]:
    grid = system.grid
    rows, columns = list(grid.row_labels), list(grid.column_labels)
    chosen = set(random.sample(range(len(grid.keys)), random.choice((1, 2, 4, 8, 20))))
    for row in random.sample(rows, random.choice((0, 0, 1, 2))):
        chosen.update(grid.row(row)[: random.choice((5, 6, 7))])
    if random.random() < 0.2:
        chosen.update(grid.at(row, random.choice(columns)) for row in rows)
    return chosen


def integer_limits(system: System, values: Values) -> dict[int, tuple[int, int | None]]:
    """Return the least and the most that each cell without value can be (scipy's HiGHS)."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    cells = [cell for cell, value in enumerate(values) if value is None]
    at = {cell: index for index, cell in enumerate(cells)}
    rows, rests = [], []
    for one in system.identities:
        if not at.keys().isdisjoint(one.cells):
            row = np.zeros(len(cells))
            for cell in one.cells:
                if cell in at:
                    row[at[cell]] = one.sign(cell)
            rows.append(row)
            rests.append(-sum(one.sign(cell) * int(values[cell] or 0) for cell in one.cells if cell not in at))
    limits = LinearConstraint(np.array(rows), rests, rests)
    found = {}
    for cell in cells:
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(cells))
            goal[at[cell]] = sign
            best = milp(goal, constraints=limits, integrality=np.ones(len(cells)), bounds=Bounds(0, np.inf))
            ends.append(round(sign * best.fun) if best.status == 0 else None)
        found[cell] = (ends[0] or 0, ends[1])
    return found


# -- the gate ----------------------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run all three; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--forms", type=int, default=2000)
    options = parser.parse_args(arguments)
    filed = filing(options.forms, options.seed)
    print(f"filing errors in {options.forms} forms: {dict(filed.most_common())}")
    unique = sum(count for kind, count in filed.items() if "unique" in kind or kind.startswith("wrong"))
    good = filed["unique and true"] + filed["unique, but smaller than what was broken"] >= SHARE * unique
    for kind, counts in extraction(options.forms, options.seed).items():
        print(f"copies with a row {kind}: {dict(counts)}")
        good &= counts["true"] >= SHARE * counts["offered"]
    blank = gaps(options.forms // 10, options.seed)
    print(f"gaps in {options.forms // 10} forms: {dict(blank.most_common())}")
    good &= not any(kind.startswith("wrong") for kind in (*filed, *blank))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
