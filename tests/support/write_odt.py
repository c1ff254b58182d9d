"""A report as an OpenDocument text."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from gknlp.readers.layout import place_cells
from tests.support.reports import Page, ReportSource, Rows

_URN = "urn:oasis:names:tc:opendocument:xmlns"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3"'
    + "".join(
        f' xmlns:{name}="{_URN}:{full}:1.0"'
        for name, full in (("office", "office"), ("text", "text"), ("table", "table"))
    )
    + "><office:body><office:text><text:sequence-decls/>"
)
_TAIL = "</office:text></office:body></office:document-content>"


def write_odt(source: ReportSource) -> bytes:
    """Return an .odt file."""
    body = [f"<text:h>{escape(source.title)}</text:h>"]
    for part in source.parts:
        if isinstance(part, str):
            middle = len(part) // 2
            body.append(f"<text:p>{escape(part[:middle])}<text:span>{escape(part[middle:])}</text:span></text:p>")
        elif isinstance(part, Page):
            body.append("<text:p><text:soft-page-break/></text:p>")
        else:
            body.append(_table(part))
    return pack({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": _HEAD + "".join(body) + _TAIL})


def pack(parts: dict[str, str]) -> bytes:
    """Return a package of ``parts`` with a manifest."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in {**parts, "META-INF/manifest.xml": "<manifest/>"}.items():
            file.writestr(name, content)
    return stream.getvalue()


def _table(rows: Rows) -> str:
    grid = place_cells(rows)
    width = max(cell.column + cell.column_span for cell in grid.cells)
    begun = {(cell.row, cell.column): cell for cell in grid.cells}
    lines = []
    for row in range(len(rows)):
        cells = []
        for column in range(width):
            cell = begun.get((row, column))
            if cell is None:
                cells.append("<table:covered-table-cell/>")
                continue
            text = escape(cell.text).replace("\n", "<text:line-break/>")
            spans = f'table:number-rows-spanned="{cell.row_span}" table:number-columns-spanned="{cell.column_span}"'
            cells.append(f"<table:table-cell {spans}><text:p>{text}</text:p></table:table-cell>")
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    head = f"<table:table-header-rows>{lines[0]}</table:table-header-rows>"
    return f"<table:table>{head}{''.join(lines[1:])}</table:table>"
