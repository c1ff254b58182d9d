"""Numbers that are no facts of the year: comparisons, shares, plans, duties, quoted names."""

from __future__ import annotations

from enum import Enum, auto

from gknlp.facts.view import Sentence, View
from gknlp.knowledge.fact_types import FactKnowledge

_CLOSE = 2
_SHARE_CLOSE = 6


class Exclusion(Enum):
    """Why a number is no fact, or only a share of another one."""

    NO_FACT = auto()
    SHARE = auto()


def exclusion(sentence: Sentence, index: int, view: View, unit: str, knowledge: FactKnowledge) -> Exclusion | None:
    """Return why the number of statement ``index`` is no fact; ``None`` when it may be one."""
    quantity = sentence.statements[index].quantity
    if quantity.kind == "multiple" or _points(unit, knowledge):
        return Exclusion.NO_FACT
    if view.near_bits & knowledge.doubts and (doubt := _doubt(sentence, index, view, unit, knowledge)):
        return doubt
    return Exclusion.NO_FACT if _is_attribute(sentence, index) else None


def _doubt(sentence: Sentence, index: int, view: View, unit: str, knowledge: FactKnowledge) -> Exclusion | None:
    """What the words around the number say against it."""
    bits = knowledge.bits
    quantity = sentence.statements[index].quantity
    if view.near_bits & bits["plan"] and not view.own_bits & bits["carry"]:
        return Exclusion.NO_FACT
    bounded = quantity.qualifier in ("at_least", "at_most")
    each = view.own_bits & bits["period.per"]
    if (view.own_bits & bits["duty"] and (bounded or each)) or (each and (bounded or _is_money(unit, knowledge))):
        return Exclusion.NO_FACT
    if _is_mention(sentence, index, knowledge) or _is_comparison(sentence, index, view, knowledge):
        return Exclusion.NO_FACT
    if quantity.kind == "percent" and _is_share(sentence, index, knowledge):
        return Exclusion.SHARE
    return None


def _points(unit: str, knowledge: FactKnowledge) -> bool:
    return bool(knowledge.masks.get(unit, 0) & knowledge.bits["cmp.unit"])


def _is_money(unit: str, knowledge: FactKnowledge) -> bool:
    return bool(knowledge.masks.get(unit, 0) & knowledge.bits["unit.money"])


def _is_mention(sentence: Sentence, index: int, knowledge: FactKnowledge) -> bool:
    """What the number counts only orders the telling: "in 12 respects"."""
    right = sentence.words[index].right
    near = right and right[0][0] == sentence.statements[index].quantity.end
    return bool(near and right[0][2] & knowledge.bits["oth.never"])


def _is_attribute(sentence: Sentence, index: int) -> bool:
    """A bare magnitude behind another number of its clause only says which ones: "17 with over a million plays"."""
    statement = sentence.statements[index]
    quantity = statement.quantity
    if index == 0 or quantity.unit or quantity.qualifier == "exact" or quantity.value is None:
        return False
    printed = sentence.folded[quantity.value_start : quantity.value_end]
    before = sentence.statements[index - 1]
    return statement.clause == before.clause and not any(sign.isdecimal() for sign in printed)


def _is_comparison(sentence: Sentence, index: int, view: View, knowledge: FactKnowledge) -> bool:
    """The number is a difference or growth: a word of change right before it, measured against another year."""
    bits = knowledge.bits
    left = sentence.words[index].own
    if not left:
        return False
    statement = sentence.statements[index]
    percent = statement.quantity.kind == "percent"
    if percent and any(hit[2] & bits["cmp.base"] for hit in left):
        return not any(hit[2] & bits["cmp.to"] for hit in left)
    if not left[-1][2] & bits["cmp.change"] or statement.quantity.start - left[-1][1] > _CLOSE:
        return False
    if percent or view.near_bits & bits["cmp.base"]:
        return True
    known = sum(hit[1] - hit[0] for hit in left)
    alone = not any(hit[2] & (knowledge.nouns | knowledge.verbs) for hit in left)
    return alone and statement.own[1] - statement.own[0] - known <= 1 and index > 0


def _is_share(sentence: Sentence, index: int, knowledge: FactKnowledge) -> bool:
    share = knowledge.bits["cmp.share"]
    start = sentence.statements[index].quantity.start
    return any(hit[2] & share and start - hit[1] <= _SHARE_CLOSE for hit in sentence.words[index].own)
