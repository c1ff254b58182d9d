"""The passages of section five that may be items, cut by lists, sentences and lead-ins, before roles are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace

from gknlp.issues.clauses import FULL_STOP, SENTENCE_STOPS, Clause, Kind, has_fault, read_clauses, role_of, words
from gknlp.issues.markers import ListMarker, find_markers, number
from gknlp.issues.roles import FULL_FORCE, SOME_FORCE, WEAK_FORCE
from gknlp.issues.view import BREAK
from gknlp.knowledge.segmentation import load_segmentation, numbered
from gknlp.model import Record, Role

_LOOSE = ("turn", "side")  # markers that may also order the sentences of one item
_NAMED = "named"  # markers that say what they count
_MARKER = "marker"
_TITLE = 30  # a heading over a list, or the title of an item, is no longer


class Draft(Record, frozen=True):
    """A passage that may be an item: its place in the view, and what stands around it.

    ``turned`` counts the lead-ins before it, ``prior`` is what the last of them turned to and ``force`` how far that
    still holds, ``refers`` the number of the problem that it names (0 for none). ``kind`` is content, praise or a
    statement that there is no problem.
    """

    start: int
    end: int
    marker: ListMarker | None
    turned: int
    prior: Role | None
    force: float
    refers: int
    paragraph: int
    kind: Kind
    parts: tuple[Clause, ...]


def read_drafts(text: str) -> list[Draft]:
    """Return the drafts of a section's view in order."""
    return DraftReader(text, find_markers(text)).read()


