"""What a rule can see from one number: the classes of the words around it, weighted by how close they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import count, takewhile
from operator import itemgetter

from gknlp.facts.clauses import Hit, Statement, hits_between
from gknlp.facts.surroundings import Seen, Surroundings
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Record

# Weights: own words beat the lead, the lead beats what is carried along the sentence, that beats the paragraph.
_OWN, _OWN_STEP, _OWN_LEAST = 10.0, 0.7, 6.5
_ADJACENT, _AFTER, _AFTER_LEAST = 10.4, 7.5, 5.5
_LEAD, _LEAD_STEP, _LEAD_LEAST = 6.0, 0.4, 4.4
_PROMOTED = 1.0
_CARRIED, _CARRIED_STEP, _CARRIED_LEAST = 4.2, 0.4, 2.4
_BRACKET = 5.0
_SHAPE = 1.0
_weight = itemgetter(1)

_BACK = 6  # statements that words are carried over
_BARE_REST = 4  # characters that no known word covers in a clause that names no object
_RANKS = 2000  # more than a sentence has words


def _falling(first: float, step: float, least: float) -> tuple[float, ...]:
    """The weights by rank, falling to the least, which all further ranks have."""
    falling = tuple(takewhile(lambda weight: weight > least, (first - step * rank for rank in count())))
    return falling + (least,) * (_RANKS - len(falling))


_OWNS = _falling(_OWN, _OWN_STEP, _OWN_LEAST)
_AFTERS = _falling(_AFTER, _OWN_STEP, _AFTER_LEAST)
_LEADS = _falling(_LEAD, _LEAD_STEP, _LEAD_LEAST)
_PROMOTEDS = tuple(weight + _PROMOTED for weight in _LEADS)
_CARRIEDS = _falling(_CARRIED, _CARRIED_STEP, _CARRIED_LEAST)[:_BACK]


class Words(Record, frozen=True):
    """The known words of one statement by where they stand, and the unions of their classes."""

    own: Sequence[Hit]
    lead: Sequence[Hit]
    right: Sequence[Hit]
    own_bits: int
    lead_bits: int
    right_bits: int
    bits: int


class Sentence(Record, frozen=True):
    """One sentence with its known words, its numbers and what stands before it (``around``).

    ``words`` are those of each statement, ``bits`` the classes of all ``hits``.
    """

    folded: str
    start: int
    end: int
    hits: Sequence[Hit]
    starts: Sequence[int]
    statements: Sequence[Statement]
    words: Sequence[Words]
    bits: int
    around: Surroundings


class View(Record, frozen=True):
    """Weighted class bits of one statement, nearest first, and their unions, as far as its sentence goes.

    What stands near are its ``own`` words and those ``beyond`` them; ``carried`` are those of earlier statements.
    ``verbal`` is whether the own words tell an act: those of other sentences and statements are then left out.
    """

    own: list[Seen]
    beyond: list[Seen]
    carried: list[Seen]
    own_bits: int
    near_bits: int
    outside_bits: int
    sentence_bits: int
    verbal: bool


def hits_of(sentence: Sentence, span: tuple[int, int]) -> Sequence[Hit]:
    """Return the known words of a range of the sentence."""
    return hits_between(sentence.hits, sentence.starts, span)


def words_of(statement: Statement, hits: Sequence[Hit], starts: Sequence[int]) -> Words:
    """Return the known words of a statement among those of its sentence."""
    (own_first, own_last), (lead_first, lead_last), (right_first, right_last) = (
        statement.own,
        statement.lead,
        statement.right,
    )
    own = hits[bisect_left(starts, own_first) : bisect_left(starts, own_last)]
    lead = hits[bisect_left(starts, lead_first) : bisect_left(starts, lead_last)] if lead_first < lead_last else ()
    right = hits[bisect_left(starts, right_first) : bisect_left(starts, right_last)]
    own_bits = lead_bits = right_bits = 0
    for hit in own:
        own_bits |= hit[2]
    for hit in lead:
        lead_bits |= hit[2]
    for hit in right:
        right_bits |= hit[2]
    return Words(own, lead, right, own_bits, lead_bits, right_bits, own_bits | lead_bits | right_bits)


def view_statement(sentence: Sentence, index: int, shape: int, told: list[Seen], knowledge: FactKnowledge) -> View:
    """Return what the rules see from statement ``index``.

    ``shape`` are the shape classes that hold for it, ``told`` the types of the facts just before it.
    """
    statement, words = sentence.statements[index], sentence.words[index]
    nouns = knowledge.nouns
    own = _own(statement, words.own, words.right)
    own_bits = words.own_bits | words.right_bits
    outside = words.lead_bits
    verbal = own_bits & knowledge.verbs != 0
    if not own_bits & nouns:
        shape |= _bare(sentence, statement, words.own, knowledge)
        own += _promoted(words.lead, verbal, knowledge)
        own_bits |= outside & knowledge.unlike_verbs if verbal else outside
    else:
        shape |= _modified(words.own, statement, knowledge)
    own.append((shape, _SHAPE))
    own_bits |= shape
    beyond = [(hit[2], weight) for hit, weight in zip(reversed(words.lead), _LEADS, strict=False)]
    if index and not (own_bits | outside) & nouns and (previous := _previous(sentence, index, nouns)):
        beyond.append((previous, _CARRIED))
        outside |= previous
    near_bits = own_bits | outside
    verbal = own_bits & knowledge.verbs != 0
    carried = _carried(sentence, index, verbal, knowledge) if index else []
    carried += told
    for bits, _ in carried:
        outside |= bits
    return View(own, beyond, carried, own_bits, near_bits, outside, own_bits | outside, verbal)


def _promoted(lead: Sequence[Hit], verbal: bool, knowledge: FactKnowledge) -> list[Seen]:
    """The words of the lead as if they were own ones, without its acts beside an act of the number's own."""
    if verbal:
        keep = knowledge.unlike_verbs
        return [(hit[2] & keep, weight) for hit, weight in zip(reversed(lead), _PROMOTEDS, strict=False)]
    return [(hit[2], weight) for hit, weight in zip(reversed(lead), _PROMOTEDS, strict=False)]


