"""Bytes to text: which encoding, and what could not be decoded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from gknlp.findings import report
from gknlp.model import Diagnostic

# UTF-32-LE stands first: its mark begins with that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8, _GB = "utf-8", "gb18030"

# What a Chinese text is made of; the wrong byte order or width gives other scripts instead.
_USUAL = re.compile("[\t\n\r\x20-\x7e\u2000-\u206f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_WIDE_SHARE = 0.9
_THREE_BYTES = re.compile(rb"[\xe2-\xef][\x80-\xbf]{2}")  # one character of U+2000 and above in UTF-8
_UTF8_RUN = re.compile(rb"(?:[\xe2-\xef][\x80-\xbf]{2}){6}")  # does not happen by chance in GB 18030
_WHOLE_SHARE = 0.6
_TELLING = 12  # bytes of a line that are enough to tell the two encodings apart
_ASCII = bytes(range(0x80))
_SAMPLE = 1 << 20


class Decoded(NamedTuple):
    """Text with line ends as LF and no byte order mark.

    ``encoding`` names the codec of most of it, ``lost`` counts the U+FFFD put for what could not be decoded.
    """

    text: str
    encoding: str
    lost: int
    diagnostics: tuple[Diagnostic, ...]


class _Piece(NamedTuple):
    text: str
    encoding: str
    foreign_lines: int = 0  # lines in another encoding than ``encoding``


def decode(data: bytes) -> Decoded:
    """Decode ``data`` by byte order mark, by the zero bytes of wide encodings, as UTF-8 or as GB 18030, in this order.

    Bytes that fit none become U+FFFD and are reported (``undecodable_bytes``); a file whose lines are partly UTF-8 and
    partly GB 18030 is decoded line by line (``mixed_encoding``). GBK and GB 2312 are read, and named, as ``gb18030``.

    >>> decode("年度报告\\r\\n".encode("gbk"))
    Decoded(text='年度报告\\n', encoding='gb18030', lost=0, diagnostics=())
    """
    piece = _decode(data)
    text = _line_feeds(piece.text.removeprefix("\ufeff"))
    marks = text.count("\ufffd")
    if not marks and not piece.foreign_lines:
        return Decoded(text, piece.encoding, 0, ())
    printed = min(marks, data.count("\ufffd".encode(piece.encoding))) if marks else 0
    return Decoded(text, piece.encoding, marks - printed, tuple(_doubts(text, piece, marks - printed, printed)))


def _decode(data: bytes) -> _Piece:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            return _narrow(body) if encoding == _UTF8 else _Piece(body.decode(encoding, "replace"), encoding)
    wide = _wide_encoding(data) if b"\0" in data else None
    if wide:
        return _Piece(data.decode(wide, "replace"), wide)
    return _narrow(data)


def _wide_encoding(data: bytes) -> str | None:
    """The UTF-16 or UTF-32 form that turns the file's beginning into Chinese or ASCII text, if one does.

    A narrow text with a stray zero byte is told apart by its share of zero bytes: in UTF-16 one in two of an
    ASCII text; in Chinese text few, but then the other reading is no UTF-8.
    """
    head = data[: _SAMPLE - _SAMPLE % 4]
    if head.count(0) < 0.3 * len(head) and _is_utf8(head):
        return None
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = head.decode(encoding, "replace")
        if text and len(_USUAL.findall(text)) >= _WIDE_SHARE * len(text):
            return encoding
    return None


def _is_utf8(data: bytes) -> bool:
    # A sample may end inside a character, which an incremental decoder waits for.
    try:
        codecs.getincrementaldecoder(_UTF8)().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _narrow(data: bytes) -> _Piece:
    """UTF-8 or GB 18030 as a whole; else line by line."""
    for encoding in (_UTF8, _GB):
        if encoding == _GB and _UTF8_RUN.search(data):
            break
        with suppress(UnicodeDecodeError):
            return _Piece(data.decode(encoding), encoding)
    return _by_line(data)


def _by_line(data: bytes) -> _Piece:
    """Each line in the encoding that fits it, doubtful ones as most: no byte of a GB 18030 character is a line feed."""
    lines = data.splitlines(keepends=True)
    verdicts = [None if line.isascii() else _looks_utf8(line) for line in lines]
    utf8, gb = verdicts.count(True), verdicts.count(False)
    main, other = (_UTF8, _GB) if utf8 > gb else (_GB, _UTF8)
    parts = [
        line.decode(main if verdict is None or verdict == (main == _UTF8) else other, "replace")
        for line, verdict in zip(lines, verdicts, strict=True)
    ]
    return _Piece("".join(parts), main, min(utf8, gb))


def _looks_utf8(line: bytes) -> bool | None:
    """Whether ``line`` is UTF-8 rather than GB 18030; ``None`` when it is too short to tell.

    Counting replacement characters is not enough: UTF-8 with one broken byte often is valid, but senseless, GB 18030.
    GB 18030 read as UTF-8 is broken at almost every character, so the share of whole UTF-8 characters decides.
    """
    foreign = len(line.translate(None, _ASCII))
    share = 3 * len(_THREE_BYTES.findall(line)) / foreign
    if foreign >= _TELLING:
        return share > _WHOLE_SHARE
    utf8, gb = _fits(line, _UTF8), _fits(line, _GB)
    if utf8 and not gb:
        return True
    return False if gb and not utf8 and share <= _WHOLE_SHARE else None


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _doubts(text: str, piece: _Piece, lost: int, printed: int) -> Iterator[Diagnostic]:
    """``printed`` U+FFFD stand in the file itself: an earlier conversion lost something, not this one."""
    if piece.foreign_lines:
        other = _GB if piece.encoding == _UTF8 else _UTF8
        yield report("mixed_encoding", lines=piece.foreign_lines, other=other, encoding=piece.encoding)
    at = text.find("\ufffd")
    if lost:
        yield report("undecodable_bytes", start=at, end=at + 1, count=lost, first=at, encoding=piece.encoding)
    if printed:
        yield report("replacement_characters", start=at, end=at + 1, count=printed, first=at)
