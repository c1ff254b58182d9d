"""Problem and measure items of section five, with exact spans."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.issues.clauses import SENTENCE_STOPS, Clause, Kind, read_clauses
from gknlp.issues.markers import ListMarker, find_markers
from gknlp.issues.roles import Candidate, assign_roles
from gknlp.issues.view import BREAK, View, view_section
from gknlp.knowledge.segmentation import load_segmentation
from gknlp.model import Document, Role, Section

_SECTION = "issues"
_TITLE = 30  # a heading over a list, or the title of an item, is no longer


class Item(NamedTuple):
    """One problem or measure; ``start``/``end`` are offsets into the document's text.

    ``addresses`` holds the indices (in the same result) of the problems that a measure answers, as far as structure
    tells. ``none_stated`` marks the passage of a section that states no problem. ``trace`` says how the item was cut.
    """

    start: int
    end: int
    role: Role
    specific: bool
    hedged: bool
    addresses: tuple[int, ...]
    none_stated: bool
    trace: str


class _Draft(NamedTuple):
    start: int
    end: int
    marker: ListMarker | None
    turned: int  # which lead-in governs it
    prior: Role | None
    paragraph: int
    praise: bool
    none: bool


def find_items(document: Document, sections: tuple[Section, ...]) -> tuple[Item, ...]:
    """Return the items of section five in text order, none when the report has no such section."""
    found: list[Item] = []
    for section in sections:
        if section.id == _SECTION:
            found.extend(_section_items(document, section))
    return tuple(found)


def _section_items(document: Document, section: Section) -> list[Item]:
    view = view_section(document, section)
    markers = find_markers(view.text)
    drafts = _Builder(view.text, markers).build()
    return _items(view, drafts)


class _Builder:
    """Reads the clauses in order and collects the items."""

    def __init__(self, text: str, markers: Sequence[ListMarker]) -> None:
        self.text, self.markers = text, markers
        self.drafts: list[_Draft] = []
        self.start = self.end = -1
        self.marker: ListMarker | None = None
        self.prior: Role | None = None
        self.turned = self.paragraph = 0
        self.sentence_open = False
        self.praise = self.none = False

    def build(self) -> list[_Draft]:
        for clause in read_clauses(self.text, self.markers):
            self._take(clause)
            if clause.stop == BREAK:
                self._end_line(clause.end)
                self.paragraph += 1
            elif clause.stop in SENTENCE_STOPS and clause.stop and self.marker is None:
                self._close()
        self._close()
        return self.drafts

    def _take(self, clause: Clause) -> None:
        if clause.marker:
            self._close()
            if not self._is_heading(clause.marker):
                self.marker = clause.marker
        if clause.kind is Kind.FRAME:
            self._frame(clause)
        elif clause.kind is Kind.CONTENT or (self.marker and self.start >= 0):
            self._content(clause)
        elif self.start < 0:
            self._open(clause, praise=clause.kind is Kind.PRAISE, none=clause.kind is Kind.NONE)
        else:
            self.end = clause.end

    def _frame(self, clause: Clause) -> None:
        if self.marker and self.start >= 0 and clause.turns_to is None:
            self.end = clause.end
            return
        if self.start >= 0 and clause.turns_to is None and clause.stop == ",":
            return
        if clause.turns_to or clause.marker:
            self._close()
            self._turn(clause.turns_to)

    def _turn(self, role: Role | None) -> None:
        self.prior = role
        self.turned += 1

    def _content(self, clause: Clause) -> None:
        if clause.turns_to:
            self._close()
            self._turn(clause.turns_to)
        if self.start >= 0 and self.marker is None and self._brings_own(clause):
            self._close()
        if self.start >= 0 and self.praise and self.marker is None:
            self._close()
        if self.start < 0:
            self._open(clause)
        self.end = clause.end

    def _brings_own(self, clause: Clause) -> bool:
        return clause.first

    def _open(self, clause: Clause, *, praise: bool = False, none: bool = False) -> None:
        self.start, self.end = clause.start, clause.end
        self.praise, self.none = praise, none

    def _close(self) -> None:
        if self.start >= 0:
            self.drafts.append(
                _Draft(
                    self.start, self.end, self.marker, self.turned, self.prior, self.paragraph, self.praise, self.none
                )
            )
        self.start = self.end = -1
        self.marker = None
        self.praise = self.none = False

    def _end_line(self, at: int) -> None:
        """A line without a marker carries an item on when the list goes on behind it or the item is but a title."""
        if self.start < 0 or self.marker is None:
            self._close()
            return
        following = next((marker for marker in self.markers if marker.start > at), None)
        title = self.end - self.start <= _TITLE and "," not in self.text[self.start : self.end]
        if following is not None and following.start == at + 1:
            return
        if not title and not (following and following.style == self.marker.style and following.ordinal == self.marker.ordinal + 1):
            self._close()

    def _is_heading(self, marker: ListMarker) -> bool:
        """Whether a list of deeper markers hangs from this one."""
        place = self.markers.index(marker)
        following = self.markers[place + 1] if place + 1 < len(self.markers) else None
        if following is None or following.rank <= marker.rank or following.ordinal > 1:
            return False
        title = self.text[marker.end : following.start].strip("\u3002;:,\n")
        return len(title) <= _TITLE and not any(sign in title for sign in "\u3002;")


def _items(view: View, drafts: Sequence[_Draft]) -> list[Item]:
    candidates = [
        Candidate(
            view.text[draft.start : draft.end],
            draft.prior,
            draft.turned,
            draft.paragraph,
            draft.marker.style if draft.marker else "",
            draft.marker.ordinal if draft.marker else 0,
        )
        for draft in drafts
    ]
    roles = assign_roles(candidates)
    kept = _kept(drafts, roles)
    items = []
    for draft, role, none in kept:
        start, end = view.span(draft.start, draft.end)
        text = view.text[draft.start : draft.end]
        trace = draft.marker.style if draft.marker else "prose"
        items.append(Item(start, end, role, is_specific(text), is_hedged(text), (), none, trace))
    return items


def _kept(drafts: Sequence[_Draft], roles: Sequence[Role]) -> list[tuple[_Draft, Role, bool]]:
    """Without praise and statements of no problem; when no problem is left, the first of these stands for it."""
    kept = [(draft, role, False) for draft, role in zip(drafts, roles, strict=True) if not (draft.praise or draft.none)]
    if any(role == "problem" for _, role, _ in kept):
        return kept
    stated = [draft for draft in drafts if draft.none] or [draft for draft in drafts if draft.praise]
    if not stated:
        return kept
    return sorted([*kept, (stated[0], "problem", True)], key=lambda found: found[0].start)


@lru_cache(maxsize=1)
def _traits() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    known = load_segmentation()
    return re.compile(known.specific.pattern), re.compile(known.hedged.pattern), re.compile(known.hedged.blunt or "(?!)")


def is_specific(folded: str) -> bool:
    """Return whether a passage names a unit, a number or a case."""
    return _traits()[0].search(folded) is not None


def is_hedged(folded: str) -> bool:
    """Return whether a passage says only that something is to be improved."""
    _, hedged, blunt = _traits()
    return hedged.search(folded) is not None and blunt.search(hedged.sub("", folded)) is None


def link_measures(items: Sequence[Item], labels: Sequence[Iterable[str]]) -> tuple[Item, ...]:
    """Return the items with ``addresses`` of measures that structure does not place filled by shared labels."""
    raise NotImplementedError
