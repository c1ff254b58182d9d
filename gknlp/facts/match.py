"""Which rule a number belongs to.

Every rule that the unit allows and whose groups are all seen is a candidate; its score is the sum of the weights of
the words that filled its groups, so a rule that asks for more, and finds it closer to the number, wins.
"""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.facts.view import Reach, Seen, Sentence, View, reach_of
from gknlp.knowledge.fact_rules import Rule
from gknlp.knowledge.fact_types import FactKnowledge

_OPTIONAL = 0.4


def best_rule(view: View, sentence: Sentence, unit: str, knowledge: FactKnowledge) -> Rule | None:
    """Return the rule with the highest score, the first in file order among equals; ``None`` when none fits."""
    rules = knowledge.rules
    opened = rules.opened(view.own)
    candidates = rules.allowed(unit, opened)
    plain = knowledge.plain_unit(unit)
    if plain != unit:
        candidates += rules.allowed(plain, opened)
    candidates = [rule for rule in candidates if _fits_near(rule, view)]
    if not candidates:
        return None
    settled = all(_is_settled(rule, view) for rule in candidates)
    if settled and len(candidates) == 1:
        return candidates[0]
    if settled:  # an optional group may still be told before the sentence, and decide between the candidates
        settled = all(satisfied(rule.maybe, view.sentence_bits) for rule in candidates)
    reach = reach_of(view, None if settled else sentence)
    best: Rule | None = None
    highest = float("-inf")
    for rule in candidates:
        if satisfied(rule.context, reach.all_bits) and satisfied(rule.carried, reach.outside_bits):
            score = _score(rule, view, reach)
            if score > highest:
                best, highest = rule, score
    return best


def _fits_near(rule: Rule, view: View) -> bool:
    """Whether a rule that is open fits as far as the words of the sentence tell."""
    near_bits = view.near_bits
    if rule.no_near & near_bits or rule.no_context & view.sentence_bits:
        return False
    if rule.near and not satisfied(rule.near, near_bits):
        return False
    return len(rule.own) <= 2 or satisfied(rule.own, view.own_bits)


def _is_settled(rule: Rule, view: View) -> bool:
    """Whether the sentence already fills every group that a rule asks for; what stands before it need not be read."""
    return satisfied(rule.context, view.sentence_bits) and satisfied(rule.carried, view.outside_bits)


def satisfied(groups: tuple[int, ...], bits: int) -> bool:
    """Return whether every group has a class among ``bits``."""
    for group in groups:  # noqa: SIM110  (half the time of all() with a generator, in the innermost loop)
        if not group & bits:
            return False
    return True


def _score(rule: Rule, view: View, reach: Reach) -> float:
    score = rule.priority
    for group in rule.own:
        score += _weight(group, view.own)
    for group in rule.near:
        score += _weight(group, view.near)
    for group in rule.context:
        score += _weight(group, reach.all)
    for group in rule.carried:
        score += _weight(group, reach.outside)
    for group in rule.maybe:
        if group & reach.all_bits:
            score += _OPTIONAL * _weight(group, reach.all)
    return score


def _weight(group: int, seen: Sequence[Seen]) -> float:
    for bits, weight in seen:
        if bits & group:
            return weight
    return 0.0
