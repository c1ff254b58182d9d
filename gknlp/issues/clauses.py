"""The clauses of section five: frames (headings, lead-ins), praise, statements that there is no problem, content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from gknlp.issues.markers import ListMarker
from gknlp.issues.view import BREAK
from gknlp.knowledge.segmentation import load_segmentation, measure_prefix
from gknlp.model import Role
from gknlp.text.trie import trie_pattern

SENTENCE_STOPS = "\u3002;!?\n"
_MARK = "#"  # stands for the beginning of a list item in `before`
_LONGEST_FRAME = 40
_UNKNOWN_SHARE = 5  # a frame holds at most one unknown character of five …
_UNKNOWN = 2  # … and these
_TOKEN = re.compile(
    "\u201c[^\u201d\n]{0,60}\u201d|\u300a[^\u300b\n]{0,60}\u300b|\\([^()\n]{0,60}\\)|[\u3002;!?,:\n]"
)


class Kind(Enum):
    """What a clause is."""

    FRAME = "frame"
    PRAISE = "praise"
    NONE = "none"
    CONTENT = "content"


class Clause(NamedTuple):
    """One clause: what it is, the role it turns to, its content, the stop behind it (``""`` before a marker).

    ``start`` is where its content begins (behind a marker and a lead-in), ``first`` whether it opens a sentence.
    """

    kind: Kind
    turns_to: Role | None
    start: int
    end: int
    stop: str
    first: bool
    marker: ListMarker | None


class _Words(NamedTuple):
    frame: re.Pattern[str]
    problem: re.Pattern[str]
    measure: re.Pattern[str]
    problem_again: re.Pattern[str]
    measure_again: re.Pattern[str]
    measure_prefix: re.Pattern[str]
    problem_prefix: re.Pattern[str]
    year: re.Pattern[str]
    praise: re.Pattern[str]
    none: re.Pattern[str]
    fault: re.Pattern[str]
    connective: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    known = load_segmentation()
    frames = known.frames
    fault = "|".join(f"(?:{cue.pattern})" for cue in known.cue if cue.role == "problem" and cue.at == "anywhere")
    return _Words(
        re.compile(f"{trie_pattern(frames.words)}|{frames.problem}|{frames.measure}|{frames.year}|[0-9]"),
        re.compile(frames.problem),
        re.compile(frames.measure),
        re.compile(frames.problem_again),
        re.compile(frames.measure_again),
        re.compile(measure_prefix(frames)),
        re.compile(frames.problem_prefix),
        re.compile(frames.year),
        re.compile(known.praise.words),
        re.compile(known.none.words),
        re.compile(fault),
        re.compile(f"(?:{trie_pattern(known.connectives.words)})[,:\u3001]?"),
    )


def read_clauses(text: str, markers: Sequence[ListMarker]) -> Iterator[Clause]:
    """Yield the clauses of a section's view in order."""
    waiting = list(reversed(markers))
    at, first, marker = 0, True, None
    year = ""
    for stop_start, stop in _stops(text, markers):
        while waiting and waiting[-1].start <= at:
            marker = waiting.pop()
            at, first = max(at, marker.end), True
        if at < stop_start:
            clause = _read(text, at, stop_start, stop, first, marker, year)
            if clause.turns_to is None and not year:
                year = _year(text[at:stop_start])
            yield clause
            first, marker = False, None
        at = stop_start + len(stop)
        first = first or stop in SENTENCE_STOPS and stop != "" 


def _year(text: str) -> str:
    found = _words().year.search(text)
    return found[0] if found else ""


def _stops(text: str, markers: Sequence[ListMarker]) -> Iterator[tuple[int, str]]:
    """Where each clause ends, with the sign that ends it; a marker ends the clause before it."""
    starts = [marker.start for marker in markers]
    ends = [marker.end for marker in markers]
    number = 0
    for token in _TOKEN.finditer(text):
        while number < len(starts) and starts[number] <= token.start():
            yield starts[number], ""
            number += 1
        inside = number and token.start() < ends[number - 1]
        if len(token[0]) == 1 and not inside:
            yield token.start(), token[0]
    yield from ((start, "") for start in starts[number:])
    yield len(text), ""


def _read(
    text: str, start: int, end: int, stop: str, first: bool, marker: ListMarker | None, year: str
) -> Clause:
    ends_lead = stop in ("", ":") or stop in SENTENCE_STOPS
    clause = text[start:end]
    words = _words()
    if words.none.search(clause) and not words.measure.match(clause):
        return Clause(Kind.NONE, None, start, end, stop, first, marker)
    if (turn := _frame_role(clause, stop)) is not None:
        return Clause(Kind.FRAME, turn.role, start, end, stop, first, marker)
    if words.praise.search(clause) and not words.fault.search(clause) and marker is None:
        return Clause(Kind.PRAISE, None, start, end, stop, first, marker)
    at, role = (start, None) if marker else _behind_lead(text, start, end, first, year)
    return Clause(Kind.CONTENT, role, at, end, stop, first, marker)


class _Turn(NamedTuple):
    role: Role | None


def _frame_role(clause: str, stop: str) -> _Turn | None:
    """The role that a frame turns to (perhaps none); ``None`` for a clause that is no frame."""
    if len(clause) > _LONGEST_FRAME:
        return None
    words = _words()
    unknown = _unknown(clause)
    turns = _role_of(clause)
    if unknown <= _UNKNOWN + len(clause) // _UNKNOWN_SHARE and (turns or unknown <= 1):
        return _Turn(turns)
    if turns and stop in ("", ":") and not words.fault.search(words.problem.sub("", clause)):
        return _Turn(turns)
    return None


def _unknown(clause: str) -> int:
    """How many characters belong to no word of frames."""
    return len(clause) - sum(len(found) for found in _words().frame.findall(clause))


def _role_of(clause: str) -> Role | None:
    words = _words()
    if words.measure_again.search(clause):
        return "measure"
    if words.problem_again.search(clause):
        return "problem"
    problem, measure = words.problem.search(clause), words.measure.search(clause)
    if bool(problem) == bool(measure):
        return None
    return "problem" if problem else "measure"


def _behind_lead(text: str, start: int, end: int, first: bool, year: str) -> tuple[int, Role | None]:
    """Where the content of a clause begins behind its lead-in, and the role that the lead-in turns to."""
    words = _words()
    if connective := words.connective.match(text, start, end):
        start = connective.end() if connective.end() < end else start
    prefix = words.measure_prefix.match(text, start, end)
    if prefix and start < prefix.end() < end and _leads(prefix[0], year):
        return prefix.end(), "measure"
    prefix = words.problem_prefix.match(text, start, end)
    if prefix and prefix.end() < end and _unknown(prefix[0]) <= 1:
        return prefix.end(), "problem"
    return start, None


def _leads(prefix: str, year: str) -> bool:
    told = _year(prefix)
    return not told or bool(year and told > year) or len(prefix) > len(told) + 2
