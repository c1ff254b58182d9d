"""A report as a Word 97 file: an OLE container, a piece table of two kinds of pieces, properties of every paragraph."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from gknlp.readers.layout import place_cells
from tests.support.reports import Page, ReportSource, Rows

_SECTOR = 512
_TEXT_AT = 2048
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_EDGE = 900  # twentieths of a point
_IN_TABLE = struct.pack("<HB", 0x2416, 1)
_ROW_END = _IN_TABLE + struct.pack("<HB", 0x2417, 1)
_DOWN = {"": 0, "first": 3, "more": 1}


class _Paragraph(NamedTuple):
    """Text with the sign that ends it, and its properties."""

    text: str
    properties: bytes = b""


def write_doc(source: ReportSource) -> bytes:
    """Return a .doc file."""
    return pack_doc(list(_paragraphs(source)))


def pack_doc(paragraphs: list[_Paragraph], *, flags: int = 0x0200, version: int = 0x00C1) -> bytes:
    """Return the file of some paragraphs; the first is stored with one byte a character when it is ASCII."""
    pieces: list[tuple[int, int, bool]] = []  # first character, place in the stream, whether one byte a character
    places: list[tuple[int, int]] = []  # of the paragraphs in the stream
    body = bytearray()
    characters = 0
    for text, _ in paragraphs:
        narrow = text.isascii()
        start = _TEXT_AT + len(body)
        pieces.append((characters, start, narrow))
        body += text.encode("ascii" if narrow else "utf-16-le")
        body += b"\0" * (len(body) % 2)
        places.append((start, start + len(text) * (1 if narrow else 2)))
        characters += len(text)
    main = bytearray(_TEXT_AT) + body
    main += b"\0" * (-len(main) % _SECTOR)
    first_page = len(main) // _SECTOR
    for (start, end), (_, properties) in zip(places, paragraphs, strict=True):
        main += _page(start, end, properties)
    bounds = [*(piece[0] for piece in pieces), characters]
    plc = struct.pack(f"<{len(bounds)}I", *bounds)
    plc += b"".join(struct.pack("<HIH", 0, 0x40000000 | 2 * at if narrow else at, 0) for _, at, narrow in pieces)
    clx = b"\x01" + struct.pack("<H", 3) + b"\0" * 3 + b"\x02" + struct.pack("<I", len(plc)) + plc
    ends = [*(start for start, _ in places), places[-1][1]]
    bins = struct.pack(f"<{len(ends)}I", *ends) + struct.pack(
        f"<{len(places)}I", *range(first_page, first_page + len(places))
    )
    table = clx + bins
    struct.pack_into("<HH", main, 0, 0xA5EC, version)
    struct.pack_into("<H", main, 0x0A, flags)
    struct.pack_into("<i", main, 0x4C, characters)
    struct.pack_into("<II", main, 0x9A + 8 * 33, 0, len(clx))
    struct.pack_into("<II", main, 0x9A + 8 * 13, len(clx), len(bins))
    return pack_ole({"WordDocument": bytes(main), "1Table": table})


def _page(start: int, end: int, properties: bytes) -> bytes:
    """Return a page of properties for one paragraph: its grpprl stands at the end, an even number of bytes long."""
    packed = b"\0\0" + properties  # the style
    packed += b"\0" * (len(packed) % 2)
    size = bytes((0, len(packed) // 2)) + packed
    at = (_SECTOR - 1 - len(size)) // 2 * 2
    page = bytearray(_SECTOR)
    struct.pack_into("<II", page, 0, start, end)
    page[8] = at // 2
    page[at : at + len(size)] = size
    page[-1] = 1
    return bytes(page)


def _paragraphs(source: ReportSource) -> Iterator[_Paragraph]:
    yield _Paragraph(source.title + "\r")
    for part in source.parts:
        if isinstance(part, str):
            yield _Paragraph(part + "\r")
        elif isinstance(part, Page):
            yield _Paragraph("\x0c")
        else:
            yield from _table(part)
            yield _Paragraph("\r")


def _table(rows: Rows) -> Iterator[_Paragraph]:
    grid = place_cells(rows)
    for row in range(len(rows)):
        cells = sorted(
            (cell for cell in grid.cells if cell.row <= row < cell.row + cell.row_span), key=lambda cell: cell.column
        )
        for cell in cells:
            text = cell.text.replace("\n", "\x0b") if cell.row == row else ""
            yield _Paragraph(text + "\x07", _IN_TABLE)
        edges = [0, *(_EDGE * (cell.column + cell.column_span) for cell in cells)]
        merges = ["" if cell.row_span == 1 else "first" if cell.row == row else "more" for cell in cells]
        descriptions = b"".join(struct.pack("<H18x", _DOWN[merge] << 5) for merge in merges)
        operand = struct.pack(f"<B{len(edges)}h", len(cells), *edges) + descriptions
        yield _Paragraph("\x07", _ROW_END + struct.pack("<HH", 0xD608, len(operand) + 1) + operand)


def pack_ole(streams: dict[str, bytes]) -> bytes:
    """Return an OLE file of ``streams``, each of at least 4096 bytes so that none is a small one."""
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    sectors: list[int] = []  # the allocation table
    data = bytearray()
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, content) in enumerate(padded.items(), 1):
        first = len(sectors)
        count = -(-len(content) // _SECTOR)
        sectors += [*range(first + 1, first + count), _END]
        data += content.ljust(count * _SECTOR, b"\0")
        entries.append(_entry(name, 2, first, len(content), right=number + 1 if number < len(padded) else _FREE))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * _SECTOR, b"\0")
    directory_at = len(sectors)
    count = len(directory) // _SECTOR
    sectors += [*range(directory_at + 1, directory_at + count), _END]
    data += directory
    tables = -(-(len(sectors) + 8) // (_SECTOR // 4 - 1))
    fat_at = len(sectors)
    sectors += [_FAT] * tables
    fat = struct.pack(f"<{len(sectors)}I", *sectors).ljust(tables * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        tables,
        directory_at,
        0,
        4096,
        _END,
        0,
        _END,
        0,
    )
    header += struct.pack(f"<{tables}I", *range(fat_at, fat_at + tables)).ljust(_SECTOR - len(header), b"\xff")
    return header + bytes(data) + fat


def _entry(name: str, kind: int, first: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", encoded, len(encoded) + 2, kind, 1, _FREE, right, child, b"", 0, 0, 0, first, size
    )
