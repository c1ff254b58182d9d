"""``gknlp extract``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from gknlp.cli.progress import progress_bar

if TYPE_CHECKING:
    from gknlp.corpus.inputs import Input
    from gknlp.corpus.run import Summary
    from gknlp.export.sinks import Sink
    from gknlp.model import ErrorRecord, Report

Format = Literal["json", "jsonl"]

SOME_FAILED = 1
CANNOT_WRITE = 3
INTERRUPTED = 130
PIPE_CLOSED = 141


class Output(NamedTuple):
    """Where the reports go and how they are written; ``place`` is ``None`` for standard output."""

    place: Path | None
    folder: bool
    format: Format

    def __str__(self) -> str:
        """Return the place as messages name it."""
        return "standard output" if self.place is None else str(self.place)


@click.command("extract", no_args_is_help=True)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", metavar="DIR|FILE|-", help="Where the reports go; - is standard output.")
@click.option("--format", "format_", type=click.Choice(["json", "jsonl"]), help="One object, or one object a line.")
@click.option(
    "--knowledge",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A folder of TOML files with fact types of your own, added to the shipped ones.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress bar and no summary; errors are still named.")
def command(
    paths: tuple[str, ...], output: str | None, format_: Format | None, knowledge: Path | None, quiet: bool
) -> None:
    """Read reports into checked JSON.

    PATH is a file, a folder (all reports beneath it, hidden files left out), a pattern such as 'data/*/2021*.txt',
    or - for standard input. Every input ends as one report or as one line of errors.jsonl.

    \b
    gknlp extract report.txt                  one report to standard output
    gknlp extract reports -o out              out/NAME.json for each, and out/errors.jsonl
    gknlp extract reports -o out/all.jsonl    one line each, out/errors.jsonl beside it
    gknlp extract a.txt b.txt | jq .year      JSON Lines into a pipe
    gknlp extract - < report.txt              standard input
    gknlp extract reports -o out --knowledge mine   with fact types of your own from mine/*.toml

    Without --format a single report is one indented object, on standard output or in FILE.json; a folder gets one
    such file for each report (with --format jsonl: DIR/reports.jsonl); everything else is JSON Lines.
    Without -o reports go to standard output, and errors are named on standard error only.

    A FILE is called FILE.partial until the run is complete, so that a cut run is never taken for a whole one.

    \b
    Exit codes
      0    every input gave a report
      1    some inputs gave none
      2    wrong use
      3    the output cannot be written, for example because the disk is full
      130  interrupted; what was done is there
    """
    from gknlp.corpus.inputs import find_inputs
    from gknlp.errors import KnowledgeError

    inputs = find_inputs(paths)
    where = choose_output(output, format_, single=len(paths) == 1 and inputs[0].path == paths[0])
    try:
        summary = _run(inputs, where, knowledge, quiet=quiet)
    except KnowledgeError as error:
        raise click.UsageError(str(error)) from error
    except BrokenPipeError:
        _drop_standard_output()
        sys.exit(PIPE_CLOSED)
    except OSError as error:
        _drop_standard_output()
        reason = error.strerror or str(error)
        click.echo(f"gknlp: cannot write {where}: {reason}; the reports written before are whole", err=True)
        sys.exit(CANNOT_WRITE)
    if not quiet:
        click.echo(closing(summary, len(inputs), where), err=True)
    sys.exit(INTERRUPTED if summary.interrupted else SOME_FAILED if summary.errors else 0)


def choose_output(output: str | None, format_: Format | None, *, single: bool) -> Output:
    """Return where to write; ``single`` says that the inputs are one file, named outright.

    Raises:
        click.UsageError: the format cannot hold the inputs, or many reports would be poured over a terminal.
    """
    place = None if output in (None, "-") else Path(str(output))
    if place is not None and _is_folder(place):
        lines = format_ == "jsonl"
        return Output(place / "reports.jsonl" if lines else place, not lines, format_ or "json")
    chosen: Format = format_ or ("json" if single and (place is None or place.suffix != ".jsonl") else "jsonl")
    if chosen == "json" and not single:
        raise click.UsageError("--format json is for one report a file; use --format jsonl, or -o DIR")
    if place is not None and format_ is None and not single and place.suffix == ".json":
        raise click.UsageError(f"{place} would hold JSON Lines; call it {place.with_suffix('.jsonl')}, or use -o DIR")
    if output is None and not single and sys.stdout.isatty():
        raise click.UsageError("several reports: say where they go, -o DIR or -o FILE.jsonl (-o - for this terminal)")
    return Output(place, False, chosen)


def _is_folder(place: Path) -> bool:
    """An existing place is what it is; a new one is a file if its name ends as JSON does."""
    return place.is_dir() or (not place.exists() and place.suffix not in (".json", ".jsonl"))


def _open(where: Output) -> Sink:
    from gknlp.export.files import LineFile, LineStream, NoLines, WholeFile
    from gknlp.export.sinks import ERRORS, DocumentSink, FolderSink, LinesSink

    if where.place is not None and where.folder:
        return FolderSink(where.place)
    kind = DocumentSink if where.format == "json" else LinesSink
    if where.place is None:
        return kind(LineStream(sys.stdout.buffer), NoLines())
    if where.place.exists() and not where.place.is_file():  # a device or a pipe must not be renamed over
        return kind(LineStream(where.place.open("wb", buffering=0)), NoLines())
    file = WholeFile(where.place) if where.format == "json" else LineFile(where.place)
    return kind(file, LineFile(where.place.with_name(ERRORS)))


def _run(inputs: tuple[Input, ...], where: Output, knowledge: Path | None, *, quiet: bool) -> Summary:
    from gknlp.corpus.run import run
    from gknlp.pipeline import Options

    sink = _open(where)
    with progress_bar(len(inputs), shown=not quiet and len(inputs) > 1 and sys.stderr.isatty()) as step:
        return run(inputs, sink, done=_teller(step), options=Options(knowledge=knowledge))


def _teller(step: Callable[[], None]) -> Callable[[Report | ErrorRecord], None]:
    """Return what to do after each input: name an error, move the progress bar."""
    from gknlp.model import ErrorRecord

    def done(result: Report | ErrorRecord) -> None:
        if isinstance(result, ErrorRecord):
            click.echo(f"gknlp: {result.source.path}: {result.error}: {result.message}", err=True)
        step()

    return done


def closing(summary: Summary, inputs: int, where: Output) -> str:
    """Return the closing line of a run.

    >>> from gknlp.corpus.run import Summary
    >>> closing(Summary(reports=1, tables=3, cells=200, unsure=2), 1, Output(Path("out"), True, "json"))
    '1 report, 3 tables, 200 cells (2 unsure), 0 checks failed, 0 errors -> out'
    """
    place = str(where)
    begin = ""
    if summary.interrupted:
        begin = f"interrupted after {summary.reports + summary.errors} of {inputs} inputs: "
        place += ".partial" if where.place and where.format == "jsonl" else ""
    return (
        f"{begin}{_count(summary.reports, 'report')}, {_count(summary.tables, 'table')}, "
        f"{_count(summary.cells, 'cell')} ({summary.unsure} unsure), "
        f"{_count(summary.failed_checks, 'check')} failed, {_count(summary.errors, 'error')} -> {place}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _drop_standard_output() -> None:
    """Keep the interpreter from flushing, at its end, what could not be written."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
