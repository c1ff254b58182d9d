"""Files that are ZIP packages of XML, opened with limits: no bomb fills the memory, no entity is resolved.

Nothing is ever unpacked to a disk.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree import ElementTree

from gknlp.errors import UnreadableInput

MAX_ENTRIES = 5_000
MAX_PART = 32 << 20  # bytes of one part, unpacked; the largest reports have 5 MB
MAX_RATIO = 300  # unpacked to packed; repetitive XML reaches 60
_RATIO_FLOOR = 1 << 20  # bytes; a smaller part is harmless whatever its ratio

Element = ElementTree.Element


class Package:
    """The parts of a package by name.

    Raises:
        UnreadableInput: from all methods, when the file is damaged, encrypted, or larger than any report.
    """

    def __init__(self, data: bytes, path: str) -> None:
        self._path = path
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
            self._names = {info.filename: info for info in self._file.infolist()}
        except (zipfile.BadZipFile, ValueError, OverflowError, EOFError) as error:
            raise UnreadableInput(f"{path} is a damaged or cut-off file: {error}") from error
        if len(self._names) > MAX_ENTRIES:
            raise UnreadableInput(f"{path} holds {len(self._names)} parts, more than any document")

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str) -> bytes:
        """Return one part, unpacked."""
        info = self._names.get(name)
        if info is None:
            raise UnreadableInput(f"{self._path} is damaged: its part {name} is missing")
        if info.flag_bits & 1:
            raise UnreadableInput(f"{self._path} is encrypted: save it without a password first")
        limit = max(_RATIO_FLOOR, min(MAX_PART, MAX_RATIO * info.compress_size))
        try:
            with self._file.open(info) as stream:
                data = stream.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
            raise UnreadableInput(f"{self._path} is damaged: {name}: {error}") from error
        if len(data) > limit:
            raise UnreadableInput(
                f"{self._path}: its part {name} unpacks to more than {limit} bytes, which no document does: not read"
            )
        return data

    def parse(self, name: str) -> Element:
        """Return the root of a part that is XML."""
        return parse_xml(self.read(name), f"{self._path}: {name}")


def parse_xml(data: bytes, name: str) -> Element:
    """Return the root of an XML file; :class:`UnreadableInput` when it is no XML or declares a document type.

    A document type can define entities, which multiply or name other files; no office format has one.
    """
    data = _as_utf8(data, name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableInput(f"{name} declares a document type, which no office document does: not read")
    try:
        return ElementTree.fromstring(data, ElementTree.XMLParser(encoding="utf-8"))  # noqa: S314 - checked above
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableInput(f"{name} is damaged: {error}") from error


def _as_utf8(data: bytes, name: str) -> bytes:
    """Return the data in the one encoding in which it is checked and parsed."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError as error:
            raise UnreadableInput(f"{name} is damaged: {error}") from error
    return data


def small_number(value: str | None, default: int) -> int:
    """Return an attribute that holds a number of at most six digits, ``default`` where it holds something else."""
    return int(value) if value and len(value) <= 6 and value.isascii() and value.isdecimal() else default
