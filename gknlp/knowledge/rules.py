"""The catalogue of checks over one report (``rules.toml``): what each rule says, how serious it is, what proves it.

Identities of a form take their terms from the form's own file; everything else about a rule stands here.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Literal

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import CheckSeverity, Number, Record, TableId

Kind = Literal[
    "identity",
    "subtotal",
    "comparison",
    "whole_numbers",
    "width",
    "zero_total_row",
    "blank_total_column",
    "without_requests",
    "authority",
    "amount_format",
    "misread",
    "unit_price",
]
Relation = Literal["==", ">=", "<="]

WORDS = frozenset({"place", "left", "right", "left_terms", "right_terms", "unit", "level"})
_NEEDS: dict[Kind, tuple[str, ...]] = {
    "subtotal": ("subtotals",),
    "comparison": ("comparison",),
    "authority": ("levels",),
    "amount_format": ("limits.any",),
    "unit_price": ("limits.least", "limits.most"),
}


class Comparison(Record, frozen=True, kw_only=True):
    """Columns of one row: the sum of ``left`` stands in ``relation`` to the sum of ``right`` (0 when empty)."""

    left: tuple[str, ...]
    relation: Relation
    right: tuple[str, ...] = ()


class RuleExample(Record, frozen=True, kw_only=True):
    """A filled form: ``cells`` are ``table/row/column`` keys, all others are 0; those in ``blank`` are printed empty.

    A ``*`` for the row of a blank cell stands for every row. ``level`` is the issuer's.
    """

    form: str = "F2021"
    level: str | None = None
    cells: dict[str, Number] = msgspec.field(default_factory=dict)
    blank: tuple[str, ...] = ()


class Rule(Record, frozen=True, kw_only=True):
    """One rule. ``forms`` are the forms that it speaks of, empty for every form that has the cells.

    ``holds`` is an example that passes, ``breaks`` one that fails. ``tolerance`` is how far the two sides may lie
    apart. ``columns``, ``levels``, ``limits``, ``subtotals`` and ``comparison`` are what the rule's kind needs.
    """

    id: str
    section: str
    table: TableId
    kind: Kind
    severity: CheckSeverity
    title: str
    title_zh: str
    formula: str
    message: str
    holds: RuleExample
    breaks: RuleExample
    forms: tuple[str, ...] = ()
    tolerance: Number = 0
    comparison: Comparison | None = None
    columns: tuple[str, ...] = ()
    subtotals: dict[str, str] = msgspec.field(default_factory=dict)
    levels: tuple[str, ...] = ()
    limits: dict[str, Number] = msgspec.field(default_factory=dict)


class _File(Record, frozen=True, kw_only=True):
    rule: tuple[Rule, ...]


@lru_cache(maxsize=1)
def load_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of the catalogue; :class:`KnowledgeError` names the rule and key of a wrong entry.

    >>> [rule.id for rule in load_rules()][:2]
    ['T3_ROW_SUM', 'T3_ITEM_TOTAL']
    """
    data = (resources.files("gknlp.knowledge") / "rules.toml").read_text(encoding="utf-8")
    return parse_rules(data, name="rules.toml")


def parse_rules(data: str, *, name: str) -> tuple[Rule, ...]:
    """Read a catalogue; ``name`` is used in errors."""
    try:
        rules = msgspec.toml.decode(data, type=_File).rule
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
    for rule_id, count in Counter(rule.id for rule in rules).items():
        if count > 1:
            raise KnowledgeError(f"{name}: rule {rule_id} is defined {count} times")
    for rule in rules:
        _check_rule(rule, name=name)
    return rules


def _check_rule(rule: Rule, *, name: str) -> None:
    """Refuse an unknown word in a message and a kind without what it needs."""
    for _, word, _, _ in Formatter().parse(rule.message):
        if word is not None and word not in WORDS:
            raise KnowledgeError(f"{name}: rule {rule.id}, message: unknown word {{{word}}}")
    for need in _NEEDS.get(rule.kind, ()):
        key, _, inner = need.partition(".")
        given = getattr(rule, key)
        if not given or (inner and inner not in given):
            raise KnowledgeError(f"{name}: rule {rule.id}: kind {rule.kind} needs {need}")
