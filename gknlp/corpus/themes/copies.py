"""Boilerplate: items that stand, all but word for word, in the reports of several issuers or years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from gknlp.corpus.themes.observe import Item, Observation
from gknlp.corpus.themes.shares import DIGITS
from gknlp.model import Record, Role
from gknlp.text.normalize import fold
from gknlp.text.reuse import shingles

_SKETCH = 12  # smallest hashes kept of an item
_KEYS = 4  # of them, those by which alike items find each other
SIMILAR = 0.5  # one word changed in a sentence of forty characters leaves about half of its runs
_SHORTEST = 5  # hashes; of a shorter item nothing can be said


class Copied(Record, frozen=True, kw_only=True):
    """Items that are nearly the same: how many, of how many issuers and reports, and the first of them."""

    items: int
    issuers: int
    reports: int
    role: str
    text: str


class Copies(Record, frozen=True, kw_only=True):
    """All groups of copied items, the largest first, and the share of items that another issuer has too."""

    groups: tuple[Copied, ...]
    items: int
    copied: int
    share: float


def find_copies(reports: Sequence[Observation], role: Role) -> tuple[Copies, frozenset[tuple[int, int]]]:
    """Return the items of a role that reports of two issuers have, and their places (report, item) in ``reports``.

    Items are compared by the smallest hashes of their runs of eight characters (a bottom-k sketch, Broder 1997); two
    are nearly the same when an estimated half of the runs of both is common to both.
    """
    places = [
        (at, number)
        for at, report in enumerate(reports)
        for number, item in enumerate(report.items)
        if item.role == role
    ]
    groups = _grouped([_sketch(reports[at].items[number]) for at, number in places])
    found, copied = [], set()
    for group in groups:
        members = [places[index] for index in group]
        issuers = {reports[at].issuer or reports[at].id for at, _ in members}
        if len(issuers) < 2:
            continue
        copied.update(members)
        at, number = members[0]
        item = reports[at].items[number]
        found.append(
            Copied(
                items=len(members),
                issuers=len(issuers),
                reports=len({at for at, _ in members}),
                role=role,
                text=item.text,
            )
        )
    found.sort(key=lambda one: (-one.issuers, -one.items, one.text))
    share = round(len(copied) / len(places), DIGITS) if places else 0.0
    return Copies(groups=tuple(found), items=len(places), copied=len(copied), share=share), frozenset(copied)


def without(reports: Sequence[Observation], places: frozenset[tuple[int, int]]) -> list[Observation]:
    """Return the reports without the items at ``places``."""
    return [
        report._replace(items=tuple(item for number, item in enumerate(report.items) if (at, number) not in places))
        for at, report in enumerate(reports)
    ]


def _sketch(item: Item) -> tuple[int, ...]:
    """Return the smallest hashes of an item's runs, nothing for one that is too short."""
    hashes = sorted({crc32(run.encode("utf-8", "replace")) for run in shingles(fold(item.text))})
    return tuple(hashes[:_SKETCH]) if len(hashes) >= _SHORTEST else ()


def _grouped(sketches: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """Yield groups of two and more alike sketches; being alike is carried on from member to member."""
    parent = list(range(len(sketches)))

    def top(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for first, second in _candidates(sketches):
        one, two = top(first), top(second)
        if one != two and _alike(sketches[first], sketches[second]):
            parent[max(one, two)] = min(one, two)
    groups: dict[int, list[int]] = {}
    for index in range(len(sketches)):
        groups.setdefault(top(index), []).append(index)
    yield from (group for group in groups.values() if len(group) > 1)


def _candidates(sketches: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, int]]:
    """Yield pairs that share one of their smallest hashes: each item with the first that has the hash."""
    first: dict[int, int] = {}
    for index, sketch in enumerate(sketches):
        for value in sketch[:_KEYS]:
            yield first.setdefault(value, index), index


def _alike(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    if not first or not second:
        return False
    union = sorted({*first, *second})[: min(len(first), len(second))]
    common = set(first) & set(second)
    return sum(value in common for value in union) >= SIMILAR * len(union)
