"""Items that one sentence lists behind commas: "the columns are stale, the staff is new, the public is not heard".

Whether a comma begins a new item is told by the clause behind it: a new subject, another matter, its length. Only
where a lead-in is followed by a single sentence: items that have sentences of their own keep their commas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.issues.clauses import Clause, has_fault, words
from gknlp.issues.features import CueFinder
from gknlp.knowledge.issue_types import GENERIC, NONE_STATED, OTHER_ISSUE, load_issue_types
from gknlp.knowledge.segmentation import load_segmentation
from gknlp.model import Role

# Log-odds, fitted on the annotated sections and rounded.
_BASE = -0.6
_MEASURE = 0.9
_NEW_SUBJECT, _CARRIES_ON = 0.8, -0.8
_SAME_MATTER, _NO_MATTER = -0.9, -0.7
_SHORT, _VERY_SHORT, _LONG = -0.3, -0.8, 0.9
_FAULT_IN_MEASURE = -1.2

_NO_MATTERS = frozenset({GENERIC, OTHER_ISSUE, NONE_STATED})
_PAUSE = "\u3001"  # the comma of enumerations
_LEAST_FAULT = 7  # characters of a fault that names its matter
_SHORT_LENGTH, _VERY_SHORT_LENGTH, _LONG_LENGTH = 9, 6, 14


class _Patterns(NamedTuple):
    subject: re.Pattern[str]
    carries_on: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    subjects = load_segmentation().subjects
    return _Patterns(re.compile(subjects.start), re.compile(subjects.continue_))


class _Group:
    """The clauses of one item so far, with what they speak of (found out when it is asked for)."""

    def __init__(self, part: Clause, clause: str, role: Role) -> None:
        self.parts, self.role = [part], role
        self._unread = [clause]
        self._matter: frozenset[str] = frozenset()
        self._faulty = False

    def add(self, part: Clause, clause: str) -> None:
        self.parts.append(part)
        self._unread.append(clause)

    def matter(self) -> frozenset[str]:
        self._read()
        return self._matter

    def is_faulty(self) -> bool:
        self._read()
        return self._faulty

    def _read(self) -> None:
        for clause in self._unread:
            self._matter |= _matter(clause, self.role)
            self._faulty = self._faulty or has_fault(clause)
        self._unread.clear()


def split_at_commas(text: str, parts: Sequence[Clause], role: Role, *, alone: bool) -> list[tuple[Clause, ...]]:
    """Return the clauses of one sentence, grouped by item; ``alone``: no other sentence stands beside it."""
    groups: list[_Group] = []
    for part in parts:
        clause = text[part.start : part.end]
        if groups and not (_odds(clause, groups[-1]) > 0 if alone else _is_other_fault(clause, groups[-1])):
            groups[-1].add(part, clause)
        else:
            groups.append(_Group(part, clause, role))
    return [tuple(group.parts) for group in groups]


def split_at_pauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of faults told in full that stand in a row behind enumeration commas.

    One span when any of them is but a word of a list: the fault behind the last word is that of all.
    """
    if _PAUSE not in text[start:end]:
        return [(start, end)]
    ends = [at for at in range(start, end) if text[at] == _PAUSE]
    spans = list(zip([start, *(at + 1 for at in ends)], [*ends, end], strict=True))
    whole = len(spans) > 1 and all(
        last - first >= _LEAST_FAULT and words().fault_end.search(text, first, last) for first, last in spans
    )
    return spans if whole else [(start, end)]


def _matter(clause: str, role: Role) -> frozenset[str]:
    kinds = load_issue_types()
    own = {kinds[hit].id for hit in _cues().hits(clause) if kinds[hit].allows(role)}
    return frozenset(own - _NO_MATTERS)


@lru_cache(maxsize=1)
def _cues() -> CueFinder:
    return CueFinder([kind.cues for kind in load_issue_types()])


def _is_other_fault(clause: str, before: _Group) -> bool:
    """Whether a clause has a subject, a fault and a matter of its own; a measure has no fault."""
    known = _patterns()
    if before.role == "measure" or not known.subject.match(clause) or known.carries_on.match(clause):
        return False
    if not has_fault(clause) or not before.is_faulty():
        return False
    own, told = _matter(clause, before.role), before.matter()
    return bool(own) and bool(told) and not own & told


def _odds(clause: str, before: _Group) -> float:
    known, length, role = _patterns(), len(clause), before.role
    own = _matter(clause, role)
    score = _BASE + (_MEASURE if role == "measure" else 0.0)
    score += _NEW_SUBJECT if known.subject.match(clause) else 0.0
    score += _CARRIES_ON if known.carries_on.match(clause) else 0.0
    score += _NO_MATTER if not own else _SAME_MATTER if own & before.matter() else 0.0
    score += _SHORT if length <= _SHORT_LENGTH else 0.0
    score += _VERY_SHORT if length <= _VERY_SHORT_LENGTH else 0.0
    score += _LONG if length >= _LONG_LENGTH else 0.0
    score += _FAULT_IN_MEASURE if role == "measure" and has_fault(clause) else 0.0
    return score
