"""The tree of a page -> paragraphs, tables and pictures in reading order.

The parser lists the nodes of a tree in document order, but not where an element ends. Where that matters - a block, a
table - a control character is put behind the element first, which no page can hold. Reading the list then needs
no recursion, however deep a page nests its tables.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gknlp.errors import UnreadableInput
from gknlp.readers.layout import MAX_SPAN, Block, Picture, Printed, place_cells, text_of_cell

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_CELLS = 100_000

_TABLE_END, _BREAK = "\x1d", "\x1e"
_TEXT = "-text"
_BLOCKS = frozenset(
    {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "section", "article", "main", "center", "hr"}
    | {"blockquote", "ul", "ol", "dl", "caption", "address", "form", "fieldset", "header", "footer", "nav", "aside"}
    | {"figure", "figcaption", "details", "summary"}
)
_BREAKING = _BLOCKS | {"br"}
_OPENING = frozenset({"table", "tr", "td", "th", "img"})
_PREFORMATTED = "pre, textarea, listing, xmp, plaintext"
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# Source lines are wrapped anywhere; between Chinese characters that is no space.
_WRAPPED = re.compile(rf"\n(?<=[{_WIDE}]\n)[ \t\n\f]*(?=[{_WIDE}])")
_SMALL = 60  # pixels; a smaller picture is a sign or a button


def read_markup(body: LexborNode, path: str) -> list[Block]:
    """Return the blocks of a page's body; its tree is changed.

    :class:`UnreadableInput` when it holds more than :data:`MAX_CELLS` cells.
    """
    cells = len(body.css("td, th"))
    if cells > MAX_CELLS:
        raise UnreadableInput(f"{path} holds {cells} table cells, far more than any report")
    _mark_ends(body)
    return _read(body)


def _mark_ends(body: LexborNode) -> None:
    for node in body.css(_PREFORMATTED):
        node.replace_with(_BREAK + node.text().replace("\n", _BREAK) + _BREAK)
    for node in body.css(", ".join(_BLOCKS)):
        node.insert_after(_BREAK)
    for node in body.css("table"):
        node.insert_after(_TABLE_END)


class _Cell:
    """A cell in the making, or the page itself: finished blocks, and the text since the last of them."""

    __slots__ = ("_text", "add", "blocks", "column_span", "row_span")

    def __init__(self) -> None:
        self.row_span = self.column_span = 1
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self.add = self._text.append

    def add_block(self, block: Block) -> None:
        self.finished().append(block)

    def finished(self) -> list[Block]:
        """Return the blocks, the text at the end included."""
        if self._text:
            text = "".join(self._text).strip()
            self._text.clear()
            if text:
                self.blocks.append(_lines(text))
        return self.blocks


def _lines(text: str) -> str:
    """Return the text as it is shown, its lines ended by line feeds: those of the source end none."""
    if text.isalnum():
        return text
    if "\n" in text:
        text = _WRAPPED.sub("", text).replace("\n", " ")
    return text.replace("\t", " ").replace(_BREAK, "\n")


class _Table:
    """A table in the making; text between its cells stands before it."""

    def __init__(self) -> None:
        self.rows: list[list[_Cell]] = [[]]
        self.before = _Cell()

    def open_cell(self, node: LexborNode) -> _Cell:
        """Open the next cell of the last row."""
        cell = _Cell()
        attributes = node.attributes
        if attributes:
            cell.row_span = _span(attributes.get("rowspan"), MAX_SPAN)
            cell.column_span = _span(attributes.get("colspan"), 1)
        self.rows[-1].append(cell)
        return cell

    def cell(self) -> _Cell:
        """Return the cell that is open."""
        return self.rows[-1][-1] if self.rows[-1] else self.before

    def blocks(self) -> list[Block]:
        """Return the table, or what it holds when it only arranges the page."""
        before = self.before.finished()
        held: list[Block] = []
        rows: list[list[Printed]] = []
        arranges = False
        for row in self.rows:
            printed: list[Printed] = []
            for cell in row:
                blocks = cell.finished()
                text = blocks[0] if len(blocks) == 1 and type(blocks[0]) is str else text_of_cell(blocks)
                arranges = arranges or text is None
                printed.append(Printed(text or "", cell.row_span, cell.column_span))
                held += blocks
            rows.append(printed)
        if arranges:
            return [*before, *held]
        grid = place_cells(rows)
        pictures = [block for block in held if isinstance(block, Picture)]
        return [*before, *([grid] if grid.cells else []), *pictures]


def _span(value: str | None, zero: int) -> int:
    """Return a span; ``rowspan=0`` covers the rows that are left."""
    if value is None:
        return 1
    span = _digits(value)
    return 1 if span is None else span or zero


def _digits(value: str | None) -> int | None:
    found = re.match(r"\s*([0-9]{1,6})", value or "")
    return int(found[1]) if found else None


def _read(body: LexborNode) -> list[Block]:
    page = _Cell()
    add = page.add
    tables: list[_Table] = []
    for node in body.traverse(include_text=True):
        tag = node.tag
        if tag == _TEXT:
            text = node.text_content
            if text == _TABLE_END and tables:
                add = _close(tables, page).add
            else:
                add(text or "")
        elif tag in _BREAKING:
            add(_BREAK)
        elif tag in _OPENING:
            add = _open(node, tag, tables, page).add
    while tables:
        _close(tables, page)
    return page.finished()


def _open(node: LexborNode, tag: str | None, tables: list[_Table], page: _Cell) -> _Cell:
    """Open a table, a row or a cell, or put a picture into the cell that is open; return where text goes on."""
    if tag == "table":
        tables.append(_Table())
    elif tag == "img":
        if _is_large(node):
            (tables[-1].cell() if tables else page).add_block(Picture())
    elif tables and tag == "tr":
        tables[-1].rows.append([])
    elif tables:
        return tables[-1].open_cell(node)
    return tables[-1].cell() if tables else page


def _close(tables: list[_Table], page: _Cell) -> _Cell:
    """Put the innermost table into the cell that holds it, and return that cell."""
    table = tables.pop()
    outer = tables[-1].cell() if tables else page
    for block in table.blocks():
        outer.add_block(block)
    return outer


def _is_large(image: LexborNode) -> bool:
    """Whether a picture may show a table, by the size that the page gives it."""
    sizes = [_digits(image.attributes.get(name)) for name in ("width", "height")]
    return all(size is None or size >= _SMALL for size in sizes)
