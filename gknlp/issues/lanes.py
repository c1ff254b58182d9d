"""Sums of weights, one a label, without a numeric library.

The weights that a gram or sign has for all labels are one Python integer of 64-bit lanes, so that one addition adds to
all labels, and exactly. A lane holds the weight plus :data:`~gknlp.issues.weights.OFFSET`, which is never negative,
times the value of the gram. Behind the labels stand two more lanes: the values, and their squares.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

from gknlp.issues.weights import OFFSET, Weights

_BYTES = 8
_BITS = 8 * _BYTES
# Values have 22 bits after the point and weights 16: the grams of a text of millions of characters do not overflow.
_ONE = 1 << 22
_ONE_SQUARED = 1 << 30


class Lanes:
    """The weights of a model; the integer of a gram is made when the gram is first met."""

    def __init__(self, weights: Weights) -> None:
        header = weights.header
        self._weights = weights
        self._labels = sum(label.trained for label in header.labels)
        self._grams = {gram: index for index, gram in enumerate(header.grams)}
        self._signs = {sign: index for index, sign in enumerate(header.signs, len(header.grams))}
        self._sign_value = header.sign_value
        self._once = _Once(self)
        self._sign_rows: dict[str, int] = {}

    def sums(self, grams: Sequence[str], signs: Iterable[str]) -> list[float]:
        """Return for each label the sum of values times weights, in units of the label's scale.

        What the model does not know counts nothing.
        """
        counts, known = Counter(grams), self._grams
        total = sum(map(self._once.__getitem__, [gram for gram in counts if gram in known]))
        if len(counts) < len(grams):
            again = [(gram, count) for gram, count in counts.items() if count > 1 and gram in known]
            total += sum([self.valued(gram, count) - self._once[gram] for gram, count in again])
        length = math.sqrt((total >> _BITS * (self._labels + 1)) / _ONE_SQUARED) or 1.0
        rows = [self._sign_row(sign) for sign in signs if sign in self._signs]
        if rows:
            value = round(self._sign_value * length * _ONE)
            total += value * sum(rows) + (value * len(rows) << _BITS * self._labels)
        lanes = array("Q", total.to_bytes(_BYTES * (self._labels + 2), sys.byteorder))
        if sys.byteorder == "big":
            lanes.reverse()
        shift, unit = OFFSET * lanes[self._labels], 1 / (_ONE * length)
        return [(lane - shift) * unit for lane in lanes[: self._labels]]

    def values(self, grams: Sequence[str], signs: Iterable[str]) -> dict[str, float]:
        """Return the value of each known gram, of unit length together, and of each known sign."""
        found = {gram: self._tf_idf(gram, count) for gram, count in Counter(grams).items() if gram in self._grams}
        length = math.sqrt(sum(value * value for value in found.values())) or 1.0
        values = {gram: value / length for gram, value in found.items()}
        return values | {sign: self._sign_value for sign in signs if sign in self._signs}

    def weight(self, name: str, column: int) -> int:
        """Return the weight of a known gram or sign for one label, in units of the label's scale."""
        index = self._grams.get(name)
        row = self._sign_row(name) if index is None else self._row(index)
        return (row >> _BITS * column & (2 * OFFSET - 1)) - OFFSET

    def valued(self, gram: str, count: int) -> int:
        """Return the lanes of a known gram that stands ``count`` times in a text."""
        value = self._tf_idf(gram, count)
        whole, squared = round(value * _ONE), round(value * value * _ONE_SQUARED)
        behind = whole | squared << _BITS
        return self._row(self._grams[gram]) * whole + (behind << _BITS * self._labels)

    def _tf_idf(self, gram: str, count: int) -> float:
        """Return ``(1 + ln(count)) * (1 + ln((1 + N) / (1 + df)))``."""
        documents, frequency = self._weights.header.documents, self._weights.frequencies[self._grams[gram]]
        return (1 + math.log(count)) * (1 + math.log((1 + documents) / (1 + frequency)))

    def _sign_row(self, sign: str) -> int:
        row = self._sign_rows.get(sign)
        if row is None:
            row = self._sign_rows[sign] = self._row(self._signs[sign])
        return row

    def _row(self, index: int) -> int:
        """Return the lanes of the weights alone."""
        width = self._labels
        numbers = self._weights.rows[2 * index * width : 2 * (index + 1) * width]
        lanes = bytearray(_BYTES * width)
        lanes[0::_BYTES], lanes[1::_BYTES] = numbers[0::2], numbers[1::2]
        return int.from_bytes(lanes, "little")


class _Once(dict[str, int]):
    """The lanes of grams that stand once in a text."""

    def __init__(self, lanes: Lanes) -> None:
        super().__init__()
        self._lanes = lanes

    def __missing__(self, gram: str) -> int:
        made = self[gram] = self._lanes.valued(gram, 1)
        return made
