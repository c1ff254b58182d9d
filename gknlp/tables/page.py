"""The labels and values of a region, line by line: what the words of a line say is worked out once and kept.

The words of the forms recur in every report, the numbers behind them do not. A line is the words at its head and plain
numbers behind them: where the words are known, only the numbers are read. What does not fit - words met for the first
time, marks, prose, labels that are wrapped over lines - is read the long way (:mod:`lexer`, :mod:`labels`), which
gives the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.tables.labels import OPEN, Hit, Labels, Meaning, find_labels, join_fragments, may_begin_in, may_end_in
from gknlp.tables.lexer import Fragment, Grid, Tokens, Value, is_closed, page_lines, plain_values, tokenize

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

    ``begun`` is whether a label that began on the line before may end in them, ``unfinished`` whether one that begins
    in them may end on the next line. ``settled`` is whether every label has one meaning.
    """

    hits: tuple[tuple[int, int, str, Meaning], ...]
    meanings: tuple[tuple[Meaning, ...], ...]
    fragments: tuple[tuple[int, int], ...]
    free: tuple[tuple[int, int], ...]
    settled: bool
    begun: bool
    unfinished: bool


class _Known(dict[str, _Words | None]):
    """The words of lines met before; ``None`` for those that must be read the long way."""

    def __missing__(self, words: str) -> _Words | None:
        found = _learn(words)
        if found is not None:
            if len(self) >= _MOST:
                self.clear()
            self[words] = found
        return found


@lru_cache(maxsize=1)
def _known() -> _Known:
    return _Known()


def _learn(words: str) -> _Words | None:
    """Return what words say; ``None`` when they hold a value or no label, or depend on what stands around them."""
    if len(words) > _LONGEST or not is_closed(words) or words.endswith(_ORDINAL_ENDS):
        return None
    text = f"\n{words}\n"
    tokens = tokenize(text, 1, len(text) - 1)
    stream = join_fragments(text, tokens)
    hits, meanings = find_labels(stream)
    if tokens.values or not hits:
        return None
    spans = [range(hit.start, hit.end) for hit in hits]
    free = [part for part in tokens.fragments if not any(part.start in span for span in spans)]
    return _Words(
        hits=tuple((hit.start - 1, hit.end - 1, hit.key, hit.meaning) for hit in hits),
        meanings=tuple(meanings),
        fragments=tuple((start - 1, end - 1) for start, end in tokens.fragments),
        free=tuple((start - 1, end - 1) for start, end in free),
        settled=all(hit.meaning is not OPEN for hit in hits),
        begun=may_end_in(stream.text),
        unfinished=may_begin_in(stream.text),
    )


def read_page(folded: str, start: int, end: int) -> Page:
    """Return what is printed in ``folded[start:end]``; offsets index ``folded``."""
    known, pages = _known(), page_lines(folded, start, end)
    reader = _Reader(folded, start, end)
    following = start
    for line in folded[start:end].split("\n"):
        at, following = following, following + len(line) + 1
        words = line.rstrip(_BEHIND)
        behind = line[len(words) :]
        values = plain_values(behind, at + len(words)) if behind else ()
        if not words and values is not None and at not in pages:
            if values:
                reader.add_numbers(at + len(line), values)
        elif values is None or (behind and behind[0] not in _SEPARATORS) or at in pages or reader.is_inside(at):
            reader.add_line(at, at + len(line), None, ())
        else:
            reader.add_line(at, at + len(line), known[words], values)
    reader.flush()
    return reader.page


class _Reader:
    """Collects lines into groups over which labels may run: one line with known words, or several read the long way."""

    def __init__(self, folded: str, start: int, end: int) -> None:
        self._folded = folded
        self._start = start
        self.page = Page(Labels([], []), [], [], [], Grid(folded, start, end))
        self._first = self._last = -1  # the group's place; -1: there is none
        self._words: _Words | None = None  # of a group that is one line
        self._values: Sequence[Value] = ()  # of that line
        self._unfinished = False  # whether a label may go on behind the group
        self._ordinal = False  # whether the next line tells if the group ends with an ordinal
        self._waiting: list[Value] = []  # numbers on lines of their own behind the group

    def is_inside(self, at: int) -> bool:
        """Whether the line at ``at`` is the end of one that began before the region."""
        return at == self._start and at > 0 and self._folded[at - 1] != "\n"

    def add_line(self, start: int, end: int, words: _Words | None, values: Sequence[Value]) -> None:
        """Add a line with words, ``None`` when they must be read the long way."""
        if self._first >= 0 and (self._ordinal or (self._unfinished and (words is None or words.begun))):
            self._words = None
            self._waiting.clear()
        else:
            self.flush()
            self._first, self._words, self._values = start, words, values
        self._last = end
        self._unfinished = words is None or words.unfinished
        self._ordinal = words is None and self._folded[start:end].rstrip().endswith(_ORDINAL_ENDS)

    def add_numbers(self, end: int, values: Sequence[Value]) -> None:
        """Add a line of numbers only: labels run on over it."""
        if self._ordinal:
            self._last, self._ordinal = end, False
        else:
            self._waiting += values

    def flush(self) -> None:
        """Read the group and what waits behind it."""
        page = self.page
        if self._first >= 0:
            if self._words is not None:
                self._emit(self._first, self._words)
                page.values.extend(self._values)
            else:
                self._read(tokenize(self._folded, self._first, self._last))
            self._first = -1
        page.values.extend(self._waiting)
        self._waiting.clear()

    def _emit(self, at: int, words: _Words) -> None:
        page, new = self.page, tuple.__new__  # makes a named tuple in half the time
        hits, meanings = page.labels
        for start, end, key, meaning in words.hits:
            hits.append(new(Hit, (at + start, at + end, key, meaning, False)))
        meanings += words.meanings
        if not words.settled:
            page.fragments.extend([Fragment(at + start, at + end) for start, end in words.fragments])
        elif words.free:
            page.free.extend([Fragment(at + start, at + end) for start, end in words.free])

    def _read(self, tokens: Tokens) -> None:
        hits, meanings = find_labels(join_fragments(self._folded, tokens))
        self.page.labels.hits.extend(hits)
        self.page.labels.meanings.extend(meanings)
        self.page.values.extend(tokens.values)
        self.page.fragments.extend(tokens.fragments)
