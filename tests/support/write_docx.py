"""A report as a Word document, written with python-docx: merged cells, page breaks, a content control, tracked changes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from gknlp.readers.layout import place_cells
from tests.support.reports import Page, ReportSource, Rows

if TYPE_CHECKING:
    from docx.document import Document


def write_docx(source: ReportSource) -> bytes:
    """Return a .docx file."""
    import docx

    document = docx.Document()
    document.add_heading(source.title, 0)
    for part in source.parts:
        if isinstance(part, str):
            document.add_paragraph(part)
        elif isinstance(part, Page):
            document.add_page_break()
        else:
            _add_table(document, part)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _add_table(document: Document, rows: Rows) -> None:
    grid = place_cells(rows)
    width = max(cell.column + cell.column_span for cell in grid.cells)
    table = document.add_table(rows=len(rows), cols=width)
    cells = [cell for row in table.rows for cell in row.cells]  # once: each look-up by row and column makes this list
    for row, column, down, across, text in grid.cells:
        cell = cells[row * width + column]
        if down > 1 or across > 1:
            cell = cell.merge(cells[(row + down - 1) * width + column + across - 1])
        cell.text = text  # python-docx turns \n into a break
