"""Token stream -> labels: every place where a label of any form is printed, in text order.

The Han fragments are joined without their white space and punctuation, so a label that is wrapped over lines or
split over cells is found like any other; one trie-shaped alternation looks for all labels of all forms at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Literal, NamedTuple

from gknlp.knowledge.forms import Form, folded_keys, load_forms
from gknlp.tables.lexer import Tokens
from gknlp.text.trie import trie_pattern

Kind = Literal["row", "column", "group", "header", "title"]

_SHORT = 5  # Han characters; a key that short must begin where a fragment begins
_TINY = 2  # Han characters; a key that short must be a whole fragment


class Meaning(NamedTuple):
    """What a printed key may stand for."""

    table: str
    kind: Kind
    id: str
    exact: bool


class Label(NamedTuple):
    """One printed label: its place and all that it may mean.

    ``settled`` says whether only one meaning is left, apart from which kind of heading it is.
    """

    start: int
    end: int
    key: str
    meanings: tuple[Meaning, ...]
    settled: bool


class _Reading(NamedTuple):
    """What a key may mean where it ends with its fragment, and where it may be the beginning of a longer word."""

    whole: tuple[Meaning, ...]
    settled: bool
    begun: tuple[Meaning, ...]
    begun_settled: bool


def _reading(meanings: tuple[Meaning, ...]) -> _Reading:
    begun = tuple(meaning for meaning in meanings if not meaning.exact)
    return _Reading(meanings, _is_one(meanings), begun, _is_one(begun))


def _is_one(meanings: tuple[Meaning, ...]) -> bool:
    if len(meanings) < 2:
        return True
    kinds = {meaning.kind for meaning in meanings}
    return len({meaning.table for meaning in meanings}) == 1 and ("row" not in kinds or "column" not in kinds)


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[re.Pattern[str], dict[str, _Reading]]:
    """Return the pattern over all keys of all forms and what each key may mean."""
    meanings: dict[str, dict[Meaning, None]] = {}
    for form in load_forms():
        for key, meaning in _form_keys(form):
            meanings.setdefault(key, {})[meaning] = None
    return re.compile(trie_pattern(meanings)), {key: _reading(tuple(found)) for key, found in meanings.items()}


def _form_keys(form: Form) -> list[tuple[str, Meaning]]:
    found: list[tuple[str, Meaning]] = []
    for table in form.table:
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
    """The Han text of a region without anything between, and where each fragment of it stands in the document."""

    text: str
    offsets: list[int]  # of each fragment in the stream
    starts: dict[int, int]  # where a fragment begins: from its offset in the stream to its place
    ends: dict[int, int]
    tokens: Tokens

    def place(self, at: int) -> int:
        """Return the place in the document of position ``at`` of the stream."""
        index = bisect_right(self.offsets, at) - 1
        return self.tokens.fragments[index].start + at - self.offsets[index]


def join_fragments(folded: str, tokens: Tokens) -> Stream:
    """Return the stream of ``tokens``."""
    parts: list[str] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    at = 0
    for start, end in tokens.fragments:
        parts.append(folded[start:end])
        starts[at] = start
        at += end - start
        ends[at] = end
    return Stream("".join(parts), list(starts), starts, ends, tokens)


def find_labels(stream: Stream) -> list[Label]:
    """Return the labels printed in the stream, in text order."""
    pattern, vocabulary = _vocabulary()
    place_of_start, place_of_end = stream.starts.get, stream.ends.get
    new = tuple.__new__  # makes a named tuple in half the time
    labels: list[Label] = []
    for match in pattern.finditer(stream.text):
        start, end = match.span()
        begin, stop = place_of_start(start), place_of_end(end)
        if begin is None or stop is None:
            length = end - start
            if (length <= _SHORT and begin is None) or (length <= _TINY and stop is None):
                continue
            begun = stop is None and length <= _SHORT
            begin = stream.place(start) if begin is None else begin
            stop = stream.place(end - 1) + 1 if stop is None else stop
        else:
            begun = False
        key = match[0]
        meanings, settled, part, part_settled = vocabulary[key]
        if not begun:
            labels.append(new(Label, (begin, stop, key, meanings, settled)))
        elif part:
            labels.append(new(Label, (begin, stop, key, part, part_settled)))
    return labels
