"""Sums of weights, one a label, for all sentences of a section in one go.

Grams are looked up by numbers made of their characters, in tables of numpy, so that the cost of a character does not
depend on how many sentences it is spread over. All sums are of integers: the order of adding does not matter, and every
machine gives the same digits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gknlp.issues.features import LONGEST, marked
from gknlp.issues.weights import OFFSET, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Floats = NDArray[np.float64]

# Values have 22 bits after the point and weights 16: the grams of a text of millions of characters do not overflow.
_ONE = 1 << 22
_ONE_SQUARED = 1 << 30
_CHARACTER = 21  # bits
_SPREAD = 0x9E3779B97F4A7C15  # 2**64 by the golden ratio: multiplying by it spreads numbers evenly
_ROOM = 4  # slots a gram


class Sums:
    """The weights of a model, ready to be summed up."""

    def __init__(self, weights: Weights) -> None:
        import numpy as np

        header = weights.header
        self._weights = weights
        self._labels = sum(label.trained for label in header.labels)
        count = len(header.grams) + len(header.signs)
        self._rows = np.frombuffer(weights.rows, dtype="<u2").reshape(count, self._labels).astype(np.int32) - OFFSET
        self._grams = {gram: index for index, gram in enumerate(header.grams)}
        self._signs = {sign: index for index, sign in enumerate(header.signs, len(header.grams))}
        self._table = GramTable(header.grams)
        rarity = {frequency: self._rarity(frequency) for frequency in set(weights.frequencies)}
        self._rarities = np.array([rarity[frequency] for frequency in weights.frequencies])

    def sums(self, squeezed: Sequence[str], signs: Sequence[Iterable[str]]) -> Floats:
        """Return for each text and each label the sum of values times weights, in units of the label's scale.

        What the model does not know counts nothing. ``squeezed`` are texts of
        :func:`~gknlp.issues.features.squeeze`, ``signs`` those found in each.
        """
        import numpy as np

        totals = np.zeros((len(squeezed), self._labels), dtype=np.int64)
        squares = np.zeros(len(squeezed), dtype=np.int64)
        texts, known, counts = self._counted(squeezed)
        values = self._values(known, counts)
        self._add(totals, texts, known, _whole(values, _ONE))
        _add_up(squares, texts, _whole(values * values, _ONE_SQUARED))
        lengths = np.sqrt(squares / _ONE_SQUARED)
        lengths[lengths == 0] = 1.0
        own = [(place, self._signs[name]) for place, names in enumerate(signs) for name in names if name in self._signs]
        places, rows = np.array(own, dtype=np.int64).reshape(-1, 2).T
        self._add(totals, places, rows, _whole(self._weights.header.sign_value * lengths, _ONE)[places])
        unit: Floats = 1 / (_ONE * lengths)
        return totals * unit[:, None]

    def values(self, gram_list: Sequence[str], signs: Iterable[str]) -> dict[str, float]:
        """Return the value of each known gram, of unit length together, and of each known sign."""
        counts = Counter(gram for gram in gram_list if gram in self._grams)
        found = {gram: self._value(gram, count) for gram, count in counts.items()}
        length = math.sqrt(sum(value * value for value in found.values())) or 1.0
        values = {gram: value / length for gram, value in found.items()}
        return values | {sign: self._weights.header.sign_value for sign in signs if sign in self._signs}

    def weight(self, name: str, column: int) -> int:
        """Return the weight of a known gram or sign for one label, in units of the label's scale."""
        index = self._grams.get(name)
        return int(self._rows[self._signs[name] if index is None else index, column])

    def _counted(self, squeezed: Sequence[str]) -> tuple[Integers, Integers, Integers]:
        """Return text, index and count of every gram that is known, in the order of the texts."""
        import numpy as np

        keys, texts = gram_keys([marked(text) for text in squeezed])
        found = self._table.find(keys)
        known = found >= 0
        size = len(self._weights.header.grams)
        both, counts = np.unique(texts[known] * size + found[known], return_counts=True)
        return both // size, both % size, counts

    def _values(self, known: Integers, counts: Integers) -> Floats:
        import numpy as np

        often = np.array([_often(count) for count in range(1, int(counts.max(initial=0)) + 1)])
        values: Floats = often[counts - 1] * self._rarities[known]
        return values

    def _add(self, totals: Integers, texts: Integers, rows: Integers, values: Integers) -> None:
        """Add the weights of rows times their values to the totals of the texts, which are in order."""
        _add_up(totals, texts, self._rows.take(rows, axis=0) * values[:, None])

    def _value(self, gram: str, count: int) -> float:
        return _often(count) * self._rarity(self._weights.frequencies[self._grams[gram]])

    def _rarity(self, frequency: int) -> float:
        return 1 + math.log((1 + self._weights.header.documents) / (1 + frequency))


