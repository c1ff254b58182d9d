"""List markers at the beginning of a line: which style of numbering, which number."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
_MARKER = re.compile(_SIGNS, re.VERBOSE)
# Lines are found by the line feed before them: a literal at its head is what makes a search fast. The first characters
# are looked at first, as most lines begin otherwise; behind the marker no cell may end, except at the line's end.
_MARKED_LINE = re.compile(
    rf"""\n([ \t{BULLETS}]*+)(?=[第({_NUMERALS}\u3220-\u3229\u2460-\u2473]|\d{{1,2}}[ \t]*[、.)])
    {_SIGNS}[^\n\t|]*+[ \t|*\#]*+(?=\n|\Z)""",
    re.VERBOSE,
)

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
    lead = LEAD.match(folded, start, end)
    found = _MARKER.match(folded, lead.end() if lead else start, end)
    return _marker(found, found.start()) if found else None


def marked_lines(folded: str, start: int = 0, end: int | None = None) -> Iterator[MarkedLine]:
    """Yield each line of ``folded[start:end]`` that begins with a marker, but no rows of several cells."""
    stop = len(folded) if end is None else end
    if start == 0 or folded[start - 1] == "\n":
        lead = LEAD.match(folded, start, stop)
        yield from _marked_line(folded, lead.end() if lead else start, stop)
    for found in _MARKED_LINE.finditer(folded, start, stop):
        yield from _marked_line(folded, found.end(1), stop)


def _marked_line(folded: str, start: int, stop: int) -> Iterator[MarkedLine]:
    """Yield the line whose marker, if it has one, stands at ``start``."""
    if found := _MARKER.match(folded, start, stop):
        at = folded.find("\n", found.end(), stop)
        behind = folded[found.end() : stop if at < 0 else at].rstrip(TRAILING)
        if "\t" not in behind and "|" not in behind:
            yield MarkedLine(_marker(found, start), found.end() + len(behind))


def _marker(found: re.Match[str], start: int) -> Marker:
    style = found.lastgroup or ""
    return Marker("paren" if style == "ideograph" else style, _VALUES.get(found[style], 0), start, found.end())


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
