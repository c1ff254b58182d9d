"""The rules about prose, in the order of the catalogue: against the tables, and inside the prose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from gknlp.checks.growth import check_growth
from gknlp.checks.parts import check_parts
from gknlp.checks.prose import Prose, Told, index_facts
from gknlp.checks.rates import check_rates, check_share_sums
from gknlp.checks.sheet import Sheet
from gknlp.checks.stated import check_stated
from gknlp.checks.wording import check_blank_numbers, check_period
from gknlp.knowledge.rules import PROSE_KINDS, Language, Rule, load_rules
from gknlp.model import Check, TableId

ProseJudge = Callable[[Rule, Told, Language], Iterator[Check]]

_INSIDE: Mapping[str, ProseJudge] = {
    "parts": check_parts,
    "rate": check_rates,
    "share_sum": check_share_sums,
    "growth": check_growth,
    "period": check_period,
    "blank_number": check_blank_numbers,
}


class _Job(NamedTuple):
    """One rule; ``judge`` is ``None`` for one that compares facts of ``types`` with the tables."""

    rule: Rule
    judge: ProseJudge | None
    types: frozenset[str]


def check_prose(prose: Prose, sheets: Mapping[TableId, Sheet], language: Language = "en") -> list[Check]:
    """Return a record for each statement that a rule can test; what is not stated gives none.

    ``facts`` of a record are the statements. Where several meanings are tried, ``where`` gives under ``reading`` those
    that fit (``new|new+carried_in`` when they cannot be told apart), and a failure names the cells of all. A statement
    of a part of the year, of other units or of something vague is ``not_assessable``, never a failure.
    """
    told = index_facts(prose)
    found: list[Check] = []
    for rule, judge, types in _jobs(language):
        if judge is not None:
            found += judge(rule, told, language)
        elif not types.isdisjoint(told.by_type):
            found += check_stated(rule, told, sheets, language)
    return found


@lru_cache(maxsize=4)
def _jobs(language: Language) -> tuple[_Job, ...]:
    rules = [rule for rule in load_rules(language) if rule.kind in PROSE_KINDS]
    return tuple(_Job(rule, _INSIDE.get(rule.kind), frozenset(stated.type for stated in rule.stated)) for rule in rules)
