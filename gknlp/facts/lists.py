"""Wholes and their parts: which numbers of a sentence break down which other number."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.facts.clauses import Statement
from gknlp.facts.view import Sentence, hits_of
from gknlp.knowledge.fact_types import FactKnowledge

BEFORE = -1  # stands for a whole in the sentence before


def find_wholes(sentence: Sentence, knowledge: FactKnowledge, follows: bool) -> list[int | None]:
    """Return for each statement the index of the whole that its list breaks down, or :data:`BEFORE`.

    A list opens with a word such as "of which" or with a bracket behind a number and runs to the end of the sentence
    or of the bracket. ``follows`` says that a number stands in the sentence before, which may be the whole.
    """
    marker = knowledge.bits["part.open"]
    if not sentence.bits & marker:
        return [statement.bracket for statement in sentence.statements]
    found: list[int | None] = []
    whole: int | None = None
    for index, statement in enumerate(sentence.statements):
        if statement.bracket is not None:
            found.append(statement.bracket)
            continue
        if _opens(sentence, index, marker):
            earlier = _last_outer(sentence.statements, index)
            whole = earlier if earlier is not None else (BEFORE if follows else None)
        found.append(whole)
    return found


def _opens(sentence: Sentence, index: int, marker: int) -> bool:
    """A list word stands in the lead or at the head of the own clause."""
    if not sentence.words[index].bits & marker:
        return False
    statement = sentence.statements[index]
    first = min(statement.lead[0], statement.own[0])
    return any(hit[2] & marker for hit in hits_of(sentence, (first, statement.own[1])))


def _last_outer(statements: Sequence[Statement], index: int) -> int | None:
    for earlier in range(index - 1, -1, -1):
        if statements[earlier].bracket is None:
            return earlier
    return None
