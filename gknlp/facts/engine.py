"""From a stretch of prose to drafts of facts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from gknlp.facts.clauses import Hit, split_statements
from gknlp.facts.distribute import distribute, settle_transitions
from gknlp.facts.draft import Draft
from gknlp.facts.reader import read_sentence
from gknlp.facts.records import Stretch
from gknlp.facts.surroundings import Surroundings, scan_words, union_of
from gknlp.facts.view import Seen, Sentence, words_of
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.text.numbers import Quantity, find_quantities
from gknlp.text.sentences import sentence_spans

_LONG_TITLE = 14
_LONGEST = 1500
_JOINED = 600  # a list over semicolons is read as one sentence up to this length


def read_stretch(stretch: Stretch, knowledge: FactKnowledge) -> list[Draft]:
    """Return the drafts of one stretch in the order of the text."""
    quantities = _outside_titles(stretch, knowledge)
    starts = [quantity.start for quantity in quantities]
    denial = knowledge.patterns["denial"].search
    drafts: list[Draft] = []
    around = Surroundings(stretch.folded, knowledge)
    last: Draft | None = None
    for first, end in _sentences(stretch):
        if around.begins_paragraph(first):
            last = None
        inside = quantities[bisect_left(starts, first) : bisect_left(starts, end)]
        if inside or denial(stretch.folded, first, end):
            sentence = _sentence(stretch, first, end, inside, around.seen, knowledge)
            found = read_sentence(stretch, sentence, last, knowledge)
            drafts.extend(found)
            last = next((draft for draft in found if draft.fact.polarity == "count"), None)
            around.add(first, end, sentence.bits, numbers=bool(inside))
        else:
            last = None
            around.add(first, end, None, numbers=False)
    return drafts


def _sentences(stretch: Stretch) -> Iterator[tuple[int, int]]:
    """Sentences, with lists that run over semicolons put together."""
    current: tuple[int, int] | None = None
    for start, end in sentence_spans(stretch.folded, stretch.start, stretch.end):
        if current is not None and stretch.folded[current[1] - 1] == ";" and end - current[0] <= _JOINED:
            current = (current[0], end)
            continue
        if current is not None:
            yield from _bounded(stretch.folded, *current)
        current = (start, end)
    if current is not None:
        yield from _bounded(stretch.folded, *current)


def _bounded(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long for a sentence, at a comma where there is one, so that the cost stays linear."""
    while end - start > _LONGEST:
        comma = folded.rfind(",", start + 1, start + _LONGEST)
        cut = comma + 1 if comma >= 0 else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _outside_titles(stretch: Stretch, knowledge: FactKnowledge) -> list[Quantity]:
    """The numbers of the stretch that do not stand inside a title or a short quotation."""
    quantities = find_quantities(stretch.folded, stretch.start, stretch.end)
    titles = knowledge.patterns["title"].finditer(stretch.folded, stretch.start, stretch.end)
    masked = [found.span() for found in titles]
    if not masked:
        return quantities
    ends = [span[1] for span in masked]
    return [item for item in quantities if not _covered(item, masked, ends)]


def _covered(item: Quantity, masked: Sequence[tuple[int, int]], ends: Sequence[int]) -> bool:
    place = bisect_left(ends, item.end)
    return place < len(masked) and masked[place][0] <= item.start


def _sentence(
    stretch: Stretch,
    start: int,
    end: int,
    quantities: Sequence[Quantity],
    around: Callable[[], list[Seen]],
    knowledge: FactKnowledge,
) -> Sentence:
    hits = _without_titles(stretch.folded, scan_words(stretch.folded, start, end, knowledge), start, end, knowledge)
    hits = _without_numbers(_behind_units(stretch.folded, hits, end, quantities, knowledge), quantities)
    bits = union_of(hits)
    statements = split_statements(stretch.folded, start, end, quantities)
    if bits & knowledge.bits["cmp.to"]:
        statements = settle_transitions(stretch.folded, statements, hits, knowledge)
    if bits & knowledge.bits["respectively"]:
        statements = distribute(stretch.folded, statements, hits, knowledge)
    starts = [hit[0] for hit in hits]
    return Sentence(
        folded=stretch.folded,
        start=start,
        end=end,
        hits=hits,
        starts=starts,
        statements=statements,
        words=[words_of(statement, hits, starts) for statement in statements],
        bits=bits,
        around=around,
    )


def _without_titles(folded: str, hits: list[Hit], start: int, end: int, knowledge: FactKnowledge) -> list[Hit]:
    """Drop the words of long titles: what a document is called is not what the sentence counts."""
    titles = [found.span() for found in knowledge.patterns["title"].finditer(folded, start, end)]
    titles = [title for title in titles if title[1] - title[0] > _LONG_TITLE]
    if not titles:
        return hits
    ends = [title[1] for title in titles]
    return [hit for hit in hits if not _within(hit[0], titles, ends)]


def _within(at: int, titles: Sequence[tuple[int, int]], ends: Sequence[int]) -> bool:
    place = bisect_right(ends, at)
    return place < len(titles) and titles[place][0] < at


def _behind_units(
    folded: str, hits: list[Hit], end: int, quantities: Sequence[Quantity], knowledge: FactKnowledge
) -> list[Hit]:
    """Look again behind a unit where a word that began in it hid the real one (起诉 over 诉讼 in 1起诉讼)."""
    starts = [hit[0] for hit in hits]
    for index, quantity in enumerate(quantities):
        place = bisect_left(starts, quantity.unit_end) - 1
        if place < 0 or hits[place][0] < quantity.unit_start or hits[place][1] <= quantity.unit_end:
            continue
        limit = quantities[index + 1].start if index + 1 < len(quantities) else end
        last = bisect_left(starts, limit)
        hits = hits[:place] + scan_words(folded, quantity.unit_end, limit, knowledge) + hits[last:]
        starts = [hit[0] for hit in hits]
    return hits


def _without_numbers(hits: list[Hit], quantities: Sequence[Quantity]) -> list[Hit]:
    """Drop known words that begin inside a number: "over", "about" and the like are its own."""
    if not quantities:
        return hits
    kept: list[Hit] = []
    place = 0
    for quantity in quantities:
        first = bisect_left(hits, (quantity.value_start,), place)
        kept += hits[place:first]
        place = bisect_left(hits, (quantity.unit_end,), first)
    return kept + hits[place:]
