"""Cells against gold. A wrong cell is *silent* when the report says nothing about its table."""

from __future__ import annotations

from gknlp.evaluate.gold import UNKNOWN, Gold, GoldCells
from gknlp.evaluate.tally import Tally, same_value
from gknlp.model import Cell, Number, Report


def count_tables(stem: str, gold: Gold, report: Report, tally: Tally) -> None:
    """Count the cells of one report."""
    if gold.tables is None:
        return
    tables = {table.id: {cell.key: cell for cell in table.cells} for table in report.tables}
    loud = loud_tables(report)
    whole = True
    for table, cells in gold.tables.items():
        predicted: dict[str, Cell] = dict(tables).get(table, {})  # type: ignore[call-overload]
        if cells is None:
            whole &= _count_absent(stem, table, predicted, tally)
        else:
            whole &= _count_cells(stem, table, gold, cells, predicted, table in loud, tally)
    tally.add(documents=1, documents_right=whole)


def loud_tables(report: Report) -> frozenset[str | None]:
    """Return the tables that a warning, an error or a failed check speaks about."""
    said = {item.table for item in report.diagnostics if item.severity in ("warning", "error")}
    return frozenset(said | {check.table for check in report.checks if check.status == "fail"})


def _count_absent(stem: str, table: str, predicted: dict[str, Cell], tally: Tally) -> bool:
    """Count a table that is not printed: it must have no value."""
    if all(cell.value is None for cell in predicted.values()):
        return True
    tally.add(tables_invented=1)
    tally.miss(stem, "tables", table, f"{table}: invented")
    return False


def _count_cells(
    stem: str, table: str, gold: Gold, cells: GoldCells, predicted: dict[str, Cell], loud: bool, tally: Tally
) -> bool:
    whole = True
    for key, value in cells.items():
        cell = predicted.get(key)
        got = cell.value if cell else None
        nonzero = value not in (0, None)
        right = _is_right(got, value, gold.original.get(f"{table}/{key}"))
        tally.add(cells=1, cells_nonzero=nonzero, cells_right=right, cells_nonzero_right=right and nonzero)
        if not right:
            whole = False
            silent = not loud and (cell is None or cell.repair is None)
            tally.add(cells_silent=silent)
            tally.miss(stem, "tables", table, f"{table}/{key}: {got} for {value}{' (silent)' if silent else ''}")
    return whole


def _is_right(got: Number | None, value: Number | str | None, original: Number | None) -> bool:
    if value == UNKNOWN:
        return got is None or same_value(got, original)
    return same_value(got, value)
