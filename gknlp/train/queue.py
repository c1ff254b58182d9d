"""What to label next: items that the model is unsure of, where rules and model disagree, and unlike each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple

from gknlp.text.normalize import fold

Strategy = Literal["mixed", "uncertainty", "conflict", "random"]
STRATEGIES: tuple[Strategy, ...] = ("mixed", "uncertainty", "conflict", "random")
_POOL = 12  # so many times the wanted number of items is looked at for diversity
_RUN = 3  # characters of the runs by which items are alike
_CONFLICT: Mapping[Strategy, float] = {"uncertainty": 0.0, "mixed": 0.3, "conflict": 1.0}
_ALIKE = 0.5  # how much being wholly like a chosen item costs, against an uncertainty of 1


class Candidate(NamedTuple):
    """An item that could be labelled: the model's probabilities of all labels, and the labels that have a cue in it."""

    text: str
    probabilities: Mapping[str, float]
    cues: frozenset[str]


class Chosen(NamedTuple):
    """A candidate's place and why it was chosen, both from 0 (not at all) to 1."""

    place: int
    uncertainty: float
    conflict: float

    def worth(self, share: float) -> float:
        """Return how useful a label would be, ``share`` of it by conflict."""
        return (1 - share) * self.uncertainty + share * self.conflict


def choose(candidates: Sequence[Candidate], count: int, strategy: Strategy, *, seed: int = 0) -> list[Chosen]:
    """Return ``count`` candidates to label, the most useful first; the same ones for the same input and seed.

    ``uncertainty``: those of which the model is expected to get most labels wrong. ``conflict``: those where cues and
    model disagree most. ``mixed``: both, and unlike those that were chosen before. ``random``: by chance, to compare.
    """
    judged = [
        Chosen(place, uncertainty(one.probabilities), conflict(one.probabilities, one.cues))
        for place, one in enumerate(candidates)
    ]
    order = list(range(len(judged)))
    Random(seed).shuffle(order)  # noqa: S311 - chance decides between equals only
    if strategy == "random":
        return [judged[place] for place in order[:count]]
    share = _CONFLICT[strategy]
    ranked = sorted((judged[place] for place in order), key=lambda one: one.worth(share), reverse=True)
    return _unlike(candidates, ranked[: _POOL * count], count) if strategy == "mixed" else ranked[:count]


def uncertainty(probabilities: Mapping[str, float]) -> float:
    """Return e / (1 + e) for the number e of labels that the model is expected to get wrong: always less than 1."""
    expected = sum(min(value, 1 - value) for value in probabilities.values())
    return expected / (1 + expected)


def conflict(probabilities: Mapping[str, float], cues: frozenset[str]) -> float:
    """Return the largest difference between what cues say (a label or not) and what the model says."""
    return max((abs((label in cues) - value) for label, value in probabilities.items()), default=0.0)


def _unlike(candidates: Sequence[Candidate], ranked: Sequence[Chosen], count: int) -> list[Chosen]:
    """Return the best candidates, each less the more it is like one that was chosen before (MMR, Carbonell 1998)."""
    runs = {one.place: _runs(candidates[one.place].text) for one in ranked}
    likeness = dict.fromkeys(runs, 0.0)
    share = _CONFLICT["mixed"]
    left = list(ranked)
    chosen: list[Chosen] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda one: one.worth(share) - _ALIKE * likeness[one.place])
        left.remove(best)
        chosen.append(best)
        own = runs[best.place]
        for one in left:
            other = runs[one.place]
            union = len(own | other)
            alike = len(own & other) / union if union else 0.0
            likeness[one.place] = max(likeness[one.place], alike)
    return chosen


def _runs(text: str) -> frozenset[str]:
    folded = fold(text)
    return frozenset(folded[at : at + _RUN] for at in range(len(folded) - _RUN + 1))
