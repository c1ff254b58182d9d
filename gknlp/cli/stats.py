"""``gknlp stats``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gknlp.cli.tables import write_table
from gknlp.cli.terminal import clean, fit, pad

if TYPE_CHECKING:
    from gknlp.corpus.stats import Stats

_TABLES = ("coverage", "spread", "outliers", "missing")
_SHOWN = 15


@click.command("stats")
@click.argument("reports", nargs=-1, required=True, metavar="OUT...")
@click.option("--out", "-o", type=click.Path(file_okay=False, path_type=Path), help="Folder for the whole tables.")
@click.option("--format", "format_", type=click.Choice(["csv", "parquet"]), default="csv", help="Of the tables.")
def command(reports: tuple[str, ...], out: Path | None, format_: str) -> None:
    """Tell what a set of reports holds, what is missing and what stands out.

    OUT are folders or files that 'gknlp extract' wrote. With -o the folder gets the tables coverage (types of facts),
    spread (of every statistic), outliers (by level and year) and missing (cells by state, table and year).

    \b
    gknlp stats out
    gknlp stats out -o stats
    """
    from gknlp.cli.progress import progress_bar
    from gknlp.corpus.stats import read_stats
    from gknlp.corpus.stored import find_stored
    from gknlp.errors import MissingExtra, UnreadableInput

    try:
        stored = list(find_stored(reports))
        if not stored:
            raise click.ClickException(
                f"no reports under {', '.join(reports)}: run 'gknlp extract' on the sources first"
            )
        with progress_bar(len(stored), shown=sys.stderr.isatty()) as done:
            stats = read_stats(stored, done=done)
        click.echo("\n".join(_text(stats)))
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for name in _TABLES:
                write_table(getattr(stats, name), out / f"{name}.{format_}")
    except (UnreadableInput, MissingExtra) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        click.echo(f"cannot write {out}: {error.strerror or error}", err=True)
        sys.exit(3)


def _text(stats: Stats) -> Iterator[str]:
    yield f"{stats.reports} reports"
    for name, counts in (("years", stats.years), ("levels", stats.levels)):
        yield f"  {name}: " + ", ".join(f"{clean(key) or 'unknown'} {count}" for key, count in counts.items())
    yield "tables, printed by how many reports; cells by state"
    for one in stats.missing:
        states = (
            f"number {one.number}, blank {one.blank}, dash {one.dash}, absent {one.absent}, unreadable {one.unreadable}"
        )
        yield f"  {pad(one.year or 'unknown', 8)}{pad(one.table, 12)}{one.printed} of {one.reports}  {states}"
    yield f"facts most often stated (of {len(stats.coverage)} types)"
    for known in sorted(stats.coverage, key=lambda one: (-one.reports, one.type))[:_SHOWN]:
        yield f"  {pad(known.type, 26)}{known.share:.0%} of reports, {known.facts} facts"
    yield f"values far from those of the same level and year: {len(stats.outliers)}"
    for far in stats.outliers[:_SHOWN]:
        who = fit(clean(far.issuer or far.path), 34)
        against = f"{far.value:g} (median {far.median:g}, {far.deviations:+.1f})"
        yield f"  {pad(far.statistic, 36)}{against}  {who} {far.year}"
