"""A report as rich text: Han as escapes of GBK in paragraphs and of Unicode in tables, cells by their edges."""

from __future__ import annotations

from gknlp.readers.layout import place_cells
from tests.support.reports import Page, ReportSource, Rows

_HEAD = (
    r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}}{\stylesheet{\s0 Normal;}}{\*\generator X;}"
    + "\n"
)
_WIDTH = 900  # twentieths of a point


def write_rtf(source: ReportSource) -> bytes:
    """Return an .rtf file."""
    parts = [_HEAD, _paragraph(source.title)]
    for part in source.parts:
        if isinstance(part, str):
            parts.append(_paragraph(part))
        elif isinstance(part, Page):
            parts.append(r"\pard\page\par" + "\n")
        else:
            parts.append(_table(part))
    return ("".join(parts) + "}").encode("ascii")


def _paragraph(text: str) -> str:
    return rf"\pard\fi640 {_as_bytes(text)}\par" + "\n"


def _as_bytes(text: str) -> str:
    return "".join(
        char if char.isascii() else "".join(rf"\'{byte:02x}" for byte in char.encode("gb18030")) for char in text
    )


def _as_unicode(text: str) -> str:
    codes = (rf"\u{ord(char) - 0x10000 * (ord(char) > 0x7FFF)}?" if not char.isascii() else char for char in text)
    return "".join(codes).replace("\n", r"\line ")


def _table(rows: Rows) -> str:
    grid = place_cells(rows)
    lines = []
    for row in range(len(rows)):
        edges, cells = [], []
        # A cell that reaches down is written again, as continued, in each row.
        for cell in (cell for cell in grid.cells if cell.row <= row < cell.row + cell.row_span):
            merge = "" if cell.row_span == 1 else r"\clvmgf" if cell.row == row else r"\clvmrg"
            edges.append((cell.column, rf"{merge}\cellx{_WIDTH * (cell.column + cell.column_span) + row % 3}"))
            cells.append((cell.column, rf"\pard\intbl {_as_unicode(cell.text) if cell.row == row else ''}\cell "))
        row_edges = "".join(edge for _, edge in sorted(edges))
        row_cells = "".join(text for _, text in sorted(cells))
        lines.append(rf"\trowd\trleft0{row_edges}{row_cells}\row" + "\n")
    return "".join(lines) + "\\pard\n"
