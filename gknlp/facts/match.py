"""Which rule a number belongs to.

Every rule that the unit allows and whose groups are all seen is a candidate; its score is the sum of the weights of
the words that filled its groups, so a rule that asks for more, and finds it closer to the number, wins.
"""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.facts.surroundings import STRONGEST, Seen
from gknlp.facts.view import Sentence, View
from gknlp.knowledge.fact_rules import Rule
from gknlp.knowledge.fact_types import FactKnowledge

_OPTIONAL = 0.4
_MARGIN = 1e-6  # sums of the same weights in another order differ by less


def best_rule(view: View, sentence: Sentence, unit: str, knowledge: FactKnowledge) -> Rule | None:
    """Return the rule with the highest score, the first in file order among equals; ``None`` when none fits."""
    opened = _opened(view, unit, knowledge)
    bits, outside = view.sentence_bits, view.outside_bits
    filled, unsure = _filled(opened, view, bits, outside)
    best, highest = _highest(filled, view, (), bits)
    if not unsure or (best is not None and _is_decided(best, highest, unsure, view)):
        return best
    around = _around(view, sentence, knowledge)
    for told, _ in around:
        bits |= told
        outside |= told
    return _highest(_filled(opened, view, bits, outside)[0], view, around, bits)[0]


def _opened(view: View, unit: str, knowledge: FactKnowledge) -> list[Rule]:
    """The rules that the unit allows and that the own words open."""
    rules = knowledge.rules
    opened = rules.opened(view.own)
    found = rules.allowed(unit, opened)
    plain = knowledge.plain_unit(unit)
    if plain != unit:
        found += rules.allowed(plain, opened)
    return found


def _filled(opened: list[Rule], view: View, bits: int, outside: int) -> tuple[list[Rule], list[Rule]]:
    """The rules whose groups are all filled by what is seen, and those that could gain by more words.

    ``bits`` are the classes of all that is seen, ``outside`` those outside the own words.
    """
    own, near, inside = view.own_bits, view.near_bits, view.sentence_bits
    filled: list[Rule] = []
    unsure: list[Rule] = []
    for rule in opened:
        if rule.no_near & near or rule.no_context & inside or (rule.near and not satisfied(rule.near, near)):
            continue
        if len(rule.own) > 2 and not satisfied(rule.own, own):
            continue
        if (rule.context and not satisfied(rule.context, bits)) or (
            rule.carried and not satisfied(rule.carried, outside)
        ):
            unsure.append(rule)
        else:
            filled.append(rule)
            if rule.maybe:
                unsure.append(rule)
    return filled, unsure


def _is_decided(best: Rule, highest: float, unsure: list[Rule], view: View) -> bool:
    """Whether no other rule could still win, were its open groups told right before the sentence.

    To look there costs more than all the rest, and only open groups gain by it.
    """
    for rule in unsure:
        gain = 0.0 if rule is best else _gain(rule, view)
        if gain and _score(rule, view, (), view.sentence_bits) + gain >= highest - _MARGIN:
            return False
    return True


def _gain(rule: Rule, view: View) -> float:
    """What the groups that the sentence leaves open can add to the score at most."""
    bits, outside, gain = view.sentence_bits, view.outside_bits, 0.0
    for group in rule.context:
        if not group & bits:
            gain += STRONGEST
    for group in rule.carried:
        if not group & outside:
            gain += STRONGEST
    for group in rule.maybe:
        if not group & bits:
            gain += _OPTIONAL * STRONGEST
    return gain


def _around(view: View, sentence: Sentence, knowledge: FactKnowledge) -> Sequence[Seen]:
    """What stands before the sentence; its acts are left out beside an act of the number's own."""
    seen = sentence.around.seen(sentence.start)
    if not view.verbal:
        return seen
    keep = knowledge.unlike_verbs
    return [(bits & keep, weight) for bits, weight in seen]


def satisfied(groups: tuple[int, ...], bits: int) -> bool:
    """Return whether every group has a class among ``bits``."""
    for group in groups:  # noqa: SIM110  (half the time of all() with a generator, in the innermost loop)
        if not group & bits:
            return False
    return True


def _highest(candidates: list[Rule], view: View, around: Sequence[Seen], bits: int) -> tuple[Rule | None, float]:
    """The rule with the highest score, and the score; ``bits`` are all classes that are seen."""
    best: Rule | None = None
    highest = float("-inf")
    for rule in candidates:
        score = _score(rule, view, around, bits)
        if score > highest:
            best, highest = rule, score
    return best, highest


def _score(rule: Rule, view: View, around: Sequence[Seen], bits: int) -> float:
    own, beyond = view.own, view.beyond
    score = rule.priority
    for group in rule.own:
        for told, weight in own:  # not a call of _weight: in the innermost loop it takes as long as the rest
            if told & group:
                score += weight
                break
    for group in rule.near:
        score += _weight(group, own) or _weight(group, beyond)
    for group in rule.context:
        score += _nearest(group, view, around)
    for group in rule.carried:
        score += _weight(group, beyond) or _weight(group, view.carried) or _weight(group, around)
    for group in rule.maybe:
        if group & bits:
            score += _OPTIONAL * _nearest(group, view, around)
    return score


def _nearest(group: int, view: View, around: Sequence[Seen]) -> float:
    """The weight of a group wherever it is seen nearest."""
    if group & view.own_bits:
        return _weight(group, view.own)
    if group & view.near_bits:
        return _weight(group, view.beyond)
    return _weight(group, view.carried if group & view.sentence_bits else around)


def _weight(group: int, seen: Sequence[Seen]) -> float:
    for bits, weight in seen:
        if bits & group:
            return weight
    return 0.0
