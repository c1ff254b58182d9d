"""The clauses of section five: frames (headings, lead-ins), praise, statements that there is no problem, content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec.structs import replace

from gknlp.issues.markers import ListMarker
from gknlp.knowledge.segmentation import load_segmentation, measure_prefix
from gknlp.model import Record, Role
from gknlp.text.trie import trie_pattern

FULL_STOP = "\u3002"
SENTENCE_STOPS = f"{FULL_STOP};!?\n"

_ANY_YEAR = "0"  # no year was told with the problems: any year behind them leads to measures
_SHORT_FRAME = 12
_LONGEST_FRAME = 40
_UNKNOWN_SHARE = 4  # a frame that turns to a role holds at most one unknown character of four
_UNKNOWN_OF_VAGUE = 2
_LETTER = re.compile("[\u3400-\u9fff]")
# The class before all else makes the search fast.
_TOKEN = re.compile(
    "[\u201c\u300a(.\u3002;!?,:\n](?:(?<=[\u3002;!?,:\n])|(?<=\u201c)[^\u201d\n]{0,60}\u201d"
    "|(?<=\u300a)[^\u300b\n]{0,60}\u300b|(?<=\\()[^()\n]{0,60}\\)|(?<=[\u4e00-\u9fff\u201d)][.])(?![0-9A-Za-z]))"
)


# What a clause is. A gap ("still far from what is asked for") and a vague clause ("is to be improved") are content only
# when nothing more is said.
Kind = Literal["frame", "praise", "none", "gap", "vague", "content"]


class Clause(Record, frozen=True):
    """One clause: what it is, the role it turns to, where its content stands, the stop behind it.

    ``start`` lies behind a marker and a lead-in; ``stop`` is ``""`` before a marker and at the end; ``first`` tells
    whether the clause opens a sentence, ``for_once`` whether it turns to its role for this sentence only,
    ``adverse`` whether only a "but" turns it.
    """

    kind: Kind
    turns_to: Role | None
    start: int
    end: int
    stop: str
    first: bool
    marker: ListMarker | None
    for_once: bool = False
    adverse: bool = False


class Words(Record, frozen=True):
    """The compiled patterns of frames and praise; ``strange`` is a character that no word of ``frames`` has."""

    frames: re.Pattern[str]
    strange: re.Pattern[str]
    turn: re.Pattern[str]
    problem: re.Pattern[str]
    measure: re.Pattern[str]
    problem_again: re.Pattern[str]
    measure_again: re.Pattern[str]
    measure_prefix: re.Pattern[str]
    leads: tuple[tuple[re.Pattern[str], Role], ...]
    done: re.Pattern[str]
    vague: re.Pattern[str]
    will: re.Pattern[str]
    neutral: re.Pattern[str]
    concession: re.Pattern[str]
    gap: re.Pattern[str]
    fault_end: re.Pattern[str]
    but: re.Pattern[str]
    year: re.Pattern[str]
    praise: re.Pattern[str]
    weak_praise: re.Pattern[str]
    negated: re.Pattern[str]
    none_needs: re.Pattern[str]
    none: re.Pattern[str]
    fault: re.Pattern[str]
    connective: re.Pattern[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the patterns, compiled once."""
    known = load_segmentation()
    frames, other = known.frames, known.connectives
    turn = f"{frames.problem}|{frames.measure}"
    frame = f"{trie_pattern(frames.words)}|{turn}|{frames.year}|[0-9\\W]"
    return Words(
        re.compile(f"(?:{frame})++"),
        re.compile(f"[^{''.join(sorted(set(_LETTER.findall(frame))))}0-9\\W]"),
        re.compile(f"{frames.problem}|{frames.measure}|{frames.exists}"),
        re.compile(frames.problem),
        re.compile(frames.measure),
        re.compile(frames.problem_again),
        re.compile(frames.measure_again),
        re.compile(measure_prefix(frames)),
        ((re.compile(frames.measure_lead), "measure"), (re.compile(frames.problem_prefix), "problem")),
        re.compile(frames.done),
        re.compile(frames.vague),
        re.compile(f"(?:{frames.will})$"),
        re.compile(frames.neutral),
        re.compile(frames.concession),
        re.compile(frames.gap),
        re.compile(frames.fault_end),
        re.compile(frames.but),
        re.compile(frames.year),
        re.compile(known.praise.words),
        re.compile(known.praise.weak),
        re.compile(known.praise.negated),
        re.compile(known.none.needs),
        re.compile(known.none.words),
        re.compile("|".join(cue.pattern for cue in known.cue if (cue.role, cue.at) == ("problem", "anywhere"))),
        re.compile(f"(?!{trie_pattern(other.blocked)})(?:{trie_pattern(other.words)})[,:\u3001]?"),
    )


