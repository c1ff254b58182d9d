"""Which problems a measure answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from msgspec.structs import replace

from gknlp.issues.items import Item
from gknlp.knowledge.issue_types import GENERIC, NONE_STATED, OTHER_ISSUE

_UNTELLING = frozenset({GENERIC, NONE_STATED, OTHER_ISSUE})


def link_by_structure(items: Sequence[Item], refers: Sequence[int]) -> tuple[Item, ...]:
    """Return the items with the problems that a measure names by number or stands right behind.

    ``refers`` holds for each item the number of the problem that its lead-in names, 0 for none. Measures stand right
    behind their problems when the section goes from problems to measures more than once.
    """
    problems = [place for place, item in enumerate(items) if item.role == "problem" and not item.none_stated]
    turns = sum(before.role == "problem" and item.role == "measure" for before, item in pairwise(items))
    linked: list[Item] = []
    run: tuple[int, ...] = ()
    for place, item in enumerate(items):
        if item.role == "problem":
            begins = place == 0 or items[place - 1].role == "measure"
            run = (place,) if begins else (*run, place)
            linked.append(item)
        elif 0 < refers[place] <= len(problems):
            linked.append(replace(item, addresses=(problems[refers[place] - 1],)))
        else:
            linked.append(replace(item, addresses=run) if turns > 1 else item)
    return tuple(linked)


def link_measures(items: Sequence[Item], labels: Sequence[Collection[str]]) -> tuple[Item, ...]:
    """Return the items; where structure does not tell, a measure addresses the problems that share a label with it.

    Of several such problems the one with the measure's own number in its list is taken, if there is one.
    ``labels`` holds the label ids of each item.
    """
    telling = [frozenset(own) - _UNTELLING for own in labels]
    problems = [place for place, item in enumerate(items) if item.role == "problem"]
    linked: list[Item] = []
    for place, item in enumerate(items):
        own = telling[place]
        if item.role == "problem" or item.addresses or not own:
            linked.append(item)
            continue
        shared = [problem for problem in problems if not own.isdisjoint(telling[problem])]
        same = [problem for problem in shared if item.ordinal and items[problem].ordinal == item.ordinal]
        linked.append(replace(item, addresses=tuple(same or shared)))
    return tuple(linked)
