"""Folded text -> tokens of a table: label fragments, numbers and marks, each with its place.

Nothing here knows a form. Lines that belong to the page ("- 4 -") and cells that hold prose give no tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_right
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


class Value(NamedTuple):
    """A printed value. ``number`` is ``None`` for a mark that stands for nothing and for a malformed number.

    ``money`` is the factor to 万元 of a cell that prints a unit of money.
    """

    start: int
    end: int
    number: Number | None
    malformed: bool = False
    money: float | None = None


class Grid:
    """The lines and cells of a text: cells end at tabs, or at pipes in a line without tabs."""

    def __init__(self, folded: str, start: int, end: int) -> None:
        self._folded = folded
        self._end = end
        self._starts = [start, *(match.end() for match in re.compile("\n").finditer(folded, start, end))]

    def line(self, position: int) -> int:
        """Return the number of the line that holds ``position``, counted from the region's start."""
        return bisect_right(self._starts, position) - 1

    def cells(self, position: int) -> list[tuple[int, int]]:
        """Return the spans of all cells of the line that holds ``position``."""
        line = self.line(position)
        start = self._starts[line]
        end = self._starts[line + 1] - 1 if line + 1 < len(self._starts) else self._end
        delimiter = "\t" if self._folded.find("\t", start, end) >= 0 else "|"
        spans = []
        while (at := self._folded.find(delimiter, start, end)) >= 0:
            spans.append((start, at))
            start = at + 1
        return [*spans, (start, end)]

    def cell(self, position: int) -> int:
        """Return the number of the cell that holds ``position``, counted from its line's start."""
        return sum(1 for _, end in self.cells(position) if end <= position)


class Tokens(NamedTuple):
    """The tokens of a region in text order, and its grid."""

    fragments: tuple[Fragment, ...]
    values: tuple[Value, ...]
    grid: Grid


class _Patterns(NamedTuple):
    token: re.Pattern[str]
    page: re.Pattern[str]
    loose: re.Pattern[str]
    clause: re.Pattern[str]


# Groups of the token pattern, in order; the numbers are what Match.lastindex gives.
_PLAIN, _DASH, _HAN, _MARKER = 1, 2, 3, 4


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """Return the patterns, compiled once."""
    layout = load_layout()
    sign = "|".join((*layout.plus, *layout.minus))
    unit = "|".join(sorted((*layout.units, *layout.money), key=len, reverse=True))
    inside = r"[^\s|]"
    token = rf"""
        (?<!{inside})(\d{{1,12}})(?!{inside})
      | ((?<!{inside})(?:[-/\u2010-\u2015]{{1,6}}|{"|".join(layout.dash_words)})(?!{inside}))
      | ((?:(?!(?:{sign})[ ]?[-+]?\d)[{HAN}])+)
      | ((?<!{inside})\(?[{layout.numerals}]{{1,3}}(?:\)|[,.](?=\s*[({HAN}])|\u3001)
        |(?<![\d.])\d{{1,2}}(?:[.\u3001]|\)\u3001?)(?!\d)(?=\s*(?:["\u201c\u300c({HAN}]|$)))
      | (?P<number>(?:(?P<sign>{sign})[ ]?)?(?P<minus>[-+\u2212](?=\d))?
          (?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)
          (?:[ ]?(?P<unit>{unit})(?![{HAN}\d]))?)(?P<tail>[{HAN}\dA-Za-z.%]|-\d)?
    """
    page = rf"^[^\S\n]*(?:{'|'.join(layout.page_lines)})[^\S\n]*$"
    breaks = layout.clause_breaks
    clause = rf"[{HAN}]\d.*[{breaks}]|[{breaks}].*[{HAN}]\d"
    return _Patterns(
        re.compile(token, re.VERBOSE), re.compile(page, re.MULTILINE), re.compile(rf"[{HAN}]\d"), re.compile(clause)
    )


def tokenize(folded: str, start: int, end: int) -> Tokens:
    """Return the tokens of ``folded[start:end]``; offsets index ``folded``."""
    fragments: list[Fragment] = []
    values: list[Value] = []
    at = start
    for mask_start, mask_end in [*_masked(folded, start, end), (end, end)]:
        if at < mask_start:
            _scan(folded, at, mask_start, fragments, values)
        at = max(at, mask_end)
    return Tokens(tuple(fragments), tuple(values), Grid(folded, start, end))


def _masked(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans that are no table, in order: page lines and cells of prose."""
    patterns = _patterns()
    spans = [match.span() for match in patterns.page.finditer(folded, start, end)]
    stop = load_layout().sentence_end
    at = folded.find(stop, start, end)
    while at >= 0:
        span = _cell_around(folded, at, start, end)
        if span[1] - span[0] >= _PROSE_FLOOR:
            spans.append(span)
        at = folded.find(stop, max(span[1], at + 1), end)
    for match in patterns.loose.finditer(folded, start, end):
        span = _cell_around(folded, match.start(), start, end)
        long = span[1] - span[0] >= _PROSE_FLOOR
        if long and patterns.clause.search(_BRACKETS.sub("", folded[span[0] : span[1]])):
            spans.append(span)
    return sorted(set(spans))


def _cell_around(folded: str, position: int, start: int, end: int) -> tuple[int, int]:
    """Return the span between the nearest line ends or delimiters on both sides of ``position``."""
    first = max(folded.rfind(mark, start, position) for mark in "\n\t|") + 1
    ends = [at for mark in "\n\t|" if (at := folded.find(mark, position, end)) >= 0]
    return max(first, start), min(ends, default=end)


def _scan(folded: str, start: int, end: int, fragments: list[Fragment], values: list[Value]) -> None:
    for match in _patterns().token.finditer(folded, start, end):
        kind = match.lastindex
        if kind == _PLAIN:
            digits = match[1]
            if digits[0] == "0" and len(digits) > 1:
                values.extend(_split_zeros(match.start(), digits))
            else:
                values.append(Value(match.start(), match.end(), int(digits)))
        elif kind == _HAN:
            fragments.append(Fragment(match.start(), match.end()))
        elif kind == _DASH:
            values.append(Value(match.start(), match.end(), None))
        elif kind != _MARKER:
            values.extend(_numbers(folded, match))


def _numbers(folded: str, match: re.Match[str]) -> list[Value]:
    """Return the value(s) of a printed number; none when it is part of a text."""
    layout = load_layout()
    start, end, tail = match.start("number"), match.end("number"), match["tail"]
    if start > 0 and folded.startswith(layout.ordinal_prefix, start - 1):
        return []
    if tail:
        malformed = tail[0] in "-.%"
        return [Value(start, match.end(), None, malformed=True)] if malformed else []
    digits = match["digits"]
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return _split_zeros(match.start("digits"), digits)
    plain = digits.replace(",", "")
    number: Number = float(plain) if "." in plain else int(plain)
    if match["minus"] in ("-", "\u2212") or match["sign"] in layout.minus:
        number = -number
    return [Value(start, end, number, money=layout.money.get(match["unit"] or ""))]


def _split_zeros(start: int, digits: str) -> list[Value]:
    """No number begins with 0: ``016`` is the cells 0 and 16 with their separator lost."""
    rest = digits.lstrip("0")
    zeros = len(digits) - len(rest)
    if rest and not rest.isdigit():
        return [Value(start, start + len(digits), None, malformed=True)]
    values = [Value(start + i, start + i + 1, 0) for i in range(zeros)]
    if rest:
        values.append(Value(start + zeros, start + len(digits), int(rest)))
    return values