def read_clauses(text: str, markers: Sequence[ListMarker]) -> Iterator[Clause]:
    """Yield the clauses of a section's view in order."""
    known = words()
    waiting = list(reversed(markers))
    at, first, marker = 0, True, None
    listed = False  # inside a listed item, as far as no lead-in has ended it
    year = ""
    for stop_start, stop in _stops(text, markers):
        while waiting and waiting[-1].start <= at < stop_start:
            marker = waiting.pop()
            at, first = max(at, marker.end), True
        if at < stop_start:
            clause = Clause("content", None, at, stop_start, stop, first, marker)
            midst = listed and not first and stop == ","
            clause = _read_midst(known, text, clause) if midst else _read(known, text, clause, year)
            if not year or year == _ANY_YEAR:
                year = _year(text[at:stop_start]) or (_ANY_YEAR if clause.kind == "content" else year)
            yield clause
            listed = clause.kind != "frame" and stop != "\n" and (listed or marker is not None)
            first, marker = False, None
        at = stop_start + len(stop)
        first = first or (stop != "" and stop in SENTENCE_STOPS)


def _year(text: str) -> str:
    found = words().year.search(text)
    return found[0] if found else ""


def _stops(text: str, markers: Sequence[ListMarker]) -> Iterator[tuple[int, str]]:
    """Where each clause ends, with the sign that ends it; a marker ends the clause before it."""
    waiting = list(reversed(markers))
    inside = 0  # up to where the last marker reaches
    for token in _TOKEN.finditer(text):
        start, sign = token.start(), token[0]
        while waiting and waiting[-1].start <= start:
            marker = waiting.pop()
            yield marker.start, ""
            inside = marker.end
        if len(sign) == 1 and start >= inside:
            yield start, FULL_STOP if sign == "." else sign
    yield from ((marker.start, "") for marker in reversed(waiting))
    yield len(text), ""


def _read_midst(known: Words, text: str, clause: Clause) -> Clause:
    """A clause in the midst of a listed item: only what is done already leads away from it."""
    done = known.done.match(text, clause.start, clause.end)
    if done and done.end() < clause.end:
        return replace(clause, start=done.end(), turns_to="measure", for_once=True)
    return clause


def _read(known: Words, text: str, clause: Clause, year: str) -> Clause:
    """The clause, given as content, with its kind, role and content found."""
    printed = text[clause.start : clause.end]
    if known.none_needs.search(printed) and known.none.search(printed) and not known.measure.match(printed):
        return replace(clause, kind="none")
    if frame := _frame(known, printed, clause, year):
        return frame
    if clause.marker:
        return clause
    if known.gap.match(printed):
        return replace(clause, kind="gap", turns_to="problem")
    if (vague := known.vague.search(printed)) and _is_known(printed[: vague.start()], _UNKNOWN_OF_VAGUE):
        return replace(clause, kind="vague", turns_to="problem")
    if known.praise.search(printed) and not has_fault(printed):
        return replace(clause, kind="praise")
    return _led(known, text, clause, year)


