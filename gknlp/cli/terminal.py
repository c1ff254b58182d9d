"""Text on a terminal: Han characters take two columns, combining marks none, control characters are not let through."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

ELLIPSIS = "..."


def clean(text: str) -> str:
    """Return ``text`` with every control character as a space, so that a report cannot steer the terminal."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)


def width(text: str) -> int:
    """Return the number of terminal columns that ``text`` takes.

    >>> width("总计 18")
    7
    """
    return sum(map(_columns, text))


def fit(text: str, columns: int) -> str:
    """Return ``text`` cut to at most ``columns``.

    >>> fit("本年新收政府信息公开申请数量", 12)
    '本年新收...'
    """
    if width(text) <= columns:
        return text
    kept, used = [], len(ELLIPSIS)
    for char in text:
        used += _columns(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + ELLIPSIS


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return ``text`` filled with spaces to ``columns``; ``right`` puts them before it."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


class Marked(NamedTuple):
    """A line of a text with a place in it: the line's number from 1, its text and carets beneath the place."""

    number: int
    text: str
    carets: str


def mark(text: str, start: int, end: int, *, context: int = 60) -> Marked:
    """Return the line of ``text`` that holds ``start``, up to ``context`` characters around the span, with carets.

    A span that runs over the line's end is marked to the end of the line.
    """
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    last = len(text) if last < 0 else last
    left, right = max(first, start - context), min(last, max(end, start) + context)
    before, inside, after = text[left:start], text[start : min(end, last)], text[min(end, last) : right]
    head = ELLIPSIS if left > first else ""
    tail = ELLIPSIS if right < last else ""
    shown = head + clean(before) + clean(inside) + clean(after) + tail
    carets = " " * (len(head) + width(clean(before))) + "^" * max(1, width(clean(inside)))
    return Marked(text.count("\n", 0, first) + 1, shown, carets)


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
