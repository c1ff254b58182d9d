"""The rules of the fact types, and which of them can fit a number at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple


class Also(NamedTuple):
    """A second type that the same number counts when all its groups stand in the number's clause."""

    type_id: str
    own: tuple[int, ...]


class Rule(NamedTuple):
    """A rule with its groups as sets of class bits; see :mod:`gknlp.facts.match` for how it is applied."""

    id: str
    type_id: str
    own: tuple[int, ...]
    near: tuple[int, ...]
    context: tuple[int, ...]
    carried: tuple[int, ...]
    maybe: tuple[int, ...]
    no: int
    no_near: int
    no_context: int
    priority: float
    attributes: tuple[tuple[str, str], ...]
    also: tuple[Also, ...]


class ZeroRule(NamedTuple):
    """What must stand in the scope of a negation for a zero of this type."""

    id: str
    type_id: str
    own: tuple[int, ...]
    no: int
    attributes: tuple[tuple[str, str], ...]


class RuleIndex:
    """The rules by their unit and by what they ask for next to the number, so that few are looked at for each."""

    def __init__(self, rules: Sequence[Rule], allowed: Mapping[str, int]) -> None:
        self._rules = tuple(rules)
        self._allowed = allowed  # unit: set of rules, a bit each
        self._first = _by_class(rules, lambda rule: rule.own[0] if rule.own else 0)
        self._second = _by_class(rules, lambda rule: rule.own[1] if len(rule.own) > 1 else 0)
        self._forbidden = _by_class(rules, lambda rule: rule.no)
        self._no_first = sum(1 << number for number, rule in enumerate(rules) if not rule.own)
        self._no_second = sum(1 << number for number, rule in enumerate(rules) if len(rule.own) < 2)
        self._known: dict[int, tuple[int, int, int]] = {}

    def opened(self, seen: Iterable[tuple[int, float]]) -> int:
        """Return the set of the rules whose first two groups are among the classes ``seen``, and none they forbid.

        What is seen comes with its weight, which does not matter here.
        """
        first, second, forbidden = self._no_first, self._no_second, 0
        get = self._known.get
        for bits, _ in seen:
            known = get(bits)
            if known is None:
                known = self._known[bits] = self._sets(bits)
            first |= known[0]
            second |= known[1]
            forbidden |= known[2]
        return first & second & ~forbidden

    def _sets(self, bits: int) -> tuple[int, int, int]:
        first = second = forbidden = 0
        for bit in _single_bits(bits):
            first |= self._first.get(bit, 0)
            second |= self._second.get(bit, 0)
            forbidden |= self._forbidden.get(bit, 0)
        return first, second, forbidden

    def allowed(self, unit: str, opened: int) -> list[Rule]:
        """Return in file order those rules of a set that allow ``unit``."""
        left = opened & self._allowed.get(unit, 0)
        rules = self._rules
        found: list[Rule] = []
        while left:
            low = left & -left
            left ^= low
            found.append(rules[low.bit_length() - 1])
        return found


def _by_class(rules: Sequence[Rule], group: Callable[[Rule], int]) -> dict[int, int]:
    """The set of rules for each class of the group."""
    found: dict[int, int] = {}
    for number, rule in enumerate(rules):
        for bit in _single_bits(group(rule)):
            found[bit] = found.get(bit, 0) | 1 << number
    return found


def _single_bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        mask ^= low
        yield low
