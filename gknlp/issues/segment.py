"""Problem and measure items of section five, with exact spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gknlp.issues.clauses import FULL_STOP
from gknlp.issues.drafts import Draft, read_drafts
from gknlp.issues.items import Item
from gknlp.issues.links import link_by_structure, link_measures
from gknlp.issues.roles import Candidate, assign_roles
from gknlp.issues.split import split_at_commas, split_at_pauses
from gknlp.issues.traits import is_hedged, is_specific
from gknlp.issues.view import View, view_section
from gknlp.model import Document, Record, Role, Section

__all__ = ["Item", "find_items", "link_measures"]

_SECTION = "issues"
_ASIDE = ("gap", "none", "praise")  # what stands for a section without problems, the first of these first


class _Found(Record, frozen=True):
    draft: Draft
    role: Role
    none_stated: bool
    cut: str


def find_items(document: Document, sections: Sequence[Section]) -> tuple[Item, ...]:
    """Return the items of section five in text order, none when the report has no such section.

    An item is one entry of a list with its whole explanation, else a sentence or a part of it with a fault of its own;
    markers, lead-ins, praise and the last full stop are left out. Problems and measures are told apart by headings,
    lead-ins and wording. A section without problems gets one item with ``none_stated``.

    >>> from gknlp.readers import read_text
    >>> from gknlp.sections import split_sections
    >>> text = "五、存在的主要问题及改进情况\\n一是栏目更新慢;二是人手少。下一步,一是按月更新;二是增配专人。"
    >>> document = read_text(text)
    >>> items = find_items(document, split_sections(document).sections)
    >>> [(item.role, text[item.start : item.end]) for item in items]
    [('problem', '栏目更新慢'), ('problem', '人手少'), ('measure', '按月更新'), ('measure', '增配专人')]
    """
    found: list[Item] = []
    for section in sections:
        if section.id == _SECTION:
            before = len(found)
            items = _section_items(document, section)
            found.extend([_moved(item, before) for item in items] if before else items)
    return tuple(found)


def _moved(item: Item, by: int) -> Item:
    return replace(item, addresses=tuple(place + by for place in item.addresses))


def _section_items(document: Document, section: Section) -> tuple[Item, ...]:
    view = view_section(document, section)
    drafts = read_drafts(view.text)
    roles = assign_roles([_candidate(view.text, draft) for draft in drafts])
    found = list(_separated(view.text, _kept(drafts, roles)))
    return link_by_structure([_item(view, one) for one in found], [one.draft.refers for one in found])


def _candidate(text: str, draft: Draft) -> Candidate:
    return Candidate(
        text=text[draft.start : draft.end],
        prior=draft.prior,
        force=draft.force,
        turned=draft.turned,
        paragraph=draft.paragraph,
        after_stop=text[draft.start - 1 : draft.start] in (FULL_STOP, ""),
        style=draft.marker.style if draft.marker else "",
        ordinal=draft.marker.ordinal if draft.marker else 0,
    )


def _kept(drafts: Sequence[Draft], roles: Sequence[Role]) -> list[_Found]:
    """Without praise, statements of no problem and of a distance; when no problem is left, one stands for it."""
    kept = [
        _Found(draft, role, False, draft.marker.style if draft.marker else "sentence")
        for draft, role in zip(drafts, roles, strict=True)
        if draft.kind not in _ASIDE
    ]
    if any(found.role == "problem" for found in kept):
        return kept
    aside = sorted((draft for draft in drafts if draft.kind in _ASIDE), key=lambda draft: _ASIDE.index(draft.kind))
    if not aside:
        return kept
    if aside[0].kind == "praise":  # without words that lead to measures, the other sentences are achievements, too
        kept = [found for found in kept if found.draft.prior == "measure"]
    kept.append(_Found(aside[0], "problem", aside[0].kind != "gap", "sentence"))
    return sorted(kept, key=lambda found: found.draft.start)


def _separated(text: str, kept: Sequence[_Found]) -> Iterator[_Found]:
    """With the sentences cut that list several items behind commas."""
    in_role = Counter(found.role for found in kept)
    in_turn = Counter(found.draft.turned for found in kept)
    for found in kept:
        draft = found.draft
        if found.role == "problem" and not (draft.marker or found.none_stated):
            spans = split_at_pauses(text, draft.start, draft.end)
            if len(spans) > 1:
                yield from (replace(found, draft=replace(draft, start=a, end=b), cut="comma") for a, b in spans)
                continue
        alone = in_role[found.role] == 1 or in_turn[draft.turned] == 1
        if found.none_stated or draft.marker or len(draft.parts) == 1 or (found.role == "measure" and not alone):
            yield found
            continue
        groups = split_at_commas(text, draft.parts, found.role, alone=alone)
        for parts in groups:
            part = replace(draft, start=parts[0].start, end=parts[-1].end, parts=parts)
            yield replace(found, draft=part, cut="comma" if len(groups) > 1 else found.cut)


def _item(view: View, found: _Found) -> Item:
    draft = found.draft
    start, end = view.span(draft.start, draft.end)
    text = view.text[draft.start : draft.end]
    ordinal = draft.marker.ordinal if draft.marker else 0
    return Item(start, end, found.role, is_specific(text), is_hedged(text), (), found.none_stated, ordinal, found.cut)
