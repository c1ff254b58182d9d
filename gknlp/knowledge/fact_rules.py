"""The rules of the fact types, and which of them can fit a number at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gknlp.model import Record


class Attribute(Record, frozen=True):
    """What a rule says besides its type: ``value`` itself, or what is found in the text.

    With a ``mask`` it is the nearest word of one of these classes, ``verbatim`` or as the name of its class.
    """

    name: str
    value: str
    mask: int = 0
    verbatim: bool = False


class Also(Record, frozen=True):
    """A second type that the same number counts when all its groups stand in the number's clause."""

    type_id: str
    own: tuple[int, ...]


class Rule(Record, frozen=True):
    """A rule with its groups as sets of class bits; see :mod:`gknlp.facts.match` for how it is applied."""

    id: str
    type_id: str
    own: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    context: tuple[int, ...] = ()
    carried: tuple[int, ...] = ()
    maybe: tuple[int, ...] = ()
    no: int = 0
    no_near: int = 0
    no_context: int = 0
    priority: float = 0.0
    attributes: tuple[Attribute, ...] = ()
    also: tuple[Also, ...] = ()


class ZeroRule(Record, frozen=True):
    """What must stand in the scope of a negation for a zero of this type."""

    id: str
    type_id: str
    own: tuple[int, ...]
    no: int
    attributes: tuple[tuple[str, str], ...]


class RuleIndex:
    """The rules by their unit and by what they ask for next to the number, so that few are looked at for each.

    Sets of rules are integers with a bit each. Three of them (whose first group is filled, whose second group is
    filled, that are forbidden) stand side by side in one integer, so that one operation adds to all.
    """

    def __init__(self, rules: Sequence[Rule], allowed: Mapping[str, int]) -> None:
        self._rules = tuple(rules)
        self._allowed = allowed  # unit: set of rules
        self._width = len(self._rules)
        self._by_class: dict[int, int] = {}
        self._add(0, lambda rule: rule.own[0] if rule.own else 0)
        self._add(1, lambda rule: rule.own[1] if len(rule.own) > 1 else 0)
        self._add(2, lambda rule: rule.no)
        self._unasked = sum(1 << number for number, rule in enumerate(rules) if not rule.own)
        self._unasked |= sum(1 << number + self._width for number, rule in enumerate(rules) if len(rule.own) < 2)
        self._known: dict[int, int] = {}

    def _add(self, place: int, group: Callable[[Rule], int]) -> None:
        for number, rule in enumerate(self._rules, place * self._width):
            for bit in _single_bits(group(rule)):
                self._by_class[bit] = self._by_class.get(bit, 0) | 1 << number

    def opened(self, seen: Iterable[tuple[int, float]]) -> int:
        """Return the rules whose first two groups are among the classes ``seen``, and none they forbid.

        What is seen are single words with their weight, which does not matter here.
        """
        sets, width = self._unasked, self._width
        known = self._known
        for bits, _ in seen:
            found = known.get(bits)
            sets |= self._sets(bits) if found is None else found
        return sets & sets >> width & ~(sets >> 2 * width)

    def _sets(self, bits: int) -> int:
        """The sets that the classes of a word fill; there are no more such classes than words known."""
        sets = 0
        for bit in _single_bits(bits):
            sets |= self._by_class.get(bit, 0)
        self._known[bits] = sets
        return sets

    def allowed(self, unit: str, opened: int) -> list[Rule]:
        """Return in file order those of the ``opened`` rules that allow ``unit``."""
        left = opened & self._allowed.get(unit, 0)
        rules = self._rules
        found: list[Rule] = []
        while left:
            low = left & -left
            left ^= low
            found.append(rules[low.bit_length() - 1])
        return found


def _single_bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        mask ^= low
        yield low
