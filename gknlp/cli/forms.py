"""``gknlp forms``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gknlp.knowledge.forms import Form, TableForm


@click.command("forms")
@click.argument("form", required=False)
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="The forms as JSON, with all labels and equations.")
def command(form: str | None, table: str | None, as_json: bool) -> None:
    """List the official forms with their tables, rows and columns.

    \b
    gknlp forms                     the forms and their tables
    gknlp forms F2021               the rows and columns of one form
    gknlp forms F2021 requests      of one table
    gknlp forms --json              everything, for a program
    """
    from gknlp.knowledge.forms import load_forms

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


def _print_json(forms: list[Form]) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(forms), indent=2))


def _table(table: TableForm, *, rows: bool) -> list[str]:
    """Return the lines that describe one table; its rows and columns on request."""
    lines = [f"  {table.id}  {table.label}: {len(table.rows)} rows, {len(table.keys())} cells"]
    if rows:
        lines += [f"    column {item.id}  {item.label}  {item.unit}".rstrip() for item in table.columns]
        lines += [f"    row    {item.id}  {item.label}" for item in table.rows]
    return lines
