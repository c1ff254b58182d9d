"""``gknlp forms``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gknlp.knowledge.forms import Form, Row, TableForm


@click.command("forms")
@click.argument("form", required=False)
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="The forms (or the crosswalk) as JSON, with all that is known.")
@click.option("--crosswalk", is_flag=True, help="The variables that can be followed over the forms, with their cells.")
def command(form: str | None, table: str | None, as_json: bool, crosswalk: bool) -> None:
    """List the official forms with their tables, rows and columns.

    \b
    gknlp forms                     the forms and their tables
    gknlp forms F2021               the rows and columns of one form
    gknlp forms F2021 requests      of one table
    gknlp forms --json              everything, for a program
    gknlp forms --crosswalk         what can be followed from 2014 to now
    """
    from gknlp.knowledge.forms import load_forms

    if crosswalk:
        _print_crosswalk(as_json=as_json)
        return
    chosen = [item for item in load_forms() if form in (None, item.id)]
    if not chosen:
        raise click.UsageError(f"no form {form}; there are {', '.join(item.id for item in load_forms())}")
    if table is not None and chosen[0].table_form(table) is None:
        names = ", ".join(item.id for item in chosen[0].table)
        raise click.UsageError(f"{form} has no table {table}; it has {names}")
    if as_json:
        _print_json(chosen)
        return
    for item in chosen:
        click.echo(f"{item.id}  {item.title}\n       {item.source}, from {item.first_year}")
        for part in item.table:
            if table in (None, part.id):
                click.echo("\n".join(_table(part, rows=form is not None)))


def _print_crosswalk(*, as_json: bool) -> None:
    import msgspec

    from gknlp.knowledge.crosswalk import load_crosswalk

    variables = load_crosswalk()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(variables), indent=2))
        return
    for one in variables:
        click.echo(f"{one.id}  {one.zh}, {one.en}")
        click.echo(f"    F2014         {' + '.join(one.f2014)}")
        click.echo(f"    F2019, F2021  {' + '.join(one.since_2019)}")
        if one.caution:
            click.echo(f"    caution: {one.caution}")


def _print_json(forms: list[Form]) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(forms), indent=2))


def _table(table: TableForm, *, rows: bool) -> list[str]:
    """Return the lines that describe one table; its rows and columns on request."""
    lines = [f"  {table.id}  {table.label}: {len(table.rows)} rows, {len(table.keys())} cells"]
    if rows:
        lines += [f"    column {item.id}  {item.label}  {item.unit}".rstrip() for item in table.columns]
        lines += [f"    row    {item.id}  {item.label}{_doubt(table, item)}" for item in table.rows]
    return lines


def _doubt(table: TableForm, row: Row) -> str:
    """Say of a label that it was not seen in a published copy; those of the tables of sections all were."""
    return "  (label not verified)" if table.annex and not row.verified else ""
