"""What the items around an item say about its labels.

A section names a problem once, and its measure often stands at the same place of the list of measures; a label
competes with the others of its item. The classifier's first guesses at all items of a section give the clues of this
module; a second, small regression, the same for all labels, weighs them. Training and prediction both call these
functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from gknlp.model import Role

LEAST = 0.02  # labels that are first guessed to be less likely stay so
ALONE = ("own", "strongest other", "is first", "sum of others", "length")
BESIDE = (
    *ALONE,
    "opposite",
    "log odds opposite",
    "own times opposite",
    "log odds of the most opposite",
    "same role",
    "only of its role",
)
_EDGE = 0.003  # log odds are taken no nearer to 0 and 1
_SCALE = 0.3
_LONGEST = 100  # characters; longer items are taken to be no longer
_OPPOSITES: dict[Role, Role] = {"problem": "measure", "measure": "problem"}

Probabilities = dict[str, float]
Clues = dict[str, tuple[float, ...]]


class Guess(NamedTuple):
    """What the item alone says: its role, the length of its text, the probability of each label."""

    role: Role
    length: int
    probabilities: Probabilities

    def joined(self, other: Guess) -> Guess:
        """Return what one item of the texts of both says."""
        likelier = {label: max(own, other.probabilities[label]) for label, own in self.probabilities.items()}
        return Guess(self.role, self.length + other.length, likelier)


def clues(guesses: Sequence[Guess]) -> list[Clues]:
    """Return the clues to each likely label of each item of a section, in the order of the text.

    They are those named in :data:`BESIDE` where the section has items of both roles, else those in :data:`ALONE`.
    """
    groups: dict[Role, list[int]] = {"problem": [], "measure": []}
    for place, guess in enumerate(guesses):
        groups[guess.role].append(place)
    found: list[Clues] = [{} for _ in guesses]
    for role, opposite in _OPPOSITES.items():
        own = [guesses[place] for place in groups[role]]
        others = [guesses[place] for place in groups[opposite]]
        for rank, place in enumerate(groups[role]):
            found[place] = _beside(own, rank, others) if others else alone(guesses[place])
    return found


def alone(guess: Guess) -> Clues:
    """Return the clues that an item gives without the others."""
    given = guess.probabilities
    ordered = sorted(given.values(), reverse=True)
    first, second = (*ordered, 0.0, 0.0)[:2]
    total, length = math.fsum(ordered), math.log(min(max(1, guess.length), _LONGEST))
    first_odds, second_odds = _log_odds(first), _log_odds(second)
    found: Clues = {}
    for label, own in given.items():
        if own >= LEAST:
            strongest = second_odds if own == first else first_odds
            found[label] = (_log_odds(own), strongest, float(own == first), total - own, length)
    return found


def _beside(own: Sequence[Guess], rank: int, others: Sequence[Guess]) -> Clues:
    near = _nearness(rank, len(own), len(others))
    siblings = [guess.probabilities for place, guess in enumerate(own) if place != rank]
    opposites = [guess.probabilities for guess in others]
    found: Clues = {}
    for label, single in alone(own[rank]).items():
        given = [probabilities.get(label, 0.0) for probabilities in opposites]
        opposite = sum(map(mul, near, given))
        found[label] = (
            *single,
            opposite,
            _SCALE * _log_odds(opposite),
            single[0] * opposite,
            _SCALE * _log_odds(max(given)),
            max([probabilities[label] for probabilities in siblings], default=0.0),
            float(not siblings),
        )
    return found


@lru_cache(maxsize=4096)
def _nearness(rank: int, size: int, others: int) -> tuple[float, ...]:
    """Return how far each item of the other role stands at the same place of its list, together one."""
    place, width = (rank + 0.5) / size, max(size, others)
    near = [math.exp(-abs(place - (other + 0.5) / others) * width) for other in range(others)]
    total = sum(near)
    return tuple(weight / total for weight in near)


def _log_odds(probability: float) -> float:
    inner = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(inner / (1 - inner))
