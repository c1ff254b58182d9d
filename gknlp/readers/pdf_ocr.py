"""Pages that are pictures -> characters, by an engine for character recognition where one is installed.

Nothing here is needed to read a text layer. What is recognised is told apart from what was typed by a diagnostic; the
engine's own confidence, where it has one, is part of it.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gknlp.readers.pdf_page import Glyph, Sheet

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 60  # that are recognised; one takes seconds
LANGUAGE = "chi_sim"

_SCALE = 200 / 72  # pixels a point: 200 dots an inch


class Word(NamedTuple):
    """A word or line as an engine reads it: its box in pixels, and how sure the engine is, from 0 to 1."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


class Engine(NamedTuple):
    """An engine for character recognition; ``read`` takes a picture (of Pillow) and returns its words."""

    name: str
    read: Callable[[Any], Iterable[Word]]


class Recognised(NamedTuple):
    """A page with the characters that were recognised on it, and the mean confidence over them."""

    sheet: Sheet
    confidence: float


def find_engine() -> Engine | None:
    """Return the engine that is installed, ``None`` when there is none.

    Only engines that bring their models with them: nothing is fetched while a report is read.
    """
    if importlib.util.find_spec("PIL") is None:
        return None
    if importlib.util.find_spec("rapidocr_onnxruntime") is not None:
        return Engine("rapidocr", _rapidocr)
    if importlib.util.find_spec("pytesseract") is not None and _has_language():
        return Engine("tesseract", _tesseract)
    return None


def recognise(engine: Engine, document: PdfDocument, sheet: Sheet) -> Recognised:
    """Return a page with the characters that an engine sees on it."""
    page = document[sheet.number - 1]
    picture = page.render(scale=_SCALE).to_pil()
    page.close()
    words = [word for word in engine.read(picture) if word.text.strip()]
    glyphs = [glyph for word in words for glyph in _glyphs(word)]
    letters = sum(len(word.text) for word in words)
    sure = sum(word.confidence * len(word.text) for word in words)
    box = (0.0, 0.0, picture.width / _SCALE, picture.height / _SCALE)
    return Recognised(sheet._replace(box=box, glyphs=glyphs, horizontal=[], vertical=[]), sure / max(letters, 1))


def _glyphs(word: Word) -> Iterable[Glyph]:
    """Yield the characters of a word side by side: an engine does not say where each stands."""
    widths = [1.0 if ord(char) < 0x2000 else 2.0 for char in word.text]
    step = (word.x1 - word.x0) / sum(widths) / _SCALE
    x, top, bottom = word.x0 / _SCALE, word.y0 / _SCALE, word.y1 / _SCALE
    for char, width in zip(word.text, widths, strict=True):
        yield Glyph(x, x + width * step, top, bottom, char)
        x += width * step


def _rapidocr(picture: Any) -> list[Word]:
    numpy = importlib.import_module("numpy")
    found, _ = _rapidocr_engine()(numpy.asarray(picture.convert("RGB")))
    return [_boxed(text, corners, float(confidence)) for corners, text, confidence in found or []]


@lru_cache(maxsize=1)
def _rapidocr_engine() -> Any:
    """Return the engine with its models loaded, which takes a second."""
    return importlib.import_module("rapidocr_onnxruntime").RapidOCR()


def _boxed(text: str, corners: Sequence[Sequence[float]], confidence: float) -> Word:
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return Word(text, min(across), min(down), max(across), max(down), confidence)


def _has_language() -> bool:
    """Whether tesseract is installed with its data for Chinese."""
    command = shutil.which("tesseract")
    if command is None:
        return False
    try:
        listed = subprocess.run([command, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return LANGUAGE in listed.stdout.split()


def _tesseract(picture: Any) -> list[Word]:
    tesseract = importlib.import_module("pytesseract")
    data = tesseract.image_to_data(picture, lang=LANGUAGE, output_type=tesseract.Output.DICT)
    boxes = zip(data["text"], data["left"], data["top"], data["width"], data["height"], data["conf"], strict=True)
    return [
        Word(text, left, top, left + width, top + height, max(float(confidence), 0.0) / 100)
        for text, left, top, width, height, confidence in boxes
        if text.strip()
    ]
