"""List markers of section five, at the beginning of a line and inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.issues.view import BREAK
from gknlp.knowledge.segmentation import load_segmentation, marker_pattern
from gknlp.text.numerals import parse_han
from gknlp.text.outline import BULLETS, find_marker

BULLET = "bullet"
# From outer to inner, as official documents nest their lists.
_RANKS = {"part": 0, "comma": 1, "paren": 2, "arabic": 3, "arabic_paren": 4, "circled": 4, BULLET: 6}
_WORDED_RANK = 5
_STOP = "[\u3002;:,!?\u3001\n]"
_BULLET = re.compile(f"[{BULLETS}\u2014\u2013\u2605\u2606\u25c6\u203b]{{1,2}}(?=[^-\u2014\u2013])")


class ListMarker(NamedTuple):
    """A marker: style, number (0 when it has none), where it begins, where its item begins, how deep it stands."""

    style: str
    ordinal: int
    start: int
    end: int
    rank: int
    opens_line: bool


def find_markers(text: str) -> list[ListMarker]:
    """Return the markers of a section in order; those inside a line only where they make a list of at least two."""
    found = list(_candidates(text))
    kept: list[ListMarker] = []
    for place, marker in enumerate(found):
        if marker.opens_line or marker.rank == _WORDED_RANK or _in_list(marker, found, place, kept):
            kept.append(marker)
    return kept


def _in_list(marker: ListMarker, found: Sequence[ListMarker], place: int, kept: Sequence[ListMarker]) -> bool:
    if any(before.style == marker.style and before.ordinal == marker.ordinal - 1 for before in kept):
        return True
    after = found[place + 1 :]
    return marker.ordinal == 1 and any(other.style == marker.style and other.ordinal == 2 for other in after)


def _candidates(text: str) -> Iterator[ListMarker]:
    worded = _worded()
    at = 0
    for place in _places().finditer(text):
        start = place.start()
        if start < at:
            continue
        opens = not start or text[start - 1] == BREAK
        bullet = _BULLET.match(text, start) if opens else None
        inner = bullet.end() if bullet else start
        marker = _numbered(text, inner, opens) or _word_marker(worded, text, inner, opens)
        if marker is None and bullet:
            marker = ListMarker(BULLET, 0, start, bullet.end(), _RANKS[BULLET], True)
        if marker:
            yield marker
            at = marker.end


def _numbered(text: str, start: int, opens: bool) -> ListMarker | None:
    marker = find_marker(text, start, min(len(text), start + 12))
    if marker is None or (marker.start != start):
        return None
    return ListMarker(marker.style, marker.ordinal, marker.start, marker.end, _RANKS[marker.style], opens)


def _word_marker(worded: re.Pattern[str], text: str, start: int, opens: bool) -> ListMarker | None:
    match = worded.match(text, start)
    if not match:
        return None
    style = next(name for name in reversed(_styles()) if match[f"style_{name}"] is not None)
    numeral = match.groupdict().get(style)
    ordinal = int(numeral if numeral.isdecimal() else parse_han(numeral) or 0) if numeral else 0
    return ListMarker(style, ordinal, start, match.end(), _WORDED_RANK, opens)


@lru_cache(maxsize=1)
def _styles() -> tuple[str, ...]:
    return tuple(kind.style for kind in load_segmentation().marker)


@lru_cache(maxsize=1)
def _worded() -> re.Pattern[str]:
    parts = [f"(?P<style_{kind.style}>{marker_pattern(kind)})" for kind in load_segmentation().marker]
    return re.compile("|".join(parts))


@lru_cache(maxsize=1)
def _places() -> re.Pattern[str]:
    """Where a marker may stand: behind a stop, or right behind a lead-in."""
    behind = [f"(?<=[{re.escape(kind.behind)}])(?={marker_pattern(kind)})" for kind in load_segmentation().marker if kind.behind]
    unnamed = re.sub(r"\(\?P<\w+>", "(?:", "|".join(behind))
    return re.compile(f"^|(?<={_STOP})|{unnamed}")
