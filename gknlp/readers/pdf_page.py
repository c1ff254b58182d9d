"""One page of a PDF as pdfium knows it -> characters with their boxes, and the lines that are drawn.

Coordinates are points (1/72 inch), x to the right and y downwards, turned so that the text of the page runs to the
right whatever way the page or its text is rotated. Nothing is interpreted here: a space that pdfium makes up is left
out, a character without a meaning stays U+FFFD.
"""

from __future__ import annotations

import ctypes
import importlib
import math
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from gknlp.errors import UnreadableInput

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

MAX_CHARACTERS = 60_000  # of a page; a full page of small print has 6,000
MAX_OBJECTS = 60_000  # of a page; a table of 50 rows drawn side by side has some 3,000
MAX_POINTS = 200_000  # of the drawings of a page
MAX_DEPTH = 8  # of drawings within drawings
UNKNOWN = "\ufffd"  # a character that the fonts of the file give no meaning

_THIN = 3.0  # points; what is drawn no thicker is a line
_STRAIGHT = 1.0  # points by which a line may be off
_SHORTEST = 0.2
_HIGH = 40.0  # points; few characters are
_QUARTER = math.pi / 2
_INVISIBLE_MODE = 3
_LARGE = 0.5  # of the page; a picture that covers more of it is the page itself


_Box = tuple[float, float, float, float]


class Glyph(NamedTuple):
    """A character: the box of its place in the line, and whether it is turned against the page."""

    x0: float
    x1: float
    top: float
    bottom: float
    char: str
    turned: bool = False


class Edge(NamedTuple):
    """A horizontal (``at`` is y) or vertical (``at`` is x) line from ``start`` to ``end``."""

    at: float
    start: float
    end: float


class Sheet(NamedTuple):
    """What stands on a page; ``scanned`` when a picture covers it, ``hidden`` when its characters are not shown.

    ``box`` is the page's left, top, right and bottom.
    """

    number: int
    box: _Box
    glyphs: list[Glyph]
    horizontal: list[Edge]
    vertical: list[Edge]
    scanned: bool
    hidden: bool


class _Drawn(NamedTuple):
    """The lines and pictures of a page before it is turned, as (x0, y0, x1, y1)."""

    lines: list[_Box]
    pictures: list[_Box]


def read_sheet(page: PdfPage, number: int, path: str) -> Sheet:
    """Return what stands on a page; :class:`UnreadableInput` when that is more than on any page of a report."""
    raw = _raw()
    left, bottom, right, top = page.get_bbox()
    text_page = page.get_textpage()
    count = text_page.count_chars()
    if count > MAX_CHARACTERS:
        raise UnreadableInput(f"{path}: page {number} holds {count} characters, more than any page of a report")
    characters = list(_characters(raw, text_page.raw, count))
    text_page.close()
    inside = [
        c for c in characters if left <= (c.left + c.right) / 2 <= right and bottom <= (c.bottom + c.top) / 2 <= top
    ]
    turn = _main_turn(inside)
    drawn = _drawn(raw, page, number, path)
    corners = [_turned(left, bottom, turn), _turned(right, top, turn)]
    horizontal, vertical = _edges(drawn.lines, turn)
    large = _LARGE * (right - left) * (top - bottom)
    scanned = any((x1 - x0) * (y1 - y0) > large for x0, y0, x1, y1 in drawn.pictures)
    return Sheet(
        number=number,
        box=_box(corners),
        glyphs=[glyph for c in inside if (glyph := _glyph(c, turn)) is not None],
        horizontal=horizontal,
        vertical=vertical,
        scanned=scanned,
        hidden=scanned and _is_hidden(raw, page),
    )


@lru_cache(maxsize=1)
def _raw() -> ModuleType:
    return importlib.import_module("pypdfium2.raw")


# -- characters -----------------------------------------------------------------------------------------------------


class _Character(NamedTuple):
    """A character in the coordinates of the file: y upwards, ``angle`` in quarter turns, ``None`` for a slant."""

    left: float
    bottom: float
    right: float
    top: float
    angle: int | None
    char: str


