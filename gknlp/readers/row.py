"""One row of a table of texts: the text, and what the other columns say as metadata.

A row is given to the reader as JSON of its own, so that it has bytes and a digest as any other source.
"""

from __future__ import annotations

import msgspec

from gknlp.errors import UnreadableInput
from gknlp.model import Document, Metadata, Record, Source
from gknlp.readers import text as plain

START = b'{"gknlp_row":1,'


class _Row(Record, frozen=True, kw_only=True):
    gknlp_row: int
    text: str
    columns: dict[str, str]


def write_row(text: str, columns: dict[str, str]) -> bytes:
    """Return the row as the bytes that :func:`read` takes.

    >>> write_row("x", {}).startswith(START)
    True
    """
    return msgspec.json.encode(_Row(gknlp_row=1, text=text, columns=columns))


def read(data: bytes, source: Source) -> Document:
    """Return the document of a row; its encoding is that of the table, which is not known here."""
    try:
        row = msgspec.json.decode(data, type=_Row)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{source.path} is no row of a table: {error}") from error
    document = plain.read_str(row.text, source)
    metadata = tuple(Metadata(name=name, value=value) for name, value in row.columns.items())
    return msgspec.structs.replace(document, metadata=metadata)
