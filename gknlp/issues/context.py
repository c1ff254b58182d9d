"""What the items around an item say about its labels.

A section names a problem once, and its measure often stands at the same place of the list of measures; a label
competes with the others of its item. The classifier's first guesses at all items of a section give the clues of this
module; a second, small regression, the same for all labels, weighs them. Training and prediction both call these
functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
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
_LEAST_ODDS = math.log(_EDGE / (1 - _EDGE))
_MOST_ODDS = math.log((1 - _EDGE) / (1 - (1 - _EDGE)))
_SCALE = 0.3
_LONGEST = 100  # characters; longer items are taken to be no longer

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
    problems = [guess for guess in guesses if guess.role == "problem"]
    measures = [guess for guess in guesses if guess.role == "measure"]
    if not problems or not measures:
        return [alone(guess) for guess in guesses]
    found = {"problem": _beside(problems, measures), "measure": _beside(measures, problems)}
    return [next(found[guess.role]) for guess in guesses]


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
            if own == first:
                found[label] = (first_odds, second_odds, 1.0, total - own, length)
            else:
                found[label] = (_log_odds(own), first_odds, 0.0, total - own, length)
    return found


def _beside(own: Sequence[Guess], others: Sequence[Guess]) -> Iterator[Clues]:
    """Yield the clues to each of the items of one role."""
    labels = _Labels(own, others)
    only = float(len(own) == 1)
    for rank, guess in enumerate(own):
        near = _nearness(rank, len(own), len(others))
        found: Clues = {}
        for label, single in alone(guess).items():
            opposites, most_opposite, first, second = labels[label]
            opposite = sum(map(mul, near, opposites))
            same = second if guess.probabilities[label] == first else first
            odds = _SCALE * _log_odds(opposite)
            found[label] = (*single, opposite, odds, single[0] * opposite, most_opposite, same, only)
        yield found


class _Labels(dict[str, tuple[list[float], float, float, float]]):
    """What the items of a section say about a label, found out once for all items of one role.

    The probabilities of the opposite items, the scaled log odds of their highest, the two highest of the own role.
    """

    def __init__(self, own: Sequence[Guess], others: Sequence[Guess]) -> None:
        super().__init__()
        self._own = [guess.probabilities for guess in own]
        self._others = [guess.probabilities for guess in others]

    def __missing__(self, label: str) -> tuple[list[float], float, float, float]:
        opposites = [given.get(label, 0.0) for given in self._others]
        same = sorted([given[label] for given in self._own], reverse=True)
        second = same[1] if len(same) > 1 else 0.0
        made = self[label] = (opposites, _SCALE * _log_odds(max(opposites)), same[0], second)
        return made


@lru_cache(maxsize=4096)
def _nearness(rank: int, size: int, others: int) -> tuple[float, ...]:
    """Return how far each item of the other role stands at the same place of its list, together one."""
    place, width = (rank + 0.5) / size, max(size, others)
    near = [math.exp(-abs(place - (other + 0.5) / others) * width) for other in range(others)]
    total = sum(near)
    return tuple(weight / total for weight in near)


def _log_odds(probability: float) -> float:
    if probability < _EDGE:
        return _LEAST_ODDS
    if probability > 1 - _EDGE:
        return _MOST_ODDS
    return math.log(probability / (1 - probability))