def _characters(raw: ModuleType, text_page: Any, count: int) -> Iterator[_Character]:
    box = raw.FS_RECTF()
    code_of, box_of, angle_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharAngle
    mapped = raw.FPDFText_HasUnicodeMapError
    box_at = ctypes.byref(box)
    high = 0
    for at in range(count):
        code = code_of(text_page, at)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0
        high = 0
        if code <= 32 and (code in (10, 13) or raw.FPDFText_IsGenerated(text_page, at) == 1):
            continue
        if not box_of(text_page, at, box_at):
            continue
        if box.top - box.bottom > _HIGH:
            _correct(raw, text_page, at, box)
        angle = angle_of(text_page, at)
        quarter = 0 if angle == 0 else _quarter(angle)
        known = (code >= 32 or code == 9) and mapped(text_page, at) != 1
        char = chr(code) if known else UNKNOWN
        yield _Character(box.left, box.bottom, box.right, box.top, quarter, char)


def _correct(raw: ModuleType, text_page: Any, at: int, box: Any) -> None:
    """Put the inked box in the place of one that is far larger: pdfium does not scale those of vertical fonts."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not raw.FPDFText_GetCharBox(text_page, at, left, right, bottom, top):
        return
    largest = max(right.value - left.value, top.value - bottom.value)
    if 0 < largest * 3 < box.top - box.bottom:
        box.left, box.right, box.bottom, box.top = left.value, right.value, bottom.value, top.value


def _quarter(angle: float) -> int | None:
    """Return the quarter turns to the left of an angle to the right, ``None`` when it is between them."""
    quarters = angle / _QUARTER
    nearest = round(quarters)
    return -nearest % 4 if abs(quarters - nearest) < 0.1 else None


def _main_turn(characters: list[_Character]) -> int:
    """Return the quarter turns of most characters."""
    counted = Counter(character.angle for character in characters if character.angle is not None)
    return max(counted, key=lambda angle: (counted[angle], -angle)) if counted else 0


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """Return a place of the file on the page that is read: y downwards, its text running to the right."""
    if turn == 0:
        return x, -y
    if turn == 1:
        return y, x
    return (-x, y) if turn == 2 else (-y, -x)


def _glyph(character: _Character, turn: int) -> Glyph | None:
    """Return a character on the turned page; ``None`` for one written aslant, such as a watermark's."""
    if character.angle is None:
        return None
    one = _turned(character.left, character.bottom, turn)
    other = _turned(character.right, character.top, turn)
    x0, x1 = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return Glyph(x0, x1, top, bottom, character.char, character.angle != turn)


# -- drawings -------------------------------------------------------------------------------------------------------

_Matrix = tuple[float, float, float, float, float, float]
_Point = tuple[float, float]
_SAME: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _drawn(raw: ModuleType, page: PdfPage, number: int, path: str) -> _Drawn:
    """Return the straight lines of a page's drawings, those that make up rectangles included."""
    lines: list[_Box] = []
    pictures: list[_Box] = []
    points = 0
    for count, (kind, item, matrix) in enumerate(_objects(raw, page)):
        if count > MAX_OBJECTS or points > MAX_POINTS:
            raise UnreadableInput(f"{path}: page {number} holds more drawings than any page of a report")
        if kind == raw.FPDF_PAGEOBJ_PATH:
            points += raw.FPDFPath_CountSegments(item)
            if points <= MAX_POINTS:
                lines += _lines_of_path(raw, item, matrix)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = _bounds(raw, item, matrix)
            if min(box[2] - box[0], box[3] - box[1]) <= _THIN:
                lines.append(_middle(*box))
            else:
                pictures.append(box)
    return _Drawn(lines, pictures)


def _is_hidden(raw: ModuleType, page: PdfPage) -> bool:
    """Whether most of the text of a page is not shown, as what was recognised in a picture that it lies under."""
    texts = [item for kind, item, _ in _objects(raw, page) if kind == raw.FPDF_PAGEOBJ_TEXT]
    hidden = [item for item in texts if raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE_MODE]
    return 2 * len(hidden) > len(texts)


