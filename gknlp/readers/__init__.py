"""Input formats: bytes to :class:`~gknlp.model.Document`, by what the bytes are, never by the file's name.

A format is one module with ``read(data, source) -> Document`` and one line in :data:`FORMATS`.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from gknlp.errors import UnreadableInput, UnsupportedFormat
from gknlp.model import Document, Source

__all__ = ["FORMATS", "SUFFIXES", "Format", "describe_source", "read_bytes", "read_path", "read_text"]


class Format(NamedTuple):
    """One input format: how its bytes are known, the module that reads it, or what a user does when none does."""

    name: str
    media_type: str
    matches: Callable[[bytes], bool]
    module: str | None
    remedy: str = ""
    suffixes: tuple[str, ...] = ()


class _Reader(Protocol):
    def read(self, data: bytes, source: Source) -> Document: ...


def _magic(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(signatures)


def _zip_with(*members: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(b"PK\x03\x04") and all(member in data for member in members)


_BEFORE_MARKUP = rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:<\?xml[^>]*>|<!--[^>]*-->|\s)*"
_ELEMENTS = (
    rb"!doctype\s+html|html|head|body|title|meta|link|script|style|table|div|p|span|font|center|section|article|main|"
    rb"h[1-6]"
)
_HTML = re.compile(_BEFORE_MARKUP + rb"<(?:" + _ELEMENTS + rb")(?=[\s/>])", re.IGNORECASE)
_MIME = re.compile(rb"^(?:[A-Za-z][A-Za-z-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*)*content-type:\s*multipart/related", re.I)


def _html(data: bytes) -> bool:
    """Zero bytes are dropped so that UTF-16 is seen too."""
    return _HTML.match(data[:4096].replace(b"\0", b"")) is not None


def _mhtml(data: bytes) -> bool:
    return _MIME.match(data[:4096].lstrip().replace(b"\r\n", b"\n")) is not None


def _pdf(data: bytes) -> bool:
    """A few bytes may stand before the mark; a text that only speaks of it has no objects."""
    head = data[:1024]
    return head.lstrip().startswith(b"%PDF-") or (b"%PDF-" in head and b" obj" in data and b"endobj" in data)


_AS_TEXT = "save it as plain text (.txt, UTF-8) first"
_AS_TEXT_OCR = "run character recognition on it and save the result as plain text first"
_UNPACK = "unpack it first"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = _magic(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_ARCHIVES = _magic(b"\x1f\x8b", b"Rar!\x1a", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ")
_SUFFIXES_OF_TEXT = (".txt", ".text", ".md", ".tsv")

# Tried from the top; the last line takes what no other takes.
FORMATS = (
    Format("a PDF", "application/pdf", _pdf, "gknlp.readers.pdf", suffixes=(".pdf",)),
    Format(
        "a Word document (.docx)",
        f"{_OFFICE}wordprocessingml.document",
        _zip_with(b"word/document"),
        "gknlp.readers.docx",
        suffixes=(".docx", ".docm"),
    ),
    Format("a workbook (.xlsx)", f"{_OFFICE}spreadsheetml.sheet", _zip_with(b"xl/workbook"), None, _AS_TEXT),
    Format("an OFD document", "application/ofd", _zip_with(b"OFD.xml"), None, _AS_TEXT),
    Format(
        "an OpenDocument text",
        "application/vnd.oasis.opendocument.text",
        _zip_with(b"content.xml", b"META-INF/manifest.xml"),
        "gknlp.readers.odt",
        suffixes=(".odt",),
    ),
    Format("a ZIP archive", "application/zip", _magic(b"PK\x03\x04", b"PK\x05\x06"), None, _UNPACK),
    Format(
        "an old Office or WPS document (.doc, .wps)",
        "application/x-ole-storage",
        _magic(_OLE),
        "gknlp.readers.ole",
        suffixes=(".doc", ".wps"),
    ),
    Format("an RTF document", "application/rtf", _magic(b"{\\rtf"), "gknlp.readers.rtf", suffixes=(".rtf",)),
    Format("a saved web page (.mht)", "multipart/related", _mhtml, "gknlp.readers.mhtml", suffixes=(".mht", ".mhtml")),
    Format("an HTML page", "text/html", _html, "gknlp.readers.html", suffixes=(".html", ".htm", ".xhtml", ".shtml")),
    Format("an image", "application/octet-stream", _IMAGES, None, _AS_TEXT_OCR),
    Format("a compressed archive", "application/octet-stream", _ARCHIVES, None, _UNPACK),
    Format("a row of a table", "application/x-gknlp-row+json", _magic(b'{"gknlp_row":1,'), "gknlp.readers.row"),
    Format("plain text", "text/plain", lambda data: True, "gknlp.readers.text", suffixes=_SUFFIXES_OF_TEXT),
)

# Suffixes of the formats that are read, for finding inputs in a folder; what a file is, its content decides.
SUFFIXES = frozenset(suffix for form in FORMATS if form.module for suffix in form.suffixes)


def describe_source(data: bytes, path: str, media_type: str, encoding: str | None = None) -> Source:
    """Return the source record of ``data``: its hash and length in bytes."""
    digest = hashlib.sha256(data).hexdigest()
    return Source(path=path, sha256=digest, media_type=media_type, encoding=encoding, bytes=len(data))


def read_bytes(data: bytes, *, name: str) -> Document:
    """Return the document of a file's content.

    :class:`UnsupportedFormat` says what the content looks like and what to do; :class:`UnreadableInput` when it
    holds no text. Everything else that is wrong with it is in :attr:`Document.diagnostics`.

    >>> read_bytes("\\ufeff年度报告\\r\\n".encode(), name="a.txt").text
    '年度报告\\n'
    """
    found = next(form for form in FORMATS if form.matches(data))
    if found.module is None:
        raise UnsupportedFormat(f"{name} is {found.name}, which gknlp does not read yet: {found.remedy}")
    reader = cast(_Reader, importlib.import_module(found.module))
    return reader.read(data, describe_source(data, name, found.media_type))


def read_text(text: str, *, name: str = "<text>") -> Document:
    """Return the document of a string; its source has no encoding and the hash of its UTF-8 form.

    :class:`UnreadableInput` when it holds no text.
    """
    from gknlp.readers import text as plain

    data = text.encode("utf-8", "surrogatepass")
    return plain.read_str(text, describe_source(data, name, plain.MEDIA_TYPE))


def read_path(path: str | os.PathLike[str]) -> Document:
    """Return the document of a file; :class:`UnreadableInput` when it cannot be opened, else as :func:`read_bytes`."""
    name = os.fspath(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{name} cannot be read: {error.strerror or error}") from error
    return read_bytes(data, name=name)
