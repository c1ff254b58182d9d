"""What is checked in the bytes of a PDF before they are parsed: parts that unpack to far more than any page holds.

Parsing cannot be stopped once it runs. Pictures and fonts are left aside, since reading text does not unpack them all.
"""

from __future__ import annotations

import re
import zlib

from gknlp.errors import UnreadableInput

MAX_PART = 10 << 20  # bytes of one part, unpacked; a page full of drawings has 1 MB
MAX_PARTS = 40 << 20  # of all

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_OTHER = re.compile(rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)|/Length1\b")
_DICTIONARY = 800  # bytes in which the description of a part stands before it


def check_parts(data: bytes, path: str) -> None:
    """Raise :class:`UnreadableInput` when parts of a file unpack to more than any report needs."""
    total = 0
    for found in _STREAM.finditer(data):
        described = data[max(found.start() - _DICTIONARY, 0) : found.start()].rpartition(b"obj")[2]
        if b"FlateDecode" not in described or _OTHER.search(described):
            continue
        end = data.find(b"endstream", found.end())
        total += _unpacked(data[found.end() : end if end >= 0 else len(data)])
        if total > MAX_PARTS or described.count(b"FlateDecode") > 1:
            raise UnreadableInput(
                f"{path}: parts of it unpack to more than {MAX_PART} bytes, or twice over, as in no report: not read"
            )


def _unpacked(part: bytes) -> int:
    """Return how many bytes a part unpacks to; more than :data:`MAX_PARTS` when it is too large."""
    try:
        size = len(zlib.decompressobj().decompress(part, MAX_PART + 1))
    except zlib.error:  # encrypted, or damaged: the parser will see
        return 0
    return MAX_PARTS + 1 if size > MAX_PART else size
