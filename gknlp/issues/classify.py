"""Labels of problem and measure items by a trained linear model, and the reasons for each label.

A label's score is a sum: the weights of the runs of characters in the item, of the cues of the taxonomy and of the
role. A sigmoid makes a probability of it; :func:`load_model` reads the numbers, no training library is loaded.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib import resources
from operator import mul
from pathlib import Path
from typing import Literal, NamedTuple

from gknlp.issues.features import CueFinder, grams, places, squeeze
from gknlp.issues.weights import HEADER, OFFSET, Fallback, LabelWeights, ModelError, Weights, read_weights
from gknlp.knowledge.issue_types import cue_pattern
from gknlp.model import Label, Record, Role
from gknlp.text.normalize import fold

SHIPPED = "issues-v1"
# How far a cue can lift a label that has no annotations: more likely right than wrong, nothing finer is known.
CUE_PROBABILITY = 0.5
_DIGITS = 4

# Scores are summed as integers, all labels of a gram in one Python integer of 64-bit lanes: no numeric library is
# needed, and the sum is exact. A lane holds weight + OFFSET, which is never negative; values have 28 bits after
# the point (one digit of a Python integer). 2**(28 + 16) times the number of grams of an item stays below 2**64.
_LANE_BYTES = 8
_ONE = 1 << 28


class Reason(Record, frozen=True):
    """A part of a label's score. ``spans`` are half-open offsets into the item's text, empty for role and bias."""

    kind: Literal["ngram", "cue", "role", "bias"]
    text: str
    weight: float
    spans: tuple[tuple[int, int], ...]


class _Row(NamedTuple):
    """A gram's inverse document frequency and the lanes of its weights."""

    idf: float
    lanes: int


class _Vector(NamedTuple):
    """The known grams of an item with their values (TF-IDF of unit length) and the lanes of their weights."""

    grams: list[str]
    values: list[float]
    lanes: list[int]


