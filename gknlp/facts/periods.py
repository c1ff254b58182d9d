"""The time a number speaks of."""

from __future__ import annotations

import calendar
import re
from functools import lru_cache

from gknlp.facts.view import Sentence
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Period
from gknlp.text.numerals import parse_han

_SPANS = {
    "period.first_half": (1, 6),
    "period.second_half": (7, 12),
    "period.q1": (1, 3),
    "period.q2": (4, 6),
    "period.q3": (7, 9),
    "period.q4": (10, 12),
    "period.to_q3": (1, 9),
}
_MONTHS = 12

Matches = tuple[re.Match[str], ...]


class SentencePeriods:
    """What one sentence says about time; asked for each of its numbers."""

    def __init__(self, sentence: Sentence, year: int | None, knowledge: FactKnowledge) -> None:
        self._sentence = sentence
        self._year = year
        self._knowledge = knowledge
        dated = knowledge.patterns["dated"].finditer(sentence.folded, sentence.start, sentence.end)
        told = {sign.lastgroup for sign in dated}  # nothing in most sentences: a cheap first look
        self._until = self._found("until") if "until" in told else ()
        self._months = self._found("months") if "months" in told else ()
        self._since = self._found("since") if "year" in told else ()
        self._years = self._found("year") if "year" in told else ()

    def _found(self, name: str) -> Matches:
        """What a pattern finds in the sentence."""
        sentence = self._sentence
        return tuple(self._knowledge.patterns[name].finditer(sentence.folded, sentence.start, sentence.end))

    def period(self, at: int, near_bits: int, stock: bool) -> Period:
        """Return the period of the number at ``at``; ``near_bits`` are the classes of the words around it."""
        if self._since and (since := _before(self._since, at)):
            return Period(kind="cumulative", start=f"{since['year']}-01-01", end=_date(self._year, _MONTHS, None))
        other = self._other_year(at, near_bits)
        if other is not None:
            return Period(kind="other_year", start=_date(other, 1, 1), end=_date(other, _MONTHS, None))
        return self._part(at) or self._whole(near_bits, stock)

    def _part(self, at: int) -> Period | None:
        """The part of the year that the words before ``at`` name."""
        if self._until and (until := _before(self._until, at)) and (partial := self._partial(until)):
            return partial
        if self._months and (months := _before(self._months, at)):
            return _span(self._year, int(months["first"]), int(months["last"]))
        bits = self._sentence.bits
        if bits & self._knowledge.bits["period"]:
            for name, (first, last) in _SPANS.items():
                if bits & self._knowledge.bits[name] and self._seen(name, at):
                    return _span(self._year, first, last)
        return None

    def _whole(self, near_bits: int, stock: bool) -> Period:
        """The year, or its last day for what is told as a stock."""
        bits = self._knowledge.bits
        told = near_bits & bits["period.stock"] and not near_bits & bits["period.this"]
        if not (stock or told):
            return _full_year(self._year)
        summed = stock and near_bits & bits["period.cumulative"] and not near_bits & bits["period.stock"]
        end = _date(self._year, _MONTHS, None)
        return Period(kind="cumulative" if summed else "point_in_time", start=None, end=end)

    def _other_year(self, at: int, near_bits: int) -> int | None:
        """The year that the clause names, when it is not the year of the report."""
        if self._year is None:
            return None
        if near_bits & self._knowledge.bits["period.other"]:
            return self._year - 1
        named = _before(self._years, at) if self._years else None
        year = int(named["year"]) if named else self._year
        return year if year != self._year else None

    def _partial(self, until: re.Match[str]) -> Period | None:
        """The part of the year that ends with an "as of" date before December."""
        quarter = _quarter(until["quarter"])
        month = int(until["month"]) if until["month"] else (quarter * 3 if quarter else None)
        if month is None or not 1 <= month < _MONTHS:
            return None
        year = int(until["year"]) if until["year"] else self._year
        day = int(until["day"]) if until["day"] else None
        if year != self._year:
            return None
        return Period(kind="partial_year", start=_date(year, 1, 1), end=_date(year, month, day))

    def _seen(self, name: str, at: int) -> bool:
        bit = self._knowledge.bits[name]
        return any(hit[2] & bit and hit[0] < at for hit in self._sentence.hits)


def _before(found: Matches, at: int) -> re.Match[str] | None:
    """The last match in front of ``at``."""
    return next((match for match in reversed(found) if match.start() < at), None)


def _quarter(sign: str | None) -> int | None:
    if not sign:
        return None
    value = int(sign) if sign.isdecimal() else parse_han(sign)
    return int(value) if value else None


def _span(year: int | None, first: int, last: int) -> Period:
    if not (1 <= first <= last <= _MONTHS) or (first, last) == (1, _MONTHS):
        return _full_year(year)
    return Period(kind="partial_year", start=_date(year, first, 1), end=_date(year, last, None))


@lru_cache(maxsize=64)
def _full_year(year: int | None) -> Period:
    return Period(kind="full_year", start=_date(year, 1, 1), end=_date(year, _MONTHS, None))


@lru_cache(maxsize=256)
def _date(year: int | None, month: int, day: int | None) -> str | None:
    """An ISO date; the last day of the month when ``day`` is ``None`` or no day of it."""
    if year is None:
        return None
    last = calendar.monthrange(year, month)[1]
    return f"{year:04d}-{month:02d}-{min(day or last, last):02d}"
