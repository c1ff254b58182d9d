"""``gknlp annotate``: what to label next, and files for annotation tools and back."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gknlp.issues.classify import IssueModel
    from gknlp.model import Report
    from gknlp.train.exchange import Tool
    from gknlp.train.formats import Passage
    from gknlp.train.queue import Candidate, Strategy

_TOOLS = click.Choice(["gknlp", "label-studio", "doccano", "prodigy", "argilla"])
_OUT = click.option("--out", "-o", type=click.Path(dir_okay=False, allow_dash=True), default="-", help="File to write.")


@click.group("annotate")
def command() -> None:
    """Choose items to label, and exchange them with annotation tools.

    \b
    gknlp annotate queue out -n 100 -o next.jsonl                  what is worth labelling
    gknlp annotate export next.jsonl --to label-studio -o tasks.json
    gknlp annotate import labelled.json -o mine.jsonl              what the tool exported
    gknlp train mine.jsonl --base annotations -o mymodel
    """


@command.command("queue")
@click.argument("reports", nargs=-1, required=True, metavar="OUT...")
@click.option("--count", "-n", default=100, show_default=True, help="How many items.")
@click.option(
    "--strategy",
    type=click.Choice(["mixed", "uncertainty", "conflict", "random"]),
    default="mixed",
    help="By what: uncertainty and conflict of rules and model, unlike each other (mixed); one of them; or by chance.",
)
@click.option("--role", type=click.Choice(["problem", "measure"]), help="Only items of this role.")
@click.option("--seed", default=0, show_default=True, help="Decides between equals; the same one gives the same.")
@click.option("--prelabel", is_flag=True, help="Give the items the model's labels to correct.")
@click.option("--to", "tool", type=_TOOLS, default="gknlp", help="For which tool.")
@_OUT
def queue(
    reports: tuple[str, ...],
    count: int,
    strategy: Strategy,
    role: str | None,
    seed: int,
    prelabel: bool,
    tool: Tool,
    out: str,
) -> None:
    """Choose items of extracted reports to label next. OUT are what 'gknlp extract' wrote."""
    from gknlp.corpus.stored import find_stored
    from gknlp.errors import UnreadableInput
    from gknlp.issues.classify import load_model
    from gknlp.train.exchange import write_passages
    from gknlp.train.queue import choose

    model = load_model()
    found: list[tuple[Passage, Candidate]] = []
    try:
        for place in find_stored(reports):
            found += [one for one in _candidates(place.read(), model, prelabel=prelabel) if role in (None, one[0].role)]
    except UnreadableInput as error:
        raise click.ClickException(str(error)) from error
    if not found:
        raise click.ClickException(f"no items under {', '.join(reports)}")
    chosen = choose([candidate for _, candidate in found], count, strategy, seed=seed)
    _write(out, write_passages([found[one.place][0] for one in chosen], tool))
    click.echo(f"{len(chosen)} of {len(found)} items -> {out}", err=True)


def _candidates(report: Report, model: IssueModel, *, prelabel: bool) -> Iterator[tuple[Passage, Candidate]]:
    """Yield the items of a report, each with the text of its section around it."""
    from gknlp.knowledge.issue_types import cue_labels, load_issue_types
    from gknlp.text.normalize import fold
    from gknlp.train.formats import Passage
    from gknlp.train.queue import Candidate

    kinds = load_issue_types()
    given = model.probabilities([(issue.text, issue.role) for issue in report.issues])
    for issue, probabilities in zip(report.issues, given, strict=True):
        first, last = _around(report, issue.start)
        passage = Passage(
            place=report.source.path,
            context=report.text[first:last],
            start=issue.start - first,
            end=issue.end - first,
            text=issue.text,
            names=tuple(label.id for label in issue.labels) if prelabel else (),
            role=issue.role,
            id=f"{report.id}-{issue.id}",
            document=report.id,
        )
        cues = frozenset(cue_labels(fold(issue.text), issue.role, kinds))
        yield passage, Candidate(issue.text, probabilities, cues)


def _around(report: Report, place: int) -> tuple[int, int]:
    """Return the section that a place is in, the whole text where it is in none."""
    spans = [(section.start, section.end) for section in report.sections if section.start <= place < section.end]
    return spans[0] if spans else (0, len(report.text))


@command.command("export")
@click.argument("annotations", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--to", "tool", type=_TOOLS, required=True, help="The tool that is to read the file.")
@_OUT
def export(annotations: tuple[Path, ...], tool: Tool, out: str) -> None:
    """Write annotations (files of any known format, or a folder like annotations/) for a tool."""
    _convert(annotations, tool, out)


@command.command("import")
@click.argument("exported", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_OUT
def import_(exported: tuple[Path, ...], out: str) -> None:
    """Write what Label Studio, doccano, Prodigy or Argilla exported as lines that 'gknlp train' reads.

    The format is recognised by its fields; every span is verified against the text.
    """
    _convert(exported, "gknlp", out)


def _convert(paths: Iterable[Path], tool: Tool, out: str) -> None:
    from gknlp.issues.annotations import AnnotationError
    from gknlp.train.exchange import write_passages
    from gknlp.train.formats import join_passages, verify

    try:
        passages = join_passages(_passages(paths))
        for passage in passages:
            verify(passage)
    except AnnotationError as error:
        raise click.ClickException(str(error)) from error
    _write(out, write_passages(passages, tool))
    click.echo(f"{len(passages)} passages -> {out}", err=True)


def _passages(paths: Iterable[Path]) -> Iterator[Passage]:
    """Yield the passages of files and of folders like annotations/."""
    from gknlp.train.formats import read_passages

    for path in paths:
        documents = _documents(path if path.is_dir() else path.parent)
        files = (
            sorted(file for file in path.glob("*.jsonl") if file.name != "documents.jsonl") if path.is_dir() else [path]
        )
        for file in files:
            yield from read_passages(file, documents)


def _documents(folder: Path) -> Mapping[str, str]:
    from gknlp.issues.annotations import DOCUMENTS
    from gknlp.train.data import read_documents

    return read_documents(folder / DOCUMENTS)


def _write(out: str, data: str) -> None:
    try:
        with click.open_file(out, "w", encoding="utf-8") as file:
            file.write(data)
    except OSError as error:
        click.echo(f"cannot write {out}: {error.strerror or error}", err=True)
        sys.exit(3)
