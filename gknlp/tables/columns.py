"""The order of the columns, from the header as it is printed."""

from __future__ import annotations

from typing import NamedTuple

from gknlp.tables.match import Hit


class Order(NamedTuple):
    """Column ids from left to right; ``stated`` whether the header names enough of them to be believed."""

    columns: tuple[str, ...] | None
    stated: bool


def request_order(headers: list[Hit], canonical: tuple[str, ...]) -> Order:
    """Return the column order of section 三 from the header labels before its first row.

    The header is a tree of three rows: 申请人情况 (over natural persons and organisations) and the total, below it
    the persons and the organisations, below those the five kinds. Flattened it is read from the top, so the order of
    a level is the order of its own labels. ``columns`` is ``None`` when another order than the form's shows but
    cannot be made out completely.
    """
    places: dict[str, int] = {}
    for index, hit in enumerate(headers):
        places.setdefault(hit.meaning.id, index)
    persons, total, kinds = canonical[0], canonical[-1], canonical[1:-1]
    printed = sorted((kind for kind in kinds if kind in places), key=lambda kind: places[kind])
    stated = len(printed) >= len(kinds) - 1 and persons in places and total in places
    organisations = places.get("organisations", min((places[kind] for kind in printed), default=None))
    order = [*printed]
    if printed != [kind for kind in kinds if kind in places]:
        if len(printed) < len(kinds):
            return Order(None, stated)
    else:
        order = list(kinds)
    if "organisations" not in places and stated:
        return _flat(places, canonical, order, stated)
    behind = persons in places and organisations is not None and places[persons] > organisations
    order = [*order, persons] if behind else [persons, *order]
    first = total in places and places[total] < min(places.get("applicants", len(headers)), places.get(persons, -1))
    return Order((total, *order) if first else (*order, total), stated)


def _flat(places: dict[str, int], canonical: tuple[str, ...], order: list[str], stated: bool) -> Order:
    """A header in one row: its labels stand in column order, but for a total that is printed above the rest."""
    persons, total = canonical[0], canonical[-1]
    if set(canonical) - set(places):
        return Order((persons, *order, total), stated)
    columns = sorted(canonical, key=lambda column: places[column])
    if "applicants" in places and places[total] < places[persons]:
        columns = [column for column in columns if column != total] + [total]
    return Order(tuple(columns), stated)


def block_order(headers: list[Hit], wanted: tuple[str, ...]) -> Order:
    """Return the order of ``wanted`` among the labels of one header; the form's order where the header says nothing."""
    printed = list(dict.fromkeys(hit.meaning.id for hit in headers if hit.meaning.id in wanted))
    if printed == [column for column in wanted if column in printed]:
        return Order(wanted, len(printed) == len(wanted))
    return Order(tuple(printed) if len(printed) == len(wanted) else None, len(printed) == len(wanted))
