"""``gknlp show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gknlp.cli.reports import read_reports
from gknlp.cli.terminal import clean, fit, pad, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gknlp.model import Cell, Check, Report, Table

LABEL_COLUMNS = 36
STATE_SIGNS = {"blank": ".", "dash": "-", "absent": "x", "unreadable": "?"}
# What stands behind a value, and the note that explains it under the table.
NOTES = {
    "!": "in a failed check",
    "~": "solved: the row had lost values, and the equations leave only this one",
    "[": "a proposed repair, never merged into the value",
    ".": "printed blank",
    "x": "not printed",
    "?": "printed, but not readable with certainty",
}


@click.command("show")
@click.argument("report")
@click.option("--table", "-t", "tables", multiple=True, metavar="ID", help="Only this table (may be repeated).")
@click.option("--all", "everything", is_flag=True, help="Also checks that passed and informative diagnostics.")
def command(report: str, tables: tuple[str, ...], everything: bool) -> None:
    """Show the tables with doubtful cells marked, and what failed.

    REPORT is a JSON report, a file of JSON Lines, a source file (which is extracted), or - for standard input.

    \b
    gknlp show out/report.json
    gknlp show report.txt --table requests
    gknlp extract report.txt | gknlp show -
    """
    for item in read_reports(report):
        click.echo("\n".join(_report(item, tables, everything=everything)))


def _report(report: Report, tables: tuple[str, ...], *, everything: bool) -> Iterator[str]:
    yield click.style(clean(report.title or report.source.path), bold=True)
    yield _facts_about(report)
    failed = [check for check in report.checks if check.status == "fail" and check.severity != "I"]
    doubtful = {key for check in failed for key in check.cells}
    for table in report.tables:
        if not tables or table.id in tables:
            yield ""
            yield from _table(table, doubtful)
    if tables:
        return
    yield from _facts_and_issues(report)
    yield from _checks(report, everything=everything)
    yield from _diagnostics(report, everything=everything)
    yield ""


def _facts_about(report: Report) -> str:
    parts = [report.source.path, f"year {report.year or 'unknown'}", f"form {report.form or 'unknown'}"]
    if report.issuer is not None:
        name = report.issuer.full_name or report.issuer.name
        parts.append(" ".join(filter(None, (name, report.issuer.division_code, "/".join(report.issuer.division_path)))))
    return clean("  |  ".join(parts))


def _table(table: Table, doubtful: set[str]) -> Iterator[str]:
    """Yield the lines of one table: labels left, values right-aligned beneath their columns."""
    rows, columns = _labels(table)
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    values = {place: _value(cell, f"{table.id}/{cell.key}" in doubtful) for place, cell in cells.items()}
    widths = {
        column: max([width(label), *(width(text) for (_, other), text in values.items() if other == column)])
        for column, label in columns.items()
    }
    yield click.style(f"{table.id} ({table.form})", bold=True)
    heads = [pad(label, widths[column], right=True) for column, label in columns.items()]
    yield "  ".join([pad("", LABEL_COLUMNS), *heads])
    for row, label in rows.items():
        line = pad(fit(label, LABEL_COLUMNS), LABEL_COLUMNS)
        for column in columns:
            text = values.get((row, column), "")
            line += "  " + _coloured(text, pad(text, widths[column], right=True))
        yield line.rstrip()
    signs = {sign for text in values.values() for sign in NOTES if sign in text}
    yield from (f"  {sign} {note}" for sign, note in NOTES.items() if sign in signs)


def _labels(table: Table) -> tuple[dict[str, str], dict[str, str]]:
    """Return the printed labels of the rows and columns by id, the ids themselves for a form that is not known."""
    from gknlp.knowledge.forms import load_forms

    rows = {cell.row: cell.row for cell in table.cells}
    columns = {cell.column: cell.column for cell in table.cells}
    form = next((form.table_form(table.id) for form in load_forms() if form.id == table.form), None)
    if form is not None:
        rows |= {row.id: row.label for row in form.rows if row.id in rows}
        columns |= {column.id: column.label for column in form.columns if column.id in columns}
    return rows, columns


def _value(cell: Cell, doubtful: bool) -> str:
    text = str(cell.value) if cell.value is not None else STATE_SIGNS.get(cell.state, "?")
    text += "~" if cell.reading == "solved" else ""
    text += f"[{cell.repair.value}]" if cell.repair is not None else ""
    return text + ("!" if doubtful else "")


def _coloured(text: str, padded: str) -> str:
    if "!" in text or "?" in text:
        return click.style(padded, fg="red")
    return click.style(padded, fg="yellow") if "~" in text or "[" in text else padded


def _facts_and_issues(report: Report) -> Iterator[str]:
    if report.facts:
        yield ""
        yield click.style("facts", bold=True)
        for fact in report.facts:
            yield f"  {fact.id}  {fact.type} = {fact.value} {fact.unit}  {fit(clean(fact.text), 60)}"
    if report.issues:
        yield ""
        yield click.style("issues", bold=True)
        for item in report.issues:
            labels = ", ".join(label.id for label in item.labels)
            yield f"  {item.id}  {item.role} [{labels}]  {fit(clean(item.text), 60)}"


def _checks(report: Report, *, everything: bool) -> Iterator[str]:
    shown = [check for check in report.checks if everything or check.status == "fail"]
    passed = sum(check.status == "pass" for check in report.checks)
    failed = sum(check.status == "fail" for check in report.checks)
    yield ""
    yield click.style(f"checks: {passed} passed, {failed} failed", bold=True)
    yield from (f"  {check_line(check)}" for check in shown)


def check_line(check: Check) -> str:
    """Return one check in one line."""
    where = " ".join([*([check.table] if check.table else []), *check.where.values()])
    cause = f" (cause: {check.cause})" if check.cause else ""
    return clean(f"{check.severity} {check.rule} {check.status}  {where}: {check.message}{cause}")


def _diagnostics(report: Report, *, everything: bool) -> Iterator[str]:
    shown = [item for item in report.diagnostics if everything or item.severity != "info"]
    if shown:
        yield ""
        yield click.style("diagnostics", bold=True)
        yield from (clean(f"  {item.severity} {item.code}  {item.table or ''}: {item.message}") for item in shown)
