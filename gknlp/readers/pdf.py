"""PDF files with a text layer: characters and drawn lines -> paragraphs and tables.

Stages, each callable alone: page -> characters and lines (:mod:`~gknlp.readers.pdf_page`), drawn lines -> ruled tables
(:mod:`~gknlp.readers.pdf_frames`), page -> columns of lines and tables (:mod:`~gknlp.readers.pdf_columns`), columns
without what pages repeat (:mod:`~gknlp.readers.pdf_furniture`), and the flow of all columns -> blocks
(:mod:`~gknlp.readers.pdf_flow`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gknlp.errors import UnreadableInput
from gknlp.findings import report
from gknlp.model import Diagnostic, Document, Metadata, Source
from gknlp.readers.layout import make_document
from gknlp.readers.pdf_columns import Column, read_columns
from gknlp.readers.pdf_flow import read_flow
from gknlp.readers.pdf_furniture import drop_furniture
from gknlp.readers.pdf_guard import check_parts
from gknlp.readers.pdf_ocr import MAX_PAGES as MAX_RECOGNISED
from gknlp.readers.pdf_ocr import Recognised, find_engine, recognise
from gknlp.readers.pdf_page import UNKNOWN, Glyph, Sheet, read_sheet
from gknlp.readers.pdf_tables import Piece

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_BYTES = 256 << 20
MAX_PAGES = 400
MAX_CHARACTERS = 1_000_000  # of all pages
MAX_CELLS = 60_000  # of all tables

_END = b"%%EOF"
_TAIL = 2048
_GARBLED = 0.1  # of the characters
_FEW = 10  # characters; a page with fewer has no text of a report
_OWN_LAYER = "before, by the maker of the file"


def read(data: bytes, source: Source) -> Document:
    """Return the document of a PDF file.

    Raises:
        UnreadableInput: the file is damaged, needs a password, is larger than any report, or has no text layer and
            there is no engine that recognises characters.
    """
    path = source.path
    if len(data) > MAX_BYTES:
        raise UnreadableInput(f"{path} has {len(data)} bytes, more than any report")
    broken = check_parts(data, path)
    document = _open(data, path)
    try:
        sheets, damaged = _sheets(document, path)
        notes = [*_cut_off(data), *damaged, *([report("pdf_parts_damaged", count=broken)] if broken else [])]
        sheets, recognised = _with_text(document, sheets, path)
        metadata = tuple(_metadata(document))
    finally:
        document.close()
    notes += [*recognised, *_garbled(sheets)]
    columns = drop_furniture(list(_columns(sheets, path)))
    return make_document(source, read_flow(columns), metadata=metadata, diagnostics=notes)


def _open(data: bytes, path: str) -> PdfDocument:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableInput(f"{path} is encrypted: save it without a password first") from error
        raise UnreadableInput(f"{path} is a damaged or cut-off PDF: download it again") from error
    pages = len(document)
    if pages > MAX_PAGES:
        document.close()
        raise UnreadableInput(f"{path} has {pages} pages, far more than any report: take out the pages of the report")
    if not pages:
        document.close()
        raise UnreadableInput(f"{path} has no pages that can be read: download it again")
    return document


def _sheets(document: PdfDocument, path: str) -> tuple[list[Sheet], list[Diagnostic]]:
    """Return the pages; those that are damaged are left out and said."""
    import pypdfium2

    sheets: list[Sheet] = []
    damaged: list[int] = []
    count = 0
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
            sheets.append(read_sheet(page, number, path))
        except pypdfium2.PdfiumError:
            damaged.append(number)
            continue
        page.close()
        count += len(sheets[-1].glyphs)
        if count > MAX_CHARACTERS:
            raise UnreadableInput(f"{path} holds more than {MAX_CHARACTERS} characters, far more than any report")
    if not sheets:
        raise UnreadableInput(f"{path} is a damaged or cut-off PDF: none of its pages can be read; download it again")
    return sheets, [report("pages_damaged", pages=_listed(damaged))] if damaged else []


def _columns(sheets: Sequence[Sheet], path: str) -> Iterator[Column]:
    cells = 0
    for sheet in sheets:
        for column in read_columns(sheet):
            cells += sum(len(item.cells) for item in column.items if isinstance(item, Piece))
            yield column
        if cells > MAX_CELLS:
            raise UnreadableInput(f"{path} holds more than {MAX_CELLS} table cells, far more than any report")


def _metadata(document: PdfDocument) -> Iterator[Metadata]:
    title = document.get_metadata_dict(skip_empty=True).get("Title", "").strip()
    if title:
        yield Metadata(name="title", value=title[:300])


def _cut_off(data: bytes) -> Iterator[Diagnostic]:
    """Say that the end of the file is missing: what could be read may be a part."""
    if _END not in data[-_TAIL:].rstrip(b"\0"):
        yield report("pdf_cut_off")


def _with_text(document: PdfDocument, sheets: list[Sheet], path: str) -> tuple[list[Sheet], list[Diagnostic]]:
    """Return the pages, those that are pictures with their characters recognised where an engine is installed."""
    written = [sheet for sheet in sheets if _count(sheet.glyphs) >= _FEW]
    blind = [sheet for sheet in sheets if _count(sheet.glyphs) < _FEW and (sheet.scanned or _unknown(sheet) >= _FEW)]
    hidden = [sheet.number for sheet in written if sheet.scanned and sheet.hidden]
    notes = [report("text_recognised", pages=_listed(hidden), engine=_OWN_LAYER)] if hidden else []
    engine = find_engine() if blind else None
    if not written and not blind:
        raise UnreadableInput(f"{path} holds no text: its pages are empty or drawings")
    if not written and engine is None and not any(sheet.scanned for sheet in blind):
        raise UnreadableInput(
            f"{path}: its fonts do not tell which characters they show (text_layer_garbled): print it to a new PDF from"
            " the program that made it, or have its characters recognised and save the result as text"
        )
    if not written and engine is None:
        raise UnreadableInput(
            f"{path} has no text layer (no_text_layer): its pages are pictures; install an engine that recognises"
            " characters (pip install 'gknlp[ocr]'), or have them recognised and save the result as text"
        )
    read: dict[int, Recognised] = {}
    if engine is not None:
        read = {sheet.number: recognise(engine, document, sheet) for sheet in blind[:MAX_RECOGNISED]}
        sure = sum(found.confidence for found in read.values()) / len(read)
        named = f"{engine.name}, mean confidence {sure:.2f}"
        notes.append(report("text_recognised", pages=_listed(list(read)), engine=named))
    if left := [sheet.number for sheet in blind if sheet.number not in read]:
        notes.append(report("no_text_layer", pages=_listed(left)))
    return [read[sheet.number].sheet if sheet.number in read else sheet for sheet in sheets], notes


def _count(glyphs: Sequence[Glyph]) -> int:
    """Return how many characters have a meaning."""
    return sum(not glyph.char.isspace() and not _is_unknown(glyph.char) for glyph in glyphs)


def _unknown(sheet: Sheet) -> int:
    return sum(_is_unknown(glyph.char) for glyph in sheet.glyphs)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")


def _garbled(sheets: Sequence[Sheet]) -> Iterator[Diagnostic]:
    """Say that fonts do not tell which characters they show, so that text is wrong or missing."""
    unknown = sum(map(_unknown, sheets))
    total = unknown + sum(_count(sheet.glyphs) for sheet in sheets)
    if unknown > _GARBLED * total:
        yield report("text_layer_garbled", count=unknown, total=total)


def _is_unknown(char: str) -> bool:
    return char == UNKNOWN or "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000"
