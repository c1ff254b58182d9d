"""``gknlp check``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from gknlp.cli.ignore import ignore_options, ignored
from gknlp.cli.terminal import clean, fit, pad, width

if TYPE_CHECKING:
    from gknlp.export.problems import Problem
    from gknlp.knowledge.rules import Language
    from gknlp.model import Check, Report

FOUND = 1
_SAME = 3  # problems of one rule that are all named; of more only their number
_LINE = 110  # columns of a line for people
_COLORS = {"E": "red", "W": "yellow", "I": None}
_TITLES = {"E": "identities of the form that fail", "W": "unlikely, or said otherwise", "I": "to look at"}
_TEXTS = ("text/plain", "text/markdown")  # files whose text is the report's text


class Outcome(NamedTuple):
    """What was looked at: the problems by report in the order of the inputs, and whether each file is plain text."""

    problems: list[Problem]
    texts: dict[str, bool]
    broken: set[str]
    unread: int


@click.command("check", no_args_is_help=True)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "csv", "sarif"]),
    default="text",
    help="A list for people, or for programs.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["E", "W", "I", "never"]),
    default="E",
    help="End with exit code 1 when a rule of this severity, or of a higher one, is broken.",
)
@ignore_options
@click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), default="en", help="Say in Chinese what is broken."
)
@click.option("--all", "everything", is_flag=True, help="Also informative diagnostics, and every place of a rule.")
def command(
    paths: tuple[str, ...],
    format_: str,
    fail_on: str,
    ignore: tuple[str, ...],
    config: Path | None,
    language: Language,
    everything: bool,
) -> None:
    """Say what is wrong with reports, for example before they are filed.

    PATH is a report, a folder of reports, a pattern, a JSON report or a file of JSON Lines that extract wrote (or a
    folder of those), or - for standard input.

    \b
    gknlp check report.txt
    gknlp check reports --lang zh
    gknlp check out/all.jsonl --fail-on W --ignore T3_WIDTH
    gknlp check reports --format sarif > reports.sarif
    gknlp check reports --format csv > problems.csv

    E is an identity that the form implies, W is normally true, I is something to look at; 'gknlp rules' lists all
    rules. Diagnostics say what could not be read and what the form asks for and the report does not say.

    \b
    Exit codes
      0  no rule of the severity is broken
      1  one is, or an input could not be read
      2  wrong use
    """
    outcome = _look_at(paths, ignored(ignore, config), language, everything=everything)
    click.echo(_shown(outcome, format_, language, everything=everything), nl=format_ != "csv")
    limit = () if fail_on == "never" else ("E", "W", "I")[: ("E", "W", "I").index(fail_on) + 1]
    if outcome.unread or outcome.broken.intersection(limit):
        raise SystemExit(FOUND)


def _look_at(paths: tuple[str, ...], ignore: frozenset[str], language: Language, *, everything: bool) -> Outcome:
    from gknlp.export.problems import problems

    outcome = Outcome([], {}, set(), 0)
    for report in _reports(paths, ignore):
        if isinstance(report, str):
            click.echo(f"gknlp: {clean(report)}", err=True)
            outcome = outcome._replace(unread=outcome.unread + 1)
            continue
        found = problems(_worded(report, language), everything=everything)
        found = [problem for problem in found if problem.rule not in ignore]
        outcome.problems.extend(found)
        outcome.texts[report.source.path] = report.source.media_type in _TEXTS
        outcome.broken.update(problem.severity for problem in found if problem.kind == "check")
    return outcome


def _reports(paths: tuple[str, ...], ignore: frozenset[str]) -> Iterator[Report | str]:
    """Yield the reports that the paths give, and for an input that gives none what is to be said."""
    from gknlp.cli.reports import read_reports
    from gknlp.corpus.inputs import STDIN, documents, find_inputs
    from gknlp.corpus.run import Encoded, extract_input
    from gknlp.pipeline import Options

    options = Options(ignore=ignore)
    for item in documents(find_inputs(_with_json(paths))):
        known = item.path == STDIN or item.path.endswith((".json", ".jsonl"))
        if item.problem is None and item.data is None and known:
            try:
                yield from read_reports(item.path)
            except click.ClickException as error:
                yield error.message
            continue
        result = extract_input(item, lambda report: b"", options)
        yield result.report if isinstance(result, Encoded) else f"{item.path}: {result.message}"


def _with_json(paths: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths, a folder that extract wrote as the files of reports in it."""
    from gknlp.corpus.inputs import find_inputs
    from gknlp.corpus.stored import stored_files

    for path in paths:
        if Path(path).is_dir() and all(item.problem is not None for item in find_inputs([path])):
            yield from [str(file) for file in stored_files(Path(path))] or [path]
        else:
            yield path


