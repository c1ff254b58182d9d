"""Which rule a number belongs to.

Every rule that the unit allows and whose groups are all seen is a candidate; its score is the sum of the weights of
the words that filled its groups, so a rule that asks for more, and finds it closer to the number, wins.
"""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.facts.view import Seen, View
from gknlp.knowledge.fact_rules import Rule
from gknlp.knowledge.fact_types import FactKnowledge

_OPTIONAL = 0.4


def best_rule(view: View, unit: str, knowledge: FactKnowledge) -> Rule | None:
    """Return the rule with the highest score, the first in file order among equals; ``None`` when none fits."""
    best: Rule | None = None
    highest = float("-inf")
    opened = knowledge.rules.opened(bits for bits, _ in view.own)
    plain = knowledge.plain_unit(unit)
    for name in (unit, plain) if plain != unit else (unit,):
        for rule in knowledge.rules.allowed(name, opened):
            if fits(rule, view):
                score = _score(rule, view)
                if score > highest:
                    best, highest = rule, score
    return best


def fits(rule: Rule, view: View) -> bool:
    """Return whether every group of a rule that is open is seen where it asks for it, and none that it forbids."""
    if len(rule.own) > 2 and not satisfied(rule.own, view.own_bits):
        return False
    near_bits = view.near_bits
    if rule.no_near & near_bits or (rule.near and not satisfied(rule.near, near_bits)):
        return False
    if rule.no_context & view.sentence_bits or (rule.context and not satisfied(rule.context, view.all_bits)):
        return False
    return not rule.carried or satisfied(rule.carried, view.carried_bits)


def satisfied(groups: tuple[int, ...], bits: int) -> bool:
    """Return whether every group has a class among ``bits``."""
    for group in groups:  # noqa: SIM110  (half the time of all() with a generator, in the innermost loop)
        if not group & bits:
            return False
    return True


def _score(rule: Rule, view: View) -> float:
    score = rule.priority
    for group in rule.own:
        score += _weight(group, view.own)
    for group in rule.near:
        score += _weight(group, view.near)
    for group in rule.context:
        score += _weight(group, view.all)
    if rule.carried:
        outside = view.all[len(view.own) :]
        for group in rule.carried:
            score += _weight(group, outside)
    for group in rule.maybe:
        score += _OPTIONAL * _weight(group, view.all)
    return score


def _weight(group: int, seen: Sequence[Seen]) -> float:
    for bits, weight in seen:
        if bits & group:
            return weight
    return 0.0
