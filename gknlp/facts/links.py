"""Links between facts: parts to their whole, adopted to submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from gknlp.facts.draft import Draft
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Fact, PartRole

_TOLERANCE = 1e-9
_NO_PARTS: tuple[int, ...] = ()


def link(drafts: Sequence[Draft], knowledge: FactKnowledge) -> list[Fact]:
    """Return the facts of the drafts in order, with ids, ``part_of`` and ``part_role``."""
    wholes = _wholes(drafts, knowledge)
    parts: dict[int, list[int]] = defaultdict(list)
    for part, whole in wholes.items():
        parts[whole].append(part)
    for index in range(1, len(drafts)):
        if index not in wholes and _is_taken(drafts[index - 1], drafts[index], knowledge):
            wholes[index] = index - 1
    return [_linked(index, drafts, wholes, parts) for index in range(len(drafts))]


def _wholes(drafts: Sequence[Draft], knowledge: FactKnowledge) -> dict[int, int]:
    """Index of the whole for each draft that is a part of one."""
    places: dict[int, int] = {}
    for index, draft in enumerate(drafts):
        places.setdefault(draft.key, index)
    found: dict[int, int] = {}
    for index, draft in enumerate(drafts):
        place = None if draft.whole is None else places.get(draft.whole)
        if place is not None and _is_part(draft.fact, drafts[place].fact, knowledge):
            found[index] = place
    return found


def _linked(
    index: int,
    drafts: Sequence[Draft],
    wholes: Mapping[int, int],
    parts: Mapping[int, Sequence[int]],
) -> Fact:
    role: PartRole = "whole" if index in parts else "none"
    part_of = None
    if index in wholes:
        whole = wholes[index]
        part_of = f"f{whole}"
        role = "part_exhaustive" if _adds_up(drafts, whole, parts.get(whole, _NO_PARTS)) else "part_open"
    return replace(drafts[index].fact, id=f"f{index}", part_of=part_of, part_role=role)


def _is_part(part: Fact, whole: Fact, knowledge: FactKnowledge) -> bool:
    if part.value is None or whole.value is None or part.value > whole.value or whole.type == part.type == "oth.count":
        return False
    if part.unit != whole.unit or part.unit == "%" or part.polarity != "count":
        return False
    group = whole.type.partition(".")[0]
    return part.type.startswith(knowledge.part_groups.get(group, group))


def _adds_up(drafts: Sequence[Draft], whole: int, parts: Sequence[int]) -> bool:
    total = drafts[whole].fact.value
    values = [drafts[index].fact.value for index in parts]
    return total is not None and abs(sum(value or 0 for value in values) - total) < _TOLERANCE


def _is_taken(earlier: Draft, draft: Draft, knowledge: FactKnowledge) -> bool:
    """Whether a count is taken from the one just before it in the same sentence."""
    wanted = knowledge.types[draft.fact.type].taken_from
    whole, part = earlier.fact, draft.fact
    if wanted is None or whole.type != wanted.type or earlier.sentence != draft.sentence:
        return False
    if whole.value is None or part.value is None or part.value > whole.value:
        return False
    return wanted.kinds is None or (whole.attributes.get("kind"), part.attributes.get("kind")) == wanted.kinds