class IssueModel:
    """A model that was read by :func:`load_model`."""

    def __init__(self, weights: Weights) -> None:
        self.header = weights.header
        self.labels = weights.header.labels
        self._trained = [label for label in self.labels if label.trained]
        self._weights = weights
        self._index = {gram: index for index, gram in enumerate(weights.header.grams)}
        self._rows: dict[str, _Row] = {}
        self._cues = CueFinder([label.cues for label in self.labels])

    @property
    def id(self) -> str:
        """The name of the model, as reports give it."""
        return self.header.id

    @property
    def trained(self) -> frozenset[str]:
        """The labels that have weights; the others are told by their cues."""
        return frozenset(label.id for label in self._trained)

    def predict(self, items: Iterable[tuple[str, Role]]) -> list[tuple[Label, ...]]:
        """Return the labels of each item, the likeliest first; never none unless the taxonomy has no label for it."""
        return [self.decide(self.probabilities(text, role), role) for text, role in items]

    def probabilities(self, text: str, role: Role) -> dict[str, float]:
        """Return the calibrated probability of every label that applies to the role."""
        folded = fold(text)
        hits = self._cues.hits(folded)
        return self._calibrated(self._scores(folded, role, hits), role, hits)

    def calibrate(self, scores: dict[str, float], role: Role, text: str) -> dict[str, float]:
        """Return the probabilities of scores that another model gave the item; ``text`` is for untrained labels."""
        return self._calibrated(scores, role, self._cues.hits(fold(text)))

    def scores(self, text: str, role: Role) -> dict[str, float]:
        """Return the score of every trained label before calibration."""
        folded = fold(text)
        return self._scores(folded, role, self._cues.hits(folded))

    def explain(self, text: str, role: Role, label: str) -> tuple[Reason, ...]:
        """Return the parts of a label's score, the strongest first; their weights sum up to :meth:`scores`.

        :class:`KeyError` for a label that the model does not know or that has no weights of its own.
        """
        column, known = self._column(label)
        folded = fold(text)
        vector = self._vector(folded)
        spans: dict[str, list[tuple[int, int]]] = {gram: [] for gram in vector.grams}
        for place in places(folded):
            if place.gram in spans:
                spans[place.gram].append((place.start, place.end))
        reasons = [
            Reason(kind="ngram", text=gram, weight=value * self._weight(lanes, column), spans=tuple(spans[gram]))
            for gram, value, lanes in zip(*vector, strict=True)
        ]
        for hit in self._cues.hits(folded):
            found = self._cue_spans(folded, hit)
            reasons.append(Reason(kind="cue", text=self.labels[hit].id, weight=known.cue_weights[hit], spans=found))
        if role == "problem":
            reasons.append(Reason(kind="role", text=role, weight=known.role_weight, spans=()))
        reasons.append(Reason(kind="bias", text="", weight=known.bias, spans=()))
        return tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.kind, reason.text)))

    def _scores(self, folded: str, role: Role, hits: list[int]) -> dict[str, float]:
        sums = _sums(self._vector(folded), len(self._trained))
        found: dict[str, float] = {}
        for label, total in zip(self._trained, sums, strict=True):
            score = total * label.scale + label.bias
            for hit in hits:
                score += label.cue_weights[hit]
            found[label.id] = score + label.role_weight if role == "problem" else score
        return found

    def _calibrated(self, scores: dict[str, float], role: Role, hits: list[int]) -> dict[str, float]:
        found: dict[str, float] = {}
        for index, label in enumerate(self.labels):
            sigmoid = label.of_role(role)
            if sigmoid is not None and label.trained:
                found[label.id] = _logistic(sigmoid.a * scores[label.id] + sigmoid.b)
            elif sigmoid is not None:
                found[label.id] = CUE_PROBABILITY if index in hits else 0.0
        return found

    def _vector(self, folded: str) -> _Vector:
        """Return the TF-IDF vector: (1 + ln(count)) * (1 + ln((1 + N) / (1 + df))), then scaled to length one."""
        found, raw, lanes = [], [], []
        for gram, count in Counter(grams(squeeze(folded))).items():
            row = self._rows.get(gram) or self._row(gram)
            if row is not None:
                found.append(gram)
                raw.append(row.idf if count == 1 else row.idf * (1 + math.log(count)))
                lanes.append(row.lanes)
        length = math.sqrt(sum(map(mul, raw, raw))) or 1.0
        return _Vector(found, [value / length for value in raw], lanes)

    def _row(self, gram: str) -> _Row | None:
        """Return the row of a gram, made when it is first met; ``None`` for a gram that the model does not know."""
        index, width = self._index.get(gram), len(self._trained)
        if index is None:
            return None
        idf = 1 + math.log((1 + self.header.documents) / (1 + self._weights.frequencies[index]))
        numbers = self._weights.rows[2 * index * width : 2 * (index + 1) * width]
        lanes = bytearray(_LANE_BYTES * width)
        lanes[0::_LANE_BYTES], lanes[1::_LANE_BYTES] = numbers[0::2], numbers[1::2]
        row = self._rows[gram] = _Row(idf, int.from_bytes(lanes, "little"))
        return row

    def decide(self, probabilities: dict[str, float], role: Role) -> tuple[Label, ...]:
        """Return the labels that reach their thresholds; where none does, the likeliest or the one for the rest."""
        order = sorted(probabilities, key=lambda label: -probabilities[label])
        chosen = [label for label in order if probabilities[label] >= self._thresholds[role][label]]
        if not chosen:
            chosen = _rest(order, probabilities, self.header.problem if role == "problem" else self.header.measure)
        return tuple(Label(id=label, probability=round(probabilities[label], _DIGITS)) for label in chosen)

    @cached_property
    def _thresholds(self) -> dict[Role, dict[str, float]]:
        roles: tuple[Role, Role] = ("problem", "measure")
        return {
            role: {label.id: known.threshold for label in self.labels if (known := label.of_role(role)) is not None}
            for role in roles
        }

    def _column(self, label: str) -> tuple[int, LabelWeights]:
        for column, known in enumerate(self._trained):
            if known.id == label:
                return column, known
        raise KeyError(f"the model {self.id} was not trained on a label {label!r}")

    def _weight(self, lanes: int, column: int) -> float:
        stored = lanes >> 8 * _LANE_BYTES * column & (2 * OFFSET - 1)
        return (stored - OFFSET) * self._trained[column].scale

    def _cue_spans(self, folded: str, label: int) -> tuple[tuple[int, int], ...]:
        pattern = cue_pattern(self.labels[label].cues)
        return tuple(match.span() for match in pattern.finditer(folded)) if pattern else ()


def _sums(vector: _Vector, width: int) -> list[float]:
    """Return for each of ``width`` labels the sum of values times weights, in units of the label's scale."""
    values = [round(value * _ONE) for value in vector.values]
    total = sum(map(mul, values, vector.lanes))
    lanes = array("Q", total.to_bytes(_LANE_BYTES * width, sys.byteorder))
    if sys.byteorder == "big":
        lanes.reverse()
    shift = OFFSET * sum(values)
    return [(lane - shift) / _ONE for lane in lanes]


def _rest(order: list[str], probabilities: dict[str, float], fallback: Fallback) -> list[str]:
    """Return the one label of an item that no label fits well."""
    if order and probabilities[order[0]] >= fallback.floor:
        return order[:1]
    return [fallback.label] if fallback.label in probabilities else order[:1]


def _logistic(score: float) -> float:
    """Return ``1 / (1 + exp(-score))`` without overflow."""
    if score < 0:
        small = math.exp(score)
        return small / (1 + small)
    return 1 / (1 + math.exp(-score))


@lru_cache(maxsize=4)
def load_model(path: Path | None = None) -> IssueModel:
    """Return the model of a folder, the shipped one without ``path``; it is read once.

    :class:`~gknlp.issues.weights.ModelError` names a file that is missing, cut off, edited or of another version.
    """
    return IssueModel(read_weights(shipped_folder() if path is None else path))


def shipped_folder() -> Path:
    """Return where the shipped model is: in the installed package, in a source checkout beside it."""
    package = Path(str(resources.files("gknlp")))
    for folder in (package / "models" / SHIPPED, package.parent / "models" / SHIPPED):
        if (folder / HEADER).is_file():
            return folder
    raise ModelError(f"{package / 'models' / SHIPPED}: no model; the installation is not complete")
