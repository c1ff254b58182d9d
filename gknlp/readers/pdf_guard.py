"""What is checked in the bytes of a PDF before they are parsed: damage, and parts that unpack to more than any page.

Parsing cannot be stopped once it runs, and it passes over damage: what it gives then looks like all there is.
"""

from __future__ import annotations

import re
import zlib

from gknlp.errors import UnreadableInput

MAX_PART = 10 << 20  # bytes of one part, unpacked; a page full of drawings has 1 MB
MAX_PARTS = 40 << 20  # of all
MAX_FONT = 64 << 20  # of a font

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s*/Image")  # pictures are not unpacked to read text
_FONT = re.compile(rb"/Subtype\s*/(?:Type1C|CIDFontType0C|OpenType)|/Length1\b")
_DICTIONARY = 800  # bytes in which the description of a part stands before it
_INDEX = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\s*$")
_INDEX_BEGIN = re.compile(rb"\s*(?:xref|\d+\s+\d+\s+obj)")
_TAIL = 2048


def check_parts(data: bytes, path: str) -> int:
    """Return how many parts of a file are damaged; its index counts as one.

    :class:`UnreadableInput` when parts unpack to more than any report needs.
    """
    total = damaged = 0
    encrypted = b"/Encrypt" in data
    for found in _STREAM.finditer(data):
        described = data[max(found.start() - _DICTIONARY, 0) : found.start()].rpartition(b"obj")[2]
        if b"FlateDecode" not in described or _PICTURE.search(described):
            continue
        end = data.find(b"endstream", found.end())
        is_font = _FONT.search(described) is not None
        most = MAX_FONT if is_font else MAX_PART
        size, whole = _unpacked(data[found.end() : end if end >= 0 else len(data)], most)
        total += 0 if is_font else size
        damaged += not whole and not encrypted
        if size > most or total > MAX_PARTS or described.count(b"FlateDecode") > 1:
            raise UnreadableInput(
                f"{path}: parts of it unpack to more than {MAX_PART} bytes, or twice over, as in no report: not read"
            )
    return damaged + _has_lost_index(data)


def _unpacked(part: bytes, most: int) -> tuple[int, bool]:
    """Return how many bytes a part unpacks to, as far as it matters, and whether it is whole."""
    unpacking = zlib.decompressobj()
    try:
        size = len(unpacking.decompress(part, most + 1))
    except zlib.error:
        return 0, False
    return size, unpacking.eof or size > most


def _has_lost_index(data: bytes) -> bool:
    """Whether the end of a file names a place for its index where none is: bytes before it are lost or added."""
    named = _INDEX.search(data, max(len(data) - _TAIL, 0))
    if named is None:
        return False
    start = max(data.find(b"%PDF-", 0, 1024), 0)
    return not any(_INDEX_BEGIN.match(data, at) for at in (int(named[1]), start + int(named[1])))