def _own(statement: Statement, left: Sequence[Hit], right: Sequence[Hit]) -> list[Seen]:
    seen = [(hit[2], weight) for hit, weight in zip(reversed(left), _OWNS, strict=False)]
    if right:
        seen += [(hit[2], weight) for hit, weight in zip(right, _AFTERS, strict=False)]
        if right[0][0] - statement.quantity.end <= 1:
            seen[len(left)] = (right[0][2], _ADJACENT)
        if left:
            seen.sort(key=_weight, reverse=True)
    return seen


def _carried(sentence: Sentence, index: int, verbal: bool, knowledge: FactKnowledge) -> list[Seen]:
    """Words of earlier statements of the sentence; those of one weigh the same."""
    words = sentence.words
    bracket = sentence.statements[index].bracket
    first = max(index - _BACK, 0)
    seen = [(told.bits, weight) for told, weight in zip(words[first:index][::-1], _CARRIEDS, strict=False)]
    if bracket is not None and bracket < index - 1:
        seen.insert(0, (words[bracket].bits, _BRACKET))
    if first:
        seen.append((words[0].bits, _CARRIED_LEAST))
    if verbal:
        keep = knowledge.unlike_verbs
        return [(bits & keep, weight) for bits, weight in seen]
    return seen


def _previous(sentence: Sentence, index: int, nouns: int) -> int:
    """Words of the nearest earlier statement that names an object, for a clause that names none ("of these 862")."""
    words = sentence.words
    for earlier in range(index - 1, max(-1, index - 1 - _BACK), -1):
        bits = words[earlier].bits
        if bits & nouns:
            return bits
    return 0


def _bare(sentence: Sentence, statement: Statement, left: Sequence[Hit], knowledge: FactKnowledge) -> int:
    """The clause names no object and hardly says more than known words."""
    first, last = statement.own
    rest = len("".join(sentence.folded[first:last].split()))
    for hit in left:
        rest -= hit[1] - hit[0]
    return knowledge.bits["shape.bare"] if rest <= _BARE_REST else 0


def _modified(left: Sequence[Hit], statement: Statement, knowledge: FactKnowledge) -> int:
    """Unknown words stand between a verb and the nearest object: "publish *talent recruitment* information"."""
    previous: Hit | None = None
    gap = 0
    nouns, verbs = knowledge.nouns, knowledge.verbs
    for hit in left:
        if hit[2] & nouns:
            known = previous is not None and previous[2] & verbs
            first = previous[1] if previous else statement.own[0]
            gap = hit[0] - first
            if not (known or (previous is None and 2 <= gap <= 8)):
                gap = 0
        previous = hit
    return knowledge.bits["shape.modified"] if gap >= 2 else 0


def nearest_hit(sentence: Sentence, index: int, mask: int, carried: bool) -> Hit | None:
    """Return the known word of one of the classes ``mask`` that stands nearest to the number of statement ``index``."""
    words = sentence.words[index]
    if words.own_bits & mask:
        return _last_hit(words.own, mask)
    if words.right_bits & mask:
        return next(hit for hit in words.right if hit[2] & mask)
    if words.lead_bits & mask:
        return _last_hit(words.lead, mask)
    for earlier in range(index - 1, max(-1, index - 1 - _BACK), -1) if carried else ():
        words = sentence.words[earlier]
        if words.own_bits & mask:
            return _last_hit(words.own, mask)
        if words.lead_bits & mask:
            return _last_hit(words.lead, mask)
    return None


def _last_hit(hits: Sequence[Hit], mask: int) -> Hit:
    """The last of the known words that has one of the classes ``mask``; one of them has."""
    for hit in reversed(hits):
        if hit[2] & mask:
            break
    return hit
