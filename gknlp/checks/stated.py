"""Numbers that the prose states, against the tables: each is tried in every sense that it may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gknlp.checks.prose import Sides, Told, check_of, fits_attributes, passed, quote
from gknlp.checks.readings import Meaning, Place, meanings, whole_of
from gknlp.checks.sheet import Grid, Sheet
from gknlp.checks.site import NOT_PRINTED, cause_of
from gknlp.knowledge.rules import Language, Rule, Stated
from gknlp.model import Cause, Check, Fact, Number, TableId

NO_VALUE = "a cell that it may be has no value"
ELSEWHERE = "the statement may count something else"
PARTIAL = "the statement speaks of a part of the year, of another year or of more than one"
PART = "the statement counts a part of another number"
OTHER_SCOPE = "the statement speaks of the whole area, of other units, or it cannot be told of whom"
ROUGH = "the statement gives no exact number"
_NEAR = 0.1  # how far from the table's an approximate number may be, as a share of it
_LARGE = 2  # "more than n" says something about numbers up to this many times n
_JOINT = "_together"

Sheets = Mapping[TableId, Sheet]


class Value(NamedTuple):
    """A reading with its number in this report, ``None`` when a cell has none."""

    meaning: Meaning
    number: Number | None


class Claim(NamedTuple):
    """A fact that states a number, that number in the unit of the table, and what it may be there."""

    rule: Rule
    stated: Stated
    fact: Fact
    number: Number
    values: tuple[Value, ...]


def check_stated(rule: Rule, told: Told, sheets: Sheets, language: Language) -> Iterator[Check]:
    """Yield a record for each fact that states a number of the tables, or denies one."""
    for index, stated in enumerate(rule.stated):
        if stated.type not in told.by_type:
            continue
        facts = [fact for fact in told.by_type[stated.type] if _is_claim(rule, stated, fact)]
        if facts:
            values = _values(meanings(rule.id, index, _grids(sheets)), sheets)
            claims = [Claim(rule, stated, fact, _number(rule, fact), values) for fact in facts]
            judge = _judge_denial if rule.kind == "none" else _judge
            yield from (judge(claim, claims, sheets, language) for claim in claims)


def _grids(sheets: Sheets) -> tuple[Grid, ...]:
    return tuple([sheet.grid for sheet in sheets.values()])


def _values(found: Sequence[Meaning], sheets: Sheets) -> tuple[Value, ...]:
    """Return each reading with its number; a difference below 0 is no number of anything and is left out."""
    values = [Value(meaning, meaning.value(sheets)) for meaning in found]
    return tuple([value for value in values if not value.meaning.less or value.number is None or value.number >= 0])


def _is_claim(rule: Rule, stated: Stated, fact: Fact) -> bool:
    if fact.value is None or fact.polarity == "ordinal" or not fits_attributes(fact, stated.where):
        return False
    if fact.polarity == "zero_by_negation":
        return rule.kind == "none" or stated.zeros
    return rule.kind == "stated" and fact.unit in rule.units


def _number(rule: Rule, fact: Fact) -> Number:
    return (fact.value or 0) * rule.scale.get(fact.unit, 1)


def _judge(claim: Claim, claims: Sequence[Claim], sheets: Sheets, language: Language) -> Check:
    """Left: the number that is stated; right: the first reading that fits, or the first of all."""
    tried = [value for value in claim.values if not value.meaning.explains]
    if not tried:
        return _unassessed(claim, NOT_PRINTED)
    if claim.fact.period.kind not in claim.stated.periods:
        return _unassessed(claim, PARTIAL, tried)
    fitting = [value for value in tried if _fits(claim, value.number)]
    if fitting:
        return _passed(claim, fitting, sheets)
    together = _together(claim, claims)
    joint = [value for value in tried if together is not None and together == value.number]
    if joint:
        return _passed(claim, joint, sheets, suffix=_JOINT)
    doubt = _doubt(claim, claims, tried) or _more_than_all(claim, sheets)
    return _unassessed(claim, doubt, tried) if doubt else _failed(claim, tried, sheets, language)


def _judge_denial(claim: Claim, claims: Sequence[Claim], sheets: Sheets, language: Language) -> Check:
    """Left: 0; right: what the table has. A reading with any number but 0 is none that is denied."""
    if not claim.values:
        return _unassessed(claim, NOT_PRINTED)
    if claim.fact.period.kind not in claim.stated.periods:
        return _unassessed(claim, PARTIAL, claim.values)
    most = [Value(value.meaning, _largest(value.meaning, sheets)) for value in claim.values]
    zero = [value for value in most if value.number == 0]
    if zero:
        return _passed(claim, zero, sheets)
    if any(value.number is None for value in most):
        return _unassessed(claim, NO_VALUE, most)
    if claim.fact.scope != "own":
        return _unassessed(claim, OTHER_SCOPE, most)
    if not _is_meant(claim.stated, claim.fact.text):
        return _unassessed(claim, ELSEWHERE, most)
    return _failed(claim, most, sheets, language)


def _largest(meaning: Meaning, sheets: Sheets) -> Number | None:
    """Return the largest number among the cells; without one above 0, ``None`` when a cell has no value."""
    values = [sheets[table].values[index] for table, index in meaning.add]
    most = max((value for value in values if value is not None), default=0)
    return most if most > 0 else None if None in values else 0


def _fits(claim: Claim, number: Number | None) -> bool:
    """Tell whether the table's number is what the statement says, as exactly as it says it."""
    if number is None:
        return False
    stated, qualifier = claim.number, claim.fact.qualifier
    if claim.rule.relation == "<=":
        return stated <= number
    if qualifier == "exact":
        return stated == number
    if qualifier in ("more_than", "at_least"):
        return stated <= number < _LARGE * stated
    if qualifier in ("less_than", "at_most"):
        return stated / _LARGE < number <= stated
    return abs(stated - number) <= _NEAR * number


