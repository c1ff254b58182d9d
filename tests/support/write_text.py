"""A report as plain text: tables as tabs, the layout in which every other format must be read."""

from __future__ import annotations

from gknlp.readers.layout import place_cells
from tests.support.reports import Page, ReportSource, Rows


def write_text(source: ReportSource) -> bytes:
    """Return the report in UTF-8."""
    lines = [source.title]
    for part in source.parts:
        if isinstance(part, str):
            lines.append(part)
        elif not isinstance(part, Page):
            lines += _table(part)
    return ("\n".join(lines) + "\n").encode()


def _table(rows: Rows) -> list[str]:
    grid = place_cells(rows)
    width = max(cell.column for cell in grid.cells) + 1
    lines = [[""] * width for _ in rows]
    for cell in grid.cells:
        lines[cell.row][cell.column] = cell.text.replace("\n", "")
    return ["\t".join(line) for line in lines]
