"""Tables as one Excel workbook, a sheet a table, with the codebook among them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gknlp.export.arrow import need
from gknlp.export.files import PARTIAL

if TYPE_CHECKING:
    import pyarrow as pa
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST = 32_767  # characters of a cell
EPOCH = (1980, 1, 1, 0, 0, 0)
MOST_ROWS = 1_048_576  # of a sheet, the header included
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
Plain = str | int | float | bool | None


class Workbook:
    """A workbook that is written row by row; ``cut`` counts the texts that Excel could not hold as they are.

    ``continued`` are the tables that one sheet could not hold.
    """

    def __init__(self, path: Path, *, most_rows: int = MOST_ROWS) -> None:
        need("openpyxl")
        from openpyxl import Workbook as Book

        self._path = path
        self._partial = path.with_name(path.name + PARTIAL)
        self._archive = _Undated(self._partial, "w", ZIP_DEFLATED)  # now: a wrong place is told before the work
        self._book = Book(write_only=True)
        properties = self._book.properties
        properties.created = properties.modified = datetime(*EPOCH)  # noqa: DTZ001 - as Excel has it, without a zone
        self._most_rows = most_rows
        self.cut = 0
        self.continued: list[str] = []

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *error: object) -> None:
        """End what was not closed: sheets that stay open complain, and a part of a workbook is none."""
        from openpyxl.utils.exceptions import WorkbookAlreadySaved

        for sheet in self._book.worksheets if self._archive.fp else ():
            with suppress(OSError, WorkbookAlreadySaved):  # the first error is the one to tell
                sheet.close()
        with suppress(OSError):
            self._archive.close()
        self._partial.unlink(missing_ok=True)

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
        if number > 1:
            self.continued.append(table)

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
        if len(fitting.encode("utf-16-le")) > 2 * LONGEST:  # Excel counts a rare character as two
            fitting = fitting.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")
        self.cut += fitting != text
        return fitting

    def close(self) -> None:
        """Write the file."""
        from openpyxl.writer.excel import ExcelWriter

        ExcelWriter(self._book, self._archive).save()
        self._partial.replace(self._path)


class _Undated(ZipFile):
    """An archive whose members all have the same time, so that the same tables are the same bytes."""

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]  # as openpyxl calls it
        """Add a member."""
        super().writestr(ZipInfo(name, EPOCH), data, ZIP_DEFLATED)

    def write(self, filename: str, arcname: str) -> None:  # type: ignore[override]
        """Add a file."""
        member = ZipInfo(arcname, EPOCH)
        member.compress_type = ZIP_DEFLATED
        member.file_size = Path(filename).stat().st_size
        with Path(filename).open("rb") as source, self.open(member, "w") as target:
            shutil.copyfileobj(source, target, 1 << 20)
