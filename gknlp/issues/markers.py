"""List markers of section five, at the beginning of a line and inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gknlp.issues.view import BREAK
from gknlp.knowledge.segmentation import MarkerKind, load_segmentation, marker_pattern, numbered
from gknlp.text.numerals import HAN_NUMERALS, parse_han
from gknlp.text.outline import BULLETS, find_marker

BULLET = "bullet"
_STYLE = "style_"  # before the names of the groups that hold a whole marker
# From outer to inner, as official documents nest their lists.
_RANKS = {"part": 0, "comma": 1, "paren": 2, "arabic": 3, "arabic_paren": 4, "circled": 4, BULLET: 6}
_WORDED_RANK = 5
_SECOND = 2
_STOPS = "\u3002;:,!?\u3001"
_BULLET = re.compile(f"[{BULLETS}\u2014\u2013\u2605\u2606\u25c6\u203b]{{1,2}}(?=[^-\u2014\u2013])")
_SIGNS = r"(0-9\u3220-\u3229\u2460-\u2473\u7b2c"  # what the numbers of lists begin with

_LETTER = re.compile("[\u3400-\u9fff]")

# Numbers that need no stop before them where they go on with a list.
_CIRCLED = "\u2461-\u2473"
_RUN_ON = (f"(?<=[{_CIRCLED}])", r"(?<=[\u4e00-\u9fff\u201d][0-9])(?=[0-9]?[.\u3001](?![0-9]))")


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
    last_second = {marker.style: place for place, marker in enumerate(found) if marker.ordinal == _SECOND}
    kept: list[ListMarker] = []
    seen: set[tuple[str, int]] = set()
    for place, marker in enumerate(found):
        follows = (marker.style, marker.ordinal - 1) in seen
        begins = marker.ordinal == _SECOND - 1 and last_second.get(marker.style, 0) > place
        if marker.opens_line or marker.rank == _WORDED_RANK or follows or begins:
            kept.append(marker)
            seen.add((marker.style, marker.ordinal))
    return kept


def _candidates(text: str) -> Iterator[ListMarker]:
    at = 0
    for start in _places(text):
        if start < at:
            continue
        opens = not start or text[start - 1] == BREAK
        bullet = _BULLET.match(text, start) if opens else None
        inner = bullet.end() if bullet else start
        marker = _numbered(text, inner, opens) or _word_marker(text, inner, opens)
        if marker and bullet:
            marker = marker._replace(start=start)
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


def _word_marker(text: str, start: int, opens: bool) -> ListMarker | None:
    match = _worded().match(text, start)
    if not match:
        return None
    style = (match.lastgroup or "").removeprefix(_STYLE)  # the group that closes last is the outer one
    return ListMarker(style, _ordinal(match, style), start, match.end(), _WORDED_RANK, opens)


@lru_cache(maxsize=1024)
def number(numeral: str) -> int:
    """Return the number that a numeral of one or two characters stands for, 0 for none."""
    return int(numeral if numeral.isdecimal() else parse_han(numeral) or 0)


def _ordinal(match: re.Match[str], style: str) -> int:
    numeral = match[style] if style in match.re.groupindex else None
    if numeral:
        return number(numeral)
    order = next(kind.order for kind in load_segmentation().marker if kind.style == style)
    return next((place for place, word in enumerate(order, 1) if match[0].startswith(word)), 0)


@lru_cache(maxsize=1)
def _worded() -> re.Pattern[str]:
    parts = [f"(?P<{_STYLE}{kind.style}>{marker_pattern(kind)})" for kind in load_segmentation().marker]
    return re.compile("|".join(parts))


def _places(text: str) -> Iterator[int]:
    """Yield where a marker may stand: at the beginning, behind a stop or a lead-in, a number that goes on."""
    if text:
        yield 0
    for found in _places_pattern().finditer(text):
        yield found.start() if found[0].isdigit() else found.end()


@lru_cache(maxsize=1)
def _places_pattern() -> re.Pattern[str]:
    """One character and what must stand around it.

    The class before all else makes the search fast, then a look whether a marker can begin with what follows.
    """
    kinds = load_segmentation().marker
    behind = "".join(re.escape(kind.behind) for kind in kinds)
    numbers = f"{BULLETS}{_SIGNS}{HAN_NUMERALS}"
    letters = "".join(sorted({letter for kind in kinds for letter in _LETTER.findall(kind.pattern)}))
    looks = "|".join([f"[{numbers}]", *map(_unnamed, kinds)])
    ways = [f"(?<=[{_STOPS}])(?={looks})"]
    ways += [f"(?<=[{re.escape(kind.behind)}])(?={_unnamed(kind)})" for kind in kinds if kind.behind]
    others = f"(?<=[\n{_CIRCLED}0-9])(?:(?<=\n)|{'|'.join(_RUN_ON)})"
    return re.compile(f"[\n{_STOPS}{_CIRCLED}0-9{behind}](?:(?=[{letters}{numbers}])(?:{'|'.join(ways)})|{others})")


def _unnamed(kind: MarkerKind) -> str:
    return numbered(kind.pattern, "n").replace("(?P<n>", "(?:")
