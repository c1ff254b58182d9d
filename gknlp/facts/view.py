"""What a rule can see from one number: the classes of the words around it, weighted by how close they stand."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from gknlp.facts.clauses import Hit, Statement, hits_between
from gknlp.knowledge.fact_types import FactKnowledge

Seen = tuple[int, float]  # class bits, weight

# Weights: own words beat the lead, the lead beats what is carried along the sentence, that beats the paragraph.
_OWN, _OWN_STEP, _OWN_LEAST = 10.0, 0.7, 6.5
_ADJACENT, _AFTER, _AFTER_LEAST = 10.4, 7.5, 5.5
_LEAD, _LEAD_STEP, _LEAD_LEAST = 6.0, 0.4, 4.4
_PROMOTED = 1.0
_CARRIED, _CARRIED_STEP, _CARRIED_LEAST = 4.2, 0.4, 2.4
_BRACKET = 5.0
_weight = itemgetter(1)
_BACK = 6  # statements that words are carried over
_BARE_REST = 4  # characters that no known word covers in a clause that names no object


class Words(NamedTuple):
    """The known words of one statement by where they stand, and the union of their classes."""

    own: Sequence[Hit]
    lead: Sequence[Hit]
    right: Sequence[Hit]
    bits: int


class Sentence(NamedTuple):
    """One sentence with its known words, its numbers and what stands before it (``around``, nearest first).

    ``words`` are those of each statement.
    """

    folded: str
    start: int
    end: int
    hits: Sequence[Hit]
    starts: Sequence[int]
    statements: Sequence[Statement]
    words: Sequence[Words]
    around: Sequence[Seen]


class View(NamedTuple):
    """Weighted class bits of one statement, nearest first, and their unions."""

    own: list[Seen]
    near: list[Seen]
    all: list[Seen]
    own_bits: int
    near_bits: int
    sentence_bits: int
    all_bits: int
    carried_bits: int


def hits_of(sentence: Sentence, span: tuple[int, int]) -> Sequence[Hit]:
    """Return the known words of a range of the sentence."""
    return hits_between(sentence.hits, sentence.starts, span)


def words_of(statement: Statement, hits: Sequence[Hit], starts: Sequence[int]) -> Words:
    """Return the known words of a statement among those of its sentence."""
    own = hits_between(hits, starts, statement.own)
    lead = hits_between(hits, starts, statement.lead) if statement.lead[0] < statement.lead[1] else ()
    right = hits_between(hits, starts, statement.right)
    bits = 0
    for part in (own, lead, right):
        for hit in part:
            bits |= hit[2]
    return Words(own, lead, right, bits)


def view_statement(sentence: Sentence, index: int, shape: int, told: Sequence[Seen], knowledge: FactKnowledge) -> View:
    """Return what the rules see from statement ``index``.

    ``shape`` are the shape classes that hold for it, ``told`` the types of the facts just before it.
    """
    statement = sentence.statements[index]
    words = sentence.words[index]
    left = words.own
    own = _own(statement, left, words.right)
    own_bits = _union(own)
    lead = [(hit[2], max(_LEAD - _LEAD_STEP * rank, _LEAD_LEAST)) for rank, hit in enumerate(reversed(words.lead))]
    if not own_bits & knowledge.nouns:
        shape |= _bare(sentence, statement, left, knowledge)
        keep = ~knowledge.verbs if own_bits & knowledge.verbs else ~0
        own += [(bits & keep, weight + _PROMOTED) for bits, weight in lead]
    else:
        shape |= _modified(left, statement, knowledge)
    own.append((shape, 1.0))
    own_bits = _union(own)
    beyond = lead
    outside = _union(lead)
    if not (own_bits | outside) & knowledge.nouns:
        beyond = lead + _previous(sentence, index, knowledge)
        outside = _union(beyond)
    near_bits = own_bits | outside
    drop = ~knowledge.verbs if own_bits & knowledge.verbs else ~0
    carried = _carried(sentence, index, drop)
    carried += told
    outside |= _union(carried)
    sentence_bits = own_bits | outside
    around = [(bits & drop, weight) for bits, weight in sentence.around]
    outside |= _union(around)
    near = own + beyond
    return View(own, near, near + carried + around, own_bits, near_bits, sentence_bits, own_bits | outside, outside)


def _own(statement: Statement, left: Sequence[Hit], right: Sequence[Hit]) -> list[Seen]:
    seen = [(hit[2], max(_OWN - _OWN_STEP * rank, _OWN_LEAST)) for rank, hit in enumerate(reversed(left))]
    end = statement.quantity.end
    for rank, hit in enumerate(right):
        close = rank == 0 and hit[0] - end <= 1
        seen.append((hit[2], _ADJACENT if close else max(_AFTER - _OWN_STEP * rank, _AFTER_LEAST)))
    if right:
        seen.sort(key=_weight, reverse=True)
    return seen


def _carried(sentence: Sentence, index: int, keep: int) -> list[Seen]:
    """Words of earlier statements of the sentence, as far as ``keep`` lets them; those of one weigh the same."""
    seen: list[Seen] = []
    words = sentence.words
    bracket = sentence.statements[index].bracket
    if bracket is not None and bracket < index - 1:
        seen.append((words[bracket].bits & keep, _BRACKET))
    for back, earlier in enumerate(range(index - 1, max(-1, index - 1 - _BACK), -1)):
        seen.append((words[earlier].bits & keep, max(_CARRIED - _CARRIED_STEP * back, _CARRIED_LEAST)))
    if index - 1 - _BACK >= 0:
        seen.append((words[0].bits & keep, _CARRIED_LEAST))
    return seen


def _previous(sentence: Sentence, index: int, knowledge: FactKnowledge) -> list[Seen]:
    """Words of the nearest earlier statement that names an object, for a clause that names none ("of these 862")."""
    for earlier in range(index - 1, max(-1, index - 1 - _BACK), -1):
        bits = sentence.words[earlier].bits
        if bits & knowledge.nouns:
            return [(bits, _CARRIED)]
    return []


def _bare(sentence: Sentence, statement: Statement, left: Sequence[Hit], knowledge: FactKnowledge) -> int:
    """The clause names no object and hardly says more than known words."""
    first, last = statement.own
    text = sentence.folded[first:last]
    rest = len("".join(text.split())) - sum(hit[1] - hit[0] for hit in left)
    return knowledge.bits["shape.bare"] if rest <= _BARE_REST else 0


def _modified(left: Sequence[Hit], statement: Statement, knowledge: FactKnowledge) -> int:
    """Unknown words stand between a verb and the nearest object: "publish *talent recruitment* information"."""
    previous: Hit | None = None
    gap = 0
    for hit in left:
        if hit[2] & knowledge.nouns:
            known = previous is not None and previous[2] & knowledge.verbs
            first = previous[1] if previous else statement.own[0]
            gap = hit[0] - first
            if not (known or (previous is None and 2 <= gap <= 8)):
                gap = 0
        previous = hit
    return knowledge.bits["shape.modified"] if gap >= 2 else 0


def nearest_hit(sentence: Sentence, index: int, mask: int, carried: bool) -> Hit | None:
    """Return the known word of one of the classes ``mask`` that stands nearest to the number of statement ``index``."""
    words = sentence.words[index]
    ordered = [*reversed(words.own), *words.right, *reversed(words.lead)]
    if carried:
        for earlier in range(index - 1, max(-1, index - 1 - _BACK), -1):
            other = sentence.words[earlier]
            ordered += [*reversed(other.own), *reversed(other.lead)]
    for hit in ordered:
        if hit[2] & mask:
            return hit
    return None


def _union(seen: Sequence[Seen]) -> int:
    bits = 0
    for item in seen:
        bits |= item[0]
    return bits
