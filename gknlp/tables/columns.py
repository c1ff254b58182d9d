"""The order of the columns, from the header as it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gknlp.knowledge.forms import Column, Row, folded_keys
from gknlp.tables.match import Hit


class Order(NamedTuple):
    """Ids from left to right; ``stated`` whether the header names enough of them to be sure.

    ``believed`` is false when the header seems to show another order, but by halves of labels.
    """

    columns: tuple[str, ...] | None
    stated: bool
    believed: bool = True


def request_order(headers: list[Hit], form: tuple[Column, ...]) -> Order:
    """Return the column order of section 三 from the header labels before its first row.

    The header is a tree of three rows: 申请人情况 (over natural persons and organisations) and the total, below it
    the persons and the organisations, below those the five kinds. Flattened it is read from the top, so the order of
    a level is the order of its own labels. ``columns`` is ``None`` when another order than the form's shows but
    cannot be made out completely.
    """
    canonical = tuple(column.id for column in form)
    places: dict[str, int] = {}
    for index, hit in enumerate(headers):
        places.setdefault(hit.meaning.id, index)
    persons, total, kinds = canonical[0], canonical[-1], canonical[1:-1]
    stated = sum(kind in places for kind in kinds) >= len(kinds) - 1 and persons in places and total in places
    inner = block_order([hit for hit in headers if hit.meaning.id in kinds], form[1:-1])
    if inner.columns is None:
        return Order(None, stated)
    order = inner.columns
    stated = stated and inner.believed
    if "organisations" not in places and stated and not set(canonical) - set(places):
        return Order(_flat(places, canonical), stated)
    organisations = places.get("organisations", min((places[kind] for kind in kinds if kind in places), default=None))
    behind = persons in places and organisations is not None and places[persons] > organisations
    order = (*order, persons) if behind else (persons, *order)
    first = total in places and places[total] < min(places.get("applicants", len(headers)), places.get(persons, -1))
    return Order((total, *order) if first else (*order, total), stated)


def _flat(places: dict[str, int], canonical: tuple[str, ...]) -> tuple[str, ...]:
    """A header in one row: its labels stand in column order, but for a total that is printed above the rest."""
    persons, total = canonical[0], canonical[-1]
    columns = sorted(canonical, key=lambda column: places[column])
    if "applicants" in places and places[total] < places[persons]:
        columns = [column for column in columns if column != total] + [total]
    return tuple(columns)


def block_order(headers: Sequence[Hit], wanted: tuple[Column | Row, ...]) -> Order:
    """Return the order of ``wanted`` among the labels of one header; the form's order where the header says nothing.

    Halves of labels that are wrapped over lines stand in the order of their lines: only whole labels can show another
    order than the form's.
    """
    form = tuple(entry.id for entry in wanted)
    labels = {entry.id: folded_keys((entry.label,))[0] for entry in wanted}
    first: dict[str, Hit] = {}
    for hit in headers:
        if hit.meaning.id in labels:
            first.setdefault(hit.meaning.id, hit)
    printed = tuple(first)
    stated = len(printed) == len(form)
    if printed == tuple(entry for entry in form if entry in first):
        return Order(form, stated)
    if not all(labels[entry].endswith(hit.key) for entry, hit in first.items()):
        return Order(form, False, believed=False)
    return Order(printed if stated else None, stated)
