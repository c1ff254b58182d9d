"""Folded text -> tokens of a table: label fragments, numbers and marks, each with its place.

Nothing here knows a form. Lines that belong to the page ("- 4 -") and cells that hold prose give no tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gknlp.knowledge.layout import load_layout
from gknlp.model import Number
from gknlp.tables.lines import Grid, Value

HAN = "\u3400-\u9fff\uf900-\ufaff"
_PROSE_FLOOR = 15  # characters; a shorter cell is never prose
_ZEROS, _PLAIN, _HAN, _REST = 1, 2, 3, 4  # groups of the word pattern
_MOST_DIGITS = 15  # no count and no amount of a report is longer
_PLAIN_DIGITS = 12  # of a number that is read at a glance
_FIRST_DIGITS = "123456789"
_LONGEST_WORD = 60  # characters; a longer word is no part of a label
_MOST_WORDS = 8192  # that are kept
_DASH_LENGTH = 3  # Han characters; a longer word is no mark, no numeral and no sign of its own
_PUNCTUATION = '[\u3001()\u201c\u201d":;,.\u300a\u300b]'  # alone between labels it says nothing
_PLAIN_AFTER = "\n\t |("  # behind a word of a label; nothing of these makes it anything else
_EDGES = " \t\n|"
_AFTER_NUMERAL = ")\u3001.,"
_BEFORE_NUMBER = "0123456789+- "
_IN_NUMBER = "0123456789,."
_DELIMITERS = "\n\t|"
_DELIMITER = re.compile(r"[\n\t|]")
_BRACKETS = re.compile(r"\([^()]*\)")


Fragment = tuple[int, int]
"""Start and end of a run of Han characters: part of a label."""


class Tokens(NamedTuple):
    """The tokens of a region in text order, and its grid."""

    fragments: tuple[Fragment, ...]
    values: tuple[Value, ...]
    grid: Grid


class _Patterns(NamedTuple):
    word: re.Pattern[str]
    number: re.Pattern[str]
    signed: re.Pattern[str]
    ordinal: re.Pattern[str]
    dash: re.Pattern[str]
    page: re.Pattern[str]
    first_page: re.Pattern[str]
    loose: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """Return the patterns, compiled once."""
    layout = load_layout()
    sign = "|".join((*layout.plus, *layout.minus))
    unit = "|".join(sorted((*layout.units, *layout.money), key=len, reverse=True))
    page = rf"[^\S\n]*+(?:{'|'.join(layout.page_lines)})[^\S\n]*"
    number = rf"""
        (?:(?P<sign>{sign})[ ]?)?(?P<minus>[-+\u2212])?
        (?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)
        (?:[ ]?(?P<unit>{unit})(?![{HAN}\d]))?
        # What must not follow: a number glued on behind a unit or a group of digits, a second point, a text.
        (?P<tail>(?:{unit})\d[\d.,]*|(?<=\d{{4}}),\d{{3}}[\d.,]*|,\d{{4,}}|[{HAN}\dA-Za-z.%]|-\d)?
    """
    return _Patterns(
        # Plain cells come first: zeros with one delimiter between, another number between delimiters, a run of Han,
        # then whatever else is printed.
        word=re.compile(
            rf"(?<![^\s|])(?:(0(?![^\s|])(?:[\s|]0(?![^\s|]))*)|([1-9]\d{{0,{_PLAIN_DIGITS - 1}}})(?![^\s|]))"
            # List numerals are in no group. Of the rest, a mark alone and a figure that numbers a label say nothing.
            rf"|(?<![^{_EDGES}])\(?[{layout.numerals}]+(?=[{_AFTER_NUMERAL}])|([{HAN}]+)"
            rf"|((?!{_PUNCTUATION}(?:[\s|{HAN}]|\Z)|\d{{1,2}}[.\u3001][{HAN}])[^\s|{HAN}]+)"
        ),
        signed=re.compile(rf"(?:{sign})[ ]?[-+]?\d"),
        number=re.compile(number, re.VERBOSE),
        ordinal=re.compile(rf"\d{{1,2}}(?:[.\u3001]|\)\u3001?)(?!\d)(?=\s*(?:[\"\u201c\u300c({HAN}]|$))"),
        dash=re.compile(rf"[-/\u2010-\u2015]{{1,6}}|{'|'.join(layout.dash_words)}"),
        # Lines are found by the line feed before them: a literal at its head is what makes a search fast.
        page=re.compile(rf"\n({page})$", re.MULTILINE),
        first_page=re.compile(rf"{page}$", re.MULTILINE),
        loose=re.compile(rf"[{HAN}]\d"),
    )


def tokenize(folded: str, start: int, end: int) -> Tokens:
    """Return the tokens of ``folded[start:end]``; offsets index ``folded``."""
    fragments: list[Fragment] = []
    values: list[Value] = []
    at = start
    for mask_start, mask_end in [*_masked(folded, start, end), (end, end)]:
        if at < mask_start:
            _scan(folded, at, mask_start, fragments, values)
        at = max(at, mask_end)
    return Tokens(tuple(fragments), tuple(values), Grid(folded, start, end))


def _masked(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans that are no table, in order: page lines and cells of prose."""
    patterns, layout = _patterns(), load_layout()
    spans = [match.span(1) for match in patterns.page.finditer(folded, max(start - 1, 0), end)]
    if start == 0 and (first := patterns.first_page.match(folded, 0, end)):
        spans.append(first.span())
    spans += _long_cells(folded, layout.sentence_end, start, end)
    broken = {cell for mark in layout.clause_breaks for cell in _long_cells(folded, mark, start, end)}
    return sorted({*spans, *[cell for cell in broken if _is_clause(folded, cell)]})


