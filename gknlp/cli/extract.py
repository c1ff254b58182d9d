"""``gknlp extract``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from gknlp.cli import INTERRUPTED
from gknlp.cli.ignore import ignore_options, ignored
from gknlp.cli.progress import progress_bar

if TYPE_CHECKING:
    from gknlp.corpus.inputs import Input
    from gknlp.corpus.ledger import Ledger
    from gknlp.corpus.outcomes import Outcome, Summary
    from gknlp.corpus.run import Engine
    from gknlp.export.sinks import Sink
    from gknlp.pipeline import Options

Format = Literal["json", "jsonl", "parquet"]

SOME_FAILED = 1
CANNOT_WRITE = 3
PIPE_CLOSED = 141
_NO_COLUMN = "is a table: name the column that holds the reports with --text-column"


class Output(NamedTuple):
    """Where the reports go and how they are written; ``place`` is ``None`` for standard output."""

    place: Path | None
    folder: bool
    format: Format

    def __str__(self) -> str:
        """Return the place as messages name it."""
        return "standard output" if self.place is None else str(self.place)


class How(NamedTuple):
    """How a run is done.

    ``jobs`` are processes, ``None`` for as many as is sensible; ``timeout`` the seconds that an input may take;
    ``resume`` takes up a cut run; ``column`` holds the texts of tables.
    """

    jobs: int | None
    timeout: float | None
    resume: bool
    quiet: bool
    column: str | None


@click.command("extract", no_args_is_help=True)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", metavar="DIR|FILE|-", help="Where the reports go; - is standard output.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "jsonl", "parquet"]),
    help="One object, one object a line, or tables in parts.",
)
@click.option(
    "--knowledge",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A folder of TOML files with fact types of your own, added to the shipped ones.",
)
@ignore_options
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: all cores.")
@click.option("--timeout", type=click.FloatRange(min=0.001), metavar="SECONDS", help="The most one input may take.")
@click.option("--resume/--no-resume", default=True, help="Skip what an earlier run has done (the default), or do all.")
@click.option("--engine", type=click.Choice(["processes", "dask"]), default="processes", help="What does the work.")
@click.option("--scheduler", metavar="ADDRESS", help="A running Dask scheduler; else a cluster on this machine.")
@click.option("--text-column", metavar="NAME", help="Column of CSV and JSON Lines that holds reports, one a row.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar and no summary; errors are still named.")
def command(
    paths: tuple[str, ...],
    output: str | None,
    format_: Format | None,
    knowledge: Path | None,
    ignore: tuple[str, ...],
    config: Path | None,
    jobs: int | None,
    timeout: float | None,
    resume: bool,
    engine: str,
    scheduler: str | None,
    text_column: str | None,
    quiet: bool,
) -> None:
    """Read reports into checked JSON.

    PATH is a file, a folder (all reports beneath it, without hidden files and linked folders), a pattern such as
    'data/*/2021*.txt', or - for standard input. Every input ends as one report or as one line of errors.jsonl.

    \b
    gknlp extract report.txt                  one report to standard output
    gknlp extract reports -o out              out/NAME.json for each, and out/errors.jsonl
    gknlp extract reports -o out/all.jsonl    one line each, out/errors.jsonl beside it
    gknlp extract reports -o out --format parquet   tables in parts, for very many reports
    gknlp extract a.txt b.txt | jq .year      JSON Lines into a pipe
    gknlp extract - < report.txt              standard input
    gknlp extract crawl.warc.gz reports.zip -o out     what archives hold
    gknlp extract reports.csv --text-column content -o out.jsonl
    gknlp extract reports -o out --knowledge mine   with fact types of your own from mine/*.toml

    Without --format a single report is one indented object, on standard output or in FILE.json; a folder gets one
    such file for each report (with --format jsonl: DIR/reports.jsonl); everything else is JSON Lines.
    Without -o reports go to standard output, and errors are named on standard error only.

    Many reports are read by all cores; the output is the same however many there are. A run that was interrupted is
    taken up where it ended: an input is done when its path, its bytes, the version of gknlp, the model and the options
    are the same. An input that ends its process, or takes longer than --timeout, twice, is an error like others.

    A FILE is called FILE.partial until the run is complete, so that a cut run is never taken for a whole one.

    With --engine dask PATHs and DIR may be addresses that fsspec knows (s3://...), and the output is tables in parts.

    \b
    Exit codes
      0    every input gave a report
      1    some inputs gave none
      2    wrong use
      3    the output cannot be written, for example because the disk is full
      130  interrupted; what was done is there
    """
    from gknlp.corpus.pool import WorkersFailed
    from gknlp.errors import KnowledgeError, MissingExtra

    how = How(jobs, timeout, resume, quiet, text_column)
    count: int | None
    options = _options(knowledge, ignore, config)
    try:
        if engine == "dask":
            summary, count, where = _distribute(paths, output, format_, options, scheduler, how)
        else:
            if scheduler is not None:
                raise click.UsageError("--scheduler is for --engine dask")
            summary, count, where = _extract(paths, output, format_, options, how)
    except KnowledgeError as error:
        raise click.UsageError(str(error)) from error
    except (WorkersFailed, MissingExtra) as error:
        raise click.ClickException(str(error)) from error
    except BrokenPipeError:
        _drop_standard_output()
        sys.exit(PIPE_CLOSED)
    except OSError as error:
        _drop_standard_output()
        reason = error.strerror or str(error)
        place = "standard output" if output in (None, "-") else output
        click.echo(f"gknlp: cannot write {place}: {reason}; the reports written before are whole", err=True)
        sys.exit(CANNOT_WRITE)
    if not quiet:
        click.echo(closing(summary, count, where), err=True)
    sys.exit(INTERRUPTED if summary.interrupted else SOME_FAILED if summary.errors else 0)


def _options(knowledge: Path | None, ignore: tuple[str, ...], config: Path | None) -> Options:
    from gknlp.pipeline import Options

    return Options(knowledge=knowledge, ignore=ignored(ignore, config))


def choose_output(output: str | None, format_: Format | None, *, single: bool) -> Output:
    """Return where to write; ``single`` says that the inputs are one file, named outright.

    Raises:
        click.UsageError: the format cannot hold the inputs, or many reports would be poured over a terminal.
    """
    place = None if output in (None, "-") else Path(str(output))
    if format_ == "parquet" or (format_ is None and place is not None and (place / "_parts").is_dir()):
        if place is None or place.suffix in (".json", ".jsonl", ".parquet"):
            raise click.UsageError("--format parquet writes a folder of tables; say which, -o DIR")
        return Output(place, True, "parquet")
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


def _extract(
    paths: tuple[str, ...], output: str | None, format_: Format | None, options: Options, how: How
) -> tuple[Summary, int | None, Output]:
    from gknlp.corpus.inputs import find_inputs, is_container, is_table

    found = find_inputs(paths, how.column)
    inputs = tuple(item._replace(problem=_NO_COLUMN) if is_table(item) and not how.column else item for item in found)
    single = len(paths) == 1 and inputs[0].path == paths[0] and not is_container(inputs[0])
    where = choose_output(output, format_, single=single)
    written_before = _written_before(where)
    inputs = tuple(item for item in inputs if item.path in paths or not written_before(item))
    count = None if any(map(is_container, inputs)) else len(inputs)
    if where.format == "parquet" and where.place is not None:
        return _run_parts(inputs, count, where.place, options, how), count, where
    return _run(inputs, count, where, options, how), count, where


def _written_before(where: Output) -> Callable[[Input], bool]:
    """Return what tells that a run wrote an input: with --text-column, an output among inputs looks like a table."""
    from gknlp.export.sinks import ERRORS, MANIFEST

    if where.place is None:
        return lambda item: False
    folder = where.place if where.folder else where.place.parent
    # realpath, as resolve() raises where a link leads to itself
    places = {os.path.realpath(place) for place in (where.place, folder / ERRORS, folder / MANIFEST)}
    names = {Path(place).name for place in places}
    return lambda item: Path(item.path).name in names and os.path.realpath(item.path) in places


def _run(inputs: tuple[Input, ...], count: int | None, where: Output, options: Options, how: How) -> Summary:
    from gknlp.corpus.ledger import run_key
    from gknlp.corpus.run import run

    key = run_key(options)
    sink, ledger = _open(where, key, resume=how.resume)
    with progress_bar(count, shown=_shows_progress(count, how)) as step:
        return run(
            inputs, sink, done=_teller(step), options=options, engine=_engine(inputs, how), ledger=ledger, key=key
        )


def _run_parts(inputs: tuple[Input, ...], count: int | None, folder: Path, options: Options, how: How) -> Summary:
    from gknlp.corpus.parts import run_parts

    with progress_bar(count, shown=_shows_progress(count, how)) as step:
        return run_parts(
            inputs,
            str(folder),
            done=_teller(step),
            options=options,
            jobs=_jobs(inputs, how),
            timeout=how.timeout,
            resume=how.resume,
        )


def _distribute(
    paths: tuple[str, ...],
    output: str | None,
    format_: Format | None,
    options: Options,
    scheduler: str | None,
    how: How,
) -> tuple[Summary, int, Output]:
    from gknlp.corpus.distributed import cluster, find_paths, run_distributed

    if how.timeout is not None or how.column is not None:
        raise click.UsageError("--timeout and --text-column are for --engine processes")
    if output in (None, "-") or format_ not in (None, "parquet"):
        raise click.UsageError("--engine dask writes a folder of tables; say which, -o DIR")
    inputs = find_paths(paths)
    shown = _shows_progress(len(inputs), how)
    with cluster(scheduler, how.jobs) as client, progress_bar(len(inputs), shown=shown) as step:
        summary = run_distributed(inputs, str(output), client, done=_teller(step), options=options, resume=how.resume)
    return summary, len(inputs), Output(Path(str(output)), True, "parquet")


def _open(where: Output, key: str, *, resume: bool) -> tuple[Sink, Ledger]:
    """Return where the reports go and what tells which of them are there."""
    from gknlp.corpus.ledger import FolderLedger, LinesLedger, NoLedger
    from gknlp.export.files import LineFile, LineStream, NoLines, WholeFile, partial_of
    from gknlp.export.sinks import ERRORS, MANIFEST, DocumentSink, FolderSink, LinesSink

    place = where.place
    if place is not None and where.folder:
        return FolderSink(place), FolderLedger(place / MANIFEST, key, resume=resume)
    kind = DocumentSink if where.format == "json" else LinesSink
    if place is None:
        return kind(LineStream(sys.stdout.buffer), NoLines()), NoLedger()
    if place.exists() and not place.is_file():  # a device or a pipe must not be renamed over
        return kind(LineStream(place.open("wb", buffering=0)), NoLines()), NoLedger()
    if where.format == "json":
        return kind(WholeFile(place), LineFile(place.with_name(ERRORS))), NoLedger()
    ledger = LinesLedger(place.with_name(f"{place.name}.manifest"), partial_of(place), key, resume=resume)
    return kind(LineFile(place, resume=resume), LineFile(place.with_name(ERRORS))), ledger


def _engine(inputs: tuple[Input, ...], how: How) -> Engine:
    from gknlp.corpus.pool import Pool
    from gknlp.corpus.run import InProcess

    jobs = _jobs(inputs, how)
    return Pool(jobs, timeout=how.timeout) if jobs else InProcess()


def _jobs(inputs: tuple[Input, ...], how: How) -> int:
    """Return the number of worker processes; 0 when the work is done in this one.

    A small run is over before workers have started; a time limit can only be held by another process.
    """
    from gknlp.corpus.inputs import STDIN, is_small

    if any(item.path == STDIN for item in inputs):
        return 0
    if how.jobs is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        if is_small(inputs) or cores == 1:
            return 0 if how.timeout is None else 1
        return cores
    return 0 if how.jobs == 1 and how.timeout is None else how.jobs


def _shows_progress(count: int | None, how: How) -> bool:
    return not how.quiet and count != 1 and sys.stderr.isatty()


def _teller(step: Callable[[], None]) -> Callable[[Outcome], None]:
    """Return what to do after each input: name an error, move the progress bar."""

    def done(outcome: Outcome) -> None:
        if (error := outcome.error) is not None:
            click.echo(f"gknlp: {error.source.path}: {error.error}: {error.message}", err=True)
        step()

    return done


def closing(summary: Summary, inputs: int | None, where: Output) -> str:
    """Return the closing line of a run; ``inputs`` is ``None`` where archives hold nobody knows how many.

    >>> from gknlp.corpus.outcomes import Summary
    >>> closing(Summary(reports=1, tables=3, cells=200, unsure=2), 1, Output(Path("out"), True, "json"))
    '1 report, 3 tables, 200 cells (2 unsure), 0 checks failed, 0 errors -> out'
    """
    place = str(where)
    begin = ""
    if summary.interrupted:
        of = "" if inputs is None else f" of {inputs}"
        begin = f"interrupted after {summary.reports + summary.errors}{of} inputs: "
        place += ".partial" if where.place and where.format == "jsonl" else ""
    kept = f", {summary.kept} of them done before" if summary.kept else ""
    return (
        f"{begin}{_count(summary.reports, 'report')}, {_count(summary.tables, 'table')}, "
        f"{_count(summary.cells, 'cell')} ({summary.unsure} unsure), "
        f"{_count(summary.failed_checks, 'check')} failed, {_count(summary.errors, 'error')}{kept} -> {place}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _drop_standard_output() -> None:
    """Keep the interpreter from flushing, at its end, what could not be written."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