def _worded(report: Report, language: Language) -> Report:
    """Return the report with the messages of its broken rules in a language; the rules are applied once more for it."""
    if language == "en":
        return report
    import msgspec

    from gknlp.checks import Prose, run_checks
    from gknlp.text.normalize import fold

    again = run_checks(
        report.tables,
        form=report.form,
        level=report.issuer.level if report.issuer else None,
        prose=Prose(report.text, fold(report.text), report.facts, report.year),
        language=language,
    )
    messages = {_place(check): check.message for check in again if check.status == "fail"}
    checks = tuple(
        msgspec.structs.replace(check, message=messages.get(_place(check), check.message)) for check in report.checks
    )
    return msgspec.structs.replace(report, checks=checks)


def _place(check: Check) -> tuple[object, ...]:
    return check.rule, tuple(sorted(check.where.items())), check.cells, check.facts


def _shown(outcome: Outcome, format_: str, language: Language, *, everything: bool) -> str:
    if format_ == "json":
        import msgspec

        return msgspec.json.format(msgspec.json.encode(outcome.problems), indent=2).decode()
    if format_ == "csv":
        from gknlp.export.problems import problems_csv

        return problems_csv(outcome.problems)
    if format_ == "sarif":
        from gknlp.export.sarif import sarif

        return sarif(outcome.problems, outcome.texts, language)
    return "\n".join(_text(outcome, everything=everything))


def _text(outcome: Outcome, *, everything: bool) -> Iterator[str]:
    """Yield the lines for people: by report, in it by severity."""
    by_path: dict[str, list[Problem]] = {path: [] for path in outcome.texts}
    for problem in outcome.problems:
        by_path[problem.path].append(problem)
    for path, found in by_path.items():
        yield click.style(clean(path), bold=True) + ("" if found else "  nothing found")
        for severity, group in groupby(found, key=lambda problem: problem.severity):
            yield f"  {click.style(severity, fg=_COLORS[severity], bold=True)}  {_TITLES[severity]}"
            yield from _group(list(group), everything=everything)
    yield _summary(outcome)


def _group(found: list[Problem], *, everything: bool) -> Iterator[str]:
    names = max(width(problem.rule) for problem in found)
    for rule, group in groupby(sorted(found, key=lambda problem: problem.rule), key=lambda problem: problem.rule):
        same = list(group)
        shown = same if everything else same[:_SAME]
        for problem in shown:
            place = f"line {problem.spots[0].line}" if problem.spots else ""
            yield f"     {pad(place, 9)}  {pad(rule, names)}  {_fitted(problem.message, _LINE - names, everything)}"
        if len(same) > len(shown):
            yield f"     {pad('', 9)}  {pad(rule, names)}  and {len(same) - len(shown)} more"


def _fitted(message: str, columns: int, everything: bool) -> str:
    return clean(message) if everything else fit(clean(message), columns)


def _summary(outcome: Outcome) -> str:
    counts = {
        severity: sum(problem.severity == severity and problem.kind == "check" for problem in outcome.problems)
        for severity in _TITLES
    }
    broken = ", ".join(f"{count} {severity}" for severity, count in counts.items())
    told = sum(problem.kind == "diagnostic" for problem in outcome.problems)
    unread = f"; not read: {outcome.unread}" if outcome.unread else ""
    return f"reports: {len(outcome.texts)}; broken rules: {broken}; diagnostics: {told}{unread}"
