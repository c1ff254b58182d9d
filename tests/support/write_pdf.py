"""A report as a PDF, written with fpdf2 and a Chinese font of the system: every line and character at a known place.

Tables are drawn cell by cell, with rules or without, over as many pages as they need: a cell that a page break cuts is
drawn on both pages, its text parted between them.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gknlp.readers.layout import TextCell, place_cells
from gknlp.readers.pdf_labels import is_value
from tests.support.reports import Page, ReportSource, Rows, report_sources

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT = "Noto Sans CJK SC"
_SIGNS = "".join(map(chr, range(32, 127))) + "　、。，：；（）《》“”‘’％…—－三安全一稳定右栏左说明"
_SIZE, _SMALL, _LEADING = 12.0, 9.0, 1.5
_PAD = 3.0


class Style(NamedTuple):
    """How a report is printed; sizes in points."""

    ruled: bool = True
    height: float = 842.0
    width: float = 595.0
    margin: float = 60.0
    columns: int = 1
    header: str = ""  # printed at the head of every page
    repeated: bool = False  # the head of a table is printed again after a page break
    cut: bool = True  # page breaks cut labels
    turned: bool = False  # everything is printed from the bottom to the top of the page


PLAIN = Style()


def font_missing() -> str | None:
    """Return why no PDF can be written, ``None`` when it can."""
    try:
        found = subprocess.run(["fc-match", "-f", "%{file}", f"{_FONT}:style=Regular"], capture_output=True, text=True)
    except OSError:
        return "fc-match is not installed, so no Chinese font can be found"
    return None if "CJK" in found.stdout else f"the font {_FONT} is not installed (fonts-noto-cjk)"


@lru_cache(maxsize=1)
def _font() -> Path:
    """Return a font file with the characters of all reports: a small one is read a hundred times faster."""
    from fontTools import subset, ttLib  # type: ignore[import-untyped]

    match = ["fc-match", "-f", "%{file}", f"{_FONT}:style=Regular"]
    file = subprocess.run(match, capture_output=True, text=True, check=True).stdout
    path = Path(tempfile.mkdtemp(prefix="gknlp-font-")) / "han.otf"
    with ttLib.TTCollection(file, lazy=True) as collection:
        face = next(face for face in collection.fonts if face["name"].getDebugName(1) == _FONT)
        made = subset.Subsetter(subset.Options(layout_features=[], name_IDs=[1, 2, 4, 6]))
        made.populate(text=_SIGNS + "".join(_texts()))
        made.subset(face)
        face.save(path)
    return path


def _texts() -> Iterator[str]:
    for source in report_sources():
        yield source.title
        for part in source.parts:
            if isinstance(part, str):
                yield part
            elif not isinstance(part, Page):
                yield from (cell.text for row in part for cell in row)


def write_pdf(source: ReportSource, style: Style = PLAIN) -> bytes:
    """Return a PDF of one report."""
    return write_parts([source.title, *source.parts], style)


def write_parts(parts: Sequence[str | Rows | Page], style: Style = PLAIN) -> bytes:
    """Return a PDF of a title and what follows it."""
    pen = _Pen(style)
    for number, part in enumerate(parts):
        if isinstance(part, str):
            pen.paragraph(part, centred=number == 0)
        elif isinstance(part, Page):
            pen.next_column()
        else:
            pen.table(part)
    return pen.finished()


class _Pen:
    """Where on which page the next thing is printed."""

    def __init__(self, style: Style) -> None:
        from fpdf import FPDF

        self.style = style
        size = (style.height, style.width) if style.turned else (style.width, style.height)
        self.pdf: FPDF = FPDF(unit="pt", format=size)
        self.pdf.set_auto_page_break(False)
        self.pdf.add_font("han", fname=str(_font()))
        self.column = style.columns - 1
        self.page = 0
        gap = 30.0 * (style.columns - 1)
        self.width = (style.width - 2 * style.margin - gap) / style.columns
        self.x = self.y = 0.0
        self.left: dict[TextCell, list[str]] = {}  # what of a table's cells is not printed yet
        self.next_column()

    @property
    def bottom(self) -> float:
        return self.style.height - self.style.margin

    def next_column(self) -> None:
        self.column += 1
        if self.column == self.style.columns:
            self.column = 0
            self.page += 1
            self.pdf.add_page()
            number = f"- {self.page} -"
            self.text(number, (self.style.width - self.measure(number, _SMALL)) / 2, self.style.height - 25, _SMALL)
            if self.style.header:
                self.text(self.style.header, self.style.margin, 30, _SMALL)
        self.x = self.style.margin + self.column * (self.width + 30.0)
        self.y = self.style.margin

    def finished(self) -> bytes:
        self.pdf.set_creation_date(datetime(2024, 1, 1, tzinfo=UTC))
        return bytes(self.pdf.output())

    def measure(self, text: str, size: float) -> float:
        self.pdf.set_font("han", size=size)
        return float(self.pdf.get_string_width(text))

    def text(self, text: str, x: float, base: float, size: float) -> None:
        self.pdf.set_font("han", size=size)
        if self.style.turned:
            with self.pdf.rotation(90, base, self.style.width - x):
                self.pdf.text(base, self.style.width - x, text)
        else:
            self.pdf.text(x, base, text)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if self.style.turned:
            self.pdf.line(y0, self.style.width - x0, y1, self.style.width - x1)
        else:
            self.pdf.line(x0, y0, x1, y1)

    def paragraph(self, text: str, *, centred: bool) -> None:
        size = _SIZE * 1.4 if centred else _SIZE
        room = self.width - (0 if centred else 2 * size)
        for number, line in enumerate(self.wrapped(text, size, room, self.width)):
            if self.y + size * _LEADING > self.bottom:
                self.next_column()
            first = 0 if number or centred else 2 * size
            start = (self.width - self.measure(line, size)) / 2 if centred else first
            self.text(line, self.x + start, self.y + size, size)
            self.y += size * _LEADING

    def wrapped(self, text: str, size: float, first: float, room: float) -> Iterator[str]:
        """Yield the lines of a text: numbers and words are not parted, no line begins with a sign."""
        for part in text.split("\n"):
            line = ""
            for word in _words(part):
                if line and self.measure(line + word, size) > first:
                    yield line.rstrip(" ")
                    line, first = "", room
                line += word
            yield line

    def table(self, rows: Rows) -> None:
        grid = place_cells(rows)
        sides = self.sides(grid.cells)
        lines = {cell: self.lines_of(cell, sides) for cell in grid.cells}
        heights = _heights(grid.cells, lines, len(rows))
        head = _head(rows) if self.style.repeated else 0
        if self.y + sum(heights[: head + 1]) > self.bottom:
            self.next_column()
        top, first = self.y, 0
        self.left = dict(lines)
        for row, height in enumerate(heights):
            if self.y + height > self.bottom and row > max(first, head):
                self.draw(grid.cells, sides, _tops(top, heights[first:row]), first)
                self.next_column()
                top, first = self.y, row
                if head:
                    tops = _tops(top, heights[:head])
                    self.left.update((cell, lines[cell]) for cell in grid.cells if cell.row < head)
                    self.draw(grid.cells, sides, tops, 0)
                    top = self.y = tops[-1]
            self.y += height
        self.draw(grid.cells, sides, _tops(top, heights[first:]), first)
        self.y += 6

    def sides(self, cells: Sequence[TextCell]) -> list[float]:
        """Return where the columns begin, and where the last ends."""
        count = max(cell.column + cell.column_span for cell in cells)
        needs = [2.2 * _SMALL] * count
        for cell in cells:
            if cell.column_span == 1:
                longest = max(self.measure(line, _SMALL) for line in cell.text.split("\n"))
                needs[cell.column] = max(needs[cell.column], min(longest + 2 * _PAD, 14 * _SMALL))
        scale = self.width / sum(needs)
        places = [self.x]
        for need in needs:
            places.append(places[-1] + need * scale)
        return places

    def lines_of(self, cell: TextCell, sides: Sequence[float]) -> list[str]:
        room = sides[cell.column + cell.column_span] - sides[cell.column] - 2 * _PAD
        return list(self.wrapped(cell.text, _SMALL, room, room))

    def draw(self, cells: Sequence[TextCell], sides: Sequence[float], tops: Sequence[float], first: int) -> None:
        """Draw the rows from ``first`` on, as many as there are places for."""
        beyond = first + len(tops) - 1
        for cell in cells:
            start, end = max(cell.row, first), min(cell.row + cell.row_span, beyond)
            if start >= end:
                continue
            x0, x1 = sides[cell.column] - sides[0] + self.x, sides[cell.column + cell.column_span] - sides[0] + self.x
            y0, y1 = tops[start - first], tops[end - first]
            if self.style.ruled:
                for ax, ay, bx, by in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                    self.line(ax, ay, bx, by)
            self.cell_text(self.share(cell, end), x0, x1, y0, y1)

    def share(self, cell: TextCell, end: int) -> list[str]:
        """Return what of a cell's text stands on this page; the rest is left for the next."""
        lines = self.left[cell]
        if end == cell.row + cell.row_span or not self.style.cut or sum(map(len, lines)) < 2:
            self.left[cell] = []
            return lines
        if len(lines) > 1:
            self.left[cell] = lines[len(lines) // 2 :]
            return lines[: len(lines) // 2]
        half = len(lines[0]) // 2
        self.left[cell] = [lines[0][half:]]
        return [lines[0][:half]]

    def cell_text(self, lines: Sequence[str], x0: float, x1: float, y0: float, y1: float) -> None:
        step = _SMALL * 1.2
        base = (y0 + y1 - step * len(lines)) / 2 + _SMALL
        for line in lines:
            self.text(line, (x0 + x1 - self.measure(line, _SMALL)) / 2, base, _SMALL)
            base += step


def _words(text: str) -> Iterator[str]:
    """Yield what is not parted at a line end."""
    word = ""
    for char in text:
        if word and not (char in "，。、；：）”》" or (word[-1].isascii() and char.isascii()) or word[-1] in "（“《"):
            yield word
            word = ""
        word += char
    if word:
        yield word


def _heights(cells: Sequence[TextCell], lines: dict[TextCell, list[str]], rows: int) -> list[float]:
    heights = [_SMALL * 1.2 + 2 * _PAD] * rows
    for cell in sorted(cells, key=lambda cell: cell.row_span):
        need = len(lines[cell]) * _SMALL * 1.2 + 2 * _PAD
        have = sum(heights[cell.row : cell.row + cell.row_span])
        heights[cell.row + cell.row_span - 1] += max(need - have, 0)
    return heights


def _head(rows: Rows) -> int:
    """Return how many rows stand above the first one with a value."""
    return next((at for at, row in enumerate(rows) if any(is_value(cell.text) for cell in row)), 0)


def _tops(top: float, heights: Sequence[float]) -> list[float]:
    tops = [top]
    for height in heights:
        tops.append(tops[-1] + height)
    return tops


def blank_pdf(pages: int) -> bytes:
    """Return a PDF of empty pages."""
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
