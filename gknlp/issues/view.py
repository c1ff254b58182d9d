"""A section as its patterns see it: without blanks, lines broken by the width of a page joined again."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.model import Document, Record, Section
from gknlp.text.outline import BULLETS, find_marker, lines

BREAK = "\n"

_EDGE = "*>|#"  # marks of Markdown and of table cells around a line
_STOPS = "\u3002;:!?"
_GOES_ON = ",\u3001(\u201c\u300a"
_LEAST_WIDTH = 14
_NEAR_WIDTH = 5
_WRAPPED_SHARE = 0.6


class View(Record, frozen=True):
    """The section's characters that are no blanks, a line feed between paragraphs, and where each stands."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the document's offsets of a stretch that begins and ends with a character."""
        return self.places[start], self.places[end - 1] + 1


class _Line(Record, frozen=True):
    text: str
    places: Sequence[int]
    after_blank: bool


def view_section(document: Document, section: Section) -> View:
    """Return the section's text behind its heading."""
    found = _lines(document.folded, section.start, section.end, skip=_squeezed(section.heading))
    width = _page_width(found)
    text: list[str] = []
    places: list[int] = []
    for number, line in enumerate(found):
        if number and not _is_joined(found[number - 1], line, width):
            text.append(BREAK)
            places.append(line.places[0] - 1)
        text.append(line.text)
        places.extend(line.places)
    return View("".join(text), places)


def _squeezed(heading: str) -> int:
    return sum(not char.isspace() for char in heading)


def _lines(folded: str, start: int, end: int, *, skip: int) -> list[_Line]:
    """The lines that hold anything, without the first ``skip`` characters that are no blanks (the heading)."""
    found: list[_Line] = []
    blank = False
    for first, last in lines(folded, start, end):
        text, places = _without_blanks(folded, first, last)
        if skip:
            skip, text, places = max(0, skip - len(text)), text[skip:], places[skip:]
        inner = text.strip(_EDGE)
        if len(inner) < len(text):
            at = len(text) - len(text.lstrip(_EDGE))
            text, places = inner, places[at : at + len(inner)]
        if text:
            found.append(_Line(text, places, blank))
        blank = not text
    return found


def _without_blanks(folded: str, first: int, last: int) -> tuple[str, Sequence[int]]:
    line = folded[first:last]
    parts = line.split()
    if len(parts) == 1 and (len(parts[0]) == len(line) or parts[0].isprintable()):
        start = first + line.index(parts[0])
        return parts[0], range(start, start + len(parts[0]))
    text = "".join(parts)
    if not text.isprintable():  # control characters are blanks, too: they lie before all visible ones
        places = [place for place, char in enumerate(line, first) if char > " "]
        return "".join([char for char in line if char > " "]), places
    places, at = [], 0
    for part in parts:
        at = line.find(part, at)
        places += range(first + at, first + at + len(part))
        at += len(part)
    return text, places


def _page_width(found: Sequence[_Line]) -> int:
    """The width at which a page broke the lines, 0 when they end where their author ended them."""
    open_lines = [len(line.text) for line in found[:-1] if line.text[-1] not in _STOPS]
    width = max(map(len, (line.text for line in found)), default=0)
    if width < _LEAST_WIDTH or not open_lines:
        return 0
    full = sum(length >= width - _NEAR_WIDTH for length in open_lines)
    return width if full >= _WRAPPED_SHARE * len(open_lines) and full > 1 else 0


def _is_joined(line: _Line, following: _Line, width: int) -> bool:
    if following.after_blank or line.text[-1] in _STOPS:
        return False
    goes_on = line.text[-1] in _GOES_ON or bool(width and len(line.text) >= width - _NEAR_WIDTH)
    return goes_on and not _is_marked(following.text)


def _is_marked(line: str) -> bool:
    return line[0] in BULLETS or find_marker(line, 0, len(line)) is not None
