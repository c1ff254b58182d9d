"""The command ``gknlp``; each command is a module that is imported when it is asked for."""

from __future__ import annotations

import importlib

import click

import gknlp

INTERRUPTED = 130

# In the order of a user's work, each with its first sentence, so that --help need not import them all.
COMMANDS = {
    "extract": "Read reports into checked JSON.",
    "show": "Show the tables with doubtful cells marked, and what failed.",
    "explain": "Show where a value comes from.",
    "check": "Say what is wrong with reports, for example before they are filed.",
    "view": "Make a page that shows every value in its sentence, to look through and correct.",
    "stats": "Tell what a set of reports holds, what is missing and what stands out.",
    "panel": "Link the reports of each issuer over the years and compare them.",
    "themes": "Compare what reports state as problems and measures.",
    "annotate": "Choose items to label, and exchange them with annotation tools.",
    "export": "Write the reports in OUT as tables for other programs.",
    "query": "Ask the reports in OUT a question in SQL.",
    "evaluate": "Measure reports against gold annotations.",
    "train": "Train the classifier of problems and measures.",
    "forms": "List the official forms with their tables, rows and columns.",
    "rules": "List the rules that reports are checked by.",
    "schema": "Print the JSON Schema of a report.",
}


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

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C has an exit code of its own, which no command uses for a result."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("gknlp: interrupted", err=True)
            ctx.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their first sentences."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


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
