"""From a stretch of prose to drafts of facts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from gknlp.facts.attributes import find_attributes, find_scope, subject_phrase
from gknlp.facts.clauses import Hit, Statement, split_statements
from gknlp.facts.distribute import distribute
from gknlp.facts.draft import Draft
from gknlp.facts.exclude import Exclusion, exclusion
from gknlp.facts.lists import Membership, memberships
from gknlp.facts.match import best_rule, satisfied
from gknlp.facts.periods import SentencePeriods
from gknlp.facts.view import Sentence, View, hits_of, view_statement
from gknlp.facts.zeros import Zero, denied, find_zeros
from gknlp.knowledge.fact_types import FactKnowledge, Rule
from gknlp.model import Fact, Period
from gknlp.text.numbers import Quantity, find_quantities
from gknlp.text.sentences import sentence_spans

_OTHER = "oth.count"
_HEADING_LENGTH = 36
_TAIL = 14  # characters behind a number that still belong to its statement
_LONG_TITLE = 14
_JOINED = 600  # a list over semicolons is read as one sentence up to this length


class Stretch(NamedTuple):
    """One stretch of prose: what to read, and the section and year it belongs to."""

    text: str
    folded: str
    start: int
    end: int
    section: str
    year: int | None


def read_stretch(stretch: Stretch, knowledge: FactKnowledge) -> list[Draft]:
    """Return the drafts of one stretch in the order of the text."""
    quantities = _outside_titles(stretch, knowledge)
    starts = [quantity.start for quantity in quantities]
    drafts: list[Draft] = []
    before: tuple[int, int] | None = None
    last: Draft | None = None
    heading: tuple[int, int] | None = None
    for first, end in _sentences(stretch):
        if before is not None and "\n" in stretch.folded[before[1] : first]:
            before, last = None, None
        inside = quantities[bisect_left(starts, first) : bisect_left(starts, end)]
        if inside or knowledge.patterns["denial"].search(stretch.folded, first, end):
            sentence = _sentence(stretch, first, end, inside, before, heading, knowledge)
            found = _read_sentence(stretch, sentence, last, knowledge)
            drafts.extend(found)
            last = next((draft for draft in found if draft.fact.polarity == "count"), None)
        else:
            last = None
        if not inside and end - first <= _HEADING_LENGTH and _opens_line(stretch.folded, first):
            heading = (first, end)
        before = (first, end)
    return drafts


def _sentences(stretch: Stretch) -> Iterator[tuple[int, int]]:
    """Sentences, with lists that run over semicolons put together."""
    current: tuple[int, int] | None = None
    for start, end in sentence_spans(stretch.folded, stretch.start, stretch.end):
        if current is not None and stretch.folded[current[1] - 1] == ";" and end - current[0] <= _JOINED:
            current = (current[0], end)
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current


def _outside_titles(stretch: Stretch, knowledge: FactKnowledge) -> list[Quantity]:
    """The numbers of the stretch that do not stand inside a title or a short quotation."""
    quantities = find_quantities(stretch.folded, stretch.start, stretch.end)
    masked = [found.span() for found in knowledge.patterns["title"].finditer(stretch.folded, stretch.start, stretch.end)]
    if not masked:
        return quantities
    ends = [span[1] for span in masked]
    return [item for item in quantities if not _covered(item, masked, ends)]


def _covered(item: Quantity, masked: Sequence[tuple[int, int]], ends: Sequence[int]) -> bool:
    place = bisect_left(ends, item.end)
    return place < len(masked) and masked[place][0] <= item.start


def _opens_line(folded: str, start: int) -> bool:
    return start == 0 or not folded[folded.rfind("\n", 0, start) + 1 : start].strip(" \t#*-")


def _scan(folded: str, start: int, end: int, knowledge: FactKnowledge) -> list[Hit]:
    masks = knowledge.masks
    return [(found.start(), found.end(), masks[found[0]]) for found in knowledge.pattern.finditer(folded, start, end)]


def _sentence(
    stretch: Stretch,
    start: int,
    end: int,
    quantities: Sequence[Quantity],
    before: tuple[int, int] | None,
    heading: tuple[int, int] | None,
    knowledge: FactKnowledge,
) -> Sentence:
    hits = _without_titles(stretch.folded, _scan(stretch.folded, start, end, knowledge), start, end, knowledge)
    hits = _without_numbers(hits, quantities)
    statements = split_statements(stretch.folded, start, end, quantities)
    statements = distribute(stretch.folded, statements, hits, knowledge)
    return Sentence(
        folded=stretch.folded,
        start=start,
        end=end,
        hits=hits,
        starts=[hit[0] for hit in hits],
        statements=statements,
        before=_bits(stretch.folded, before, knowledge),
        heading=_bits(stretch.folded, heading, knowledge),
    )


def _without_titles(folded: str, hits: list[Hit], start: int, end: int, knowledge: FactKnowledge) -> list[Hit]:
    """Drop the words of long titles: what a document is called is not what the sentence counts."""
    titles = [found.span() for found in knowledge.patterns["title"].finditer(folded, start, end)]
    titles = [title for title in titles if title[1] - title[0] > _LONG_TITLE]
    if not titles:
        return hits
    return [hit for hit in hits if not any(first < hit[0] < last for first, last in titles)]


def _without_numbers(hits: list[Hit], quantities: Sequence[Quantity]) -> list[Hit]:
    """Drop known words that begin inside a number: "over", "about" and the like are its own."""
    if not quantities:
        return hits
    ends = [quantity.unit_end for quantity in quantities]
    kept = []
    for hit in hits:
        place = bisect_left(ends, hit[0] + 1)
        if place == len(ends) or hit[0] < quantities[place].value_start:
            kept.append(hit)
    return kept


def _bits(folded: str, span: tuple[int, int] | None, knowledge: FactKnowledge) -> int:
    bits = 0
    if span is not None:
        for hit in _scan(folded, span[0], span[1], knowledge):
            bits |= hit[2]
    return bits


def _read_sentence(stretch: Stretch, sentence: Sentence, last: Draft | None, knowledge: FactKnowledge) -> list[Draft]:
    zeros, negations = find_zeros(sentence, knowledge)
    periods = SentencePeriods(sentence, stretch.year, knowledge)
    lists = memberships(sentence, knowledge, last is not None)
    reader = _Reader(stretch, sentence, periods, lists, last, knowledge)
    drafts = [reader.zero(zero) for zero in zeros]
    for index, statement in enumerate(sentence.statements):
        if not denied(statement.quantity.start, negations):
            drafts.extend(reader.statement(index))
    drafts.sort(key=lambda draft: draft.key)
    return drafts


class _Reader:
    """Reads the statements of one sentence; later ones may take their unit and type from earlier ones."""

    def __init__(
        self,
        stretch: Stretch,
        sentence: Sentence,
        periods: SentencePeriods,
        lists: Sequence[Membership],
        last: Draft | None,
        knowledge: FactKnowledge,
    ) -> None:
        self._stretch = stretch
        self._sentence = sentence
        self._periods = periods
        self._lists = lists
        self._last = last
        self._knowledge = knowledge
        self._units: list[str] = []
        self._rules: list[Rule | None] = []

    def statement(self, index: int) -> Iterator[Draft]:
        """Yield the draft of one number, two when it counts two things, none when it is no fact."""
        statement = self._sentence.statements[index]
        unit = self._unit(index)
        self._grow(index, unit)
        view = view_statement(self._sentence, index, self._shape(index, unit), self._knowledge)
        excluded = exclusion(self._sentence, statement, view, unit, self._knowledge)
        if excluded is Exclusion.NO_FACT:
            return
        rule = best_rule(view, unit, self._knowledge) or self._inherited(index, unit)
        if rule is not None and excluded is Exclusion.SHARE and not _takes_shares(rule):
            return
        if statement.quantity.kind == "ordinal" and (rule is None or rule.type_id != "gov.ranking"):
            return
        self._rules[index] = rule
        if rule is None:
            yield from self._other(index, unit, view, excluded)
            return
        yield self._draft(index, unit, rule.type_id, rule.id, view, find_attributes(self._sentence, index, rule, self._knowledge))
        for also in rule.also:
            if satisfied(also.own, view.own_bits):
                yield self._draft(index, unit, also.type_id, rule.id, view, {})

    def zero(self, zero: Zero) -> Draft:
        """Return the draft of a zero by negation."""
        bits = 0
        for hit in hits_of(self._sentence, (zero.clause, zero.end)):
            bits |= hit[2]
        period = self._periods.period(zero.start, zero.clause, bits, stock=False)
        attributes = {name: value for name, value in zero.rule.attributes if value[:1] not in "@="}
        fact = self._fact(zero.rule.type_id, zero.rule.id, zero.start, zero.end, period, bits, attributes)
        return Draft(zero.start, None, self._sentence.start, fact)

    def _grow(self, index: int, unit: str) -> None:
        while len(self._units) <= index:
            self._units.append("")
            self._rules.append(None)
        self._units[index] = unit

    def _unit(self, index: int) -> str:
        """The printed unit; in a list a number without one has that of the number before."""
        statement = self._sentence.statements[index]
        if statement.quantity.unit or index == 0 or index > len(self._units):
            return statement.quantity.unit
        first, last = statement.right
        bare = not self._sentence.folded[first:last].strip()
        return self._units[index - 1] if bare else ""

    def _shape(self, index: int, unit: str) -> int:
        bits = self._knowledge.bits
        shape = 0
        if self._lists[index].whole is not None:
            shape |= bits["shape.part"]
        if self._sentence.statements[index].bracket is not None:
            shape |= bits["shape.bracket"]
        if self._sentence.statements[index].quantity.value == 0:
            shape |= bits["shape.zero"]
        return shape

    def _inherited(self, index: int, unit: str) -> Rule | None:
        """A part that no rule knows is a part of the kind that its whole has."""
        whole = self._lists[index].whole
        if whole is None or not unit:
            return None
        if whole == -1:
            kind, whole_unit, source = (self._last.fact.type, self._last.fact.unit, None) if self._last else ("", "", None)
        else:
            source = self._rules[whole]
            kind, whole_unit = (source.type_id if source else ""), self._units[whole]
        if kind in ("", _OTHER) or whole_unit != unit:
            return None
        parts = self._knowledge.types[kind].parts or kind
        return Rule(f"{parts}#part", parts, (), (), (), (), (), 0, 0, 0, 0.0, (), ())

    def _other(self, index: int, unit: str, view: View, excluded: Exclusion | None) -> Iterator[Draft]:
        known = self._knowledge.types[_OTHER].units
        if excluded is not None or unit not in known or self._sentence.statements[index].quantity.kind == "ordinal":
            return
        subject = subject_phrase(self._sentence, index, self._stretch.text, view, self._knowledge)
        if subject:
            yield self._draft(index, unit, _OTHER, f"{_OTHER}#1", view, {"subject": subject})

    def _draft(
        self, index: int, unit: str, type_id: str, rule: str, view: View, attributes: dict[str, str]
    ) -> Draft:
        statement = self._sentence.statements[index]
        quantity = statement.quantity
        stock = self._knowledge.types[type_id].stock
        period = self._periods.period(quantity.start, statement.lead[0], view.near_bits, stock)
        start, end = self._extent(statement)
        fact = self._fact(type_id, rule, start, end, period, view.near_bits | self._sentence_scope(index), attributes)
        printed = quantity.kind != "missing"
        fact = _with_number(fact, quantity, unit, printed)
        return Draft(quantity.start, self._whole_key(index), self._sentence.start, fact)

    def _sentence_scope(self, index: int) -> int:
        """Scope words that stand before the number in its sentence."""
        bits = self._knowledge.bits
        wanted = bits["scope.area"] | bits["actor.subordinate"] | bits["scope.own"]
        for hit in reversed(hits_of(self._sentence, (self._sentence.start, self._sentence.statements[index].own[0]))):
            if hit[2] & wanted:
                return hit[2] & wanted
        return 0

    def _whole_key(self, index: int) -> int | None:
        whole = self._lists[index].whole
        if whole is None:
            return None
        if whole == -1:
            return self._last.key if self._last else None
        return self._sentence.statements[whole].quantity.start

    def _extent(self, statement: Statement) -> tuple[int, int]:
        """The statement in the text: its own clause up to its unit, and the noun behind that."""
        first = statement.own[0]
        bits = self._knowledge.nouns | self._knowledge.verbs
        if not any(hit[2] & bits for hit in hits_of(self._sentence, statement.own)):
            first = min(first, statement.lead[0])
        folded = self._sentence.folded
        start = first + len(folded[first : statement.quantity.start]) - len(folded[first : statement.quantity.start].lstrip())
        tail = folded[statement.right[0] : statement.right[1]].rstrip()
        end = statement.quantity.end
        return start, end + len(tail) if len(tail) <= _TAIL else end

    def _fact(
        self, type_id: str, rule: str, start: int, end: int, period: Period, scope_bits: int, attributes: dict[str, str]
    ) -> Fact:
        return Fact(
            id="",
            type=type_id,
            value=0,
            lower=0,
            upper=0,
            unit="",
            qualifier="exact",
            polarity="zero_by_negation",
            period=period,
            scope=find_scope(scope_bits, self._knowledge),
            attributes=attributes,
            part_of=None,
            part_role="none",
            section=self._stretch.section,
            start=start,
            end=end,
            text=self._stretch.text[start:end],
            value_start=None,
            value_end=None,
            rule=rule,
        )


def _takes_shares(rule: Rule) -> bool:
    return rule.type_id in ("req.by_outcome", "req.by_topic", "req.by_applicant", "gov.assessment_weight")


def _with_number(fact: Fact, quantity: Quantity, unit: str, printed: bool) -> Fact:
    values = {
        "value": quantity.value,
        "lower": quantity.lower,
        "upper": quantity.upper,
        "unit": unit,
        "qualifier": quantity.qualifier,
        "polarity": "ordinal" if quantity.kind == "ordinal" else "count",
        "value_start": quantity.value_start if printed else None,
        "value_end": quantity.value_end if printed else None,
    }
    return replace(fact, **values)
