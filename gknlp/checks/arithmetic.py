"""Sums and rates inside the prose: parts of a whole, rates, shares, growth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from gknlp.checks.prose import Sides, Told, check_of, fits_attributes, passed, quote
from gknlp.checks.stated import ELSEWHERE, PARTIAL, ROUGH
from gknlp.knowledge.rules import FactChoice, Language, Rate, Rule
from gknlp.model import Check, Fact, Number

LIST_END = "where the list of parts ends cannot be told"
OPEN_LIST = "the shares do not reach the whole: the list may be open"
NO_YEAR_BEFORE = "the number of the year before is not told"
_EPSILON = 1e-9
_BEHIND = 8  # characters between a count and what is said about it
_PERCENT = r"(?P<rate>\d+(?:\.\d+)?)%"
_COUNT = r"\d[\d,]*(?:\.\d+)?"


# -- parts -------------------------------------------------------------------------------------------------------------


def check_parts(rule: Rule, told: Told, language: Language) -> Iterator[Check]:
    """Yield a record for each whole with parts. Left: the whole; right: the sum of its parts.

    The record of one that holds says how: ``complete`` (the parts sum to the whole), ``open`` (to less, in a list that
    does not claim to be complete), ``nested`` (a part is broken down within the list) or ``several_lists``.
    """
    lists: dict[str, list[Fact]] = {}
    for fact in told.prose.facts:
        if fact.part_of is not None:
            lists.setdefault(fact.part_of, []).append(fact)
    for whole, parts in lists.items():
        yield _check_list(rule, told, told.by_id[whole], parts)


def _check_list(rule: Rule, told: Told, whole: Fact, parts: Sequence[Fact]) -> Check:
    total = whole.value or 0
    values = [part.value or 0 for part in parts]
    facts = (whole.id, *(part.id for part in parts))
    sides = Sides(total, _tidy(sum(values)), facts)
    if any(fact.qualifier != "exact" for fact in (whole, *parts)):
        return check_of(rule, "not_assessable", ROUGH, sides)
    how = _how_they_fit(total, parts, values)
    if how == "open" and _claims_to_be_complete(rule, told, whole, parts):
        how = None
    if how is not None:
        return passed(rule, sides._replace(where={"reading": how}))
    if sum(values) > total and _may_end_earlier(told, total, parts, values):
        return check_of(rule, "not_assessable", LIST_END, sides)
    terms = " + ".join(f"{value}" for value in values)
    message = rule.message.format(quote=quote(whole.text), left=total, right=sides.right, right_terms=terms)
    return check_of(rule, "fail", message, sides, "unknown")


def _how_they_fit(total: Number, parts: Sequence[Fact], values: Sequence[Number]) -> str | None:
    if _about(sum(values), total):
        return "complete"
    if sum(values) < total:
        return "open"
    outer = _without_nested(values)
    if _about(sum(outer), total) or sum(outer) < total:
        return "nested"
    return "several_lists" if max(_totals_of_lists(total, parts, values)) <= total + _EPSILON else None


def _totals_of_lists(total: Number, parts: Sequence[Fact], values: Sequence[Number]) -> list[Number]:
    """Return the sums of the lists that break the whole down one after the other.

    A list ends where its parts have reached the whole, and where another type of fact begins.
    """
    sums: list[Number] = []
    last = ""
    for part, value in zip(parts, values, strict=True):
        if not sums or part.type != last or _about(sums[-1], total):
            sums.append(0)
        sums[-1] += value
        last = part.type
    return sums


def _without_nested(values: Sequence[Number]) -> list[Number]:
    """Leave out the numbers that follow another one and sum to it: they break it down."""
    kept: list[Number] = []
    index = 0
    while index < len(values):
        kept.append(values[index])
        index += 1 + _length_of_breakdown(values[index], values[index + 1 :])
    return kept


def _length_of_breakdown(value: Number, following: Sequence[Number]) -> int:
    total: Number = 0
    for count, part in enumerate(following, start=1):
        total += part
        if count > 1 and _about(total, value):
            return count
        if total > value:
            break
    return 0


def _may_end_earlier(told: Told, total: Number, parts: Sequence[Fact], values: Sequence[Number]) -> bool:
    """Tell whether the list stays within its whole when it ends at one of the semicolons that divide it."""
    sums = accumulate(values)
    return any(
        part_sum <= total and told.prose.folded.find(";", part.end, following.start) >= 0
        for part_sum, part, following in zip(sums, parts, parts[1:], strict=False)
    )


def _claims_to_be_complete(rule: Rule, told: Told, whole: Fact, parts: Sequence[Fact]) -> bool:
    """Tell whether a list whose parts fall short says that it names them all."""
    between = told.prose.folded[whole.end : parts[0].value_start or parts[0].start]
    if len(parts) < 2 or any(word in between for word in rule.words["open"]):
        return False
    return between.lstrip(" ,:;(").startswith(rule.words["closed"])


def _about(left: Number, right: Number) -> bool:
    return abs(left - right) < _EPSILON


def _tidy(value: Number) -> Number:
    return value if isinstance(value, int) else round(value, 6)


# -- rates -------------------------------------------------------------------------------------------------------------


class Printed(NamedTuple):
    """A rate in per cent with the digits that are printed behind its point."""

    rate: Decimal
    digits: int


def read_printed(text: str) -> Printed | None:
    """Return a printed rate; ``None`` for one that is written out in words."""
    found = re.search(r"\d+(?:\.\d+)?", text)
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
    sides = sides._replace(right=_quotient(above, below, printed.digits + 2))
    if agrees(printed, above, below, rule.tolerance):
        return passed(rule, sides)
    message = rule.message.format(quote=said, left=sides.left, right=sides.right, right_terms=f"{above} / {below}")
    return check_of(rule, "fail", message, sides, "unknown")


def _quotient(part: Number, whole: Number, digits: int) -> float:
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
    return re.compile(rf"(?:{_any_of(words)})[^,。;%\d]{{0,6}}{_PERCENT}")


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
    total = _tidy(sum(fact.value or 0 for fact in facts))
    sides = Sides(total, 100, tuple(fact.id for fact in facts))
    slack = rule.tolerance * len(facts)
    if abs(total - 100) <= slack + _EPSILON:
        return passed(rule, sides)
    if total < 100 or any(fact.qualifier != "exact" for fact in facts):
        return check_of(rule, "not_assessable", OPEN_LIST if total < 100 else ROUGH, sides)
    terms = " + ".join(str(fact.value) for fact in facts)
    message = rule.message.format(left=total, left_terms=terms)
    return check_of(rule, "fail", message, sides, "unknown")


# -- growth ------------------------------------------------------------------------------------------------------------


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
    change, between, other = _any_of((*up, *down)), rf"(?:{_any_of(fill)})?", r"[^\d,;%\s]"
    return re.compile(
        rf"(?:{_any_of(base)}|{year}){between},?(?:(?P<old>{_COUNT}){other}{{0,2}})?"
        rf"(?:(?:{change}){between}(?P<step>{_COUNT}){other}{{1,2}},)?"
        rf"(?P<change>{change}){between}{_PERCENT}"
    )


@lru_cache(maxsize=8)
def _step_pattern(
    base: tuple[str, ...], up: tuple[str, ...], down: tuple[str, ...], fill: tuple[str, ...]
) -> re.Pattern[str]:
    """Return what finds the difference right behind a rate."""
    return re.compile(
        rf",(?:{_any_of(base)})?(?:{_any_of((*up, *down))})(?:{_any_of(fill)})?(?P<step>{_COUNT})(?![\d.%])"
    )


def _any_of(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


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
    sides = sides._replace(right=sign * _quotient(difference, before, growth.rate.digits + 2))
    if agrees(growth.rate, difference, before, rule.tolerance):
        return passed(rule, sides)
    said = quote(told.prose.text[growth.fact.start : growth.end])
    terms = f"{value} / {before} - 1"
    message = rule.message.format(quote=said, left=sides.left, right=sides.right, right_terms=terms)
    return check_of(rule, "fail", message, sides, "unknown")


ProseJudge = Callable[[Rule, Told, Language], Iterator[Check]]
ARITHMETIC: Mapping[str, ProseJudge] = {
    "parts": check_parts,
    "rate": check_rates,
    "share_sum": check_share_sums,
    "growth": check_growth,
}
