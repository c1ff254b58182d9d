"""Token stream -> labels: every place where a label of any form is printed, in text order.

The Han fragments are joined without their white space and punctuation, so a label that is wrapped over lines or
split over cells is found like any other; one automaton looks for all labels of all forms at once.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple

import msgspec

from gknlp.knowledge.forms import Form, folded_keys, load_forms
from gknlp.tables.lexer import Tokens
from gknlp.text.words import WordScanner

Kind = Literal["row", "column", "group", "header", "title"]

_SHORT = 5  # Han characters; a key that short must begin where a fragment begins
_TINY = 2  # Han characters; a key that short must be a whole fragment


class Meaning(NamedTuple):
    """What a printed key may stand for."""

    table: str
    kind: Kind
    id: str
    exact: bool


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A printed label: its place, its words and what it means."""

    start: int
    end: int
    key: str
    meaning: Meaning
    guessed: bool = False  # read although it is printed with a wrong character


OPEN = Meaning("", "title", "", False)
"""The meaning of a label that is not settled yet."""


class Labels(NamedTuple):
    """Printed labels in text order, and all that each of them may mean; several meanings leave one :data:`OPEN`."""

    hits: list[Hit]
    meanings: list[tuple[Meaning, ...]]


class _Reading(NamedTuple):
    """What a key may mean where it ends with its fragment, and where it may be the beginning of a longer word.

    Each with the first meaning, which is :data:`OPEN` when more than the kind of heading is open.
    """

    key: str
    whole: tuple[Meaning, ...]
    settled: Meaning
    begun: tuple[Meaning, ...]
    begun_settled: Meaning


def _reading(key: str, meanings: tuple[Meaning, ...]) -> _Reading:
    begun = tuple(meaning for meaning in meanings if not meaning.exact)
    return _Reading(key, meanings, _settled(meanings), begun, _settled(begun))


def _settled(meanings: tuple[Meaning, ...]) -> Meaning:
    kinds = {meaning.kind for meaning in meanings}
    one = len({meaning.table for meaning in meanings}) == 1 and ("row" not in kinds or "column" not in kinds)
    return meanings[0] if one else OPEN


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[WordScanner, list[_Reading]]:
    """Return what finds all keys of all forms, the longest of those that begin together, and what each may mean."""
    meanings: dict[str, dict[Meaning, None]] = {}
    for form in load_forms():
        for key, meaning in _form_keys(form):
            meanings.setdefault(key, {})[meaning] = None
    return WordScanner(meanings), [_reading(key, tuple(found)) for key, found in meanings.items()]


def _form_keys(form: Form) -> list[tuple[str, Meaning]]:
    found: list[tuple[str, Meaning]] = []
    for table in form.sectioned:
        for row in table.rows:
            found += [(key, Meaning(table.id, "row", row.id, row.exact)) for key in folded_keys(row.keys)]
        for column in table.columns:
            found += [(key, Meaning(table.id, "column", column.id, False)) for key in folded_keys(column.keys)]
        for group in table.groups:
            found += [(key, Meaning(table.id, "group", group.id, True)) for key in folded_keys(group.keys)]
        header = table.header
        found += [(key, Meaning(table.id, "header", "applicants", False)) for key in folded_keys(header.applicants)]
        found += [(k, Meaning(table.id, "header", "organisations", False)) for k in folded_keys(header.organisations)]
        found += [(key, Meaning(table.id, "title", key, False)) for key in folded_keys(table.titles)]
    return found


class Stream(NamedTuple):
    """The Han text of a region without anything between, and where each fragment of it stands in the document.

    ``offsets`` are those of the fragments in the stream, and the end of the last; ``numbers`` tells which fragment
    begins at an offset.
    """

    text: str
    offsets: list[int]
    numbers: dict[int, int]
    tokens: Tokens

    def place(self, at: int) -> int:
        """Return the place in the document of position ``at`` of the stream."""
        index = bisect_right(self.offsets, at) - 1
        return self.tokens.fragments[index][0] + at - self.offsets[index]


def join_fragments(folded: str, tokens: Tokens) -> Stream:
    """Return the stream of ``tokens``."""
    parts = [folded[start:end] for start, end in tokens.fragments]
    offsets = list(accumulate(map(len, parts), initial=0))
    return Stream("".join(parts), offsets, dict(zip(offsets, range(len(offsets)), strict=True)), tokens)


def find_labels(stream: Stream) -> Labels:
    """Return the labels printed in the stream."""
    scanner, vocabulary = _vocabulary()
    fragments, number_at = stream.tokens.fragments, stream.numbers.get
    hits: list[Hit] = []
    meant: list[tuple[Meaning, ...]] = []
    for which, start, end in scanner.longest(stream.text):
        first, following = number_at(start), number_at(end)
        key, meanings, settled, begun, begun_settled = vocabulary[which]
        if first is None or following is None:
            length = end - start
            if (length <= _SHORT and first is None) or (length <= _TINY and following is None):
                continue
            if following is None and length <= _SHORT:
                meanings, settled = begun, begun_settled
                if not meanings:
                    continue
        begin = stream.place(start) if first is None else fragments[first][0]
        stop = stream.place(end - 1) + 1 if following is None else fragments[following - 1][1]
        hits.append(Hit(begin, stop, key, settled))
        meant.append(meanings)
    return Labels(hits, meant)
