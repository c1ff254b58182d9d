"""``gknlp view``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from gknlp.corpus.stored import Stored
    from gknlp.model import Report


@click.command("view")
@click.argument("reports", nargs=-1, required=True, metavar="OUT...")
@click.option("--out", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The page (.html).")
def command(reports: tuple[str, ...], out: Path) -> None:
    """Make a page that shows every value in its sentence, to look through and correct.

    OUT are folders or files that 'gknlp extract' wrote. The page needs no network and no server; more than 50 reports
    stand in a folder beside it. What you accept and correct downloads as annotations that 'gknlp train' reads.

    \b
    gknlp view out -o review.html
    gknlp view out/a.json -o a.html
    gknlp train annotations.jsonl --base annotations -o mymodel
    """
    from gknlp.cli.progress import progress_bar
    from gknlp.corpus.stored import find_stored
    from gknlp.errors import UnreadableInput
    from gknlp.export.viewer import write_viewer

    try:
        stored = list(find_stored(reports))
        if not stored:
            raise click.ClickException(
                f"no reports under {', '.join(reports)}: run 'gknlp extract' on the sources first"
            )
        with progress_bar(len(stored), shown=sys.stderr.isatty()) as done:
            count = write_viewer(_read(stored, done), out)
    except UnreadableInput as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        click.echo(f"cannot write {out}: {error.strerror or error}", err=True)
        sys.exit(3)
    click.echo(f"{count} reports -> {out}", err=True)


def _read(stored: Sequence[Stored], done: Callable[[], None]) -> Iterator[Report]:
    for place in stored:
        yield place.read()
        done()
