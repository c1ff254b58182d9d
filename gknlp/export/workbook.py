"""Tables as one Excel workbook, a sheet a table, with the codebook among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gknlp.export.arrow import need
from gknlp.export.files import PARTIAL

if TYPE_CHECKING:
    import pyarrow as pa
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST = 32_767  # characters of a cell
MOST_ROWS = 1_048_576  # of a sheet, the header included
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
Plain = str | int | float | bool | None


class Workbook:
    """A workbook that is written row by row; ``cut`` counts the texts that Excel could not hold as they are."""

    def __init__(self, path: Path, *, most_rows: int = MOST_ROWS) -> None:
        need("openpyxl")
        from openpyxl import Workbook as Book

        self._path = path
        self._book = Book(write_only=True)
        self._most_rows = most_rows
        self.cut = 0

    def add(self, table: str, batches: Iterable[pa.RecordBatch], names: list[str]) -> None:
        """Add one table; what is beyond a sheet's rows goes on in ``TABLE (2)`` and so on."""
        sheet, used, number = self._sheet(table, names), 1, 1
        for batch in batches:
            columns = [column.to_pylist() for column in batch.columns]
            for row in zip(*columns, strict=True):
                if used == self._most_rows:
                    number += 1
                    sheet, used = self._sheet(f"{table} ({number})", names), 1
                sheet.append(list(self._cells(sheet, row)))
                used += 1

    def _sheet(self, title: str, names: Sequence[str]) -> WriteOnlyWorksheet:
        sheet = self._book.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.append(list(names))
        return sheet

    def _cells(self, sheet: WriteOnlyWorksheet, row: Sequence[Plain]) -> Iterator[Plain | WriteOnlyCell]:
        from openpyxl.cell import WriteOnlyCell

        for value in row:
            if isinstance(value, float) and value.is_integer():
                yield int(value)
            elif not isinstance(value, str):
                yield value
            else:
                text = self._fitting(value)
                if text[:1] in "=#" and text:  # else it would be a formula, or an error
                    cell = WriteOnlyCell(sheet, text)
                    cell.data_type = "s"
                    yield cell
                else:
                    yield text

    def _fitting(self, text: str) -> str:
        fitting = _ILLEGAL.sub("\ufffd", text[:LONGEST])
        self.cut += fitting != text
        return fitting

    def close(self) -> None:
        """Write the file."""
        partial = self._path.with_name(self._path.name + PARTIAL)
        self._book.save(partial)
        partial.replace(self._path)
