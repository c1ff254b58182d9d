"""Word 97-2003 and WPS documents (.doc, .wps): the text by its piece table, tables by the edges of their cells.

Sources: [MS-DOC] 2.3-2.9. Positions of characters are counted over pieces; each piece lies somewhere in the main
stream, as UTF-16 or as one byte a character. The properties of paragraphs, which are kept by position in the stream,
say whether a paragraph stands in a table, and where the cells of a row end.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gknlp.errors import UnreadableInput
from gknlp.model import Document, Source
from gknlp.readers.edges import EdgeCell, EdgeRow, Merge, place_by_edges
from gknlp.readers.layout import Block, Picture, make_document

_MAGIC = (0xA5EC, 0xA5DC)  # Word 97 and later, Word 6 and 95
_WORD_97 = 0x00C1
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_FLAGS, _TEXT_LENGTH, _POINTERS = 0x0A, 0x4C, 0x9A
_PARAGRAPHS, _PIECES = 13, 33  # numbers of pointers
_PAGE = 512  # bytes of a page of properties
_ONE_BYTE = 0x40000000
MAX_CHARACTERS = 20_000_000

_IN_TABLE, _ROW_END, _DEPTH, _INNER_ROW_END = 0x2416, 0x2417, 0x6649, 0x244C
_CELL_EDGES, _MERGED_DOWN, _MERGED_ACROSS, _ELSEWHERE = 0xD608, 0xD62B, 0x5624, 0x6646
_OPERANDS = (1, 1, 2, 4, 2, 2, -1, 3)  # bytes, by the kind that the code of a property tells
_TC_BYTES = 20
_ACROSS: tuple[Merge, ...] = ("", "more", "first", "first")
_NONE: tuple[Merge, ...] = ("",)

_CELL_END, _PARAGRAPH_ENDS = "\x07", "\r\x07\x0c"
_FIELD_BEGIN, _FIELD_TEXT, _FIELD_END = "\x13", "\x14", "\x15"
_PICTURES = "\x01\x08"
_SHOWN = {"\x0b": "\n", "\x0e": "\n", "\x0c": "\n", "\r": "\n", "\x1e": "-", "\x1f": "", "\t": "\t", "\xa0": " "}


class TooOld(UnreadableInput):
    """The file was written by a Word before 97, which kept its text otherwise."""


class _Piece(NamedTuple):
    """Characters that lie together: the first's number, how many, where in the stream, how wide."""

    first: int
    length: int
    offset: int
    width: int


class _Properties(NamedTuple):
    """What is read of a paragraph's properties; ``edges`` and ``merges`` are of the row that it ends."""

    depth: int = 0
    row_end: bool = False
    inner_row_end: bool = False
    edges: tuple[int, ...] = ()
    across: tuple[Merge, ...] = ()
    down: tuple[Merge, ...] = ()


def read_streams(streams: Mapping[str, bytes], source: Source) -> Document:
    """Return the document of a Word file's streams (``WordDocument``, ``0Table``, ``1Table``, ``Data``).

    Raises:
        TooOld: a Word before 97 wrote it.
        UnreadableInput: the file is damaged, encrypted, or holds no text.
    """
    try:
        return make_document(source, _blocks(streams, source.path))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{source.path} is a damaged Word file: {error}") from error


def _blocks(streams: Mapping[str, bytes], path: str) -> Iterator[Block]:
    main = streams["WordDocument"]
    magic, version = struct.unpack_from("<HH", main)
    if magic not in _MAGIC:
        raise UnreadableInput(f"{path} is a damaged Word file: it does not begin as one")
    (flags,) = struct.unpack_from("<H", main, _FLAGS)
    if flags & _ENCRYPTED:
        raise UnreadableInput(f"{path} is encrypted: save it without a password first")
    if version < _WORD_97:
        raise TooOld(f"{path} was written by a Word before 97")
    table = streams.get("1Table" if flags & _SECOND_TABLE else "0Table", b"")
    (length,) = struct.unpack_from("<i", main, _TEXT_LENGTH)
    if not 0 <= length <= MAX_CHARACTERS:
        raise UnreadableInput(f"{path} is a damaged Word file: it claims to have {length} characters")
    pieces = _pieces(_part(main, table, _PIECES), length)
    properties = _Paragraphs(main, _part(main, table, _PARAGRAPHS), streams.get("Data", b""))
    yield from _Reader().blocks(main, pieces, properties)