class DraftReader:
    """Reads the clauses in order and collects the items."""

    def __init__(self, text: str, markers: Sequence[ListMarker]) -> None:
        self.text, self.markers = text, markers
        self.order = {marker: place for place, marker in enumerate(markers)}
        self.clauses = list(read_clauses(text, markers))
        self.alternates = _alternates(text, self.clauses)
        self.drafts: list[Draft] = []
        self.parts: list[Clause] = []
        self.marker: ListMarker | None = None
        self.prior: Role | None = None
        self.after_once: Role | None = None
        self.once = False
        self.turned = self.paragraph = self.refers = 0
        self.force = FULL_FORCE
        self.heading = False  # whether what is read is the heading of a list
        self.titled = False  # whether the last lead-in is a heading
        self.told = False  # whether an item stood behind it in its own line

    def read(self) -> list[Draft]:
        """Return the drafts in order."""
        for clause, following in zip(self.clauses, [*self.clauses[1:], None], strict=False):
            self._take(clause, following)
            stop = clause.stop
            if not stop or stop not in SENTENCE_STOPS:
                continue
            if stop == BREAK:
                self._end_line(clause.end)
                self.force = WEAK_FORCE if self.told else self.force
                self.paragraph += 1
            elif self.marker is None:
                self._close()
            if stop == FULL_STOP and self.told and self.force == FULL_FORCE and not self.titled:
                self.force = SOME_FORCE
            if self.once or stop in self.alternates:
                self._end_turn()
        self._close()
        return self.drafts

    def _end_turn(self) -> None:
        """Behind a measure that answers its problem on the spot, the next problem is told."""
        if self.once:
            self._close()
            self._turn(self.after_once)
        elif self.prior == "measure":
            self._close()
            self._turn("problem")
        self.once = False

    def _take(self, clause: Clause, following: Clause | None) -> None:
        if clause.marker and not self._inside_item(clause.marker):
            if self.parts and self.marker is None and self.parts[-1].stop in (",", ":", ""):
                self.parts = []  # what leads into a list is no item
            self._close()
            if clause.marker.style == _NAMED:
                self._turn(role_of(self.text[clause.marker.start : clause.marker.end]))
            if self._restarts(clause.marker):
                self._turn(None)
            if _MARKER in self.alternates and self.prior == "measure":
                self._turn("problem")
            self.heading = self._is_heading(clause.marker)
            self.marker = None if self.heading else clause.marker
        if clause.kind == "frame" or (clause.kind in ("gap", "vague") and self._leads_on(clause, following)):
            self._frame(clause)
        elif not self.heading:
            self._content(clause)

    def _restarts(self, marker: ListMarker) -> bool:
        """Whether the numbers begin again without a word between: the other role mostly follows."""
        place = self.order[marker]
        if marker.ordinal != 1 or not place or self.markers[place - 1].style != marker.style or not self.drafts:
            return False
        return self.drafts[-1].turned == self.turned

    def _inside_item(self, marker: ListMarker) -> bool:
        """Whether "firstly … secondly" is but the course of an item's explanation."""
        if not self.parts or self.marker is None:
            return False
        return marker.rank > self.marker.rank and not marker.opens_line and marker.style in _LOOSE

    def _leads_on(self, clause: Clause, following: Clause | None) -> bool:
        if self.marker or following is None:
            return False
        if clause.kind == "vague":
            return clause.first and clause.stop not in (BREAK, ",") and following.turns_to != "measure"
        if clause.stop == FULL_STOP and following.kind == "content" and following.turns_to != "measure":
            return following.marker is not None or self._is_fault(following)
        return clause.stop in (",", ":", "") or (following.kind == "frame" and following.turns_to != "measure")

    def _frame(self, clause: Clause) -> None:
        printed = self.text[clause.start : clause.end]
        if clause.stop == FULL_STOP and self.marker is None and words().gap.match(printed):
            self._gap(clause)
            return
        if clause.marker and not self.parts:
            self.marker = None
        within = self.parts and self.marker and not self._ends_item(clause)
        if within or (not clause.first and self._carries_on(clause)):
            self.parts.append(clause)
        elif clause.turns_to or clause.marker:
            if clause.turns_to == "problem" and not clause.first and self.prior is None and self.marker is None:
                self.parts = []  # what the sentence says before it comes to the problems
            self._close()
            if clause.turns_to == "problem":
                self._set_aside()
            self._turn(clause.turns_to, titled=clause.stop in (FULL_STOP, BREAK))
            self.refers = _reference(self.text[clause.start : clause.end])

    def _gap(self, clause: Clause) -> None:
        """A sentence that ends in "still short of what is asked for" leads to the problems, or is all there is."""
        if not clause.first and self.prior is None:
            self.parts = []  # what the sentence says before it comes to the problems
        self._close()
        self._turn("problem")
        place = (self.turned, self.prior, self.force, self.refers, self.paragraph)
        self.drafts.append(Draft(clause.start, clause.end, None, *place, "gap", (clause,)))

    def _ends_item(self, clause: Clause) -> bool:
        """Whether a lead-in inside a listed item goes over to the other role; a later list may lie between."""
        if clause.turns_to is None or not (clause.first or clause.stop == ":"):
            return False
        if clause.turns_to == "problem" and clause.marker is None:
            return clause.stop in ("", ":")
        return clause.turns_to != self.prior or clause.stop in ("", ":") or clause.marker is not None

    def _carries_on(self, clause: Clause) -> bool:
        """Whether the end of a sentence is but worded like a lead-in."""
        if clause.turns_to is None:
            return clause.stop == "," and bool(self.parts)
        if not clause.stop or clause.stop not in SENTENCE_STOPS:
            return False
        faulty = any(self._is_fault(part) for part in self.parts)
        return clause.turns_to == self.prior or (clause.turns_to == "problem" and faulty)

    def _set_aside(self) -> None:
        """Sentences before the first words that lead to problems are no problems."""
        if all(draft.prior is None and draft.marker is None for draft in self.drafts):
            self.drafts = [draft if draft.kind == "none" else replace(draft, kind="praise") for draft in self.drafts]

    def _turn(self, role: Role | None, *, titled: bool = False) -> None:
        self.prior, self.titled = role, titled
        self.turned += 1
        self.force, self.told, self.refers = FULL_FORCE, False, 0

    def _content(self, clause: Clause) -> None:
        if clause.turns_to and clause.kind == "content" and self._may_turn(clause):
            self._close()
            if clause.for_once:
                self.once, self.after_once = True, self.prior
            self._turn(clause.turns_to)
        elif clause.turns_to and self.parts:
            clause = replace(clause, start=self.parts[-1].end + len(self.parts[-1].stop))
        elif self.parts and self.marker is None and self._is_aside() and self._is_fault(clause):
            self._close()
        self.parts.append(clause)
        self.told = True

    def _is_aside(self) -> bool:
        return all(part.kind in ("praise", "none") for part in self.parts)

    def _is_fault(self, clause: Clause) -> bool:
        return has_fault(self.text[clause.start : clause.end])

    def _may_turn(self, clause: Clause) -> bool:
        if clause.for_once and (self.prior == "measure" or self._is_fault(clause)):
            return False
        if clause.adverse:
            return self.prior is None and self.marker is None and (not self.parts or self._is_told_first())
        if self.marker and (clause.turns_to in ("problem", self.prior) or not clause.first):
            return clause.for_once
        return clause.first or clause.turns_to != self.prior

    def _close(self) -> None:
        if self.parts:
            kind = self._kind()
            start, end = self.parts[0].start, self.parts[-1].end
            place = (self.turned, self.prior, self.force, self.refers, self.paragraph)
            self.drafts.append(Draft(start, end, self.marker, *place, kind, tuple(self.parts)))
        self.parts = []
        self.marker = None

    def _kind(self) -> Kind:
        kinds = {part.kind for part in self.parts}
        others = [part for part in self.parts if part.kind != "none"]
        if len(others) < len(self.parts) and not self.marker and not any(map(self._is_fault, others)):
            return "none"
        return "praise" if kinds == {"praise"} or self._is_told_first() else "content"

    def _is_told_first(self) -> bool:
        """Whether what is read is praise before the first problem."""
        text = self.text[self.parts[0].start : self.parts[-1].end]
        if self.marker or self.prior or has_fault(text):
            return False
        return words().weak_praise.search(text) is not None or words().concession.search(text) is not None

    def _end_line(self, at: int) -> None:
        """A line without a marker carries an item on when the list goes on behind it or the item is but a title."""
        if not self.parts or self.marker is None:
            self._close()
            return
        place = self.order[self.marker] + 1
        following = self.markers[place] if place < len(self.markers) else None
        if following is not None and following.start == at + 1:
            return
        title = self.parts[-1].end - self.parts[0].start <= _TITLE and len(self.parts) == 1
        goes_on = following and (following.style, following.ordinal) == (self.marker.style, self.marker.ordinal + 1)
        if not title and not goes_on:
            self._close()

    def _is_heading(self, marker: ListMarker) -> bool:
        """Whether a list of deeper markers hangs from this one."""
        place = self.order[marker] + 1
        following = self.markers[place] if place < len(self.markers) else None
        if following is None or following.rank <= marker.rank or following.ordinal > 1 or following.style in _LOOSE:
            return False
        title = self.text[marker.end : following.start].strip(f"{FULL_STOP};:,\n")
        return len(title) <= _TITLE and not any(sign in title for sign in (FULL_STOP, ";"))


def _alternates(text: str, clauses: Sequence[Clause]) -> frozenset[str]:
    """Where measures end that answer their problems one by one, led in with the same words each time.

    A stop, or ``"marker"``; empty when the measures follow in one piece.
    """
    frames = [place for place, clause in enumerate(clauses) if clause.kind == "frame" and clause.turns_to]
    leads = [place for place in frames if clauses[place].turns_to == "measure"]
    printed = {text[clauses[place].start : clauses[place].end] for place in leads}
    if len(leads) < 2 or len(printed) > 1 or any(place > leads[0] for place in frames if place not in leads):
        return frozenset()
    between = clauses[leads[0] : leads[1]]
    if any(clause.marker for clause in between):
        return frozenset({_MARKER})
    return frozenset({BREAK if any(clause.stop == BREAK for clause in between) else FULL_STOP})


@lru_cache(maxsize=1)
def _reference_pattern() -> re.Pattern[str]:
    return re.compile(numbered(load_segmentation().frames.reference, "number"))


def _reference(printed: str) -> int:
    """The number of the problem that a lead-in names, 0 for none."""
    found = _reference_pattern().search(printed)
    return number(found["number"]) if found else 0
