"""The catalogue of checks (``rules.toml``): what each rule says, how serious it is, what proves it.

Identities of a form take their terms from the form's own file; everything else about a rule stands here.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Literal, get_args

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import CheckSeverity, Number, PeriodKind, Record, TableId

TableKind = Literal[
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
    "rows",
    "cover",
]
ProseKind = Literal["stated", "none", "parts", "rate", "growth", "share_sum", "period", "blank_number"]
SeriesKind = Literal["flow", "same_table", "same_text", "stale_year", "stale_form", "rollup"]
Kind = TableKind | ProseKind | SeriesKind
Relation = Literal["==", ">=", "<="]
Language = Literal["en", "zh"]

TABLE_KINDS: frozenset[str] = frozenset(get_args(TableKind))
PROSE_KINDS: frozenset[str] = frozenset(get_args(ProseKind))
SERIES_KINDS: frozenset[str] = frozenset(get_args(SeriesKind))
WORDS = frozenset(
    {
        *("place", "left", "right", "left_terms", "right_terms", "unit", "level"),
        *("quote", "readings", "year", "count"),
    }
)
_NEEDS: dict[str, tuple[str, ...]] = {
    "subtotal": ("subtotals",),
    "comparison": ("comparison",),
    "authority": ("levels",),
    "amount_format": ("limits.any",),
    "unit_price": ("limits.least", "limits.most"),
    "rows": ("rows",),
    "cover": ("rows",),
    "flow": ("flow",),
    "same_text": ("limits.most",),
    "stale_year": ("patterns.opening",),
    "stated": ("stated", "units"),
    "none": ("stated",),
    "parts": ("words.open", "words.closed"),
    "rate": ("rates", "words.share"),
    "growth": ("words.base", "words.up", "words.down", "words.fill", "patterns.year"),
    "period": ("words.period", "patterns.date"),
}


class Comparison(Record, frozen=True, kw_only=True):
    """Columns of one row (or rows of one column): the sum of ``left`` against the sum of ``right`` (0 when empty)."""

    left: tuple[str, ...]
    relation: Relation
    right: tuple[str, ...] = ()


class Flow(Record, frozen=True, kw_only=True):
    """Cells of two years. Along ``"row"`` the terms are columns, along ``"column"`` rows; ``where`` names the places.

    ``before.`` marks a cell of the year before, ``-`` one that is subtracted; without ``where`` every row or column
    that has all the terms is a place.
    """

    along: Literal["row", "column"]
    left: tuple[str, ...]
    relation: Relation
    right: tuple[str, ...]
    where: tuple[str, ...] = ()


class Definition(Record, frozen=True, kw_only=True):
    """One reading of a stated number: the sum of ``add`` less that of ``less``, times ``factor``.

    Terms are ``table/row/column``; ``@`` and a group or role stand for all its rows. With ``each`` every cell is a
    reading of its own. One that ``explains`` says why a rule is broken, but does not mend it.
    """

    id: str
    zh: str
    add: tuple[str, ...]
    less: tuple[str, ...] = ()
    factor: int = 1
    each: bool = False
    explains: bool = False


class Stated(Record, frozen=True, kw_only=True):
    """Facts that state a number of a table: their type and, where given, the values of their attributes.

    A number that fits no reading breaks the rule only when the statement holds one of ``words`` (where there are any),
    none of ``unless`` (but next to one of ``plain``) and is not ``soft``: else it may count something else. ``zeros``
    takes zeros by negation, too.
    """

    type: str
    readings: tuple[Definition, ...]
    where: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    periods: tuple[PeriodKind, ...] = ("full_year", "point_in_time")
    zeros: bool = False
    soft: bool = False


class FactChoice(Record, frozen=True, kw_only=True):
    """Facts of one type, with these attributes where any are given."""

    type: str
    where: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Rate(Record, frozen=True, kw_only=True):
    """A rate and the counts that it is made of; a ``soft`` one may have been made of others."""

    type: str
    part: FactChoice
    whole: FactChoice
    where: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    soft: bool = False


class RuleExample(Record, frozen=True, kw_only=True):
    """A filled form: ``cells`` are ``table/row/column`` keys, all others are 0; those in ``blank`` are printed empty.

    A ``*`` for the row of a blank cell stands for every row. ``level`` is the issuer's, ``text`` the prose of section
    one. ``before`` is the report of the year before, ``units`` are reports of subordinate units.
    """

    form: str = "F2021"
    year: int = 2022
    level: str | None = None
    cells: dict[str, Number] = msgspec.field(default_factory=dict)
    blank: tuple[str, ...] = ()
    text: str = ""
    before: RuleExample | None = None
    units: tuple[RuleExample, ...] = ()


class Rule(Record, frozen=True, kw_only=True):
    """One rule. ``forms`` are the forms that it speaks of, empty for every form that has the cells.

    ``table`` is ``None`` for a rule about prose alone or about several tables. ``holds`` is an example that passes,
    ``breaks`` one that fails. ``tolerance`` is how far the two sides may lie apart. The fields after it are what the
    rule's kind needs.
    """

    id: str
    section: str
    kind: Kind
    severity: CheckSeverity
    title: str
    title_zh: str
    formula: str
    message: str
    message_zh: str
    holds: RuleExample
    breaks: RuleExample
    table: TableId | None = None
    forms: tuple[str, ...] = ()
    tolerance: Number = 0
    comparison: Comparison | None = None
    rows: Comparison | None = None
    flow: Flow | None = None
    columns: tuple[str, ...] = ()
    subtotals: dict[str, str] = msgspec.field(default_factory=dict)
    levels: tuple[str, ...] = ()
    limits: dict[str, Number] = msgspec.field(default_factory=dict)
    relation: Relation = "=="
    units: tuple[str, ...] = ()
    scale: dict[str, int] = msgspec.field(default_factory=dict)
    stated: tuple[Stated, ...] = ()
    whole: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
    words: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    patterns: dict[str, str] = msgspec.field(default_factory=dict)


class _File(Record, frozen=True, kw_only=True):
    rule: tuple[Rule, ...]


@lru_cache(maxsize=4)
def load_rules(language: Language = "en") -> tuple[Rule, ...]:
    """Return the rules in the order of the catalogue; with ``"zh"`` their ``message`` is the Chinese one.

    :class:`KnowledgeError` names the rule and key of a wrong entry.

    >>> [rule.id for rule in load_rules()][:2]
    ['T3_ROW_SUM', 'T3_ITEM_TOTAL']
    """
    if language == "zh":
        return tuple(msgspec.structs.replace(rule, message=rule.message_zh) for rule in load_rules())
    data = (resources.files("gknlp.knowledge") / "rules.toml").read_text(encoding="utf-8")
    return parse_rules(data, name="rules.toml")


def rule_ids() -> frozenset[str]:
    """Return the ids of all rules."""
    return frozenset(rule.id for rule in load_rules())


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
    for key, message in (("message", rule.message), ("message_zh", rule.message_zh)):
        for _, word, _, _ in Formatter().parse(message):
            if word is not None and word not in WORDS:
                raise KnowledgeError(f"{name}: rule {rule.id}, {key}: unknown word {{{word}}}")
    for need in _NEEDS.get(rule.kind, ()):
        key, _, inner = need.partition(".")
        given = getattr(rule, key)
        if not given or (inner and inner not in given):
            raise KnowledgeError(f"{name}: rule {rule.id}: kind {rule.kind} needs {need}")
    if rule.kind in TABLE_KINDS and rule.table is None:
        raise KnowledgeError(f"{name}: rule {rule.id}: kind {rule.kind} needs table")
