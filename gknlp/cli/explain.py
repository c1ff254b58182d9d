"""``gknlp explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gknlp.cli.reports import one_report
from gknlp.cli.show import check_line
from gknlp.cli.terminal import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gknlp.issues.classify import IssueModel
    from gknlp.model import Cell, Check, Fact, Issue, Label, Report

REASONS = 8  # parts of a label's score that are shown
SECTION_REASONS = 4
NONE_STATED = "none_stated"
READINGS = {
    "direct": "read at its place: the row's label and the column say which cell it is",
    "solved": "the row had lost values or positions; every placement of the printed numbers that satisfies the form's "
    "equations gives this cell this value",
}


@click.command("explain")
@click.argument("report")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
def command(report: str, targets: tuple[str, ...]) -> None:
    """Show where a value comes from.

    That is: the line of the source with the place marked, how it was read, by which rule, and the checks that used it.
    REPORT is a JSON report or a source file. TARGET is cell:TABLE/ROW/COLUMN, fact:ID, issue:ID or check:RULE.

    \b
    gknlp explain out/report.json cell:requests/granted/total
    gknlp explain out/report.json fact:f3
    gknlp explain out/report.json check:T4_REVIEW_SUM
    """
    item = one_report(report)
    for target in targets:
        kind, _, name = target.partition(":")
        if kind not in EXPLAINERS or not name:
            raise click.UsageError(f"{target!r} is not cell:TABLE/ROW/COLUMN, fact:ID, issue:ID or check:RULE")
        lines = list(EXPLAINERS[kind](item, name))
        if not lines:
            raise click.ClickException(f"the report has no {kind} {name}; 'gknlp show --all' lists what it has")
        click.echo("\n".join(lines))


def _cell(report: Report, name: str) -> Iterator[str]:
    for table in report.tables:
        for cell in table.cells:
            if f"{table.id}/{cell.key}" == name:
                yield click.style(f"{name} = {_cell_value(cell)}", bold=True)
                yield f"  form     {table.form}"
                yield from _evidence(report, cell.start, cell.end)
                yield f"  reading  {cell.reading}: {READINGS[cell.reading]}"
                yield from _repair(cell)
                yield from _used_by(check for check in report.checks if name in check.cells)


def _cell_value(cell: Cell) -> str:
    return str(cell.value) if cell.value is not None else f"unknown ({cell.state})"


def _repair(cell: Cell) -> Iterator[str]:
    if cell.repair is not None:
        alone = "the only solution" if cell.repair.unique else "one of several solutions"
        yield f"  repair   {cell.repair.value} by {cell.repair.rule}, {alone}: {cell.repair.proof}"


def _fact(report: Report, name: str) -> Iterator[str]:
    for fact in report.facts:
        if fact.id == name:
            yield click.style(f"{fact.id} {fact.type} = {fact.value} {fact.unit}", bold=True)
            yield from _evidence(report, fact.start, fact.end)
            yield f"  number   {_number(report, fact)}"
            yield f"  reading  {fact.qualifier}, {fact.polarity}, bounds {fact.lower} to {fact.upper}"
            yield f"  period   {fact.period.kind}, {fact.period.start or '?'} to {fact.period.end or '?'}"
            yield f"  scope    {fact.scope}"
            yield from (f"  {key:<8} {value}" for key, value in fact.attributes.items())
            yield f"  rule     {fact.rule}"
            yield from _links(report, fact)
            yield from _used_by(check for check in report.checks if name in check.facts)


def _number(report: Report, fact: Fact) -> str:
    if fact.value_start is None or fact.value_end is None:
        return "none printed"
    return f"{report.text[fact.value_start : fact.value_end]!r} at characters {fact.value_start}-{fact.value_end}"


def _links(report: Report, fact: Fact) -> Iterator[str]:
    if fact.part_of is not None:
        yield f"  part of  {fact.part_of}"
    parts = [item.id for item in report.facts if item.part_of == fact.id]
    if parts:
        yield f"  parts    {', '.join(parts)}"


def _issue(report: Report, name: str) -> Iterator[str]:
    for issue in report.issues:
        if issue.id == name:
            yield click.style(f"{issue.id} {issue.role}", bold=True)
            yield from _evidence(report, issue.start, issue.end)
            for label in issue.labels:
                yield f"  label    {label.id} {label.probability:.2f}"
                yield from _reasons(report, issue, label)
            if issue.addresses:
                yield f"  answers  {', '.join(issue.addresses)}"


def _reasons(report: Report, issue: Issue, label: Label) -> Iterator[str]:
    """What spoke most for a label, with its places in the report; nothing where no model of this name is at hand."""
    from gknlp.issues.classify import load_model

    model = load_model()
    if model.id != report.gknlp.model or label.id not in model.trained:
        return
    for reason in model.explain(issue.text, issue.role, label.id)[:REASONS]:
        spans = ", ".join(f"{issue.start + start}-{issue.start + end}" for start, end in reason.spans)
        told = f"{reason.kind} {reason.text}".strip()
        yield f"    {reason.weight:+.2f} {told}" + (f" at characters {spans}" if spans else "")
    yield from _section_reasons(report, issue, label, model)


def _section_reasons(report: Report, issue: Issue, label: Label, model: IssueModel) -> Iterator[str]:
    """What the item's first guess, its other labels and the items around it made of the label."""
    section = [other for other in report.issues if [one.id for one in other.labels] != [NONE_STATED]]
    items = [(other.text, other.role) for other in section]
    first = model.guess(issue.text, issue.role).probabilities[label.id]
    yield f"    first guess {first:.2f}, in the section {label.probability:.2f}:"
    for reason in model.explain_beside(items, section.index(issue), label.id)[:SECTION_REASONS]:
        yield f"    {reason.weight:+.2f} {reason.kind} {reason.text}".rstrip()


def _check(report: Report, name: str) -> Iterator[str]:
    cells = {f"{table.id}/{cell.key}": cell for table in report.tables for cell in table.cells}
    for check in report.checks:
        if check.rule == name:
            yield click.style(check_line(check), bold=True)
            yield f"  sides    {check.left} and {check.right}"
            for key in check.cells:
                yield f"  cell     {key} = {_cell_value(cells[key]) if key in cells else 'not in the report'}"
            yield from (f"  fact     {fact}" for fact in check.facts)


def _evidence(report: Report, start: int | None, end: int | None) -> Iterator[str]:
    if start is None or end is None:
        yield "  source   not printed"
        return
    line = mark(report.text, start, end)
    yield f"  source   {report.source.path}, line {line.number}, characters {start}-{end}"
    yield f"           {line.text}"
    yield f"           {line.carets}"


def _used_by(checks: Iterator[Check]) -> Iterator[str]:
    yield from (f"  check    {check_line(check)}" for check in checks)


EXPLAINERS: dict[str, Callable[[Report, str], Iterator[str]]] = {
    "cell": _cell,
    "fact": _fact,
    "issue": _issue,
    "check": _check,
}
