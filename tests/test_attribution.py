"""Whose mistake, and what the identities say of gaps: examples with their origin, and the fault injection in small."""

from __future__ import annotations

from random import Random

import pytest

from gknlp.checks import run_checks
from gknlp.checks.attribute import Attribution, attribute
from gknlp.checks.culprits import MAX_STEPS, find_culprits
from gknlp.checks.identities import System, system_for
from gknlp.checks.implied import find_implied
from gknlp.model import Cell, Number, Repair, Table
from gknlp.readers import read_text
from gknlp.sections import split_sections
from gknlp.tables import read_tables
from tests import faults
from tests.building import make_cell
from tests.support.filled import FilledForm, fill, with_values
from tests.support.render import render


def zeros(form: str = "F2021", **rows: dict[str, Number]) -> FilledForm:
    """A form of zeros with the values of some rows of section three, column by column."""
    filled = fill(form, Random(0), density=0)
    cells = {("requests", row, column): value for row, columns in rows.items() for column, value in columns.items()}
    return with_values(filled._replace(cells=dict.fromkeys(filled.cells, 0)), cells)


def system_of(table: str = "requests", form: str = "F2021") -> System:
    found = system_for(form, table)  # type: ignore[arg-type]
    assert found is not None
    return found


def table_of(filled: FilledForm, blank: tuple[str, ...] = ()) -> Table:
    values = filled.table("requests")
    cells = tuple(make_cell(*key.split("/"), None if key in blank else value) for key, value in values.items())
    return Table(id="requests", form=filled.form, start=0, end=0, cells=cells)


def attributed(table: Table) -> Attribution:
    return attribute((table,), run_checks((table,)))


def repairs(found: Attribution) -> dict[str, Repair]:
    return {cell.key: cell.repair for cell in found.tables[0].cells if cell.repair}


def read(text: str) -> Table:
    document = read_text(text)
    tables = read_tables(document, split_sections(document).sections).tables
    return next(table for table in tables if table.id == "requests")


SOUND = zeros(
    new_received={"natural_person": 9, "business": 2, "total": 11},
    carried_in={"natural_person": 1, "total": 1},
    granted={"natural_person": 6, "business": 2, "total": 8},
    denied_process={"natural_person": 1, "total": 1},
    result_total={"natural_person": 7, "business": 2, "total": 9},
    carried_out={"natural_person": 3, "total": 3},
)

# -- culprits: filed changes, and the cells that are to be named (DOMAIN.md 2.1, patterns of failures) -----------------


def test_a_sound_table_is_left_as_it_is() -> None:
    table = table_of(SOUND)
    found = attributed(table)
    assert found.tables == (table,)
    assert found.tables[0] is table
    assert found.diagnostics == ()


@pytest.mark.parametrize(
    ("changes", "culprits"),
    [
        # the total row was left at 0
        (
            {"result_total/natural_person": 0, "result_total/business": 0, "result_total/total": 0},
            {"result_total/natural_person": 7, "result_total/business": 2, "result_total/total": 9},
        ),
        # one cell of the total column
        ({"granted/total": 18}, {"granted/total": 8}),
        # one leaf
        ({"denied_process/natural_person": 4}, {"denied_process/natural_person": 1}),
        # two cells of one row that cancel out in its sum
        (
            {"granted/natural_person": 5, "granted/business": 3},
            {"granted/natural_person": 6, "granted/business": 2},
        ),
    ],
)
def test_the_culprits_get_repairs(changes: dict[str, Number], culprits: dict[str, Number]) -> None:
    filed = with_values(SOUND, {("requests", *key.split("/")): value for key, value in changes.items()})  # type: ignore[misc]
    found = attributed(table_of(filed))
    assert {key: repair.value for key, repair in repairs(found).items()} == culprits
    assert all(repair.unique for repair in repairs(found).values())
    assert [note.code for note in found.diagnostics] == ["culprits"]
    values = {cell.key: cell.value for cell in found.tables[0].cells}
    assert all(values[key] == value for key, value in changes.items()), "filed values stay"
    assert {check.cause for check in found.checks if check.status == "fail"} == {"filing"}


def test_several_smallest_changes_are_counted_and_none_is_proposed() -> None:
    cells = [make_cell("review", column, value) for column, value in zip(
        ("upheld", "corrected", "other_result", "pending", "total"), (2, 1, 0, 0, 4), strict=True)]  # fmt: skip
    rest = [make_cell(row, cell.column, 0) for row in ("suit_direct", "suit_after_review") for cell in cells]
    table = Table(id="remedies", form="F2021", start=0, end=0, cells=(*cells, *rest))
    found = attributed(table)
    assert repairs(found) == {}
    (note,) = found.diagnostics
    assert note.code == "culprits_ambiguous"
    assert note.message.startswith("5 different")
    assert "review/upheld 2 -> 3" in note.message


def test_a_forgotten_row_and_one_too_large_cannot_be_told_apart() -> None:
    forgotten = with_values(
        SOUND, {("requests", "carried_out", "natural_person"): 0, ("requests", "carried_out", "total"): 0}
    )
    found = attributed(table_of(forgotten))
    assert repairs(found) == {}
    (note,) = found.diagnostics
    assert "carried_out/natural_person 0 -> 3, carried_out/total 0 -> 3" in note.message
    assert "new_received/natural_person 9 -> 6, new_received/total 11 -> 8" in note.message