def _objects(raw: ModuleType, page: PdfPage) -> Iterator[tuple[int, Any, _Matrix]]:
    """Yield the objects of a page, those within form objects too: kind, object and the matrix that places it."""
    kind_of, form = raw.FPDFPageObj_GetType, raw.FPDF_PAGEOBJ_FORM
    count, get = raw.FPDFPage_CountObjects(page.raw), raw.FPDFPage_GetObject
    left: list[tuple[Callable[[Any, int], Any], Any, int, int, _Matrix]] = [(get, page.raw, 0, count, _SAME)]
    while left:
        getter, holder, at, count, matrix = left.pop()
        while at < count:
            item = getter(holder, at)
            at += 1
            kind = kind_of(item)
            if kind != form:
                yield kind, item, matrix
            elif len(left) < MAX_DEPTH:
                left.append((getter, holder, at, count, matrix))
                inner = raw.FPDFFormObj_CountObjects(item)
                left.append((raw.FPDFFormObj_GetObject, item, 0, inner, _times(_matrix(raw, item), matrix)))
                break


def _matrix(raw: ModuleType, item: Any) -> _Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, matrix):
        return _SAME
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    if then is _SAME:
        return first
    a, b, c, d, e, f = first
    a2, b2, c2, d2, e2, f2 = then
    return (
        a * a2 + b * c2,
        a * b2 + b * d2,
        c * a2 + d * c2,
        c * b2 + d * d2,
        e * a2 + f * c2 + e2,
        e * b2 + f * d2 + f2,
    )


def _bounds(raw: ModuleType, item: Any, matrix: _Matrix) -> _Box:
    values = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(item, *values)
    x0, y0, x1, y1 = (value.value for value in values)
    if matrix is _SAME:
        return x0, y0, x1, y1
    return _box([_placed(x, y, matrix) for x in (x0, x1) for y in (y0, y1)])


def _placed(x: float, y: float, matrix: _Matrix) -> _Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _box(points: list[_Point]) -> _Box:
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def _middle(x0: float, y0: float, x1: float, y1: float) -> _Box:
    """Return the line along the middle of a thin box."""
    if x1 - x0 >= y1 - y0:
        return x0, (y0 + y1) / 2, x1, (y0 + y1) / 2
    return (x0 + x1) / 2, y0, (x0 + x1) / 2, y1


def _lines_of_path(raw: ModuleType, item: Any, matrix: _Matrix) -> Iterator[_Box]:
    """Yield the lines of a path: its sides where they are stroked, its middle where it is a thin filled area."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(item, fill, stroke) or not (fill.value or stroke.value):
        return
    if not stroke.value and raw.FPDFPath_CountSegments(item) <= 6 and min(_sizes(_bounds(raw, item, matrix))) > _THIN:
        return  # the ground of a paragraph or cell
    for points in _strokes(raw, item, _times(_matrix(raw, item), matrix)):
        box = _box(points)
        if min(_sizes(box)) <= _THIN:
            yield _middle(*box)
        elif stroke.value:
            yield from ((x0, y0, x1, y1) for (x0, y0), (x1, y1) in pairwise(points))


def _sizes(box: _Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _strokes(raw: ModuleType, item: Any, matrix: _Matrix) -> Iterator[list[_Point]]:
    """Yield the points of each part of a path that is drawn without lifting the pen; curves break it."""
    points: list[_Point] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, at)
        kind = raw.FPDFPathSegment_GetType(segment)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = _placed(x.value, y.value, matrix)
        if kind != raw.FPDF_SEGMENT_LINETO:
            if len(points) > 1:
                yield points
            points = []
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and len(points) > 1:
            points.append(points[0])
    if len(points) > 1:
        yield points


def _edges(lines: list[_Box], turn: int) -> tuple[list[Edge], list[Edge]]:
    """Return the horizontal and the vertical ones among lines, on the turned page."""
    horizontal: list[Edge] = []
    vertical: list[Edge] = []
    for ax, ay, bx, by in lines:
        x0, y0 = _turned(ax, ay, turn)
        x1, y1 = _turned(bx, by, turn)
        wide, high = abs(x1 - x0), abs(y1 - y0)
        if high <= _STRAIGHT and wide > _SHORTEST and wide >= high:
            horizontal.append(Edge((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif wide <= _STRAIGHT and high > _SHORTEST:
            vertical.append(Edge((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return horizontal, vertical
