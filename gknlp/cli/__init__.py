"""The command ``gknlp``; each command is a module that is imported when it is asked for."""

from __future__ import annotations

import importlib

import click

import gknlp

COMMANDS = (
    *("extract", "show", "explain", "check", "view", "stats", "panel", "themes", "annotate"),
    *("export", "query", "evaluate", "train", "forms", "rules", "schema"),
)


class LazyGroup(click.Group):
    """A group whose commands live in modules of this package, each as ``command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a user's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"gknlp.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - tells the type checker what the modules promise
        return command


@click.command(
    "gknlp",
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes of all commands: 0 done, 1 done in part (the command's help says how), 2 wrong use, "
    "3 the output cannot be written, 130 interrupted.",
)
@click.version_option(gknlp.__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Chinese annual reports on government information disclosure as checked, citable data.

    \b
    gknlp extract reports -o out      read every report of a folder
    gknlp show out/a.json             look at what was read and what is doubtful
    gknlp explain out/a.json cell:requests/granted/total
    """
