"""Quantities of the prose: every number with its unit, its bounds and what the wording says about it.

One compiled pattern passes over the folded text once. It starts with one character class (numerals and what begins a
masked passage), so ordinary text is skipped at the speed of a character test; what it matches is either a passage
that holds no quantity (:mod:`gknlp.text.masks`) or a candidate that :func:`find_quantities` turns into a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from string import ascii_letters, digits
from typing import Literal, NamedTuple

from msgspec.structs import replace

from gknlp.knowledge.quantities import Marker, QuantityKnowledge, load_quantities
from gknlp.model import Number, Qualifier, Record
from gknlp.text.number_pattern import missing_pattern, number_pattern
from gknlp.text.number_reading import Reading, bounds_of, read_number, read_range, scale_printed
from gknlp.text.numerals import magnitude
from gknlp.text.trie import trie_pattern

Kind = Literal["cardinal", "percent", "multiple", "ordinal", "missing", "masked"]

# Counts of reports have at most 12 digits; longer runs are codes.
_LONGEST_DIGITS = 12
_ASCII = frozenset(ascii_letters + digits)
_LONGEST_CODE_WORD = 6
_LINE_MARKS = " \t\n-—"
_CLAUSE_ENDS = ",。;:\n"
# How far a word of measuring may stand before its time.
_LONGEST_LEAD = 14
# How far a verb may stand before its missing number.
_LONGEST_CLAUSE = 40
_KINDS: dict[str, Kind] = {"percent": "percent", "multiple": "multiple"}
# Before a number these make it a part of a name, a date, an address or a code.
_JOINED = frozenset(ascii_letters + "_@/#$&=+\\-")


class Quantity(Record, frozen=True):
    """One number of the prose, in half-open offsets of the text that was scanned.

    ``start``/``end`` cover the whole expression with its markers («约6000余个»). ``value_start``/``value_end`` cover
    the printed number with its magnitude and what stands inside it («80余万»); for a missing number both are the place
    before the unit. ``value`` is scaled (80余万元 is 800000 元) and ``None`` for a range, a vague, a missing and a
    masked number. ``lower``/``upper`` are what the wording bounds: both the value when exact, one of them for
    more_than, at_least, less_than and at_most, the ends of a range, neither for approx. ``unit`` is printed after the
    number, ``""`` when none is; for 百分之 it is ``%`` and its offsets are those of the word.
    """

    start: int
    end: int
    value_start: int
    value_end: int
    value: Number | None
    lower: Number | None
    upper: Number | None
    unit: str
    unit_start: int
    unit_end: int
    qualifier: Qualifier
    kind: Kind


def find_quantities(folded: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Return the quantities of ``folded[start:end]``, sorted and not overlapping, with offsets into ``folded``.

    >>> [(q.value, q.unit, q.qualifier) for q in find_quantities("接听来电约6000余个,投入80余万元")]
    [(6000, '个', 'approx'), (800000, '元', 'more_than')]
    """
    scanner = _scanner()
    end = len(folded) if end is None else end
    found: list[Quantity] = []
    for match in scanner.pattern.finditer(folded, start, end):
        group = match.lastindex or 0
        if group == scanner.mask:
            continue
        plain = group < scanner.mask
        quantity = scanner.read_plain(folded, match) if plain else scanner.read(folded, match, end)
        if quantity is not None:
            if found and quantity.start < found[-1].end:  # 以上 of the number before is no 上 of this one
                quantity = replace(quantity, start=found[-1].end)
            found.append(quantity)
    missing = scanner.find_missing(folded, start, end)
    return sorted(found + missing, key=lambda quantity: quantity.start) if missing else found


class _Before(NamedTuple):
    """What a word before a number says."""

    qualifier: Qualifier
    not_after: str
    bare: bool


@lru_cache(maxsize=1)
def _scanner() -> _Scanner:
    return _Scanner(load_quantities())


