"""Which type each number of a sentence has: by its rule, by the list it stands in, or by the number before."""

from __future__ import annotations

from functools import lru_cache

from gknlp.facts.attributes import find_attributes, subject_phrase
from gknlp.facts.draft import Draft
from gknlp.facts.exclude import Exclusion, exclusion
from gknlp.facts.lists import BEFORE, find_wholes
from gknlp.facts.match import best_rule, satisfied
from gknlp.facts.records import FactMaker, Stretch
from gknlp.facts.surroundings import Seen
from gknlp.facts.view import Sentence, View, view_statement
from gknlp.facts.zeros import denied, find_zeros
from gknlp.knowledge.fact_rules import Rule
from gknlp.knowledge.fact_types import FactKnowledge

_OTHER = "oth.count"
# Weights of the types of the facts before, the nearest first, and of the first fact of the sentence before.
_TOLD = tuple(3.5 - 0.2 * back for back in range(6))
_TOLD_BEFORE = 2.0
_SERIES = ("pub", "req")  # groups whose parts come in long series of unknown names


def read_sentence(stretch: Stretch, sentence: Sentence, last: Draft | None, knowledge: FactKnowledge) -> list[Draft]:
    """Return the drafts of one sentence in order; ``last`` is the first count of the sentence before."""
    zeros, negations = find_zeros(sentence, knowledge)
    if not sentence.statements and not zeros:
        return []
    maker = FactMaker(stretch, sentence, knowledge)
    reader = _Reader(stretch.text, sentence, last, maker, knowledge)
    drafts = [Draft(zero.start, None, sentence.start, maker.zero(zero)) for zero in zeros]
    for index, statement in enumerate(sentence.statements):
        if not negations or not denied(statement.quantity.start, negations):
            drafts += reader.statement(index)
    if zeros:
        drafts.sort(key=lambda draft: draft.key)
    return drafts


