"""Paragraphs and tables of any format -> the one text layout in which they are read.

The layout is the same for all formats, so that the same content gives the same text:

* a paragraph is one line; a break within it begins another line;
* a row of a table is one line, its columns are separated by tabs, a position that a merged cell covers is empty, and
  every row of a table has the same number of tabs;
* within a line, and within a cell, white space is one space; a line break within a cell is nothing between Chinese
  characters (结果⏎维持 is one label), else a space;
* no empty lines, no white space at the ends of a line or cell, no invisible characters.

The reader of tables (:mod:`gknlp.tables`) reads this text as it reads any other; the grids tell it where each cell
stands, so that an empty cell stays empty in its column.

>>> table = place_cells([[Printed("行政复议", column_span=2)], [Printed("结果\\n维持"), Printed("总计")]])
>>> laid = lay_out(["　四、政府信息公开行政复议、行政诉讼情况 ", table])
>>> laid.text
'四、政府信息公开行政复议、行政诉讼情况\\n行政复议\\t\\n结果维持\\t总计\\n'
>>> [laid.text[cell.start : cell.end] for cell in laid.grids[0].cells]
['行政复议', '结果维持', '总计']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from gknlp.errors import UnreadableInput
from gknlp.findings import report
from gknlp.knowledge.sections import load_sections
from gknlp.model import Diagnostic, Document, Grid, GridCell, Metadata, Source, TableId
from gknlp.text.normalize import fold

MAX_COLUMNS = 128  # of a table; the widest table of a form has 15
MAX_SPAN = MAX_COLUMNS  # of a cell; rows end with the table
MAX_CHARACTERS = 20_000_000  # of a document; the longest reports have some 100,000
_SECTION_TABLES: dict[str, TableId] = {"disclosure": "disclosure", "requests": "requests", "remedies": "remedies"}
_LABEL = 100  # characters; a longer cell of several lines holds paragraphs, not a label

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACE = re.compile(r"\s+")
_SPACES = re.compile(r"[^\S\t\n]+")  # white space that separates no cells and no lines
_AROUND_TAB = re.compile(r" ?\t ?")
_NUMBER_TAB = re.compile(r"^(\S{1,6}[\u3001.\uff0e)\uff09])\t")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2018-\u201d\u2026\u2014\U00020000-\U0003ffff]")


class Printed(NamedTuple):
    """A cell in the order in which a source prints it; line breaks in its text are ``\\n``."""

    text: str
    row_span: int = 1
    column_span: int = 1


class TextCell(NamedTuple):
    """A cell at its place in a table."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str


class TextGrid(NamedTuple):
    """A table: its cells in row order, then column order, none covering another."""

    cells: tuple[TextCell, ...]


class Picture(NamedTuple):
    """A picture that may show a table; it has no text."""


Block = str | TextGrid | Picture
"""A paragraph, its line breaks as ``\\n``, a table or a picture."""


def text_of_cell(blocks: Iterable[Block]) -> str | None:
    """Return the text of what a cell holds; ``None`` when it holds a table of its own, so that its table only arranges.

    A table of one column within a cell is text of the cell.
    """
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
        elif isinstance(block, TextGrid):
            if any(cell.column for cell in block.cells):
                return None
            lines += [cell.text for cell in block.cells]
    return "\n".join(lines)


class FullCell(NamedTuple):
    """A cell at its place in a table, with all that it holds."""

    row: int
    column: int
    row_span: int
    column_span: int
    blocks: Sequence[Block]


def table_blocks(cells: Sequence[FullCell]) -> Iterator[Block]:
    """Yield a table and the pictures in it; what its cells hold, in their order, when it only arranges other tables."""
    texts = [text_of_cell(cell.blocks) for cell in cells]
    if any(text is None for text in texts):
        yield from (block for cell in cells for block in cell.blocks)
        return
    if cells:
        yield TextGrid(tuple(TextCell(*cell[:4], text or "") for cell, text in zip(cells, texts, strict=True)))
    yield from (block for cell in cells for block in cell.blocks if isinstance(block, Picture))


class Laid(NamedTuple):
    """The text of a document, the tables within it and where between its lines pictures stand."""

    text: str
    grids: tuple[Grid, ...]
    pictures: tuple[int, ...]


