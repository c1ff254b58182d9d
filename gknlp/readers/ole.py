"""Old Office files: text documents of Word and WPS are read, of the others it is said what they are."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from gknlp.errors import UnreadableInput, UnsupportedFormat
from gknlp.model import Document, Source
from gknlp.readers import convert, doc

if TYPE_CHECKING:
    from olefile import OleFileIO

_TEXT = "WordDocument"
_ENCRYPTED = "EncryptedPackage"
_OTHERS = {
    "Workbook": "an old workbook (.xls)",
    "Book": "an old workbook (.xls)",
    "PowerPoint Document": "slides (.ppt)",
}
_STREAMS = (_TEXT, "0Table", "1Table", "Data")
MAX_STREAM = 64 << 20


def read(data: bytes, source: Source) -> Document:
    """Return the document of an old Word or WPS file; one of before 1997 by way of LibreOffice, where it is installed.

    Raises:
        UnsupportedFormat: the file is a workbook or the like, or too old and there is no converter.
        UnreadableInput: the file is damaged, encrypted, or holds no text.
    """
    streams = _streams(data, source.path)
    try:
        return doc.read_streams(streams, source)
    except doc.TooOld:
        return convert.read_converted(data, source, ".doc")


def _streams(data: bytes, path: str) -> dict[str, bytes]:
    """Return the parts of a file that a text document is read from."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            _check(file, path)
            return {name: _stream(file, name, path) for name in _STREAMS if file.exists(name)}
    except (OSError, ValueError, IndexError, KeyError, OverflowError, struct.error) as error:
        raise UnreadableInput(f"{path} is a damaged or cut-off Office file: {error}") from error


def _check(file: OleFileIO, path: str) -> None:
    if file.exists(_ENCRYPTED):
        raise UnreadableInput(f"{path} is encrypted: save it without a password first")
    if not file.exists(_TEXT):
        what = next((name for stream, name in _OTHERS.items() if file.exists(stream)), "an Office file without text")
        raise UnsupportedFormat(
            f"{path} is {what}, which gknlp does not read: save it as a text document (.docx) first"
        )


def _stream(file: OleFileIO, name: str, path: str) -> bytes:
    if file.get_size(name) > MAX_STREAM:
        raise UnreadableInput(f"{path} has more than {MAX_STREAM} bytes of text, more than any report")
    content: bytes = file.openstream(name).read()
    return content
