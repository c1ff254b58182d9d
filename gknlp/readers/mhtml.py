"""Web pages saved in one file (.mht, .mhtml): the page within, without its pictures and styles."""

from __future__ import annotations

import email.errors
import email.message
import email.parser
import email.policy
from collections.abc import Iterator

import msgspec

from gknlp.errors import UnreadableInput
from gknlp.model import Document, Source
from gknlp.readers.html import read_page

MAX_BYTES = 64 << 20
MAX_PARTS = 2000


def read(data: bytes, source: Source) -> Document:
    """Return the document of a saved page; of several pages, as frames make them, the one that says the most.

    Raises:
        UnreadableInput: the file is too large, holds no page, or none of its pages holds text.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableInput(f"{source.path} has {len(data)} bytes, more than any page of a report")
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(data)
    saved_from = _address(message, "Snapshot-Content-Location") or _address(message, "Content-Location")
    documents: list[Document] = []
    failure = UnreadableInput(f"{source.path} holds no web page")
    for page, charset, address in _pages(message):
        try:
            documents.append(read_page(page, source, charset=charset, url=address or saved_from))
        except UnreadableInput as error:
            failure = error
    if not documents:
        raise failure
    best = max(documents, key=lambda document: len(document.text))
    return msgspec.structs.replace(best, source=msgspec.structs.replace(source, encoding=best.source.encoding))


def _pages(message: email.message.Message) -> Iterator[tuple[bytes, str | None, str | None]]:
    """Yield each page with the character set that its part declares and the address it was saved from."""
    for number, part in enumerate(message.walk()):
        if number > MAX_PARTS:
            return
        payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(payload, bytes):
            yield payload, part.get_content_charset(), _address(part, "Content-Location")


def _address(part: email.message.Message, name: str) -> str | None:
    address = str(part.get(name, ""))
    return address if address.startswith("http") else None