def _together(claim: Claim, claims: Sequence[Claim]) -> Number | None:
    """Return the sum of all statements of one kind, which may be told reason by reason."""
    if not claim.stated.where or len(claims) < 2 or any(other.fact.qualifier != "exact" for other in claims):
        return None
    return sum(other.number for other in claims)


def _doubt(claim: Claim, claims: Sequence[Claim], tried: Sequence[Value]) -> str | None:
    """Return why a number that fits no reading does not break the rule yet."""
    fact, stated = claim.fact, claim.stated
    if fact.qualifier != "exact":
        return ROUGH
    if fact.scope != "own" or "actor" in fact.attributes:
        return OTHER_SCOPE
    if any(value.number is None for value in tried):
        return NO_VALUE
    if _is_part(claim, claims):
        return PART
    return ELSEWHERE if stated.soft or not _is_meant(stated, fact.text) else None


def _is_meant(stated: Stated, text: str) -> bool:
    """Tell by its words whether a statement speaks of what the table counts."""
    if stated.words and not any(word in text for word in stated.words):
        return False
    return not any(word in text for word in stated.unless) or any(word in text for word in stated.plain)


def _more_than_all(claim: Claim, sheets: Sheets) -> str | None:
    """Return a doubt about a number that is larger than all that the table counts: it counts something else."""
    most = whole_of(claim.rule.id, _grids(sheets))
    known = [sheets[table].values[index] or 0 for table, index in most]
    return ELSEWHERE if most and claim.number > sum(known) else None


def _is_part(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Tell whether the number is a part of one of its own kind, or of anything where the whole is asked for."""
    whole = claim.fact.part_of
    return whole is not None and (not claim.stated.where or any(other.fact.id == whole for other in claims))


def _passed(claim: Claim, values: Sequence[Value], sheets: Sheets, suffix: str = "") -> Check:
    names = dict.fromkeys(value.meaning.id + suffix for value in values)
    first = values[0]
    sides = Sides(
        left=claim.number,
        right=first.number,
        facts=(claim.fact.id,),
        cells=_keys(first.meaning.places, sheets),
        where={"reading": "|".join(names)},
        table=first.meaning.add[0][0],
    )
    return passed(claim.rule, sides)


def _unassessed(claim: Claim, why: str, tried: Sequence[Value] = ()) -> Check:
    sides = Sides(
        left=claim.number,
        right=tried[0].number if tried else None,
        facts=(claim.fact.id,),
        table=tried[0].meaning.add[0][0] if tried else claim.rule.table,
    )
    return check_of(claim.rule, "not_assessable", why, sides)


def _failed(claim: Claim, tried: Sequence[Value], sheets: Sheets, language: Language) -> Check:
    """Return the record of a contradiction: the statement, and the cells of every reading that was tried."""
    plain = [value for value in tried if not value.meaning.each] or list(tried)
    told = [value for value in claim.values if value.meaning.explains and _fits(claim, value.number)]
    places = tuple(dict.fromkeys(place for value in plain for place in value.meaning.add))
    sides = Sides(
        left=claim.number,
        right=plain[0].number,
        facts=(claim.fact.id,),
        cells=_keys(places, sheets),
        where={"explained_by": told[0].meaning.id} if told else {},
        table=plain[0].meaning.add[0][0],
    )
    shown = {value.number: value for value in reversed([*plain, *told])}
    readings = _list([shown[number] for number in dict.fromkeys(value.number for value in [*plain, *told])], language)
    message = claim.rule.message.format(quote=quote(claim.fact.text), left=claim.number, readings=readings)
    return check_of(claim.rule, "fail", message, sides, _cause(places, sheets))


def _list(values: Sequence[Value], language: Language) -> str:
    if language == "zh":
        return "、".join(f"{value.meaning.zh}{value.number}" for value in values)
    return ", ".join(f"{value.meaning.id} {value.number}" for value in values)


def _keys(places: Sequence[Place], sheets: Sheets) -> tuple[str, ...]:
    return tuple([sheets[table].grid.names[index] for table, index in places])


def _cause(places: Sequence[Place], sheets: Sheets) -> Cause:
    """Return ``filing`` when every cell was read at its place from a clean table, else ``unknown``."""
    tables = dict.fromkeys(table for table, _ in places)
    clean = all(
        cause_of(sheets[table], [index for name, index in places if name == table]) == "filing" for table in tables
    )
    return "filing" if clean else "unknown"
