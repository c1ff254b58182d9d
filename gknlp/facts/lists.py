"""Wholes and their parts: which numbers of a sentence break down which other number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gknlp.facts.clauses import Statement
from gknlp.facts.view import Sentence, hits_of
from gknlp.knowledge.fact_types import FactKnowledge


class Membership(NamedTuple):
    """The list a statement stands in: the index of its whole, or ``-1`` for a whole in the sentence before."""

    whole: int | None


def memberships(sentence: Sentence, knowledge: FactKnowledge, follows: bool) -> list[Membership]:
    """Return for each statement the whole that its list breaks down.

    A list opens with a word such as "of which" or with a bracket behind a number and runs to the end of the sentence
    or of the bracket. ``follows`` says that a number stands in the sentence before, which may be the whole.
    """
    marker = knowledge.bits["part.open"]
    found: list[Membership] = []
    whole: int | None = None
    for index, statement in enumerate(sentence.statements):
        if statement.bracket is not None:
            found.append(Membership(statement.bracket))
            continue
        if _opens(sentence, index, marker):
            earlier = _last_outer(sentence.statements, index)
            whole = earlier if earlier is not None else (-1 if follows else None)
        found.append(Membership(whole))
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
