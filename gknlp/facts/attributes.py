"""Attributes of a fact: values of the controlled vocabularies, and words of the text."""

from __future__ import annotations

from gknlp.facts.view import Sentence, View, nearest_hit
from gknlp.knowledge.fact_rules import Attribute, Rule
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Scope

_LONGEST_SUBJECT = 30
_SHORTEST_SUBJECT = 2


def find_attributes(sentence: Sentence, index: int, rule: Rule, knowledge: FactKnowledge) -> dict[str, str]:
    """Return the attributes that a rule sets for statement ``index``; those without a word in the text are left out."""
    found: dict[str, str] = {}
    for attribute in rule.attributes:
        value = attribute.value or _found(sentence, index, attribute, knowledge)
        if value:
            found[attribute.name] = value
    return found


def _found(sentence: Sentence, index: int, attribute: Attribute, knowledge: FactKnowledge) -> str:
    """The nearest word of the attribute's classes, or the name of its class."""
    hit = nearest_hit(sentence, index, attribute.mask, carried=not attribute.verbatim)
    if hit is None:
        return ""
    if attribute.verbatim:
        return sentence.folded[hit[0] : hit[1]]
    low = hit[2] & attribute.mask
    return knowledge.classes[(low & -low).bit_length() - 1].rpartition(".")[2]


def find_scope(bits: int, knowledge: FactKnowledge) -> Scope:
    """Return whose activity the words around a number speak of; without a word it is the issuer's own."""
    if bits & knowledge.bits["scope.area"]:
        return "whole_area"
    if bits & knowledge.bits["actor.subordinate"]:
        return "subordinate"
    return "own"


def subject_phrase(sentence: Sentence, index: int, text: str, view: View, knowledge: FactKnowledge) -> str:
    """Return the phrase that an unknown number counts, verbatim; empty when the number is a mere mention."""
    statement = sentence.statements[index]
    bits = knowledge.bits
    right = sentence.words[index].right
    mention = bits["oth.mention"] | bits["actor.bodies"] | bits["actor.subordinate"] | bits["actor.generic"]
    if right and right[0][0] - statement.quantity.end <= 1 and right[0][2] & mention:
        return ""
    first, last = statement.own
    phrase = text[first:last].strip()
    label = sentence.folded[statement.lead[0] : statement.lead[1]].rstrip()
    if not phrase and label.endswith(":"):
        return text[statement.lead[0] : statement.lead[0] + len(label) - 1].strip()[-_LONGEST_SUBJECT:]
    known = sum(hit[1] - hit[0] for hit in sentence.words[index].own if hit[2] & bits["fill"])
    if len(phrase) - known < _SHORTEST_SUBJECT and not view.own_bits & knowledge.verbs:
        return ""
    behind = text[statement.right[0] : statement.right[1]].strip()
    return phrase[-_LONGEST_SUBJECT:] or behind[:_LONGEST_SUBJECT]
