"""``gknlp export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gknlp.cli.progress import progress_bar

if TYPE_CHECKING:
    from gknlp.export.convert import Exported, Language, Target

TARGETS = ("parquet", "csv", "xlsx", "dta", "duckdb", "sqlite")
TABLES = (
    *("reports", "cells", "facts", "issues", "labels", "checks", "diagnostics"),
    *("panel", "panel_states", "codebook"),
)
SUFFIXES = {".xlsx": "xlsx", ".duckdb": "duckdb", ".sqlite": "sqlite", ".db": "sqlite"}
CANNOT_WRITE = 3


@click.command("export", no_args_is_help=True)
@click.argument("out", metavar="OUT")
@click.option("--to", type=click.Choice(TARGETS), help="The format; default: by the name given with -o.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="DIR|FILE", help="Where to.")
@click.option(
    "-t", "--table", "tables", multiple=True, type=click.Choice(TABLES), help="Only this table (may be repeated)."
)
@click.option("--partition", is_flag=True, help="Parquet: a folder for each year (TABLE/year=2021/...).")
@click.option("--labels", type=click.Choice(["zh", "en"]), default="zh", help="Stata: the language of labels.")
@click.option("--overwrite", is_flag=True, help="Replace what is there.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def command(
    out: str,
    to: Target | None,
    output: Path,
    tables: tuple[str, ...],
    partition: bool,
    labels: Language,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Write the reports in OUT as tables for other programs.

    OUT is what gknlp extract wrote: a folder of JSON files, a file of JSON Lines, or tables in parts.

    \b
    reports        one row a report               checks         one row a rule and place
    cells          one row a table cell           diagnostics    one row a diagnostic
    facts          one row a fact                 panel          one row a report, one column a statistic
    issues         one row a problem or measure   panel_states   why a value of the panel is missing
    labels         one row a label of an issue    codebook       every column and code, in Chinese and English

    The column `report` joins them. Parquet, CSV and Stata become a folder with one file a table, the others one file.

    \b
    gknlp export out --to csv -o tables              for Excel: UTF-8 with BOM, formulas disarmed
    gknlp export out --to dta -o stata -t panel      Stata 14 and later; .a blank, .b dash, .c not in the form ...
    gknlp export out --to parquet -o tables --partition
    gknlp export out -o reports.xlsx
    gknlp export out -o reports.duckdb
    """
    from gknlp.errors import GknlpError
    from gknlp.export.convert import OutputExists, export

    target = to or SUFFIXES.get(output.suffix.lower())
    if target is None:
        raise click.UsageError(f"say --to {'|'.join(TARGETS)}: {output} does not tell")
    if partition and target != "parquet":
        raise click.UsageError("--partition is for --to parquet")
    chosen = tables or TABLES
    try:
        with progress_bar(len(chosen), shown=not quiet and sys.stderr.isatty(), what="tables") as step:
            made = export(
                out,
                target,  # type: ignore[arg-type]  # one of TARGETS
                output,
                tables=chosen,
                partition=partition,
                language=labels,
                overwrite=overwrite,
                done=lambda _: step(),
            )
    except OutputExists as error:
        raise click.UsageError(f"{error}; give another place, or --overwrite") from error
    except GknlpError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        click.echo(f"gknlp: cannot write {output}: {error.strerror or error}", err=True)
        sys.exit(CANNOT_WRITE)
    if not quiet:
        click.echo(closing(made, output), err=True)


def closing(made: Exported, output: Path) -> str:
    """Return the closing line.

    >>> from gknlp.export.convert import Exported
    >>> closing(Exported({"reports": 2, "cells": 400}), Path("tables"))
    '2 reports, 400 cells -> tables'
    """
    rows = ", ".join(f"{count} {table}" for table, count in made.rows.items())
    cut = f"; {made.cut} texts cut or changed to fit into Excel's cells" if made.cut else ""
    more = "".join(f"; a sheet holds 1,048,576 rows: {table} goes on in '{table} (2)'" for table in made.continued)
    return f"{rows} -> {output}{cut}{more}"
