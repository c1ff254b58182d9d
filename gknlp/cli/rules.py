"""``gknlp rules``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gknlp.cli.terminal import pad

if TYPE_CHECKING:
    from gknlp.knowledge.rules import Language, Rule

_WIDTH = 22  # columns of an id


@click.command("rules")
@click.argument("ids", nargs=-1, metavar="[RULE...]")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="For people, or programs."
)
@click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), default="en", help="Titles and messages in Chinese."
)
def command(ids: tuple[str, ...], format_: str, language: Language) -> None:
    """List the rules that reports are checked by.

    \b
    gknlp rules                     all rules, one line each
    gknlp rules T3_BALANCE N_NEW    what they say, with examples
    gknlp rules --format json       everything, for a program
    """
    from gknlp.knowledge.rules import load_rules

    known = {rule.id: rule for rule in load_rules()}
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise click.UsageError(f"no rule {unknown[0]}; 'gknlp rules' lists them")
    chosen = [known[name] for name in ids] or list(known.values())
    if format_ == "json":
        _print_json(chosen)
    elif ids:
        click.echo("\n\n".join("\n".join(_whole(rule, language)) for rule in chosen))
    else:
        click.echo("\n".join(_line(rule, language) for rule in chosen))


def _print_json(rules: list[Rule]) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(rules), indent=2))


def _line(rule: Rule, language: Language) -> str:
    title = rule.title_zh if language == "zh" else rule.title
    return f"{rule.severity}  {pad(rule.id, _WIDTH)}{pad(rule.table or '-', 12)}{title}"


def _whole(rule: Rule, language: Language) -> Iterator[str]:
    from gknlp.checks.guide import describe_example, describe_forms, describe_scope

    title, message = (rule.title_zh, rule.message_zh) if language == "zh" else (rule.title, rule.message)
    yield click.style(f"{rule.id}  {title}", bold=True)
    yield f"  severity   {rule.severity}"
    yield f"  looks at   {describe_scope(rule)}"
    yield f"  forms      {describe_forms(rule)}"
    yield f"  formula    {rule.formula}"
    yield f"  tolerance  {rule.tolerance}"
    yield f"  message    {message}"
    yield f"  holds      {describe_example(rule.holds)}"
    yield f"  breaks     {describe_example(rule.breaks)}"
