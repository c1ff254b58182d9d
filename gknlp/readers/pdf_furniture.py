"""What every page repeats - numbers, running headers and footers - is no text of the report."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.knowledge.layout import load_layout
from gknlp.readers.pdf_columns import Column
from gknlp.readers.pdf_labels import is_header, is_row
from gknlp.readers.pdf_lines import Line
from gknlp.readers.pdf_tables import Piece
from gknlp.text.normalize import fold

_EDGE = 0.12  # of the page's height, where headers and footers stand
_DEEPEST = 3  # lines of them
_PLACE = 3.0  # points by which one may move from page to page
_DIGITS = re.compile(r"\d+")
_REPEATED = 0.6  # of the pages, or of the odd or even ones


class _Place(NamedTuple):
    """A line that may be furniture: its column and its number among the column's items."""

    column: int
    item: int
    line: Line


def drop_furniture(columns: Sequence[Column]) -> list[Column]:
    """Return the columns of all pages without page numbers, headers and footers."""
    places = [place for number, column in enumerate(columns) for place in _edge_lines(number, column)]
    dropped = {(place.column, place.item) for place in (*_numbers(places, columns), *_repeated(places, columns))}
    return [
        column._replace(items=tuple(item for at, item in enumerate(column.items) if (number, at) not in dropped))
        for number, column in enumerate(columns)
    ]


def _edge_lines(number: int, column: Column) -> Iterable[_Place]:
    """Yield the first and last lines of a column that stand at the edge of the page."""
    _, top, _, bottom = column.box
    depth = _EDGE * (bottom - top)
    count = len(column.items)
    for at, item in enumerate(column.items):
        if isinstance(item, Piece) or _DEEPEST <= at < count - _DEEPEST:
            continue
        if item.bottom <= top + depth or item.top >= bottom - depth:
            yield _Place(number, at, item)


@lru_cache(maxsize=1)
def _page_line() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in load_layout().page_lines))


def _numbers(places: Sequence[_Place], columns: Sequence[Column]) -> Iterable[_Place]:
    """Yield the lines that number pages: by their form, or bare numbers that grow with the pages."""
    bare: dict[int, list[_Place]] = defaultdict(list)
    for place in places:
        text = fold(place.line.text).strip()
        if _page_line().fullmatch(text):
            yield place
        elif text.isdecimal() and len(text) <= 4 and _is_outermost(place, columns):
            bare[int(text) - columns[place.column].page].append(place)
    pages = len({column.page for column in columns})
    for step, found in bare.items():
        if len(found) > 1 or (pages == 1 and step == 0):
            yield from found


def _is_outermost(place: _Place, columns: Sequence[Column]) -> bool:
    return place.item in (0, len(columns[place.column].items) - 1)


def _repeated(places: Sequence[_Place], columns: Sequence[Column]) -> Iterable[_Place]:
    """Yield the lines that stand at the same place on most pages, numbers in them left aside."""
    pages = len({column.page for column in columns})
    found: dict[str, list[_Place]] = defaultdict(list)
    for place in places:
        found[_DIGITS.sub("0", place.line.text)].append(place)
    for same in found.values():
        on = {columns[place.column].page for place in same}
        parity = {page % 2 for page in on}
        due = pages if len(parity) == 2 else pages / 2
        if len(on) < 2 or len(on) < _REPEATED * due or is_row(same[0].line.text) or is_header(same[0].line.text):
            continue
        tops = [place.line.top for place in same]
        if max(tops) - min(tops) <= _PLACE:
            yield from same