def _often(count: int) -> float:
    return 1 + math.log(count)


def _whole(values: Floats, one: int) -> Integers:
    import numpy as np

    return np.rint(values * one).astype(np.int64)


def _add_up(totals: Integers, owners: Integers, numbers: Integers) -> None:
    """Add numbers to the totals of their owners, which are in order."""
    import numpy as np

    if owners.size:
        starts = np.concatenate(([0], np.flatnonzero(owners[1:] != owners[:-1]) + 1))
        totals[owners[starts]] += np.add.reduceat(numbers, starts)


class GramTable:
    """Finds grams by their keys: a table with open places, each key in the first free one from its own onwards."""

    def __init__(self, known: Sequence[str]) -> None:
        import numpy as np

        bits = max(1, (_ROOM * len(known)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._mask = np.int64((1 << bits) - 1)
        self._keys = np.zeros(1 << bits, dtype=np.uint64)  # 0 is no gram's key
        self._indices = np.full(1 << bits, -1, dtype=np.int64)
        keys = _keys_of(known)
        places, left = self._own(keys), np.arange(len(known))
        while left.size:
            free = left[self._indices[places[left]] < 0]
            self._indices[places[free]] = free
            self._keys[places[free]] = keys[free]
            left = left[self._keys[places[left]] != keys[left]]
            # of several keys that met at one place the last has it, and its key stands there
            places[left] = (places[left] + 1) & self._mask

    def find(self, keys: Keys) -> Integers:
        """Return the index of each key's gram, -1 for one that is not known."""
        places = self._own(keys)
        there = self._keys[places]
        left = ((there != keys) & (there != 0)).nonzero()[0]
        while left.size:
            places[left] = (places[left] + 1) & self._mask
            there = self._keys[places[left]]
            left = left[(there != keys[left]) & (there != 0)]
        found: Integers = self._indices[places]
        return found

    def _own(self, keys: Keys) -> Integers:
        import numpy as np

        return (keys * np.uint64(_SPREAD) >> self._shift).astype(np.int64)


def gram_keys(texts: Sequence[str]) -> tuple[Keys, Integers]:
    """Return the key of every run of one to three characters within each text, and the number of its text."""
    import numpy as np

    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    numbers = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    run, keys, owners = codes, [codes], [numbers]
    for more in range(1, LONGEST):
        run = run[:-1] | codes[more:] << np.uint64(_CHARACTER * more)
        within = numbers[:-more] == numbers[more:]
        keys.append(run[within])
        owners.append(numbers[:-more][within])
    return np.concatenate(keys), np.concatenate(owners)


def _keys_of(grams: Sequence[str]) -> Keys:
    import numpy as np

    codes = np.array(grams, dtype=f"U{LONGEST}").view(np.uint32).reshape(len(grams), LONGEST).astype(np.uint64)
    shifts = np.arange(LONGEST, dtype=np.uint64) * np.uint64(_CHARACTER)
    keys: Keys = np.bitwise_or.reduce(codes << shifts, axis=1)
    return keys