def test_the_search_is_bounded_and_says_so() -> None:
    system = system_of()
    random = Random(3)
    values = tuple(random.randrange(1000) for _ in system.grid.keys)
    found = find_culprits(system, values)
    assert found.stopped
    assert found.changes == ()
    assert MAX_STEPS <= 10_000  # bounded work: a step takes some ten microseconds
    table = table_of(SOUND)
    cells = tuple(make_cell(cell.row, cell.column, value) for cell, value in zip(table.cells, values, strict=True))
    codes = [
        note.code for note in attributed(Table(id="requests", form="F2021", start=0, end=0, cells=cells)).diagnostics
    ]
    assert codes == ["culprits_not_found"]


# -- gaps --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blank", "implied"),
    [
        (("granted/natural_person",), {"granted/natural_person": 6}),
        (
            ("carried_out/natural_person", "carried_out/total"),
            {"carried_out/natural_person": 3, "carried_out/total": 3},
        ),
        # zeros that were left out, beside a row that has nothing left to share
        (("granted/research", "granted/other_org"), {"granted/research": 0, "granted/other_org": 0}),
        # two cells of two rows and two columns: several fillings
        (
            ("granted/natural_person", "granted/business", "denied_process/natural_person", "denied_process/business"),
            {},
        ),
    ],
)
def test_gaps_are_filled_where_there_is_one_solution(blank: tuple[str, ...], implied: dict[str, Number]) -> None:
    found = attributed(table_of(SOUND, blank))
    assert {key: repair.value for key, repair in repairs(found).items()} == implied
    assert all(cell.value is None for cell in found.tables[0].cells if cell.key in blank)
    assert [note.code for note in found.diagnostics] == ([] if implied else ["repairs_ambiguous"])


def test_a_repair_has_its_equation_in_words() -> None:
    found = repairs(attributed(table_of(SOUND, ("granted/natural_person", "granted/research"))))
    assert found["granted/natural_person"] == Repair(
        value=6, rule="T3_ITEM_TOTAL", unique=True, proof="T3_ITEM_TOTAL (自然人): 7 = x + 1"
    )
    assert found["granted/research"].proof in {
        "T3_ITEM_TOTAL (科研机构): 0 = x",
        "T3_ROW_SUM (（一）予以公开): 8 = 6 + 2 + x, and none of the 1 other cells without value is below 0",
    }


def test_an_ambiguous_gap_says_how_many_solutions_there_are() -> None:
    blank = ("granted/natural_person", "granted/business", "denied_process/natural_person", "denied_process/business")
    (note,) = attributed(table_of(SOUND, blank)).diagnostics
    assert note.message.startswith("4 cells without a value could have several (2 solutions)")


def test_values_that_contradict_each_other_prove_nothing() -> None:
    system = system_of()
    values = list(SOUND.table("requests").values())
    values[system.grid.at("granted", "natural_person")] = None
    values[system.grid.at("result_total", "business")] = 5
    assert find_implied(system, tuple(values)) == {}


# -- damage of the copy ------------------------------------------------------------------------------------------------


def damaged(row: str, values: str) -> Attribution:
    """The sound form as printed with tabs, one row printed with other ``values``."""
    lines = render(SOUND, "tabs").split("\n")
    at = next(index for index, line in enumerate(lines) if row in line)
    lines[at] = "\t".join([*lines[at].split("\t")[:-7], *values.split(",")])
    return attributed(read("\n".join(lines)))


@pytest.mark.parametrize(
    ("row", "values", "wanted"),
    [
        # one column too far to the right, the total cut off
        ("予以公开", ",6,2,0,0,0,0", [6, 2, 0, 0, 0, 0, 8]),
        # the same, the total kept
        ("结转下年度", ",3,0,0,0,0,3", [3, 0, 0, 0, 0, 0, 3]),
    ],
)
def test_a_shifted_row_is_the_copys_fault(row: str, values: str, wanted: list[int]) -> None:
    found = damaged(row, values)
    cells = _row(found.tables[0], row)
    assert [cell.repair.value if cell.repair else cell.value for cell in cells] == wanted
    assert {check.cause for check in found.checks if check.status == "fail" and check.severity == "E"} == {"extraction"}
    assert "rows_misread" in [note.code for note in found.diagnostics]


def test_glued_values_are_taken_apart_where_the_equations_say_how() -> None:
    found = damaged("予以公开", "62,0,0,0,0,8")
    cells = _row(found.tables[0], "予以公开")
    assert [cell.repair.value if cell.repair else cell.value for cell in cells] == [6, 2, 0, 0, 0, 0, 8]


def _row(table: Table, label: str) -> list[Cell]:
    row = {"予以公开": "granted", "结转下年度": "carried_out"}[label]
    return [cell for cell in table.cells if cell.row == row]


# -- the fault injection in small; python -m tests.faults is the whole ------------------------------------------------


def test_filing_errors_are_found() -> None:
    counts = faults.filing(60, seed=5)
    assert counts["unique and true"] >= 57
    assert not any(kind.startswith("wrong") for kind in counts)


def test_repairs_of_damaged_copies_are_true() -> None:
    counts = faults.extraction(30, seed=5)
    assert all(kind["offered"] == kind["true"] for kind in counts.values())
    assert counts["shifted"]["with_repairs"] >= 8


def test_what_is_implied_is_what_an_integer_program_allows() -> None:
    counts = faults.gaps(12, seed=5)
    assert counts["offered, unique and true"] > 50
    assert not any(kind.startswith("wrong") for kind in counts)
