"""Links between facts: parts to their whole, adopted to submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from gknlp.facts.draft import Draft
from gknlp.model import Fact, PartRole

_TOLERANCE = 1e-9
# A part of another group: published items may be interpretations or posts.
_MIXED = {"pub": ("pub", "int", "plt.media_posts")}
_NUMERATORS = {
    "pub.media_reports": "pub.media_reports",
    "par.opinions_adopted": "par.opinions_received",
    "gov.rectified": "gov.rectified",
}
_PAIRS = {("submitted", "adopted"), ("found", "fixed")}


def link(drafts: Sequence[Draft]) -> list[Fact]:
    """Return the facts of the drafts in order, with ids, ``part_of`` and ``part_role``."""
    wholes = _wholes(drafts)
    parts: dict[int, list[int]] = defaultdict(list)
    for part, whole in wholes.items():
        parts[whole].append(part)
    for index in range(1, len(drafts)):
        if index not in wholes and _is_numerator(drafts[index - 1], drafts[index]):
            wholes[index] = index - 1
    return [_linked(index, drafts, wholes, parts) for index in range(len(drafts))]


def _wholes(drafts: Sequence[Draft]) -> dict[int, int]:
    """Index of the whole for each draft that is a part of one."""
    places: dict[int, int] = {}
    for index, draft in enumerate(drafts):
        places.setdefault(draft.key, index)
    found: dict[int, int] = {}
    for index, draft in enumerate(drafts):
        place = None if draft.whole is None else places.get(draft.whole)
        if place is not None and _is_part(draft.fact, drafts[place].fact):
            found[index] = place
    return found


def _linked(
    index: int,
    drafts: Sequence[Draft],
    wholes: Mapping[int, int],
    parts: Mapping[int, Sequence[int]],
) -> Fact:
    role: PartRole = "whole" if parts.get(index) else "none"
    part_of = None
    if index in wholes:
        whole = wholes[index]
        part_of = f"f{whole}"
        role = "part_exhaustive" if _adds_up(drafts, whole, parts.get(whole, ())) else "part_open"
    return replace(drafts[index].fact, id=f"f{index}", part_of=part_of, part_role=role)


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


def _is_numerator(earlier: Draft, draft: Draft) -> bool:
    """Whether a count is taken from the one just before it in the same sentence."""
    wanted = _NUMERATORS.get(draft.fact.type)
    whole, part = earlier.fact, draft.fact
    if whole.type != wanted or earlier.sentence != draft.sentence or whole.value is None or part.value is None:
        return False
    if part.type == wanted and (whole.attributes.get("kind"), part.attributes.get("kind")) not in _PAIRS:
        return False
    return part.value <= whole.value