class _Scanner:
    """The compiled knowledge: one pattern for the pass, and tables for what stands around a match."""

    def __init__(self, knowledge: QuantityKnowledge) -> None:
        self.pattern = number_pattern(knowledge)
        # The groups of a plain number stand before this one, those of all others after it.
        self.mask = self.pattern.groupindex["mask"]
        self._plain = [self.pattern.groupindex[f"plain_{part}"] for part in ("mag", "inner", "unit", "after")]
        self.classes = knowledge.unit_classes()
        self.fractions = {fraction.word[0]: fraction.unit for fraction in knowledge.fraction}
        self.fraction_length = len(knowledge.fraction[0].word)
        self.before = {
            word: _Before(marker.qualifier, marker.not_after, marker.bare)
            for marker in knowledge.before
            for word in marker.words
        }
        self.before_lengths = sorted({len(word) for word in self.before}, reverse=True)
        self.before_ends = frozenset(word[-1] for word in self.before)
        self.inside = _qualifiers(knowledge.inside)
        self.after = _qualifiers(knowledge.after)
        self.unitless = knowledge.unitless
        self.cues = (*knowledge.unitless.cues, *self.before)
        self.followed_by = frozenset(knowledge.unitless.followed_by)
        self.measured = re.compile("|".join(map(re.escape, knowledge.measured.cues)))
        self.bare_units = missing_pattern(knowledge)
        self.missing_units = tuple(sorted(knowledge.missing.units, key=len, reverse=True))
        self.nouns = knowledge.missing.nouns
        self.leads = knowledge.missing.leads
        self.verbs = re.compile(trie_pattern(knowledge.missing.verbs))
        self.ordinal_cues = knowledge.ordinal.cues

    def read_plain(self, text: str, match: re.Match[str]) -> Quantity | None:
        """Return the quantity of digits with a unit right after them."""
        mag, inner, unit, after = match.group(*self._plain)
        unit_class = self.classes[unit]
        if unit_class == "none" or (unit_class == "time" and not self._is_measured(text, match.start())):
            return None
        start, end = match.span()
        unit_start = match.start(self._plain[2])
        value_start, value_end = start, unit_start - len(inner) if inner else unit_start
        printed = text[start : value_end - len(mag) if mag else value_end]
        if len(printed) > _LONGEST_DIGITS:
            return None
        value: Number = int(printed) if printed.isdigit() and not mag else scale_printed(printed, magnitude(mag or ""))
        before = text[start - 1 : start]
        if before == "-" and unit_class == "percent" and text[start - 2 : start - 1] not in _ASCII:
            value, value_start, start = -value, start - 1, start - 1
        qualifier: Qualifier = "exact"
        if before in self.before_ends or inner or after:
            start, qualifier = self._qualify(text, start, False, (self.inside.get(inner), self.after.get(after)))
        bounds = (value, value) if qualifier == "exact" else bounds_of(value, qualifier)
        kind = _KINDS.get(unit_class, "cardinal")
        unit_end = unit_start + len(unit)
        return Quantity(start, end, value_start, value_end, value, *bounds, unit, unit_start, unit_end, qualifier, kind)

    def read(self, text: str, match: re.Match[str], end: int) -> Quantity | None:
        """Return the quantity of a candidate, ``None`` when it is none after all."""
        ordinal, share, unit = match.group("ordinal", "share", "unit")
        if ordinal:
            return self._ordinal(text, match, end)
        if unit:
            unit_class = self.classes[unit]
            if unit_class == "none" or (unit_class == "time" and not self._is_measured(text, match.start())):
                return None
        elif not share and not self._is_unitless(text, match, end):
            return None
        reading = self._reading(text, match)
        return None if reading is None else self._record(text, match, reading, unit or "")

    def _reading(self, text: str, match: re.Match[str]) -> Reading | None:
        """Return what the printed number says, ``None`` when it is no number."""
        start = match.start()
        if match["hidden"] is not None or match["vague"] is not None:
            return Reading(None)
        if match["share"]:
            return read_number(match["share"])
        printed = text[start : match.end("digits")] if match["digits"] is not None else text[start : match.end("han")]
        reading = read_number(printed)
        if reading is None:
            return None
        if match["high"]:
            return read_range(reading.value, read_number(match["high"]), match["mag"], match["high_mag"])
        factor = magnitude((match["mag"] or "") + (match["middle_mag"] or ""))
        if reading.ends:
            return reading._replace(ends=(reading.ends[0] * factor, reading.ends[1] * factor))
        if factor == 1 or reading.value is None:
            return reading
        low = int(match["low"]) * magnitude(match["low_mag"] or "") if match["low"] else 0
        return Reading(scale_printed(printed, factor) + low if match["digits"] is not None else reading.value * factor)

    def _record(self, text: str, match: re.Match[str], reading: Reading, unit: str) -> Quantity | None:
        start, end = match.span()
        value_start, value_end = start, match.end("number")
        unit_span = match.span("unit") if unit else (value_end, value_end)
        value = reading.value
        if match["share"]:
            unit, unit_span = self.fractions[text[start]], (start, start + self.fraction_length)
        inside = self.inside.get(match["inner"] or match["middle"] or match["outer"])
        start, qualifier = self._qualify(text, start, reading.bare, (inside, self.after.get(match["after"])))
        if reading.bare and qualifier == "exact" and not match["share"]:
            return None
        if match["hidden"] is not None:
            qualifier = "masked"
        elif value is None:
            qualifier = "approx"
        bounds = reading.ends or bounds_of(value, qualifier)
        kind: Kind = "masked" if qualifier == "masked" else _KINDS.get(self.classes.get(unit, ""), "cardinal")
        return Quantity(start, end, value_start, value_end, value, *bounds, unit, *unit_span, qualifier, kind)

    def _qualify(
        self, text: str, start: int, bare: bool, following: tuple[Qualifier | None, ...]
    ) -> tuple[int, Qualifier]:
        """Return where the words before a number begin, and what they and the ``following`` ones say together.

        Different words make an approximation (约6000余); of two that bound the value the first counts.
        """
        words: list[Qualifier] = []
        for _ in range(2):
            at = start - 1 if text[start - 1 : start] == " " else start
            if text[at - 1 : at] not in self.before_ends:
                break
            length = self._marker_length(text, at, bare)
            if not length:
                break
            start = at - length
            words.append(self.before[text[start:at]].qualifier)
        words += [word for word in following if word]
        return start, "exact" if not words else "approx" if "approx" in words else words[0]

    def _marker_length(self, text: str, at: int, bare: bool) -> int:
        """Return the length of the longest marker that ends at ``at``, 0 for none."""
        for length in self.before_lengths:
            marker = self.before.get(text[at - length : at]) if length <= at else None
            if marker and (bare or not marker.bare) and (length == at or text[at - length - 1] not in marker.not_after):
                return length
        return 0

    def find_missing(self, text: str, start: int, end: int) -> list[Quantity]:
        """Return the units that stand without their number: after a counted noun, with a counting verb before it."""
        found = []
        for match in self.bare_units.finditer(text, start, end):
            stop = match.end()
            if not text.endswith(self.missing_units, start, stop):
                continue
            head = text[max(start, stop - _LONGEST_CLAUSE) : stop]
            unit = next(unit for unit in self.missing_units if head.endswith(unit))
            noun = head.removesuffix(unit).rstrip(" ")
            if noun.endswith(self.leads) or (noun.endswith(self.nouns) and self._has_verb(noun)):
                at = stop - len(unit)
                found.append(Quantity(at, stop, at, at, None, None, None, unit, at, stop, "missing", "missing"))
        return found

    def _has_verb(self, head: str) -> bool:
        return self.verbs.search(head, 1 + max(map(head.rfind, _CLAUSE_ENDS))) is not None

    def _is_measured(self, text: str, start: int) -> bool:
        """Tell a measured time from a term: only words of measuring in front make a time a quantity."""
        head = text[max(0, start - _LONGEST_LEAD) : start]
        return self.measured.search(head, 1 + max(map(head.rfind, _CLAUSE_ENDS))) is not None

    def _is_unitless(self, text: str, match: re.Match[str], end: int) -> bool:
        """Tell a count whose unit is left out from the digits of a name, a code, a date or a list."""
        start, stop = match.span()
        following = text[stop] if stop < end else "\n"
        closed = following in self.followed_by or match["after"] is not None
        han = match["digits"] is None
        if (han and not closed) or following in _ASCII:
            return False
        before = text[max(0, start - _LONGEST_CODE_WORD) : start]
        if han or not closed:
            if not before.endswith(self.cues):
                return False
        elif before and (before[-1] in _JOINED or before.endswith(self.unitless.not_after)):
            return False
        return han or (_is_count(text[start : match.end("digits")]) and not _is_own_line(text, start, stop))

    def _ordinal(self, text: str, match: re.Match[str], end: int) -> Quantity | None:
        reading = read_number(match["ordinal"])
        start, stop = match.span()
        if reading is None or reading.value is None:
            return None
        unit = match["rank"] or ""
        if not unit:
            following = text[stop] if stop < end else "\n"
            if following not in self.followed_by or not any(
                cue in text[max(0, start - 8) : start] for cue in self.ordinal_cues
            ):
                return None
        value_start, value_end = match.span("ordinal")
        unit_span = match.span("rank") if unit else (value_end, value_end)
        value = reading.value
        return Quantity(start, stop, value_start, value_end, value, value, value, unit, *unit_span, "exact", "ordinal")


def _is_count(digits: str) -> bool:
    """Refuse years, compact dates, codes and numbers with leading zeros."""
    if len(digits) > _LONGEST_DIGITS or (digits[0] == "0" and digits[1:2].isdigit()):
        return False
    return not (digits[:2] in ("19", "20") and digits.isdigit() and len(digits) in (4, 6, 8))


def _is_own_line(text: str, start: int, stop: int) -> bool:
    """Tell a number that is all of its line: a cell or a page number."""
    if start and text[start - 1] not in _LINE_MARKS:
        return False
    line_start, line_end = text.rfind("\n", max(0, start - 8), start), text.find("\n", stop, stop + 8)
    head = text[line_start + 1 if line_start >= 0 else max(0, start - 8) : start]
    tail = text[stop : line_end if line_end >= 0 else stop + 8]
    return (
        not head.strip(_LINE_MARKS) and not tail.strip(_LINE_MARKS) and (line_start >= 0 or line_end >= 0 or start < 8)
    )


def _qualifiers(markers: Iterable[Marker]) -> dict[str | None, Qualifier]:
    return {word: marker.qualifier for marker in markers for word in marker.words}
