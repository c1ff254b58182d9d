"""Rates in the prose: quotients of two counts, shares of a whole, and lists of shares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from gknlp.checks.prose import Sides, Told, check_of, fits_attributes, passed, quote
from gknlp.checks.stated import ELSEWHERE, PARTIAL, ROUGH
from gknlp.knowledge.rules import FactChoice, Language, Rate, Rule
from gknlp.model import Check, Fact, Number

OPEN_LIST = "the shares do not reach the whole: the list may be open"
PERCENT = r"(?P<rate>\d+(?:\.\d+)?)%"
_RATE = re.compile(r"\d+(?:\.\d+)?")
_EPSILON = 1e-9
_BEHIND = 8  # characters between a count and what is said about it


class Printed(NamedTuple):
    """A rate in per cent with the digits that are printed behind its point."""

    rate: Decimal
    digits: int


def read_printed(text: str) -> Printed | None:
    """Return a printed rate; ``None`` for one that is written out in words."""
    found = _RATE.search(text)
    if found is None:
        return None
    rate = Decimal(found.group())
    return Printed(rate, -min(0, int(rate.as_tuple().exponent)))


def agrees(printed: Printed, part: Number, whole: Number, tolerance: Number) -> bool:
    """Tell whether a rate is ``part / whole`` to the digits that are printed, rounded or cut off there."""
    exact = Decimal(str(part)) * 100 / Decimal(str(whole))
    unit = Decimal(1).scaleb(-printed.digits)
    if abs(exact - printed.rate) <= unit * Decimal(str(tolerance)):
        return True
    return exact.quantize(unit, rounding=ROUND_DOWN) == printed.rate


def check_rates(rule: Rule, told: Told, language: Language) -> Iterator[Check]:
    """Yield a record for each rate whose two counts are told in its sentence, and for each share of a whole.

    Left: the rate that is stated; right: the one that follows from the counts, to two digits more than are printed.
    """
    for rate in rule.rates:
        for fact in told.by_type.get(rate.type, ()):
            counts = _counts_of(rate, fact, told) if fits_attributes(fact, rate.where) else None
            if counts is not None:
                yield _check_rate(rule, rate, told, fact, *counts)
    for found in in_percents(_share_pattern(rule.words["share"]), told):
        part = _told_before(told, found.start(), _BEHIND)
        whole = told.by_id.get(part.part_of) if part and part.part_of else None
        if part is not None and whole is not None:
            yield _check_share(rule, told, found, part, whole)


def _counts_of(rate: Rate, fact: Fact, told: Told) -> tuple[Fact, Fact] | None:
    """Return the nearest part and whole before a rate that stand in its sentence and share its channel."""
    part = _nearest(rate.part, fact, told)
    whole = _nearest(rate.whole, part, told) if part is not None else None
    return (part, whole) if part is not None and whole is not None else None


def _nearest(choice: FactChoice, fact: Fact, told: Told) -> Fact | None:
    for other in reversed(told.by_type.get(choice.type, ())):
        if other.id == fact.id or other.start > fact.start or not fits_attributes(other, choice.where):
            continue
        return other if told.sentence(other.start, fact.end) and other.value_start is not None else None
    return None


def _check_rate(rule: Rule, rate: Rate, told: Told, fact: Fact, part: Fact, whole: Fact) -> Check:
    sides = Sides(fact.value, None, (fact.id, part.id, whole.id))
    span = (fact.value_start, fact.value_end)
    printed = read_printed(told.prose.folded[span[0] : span[1]]) if span[0] is not None else None
    doubt = _doubt(fact, part, whole)
    if printed is None or doubt is not None:
        return check_of(rule, "not_assessable", doubt or ROUGH, sides)
    check = _compare(rule, printed, part, whole, sides, quote(fact.text))
    return check_of(rule, "not_assessable", ELSEWHERE, sides) if rate.soft and check.status == "fail" else check


def _doubt(*facts: Fact) -> str | None:
    if any(fact.qualifier != "exact" or (not fact.value and fact.unit != "%") for fact in facts):
        return ROUGH
    return PARTIAL if len({(fact.period.kind, fact.scope) for fact in facts}) > 1 else None


def _compare(rule: Rule, printed: Printed, part: Fact, whole: Fact, sides: Sides, said: str) -> Check:
    """Compare a rate with the quotient of two facts that have values, the second one above 0."""
    above, below = part.value or 0, whole.value or 1
    sides = sides._replace(right=quotient(above, below, printed.digits + 2))
    if agrees(printed, above, below, rule.tolerance):
        return passed(rule, sides)
    message = rule.message.format(quote=said, left=sides.left, right=sides.right, right_terms=f"{above} / {below}")
    return check_of(rule, "fail", message, sides, "unknown")


def quotient(part: Number, whole: Number, digits: int) -> float:
    """Return ``part / whole`` in per cent, rounded to so many digits; ``whole`` is not 0."""
    exact = Decimal(str(part)) * 100 / Decimal(str(whole))
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def in_percents(pattern: re.Pattern[str], told: Told) -> Iterator[re.Match[str]]:
    """Yield where ``pattern``, which ends with a per cent sign, is found."""
    for start, end in told.percents:
        found = pattern.search(told.prose.folded, start, end)
        if found is not None:
            yield found


@lru_cache(maxsize=8)
def _share_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds a share that is told of the count before it."""
    return re.compile(rf"(?:{any_of(words)})[^,。;%\d]{{0,6}}{PERCENT}")


