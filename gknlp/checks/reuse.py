"""Rules about copied text, stale years and stale forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gknlp.checks.flows import Pair
from gknlp.checks.prose import Sides, check_of, passed, quote
from gknlp.knowledge.forms import Form, load_forms
from gknlp.knowledge.rules import Language, Rule
from gknlp.model import Check, Report, Section
from gknlp.text.normalize import fold
from gknlp.text.reuse import share_reused, shingles

_DIGITS = 3
_LEAST = 15  # runs of characters; of a shorter section nothing can be said
_STATISTICS = frozenset({"disclosure", "requests", "remedies"})  # their text is the form's own


def check_same_text(rule: Rule, pair: Pair, language: Language) -> Iterator[Check]:
    """Yield a record for each section of prose that both years have.

    Left: the share of its runs of eight characters that stand in the section of the year before, numbers and
    punctuation left out; right: the limit. The value is given whether the rule holds or not.
    """
    limit = rule.limits["most"]
    for section in pair.now.sections:
        old = next((other for other in pair.before.sections if other.id == section.id), None)
        if old is None or section.id in _STATISTICS:
            continue
        runs = _runs(pair.now, section)
        share = share_reused(runs, _runs(pair.before, old))
        sides = Sides(None if share is None else round(share, _DIGITS), limit, where={"section": section.id})
        if share is None or len(runs) < _LEAST:
            yield check_of(rule, "not_assessable", "the section is too short", sides)
        elif share < limit:
            yield passed(rule, sides)
        else:
            message = rule.message.format(place=section.heading or section.id, left=sides.left, year=pair.before.year)
            yield check_of(rule, "fail", message, sides, "filing")


def _runs(report: Report, section: Section) -> frozenset[str]:
    return shingles(fold(report.text[section.start + len(section.heading) : section.end]))


def check_stale_year(rule: Rule, report: Report, language: Language) -> Iterator[Check]:
    """Yield one record. Left: the year that a sentence opens with as if it were this one; right: the report's."""
    if report.year is None:
        return
    folded = fold(report.text)
    opening = _opening(rule.patterns["opening"], report.year - 1)
    for section in report.sections:
        found = None if section.id in _STATISTICS else opening.search(folded, section.start, section.end)
        if found is not None:
            start = found.start("said")
            said = quote(report.text[start:].partition("\n")[0])
            message = rule.message.format(quote=said, left=report.year - 1, right=report.year)
            where = {"section": section.id, "start": str(start)}
            yield check_of(rule, "fail", message, Sides(report.year - 1, report.year, where=where), "filing")
            return
    yield passed(rule, Sides(report.year, report.year))


@lru_cache(maxsize=32)
def _opening(pattern: str, year: int) -> re.Pattern[str]:
    return re.compile(pattern.replace("{year}", str(year)))


def check_stale_form(rule: Rule, report: Report, language: Language) -> Iterator[Check]:
    """Yield one record, where form and year are known. Left: the year the form came in; right: that of the one due."""
    if report.form is None or report.year is None:
        return
    forms = {form.id: form for form in load_forms()}
    used = forms.get(report.form)
    due = _due(report.year)
    if used is None or due is None:
        return
    sides = Sides(used.first_year, due.first_year)
    if used.first_year >= due.first_year:
        yield passed(rule, sides)
        return
    message = rule.message.format(left_terms=used.id, right_terms=due.id, right=due.first_year)
    yield check_of(rule, "fail", message, sides, "filing")


def _due(year: int) -> Form | None:
    """Return the form in force in a year."""
    return max(
        (form for form in load_forms() if form.first_year <= year), key=lambda form: form.first_year, default=None
    )
