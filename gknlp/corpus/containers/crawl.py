"""WARC files of crawls: the pages and documents that a server gave."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gknlp.corpus.containers.names import member_of
from gknlp.corpus.inputs import Input, read_input
from gknlp.errors import UnreadableInput

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_PLAIN, _PACKED = b"WARC/", b"\x1f\x8b"
MAX_RECORD = 100 << 20  # bytes
# What servers call documents; pictures, scripts and the like of a page are none.
_DOCUMENTS = (
    *("text/html", "text/plain", "application/xhtml", "application/pdf", "application/rtf", "application/octet-stream"),
    *("application/msword", "application/x-msword", "application/vnd.ms-word", "application/wps-office"),
    *("application/vnd.openxmlformats", "application/vnd.oasis"),
)


def documents(item: Input) -> Iterator[Input]:
    """Yield every page and document that a server gave with success, named by its address, in the crawl's order."""
    if find_spec("warcio") is None:
        yield item._replace(problem="is a crawl: reading it needs warcio: pip install 'gknlp[crawl]'")
        return
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        data = read_input(item)
        if not data.startswith((_PLAIN, _PACKED)):
            raise ValueError("it does not begin as one")
        for record in ArchiveIterator(io.BytesIO(data)):
            if (found := _document(item, record)) is not None:
                yield found
    except UnreadableInput as error:
        yield item._replace(problem=str(error))
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        yield item._replace(problem=f"is a damaged or cut-off WARC file: {error}")


def _document(item: Input, record: ArcWarcRecord) -> Input | None:
    """Return the document of a record, ``None`` for one that holds none."""
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or headers.get_statuscode() != "200":
            return None
        kind = (headers.get_header("Content-Type") or "").lower()
    elif record.rec_type == "resource":
        kind = (record.rec_headers.get_header("Content-Type") or "").lower()
    else:
        return None
    if kind and not kind.startswith(_DOCUMENTS):
        return None
    data = record.content_stream().read(MAX_RECORD + 1)
    if len(data) > MAX_RECORD:
        return member_of(item, address, problem=f"has more than {MAX_RECORD} bytes, which no report has: not read")
    return member_of(item, address, data) if data.strip() else None
