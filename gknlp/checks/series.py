"""The rules over several reports: one issuer year after year, an area and its units (kinds of series in rules.toml)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from gknlp.checks.flows import Pair, check_flow, check_same_tables
from gknlp.checks.growth import find_growth, judge_growth
from gknlp.checks.prose import Prose, Told, index_facts
from gknlp.checks.reuse import check_same_text, check_stale_form, check_stale_year
from gknlp.checks.rollup import check_rollup, covers_area
from gknlp.knowledge.rules import Language, Rule, load_rules
from gknlp.model import Check, Fact, Number, Report
from gknlp.text.normalize import fold

_OF_ONE: Mapping[str, Callable[[Rule, Report, Language], Iterator[Check]]] = {
    "stale_year": check_stale_year,
    "stale_form": check_stale_form,
}
_OF_TWO: Mapping[str, Callable[[Rule, Pair, Language], Iterator[Check]]] = {
    "flow": check_flow,
    "same_table": check_same_tables,
    "same_text": check_same_text,
}


def check_series(
    now: Report, before: Report | None, *, ignore: frozenset[str] = frozenset(), language: Language = "en"
) -> tuple[Check, ...]:
    """Apply the rules over one issuer's report and that of the year before.

    Args:
        now: the report of a year.
        before: that of the year right before, ``None`` when there is none: then only what one report tells is checked.
        ignore: ids of rules that are not to be applied.
        language: the language of what a failure says.

    Returns:
        Records in the order of the catalogue. Keys of cells of the year before begin with ``before:``. The record of
        ``N_GROWTH`` takes the number of the year before from the report of that year, where the text does not tell it.
    """
    found: list[Check] = []
    for rule in load_rules(language):
        if rule.id in ignore:
            continue
        if rule.kind in _OF_ONE:
            found += _OF_ONE[rule.kind](rule, now, language)
        elif before is not None and rule.kind in _OF_TWO:
            found += _OF_TWO[rule.kind](rule, Pair(now, before), language)
        elif before is not None and rule.kind == "growth":
            found += _growth(rule, now, before)
    return tuple(found)


def check_units(
    area: Report,
    units: Sequence[Report],
    *,
    complete: bool = False,
    ignore: frozenset[str] = frozenset(),
    language: Language = "en",
) -> tuple[Check, ...]:
    """Compare the totals of a report that covers an area with the reports of its units, of the same year.

    Nothing when the report does not say that it covers the area. ``complete``: the reports of all units are there.
    """
    if not units or not covers_area(area):
        return ()
    rules = [rule for rule in load_rules(language) if rule.kind == "rollup" and rule.id not in ignore]
    return tuple(check for rule in rules for check in check_rollup(rule, area, units, language, complete=complete))


def _growth(rule: Rule, now: Report, before: Report) -> Iterator[Check]:
    told = _told(now)
    facts = _told(before).by_type
    for growth in find_growth(told, rule):
        if growth.before is None:
            value = _counterpart(growth.fact, facts.get(growth.fact.type, ()))
            if value is not None:
                yield judge_growth(rule, told, growth, value)


def _told(report: Report) -> Told:
    return index_facts(Prose(report.text, fold(report.text), report.facts, report.year))


def _counterpart(fact: Fact, facts: Sequence[Fact]) -> Number | None:
    """Return the value of the one fact of the year before that speaks of the same, ``None`` when none or more do."""
    same = {
        other.value
        for other in facts
        if other.attributes == fact.attributes
        and other.unit == fact.unit
        and other.period.kind == fact.period.kind
        and other.scope == fact.scope
        and other.qualifier == "exact"
    }
    return same.pop() if len(same) == 1 else None
