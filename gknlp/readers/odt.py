"""OpenDocument texts (.odt), as LibreOffice writes them."""

from __future__ import annotations

from collections.abc import Iterator

from gknlp.errors import UnreadableInput
from gknlp.model import Document, Source
from gknlp.readers.layout import MAX_COLUMNS, Block, FullCell, Picture, make_document, table_blocks
from gknlp.readers.package import Element, Package, small_number

MAX_DEPTH = 60
MAX_CELLS = 100_000

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_TEXT, _TABLE, _DRAW = f"{{{_OASIS}:text:1.0}}", f"{{{_OASIS}:table:1.0}}", f"{{{_OASIS}:drawing:1.0}}"
_OFFICE = f"{{{_OASIS}:office:1.0}}"
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_GRID, _ROW = f"{_TABLE}table", f"{_TABLE}table-row"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_SIGNS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_SPACES = f"{_TEXT}s"
_FRAME = f"{_DRAW}frame"
_MOST_SPACES = 100
# Deleted text, notes and what only describes the document.
_NO_TEXT = frozenset(
    (f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_TEXT}sequence-decls", f"{_OFFICE}forms")
)


def read(data: bytes, source: Source) -> Document:
    """Return the document of an OpenDocument text.

    Raises:
        UnreadableInput: the file is damaged, encrypted, larger than any report, or holds no text.
    """
    body = Package(data, source.path).parse("content.xml").find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise UnreadableInput(f"{source.path} holds no text document")
    return make_document(source, _blocks(body, source.path, 0))


def _blocks(parent: Element, path: str, depth: int) -> Iterator[Block]:
    if depth > MAX_DEPTH:
        raise UnreadableInput(f"{path} nests more than {MAX_DEPTH} tables and boxes, as no report does")
    for child in parent:
        if child.tag in _PARAGRAPHS:
            frames: list[Element] = []
            yield "".join(_text(child, frames))
            for frame in frames:
                yield from _frame(frame, path, depth)
        elif child.tag == _GRID:
            yield from _table(child, path, depth)
        elif child.tag == _FRAME:
            yield from _frame(child, path, depth)
        elif child.tag not in _NO_TEXT:
            yield from _blocks(child, path, depth + 1)


def _frame(frame: Element, path: str, depth: int) -> Iterator[Block]:
    """Yield what a box holds, or the picture that it shows."""
    boxes = frame.findall(f"{_DRAW}text-box")
    for box in boxes:
        yield from _blocks(box, path, depth + 1)
    if not boxes:
        yield Picture()


def _text(element: Element, frames: list[Element]) -> Iterator[str]:
    """Yield the text of a paragraph in pieces; the frames in it are put aside."""
    left: list[Element | str | None] = [element]
    while left:
        item = left.pop()
        if not isinstance(item, Element):
            yield item or ""
        elif item.tag == _FRAME:
            frames.append(item)
        elif item.tag == _SPACES:
            yield " " * min(small_number(item.get(f"{_TEXT}c"), 1), _MOST_SPACES)
        elif item.tag in _SIGNS:
            yield _SIGNS[item.tag]
        elif item.tag not in _NO_TEXT:
            for child in reversed(item):
                left += [child.tail, child]
            left.append(item.text)


def _table(table: Element, path: str, depth: int) -> Iterator[Block]:
    cells: list[FullCell] = []
    for row, line in enumerate(_rows(table)):
        column = 0
        for cell in (cell for cell in line if cell.tag in _CELLS):
            blocks = list(_blocks(cell, path, depth + 1))
            down = small_number(cell.get(f"{_TABLE}number-rows-spanned"), 1)
            across = small_number(cell.get(f"{_TABLE}number-columns-spanned"), 1)
            for _ in range(min(small_number(cell.get(f"{_TABLE}number-columns-repeated"), 1), MAX_COLUMNS)):
                if cell.tag == _CELLS[0]:
                    cells.append(FullCell(row, column, down, across, blocks))
                column += 1
        if len(cells) > MAX_CELLS:
            raise UnreadableInput(f"{path} holds more than {MAX_CELLS} table cells, far more than any report")
    yield from table_blocks(cells)


def _rows(table: Element) -> Iterator[Element]:
    """Yield the rows of a table, those in groups and in its head included, but none of a table within it."""
    left = list(table)[::-1]
    while left:
        child = left.pop()
        if child.tag == _ROW:
            yield child
        elif child.tag != _GRID:
            left += list(child)[::-1]
