"""The labels and values of a region, line by line: what the words of a line say is worked out once and kept.

The words of the forms recur in every report, the numbers behind them do not. A line is the words at its head and plain
numbers behind them: where the words are known, only the numbers are read. What does not fit - words met for the first
time, marks, prose, labels that are wrapped over lines - is read the long way (:mod:`lexer`, :mod:`labels`), which
gives the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from gknlp.tables.labels import (
    OPEN,
    Hit,
    Labels,
    Meaning,
    find_labels,
    join_fragments,
    may_begin_in,
    may_end_in,
    may_run,
)
from gknlp.tables.lexer import Fragment, Grid, Value, is_closed, page_lines, plain_values, tokenize

_BEHIND = "0123456789 \t|"  # what may stand behind the words of a line
_SEPARATORS = " \t|"
_ORDINAL_ENDS = (".", "\u3001", ")")  # behind a figure; what follows, on the next line too, tells whether it is one
_LONGEST = 80  # characters; longer words are not kept
_MOST = 4096  # words that are kept


class Page(NamedTuple):
    """What is printed in a region, all in text order.

    ``fragments`` are those that a label may cover, ``free`` those of which it is known that none does.
    """

    labels: Labels
    values: list[Value]
    fragments: list[Fragment]
    free: list[Fragment]
    grid: Grid


class _Words(NamedTuple):
    """What the words of a line say wherever it stands; places are counted from the line's start.

    ``text`` is all Han of them. ``begun`` is whether a label that began on the line before may end in them,
    ``unfinished`` whether one that begins in them may end on the next line.
    """

    text: str
    hits: tuple[tuple[int, int, str, Meaning], ...]
    meanings: tuple[tuple[Meaning, ...], ...]
    fragments: tuple[tuple[int, int], ...]  # none when all labels are settled
    free: tuple[tuple[int, int], ...]
    begun: bool
    unfinished: bool


class _Known(dict[str, _Words | None]):
    """The words of lines met before; ``None`` for those that must be read the long way.

    Words with values between are not kept.
    """

    def __missing__(self, words: str) -> _Words | None:
        found = _learn(words) if len(words) <= _LONGEST else None
        if found is not None or not (len(words) > _LONGEST or any(map(str.isdecimal, words))):
            if len(self) >= _MOST:
                self.clear()
            self[words] = found
        return found


@lru_cache(maxsize=1)
def _known() -> _Known:
    return _Known()


def _learn(words: str) -> _Words | None:
    """Return what words say; ``None`` when they hold a value or no Han, or depend on what stands around them."""
    if not is_closed(words):
        return None
    text = f"\n{words}\n"
    tokens = tokenize(text, 1, len(text) - 1)
    stream = join_fragments(text, tokens)
    hits, meanings = find_labels(stream)
    if tokens.values or not tokens.fragments:
        return None
    spans = [range(hit.start, hit.end) for hit in hits]
    free = [part for part in tokens.fragments if not any(part.start in span for span in spans)]
    settled = all(hit.meaning is not OPEN for hit in hits)
    return _Words(
        text=stream.text,
        hits=tuple((hit.start - 1, hit.end - 1, hit.key, hit.meaning) for hit in hits),
        meanings=tuple(meanings),
        fragments=() if settled else tuple((start - 1, end - 1) for start, end in tokens.fragments),
        free=tuple((start - 1, end - 1) for start, end in free) if settled else (),
        begun=may_end_in(stream.text),
        unfinished=may_begin_in(stream.text),
    )


def read_page(folded: str, start: int, end: int) -> Page:
    """Return what is printed in ``folded[start:end]``; offsets index ``folded``."""
    known, pages = _known(), page_lines(folded, start, end)
    reader = _Reader(folded, Grid(folded, start, end))
    following = start
    for line in folded[start:end].split("\n"):
        at, following = following, following + len(line) + 1
        if not line:
            continue
        words = line.rstrip(_BEHIND)
        found = known[words] if words else _NOTHING
        size = len(words)
        values: Sequence[Value] | None = ()
        if size < len(line):
            separated = not size or line[size] in _SEPARATORS
            values = plain_values(line[size:], at + size) if found is not None and separated else None
        if found is None or values is None or at in pages or (at == start > 0 and folded[at - 1] != "\n"):
            reader.add_line(at, following - 1)
        elif words:
            reader.add_words(at, following - 1, found, values)
        elif values:
            reader.add_numbers(following - 1, values)
    reader.flush()
    return reader.page


_NOTHING = _Words("", (), (), (), (), begun=False, unfinished=False)


class _Mark(NamedTuple):
    """A line with known words over whose end a label may run: where it is, and how much was on the page before it."""

    start: int
    text: str
    sizes: tuple[int, ...]


class _Reader:
    """Adds lines to a page. Lines over which a label may run are kept together and read the long way."""

    def __init__(self, folded: str, grid: Grid) -> None:
        self._folded = folded
        self.page = Page(Labels([], []), [], [], [], grid)
        self._lists: tuple[list[Any], ...] = (*self.page.labels, *self.page[1:4])
        self._start = -1  # of the lines kept together; -1: there are none
        self._end = -1
        self._ordinal = False  # whether the next line tells if they end with an ordinal
        self._waiting: list[Value] = []  # numbers on lines of their own behind them: labels run on over these
        self._mark: _Mark | None = None

    def add_words(self, start: int, end: int, words: _Words, values: Sequence[Value]) -> None:
        """Add a line with known words and plain numbers behind them."""
        if self._start >= 0:
            if self._ordinal or words.begun:
                self._keep(start, end)
                return
            self.flush()
        elif self._mark is not None and words.begun and may_run(self._mark.text, words.text):
            self._keep(start, end)
            return
        (hits, meanings), printed, fragments, free, _ = self.page
        if words.unfinished:
            sizes = (len(hits), len(meanings), len(printed), len(fragments), len(free))
            self._mark = _Mark(start, words.text, sizes)
        else:
            self._mark = None
        new = tuple.__new__  # makes a named tuple in half the time
        for first, last, key, meaning in words.hits:
            hits.append(new(Hit, (start + first, start + last, key, meaning, False)))
        meanings += words.meanings
        printed += values
        if words.fragments:
            fragments += [Fragment(start + first, start + last) for first, last in words.fragments]
        if words.free:
            free += [Fragment(start + first, start + last) for first, last in words.free]

    def add_line(self, start: int, end: int) -> None:
        """Add a line that must be read the long way."""
        self._keep(start, end)
        self._ordinal = self._folded[start:end].rstrip().endswith(_ORDINAL_ENDS)

    def add_numbers(self, end: int, values: Sequence[Value]) -> None:
        """Add a line of numbers only."""
        if self._start < 0:
            self.page.values.extend(values)
        elif self._ordinal:
            self._end, self._ordinal = end, False
        else:
            self._waiting += values

    def _keep(self, start: int, end: int) -> None:
        """Keep a line with those before, or with the last one, over whose end a label may run."""
        if self._start < 0:
            self._start = start
            if self._mark is not None:
                self._start = self._mark.start
                for part, size in zip(self._lists, self._mark.sizes, strict=True):
                    del part[size:]
        self._mark = None
        self._end, self._ordinal = end, False
        self._waiting.clear()

    def flush(self) -> None:
        """Read the lines kept together and what waits behind them."""
        if self._start >= 0:
            tokens = tokenize(self._folded, self._start, self._end)
            labels = find_labels(join_fragments(self._folded, tokens))
            for part, more in zip(self._lists, (*labels, tokens.values, tokens.fragments, ()), strict=True):
                part.extend(more)
            self.page.values.extend(self._waiting)
            self._waiting.clear()
            self._start, self._ordinal = -1, False
