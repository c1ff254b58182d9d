"""Folded text -> tokens of a table: label fragments, numbers and marks, each with its place.

Nothing here knows a form. Lines that belong to the page ("- 4 -") and cells that hold prose give no tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gknlp.knowledge.layout import load_layout
from gknlp.model import Number

HAN = "\u3400-\u9fff\uf900-\ufaff"
_PROSE_FLOOR = 15  # characters; a shorter cell is never prose
_BRACKETS = re.compile(r"\([^()]*\)")


class Fragment(NamedTuple):
    """A run of Han characters: part of a label."""

    start: int
    end: int
    line: int
    cell: int


class Value(NamedTuple):
    """A printed value. ``number`` is ``None`` for a mark that stands for nothing and for a malformed number."""

    start: int
    end: int
    line: int
    cell: int
    number: Number | None
    malformed: bool
    money: float | None  # factor to 万元 when the cell prints a unit of money


class Tokens(NamedTuple):
    """The tokens of a region in text order; ``delimited`` are the lines that print cell delimiters."""

    fragments: tuple[Fragment, ...]
    values: tuple[Value, ...]
    delimited: frozenset[int]


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the token, page-line and prose patterns, compiled once."""
    layout = load_layout()
    sign = "|".join((*layout.plus, *layout.minus))
    unit = "|".join(sorted((*layout.units, *layout.money), key=len, reverse=True))
    edge = r"[^\s|]"
    token = rf"""
        (?P<marker>(?<!{edge})\(?[{layout.numerals}]{{1,3}}(?:\)|[,.](?=\s*[({HAN}])|\u3001)
                  |(?<![\d.])\d{{1,2}}(?:[.\u3001]|\)\u3001?)(?!\d)(?=\s*(?:["\u201c\u300c({HAN}]|$)))
      |(?P<number>(?:(?P<sign>{sign})\s?)?(?P<minus>[-+\u2212](?=\d))?
          (?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)
          (?:\s?(?P<unit>{unit})(?![{HAN}\d]))?)(?P<tail>[{HAN}\dA-Za-z.%]|-\d)?
      |(?P<han>(?:(?!(?:{sign})\s?[-+]?\d)[{HAN}])+)
      |(?P<dash>(?<!{edge})(?:[-/\u2010-\u2015]{{1,6}}|{"|".join(layout.dash_words)})(?!{edge}))
    """
    page = re.compile(rf"\s*(?:{'|'.join(layout.page_lines)})\s*")
    prose = re.compile(rf"[{HAN}]\d.*[{layout.clause_breaks}]|[{layout.clause_breaks}].*[{HAN}]\d")
    return re.compile(token, re.VERBOSE), page, prose


def tokenize(folded: str, start: int, end: int) -> Tokens:
    """Return the tokens of ``folded[start:end]``; offsets index ``folded``."""
    fragments: list[Fragment] = []
    values: list[Value] = []
    delimited: set[int] = set()
    for number, line_start, line_end in _lines(folded, start, end):
        cells = _cells(folded, line_start, line_end)
        if len(cells) > 1:
            delimited.add(number)
        for index, (cell_start, cell_end) in enumerate(cells):
            _tokenize_cell(folded, cell_start, cell_end, number, index, fragments, values)
    return Tokens(tuple(fragments), tuple(values), frozenset(delimited))


def cell_spans(folded: str, position: int) -> list[tuple[int, int]]:
    """Return the spans of all cells of the line that holds ``position``."""
    start = folded.rfind("\n", 0, position) + 1
    end = folded.find("\n", position)
    return _cells(folded, start, len(folded) if end < 0 else end)


def _lines(folded: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    page = _patterns()[1]
    number, line_start = 0, start
    while line_start < end:
        line_end = folded.find("\n", line_start, end)
        line_end = end if line_end < 0 else line_end
        short = line_end - line_start < 40
        if not (short and page.fullmatch(folded, line_start, line_end)):
            yield number, line_start, line_end
        number, line_start = number + 1, line_end + 1


def _cells(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a line at tabs, or at pipes where it has no tab."""
    delimiter = "\t" if folded.find("\t", start, end) >= 0 else "|"
    spans = []
    while True:
        at = folded.find(delimiter, start, end)
        if at < 0:
            spans.append((start, end))
            return spans
        spans.append((start, at))
        start = at + 1


def _is_prose(folded: str, start: int, end: int) -> bool:
    if end - start < _PROSE_FLOOR:
        return False
    if folded.find(load_layout().sentence_end, start, end) >= 0:
        return True
    return bool(_patterns()[2].search(_BRACKETS.sub("", folded[start:end])))


def _tokenize_cell(
    folded: str, start: int, end: int, line: int, cell: int, fragments: list[Fragment], values: list[Value]
) -> None:
    if start == end or _is_prose(folded, start, end):
        return
    for match in _patterns()[0].finditer(folded, start, end):
        kind = match.lastgroup
        if kind == "han":
            fragments.append(Fragment(match.start(), match.end(), line, cell))
        elif kind == "dash":
            values.append(Value(match.start(), match.end(), line, cell, None, False, None))
        elif match["number"]:
            values.extend(_numbers(folded, match, line, cell))


def _numbers(folded: str, match: re.Match[str], line: int, cell: int) -> list[Value]:
    """Return the value(s) of a printed number; none when it is part of a text."""
    layout = load_layout()
    start, end, tail = match.start("number"), match.end("number"), match["tail"]
    if folded.startswith(layout.ordinal_prefix, start - 1) and start > 0:
        return []
    if tail:
        if tail[0] == "-" or tail[0] == "." or tail == "%":
            return [Value(start, match.end(), line, cell, None, True, None)]
        return []
    digits = match["digits"]
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return _split_zeros(match.start("digits"), digits, line, cell)
    number: Number = float(digits.replace(",", "")) if "." in digits else int(digits.replace(",", ""))
    if match["minus"] in ("-", "\u2212") or match["sign"] in layout.minus:
        number = -number
    return [Value(start, end, line, cell, number, False, layout.money.get(match["unit"] or ""))]


def _split_zeros(start: int, digits: str, line: int, cell: int) -> list[Value]:
    """No number begins with 0: ``016`` is the cells 0 and 16 with their separator lost."""
    rest = digits.lstrip("0")
    zeros = len(digits) - len(rest)
    if "." in rest or "," in rest or not rest.isdigit() and rest:
        return [Value(start, start + len(digits), line, cell, None, True, None)]
    values = [Value(start + i, start + i + 1, line, cell, 0, False, None) for i in range(zeros)]
    if rest:
        values.append(Value(start + zeros, start + len(digits), line, cell, int(rest), False, None))
    return values