def make_document(
    source: Source,
    blocks: Iterable[Block],
    *,
    metadata: Sequence[Metadata] = (),
    diagnostics: Sequence[Diagnostic] = (),
) -> Document:
    """Return the document of ``blocks``; :class:`UnreadableInput` when they hold no text, or far too much of it."""
    laid = lay_out(blocks)
    text, folded = laid.text, fold(laid.text)
    if not text:
        raise UnreadableInput(f"{source.path} holds no text" + (", only pictures" if laid.pictures else ""))
    if len(text) > MAX_CHARACTERS:
        raise UnreadableInput(f"{source.path} holds {len(text)} characters, far more than any report")
    said = (*diagnostics, *_lost(text, diagnostics), *_tables_as_pictures(folded, laid))
    return Document(
        source=source, text=text, folded=folded, diagnostics=said, grids=laid.grids, metadata=tuple(metadata)
    )


def _lost(text: str, known: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Say that the input itself holds U+FFFD, unless decoding it put them there."""
    marks = text.count("\ufffd")
    if marks and not any(note.code == "undecodable_bytes" for note in known):
        at = text.index("\ufffd")
        yield report("replacement_characters", start=at, end=at + 1, count=marks, first=at)


def _tables_as_pictures(folded: str, laid: Laid) -> Iterator[Diagnostic]:
    """Say which tables are pictures: those with a picture, but no table, right behind the heading of their section."""
    said: set[str] = set()
    for place in laid.pictures:
        start = folded.rfind("\n", 0, max(place - 1, 0)) + 1
        heading = folded[start:place].strip()
        table = _table_headed(heading) if len(heading) <= _LABEL else None
        if table and table not in said:
            said.add(table)
            yield report("table_is_image", table=table, start=start, end=start + len(heading))


def _table_headed(heading: str) -> TableId | None:
    """Return the table whose section a line heads, by the words that the headings of the section must have."""
    if "\t" in heading:
        return None
    kinds = [
        kind for kind in load_sections().section if any(all(w in heading for w in words) for words in kind.require)
    ]
    found = [kind for kind in kinds if not any(word in heading for word in kind.block)]
    return _SECTION_TABLES.get(found[0].id) if len(found) == 1 else None


def place_cells(rows: Iterable[Iterable[Printed]]) -> TextGrid:
    """Return the table of rows whose cells stand in print order, as in HTML: each takes the next free position.

    A span of no or of negative size counts as one; spans are cut at :data:`MAX_SPAN` columns and at the last row. Where
    the spans of two cells overlap, the later one covers less.
    """
    printed = [list(row) for row in rows]
    new = tuple.__new__  # makes a named tuple in half the time
    free_from: dict[int, int] = {}  # column -> the first row in which it is free again, where a cell above reaches down
    cells: list[TextCell] = []
    for row, line in enumerate(printed):
        column = 0
        for text, down, across in line:
            while free_from and free_from.get(column, 0) > row:
                column += 1
            if across > 1:
                across = _room(free_from, row, column, min(across, MAX_SPAN))
            if down > 1:
                down = min(down, len(printed) - row)
                free_from.update(dict.fromkeys(range(column, column + across), row + down))
            across = max(across, 1)
            cells.append(new(TextCell, (row, column, max(down, 1), across, text)))
            column += across
    return TextGrid(tuple(cells))


def _room(free_from: dict[int, int], row: int, column: int, across: int) -> int:
    """Return how many of ``across`` positions are free from ``column`` on; the first is."""
    return next((n for n in range(1, across) if free_from.get(column + n, 0) > row), across)


def lay_out(blocks: Iterable[Block]) -> Laid:
    """Return the text of paragraphs and tables, and the grids of the tables.

    A table with one column is a list of paragraphs; a row with a cell of several paragraphs is no row of a table, too.
    """
    builder = _Builder()
    for block in blocks:
        if isinstance(block, str):
            builder.paragraph(block)
        elif isinstance(block, TextGrid):
            builder.table(block)
        else:
            builder.picture()
    return Laid("".join(builder.parts), tuple(builder.grids), tuple(builder.pictures))


def line_text(text: str) -> str:
    """Return one line as the layout prints it: tabs are kept within it.

    The tab between the number of a paragraph and its text is not: it is no column.

    >>> line_text("　　全年\\u200b公开  信息\\xa05条 "), line_text("一、\\t总体情况")
    ('全年公开 信息 5条', '一、总体情况')
    """
    printed = _AROUND_TAB.sub("\t", _SPACES.sub(" ", _visible(text))).strip()
    return _NUMBER_TAB.sub(r"\1", printed) if "\t" in printed else printed


def cell_text(text: str) -> str:
    """Return the text of a cell as the layout prints it.

    >>> cell_text(" 结果\\n维持 "), cell_text("1 204\\n件"), cell_text("3.危及“三安\\n全一稳定”")
    ('结果维持', '1 204 件', '3.危及“三安全一稳定”')
    """
    if not text or text.isalnum():
        return text
    text = _visible(text)
    return _SPACE.sub(_joint, text).strip() if _SPACE.search(text) else text


def _joint(match: re.Match[str]) -> str:
    """Return what stands for a run of white space in a cell."""
    text, (start, end) = match.string, match.span()
    broken = "\n" in match[0] and start > 0 and end < len(text)
    return "" if broken and _WIDE.match(text[start - 1]) and _WIDE.match(text[end]) else " "


def _visible(text: str) -> str:
    if text.isprintable() and "\u00ad" not in text:
        return text
    return _CONTROL.sub("", _INVISIBLE.sub("", text))


class _Builder:
    """Text in parts, and the grids with their places in it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.grids: list[Grid] = []
        self.pictures: list[int] = []
        self._at = 0

    def picture(self) -> None:
        self.pictures.append(self._at)

    def paragraph(self, text: str) -> None:
        for line in text.split("\n"):
            if printed := line_text(line):
                self._add(printed + "\n")

    def table(self, table: TextGrid) -> None:
        """Add the rows of a table; those that hold paragraphs divide it."""
        for is_prose, group in groupby(_rows(table.cells), key=_is_prose):
            rows = list(group)
            if is_prose:
                for cell in (cell for row in rows for cell in row):
                    self.paragraph(cell.text)
            else:
                self._rows([cell for row in rows for cell in row])

    def _rows(self, cells: list[TextCell]) -> None:
        rows = _ranks({cell.row for cell in cells})
        columns = _ranks({cell.column for cell in cells})
        if len(columns) == 1:
            for cell in cells:
                self.paragraph(cell_text(cell.text))
            return
        lines: list[list[TextCell]] = [[] for _ in rows]
        for cell in cells:
            lines[rows[cell.row]].append(cell)
        if len(columns) > MAX_COLUMNS:
            for line in lines:
                self._add("\t".join(cell_text(cell.text) for cell in line) + "\n")
            return
        self._grid(lines, rows, columns)

    def _grid(self, lines: list[list[TextCell]], rows: dict[int, int], columns: dict[int, int]) -> None:
        start = self._at
        across, down = sorted(columns), sorted(rows)
        empty = [""] * len(columns)
        made: list[GridCell] = []
        for number, line in enumerate(lines):
            texts = empty.copy()
            for cell in line:
                texts[columns[cell[1]]] = cell_text(cell[4])
            starts = _starts(texts, self._at)
            for row, at, row_span, column_span, _ in line:
                column = columns[at]
                begin = starts[column]
                made.append(
                    GridCell(
                        row=number,
                        column=column,
                        row_span=_covered(down, number, row + row_span) if row_span > 1 else 1,
                        column_span=_covered(across, column, at + column_span) if column_span > 1 else 1,
                        start=begin,
                        end=begin + len(texts[column]),
                    )
                )
            self._add("\t".join(texts) + "\n")
        grid = Grid(start=start, end=self._at - 1, rows=len(lines), columns=len(columns), cells=tuple(made))
        self.grids.append(grid)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self._at += len(text)


def _rows(cells: Sequence[TextCell]) -> Iterator[list[TextCell]]:
    for _, row in groupby(cells, key=lambda cell: cell.row):
        yield list(row)


def _is_prose(row: list[TextCell]) -> bool:
    return any(len(cell.text) > _LABEL and "\n" in cell.text.strip() for cell in row)


def _ranks(places: set[int]) -> dict[int, int]:
    """Return the number of each place among those in which a cell begins."""
    return {place: rank for rank, place in enumerate(sorted(places))}


def _covered(places: list[int], first: int, beyond: int) -> int:
    """Return how many of ``places``, counted from the one of rank ``first``, lie before ``beyond``."""
    if first + 1 == len(places) or places[first + 1] >= beyond:
        return 1
    return next((rank - first for rank in range(first + 1, len(places)) if places[rank] >= beyond), len(places) - first)


def _starts(texts: list[str], at: int) -> list[int]:
    """Return where each text begins in a line at ``at`` in which they are separated by one character."""
    starts = []
    for text in texts:
        starts.append(at)
        at += len(text) + 1
    return starts