def has_fault(printed: str) -> bool:
    """Return whether a passage words a fault that did occur."""
    known = words()
    return known.fault.search(known.negated.sub("", printed)) is not None


def _frame(known: Words, printed: str, clause: Clause, year: str) -> Clause | None:
    """The clause as a frame, with the role that it turns to (perhaps none); ``None`` for a clause that is no frame."""
    if clause.marker is None and clause.stop in ",!?:" and known.neutral.match(printed):
        return replace(clause, kind="frame")
    if len(printed) > _LONGEST_FRAME or (clause.marker and clause.stop == ","):
        return None
    role = role_of(printed)
    if role is None:
        return _turnless(known, printed, clause, year)
    if _is_known(printed, len(printed) // _UNKNOWN_SHARE):
        return replace(clause, kind="frame", turns_to=role)
    leads = clause.stop in ("", ":")
    leads = leads or (clause.stop in "\u3002\n" and len(printed) <= _SHORT_FRAME and clause.marker is not None)
    if leads and not has_fault(known.problem.sub("", printed)):
        return replace(clause, kind="frame", turns_to=role)
    return None


def _turnless(known: Words, printed: str, clause: Clause, year: str) -> Clause | None:
    """A frame of nothing but known words: one that tells the next year, or one that turns to nothing."""
    if known.strange.search(printed):
        return None
    only = known.frames.match(printed)
    if only is None or only.end() < len(printed):
        return None
    turns = known.turn.search(printed) is not None
    if clause.first and year and not turns and _year(printed) > year:
        return replace(clause, kind="frame", turns_to="measure") if clause.stop in (",", ":", "") else None
    if clause.stop not in ("", ":", ",", "\n"):
        return None
    prefix = known.measure_prefix.match(printed)
    if prefix and known.will.search(prefix[0]):
        return replace(clause, kind="frame", turns_to="measure")
    return replace(clause, kind="frame") if clause.marker is None or turns else None


def _is_known(printed: str, but: int) -> bool:
    """Whether all characters belong to words of frames, but for so many."""
    return len(words().frames.sub("", printed)) <= but


def role_of(printed: str) -> Role | None:
    """Return the role that a heading or lead-in turns to."""
    known = words()
    if not known.turn.search(printed):
        return None
    if known.measure_again.search(printed):
        return "measure"
    if known.problem_again.search(printed):
        return "problem"
    problem, measure = known.problem.search(printed), known.measure.search(printed)
    if bool(problem) == bool(measure):
        return None
    return "problem" if problem else "measure"


def _led(known: Words, text: str, clause: Clause, year: str) -> Clause:
    """The clause behind the lead-in that it begins with."""
    start, end = clause.start, clause.end
    but = known.but.match(text, start, end)
    adverse = but is not None and but.end() < end
    if but and adverse:
        start = but.end()
    connective = known.connective.match(text, start, end)
    if connective and connective.end() < end:
        start = connective.end()
    prefix = known.measure_prefix.match(text, start, end)
    if prefix and prefix.end() < end and _leads(prefix[0], year, clause.first):
        return replace(clause, start=prefix.end(), turns_to="measure")
    if not clause.first and (done := known.done.match(text, start, end)) and done.end() < end:
        return replace(clause, start=done.end(), turns_to="measure", for_once=True)
    if known.turn.search(text, start, end):
        for pattern, role in known.leads:
            prefix = pattern.match(text, start, end)
            if prefix and prefix.end() < end and _is_known(prefix[0], 1):
                return replace(clause, start=prefix.end(), turns_to=role)
    if adverse:
        return replace(clause, start=start, turns_to="problem", adverse=True)
    return replace(clause, start=start) if start != clause.start else clause


def _leads(prefix: str, year: str, first: bool) -> bool:
    """A year leads to measures when it lies behind the first one told, or a word of the future stands beside it."""
    told = _year(prefix)
    if not told or words().will.search(prefix):
        return True
    return first and year != _ANY_YEAR and bool(year) and told > year
