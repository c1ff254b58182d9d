"""From a stretch of prose to drafts of facts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from gknlp.facts.clauses import Hit, split_statements
from gknlp.facts.distribute import distribute, settle_transitions
from gknlp.facts.draft import Draft
from gknlp.facts.reader import read_sentence
from gknlp.facts.records import Stretch
from gknlp.facts.surroundings import Surroundings, scan_words, union_of
from gknlp.facts.titles import Titles
from gknlp.facts.view import Sentence, words_of
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.text.numbers import Quantity, find_quantities
from gknlp.text.sentences import sentence_spans

_LONGEST = 1500
_JOINED = 600  # a list over semicolons is read as one sentence up to this length


def read_stretch(stretch: Stretch, knowledge: FactKnowledge) -> list[Draft]:
    """Return the drafts of one stretch in the order of the text."""
    folded = stretch.folded
    titles = Titles(folded, stretch.start, stretch.end, knowledge)
    quantities = titles.outside(find_quantities(folded, stretch.start, stretch.end))
    denials = [found.start() for found in knowledge.patterns["denial"].finditer(folded, stretch.start, stretch.end)]
    if not quantities and not denials:
        return []
    starts = [quantity.start for quantity in quantities]
    drafts: list[Draft] = []
    around = Surroundings(folded, knowledge)
    last: Draft | None = None
    behind = place = 0  # the end of the sentence before, and the first number that is not read
    for first, end in _sentences(stretch):
        inside = quantities[place : bisect_left(starts, end, place)]
        place += len(inside)
        if inside or bisect_left(denials, first) < bisect_left(denials, end):
            if last is not None and folded.find("\n", behind, first) >= 0:
                last = None
            sentence = _sentence(stretch, (first, end), inside, titles, around, knowledge)
            found = read_sentence(stretch, sentence, last, knowledge)
            drafts += found
            last = next((draft for draft in found if draft.fact.polarity == "count"), None)
            around.add(first, end, sentence.bits, bool(inside))
        else:
            last = None
            around.add(first, end, None, False)
        behind = end
    return drafts


def _sentences(stretch: Stretch) -> Iterator[tuple[int, int]]:
    """Sentences, with lists that run over semicolons put together."""
    folded, first, last = stretch.folded, 0, 0  # nothing yet
    for start, end in sentence_spans(folded, stretch.start, stretch.end):
        if last and folded[last - 1] == ";" and end - first <= _JOINED:
            last = end
            continue
        if last:
            yield from _bounded(folded, first, last) if last - first > _LONGEST else ((first, last),)
        first, last = start, end
    if last:
        yield from _bounded(folded, first, last)


def _bounded(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long for a sentence, at a comma where there is one, so that the cost stays linear."""
    while end - start > _LONGEST:
        comma = folded.rfind(",", start + 1, start + _LONGEST)
        cut = comma + 1 if comma >= 0 else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _sentence(
    stretch: Stretch,
    span: tuple[int, int],
    quantities: Sequence[Quantity],
    titles: Titles,
    around: Surroundings,
    knowledge: FactKnowledge,
) -> Sentence:
    folded, (start, end) = stretch.folded, span
    hits = titles.without(scan_words(folded, start, end, knowledge))
    if quantities:
        hits = _beside_numbers(folded, hits, end, quantities, knowledge)
    bits = union_of(hits)
    statements = split_statements(folded, start, end, quantities)
    if bits & knowledge.bits["cmp.to"]:
        statements = settle_transitions(folded, statements, hits, knowledge)
    if bits & knowledge.bits["respectively"]:
        statements = distribute(folded, statements, hits, knowledge)
    starts = [hit[0] for hit in hits]
    words = [words_of(statement, hits, starts) for statement in statements]
    return Sentence(folded, start, end, hits, starts, statements, words, bits, around)


def _beside_numbers(
    folded: str, hits: list[Hit], end: int, quantities: Sequence[Quantity], knowledge: FactKnowledge
) -> list[Hit]:
    """Drop known words that begin inside a number: "over", "about" and the like are its own.

    Behind a unit it is looked again where a word that began in it hid the real one (起诉 over 诉讼 in 1起诉讼).
    """
    starts = [hit[0] for hit in hits]
    kept: list[Hit] = []
    place = 0
    for index, quantity in enumerate(quantities, 1):
        first = bisect_left(starts, quantity.value_start, place)
        kept += hits[place:first]
        place = bisect_left(starts, quantity.unit_end, first)
        if place and starts[place - 1] >= quantity.unit_start and hits[place - 1][1] > quantity.unit_end:
            limit = quantities[index].start if index < len(quantities) else end
            kept += scan_words(folded, quantity.unit_end, limit, knowledge)
            place = bisect_left(starts, limit, place)
    return kept + hits[place:]
