"""Which rule a number belongs to.

Every rule that the unit allows and whose groups are all seen is a candidate; its score is the sum of the weights of
the words that filled its groups, so a rule that asks for more, and finds it closer to the number, wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gknlp.facts.view import Seen, View
from gknlp.knowledge.fact_types import FactKnowledge, Rule

_OPTIONAL = 0.4


def best_rule(view: View, unit: str, knowledge: FactKnowledge) -> Rule | None:
    """Return the rule with the highest score, the first in file order among equals; ``None`` when none fits."""
    best: Rule | None = None
    highest = float("-inf")
    for rule, score in candidates(view, knowledge.rules_for(unit)):
        if score > highest:
            best, highest = rule, score
    return best


def candidates(view: View, rules: Iterable[Rule]) -> Iterable[tuple[Rule, float]]:
    """Yield the rules that the view satisfies with their scores."""
    own_bits, near_bits, all_bits = view.own_bits, view.near_bits, view.all_bits
    for rule in [rule for rule in rules if not rule.own or rule.own[0] & own_bits]:
        if rule.no & own_bits or rule.no_near & near_bits or rule.no_context & view.sentence_bits:
            continue
        if (
            satisfied(rule.own, own_bits)
            and satisfied(rule.near, near_bits)
            and satisfied(rule.context, all_bits)
            and satisfied(rule.carried, view.carried_bits)
        ):
            yield rule, _score(rule, view)


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
    for group in rule.carried:
        score += _weight(group, view.all[len(view.own) :])
    for group in rule.maybe:
        score += _OPTIONAL * _weight(group, view.all)
    return score


def _weight(group: int, seen: Sequence[Seen]) -> float:
    for bits, weight in seen:
        if bits & group:
            return weight
    return 0.0
