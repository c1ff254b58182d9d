"""``gknlp panel``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gknlp.cli.ignore import ignore_options, ignored
from gknlp.cli.terminal import clean

if TYPE_CHECKING:
    from gknlp.corpus.panel import Chain, Year
    from gknlp.export.delimited import Value
    from gknlp.knowledge.rules import Language
    from gknlp.model import Check

_COLUMNS = ("issuer", "key", "division_code", "year", "before", "rule", "severity", "status", "where", "left", "right",
            "message", "path")  # fmt: skip


@click.command("panel")
@click.argument("reports", nargs=-1, required=True, metavar="DIR...")
@click.option("--out", "-o", type=click.Path(path_type=Path, allow_dash=True), default="-", help="Where to write.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "jsonl", "csv"]),
    default="text",
    help="For people; one chain a line; one check a line.",
)
@click.option(
    "--complete", is_flag=True, help="The reports of all units of an area are there: they must sum to its own."
)
@click.option("--all", "everything", is_flag=True, help="Also checks that passed (text and csv).")
@click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", help="Messages in Chinese.")
@ignore_options
def command(
    reports: tuple[str, ...],
    out: Path,
    format_: str,
    complete: bool,
    everything: bool,
    language: Language,
    ignore: tuple[str, ...],
    config: Path | None,
) -> None:
    """Link the reports of each issuer over the years and compare them.

    DIR are folders or files that 'gknlp extract' wrote. Reports of one issuer are found by division, kind and function,
    whatever name they print; of several reports of a year the fullest is kept, the others are its duplicates.
    Exit code 1: an identity between two years failed.

    \b
    gknlp extract reports -o out
    gknlp panel out                       what was carried on, copied, left out
    gknlp panel out --format csv -o panel.csv
    """
    from gknlp.corpus.panel import Settings, chains, index_reports
    from gknlp.corpus.stored import find_stored
    from gknlp.errors import UnreadableInput

    settings = Settings(ignored(ignore, config), language, complete)
    failed: list[bool] = []
    try:
        index = index_reports(find_stored(reports))
        if not index.entries and not index.unlinked:
            raise click.ClickException(
                f"no reports under {', '.join(reports)}: run 'gknlp extract' on the sources first"
            )
        with click.open_file(
            str(out), "w", encoding="utf-8-sig" if format_ == "csv" and str(out) != "-" else "utf-8"
        ) as file:
            for line in _WRITERS[format_](_watched(chains(index, settings), failed), everything):
                file.write(line)
    except UnreadableInput as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        click.echo(f"cannot write {out}: {error.strerror or error}", err=True)
        sys.exit(3)
    if str(out) != "-":
        click.echo(f"{len(failed)} issuers, {len(index.entries)} reports -> {out}", err=True)
    for place in index.unlinked:
        click.echo(f"{place.path}: neither issuer nor year is known; left out", err=True)
    sys.exit(1 if any(failed) else 0)


def _watched(found: Iterable[Chain], failed: list[bool]) -> Iterator[Chain]:
    """Pass the chains on and note for each whether an identity failed."""
    for chain in found:
        failed.append(
            any(check.status == "fail" and check.severity == "E" for year in chain.years for check in year.checks)
        )
        yield chain


def _text(found: Iterable[Chain], everything: bool) -> Iterator[str]:
    for chain in found:
        yield "".join(f"{line}\n" for line in _chain(chain, everything))


def _chain(chain: Chain, everything: bool) -> Iterator[str]:
    names = " = ".join(chain.names) or chain.key
    years = ", ".join(str(year.year) for year in chain.years)
    yield click.style(clean(f"{names}  {chain.division_code or '-'}"), bold=True)
    missing = f"  missing: {', '.join(map(str, chain.missing_years))}" if chain.missing_years else ""
    yield f"  reports: {years}{missing}"
    for year in chain.years:
        yield from _year(year, everything)
    for one in chain.breaks:
        yield f"  first break of {one.rule}: {one.year}"
    yield ""


def _year(year: Year, everything: bool) -> Iterator[str]:
    for duplicate in year.duplicates:
        yield clean(f"  {year.year}  another version: {duplicate.path} ({_share(duplicate.similarity)} of its text)")
    reused = [
        f"{check.where['section']} {_share(float(check.left))}"
        for check in year.checks
        if check.rule == "X_TEXT_DUP" and check.left is not None
    ]
    if reused:
        yield f"  {year.year}  text of {year.before} reused: {', '.join(reused)}"
    for check in year.checks:
        if check.status == "fail" or (everything and check.status == "pass"):
            yield clean(f"  {year.year}  {check.severity} {check.rule}: {check.message}")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _lines(found: Iterable[Chain], everything: bool) -> Iterator[str]:
    import msgspec

    for chain in found:
        yield msgspec.json.encode(chain).decode() + "\n"


def _csv(found: Iterable[Chain], everything: bool) -> Iterator[str]:
    from gknlp.export.delimited import csv_text

    yield csv_text(_COLUMNS, ())
    for chain in found:
        rows = [_row(chain, year, check) for year in chain.years for check in year.checks]
        yield csv_text((), (row for row in rows if everything or row[7] == "fail"))


def _row(chain: Chain, year: Year, check: Check) -> tuple[Value, ...]:
    where = " ".join(f"{name}={value}" for name, value in check.where.items())
    return (
        *(year.name, chain.key, chain.division_code, year.year, year.before),
        *(check.rule, check.severity, check.status, where, check.left, check.right, check.message, year.path),
    )


_WRITERS = {"text": _text, "jsonl": _lines, "csv": _csv}
