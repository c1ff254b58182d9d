"""``gknlp evaluate``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gknlp.cli.reports import read_reports
from gknlp.cli.terminal import clean

if TYPE_CHECKING:
    from gknlp.evaluate import Evaluation, Gold, LabelScore, TypeScore
    from gknlp.model import Record, Report


@click.command("evaluate")
@click.argument("gold_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--reports", type=click.Path(exists=True, file_okay=False), help="Where the reports are, if elsewhere.")
@click.option("--predictions", "-p", metavar="FILE", help="Reports that were extracted before, as JSON Lines.")
@click.option("--json", "as_json", is_flag=True, help="The measures as one JSON object.")
@click.option("--list", "list_misses", is_flag=True, help="Also list every miss and every wrong value.")
@click.option("--types", is_flag=True, help="Also the facts by type, not by group only.")
@click.option("--labels", is_flag=True, help="Also the issues by label, with 95 % intervals of F1.")
def command(
    gold_dir: Path,
    reports: str | None,
    predictions: str | None,
    as_json: bool,
    list_misses: bool,
    types: bool,
    labels: bool,
) -> None:
    """Measure reports against gold annotations.

    GOLD_DIR holds STEM.gold.json for each annotated report. Without --predictions the reports beside them (STEM.txt
    and so on) are extracted now. Intervals are those of a bootstrap over reports: 1,000 samples of as many reports as
    there are, drawn with replacement, the chance seeded so that they are the same each time.

    \b
    gknlp evaluate annotated                             extract and measure
    gknlp evaluate examples/gold --reports examples      the reports are elsewhere
    gknlp evaluate annotated --list                      what is not right, one line each
    gknlp evaluate annotated --labels                    each label of section five, F1 with its interval
    gknlp evaluate annotated -p all.jsonl --json         measure an earlier run, for a program
    """
    from gknlp.errors import UnreadableInput
    from gknlp.evaluate import evaluate, load_gold

    try:
        gold = load_gold(gold_dir)
    except UnreadableInput as error:
        raise click.ClickException(str(error)) from error
    found = _extract(reports or str(gold_dir), gold) if predictions is None else read_reports(predictions)
    result = evaluate({Path(report.source.path).stem: report for report in found}, gold)
    if list_misses:
        click.echo("\n".join(clean(f"{miss.stem}: {miss.message}") for miss in result.misses))
    click.echo(_json(result.summary) if as_json else "\n".join(_table(result, types=types, labels=labels)))


def _extract(folder: str, gold: dict[str, Gold]) -> list[Report]:
    """Extract the sources of the annotated reports; one that gives no report counts as unread."""
    from gknlp.corpus.inputs import find_inputs
    from gknlp.corpus.run import Encoded, extract_input
    from gknlp.export.sinks import line

    inputs = [item for item in find_inputs([folder]) if Path(item.path).stem in gold]
    results = (extract_input(item, line) for item in inputs)
    return [result.report for result in results if isinstance(result, Encoded)]


def _json(record: Record) -> str:
    import msgspec

    return msgspec.json.encode(record).decode()


def _table(result: Evaluation, *, types: bool, labels: bool) -> Iterator[str]:
    """Yield the measures, one line each, then the facts by group and on request by type, the issues by label."""
    import msgspec

    for area, values in msgspec.to_builtins(result.summary).items():
        if not isinstance(values, dict):
            yield f"{area}: {values}"
            continue
        yield area
        for name, value in values.items():
            if isinstance(value, dict):
                value = "  ".join(f"{key} {part}" for key, part in value.items())
            yield f"  {name:<18} {value}"
    yield from _scores("facts by group", result.groups)
    if types:
        yield from _scores("facts by type", result.types)
    if labels:
        yield from _label_scores(result.labels)


def _scores(title: str, scores: tuple[TypeScore, ...]) -> Iterator[str]:
    if not scores:
        return
    yield f"{title:<28} precision  recall      f1   gold  predicted"
    for score in scores:
        m = score.measures
        shares = _shares(m.precision, m.recall, m.f1)
        yield f"  {score.type:<26}  {shares}  {m.gold:5}  {m.predicted:9}"


def _label_scores(scores: tuple[LabelScore, ...]) -> Iterator[str]:
    if scores:
        yield f"{'issues by label':<28} precision  recall      f1     low    high   gold  predicted"
    for score in scores:
        m = score.measures
        shares = _shares(m.precision, m.recall, m.f1, score.low, score.high)
        yield f"  {score.role + ' ' + score.label:<26}  {shares}  {m.gold:5}  {m.predicted:9}"


def _shares(*shares: float | None) -> str:
    return "".join("       -" if share is None else f"{share:8.4f}" for share in shares)