def _part(main: bytes, table: bytes, number: int) -> bytes:
    offset, size = struct.unpack_from("<II", main, _POINTERS + 8 * number)
    return table[offset : offset + size]


def _pieces(clx: bytes, length: int) -> list[_Piece]:
    """Return the pieces of the main text, in order."""
    at = 0
    while clx[at] == 1:  # changes of properties, which concern no text
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", plc)
    found: list[_Piece] = []
    for number in range(count):
        (place,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        first, end = bounds[number], min(bounds[number + 1], length)
        if first >= end:
            continue
        offset, width = ((place & ~_ONE_BYTE) // 2, 1) if place & _ONE_BYTE else (place, 2)
        found.append(_Piece(first, end - first, offset, width))
    return found


class _Paragraphs:
    """The properties of paragraphs by where in the stream they lie; read when they are asked for."""

    def __init__(self, main: bytes, bins: bytes, data: bytes) -> None:
        self._main = main
        self._data = data
        count = (len(bins) - 4) // 8
        self._bounds = struct.unpack_from(f"<{max(count, 0) + 1}I", bins) if count >= 0 else ()
        self._pages = struct.unpack_from(f"<{count}I", bins, 4 * (count + 1)) if count > 0 else ()
        self._known: dict[int, tuple[tuple[int, ...], int]] = {}
        self._read: dict[tuple[int, int], _Properties] = {}

    def at(self, offset: int) -> _Properties:
        """Return the properties of the paragraph that holds the byte at ``offset`` of the stream."""
        number = bisect_right(self._bounds, offset) - 1
        if not 0 <= number < len(self._pages):
            return _Properties()
        start = (self._pages[number] & 0x3FFFFF) * _PAGE
        if start not in self._known:
            count = self._main[start + _PAGE - 1]
            self._known[start] = struct.unpack_from(f"<{count + 1}I", self._main, start), count
        bounds, count = self._known[start]
        index = bisect_right(bounds, offset) - 1
        if not 0 <= index < count:
            return _Properties()
        key = (start, index)
        if key not in self._read:
            self._read[key] = self._properties(start, start + 4 * (count + 1) + 13 * index)
        return self._read[key]

    def _properties(self, page: int, entry: int) -> _Properties:
        at = page + 2 * self._main[entry]
        if at == page:
            return _Properties()
        size = 2 * self._main[at] - 1
        if size < 0:
            at += 1
            size = 2 * self._main[at]
        return _interpret(self._main[at + 3 : at + 1 + size], self._data)


def _interpret(packed: bytes, data: bytes) -> _Properties:
    """Return what is read of packed properties: the last of a kind holds."""
    found = _Properties()
    for code, operand in _operands(packed):
        if code == _ELSEWHERE:
            (at,) = struct.unpack("<I", operand)
            size = int.from_bytes(data[at : at + 2], "little")
            found = _interpret(data[at + 2 : at + 2 + size], b"")
        elif code == _IN_TABLE and operand[0]:
            found = found._replace(depth=max(found.depth, 1))
        elif code == _DEPTH:
            found = found._replace(depth=max(struct.unpack("<i", operand)[0], 0))
        elif code == _ROW_END:
            found = found._replace(row_end=bool(operand[0]))
        elif code == _INNER_ROW_END:
            found = found._replace(inner_row_end=bool(operand[0]))
        elif code == _CELL_EDGES:
            found = _with_edges(found, operand)
        elif code == _MERGED_DOWN and len(operand) >= 2:
            found = found._replace(down=_with_merge(found.down, operand[0], operand[0] + 1, _down(operand[1])))
        elif code == _MERGED_ACROSS:
            across = _with_merge(found.across, operand[0], operand[0] + 1, "first")
            found = found._replace(across=_with_merge(across, operand[0] + 1, operand[1], "more"))
    return found


def _operands(packed: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 < len(packed):
        (code,) = struct.unpack_from("<H", packed, at)
        at += 2
        size = _OPERANDS[code >> 13]
        if code == _CELL_EDGES:
            size = int.from_bytes(packed[at : at + 2], "little") - 1
            at += 2
        elif size < 0:
            size = packed[at]
            at += 1
        operand = packed[at : at + size]
        if len(operand) < size:
            return
        yield code, operand
        at += size


def _with_edges(found: _Properties, operand: bytes) -> _Properties:
    count = operand[0]
    edges = struct.unpack_from(f"<{count + 1}h", operand, 1)
    begin = 1 + 2 * (count + 1)
    cells = [operand[at : at + 2] for at in range(begin, min(len(operand), begin + _TC_BYTES * count), _TC_BYTES)]
    flags = [int.from_bytes(cell, "little") for cell in cells]
    across = tuple([_ACROSS[flag & 3] for flag in flags])
    return found._replace(edges=edges, across=across, down=tuple([_down(flag >> 5 & 3) for flag in flags]))


def _down(flag: int) -> Merge:
    return "first" if flag == 3 else "more" if flag == 1 else ""


def _with_merge(merges: tuple[Merge, ...], first: int, beyond: int, merge: Merge) -> tuple[Merge, ...]:
    longer = [*merges, *_NONE * (beyond - len(merges))]
    longer[first:beyond] = [merge] * (beyond - first)
    return tuple(longer)


class _Reader:
    """Characters and properties -> blocks."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._text: list[str] = []
        self._cells: list[str] = []
        self._rows: list[EdgeRow] = []
        self._fields: list[bool] = []  # of the fields that are open, whether their instruction is over

    def blocks(self, main: bytes, pieces: list[_Piece], properties: _Paragraphs) -> Iterator[Block]:
        """Yield the blocks of the main text."""
        for piece in pieces:
            packed = main[piece.offset : piece.offset + piece.length * piece.width]
            if len(packed) < piece.length * piece.width:
                raise IndexError(f"{piece.length} characters are not where they should be")
            text = packed.decode("utf-16-le" if piece.width == 2 else "cp1252", "replace")
            for number, char in enumerate(text):
                if char in _PARAGRAPH_ENDS:
                    self._end(char, properties.at(piece.offset + number * piece.width))
                else:
                    self._add(char)
            yield from self._blocks
            self._blocks.clear()
        self._end_table()
        self._end_text()
        yield from self._blocks

    def _add(self, char: str) -> None:
        if char == _FIELD_BEGIN:
            self._fields.append(False)
        elif char == _FIELD_TEXT and self._fields:
            self._fields[-1] = True
        elif char == _FIELD_END and self._fields:
            self._fields.pop()
        elif all(self._fields):
            if char in _PICTURES and not self._cells:
                self._end_text()
                self._blocks.append(Picture())
            elif char >= " " or char in _SHOWN:
                self._text.append(_SHOWN.get(char, char))

    def _end(self, char: str, properties: _Properties) -> None:
        """End a paragraph, a cell or a row."""
        if not properties.depth:
            self._end_table()
            self._end_text()
        elif properties.row_end and properties.depth == 1:
            self._end_row(properties)
        elif char == _CELL_END and properties.depth == 1:
            self._cells.append("".join(self._text))
            self._text.clear()
        else:
            self._text.append("\n")

    def _end_row(self, properties: _Properties) -> None:
        cells = self._cells
        edges = list(properties.edges) or [0]
        edges += [edges[-1] + 1000 * n for n in range(1, len(cells) - len(edges) + 2)]
        across, down = (merges + _NONE * len(cells) for merges in (properties.across, properties.down))
        made = tuple([EdgeCell(*cell) for cell in zip(cells, edges[1:], across, down, strict=False)])
        if made:
            self._rows.append(EdgeRow(edges[0], made))
        self._cells = []
        self._text.clear()

    def _end_table(self) -> None:
        self._text = [*self._cells, *self._text]
        self._cells = []
        if self._rows:
            self._blocks.append(place_by_edges(self._rows))
            self._rows = []

    def _end_text(self) -> None:
        if text := "".join(self._text).strip():
            self._blocks.append(text)
        self._text.clear()
