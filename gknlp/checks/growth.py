"""Growth against the year before, as the prose tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gknlp.checks.prose import Sides, Told, check_of, passed, quote
from gknlp.checks.rates import PERCENT, Printed, agrees, any_of, in_percents, quotient, read_printed
from gknlp.knowledge.rules import Language, Rule
from gknlp.model import Check, Fact, Number

NO_YEAR_BEFORE = "the number of the year before is not told"
_COUNT = r"\d[\d,]*(?:\.\d+)?"


class Growth(NamedTuple):
    """Growth against the year before as it is told: of which fact, by how much, and from what where that stands there.

    ``rate`` is negative for a decline. ``before`` is the number of the year before, ``None`` when it is not told.
    """

    fact: Fact
    rate: Printed
    down: bool
    before: Number | None
    start: int
    end: int


def find_growth(told: Told, rule: Rule) -> Iterator[Growth]:
    """Yield every growth in per cent that follows a count of the report in the same sentence."""
    words = rule.words
    pattern = _growth_pattern(words["base"], words["up"], words["down"], words["fill"], rule.patterns["year"])
    for found in in_percents(pattern, told):
        fact = _subject(told, found.start())
        printed = read_printed(found["rate"])
        if fact is None or printed is None or fact.value is None:
            continue
        down = found["change"] in words["down"]
        told_behind = _step_pattern(words["base"], words["up"], words["down"], words["fill"]).match(
            told.prose.folded, found.end()
        )
        before = _before(found, told_behind, fact.value, down)
        yield Growth(fact, printed, down, before, found.start(), found.end())


@lru_cache(maxsize=8)
def _growth_pattern(
    base: tuple[str, ...], up: tuple[str, ...], down: tuple[str, ...], fill: tuple[str, ...], year: str
) -> re.Pattern[str]:
    """Return what finds growth: a base, perhaps the number it starts from or the difference, and the rate."""
    change, between, other = any_of((*up, *down)), rf"(?:{any_of(fill)})?", r"[^\d,;%\s]"
    return re.compile(
        rf"(?:{any_of(base)}|{year}){between},?(?:(?P<old>{_COUNT}){other}{{0,2}})?"
        rf"(?:(?:{change}){between}(?P<step>{_COUNT}){other}{{1,2}},)?"
        rf"(?P<change>{change}){between}{PERCENT}"
    )


@lru_cache(maxsize=8)
def _step_pattern(
    base: tuple[str, ...], up: tuple[str, ...], down: tuple[str, ...], fill: tuple[str, ...]
) -> re.Pattern[str]:
    """Return what finds the difference right behind a rate."""
    return re.compile(rf",(?:{any_of(base)})?(?:{any_of((*up, *down))})(?:{any_of(fill)})?(?P<step>{_COUNT})(?![\d.%])")


def _subject(told: Told, at: int) -> Fact | None:
    """Return the last whole that is told before a place in its sentence."""
    for fact in reversed(told.prose.facts):
        if fact.start < at and fact.value_start is not None:
            if fact.part_of is not None and told.sentence(fact.start, at):
                continue
            counted = fact.unit != "%" and fact.qualifier == "exact" and fact.polarity == "count"
            return fact if counted and told.sentence(fact.start, at) else None
    return None


def _before(found: re.Match[str], behind: re.Match[str] | None, value: Number, down: bool) -> Number | None:
    """Return the number of the year before: told as it is, or by the difference before or behind the rate."""
    if found["old"]:
        return _read(found["old"])
    step = found["step"] or (behind["step"] if behind else None)
    if step is None:
        return None
    return value + _read(step) if down else value - _read(step)


def _read(number: str) -> Number:
    plain = number.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def check_growth(rule: Rule, told: Told, language: Language) -> Iterator[Check]:
    """Yield a record for each growth that is told. Left: the stated one; right: the one that follows.

    It cannot be assessed here when the number of the year before is not told; :func:`judge_growth` takes it from the
    report of that year.
    """
    for growth in find_growth(told, rule):
        yield judge_growth(rule, told, growth, growth.before)


def judge_growth(rule: Rule, told: Told, growth: Growth, before: Number | None) -> Check:
    """Return the record of one growth from the number of the year before, where that is known and not 0."""
    sign = -1 if growth.down else 1
    sides = Sides(sign * float(growth.rate.rate), None, (growth.fact.id,))
    if not before:
        return check_of(rule, "not_assessable", NO_YEAR_BEFORE, sides)
    value = growth.fact.value or 0
    difference = sign * (value - before)
    sides = sides._replace(right=sign * quotient(difference, before, growth.rate.digits + 2))
    if agrees(growth.rate, difference, before, rule.tolerance):
        return passed(rule, sides)
    said = quote(told.prose.text[growth.fact.start : growth.end])
    terms = f"{value} / {before} - 1"
    message = rule.message.format(quote=said, left=sides.left, right=sides.right, right_terms=terms)
    return check_of(rule, "fail", message, sides, "unknown")