class _Reader:
    """Reads the statements of one sentence; later ones may take their unit and type from earlier ones."""

    def __init__(
        self, text: str, sentence: Sentence, last: Draft | None, maker: FactMaker, knowledge: FactKnowledge
    ) -> None:
        self._text = text
        self._sentence = sentence
        self._last = last
        self._maker = maker
        self._knowledge = knowledge
        self._wholes = find_wholes(sentence, knowledge, last is not None)
        self._units = [""] * len(sentence.statements)
        self._rules: list[Rule | None] = [None] * len(sentence.statements)
        self._types: list[int] = []  # the classes of the types of the facts so far, the last first

    def statement(self, index: int) -> list[Draft]:
        """Return the draft of one number, two when it counts two things, none when it is no fact."""
        unit = self._units[index] = self._unit(index)
        view = view_statement(self._sentence, index, self._shape(index), self._told(index), self._knowledge)
        excluded = exclusion(self._sentence, index, view, unit, self._knowledge)
        if excluded is Exclusion.NO_FACT:
            return []
        rule = self._rule(index, view)
        if rule is None:
            return self._other(index, view, excluded)
        kind = self._knowledge.types[rule.type_id]
        quantity = self._sentence.statements[index].quantity
        # Only some types count shares of a whole, only some have ranks.
        if (excluded is Exclusion.SHARE and not kind.shares) or (quantity.kind == "ordinal" and not kind.ordinals):
            return []
        self._rules[index] = rule
        self._types.insert(0, kind.bit)
        attributes = find_attributes(self._sentence, index, rule, self._knowledge) if rule.attributes else {}
        drafts = [self._draft(index, rule.type_id, rule.id, view, attributes)]
        if rule.also:
            second = [also.type_id for also in rule.also if satisfied(also.own, view.own_bits)]
            drafts += [self._draft(index, kind_id, rule.id, view, {}) for kind_id in second]
        return drafts

    def _rule(self, index: int, view: View) -> Rule | None:
        """The rule of a number; its printed unit is tried first, then the one it takes over from the number before."""
        printed, unit = self._sentence.statements[index].quantity.unit, self._units[index]
        rule = best_rule(view, self._sentence, printed, self._knowledge)
        if rule is not None:
            self._units[index] = printed
            return rule
        return (
            (best_rule(view, self._sentence, unit, self._knowledge) if unit != printed else None)
            or self._inherited(index, unit, view)
            or self._continued(index, unit, view)
        )

    def _unit(self, index: int) -> str:
        """The printed unit; in a list a number without one has that of the number before."""
        statement = self._sentence.statements[index]
        if statement.quantity.unit or index == 0:
            return statement.quantity.unit
        first, last = statement.right
        bare = not self._sentence.folded[first:last].strip()
        return self._units[index - 1] if bare else ""

    def _shape(self, index: int) -> int:
        bits = self._knowledge.bits
        shape = 0
        statement = self._sentence.statements[index]
        if self._wholes[index] is not None:
            shape |= bits["shape.part"]
        if statement.bracket is not None:
            shape |= bits["shape.bracket"]
        if statement.quantity.value == 0:
            shape |= bits["shape.zero"]
        return shape

    def _inherited(self, index: int, unit: str, view: View) -> Rule | None:
        """A part that no rule knows is a part of the kind that its whole has."""
        whole = self._wholes[index]
        if whole is None or not unit:
            return None
        kind, whole_unit = self._whole(whole)
        if kind in ("", _OTHER) or whole_unit != unit:
            return None
        parts = self._knowledge.types[kind].parts
        if not parts and view.own_bits & self._knowledge.verbs:
            return None
        return _same_kind(parts or kind, "part")

    def _whole(self, whole: int) -> tuple[str, str]:
        """Type and unit of a whole, empty when it has no type."""
        if whole == BEFORE:
            return (self._last.fact.type, self._last.fact.unit) if self._last else ("", "")
        rule = self._rules[whole]
        return (rule.type_id, self._units[whole]) if rule else ("", "")

    def _continued(self, index: int, unit: str, view: View) -> Rule | None:
        """A clause that names neither act nor object goes on counting what the one before counted."""
        before = self._rules[index - 1] if index else None
        if before is None or unit != self._units[index - 1] or not unit or view.own_bits & self._knowledge.verbs:
            return None
        if before.type_id.partition(".")[0] not in _SERIES and not self._is_empty(index, view):
            return None
        return _same_kind(before.type_id, "continued")

    def _is_empty(self, index: int, view: View) -> bool:
        """The clause says no more than a time or a filler word."""
        first, last = self._sentence.statements[index].own
        known = sum(hit[1] - hit[0] for hit in self._sentence.words[index].own)
        text = "".join(self._sentence.folded[first:last].split())
        return len(text) - known <= 1 and not view.own_bits & self._knowledge.nouns

    def _told(self, index: int) -> list[Seen]:
        """The types of the facts before: in the sentence, and the first of the sentence before."""
        told = list(zip(self._types, _TOLD, strict=False))
        if self._wholes[index] == BEFORE and self._last is not None:
            told.append((self._knowledge.types[self._last.fact.type].bit, _TOLD_BEFORE))
        return told

    def _other(self, index: int, view: View, excluded: Exclusion | None) -> list[Draft]:
        """The fallback for a number that counts something: its subject is kept verbatim."""
        unit = self._units[index]
        counted = {unit, self._knowledge.plain_unit(unit)} & self._knowledge.types[_OTHER].units
        quantity = self._sentence.statements[index].quantity
        says_nothing = quantity.value is None and quantity.lower is None and quantity.kind == "cardinal"
        if excluded is not None or not (unit and counted) or quantity.kind == "ordinal" or says_nothing:
            return []
        subject = subject_phrase(self._sentence, index, self._text, view, self._knowledge)
        return [self._draft(index, _OTHER, f"{_OTHER}#1", view, {"subject": subject})] if subject else []

    def _draft(self, index: int, type_id: str, rule: str, view: View, attributes: dict[str, str]) -> Draft:
        statement = self._sentence.statements[index]
        fact = self._maker.count(index, type_id, rule, self._units[index], view.near_bits, attributes)
        return Draft(statement.quantity.start, self._whole_key(index), self._sentence.start, fact)

    def _whole_key(self, index: int) -> int | None:
        """Place of the number that the list of statement ``index`` breaks down."""
        whole = self._wholes[index]
        if whole is None:
            return None
        if whole == BEFORE:
            return self._last.key if self._last else None
        return self._sentence.statements[whole].quantity.start


@lru_cache(maxsize=1024)
def _same_kind(type_id: str, reason: str) -> Rule:
    """A rule that asks for nothing: the number has the type of another one."""
    return Rule(f"{type_id}#{reason}", type_id)
