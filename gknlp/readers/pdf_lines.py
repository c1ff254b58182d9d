"""Characters with their places -> lines of text.

Where spaces are printed decides the page, not the file: a gap is a space when it is wider than what justified setting
puts between characters - a narrow one between Latin letters and digits, a whole character between Chinese ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from gknlp.readers.pdf_page import Glyph

_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2018-\u201d\u2026\u2014\U00020000-\U0003ffff]")
_URL = re.compile(r"[\w.:/@?&=%+-]*[./@:_][\w.:/@?&=%+-]*$", re.ASCII)
_OVERLAP = 0.5  # of the lower of two characters that stand on one line
_TWICE = 0.3  # of its height; the same character nearer to itself is printed bold by printing it twice
# Gaps in parts of the height of a character that are a space between …
_LATIN = 0.18  # … two Latin letters or digits,
_MIXED = 0.6  # … one of them and a Chinese character: some setting puts a quarter there,
_HAN = 1.0  # … two Chinese characters.


class Line(NamedTuple):
    """Characters of one line from left to right, spaces among them left out; ``size`` is their usual height."""

    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    glyphs: tuple[Glyph, ...]
    text: str


def is_wide(char: str) -> bool:
    """Whether a character is as wide as a Chinese one, as it is where no space stands beside a line end."""
    return _WIDE.match(char) is not None


def make_lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """Return the lines that characters make, from top to bottom."""
    lines: list[list[Glyph]] = []
    middle = half = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: glyph.top + glyph.bottom):
        centre, size = (glyph.top + glyph.bottom) / 2, glyph.bottom - glyph.top
        if lines and centre - middle < _OVERLAP * max(half, min(size, 2 * half)):
            lines[-1].append(glyph)
            middle += (centre - middle) / len(lines[-1])
            half = max(half, size)
        else:
            lines.append([glyph])
            middle, half = centre, size
    return [line for found in lines if (line := make_line(found)) is not None]


def make_line(glyphs: Iterable[Glyph]) -> Line | None:
    """Return the line of characters that stand side by side; ``None`` when there are only spaces."""
    ordered = sorted(glyphs, key=lambda glyph: glyph.x0)
    printed = _once([glyph for glyph in ordered if not glyph.char.isspace()])
    if not printed:
        return None
    size = usual_size(printed)
    return Line(
        x0=printed[0].x0,
        x1=max(glyph.x1 for glyph in printed),
        top=min(glyph.top for glyph in printed),
        bottom=max(glyph.bottom for glyph in printed),
        size=size,
        glyphs=tuple(printed),
        text=_text(printed, [glyph for glyph in ordered if glyph.char.isspace()], size),
    )


def usual_size(glyphs: Sequence[Glyph]) -> float:
    """Return the width of a Chinese character among ``glyphs``, else a height, in points."""
    wide = [glyph.x1 - glyph.x0 for glyph in glyphs if is_wide(glyph.char)]
    sizes = sorted(wide or [0.75 * (glyph.bottom - glyph.top) for glyph in glyphs])
    return max(sizes[len(sizes) // 2], 1.0)


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """Return characters without those printed a second time over themselves."""
    kept = glyphs[:1]
    for glyph in glyphs[1:]:
        last = kept[-1]
        if glyph.char == last.char and glyph.x0 - last.x0 < _TWICE * (last.x1 - last.x0):
            continue
        kept.append(glyph)
    return kept


def _text(printed: list[Glyph], spaces: list[Glyph], size: float) -> str:
    """Return the text of a line; a space that is typed counts unless it is squeezed to nothing."""
    parts = [printed[0].char]
    at = 0
    for left, right in pairwise(printed):
        while at < len(spaces) and spaces[at].x0 < left.x0:
            at += 1
        typed = at < len(spaces) and spaces[at].x0 < right.x0
        gap = right.x0 - left.x1
        if gap > gap_of_space(left.char, right.char) * size or (typed and gap > 0.5 * gap_of_space("a", "a") * size):
            parts.append(" ")
        parts.append(right.char)
    return "".join(parts)


def gap_of_space(left: str, right: str) -> float:
    """Return how wide a gap between two characters must be to be a space, in parts of their size."""
    wide = is_wide(left) + is_wide(right)
    return (_LATIN, _MIXED, _HAN)[wide]


def join_lines(lines: Sequence[str]) -> str:
    """Return lines of one paragraph as one: a space only where two Latin words meet.

    >>> join_lines(["公开信息12", "36条，详见www.", "a.gov.cn网站"]), join_lines(["annual", "report"])
    ('公开信息1236条，详见www.a.gov.cn网站', 'annual report')
    """
    text = lines[0] if lines else ""
    for line in lines[1:]:
        if text[-1:].isalpha() and line[:1].isalpha() and not is_wide(text[-1]) and not is_wide(line[0]):
            text += " " * (not _URL.search(text))
        text += line
    return text