def _long_cells(folded: str, mark: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of long cells that hold ``mark``: few places, so that nothing else runs over the whole text."""
    at = folded.find(mark, start, end)
    while at >= 0:
        first = max([folded.rfind(delimiter, start, at) for delimiter in _DELIMITERS]) + 1 or start
        following = _DELIMITER.search(folded, at, end)
        start = following.start() if following else end
        if start - first >= _PROSE_FLOOR:
            yield first, start
        at = folded.find(mark, start, end)


def _is_clause(folded: str, cell: tuple[int, int]) -> bool:
    """Whether a cell holds, outside brackets, a clause break beside a number that stands right behind a character."""
    loose = _patterns().loose
    if not loose.search(folded, *cell):
        return False
    plain = _BRACKETS.sub("", folded[slice(*cell)])
    return any(mark in plain for mark in load_layout().clause_breaks) and bool(loose.search(plain))


def _scan(folded: str, start: int, end: int, fragments: list[Fragment], values: list[Value]) -> None:
    """Sort the words of ``folded[start:end]``, which white space and pipes separate, into fragments and values.

    Plain numbers and the words of labels, which recur in every report, are read at a glance; what depends on the words
    around it is read closely.
    """
    if start > 0 and folded[start - 1] not in _EDGES and folded[start] not in _EDGES:  # inside a word
        _scan_closely(folded, start, end, end, fragments, values)
        return
    known = _words()
    at = done = start
    for word in folded[start:end].replace("\n", " ").replace("\t", " ").replace("|", " ").split(" "):
        if not word:  # most are, between the cells of a row
            at += 1
            continue
        if word == "0" and at >= done:
            values.append(Value(at, at + 1, 0))
        elif at < done:
            done = _scan_closely(folded, at, at + len(word), end, fragments, values, done)
        elif word.isdecimal() and word[0] in _FIRST_DIGITS and len(word) <= _PLAIN_DIGITS:
            values.append(Value(at, at + len(word), int(word)))
        elif entry := known[word]:
            for first, last in entry.fragments:
                fragments.append((at + first, at + last))
            for first, last in entry.dashes:
                values.append(Value(at + first, at + last, None))
        else:
            done = _scan_closely(folded, at, at + len(word), end, fragments, values, done)
        at += len(word) + 1


class _Word(NamedTuple):
    """The tokens of a word that means the same wherever it stands, as spans within it."""

    fragments: tuple[tuple[int, int], ...]
    dashes: tuple[tuple[int, int], ...]


class _Words(dict[str, _Word | None]):
    """The words met before; ``None`` for one that depends on its neighbours or holds a number, which is not kept."""

    def __init__(self) -> None:
        layout = load_layout()
        signs = "|".join((*layout.plus, *layout.minus))
        # A number may go on behind the word, an ordinal is told by what follows, a sign word belongs to a number.
        self._open = re.compile(rf"(?:\d[^{HAN}]*|{signs})\Z")

    def __missing__(self, word: str) -> _Word | None:
        if len(word) > _LONGEST_WORD or self._open.search(word) or word.split() != [word]:
            return None
        fragments: list[Fragment] = []
        values: list[Value] = []
        _scan_closely(f"\n{word}\n", 1, len(word) + 1, len(word) + 2, fragments, values)
        if any(value.number is not None or value.malformed for value in values):
            return None
        spans = [(start - 1, end - 1) for start, end in fragments]
        dashes = [(value.start - 1, value.end - 1) for value in values]
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[word] = _Word(tuple(spans), tuple(dashes))
        return self[word]


@lru_cache(maxsize=1)
def _words() -> _Words:
    return _Words()


def _scan_closely(
    folded: str, start: int, stop: int, end: int, fragments: list[Fragment], values: list[Value], done: int = 0
) -> int:
    """Read the tokens that begin in ``folded[start:stop]`` and not before ``done``; return where reading goes on."""
    for match in _patterns().word.finditer(folded, start, end):
        first, last = match.span()
        if first >= stop:
            break
        kind = match.lastindex
        if kind == _ZEROS:
            values += [Value(at, at + 1, 0) for at in range(first, last, 2) if at >= done]
            done = max(done, last)
        elif first < done:
            continue
        elif kind == _HAN:
            long = last - first > _DASH_LENGTH
            if (last == end and long) or (last < end and folded[last] in (_PLAIN_AFTER if long else "(")):
                fragments.append((first, last))
            else:
                done = _scan_han(folded, first, last, end, fragments, values)
        elif kind == _PLAIN:
            values.append(Value(first, last, int(match[_PLAIN])))
        elif kind == _REST:
            done = _scan_mixed(folded, first, last, end, values)
    return done


def _scan_han(folded: str, first: int, last: int, end: int, fragments: list[Fragment], values: list[Value]) -> int:
    """Read a Han word that may be a mark or the sign of a number; return where reading goes on."""
    after = folded[last] if last < end else "\n"
    if after in _EDGES and (first == 0 or folded[first - 1] in _EDGES) and _is_dash(folded[first:last]):
        values.append(Value(first, last, None))
        return last
    sign = _sign_at(folded, first, last, end) if after in _BEFORE_NUMBER else None
    if sign is not None:
        if first < sign:
            fragments.append((first, sign))
        return _scan_mixed(folded, sign, last, end, values)
    fragments.append((first, last))
    return last


@lru_cache(maxsize=1024)
def _is_dash(word: str) -> bool:
    return _patterns().dash.fullmatch(word) is not None


def _sign_at(folded: str, first: int, last: int, end: int) -> int | None:
    """Return where in a Han word a sign word stands right before what may be a number, ``None`` for nowhere."""
    if folded[last] == " " and first > 0 and folded[first - 1] not in _EDGES:
        return None
    signed = _patterns().signed
    return next((at for at in range(max(first, last - 2), last) if signed.match(folded, at, end)), None)


def _scan_mixed(folded: str, start: int, word_end: int, end: int, values: list[Value]) -> int:
    """Read numbers, ordinals and marks of a word that is not plain; return where reading goes on."""
    patterns = _patterns()
    edge = start == 0 or folded[start - 1] in _EDGES
    if edge and (word_end >= end or folded[word_end] in _EDGES) and _is_dash(folded[start:word_end]):
        values.append(Value(start, word_end, None))
        return word_end
    at = start
    while at < word_end:
        if patterns.ordinal.match(folded, at, end) and not (at > 0 and folded[at - 1] in _IN_NUMBER):
            at = _after_digits(folded, at, end)
            continue
        match = patterns.number.match(folded, at, end)
        if match is None:
            at += 1
            continue
        values.extend(_numbers(folded, match))
        at = match.end()
    return at


def _after_digits(folded: str, at: int, end: int) -> int:
    while at < end and folded[at].isdecimal():
        at += 1
    return at + 1


def _numbers(folded: str, match: re.Match[str]) -> list[Value]:
    """Return the value(s) of a printed number; none when it is part of a text."""
    layout = load_layout()
    start, tail = match.start(), match["tail"]
    end = match.end() - len(tail or "")
    if start > 0 and folded.startswith(layout.ordinal_prefix, start - 1):
        return []
    if tail:
        malformed = tail[0] in "-.,%" or tail[-1].isdecimal()
        return [Value(start, match.end(), None, malformed=True)] if malformed else []
    digits = match["digits"]
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return _split_zeros(match.start("digits"), digits)
    plain = digits.replace(",", "")
    if len(plain) > _MOST_DIGITS:
        return [Value(start, end, None, malformed=True)]
    number: Number = float(plain) if "." in plain else int(plain)
    if match["minus"] in ("-", "\u2212") or match["sign"] in layout.minus:
        number = -number
    return [Value(start, end, number, money=layout.money.get(match["unit"] or ""))]


def _split_zeros(start: int, digits: str) -> list[Value]:
    """No number begins with 0: ``016`` is the cells 0 and 16 with their separator lost."""
    rest = digits.lstrip("0")
    zeros = len(digits) - len(rest)
    if rest and not rest.isdigit():
        return [Value(start, start + len(digits), None, malformed=True)]
    values = [Value(start + i, start + i + 1, 0) for i in range(zeros)]
    if rest:
        values.append(Value(start + zeros, start + len(digits), int(rest)))
    return values
