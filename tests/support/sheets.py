"""Filled form -> printed sheets: header rows, group cells and data rows as the official annex draws them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gknlp.knowledge.forms import Row, TableForm
from tests.support.filled import BLOCKS, FilledForm, Value, table_form

Remedies = Literal["wide", "three", "rows"]

DASH = "/"
RELATION = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
TITLES = {
    "disclosure": "主动公开政府信息情况",
    "requests": "收到和处理政府信息公开申请情况",
    "remedies": "政府信息公开行政复议、行政诉讼情况",
}
_DISCLOSURE_BLOCKS = (
    ("第二十条第（一）项", ("regulations", "normative_documents")),
    ("第二十条第（五）项", ("licensing", "other_services")),
    ("第二十条第（六）项", ("penalties", "coercion")),
    ("第二十条第（八）项", ("fees",)),
    ("第二十条第（九）项", ("procurement",)),
)
_AMOUNT = "（单位：万元，保留4位小数）"


class Line(NamedTuple):
    """One row of a sheet: label cells ('' = covered by a merged neighbour), then value cells.

    ``row`` is the form's row of a data line, '' for a heading. ``fields`` are the columns of the printed values.
    """

    labels: tuple[str, ...]
    values: tuple[str, ...]
    row: str = ""
    fields: tuple[str, ...] = ()


class Sheet(NamedTuple):
    """One table as printed."""

    table: str
    lines: tuple[Line, ...]


def sheets(filled: FilledForm, *, remedies: Remedies = "wide", order: tuple[int, ...] = ()) -> tuple[Sheet, ...]:
    """Return all sheets of a form; ``order`` permutes the seven columns of section three (total included)."""
    return (
        disclosure_sheet(filled),
        requests_sheet(filled, order or tuple(range(7))),
        *_REMEDIES[remedies](filled),
    )


def printed(value: Value) -> str:
    """Return a value in plain digits, '' for a blank and '/' for a dash."""
    if value == "blank":
        return ""
    if value == "dash":
        return DASH
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def disclosure_sheet(filled: FilledForm) -> Sheet:
    """Return section two: one block an item of article 20, four columns wide."""
    form = table_form(filled.form, "disclosure")
    rows = {row.id: row for row in form.rows}
    lines: list[Line] = []
    for title, ids in _DISCLOSURE_BLOCKS:
        block = [rows[row] for row in ids if row in rows]
        if not block:
            continue
        names = [_column_label(form, column) for column in form.columns_of(block[0])]
        lines.append(Line((title,), ("", "", "")))
        lines.append(Line(("信息内容",), _pad(names, 3)))
        lines += [_disclosure_line(filled, form, row) for row in block]
    return Sheet("disclosure", tuple(lines))


def _disclosure_line(filled: FilledForm, form: TableForm, row: Row) -> Line:
    columns = form.columns_of(row)
    values = [printed(filled.cells["disclosure", row.id, column]) for column in columns]
    return Line((row.label,), _pad(values, 3), row.id, columns)


def _column_label(form: TableForm, column: str) -> str:
    label = next(entry.label for entry in form.columns if entry.id == column)
    return label.partition("（")[0] + _AMOUNT if column == "amount_wan" else label


def _pad(values: list[str], width: int) -> tuple[str, ...]:
    return (*values, *[""] * (width - len(values)))


def requests_sheet(filled: FilledForm, order: tuple[int, ...]) -> Sheet:
    """Return section three: three label columns and seven value columns."""
    form = table_form(filled.form, "requests")
    lines = [*_plain_header(form, order)] if order != tuple(range(7)) else [*_nested_header(form)]
    seen: set[str] = set()
    for row in form.rows:
        columns = tuple(form.columns[index].id for index in order)
        values = tuple(printed(filled.cells["requests", row.id, column]) for column in columns)
        lines.append(Line(_request_labels(form, row, seen), values, row.id, columns))
    return Sheet("requests", tuple(lines))


def _request_labels(form: TableForm, row: Row, seen: set[str]) -> tuple[str, str, str]:
    """Return section, group and item cell; a cell that was printed above is covered by its merged neighbour."""
    if row.role in ("new", "carried_in", "carried_out"):
        return row.label, "", ""
    groups = {group.id: group.label for group in form.groups}
    first = "" if "results" in seen else groups["results"]
    seen.add("results")
    if row.group is None:
        return first, row.label, ""
    second = "" if row.group in seen else groups[row.group]
    seen.add(row.group)
    return first, second, row.label


def _nested_header(form: TableForm) -> tuple[Line, ...]:
    names = [column.label for column in form.columns]
    return (
        Line((RELATION, "", ""), ("申请人情况", *[""] * 6)),
        Line(("", "", ""), (names[0], "法人或其他组织", "", "", "", "", names[6])),
        Line(("", "", ""), ("", *names[1:6], "")),
    )


def _plain_header(form: TableForm, order: tuple[int, ...]) -> tuple[Line, ...]:
    return (Line((RELATION, "", ""), tuple(form.columns[index].label for index in order)),)


def _remedies_wide(filled: FilledForm) -> tuple[Sheet, ...]:
    form = table_form(filled.form, "remedies")
    names = [column.label for column in form.columns]
    empty = [""] * 4
    fields = tuple(f"{block}/{column.id}" for block in BLOCKS for column in form.columns)
    values = tuple(printed(filled.cells["remedies", block, c.id]) for block in BLOCKS for c in form.columns)
    lines = (
        Line((), ("行政复议", *empty, "行政诉讼", *[""] * 9)),
        Line((), (*names, "未经复议直接起诉", *empty, "复议后起诉", *empty)),
        Line((), (*[""] * 5, *names, *names)),
        Line((), values, "all", fields),
    )
    return (Sheet("remedies", lines),)


_BLOCK_NAMES = {"review": "行政复议", "suit_direct": "未经复议直接起诉", "suit_after_review": "复议后起诉"}


def _block_line(filled: FilledForm, block: str, labels: tuple[str, ...]) -> Line:
    columns = tuple(column.id for column in table_form(filled.form, "remedies").columns)
    values = tuple(printed(filled.cells["remedies", block, column]) for column in columns)
    return Line(labels, values, block, tuple(f"{block}/{column}" for column in columns))


def _remedies_three(filled: FilledForm) -> tuple[Sheet, ...]:
    names = tuple(column.label for column in table_form(filled.form, "remedies").columns)
    found = []
    for block in BLOCKS:
        over = "" if block == "review" else "行政诉讼"
        top = [Line((), (over, "", "", "", ""))] if over else []
        title = Line((), (_BLOCK_NAMES[block], "", "", "", ""))
        found.append(Sheet("remedies", (*top, title, Line((), names), _block_line(filled, block, ()))))
    return tuple(found)


def _remedies_rows(filled: FilledForm) -> tuple[Sheet, ...]:
    names = tuple(column.label for column in table_form(filled.form, "remedies").columns)
    labels = {
        "review": ("行政复议", ""),
        "suit_direct": ("行政诉讼", "未经复议直接起诉"),
        "suit_after_review": ("", "复议后起诉"),
    }
    lines = [_block_line(filled, block, labels[block]) for block in BLOCKS]
    return (Sheet("remedies", (Line(("类别", ""), names), *lines)),)


_REMEDIES = {"wide": _remedies_wide, "three": _remedies_three, "rows": _remedies_rows}
