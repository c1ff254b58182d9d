"""What a rule can see from one number: the classes of the words around it, weighted by how close they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count, repeat, takewhile
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


def _falling(first: float, step: float, least: float) -> tuple[float, ...]:
    """The weights of the first ranks, down to the least, which all further ones have."""
    return *takewhile(lambda weight: weight > least, (first - step * rank for rank in count())), least


_OWNS = _falling(_OWN, _OWN_STEP, _OWN_LEAST)
_AFTERS = _falling(_AFTER, _OWN_STEP, _AFTER_LEAST)
_LEADS = _falling(_LEAD, _LEAD_STEP, _LEAD_LEAST)
_CARRIEDS = _falling(_CARRIED, _CARRIED_STEP, _CARRIED_LEAST)


class Words(NamedTuple):
    """The known words of one statement by where they stand, and the unions of their classes."""

    own: Sequence[Hit]
    lead: Sequence[Hit]
    right: Sequence[Hit]
    own_bits: int
    lead_bits: int
    right_bits: int
    bits: int


class Sentence(NamedTuple):
    """One sentence with its known words, its numbers and what stands before it (``around``, nearest first).

    ``around`` is a call because it costs a look at other sentences, which few numbers need.
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
    around: Callable[[], Sequence[Seen]]


class View(NamedTuple):
    """Weighted class bits of one statement, nearest first, and their unions, as far as its sentence goes.

    ``drop`` are the classes that what stands before the sentence may have.
    """

    own: list[Seen]
    near: list[Seen]
    carried: list[Seen]
    own_bits: int
    near_bits: int
    outside_bits: int
    sentence_bits: int
    drop: int


class Reach(NamedTuple):
    """All that a statement sees: weighted class bits, those outside its own words, and the unions of both."""

    all: list[Seen]
    outside: list[Seen]
    all_bits: int
    outside_bits: int


def hits_of(sentence: Sentence, span: tuple[int, int]) -> Sequence[Hit]:
    """Return the known words of a range of the sentence."""
    return hits_between(sentence.hits, sentence.starts, span)


def words_of(statement: Statement, hits: Sequence[Hit], starts: Sequence[int]) -> Words:
    """Return the known words of a statement among those of its sentence."""
    own = hits_between(hits, starts, statement.own)
    lead = hits_between(hits, starts, statement.lead) if statement.lead[0] < statement.lead[1] else ()
    right = hits_between(hits, starts, statement.right)
    own_bits = lead_bits = right_bits = 0
    for hit in own:
        own_bits |= hit[2]
    for hit in lead:
        lead_bits |= hit[2]
    for hit in right:
        right_bits |= hit[2]
    return Words(own, lead, right, own_bits, lead_bits, right_bits, own_bits | lead_bits | right_bits)


def view_statement(sentence: Sentence, index: int, shape: int, told: Sequence[Seen], knowledge: FactKnowledge) -> View:
    """Return what the rules see from statement ``index``.

    ``shape`` are the shape classes that hold for it, ``told`` the types of the facts just before it.
    """
    statement = sentence.statements[index]
    words = sentence.words[index]
    nouns, verbs = knowledge.nouns, knowledge.verbs
    own = _own(statement, words.own, words.right)
    own_bits = words.own_bits | words.right_bits
    lead = [(hit[2], weight) for hit, weight in zip(reversed(words.lead), _ranked(_LEADS), strict=False)]
    outside = words.lead_bits
    if not own_bits & nouns:
        shape |= _bare(sentence, statement, words.own, knowledge)
        keep = ~verbs if own_bits & verbs else ~0
        own += [(bits & keep, weight + _PROMOTED) for bits, weight in lead]
        own_bits |= outside & keep
    else:
        shape |= _modified(words.own, statement, knowledge)
    own.append((shape, 1.0))
    own_bits |= shape
    beyond = lead
    if not (own_bits | outside) & nouns and (previous := _previous(sentence, index, knowledge)):
        beyond = [*lead, previous]
        outside |= previous[0]
    near_bits = own_bits | outside
    drop = ~verbs if own_bits & verbs else ~0
    carried = _carried(sentence, index, drop)
    carried += told
    outside |= _union(carried)
    return View(own, own + beyond, carried, own_bits, near_bits, outside, own_bits | outside, drop)


def reach_of(view: View, beyond: Sentence | None) -> Reach:
    """Return all that a statement sees, with what stands before its sentence when that is given (``beyond``)."""
    around = [(bits & view.drop, weight) for bits, weight in beyond.around()] if beyond else []
    bits = _union(around)
    everything = view.near + view.carried + around
    outside = everything[len(view.own) :]
    return Reach(everything, outside, view.sentence_bits | bits, view.outside_bits | bits)


def _ranked(weights: Sequence[float]) -> Iterator[float]:
    """The weights by rank; all further ranks have the last."""
    return chain(weights, repeat(weights[-1]))


def _own(statement: Statement, left: Sequence[Hit], right: Sequence[Hit]) -> list[Seen]:
    seen = [(hit[2], weight) for hit, weight in zip(reversed(left), _ranked(_OWNS), strict=False)]
    if right:
        seen += [(hit[2], weight) for hit, weight in zip(right, _ranked(_AFTERS), strict=False)]
        if right[0][0] - statement.quantity.end <= 1:
            seen[len(left)] = (right[0][2], _ADJACENT)
        seen.sort(key=_weight, reverse=True)
    return seen


def _carried(sentence: Sentence, index: int, keep: int) -> list[Seen]:
    """Words of earlier statements of the sentence, as far as ``keep`` lets them; those of one weigh the same."""
    seen: list[Seen] = []
    words = sentence.words
    bracket = sentence.statements[index].bracket
    if bracket is not None and bracket < index - 1:
        seen.append((words[bracket].bits & keep, _BRACKET))
    earlier = range(index - 1, max(-1, index - 1 - _BACK), -1)
    seen += [(words[place].bits & keep, weight) for place, weight in zip(earlier, _ranked(_CARRIEDS), strict=False)]
    if index - 1 - _BACK >= 0:
        seen.append((words[0].bits & keep, _CARRIED_LEAST))
    return seen


def _previous(sentence: Sentence, index: int, knowledge: FactKnowledge) -> Seen | None:
    """Words of the nearest earlier statement that names an object, for a clause that names none ("of these 862")."""
    for earlier in range(index - 1, max(-1, index - 1 - _BACK), -1):
        bits = sentence.words[earlier].bits
        if bits & knowledge.nouns:
            return bits, _CARRIED
    return None


def _bare(sentence: Sentence, statement: Statement, left: Sequence[Hit], knowledge: FactKnowledge) -> int:
    """The clause names no object and hardly says more than known words."""
    first, last = statement.own
    text = sentence.folded[first:last]
    rest = len("".join(text.split()))
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
    if words.bits & mask:
        for hit in (*reversed(words.own), *words.right, *reversed(words.lead)):
            if hit[2] & mask:
                return hit
    for earlier in range(index - 1, max(-1, index - 1 - _BACK), -1) if carried else ():
        words = sentence.words[earlier]
        if (words.own_bits | words.lead_bits) & mask:
            for hit in (*reversed(words.own), *reversed(words.lead)):
                if hit[2] & mask:
                    return hit
    return None


def _union(seen: Sequence[Seen]) -> int:
    union = 0
    for bits, _ in seen:
        union |= bits
    return union
