"""What stands before the first section: the title block and the preamble."""

from __future__ import annotations

import re
from functools import lru_cache

from gknlp.knowledge.sections import load_sections
from gknlp.sections.headings import alternation
from gknlp.text.outline import OUTER, find_marker, lines

_TITLE_REACH = 1200
_TITLE_LINES = 12
_LONGEST_TITLE = 80
_JOINED = 4  # lines a title may be broken over
_PROSE = 40  # characters of a line that is prose even without a full stop

_SENTENCE = re.compile("[。;!?]")
_NOTE = re.compile(r"\([^()]*\)$")


def body_start(folded: str) -> int:
    """Return where the first line behind the title begins; the first line that is not blank when there is no title."""
    recent: list[str] = []
    end = 0
    for first, last in _opening_lines(folded):
        recent = [*recent[1 - _JOINED :], "".join(folded[first:last].split())]
        if any(is_title("".join(recent[-count:])) for count in range(1, len(recent) + 1)):
            end = last
    rest = folded[end : end + _TITLE_REACH]
    return min(end + len(rest) - len(rest.lstrip()), len(folded))


def _opening_lines(folded: str) -> list[tuple[int, int]]:
    """Lines at the top that are not blank, up to a sentence or the first numbered line."""
    found: list[tuple[int, int]] = []
    for first, last in lines(folded, 0, min(len(folded), _TITLE_REACH)):
        if folded[first:last].isspace() or first == last:
            continue
        marker = find_marker(folded, first, last)
        if last - first > _LONGEST_TITLE or len(found) == _TITLE_LINES or (marker and marker.style in OUTER):
            break
        found.append((first, last))
    return found


@lru_cache(maxsize=1024)
def is_title(line: str) -> bool:
    """Return whether ``line``, without spaces, is the title of a report.

    >>> is_title("东山镇2023年政务公开工作报告(图解版本)")
    True
    """
    title = load_sections().title
    line = _NOTE.sub("", line.strip("#*|"))
    return (
        line.endswith(title.endings)
        and len(line) <= _LONGEST_TITLE
        and not _SENTENCE.search(line)
        and any(subject in line for subject in title.subjects)
    )


def holds_prose(folded: str, start: int, end: int) -> bool:
    """Return whether a sentence or a long line stands in ``folded[start:end]``."""
    return any(
        last - first >= _PROSE or _SENTENCE.search(folded, first, last) for first, last in lines(folded, start, end)
    )


def preamble_end(folded: str, start: int, end: int) -> int:
    """Return where the paragraphs end that say what the report is and whom to ask."""
    found = start
    for first, last in lines(folded, start, end):
        if first == last or folded[first:last].isspace():
            continue
        if not is_preamble(folded[first:last]):
            break
        found = last
    rest = folded[found:end]
    return found + len(rest) - len(rest.lstrip())


def is_preamble(paragraph: str) -> bool:
    """Return whether a paragraph speaks of the report itself."""
    return _cues().search(paragraph) is not None


@lru_cache(maxsize=1)
def _cues() -> re.Pattern[str]:
    return alternation(load_sections().preamble.cues)
