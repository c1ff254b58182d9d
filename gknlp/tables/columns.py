"""The order of the columns, from the header as it is printed.

The orders depend on nothing but the words of the header and of the form, and headers recur from report to report.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from gknlp.tables.labels import Hit
from gknlp.tables.match import Name


class Order(NamedTuple):
    """Ids from left to right; ``stated`` whether the header names enough of them to be sure.

    ``believed`` is false when the header seems to show another order, but by halves of labels.
    """

    columns: tuple[str, ...] | None
    stated: bool
    believed: bool = True


def names(headers: Iterable[Hit]) -> tuple[Name, ...]:
    """Return what the labels of a header stand for, and their words as they are printed."""
    return tuple([(hit.meaning.id, hit.key) for hit in headers])


@lru_cache(maxsize=1024)
def request_order(headers: tuple[Name, ...], form: tuple[Name, ...]) -> Order:
    """Return the column order of section 三 from the header labels before its first row.

    The header is a tree of three rows: 申请人情况 (over natural persons and organisations) and the total, below it
    the persons and the organisations, below those the five kinds. Flattened it is read from the top, so the order of
    a level is the order of its own labels. ``columns`` is ``None`` when another order than the form's shows but
    cannot be made out completely.
    """
    canonical = tuple(column for column, _ in form)
    places: dict[str, int] = {}
    for index, (label, _) in enumerate(headers):
        places.setdefault(label, index)
    persons, total, kinds = canonical[0], canonical[-1], canonical[1:-1]
    stated = sum(kind in places for kind in kinds) >= len(kinds) - 1 and persons in places and total in places
    inner = block_order(tuple(name for name in headers if name[0] in kinds), form[1:-1])
    if inner.columns is None:
        return Order(None, stated)
    if not stated or not inner.believed:
        return Order(canonical, False)
    order = _tree(places, canonical, inner.columns)
    if order != canonical and not _are_whole(headers, form):
        return Order(canonical, False, believed=False)
    return Order(order, stated)


def _are_whole(headers: Iterable[Name], wanted: Iterable[Name]) -> bool:
    """Whether no label of a header is printed in halves."""
    labels = dict(wanted)
    return all(labels[label].endswith(key) for label, key in headers if label in labels)


def _tree(places: dict[str, int], canonical: tuple[str, ...], kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Put persons and total beside the kinds of organisation, where the upper rows of the header have them."""
    persons, total = canonical[0], canonical[-1]
    if "organisations" not in places and not set(canonical) - set(places):
        return _flat(places, canonical)
    organisations = places.get("organisations", min(places[kind] for kind in kinds if kind in places))
    order = (*kinds, persons) if places[persons] > organisations else (persons, *kinds)
    first = places[total] < min(places.get("applicants", places[persons]), places[persons])
    return (total, *order) if first else (*order, total)


def _flat(places: dict[str, int], canonical: tuple[str, ...]) -> tuple[str, ...]:
    """A header in one row: its labels stand in column order, but for a total that is printed above the rest."""
    persons, total = canonical[0], canonical[-1]
    columns = sorted(canonical, key=lambda column: places[column])
    if "applicants" in places and places[total] < places[persons]:
        columns = [column for column in columns if column != total] + [total]
    return tuple(columns)


@lru_cache(maxsize=1024)
def block_order(headers: tuple[Name, ...], wanted: tuple[Name, ...]) -> Order:
    """Return the order of ``wanted`` among the labels of one header; the form's order where the header says nothing.

    Halves of labels that are wrapped over lines stand in the order of their lines: only whole labels can show another
    order than the form's.
    """
    form = tuple(entry for entry, _ in wanted)
    first: dict[str, str] = {}
    for label, key in headers:
        if label in form:
            first.setdefault(label, key)
    printed = tuple(first)
    if printed == form:
        return Order(form, True)
    stated = len(printed) == len(form)
    if printed == tuple(entry for entry in form if entry in first):
        return Order(form, stated)
    if not _are_whole(first.items(), wanted):
        return Order(form, False, believed=False)
    return Order(printed if stated else None, stated)