def _check_share(rule: Rule, told: Told, found: re.Match[str], part: Fact, whole: Fact) -> Check:
    printed = read_printed(found["rate"])
    sides = Sides(float(found["rate"]), None, (part.id, whole.id), where={"reading": "share"})
    doubt = _doubt(part, whole)
    if printed is None or doubt is not None:
        return check_of(rule, "not_assessable", doubt or ROUGH, sides)
    return _compare(rule, printed, part, whole, sides, quote(told.prose.text[part.start : found.end()]))


def _told_before(told: Told, at: int, distance: int) -> Fact | None:
    """Return the count that is told right before a place."""
    return next(
        (
            fact
            for fact in reversed(told.prose.facts)
            if fact.value_end is not None and fact.unit != "%" and 0 <= at - fact.end <= distance
        ),
        None,
    )


def check_share_sums(rule: Rule, told: Told, language: Language) -> Iterator[Check]:
    """Yield a record for each list of shares of one kind. Left: their sum; right: 100."""
    for type_, facts in told.by_type.items():
        shares = [fact for fact in facts if fact.unit == "%"] if type_.startswith("req.by_") else []
        for group in _by_sentence(shares, told):
            if len(group) > 1:
                yield _check_share_sum(rule, group)


def _by_sentence(facts: Sequence[Fact], told: Told) -> Iterator[list[Fact]]:
    group: list[Fact] = []
    for fact in facts:
        if group and not told.sentence(group[-1].start, fact.start):
            yield group
            group = []
        group.append(fact)
    if group:
        yield group


def _check_share_sum(rule: Rule, facts: Sequence[Fact]) -> Check:
    total = round(sum(fact.value or 0 for fact in facts), 6)
    sides = Sides(total, 100, tuple(fact.id for fact in facts))
    slack = rule.tolerance * len(facts)
    if abs(total - 100) <= slack + _EPSILON:
        return passed(rule, sides)
    if total < 100 or any(fact.qualifier != "exact" for fact in facts):
        return check_of(rule, "not_assessable", OPEN_LIST if total < 100 else ROUGH, sides)
    terms = " + ".join(str(fact.value) for fact in facts)
    message = rule.message.format(left=total, left_terms=terms)
    return check_of(rule, "fail", message, sides, "unknown")


def any_of(words: Sequence[str]) -> str:
    """Return the alternatives of fixed words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
