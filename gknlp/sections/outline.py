"""Sub-headings inside a section, nested by their style of numbering."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from gknlp.knowledge.sections import SectionKind, load_sections
from gknlp.model import Document, Section
from gknlp.sections.headings import known_share
from gknlp.text.outline import LEAD, MarkedLine, Marker, find_marker, lines

_LONGEST = 40
_LONGEST_BARE = 20
_SHORTEST_BARE = 4
_WRAPPED = 28  # a line of this length without a full stop may go on in the next
_FIRST_LEVEL = 2
_LEAST_KNOWN = 0.85
_BARE = "bare"

_TITLE_END = re.compile("[。;:!?]")
_BREAK = re.compile("[。;:!?,]")


class _SubHeading(msgspec.Struct, frozen=True, gc=False):
    start: int
    end: int
    level: int


class Span(NamedTuple):
    """Where sub-headings may stand, and where the last of them ends."""

    start: int
    stop: int
    end: int


def sub_headings(
    document: Document, kind: SectionKind, prose: Span, marked: Sequence[MarkedLine]
) -> tuple[Section, ...]:
    """Return the sub-headings of a section, nested; each has the section's id.

    A sub-heading is numbered and short, or the short first sentence of a numbered paragraph; "一是" opens no
    sub-heading. In a section without a table a short line of its own is one too, when it is worded like a heading.
    The level follows from the styles that enclose it, beginning with 2. ``marked`` are all numbered lines.
    """
    found = list(_numbered(document.folded, prose, marked))
    if not kind.table:
        found = sorted([*found, *_bare(document.folded, prose)])
    return _nest(document.text, kind.id, list(_levels(found)), prose.end)


def _numbered(folded: str, prose: Span, marked: Sequence[MarkedLine]) -> Iterator[tuple[int, int, str]]:
    """Start, end and style of each numbered sub-heading."""
    place = bisect_left(marked, prose.start, key=_place)
    for line in marked[place:]:
        marker, last = line.marker, line.end
        if marker.start >= prose.stop:
            return
        if title_end := _title_end(folded, marker, last):
            yield marker.start, title_end, marker.style


def _place(line: MarkedLine) -> int:
    return line.marker.start


def _bare(folded: str, prose: Span) -> Iterator[tuple[int, int, str]]:
    endings = load_sections().endings
    last = prose.start - 1
    for line in folded[prose.start : prose.stop].split("\n"):
        first, last = last + 1, last + 1 + len(line)
        if not _SHORTEST_BARE <= len(line) <= _LONGEST_BARE or not line.rstrip(" :").endswith(endings):
            continue
        if find_marker(folded, first, last):
            continue
        lead = LEAD.match(folded, first, last)
        at = lead.end() if lead else first
        if _is_bare_title(title := folded[at:last].rstrip(" :")):
            yield at, at + len(title), _BARE


def _title_end(folded: str, marker: Marker, last: int) -> int | None:
    """Where the title behind a marker ends; ``None`` when the line is a plain paragraph."""
    stop = _TITLE_END.search(folded, marker.end, min(last, marker.end + _LONGEST + 1))
    end = stop.start() if stop else last
    if not 0 < end - marker.end <= _LONGEST:
        return None
    full = not stop and last - marker.start >= _WRAPPED and _BREAK.search(folded, marker.end, last)
    return None if full and _goes_on(folded, last) else end


def _goes_on(folded: str, last: int) -> bool:
    """Whether the next line is neither blank nor numbered."""
    at = folded.find("\n", last) + 1
    following = next(lines(folded, at, at + _LONGEST), None) if at else None
    return following is not None and following[0] < following[1] and find_marker(folded, *following) is None


def _is_bare_title(title: str) -> bool:
    if len(title) < _SHORTEST_BARE or _BREAK.search(title) or not title.endswith(load_sections().endings):
        return False
    return any(known_share(kind, title) >= _LEAST_KNOWN for kind in load_sections().section if not kind.table)


def _levels(found: Iterable[tuple[int, int, str]]) -> Iterator[_SubHeading]:
    """A style not open yet is one level deeper; one that is open closes those inside it. A bare title closes all."""
    open_styles: list[str] = []
    for start, end, style in found:
        if style == _BARE:
            open_styles = [style]
        elif style in open_styles:
            del open_styles[open_styles.index(style) + 1 :]
        else:
            open_styles.append(style)
        yield _SubHeading(start, end, _FIRST_LEVEL - 1 + len(open_styles))


def _nest(text: str, section: str, found: Sequence[_SubHeading], end: int) -> tuple[Section, ...]:
    """Build the tree from the last sub-heading to the first: levels are as few as styles, the number is not bounded."""
    ends = _ends(found, end)
    waiting: dict[int, list[Section]] = {}  # by level, the siblings that follow, the last one first
    for heading, stop in zip(reversed(found), reversed(ends), strict=True):
        children = tuple(reversed(waiting.pop(heading.level + 1, ())))
        printed = text[heading.start : heading.end].strip()
        waiting.setdefault(heading.level, []).append(
            Section(id=section, heading=printed, start=heading.start, end=stop, level=heading.level, children=children)
        )
    return tuple(reversed(waiting.get(_FIRST_LEVEL, ())))


def _ends(found: Sequence[_SubHeading], end: int) -> list[int]:
    """Where each ends: at the next of its level or of one above."""
    ends = [end] * len(found)
    unfinished: list[int] = []
    for place, heading in enumerate(found):
        while unfinished and found[unfinished[-1]].level >= heading.level:
            ends[unfinished.pop()] = heading.start
        unfinished.append(place)
    return ends
