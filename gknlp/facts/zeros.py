"""Zeros by negation: what a report says it did not receive and what did not happen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gknlp.facts.clauses import Hit
from gknlp.facts.match import satisfied
from gknlp.facts.view import Sentence, hits_of
from gknlp.knowledge.fact_rules import ZeroRule
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Record

_STOPS = re.compile(r"[,;:。!?\n\t|]")
_AIM_DISTANCE = 8
_DIRECT = 3
_LONGEST_CLAUSE = 120


class Zero(Record, frozen=True):
    """One zero: the rule and the span that negates; ``clause`` is where its clause starts."""

    rule: ZeroRule
    start: int
    end: int
    clause: int


class Negation(Record, frozen=True):
    """The scope of one negation."""

    start: int
    scope_start: int
    scope_end: int
    clause: int


def find_zeros(sentence: Sentence, knowledge: FactKnowledge) -> tuple[list[Zero], list[Negation]]:
    """Return the zeros of a sentence and the scopes of its negations (a number right in a scope counts nothing)."""
    if not sentence.bits & (knowledge.bits["neg.none"] | knowledge.bits["neg.zero_after"]):
        return [], []
    negations = list(_negations(sentence, knowledge))
    zeros: list[Zero] = []
    for negation in negations:
        bits = 0
        for hit in hits_of(sentence, (negation.scope_start, negation.scope_end)):
            bits |= hit[2]
        said: set[str] = set()
        for rule in knowledge.zeros:
            if satisfied(rule.own, bits) and not rule.no & bits and rule.type_id not in said:
                said.add(rule.type_id)
                start = min(negation.start, negation.scope_start)
                zeros.append(Zero(rule, start, max(negation.scope_end, negation.start), negation.clause))
    return zeros, negations


def _negations(sentence: Sentence, knowledge: FactKnowledge) -> Iterator[Negation]:
    none, after, aim = (knowledge.bits[name] for name in ("neg.none", "neg.zero_after", "neg.aim"))
    covered = sentence.start
    wanted = none | after
    for hit in sentence.hits:
        if not hit[2] & wanted or hit[0] < covered:
            continue
        clause = _clause_start(sentence, hit[0])
        if _is_aim(sentence, hit, clause, aim):
            continue
        stop = _STOPS.search(sentence.folded, hit[1], sentence.end)
        end = stop.start() if stop else sentence.end
        behind = end - hit[1]
        if hit[2] & after or behind <= 1:
            yield Negation(hit[0], _denied_before(sentence, clause, hit[0], knowledge.nouns), hit[1], clause)
        else:
            covered = end
            yield Negation(hit[0], hit[0], end, clause)


def _is_aim(sentence: Sentence, negation: Hit, clause: int, aim: int) -> bool:
    """An aim word shortly before: "made sure that nothing …" is no statement."""
    for hit in hits_of(sentence, (clause, negation[0])):
        if hit[2] & aim and negation[0] - hit[1] <= _AIM_DISTANCE:
            return True
    return False


def _clause_start(sentence: Sentence, at: int) -> int:
    start = max(sentence.start, at - _LONGEST_CLAUSE)
    for stop in _STOPS.finditer(sentence.folded, start, at):
        start = stop.end()
    return start


def _denied_before(sentence: Sentence, clause: int, at: int, nouns: int) -> int:
    """Start of the words that a closing "none" denies: its clause, or the one before when it names no object."""
    named = any(hit[2] & nouns for hit in hits_of(sentence, (clause, at)))
    return clause if named or clause <= sentence.start else _clause_start(sentence, clause - 1)


def denied(start: int, negations: list[Negation]) -> bool:
    """Whether a number stands right behind a negation ("not one case")."""
    return any(0 <= start - negation.start <= _DIRECT + 4 and start < negation.scope_end for negation in negations)
