"""The options that switch rules off, shared by the commands that check reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

Command = Callable[..., object]


def ignore_options(command: Command) -> Command:
    """Give a command ``--ignore`` and ``--config``; :func:`ignored` reads what comes of them."""
    config = click.option(
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="A TOML file with settings of your own: [checks] ignore = [...].",
    )
    rules = click.option(
        "--ignore", multiple=True, metavar="RULE", help="Do not apply this rule (may be repeated; see 'gknlp rules')."
    )
    return rules(config(command))


def ignored(rules: tuple[str, ...], config: Path | None) -> frozenset[str]:
    """Return the ids of all rules that are switched off; :class:`click.UsageError` names one that there is not."""
    from gknlp.errors import KnowledgeError
    from gknlp.knowledge.settings import ignored_rules, load_settings

    try:
        named = ignored_rules(rules, place="--ignore")
        return named | frozenset(load_settings(config).checks.ignore if config is not None else ())
    except KnowledgeError as error:
        raise click.UsageError(str(error)) from error
