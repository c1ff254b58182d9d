"""What the prose says about its own statistics: the period they cover, and numbers that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gknlp.checks.prose import SENTENCE_END, Sides, Told, check_of, passed, quote
from gknlp.knowledge.rules import Language, Rule
from gknlp.model import Check

NO_YEAR = "the year of the report is not known"
NO_DATES = "the dates cannot be read"


def check_period(rule: Rule, told: Told, language: Language) -> Iterator[Check]:
    """Yield a record for the first period of statistics that is stated; ``where`` gives its days."""
    found = _find_period(told.prose.folded, rule)
    if found is None:
        return
    year = told.prose.year
    first, last = found["first_year"], found["last_year"] or found["first_year"]
    if year is None or first is None:
        yield check_of(rule, "not_assessable", NO_YEAR if year is None else NO_DATES, Sides())
        return
    days = {"from": _day(found, "first", first), "to": _day(found, "last", last)}
    sides = Sides(int(first), year, where=days)
    if days == {"from": f"{year}-01-01", "to": f"{year}-12-31"}:
        yield passed(rule, sides)
        return
    message = rule.message.format(quote=quote(told.prose.text[found.start() : found.end()]), right=year)
    yield check_of(rule, "fail", message, sides, "unknown")


def _find_period(folded: str, rule: Rule) -> re.Match[str] | None:
    """Return the first period behind one of the words that announce it; plain search finds those fastest."""
    words = rule.words["period"]
    places = sorted(place for word in words if (place := folded.find(word)) >= 0)
    pattern = _period_pattern(words, rule.patterns["date"])
    return next((found for place in places if (found := pattern.match(folded, place))), None)


def _day(found: re.Match[str], which: str, year: str) -> str:
    return f"{year}-{int(found[f'{which}_month']):02d}-{int(found[f'{which}_day']):02d}"


@lru_cache(maxsize=4)
def _period_pattern(words: tuple[str, ...], date: str) -> re.Pattern[str]:
    start, end = (date.replace("<", f"<{which}_") for which in ("first", "last"))
    return re.compile(rf"(?:{'|'.join(words)})[^\d{SENTENCE_END}]{{0,12}}{start}[^\d{SENTENCE_END}]{{1,8}}?{end}")


def check_blank_numbers(rule: Rule, told: Told, language: Language) -> Iterator[Check]:
    """Yield a record for each statement with a unit and no number; reports without one give no record."""
    for fact in told.prose.facts:
        if fact.qualifier == "missing":
            sides = Sides(facts=(fact.id,))
            yield check_of(rule, "fail", rule.message.format(quote=quote(fact.text)), sides, "unknown")
