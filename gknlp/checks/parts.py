"""Lists in the prose: parts against their whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from gknlp.checks.prose import Sides, Told, check_of, passed, quote
from gknlp.checks.stated import ROUGH
from gknlp.knowledge.rules import Language, Rule
from gknlp.model import Check, Fact, Number

LIST_END = "where the list of parts ends cannot be told"
_EPSILON = 1e-9


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
