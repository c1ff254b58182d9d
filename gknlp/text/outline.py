"""List markers at the beginning of a line: which style of numbering, which number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import msgspec

_NUMERALS = "一二三四五六七八九十"
_PARTS = "部分|章|节|篇"
_HAN = "\u3400-\u9fff"

_ONES = ("", *_NUMERALS[:-1])
_TENS = ("", _NUMERALS[-1], *(one + _NUMERALS[-1] for one in _ONES[2:]))
_VALUES = {ten + one: 10 * tens + ones for tens, ten in enumerate(_TENS) for ones, one in enumerate(_ONES)}
_VALUES |= {str(value): value for value in range(100)} | {f"0{value}": value for value in range(10)}
_VALUES |= {chr(0x3220 + place): place + 1 for place in range(10)} | {
    chr(0x2460 + place): place + 1 for place in range(20)
}

# What may stand before a marker or a heading: indents, bullets, marks of Markdown, the border of a table cell.
BULLETS = "#*>|+\u00b7\u2022\u25a0-\u25ff-"  # as a character class
LEAD = re.compile(f"[ \t{BULLETS}]*")
# What may stand behind a heading on its line.
TRAILING = " \t|*#"

_SIGNS = rf"""(?:第[ \t]*(?P<part>[{_NUMERALS}]{{1,3}}|\d{{1,2}})[ \t]*(?:{_PARTS})[ \t:、.,]*
    |(?P<comma>[{_NUMERALS}]{{1,3}})(?:[ \t]*[、.,:]|[ \t]+(?=[{_HAN}]))
    |\([ \t]*(?P<paren>[{_NUMERALS}]{{1,3}})[ \t]*\)[、.]?
    |(?P<ideograph>[\u3220-\u3229])
    |(?P<arabic>\d{{1,2}})[ \t]*(?:、|\.(?!\d))
    |\(?(?P<arabic_paren>\d{{1,2}})\)[、.]?
    |(?P<circled>[\u2460-\u2473])
    )[ \t]*"""
# Behind the lead the first character is looked at first, as most lines begin otherwise. The empty group is where the
# marker begins.
_LED = rf"""[ \t{BULLETS}]*+()(?=[第({_NUMERALS}\u3220-\u3229\u2460-\u2473]|\d{{1,2}}[ \t]*[、.)]){_SIGNS}"""
_MARKER = re.compile(_LED, re.VERBOSE)
# Lines are found by the line feed before them: a literal at its head is what makes a search fast.
_MARKED_LINE = re.compile(rf"\n{_LED}", re.VERBOSE)

# Where a marker of the outer styles may stand inside a line: at the end of the match, behind a sentence, a bracket or a
# space.
INSIDE = re.compile(rf"[。;!?)\s](?=[{_NUMERALS}]{{1,3}}[、.]|第[{_NUMERALS}])")

# The styles that official documents number their chapters with.
OUTER = ("part", "comma")


class Marker(msgspec.Struct, frozen=True, gc=False):
    """A list marker: its style, its number (0 when ill-formed), where it begins and where the text behind it begins.

    Styles, outer to inner as official documents number: ``part`` (第一部分), ``comma`` (一、), ``paren`` ((一)),
    ``arabic`` (1. and 1、), ``arabic_paren`` ((1)), ``circled`` (①).
    """

    style: str
    ordinal: int
    start: int
    end: int


class MarkedLine(msgspec.Struct, frozen=True, gc=False):
    """A marker and where its line ends, without cell borders and blanks."""

    marker: Marker
    end: int


def find_marker(folded: str, start: int, end: int) -> Marker | None:
    """Return the marker at the beginning of the line ``folded[start:end]``, behind indents and bullets.

    >>> find_marker("  (二) 加强领导", 0, 10)
    Marker(style='paren', ordinal=2, start=2, end=6)
    >>> find_marker("一是加强领导", 0, 6) is None
    True
    """
    found = _MARKER.match(folded, start, end)
    return _marker(found) if found else None


def marked_lines(folded: str, start: int = 0, end: int | None = None) -> Iterator[MarkedLine]:
    """Yield each line of ``folded[start:end]`` that begins with a marker, but no rows of several cells."""
    stop = len(folded) if end is None else end
    first = _MARKER.match(folded, start, stop) if start == 0 or folded[start - 1] == "\n" else None
    for found in chain((first,) if first else (), _MARKED_LINE.finditer(folded, start, stop)):
        behind = found.end()
        at = folded.find("\n", behind, stop)
        text = folded[behind : stop if at < 0 else at].rstrip(TRAILING)
        if "\t" not in text and "|" not in text:
            yield MarkedLine(_marker(found), behind + len(text))


def _marker(found: re.Match[str]) -> Marker:
    style = found.lastgroup or ""
    ordinal = _VALUES.get(found[found.lastindex or 0], 0)
    return Marker("paren" if style == "ideograph" else style, ordinal, found.end(1), found.end())


def lines(folded: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line of ``folded[start:end]``, without the line feed.

    >>> list(lines("ab\\n\\nc"))
    [(0, 2), (3, 3), (4, 5)]
    """
    stop = len(folded) if end is None else end
    while start < stop:
        at = folded.find("\n", start, stop)
        at = stop if at < 0 else at
        yield start, at
        start = at + 1
