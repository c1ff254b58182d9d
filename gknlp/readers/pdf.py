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
from gknlp.readers.pdf_columns import read_columns
from gknlp.readers.pdf_flow import read_flow
from gknlp.readers.pdf_furniture import drop_furniture
from gknlp.readers.pdf_ocr import find_engine, recognise
from gknlp.readers.pdf_page import Glyph, Sheet, read_sheet

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_BYTES = 256 << 20
MAX_PAGES = 400
MAX_CHARACTERS = 1_000_000  # of all pages

_END = b"%%EOF"
_TAIL = 2048
_GARBLED = 0.1  # of the characters
_FEW = 10  # characters; a page with fewer has no text of a report
_FFFD = "\ufffd"


def read(data: bytes, source: Source) -> Document:
    """Return the document of a PDF file.

    Raises:
        UnreadableInput: the file is damaged, needs a password, is larger than any report, or has no text layer and
            there is no engine that recognises characters.
    """
    path = source.path
    if len(data) > MAX_BYTES:
        raise UnreadableInput(f"{path} has {len(data)} bytes, more than any report")
    document = _open(data, path)
    try:
        sheets = list(_sheets(document, path))
        notes = list(_cut_off(data))
        sheets, recognised = _with_text(document, sheets, path)
        metadata = tuple(_metadata(document))
    finally:
        document.close()
    notes += [*recognised, *_garbled(sheets)]
    columns = drop_furniture([column for sheet in sheets for column in read_columns(sheet)])
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


def _sheets(document: PdfDocument, path: str) -> Iterator[Sheet]:
    import pypdfium2

    count = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError as error:
            raise UnreadableInput(f"{path}: page {number + 1} is damaged: download the file again") from error
        sheet = read_sheet(page, number + 1, path)
        page.close()
        count += len(sheet.glyphs)
        if count > MAX_CHARACTERS:
            raise UnreadableInput(f"{path} holds more than {MAX_CHARACTERS} characters, far more than any report")
        yield sheet


def _metadata(document: PdfDocument) -> Iterator[Metadata]:
    title = document.get_metadata_dict(skip_empty=True).get("Title", "").strip()
    if title:
        yield Metadata(name="title", value=title[:300])


def _cut_off(data: bytes) -> Iterator[Diagnostic]:
    """Say that the end of the file is missing: what could be read may be a part."""
    if _END not in data[-_TAIL:].rstrip(b"\0"):
        yield report("pdf_cut_off")


def _with_text(document: PdfDocument, sheets: Sequence[Sheet], path: str) -> tuple[list[Sheet], list[Diagnostic]]:
    """Return the pages, those that are pictures with their characters recognised where an engine is installed."""
    blind = [at for at, sheet in enumerate(sheets) if sheet.scanned and _count(sheet.glyphs) < _FEW]
    hidden = [sheet.number for sheet in sheets if sheet.scanned and sheet.hidden and _count(sheet.glyphs) >= _FEW]
    notes = [report("text_recognised", pages=_listed(hidden), engine="the file's own text layer")] if hidden else []
    if not blind:
        if not any(_count(sheet.glyphs) for sheet in sheets):
            raise UnreadableInput(f"{path} holds no text: its pages are empty or drawings")
        return list(sheets), notes
    engine = find_engine()
    if engine is None:
        numbers = _listed([sheets[at].number for at in blind])
        if all(_count(sheet.glyphs) < _FEW for sheet in sheets):
            raise UnreadableInput(
                f"{path} has no text layer (no_text_layer): its pages are pictures; install an engine that recognises"
                " characters (pip install 'gknlp[ocr]') or save recognised text as a text file"
            )
        return list(sheets), [*notes, report("no_text_layer", pages=numbers)]
    read = list(sheets)
    for at in blind:
        read[at] = recognise(engine, document, sheets[at])
    numbers = _listed([sheets[at].number for at in blind])
    return read, [*notes, report("text_recognised", pages=numbers, engine=engine.name)]


def _count(glyphs: Sequence[Glyph]) -> int:
    return sum(not glyph.char.isspace() for glyph in glyphs)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")


def _garbled(sheets: Sequence[Sheet]) -> Iterator[Diagnostic]:
    """Say that fonts do not tell which characters they show, so that text is wrong or missing."""
    characters = [glyph.char for sheet in sheets for glyph in sheet.glyphs if not glyph.char.isspace()]
    unknown = sum(map(_is_unknown, characters))
    if unknown > _GARBLED * len(characters):
        yield report("text_layer_garbled", count=unknown, total=len(characters))


def _is_unknown(char: str) -> bool:
    return char == _FFFD or "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000"
