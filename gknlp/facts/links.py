"""Links between facts: parts to their whole, adopted to submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from gknlp.facts.draft import Draft
from gknlp.model import Fact, PartRole

_TOLERANCE = 1e-9
# A part of another group: published items may be interpretations or posts.
_MIXED = {"pub": ("pub", "int", "plt.media_posts"), "rem": ("rem",), "req": ("req",)}
_NUMERATORS = {
    "pub.media_reports": "pub.media_reports",
    "par.opinions_adopted": "par.opinions_received",
    "gov.rectified": "gov.rectified",
}
_ADOPTED, _SUBMITTED = "adopted", "submitted"


def link(drafts: Sequence[Draft]) -> list[Fact]:
    """Return the facts of the drafts in order, with ids, ``part_of`` and ``part_role``."""
    ids = {draft.key: f"f{index}" for index, draft in reversed(list(enumerate(drafts)))}
    by_key = {draft.key: draft for draft in reversed(drafts)}
    wholes: dict[int, int] = {}
    parts: dict[int, list[int]] = defaultdict(list)
    for index, draft in enumerate(drafts):
        whole = by_key.get(draft.whole) if draft.whole is not None else None
        if whole is None:
            continue
        if _is_part(draft.fact, whole.fact):
            place = next(at for at, other in enumerate(drafts) if other is whole)
            wholes[index] = place
            parts[place].append(index)
    for index, draft in enumerate(drafts):
        if index not in wholes and (place := _denominator(drafts, index)) is not None:
            wholes[index] = place
    return [_linked(index, drafts, wholes, parts, ids) for index in range(len(drafts))]


def _linked(
    index: int,
    drafts: Sequence[Draft],
    wholes: Mapping[int, int],
    parts: Mapping[int, Sequence[int]],
    ids: Mapping[object, str],
) -> Fact:
    fact = drafts[index].fact
    role: PartRole = "whole" if parts.get(index) else "none"
    part_of = None
    if index in wholes:
        whole = wholes[index]
        part_of = f"f{whole}"
        role = "part_exhaustive" if _adds_up(drafts, whole, parts.get(whole, ())) else "part_open"
    return msgspec.structs.replace(fact, id=f"f{index}", part_of=part_of, part_role=role)


def _is_part(part: Fact, whole: Fact) -> bool:
    if part.value is None or whole.value is None or part.value > whole.value or whole.type == part.type == "oth.count":
        return False
    if part.unit != whole.unit or part.unit == "%" or part.polarity != "count":
        return False
    group = whole.type.partition(".")[0]
    allowed = _MIXED.get(group, (group,))
    return part.type.startswith(tuple(allowed))


def _adds_up(drafts: Sequence[Draft], whole: int, parts: Sequence[int]) -> bool:
    total = drafts[whole].fact.value
    values = [drafts[index].fact.value for index in parts]
    return total is not None and abs(sum(value or 0 for value in values) - total) < _TOLERANCE


def _denominator(drafts: Sequence[Draft], index: int) -> int | None:
    """The count just before, in the same sentence, that this one is taken from."""
    fact = drafts[index].fact
    wanted = _NUMERATORS.get(fact.type)
    if wanted is None or index == 0 or drafts[index - 1].sentence != drafts[index].sentence:
        return None
    earlier = drafts[index - 1].fact
    if earlier.type != wanted or earlier.value is None or fact.value is None or earlier.value < fact.value:
        return None
    if fact.type == wanted and (earlier.attributes.get("kind"), fact.attributes.get("kind")) not in _PAIRS:
        return None
    return index - 1


_PAIRS = {(_SUBMITTED, _ADOPTED), ("found", "fixed")}
