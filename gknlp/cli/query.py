"""``gknlp query``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from math import isfinite
from typing import TYPE_CHECKING

import click

from gknlp.cli.terminal import clean, fit, pad, width

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from gknlp.export.query import Answer, Plain

MOST_ROWS = 40
WIDEST = 60


@click.command("query", no_args_is_help=True)
@click.argument("out", metavar="OUT")
@click.argument("sql", metavar="SQL")
@click.option(
    "--format", "format_", type=click.Choice(["table", "csv", "jsonl"]), help="Default: table on a terminal, else csv."
)
@click.option("--all", "everything", is_flag=True, help=f"All rows of a table, not the first {MOST_ROWS}.")
def command(out: str, sql: str, format_: str | None, everything: bool) -> None:
    """Ask the reports in OUT a question in SQL.

    OUT is what gknlp extract or gknlp export --to parquet wrote. The tables are those of gknlp export; the codebook is
    one of them. DuckDB runs the SQL; it only reads, and sees nothing but these tables. For many questions about many
    reports, export to Parquet first, or extract with --format parquet.

    \b
    gknlp query out "SELECT year, count(*) FROM reports GROUP BY year ORDER BY year"
    gknlp query out "SELECT issuer, t3_new_tot FROM panel ORDER BY t3_new_tot DESC LIMIT 10"
    gknlp query out "SELECT rule, count(*) FROM checks WHERE status = 'fail' GROUP BY rule ORDER BY 2 DESC"
    gknlp query out "DESCRIBE facts"
    gknlp query out "SELECT column_name, code, zh, en FROM codebook WHERE table_name = 'cells'" --all
    """
    from gknlp.errors import GknlpError
    from gknlp.export.query import query

    chosen = format_ or ("table" if sys.stdout.isatty() else "csv")
    try:
        answer = query(out, sql)
        for line in _FORMATS[chosen](answer, None if everything else MOST_ROWS):
            click.echo(line)
    except GknlpError as error:
        raise click.ClickException(str(error)) from error


def _as_table(answer: Answer, most: int | None) -> Iterator[str]:
    rows = [[fit(clean(_text(value)), WIDEST) for value in row] for row in islice(answer.rows, most)]
    columns = list(zip(answer.names, *rows, strict=True))
    widths = [max(map(width, column)) for column in columns]
    for row in (answer.names, *rows):
        yield "  ".join(pad(value, columns) for value, columns in zip(row, widths, strict=True)).rstrip()
    if most is not None and len(rows) == most and next(answer.rows, None) is not None:
        yield f"... the first {most} rows; --all gives all"


def _as_csv(answer: Answer, most: int | None) -> Iterator[str]:
    import csv
    import io

    for row in chain((answer.names,), answer.rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([_text(value) for value in row])  # what it ends with it quotes
        yield line.getvalue().removesuffix("\r\n")


def _as_lines(answer: Answer, most: int | None) -> Iterator[str]:
    import json

    for row in answer.rows:
        yield json.dumps(dict(zip(answer.names, map(_plain, row), strict=True)), ensure_ascii=False, default=str)


_FORMATS: dict[str, Callable[[Answer, int | None], Iterator[str]]] = {
    "table": _as_table,
    "csv": _as_csv,
    "jsonl": _as_lines,
}


def _text(value: Plain | Decimal | date) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _plain(value: Plain | Decimal | date) -> Plain:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not isfinite(value):
        return None  # JSON has no word for it
    return int(value) if isinstance(value, float) and value.is_integer() else value  # type: ignore[return-value]
