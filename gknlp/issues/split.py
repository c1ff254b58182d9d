"""Items that one sentence lists behind commas: "the columns are stale, the staff is new, the public is not heard".

Whether a comma begins a new item is told by the clause behind it: a new subject, another matter, its length. Only
where a lead-in is followed by a single sentence: items that have sentences of their own keep their commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.issues.clauses import Clause, has_fault
from gknlp.knowledge.issue_types import GENERIC, NONE_STATED, OTHER_ISSUE, cue_labels, load_issue_types
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
_NO_MATTERS = frozenset({GENERIC, OTHER_ISSUE, NONE_STATED})
_SHORT_LENGTH, _VERY_SHORT_LENGTH, _LONG_LENGTH = 9, 6, 14


class _Patterns(NamedTuple):
    subject: re.Pattern[str]
    carries_on: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    subjects = load_segmentation().subjects
    return _Patterns(re.compile(subjects.start), re.compile(subjects.continue_))


def split_at_commas(text: str, parts: Sequence[Clause], role: Role, *, alone: bool) -> list[tuple[Clause, ...]]:
    """Return the clauses of one sentence, grouped by item; ``alone``: no other sentence stands beside it."""
    groups: list[list[str]] = []
    found: list[list[Clause]] = []
    for part in parts:
        clause = text[part.start : part.end]
        if groups and not (_odds(clause, groups[-1], role) > 0 if alone else _is_other_fault(clause, groups[-1], role)):
            groups[-1].append(clause)
            found[-1].append(part)
        else:
            groups.append([clause])
            found.append([part])
    return [tuple(group) for group in found]


def _matter(clauses: Iterable[str], role: Role) -> frozenset[str]:
    return frozenset(cue_labels(",".join(clauses), role, load_issue_types())) - _NO_MATTERS


def _is_other_fault(clause: str, before: Sequence[str], role: Role) -> bool:
    """Whether a clause has a subject, a fault and a matter of its own; a measure has no fault."""
    known = _patterns()
    if role == "measure" or not known.subject.match(clause) or known.carries_on.match(clause):
        return False
    if not has_fault(clause) or not any(map(has_fault, before)):
        return False
    own, told = _matter([clause], role), _matter(before, role)
    return bool(own) and bool(told) and not own & told


def _odds(clause: str, before: Sequence[str], role: Role) -> float:
    known, length, own = _patterns(), len(clause), _matter([clause], role)
    score = _BASE + (_MEASURE if role == "measure" else 0.0)
    score += _NEW_SUBJECT if known.subject.match(clause) else 0.0
    score += _CARRIES_ON if known.carries_on.match(clause) else 0.0
    score += _NO_MATTER if not own else _SAME_MATTER if own & _matter(before, role) else 0.0
    score += _SHORT if length <= _SHORT_LENGTH else 0.0
    score += _VERY_SHORT if length <= _VERY_SHORT_LENGTH else 0.0
    score += _LONG if length >= _LONG_LENGTH else 0.0
    score += _FAULT_IN_MEASURE if role == "measure" and has_fault(clause) else 0.0
    return score
