"""Numbers that are no facts of the year: comparisons, shares, plans, duties, quoted names."""

from __future__ import annotations

from enum import Enum, auto

from gknlp.facts.clauses import Statement
from gknlp.facts.view import Sentence, View, hits_of
from gknlp.knowledge.fact_types import FactKnowledge

_CLOSE = 2
_SHARE_CLOSE = 6


class Exclusion(Enum):
    """Why a number is no fact, or only a share of another one."""

    NO_FACT = auto()
    SHARE = auto()


def exclusion(
    sentence: Sentence, statement: Statement, view: View, unit: str, knowledge: FactKnowledge
) -> Exclusion | None:
    """Return why the number is no fact; ``None`` when it may be one."""
    bits = knowledge.bits
    quantity = statement.quantity
    planned = view.near_bits & bits["plan"] and not view.own_bits & bits["carry"]
    if planned or quantity.kind == "multiple" or _points(unit, knowledge):
        return Exclusion.NO_FACT
    bounded = quantity.qualifier in ("at_least", "at_most")
    if view.own_bits & bits["duty"] and (bounded or view.own_bits & bits["period.per"]):
        return Exclusion.NO_FACT
    if _is_comparison(sentence, statement, view, knowledge):
        return Exclusion.NO_FACT
    if quantity.kind == "percent" and _is_share(sentence, statement, knowledge):
        return Exclusion.SHARE
    return None


def _points(unit: str, knowledge: FactKnowledge) -> bool:
    return bool(knowledge.masks.get(unit, 0) & knowledge.bits["cmp.unit"])


def _is_comparison(sentence: Sentence, statement: Statement, view: View, knowledge: FactKnowledge) -> bool:
    """The number is a difference or growth: a word of change right before it, measured against another year."""
    bits = knowledge.bits
    left = hits_of(sentence, statement.own)
    percent = statement.quantity.kind == "percent"
    if percent and any(hit[2] & bits["cmp.base"] for hit in left):
        return not any(hit[2] & bits["cmp.to"] for hit in left)
    if not left or not left[-1][2] & bits["cmp.change"] or statement.quantity.start - left[-1][1] > _CLOSE:
        return False
    if percent or view.near_bits & bits["cmp.base"]:
        return True
    known = sum(hit[1] - hit[0] for hit in left)
    alone = not any(hit[2] & (knowledge.nouns | knowledge.verbs) for hit in left)
    return alone and statement.own[1] - statement.own[0] - known <= 1 and statement is not sentence.statements[0]


def _is_share(sentence: Sentence, statement: Statement, knowledge: FactKnowledge) -> bool:
    share = knowledge.bits["cmp.share"]
    return any(
        hit[2] & share and statement.quantity.start - hit[1] <= _SHARE_CLOSE for hit in hits_of(sentence, statement.own)
    )
