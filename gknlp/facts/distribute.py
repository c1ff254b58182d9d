"""Numbers that are not told one clause each.

Transitions: of "from 5 to 3 days" only the second number counts. Rows: numbers that are dealt out over an enumeration,
"A, B and C published 1, 2 and 3 items respectively".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from gknlp.facts.clauses import Hit, Range, Statement
from gknlp.knowledge.fact_types import FactKnowledge

_TRANSITION = 6  # characters between the two numbers of a transition


def distribute(
    folded: str, statements: list[Statement], hits: Sequence[Hit], knowledge: FactKnowledge
) -> list[Statement]:
    """Return the statements with each number of such a row given its own member of the enumeration.

    Nothing changes unless there are as many members as numbers.
    """
    mark = knowledge.bits["respectively"]
    for hit in hits:
        if not hit[2] & mark:
            continue
        first = next((index for index, item in enumerate(statements) if item.quantity.start >= hit[1]), None)
        if first is not None and _starts_row(statements[first], hit):
            statements = _dealt(folded, statements, first, hit, knowledge)
    return statements


def _starts_row(statement: Statement, hit: Hit) -> bool:
    return statement.lead[0] <= hit[0]


def _dealt(folded: str, statements: list[Statement], first: int, hit: Hit, knowledge: FactKnowledge) -> list[Statement]:
    row = _row(folded, statements, first, knowledge.patterns["join"])
    members = _members(folded, statements[first], hit, knowledge.patterns["item_break"])
    if len(row) < 2 or len(members) != len(row):
        return statements
    head = statements[first]
    around = (head.lead[0], head.quantity.start)
    unit = next((item.quantity for item in reversed(row) if item.quantity.unit), None)
    dealt = []
    for member, item in zip(members, row, strict=True):
        quantity = item.quantity
        if unit is not None and not quantity.unit:
            quantity = replace(quantity, unit=unit.unit)
        dealt.append(replace(item, quantity=quantity, own=member, lead=around, bracket=head.bracket))
    return statements[:first] + dealt + statements[first + len(row) :]


def _row(folded: str, statements: Sequence[Statement], first: int, join: re.Pattern[str]) -> list[Statement]:
    """The numbers from ``first`` on that only commas and "and" divide."""
    row = [statements[first]]
    for item in statements[first + 1 :]:
        if not join.fullmatch(folded, row[-1].quantity.end, item.quantity.start):
            break
        row.append(item)
    return row


def _members(folded: str, statement: Statement, hit: Hit, item_break: re.Pattern[str]) -> list[Range]:
    """The members of the enumeration in front of the word "respectively", in its clause."""
    start = statement.own[0] if statement.own[0] <= hit[0] else statement.lead[0]
    members: list[Range] = []
    for found in item_break.finditer(folded, start, hit[0]):
        members.append((start, found.start()))
        start = found.end()
    members.append((start, hit[0]))
    return [member for member in members if member[0] < member[1]]


def settle_transitions(
    folded: str, statements: list[Statement], hits: Sequence[Hit], knowledge: FactKnowledge
) -> list[Statement]:
    """Return the statements without the first number of each "from … to …"; the second takes over its words."""
    mark = knowledge.bits["cmp.to"]
    ends = {hit[1] for hit in hits if hit[2] & mark}
    if not ends:
        return statements
    settled: list[Statement] = []
    places: list[int] = []  # where each statement went, for the brackets behind it
    for statement in statements:
        if statement.bracket is not None:
            statement = replace(statement, bracket=places[statement.bracket])
        before = settled[-1] if settled else None
        if before is not None and _is_transition(folded, before, statement, ends):
            settled[-1] = replace(statement, own=before.own, lead=before.lead, bracket=before.bracket)
        else:
            settled.append(statement)
        places.append(len(settled) - 1)
    return settled


def _is_transition(folded: str, before: Statement, statement: Statement, ends: set[int]) -> bool:
    gap = folded[before.quantity.end : statement.quantity.start].rstrip()
    end = before.quantity.end + len(gap)
    return 0 < len(gap) <= _TRANSITION and end in ends
