"""Which items are problems and which are measures: lead-ins, wording and order weighed together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from gknlp.knowledge.segmentation import load_segmentation
from gknlp.model import Record, Role

_FIRST = 4.0  # problems are told first
_MOST = 5.0  # wording never outweighs a lead-in and a change within a list together
_IN_LIST, _IN_PARAGRAPH, _AT_STOP, _AT_PARAGRAPH, _AT_LIST = 8.0, 3.0, 1.0, 0.5, 0.5
_NEVER = 1e9
_BACK = 1.5  # from measures to problems without a lead-in
# What a lead-in weighs: in its sentence (a heading: everywhere), in its paragraph, behind that.
FULL_FORCE, SOME_FORCE, WEAK_FORCE = 5.5, 1.5, 1.0


class Candidate(Record, frozen=True, kw_only=True):
    """An item before its role is known. ``prior`` is what the last lead-in turned to, ``turned`` its number.

    ``force`` tells how far it still governs the item.
    """

    text: str
    prior: Role | None
    force: float
    turned: int
    paragraph: int
    after_stop: bool  # whether a full stop, not a semicolon, stands before it
    style: str
    ordinal: int


def assign_roles(candidates: Sequence[Candidate]) -> list[Role]:
    """Return the roles that fit lead-ins, wording and order best as a whole."""
    if not candidates:
        return []
    best: list[float] = [0.0, _FIRST]  # cost of ending as problem, as measure
    back: list[tuple[int, int]] = []
    for number, candidate in enumerate(candidates):
        leaning = _leaning(candidate)
        own = (max(0.0, leaning), max(0.0, -leaning))
        change = _change_cost(candidates[number - 1], candidate) if number else (_NEVER, _NEVER)
        stay_p, turn_p = best[0], best[1] + change[1]
        stay_m, turn_m = best[1], best[0] + change[0]
        back.append((0 if stay_p <= turn_p else 1, 1 if stay_m <= turn_m else 0))
        best = [min(stay_p, turn_p) + own[0], min(stay_m, turn_m) + own[1]]
    state = 0 if best[0] <= best[1] else 1
    states = []
    for step in reversed(back):
        states.append(state)
        state = step[state]
    return ["problem" if state == 0 else "measure" for state in reversed(states)]


def _leaning(candidate: Candidate) -> float:
    """Above zero for a measure, below for a problem."""
    prior = {"problem": -candidate.force, "measure": candidate.force, None: 0.0}[candidate.prior]
    return prior + wording(candidate.text)


def wording(text: str) -> float:
    """Return how far the wording speaks for a measure (above zero) or a problem (below)."""
    score = 0.0
    for weight, finds in _cues():
        if finds(text):
            score += weight
    return max(-_MOST, min(_MOST, score))


@lru_cache(maxsize=1)
def _cues() -> tuple[tuple[float, Callable[[str], object]], ...]:
    """Each cue's weight, below zero for a problem, and what tells whether a text has it."""
    cues: list[tuple[float, Callable[[str], object]]] = []
    for cue in load_segmentation().cue:
        weight = cue.weight if cue.role == "measure" else -cue.weight
        begins = cue.at == "start"
        cues.append((weight, re.compile(cue.pattern).match if begins else re.compile(cue.pattern).search))
    return tuple(cues)


def _change_cost(before: Candidate, after: Candidate) -> tuple[float, float]:
    """What it costs to change from problem to measure, and back."""
    if after.turned != before.turned:
        return 0.0, 0.0
    if after.style and after.style == before.style and after.ordinal > before.ordinal:
        return _IN_LIST, _IN_LIST
    if after.style != before.style or after.ordinal < before.ordinal:
        return _AT_LIST, _AT_LIST + _BACK
    within = _AT_STOP if after.after_stop else _IN_PARAGRAPH
    cost = _AT_PARAGRAPH if after.paragraph != before.paragraph else within
    return cost, cost + _BACK
