"""A progress bar on a terminal: rich's when it is installed, else click's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec

import click

Step = Callable[[], None]


def progress_bar(length: int, *, shown: bool) -> AbstractContextManager[Step]:
    """Give a function to call after each of ``length`` steps; the bar is drawn on standard error."""
    if not shown:
        return nullcontext(lambda: None)
    if find_spec("rich") is None:
        return _plain_bar(length)
    return _rich_bar(length)


@contextmanager
def _plain_bar(length: int) -> Iterator[Step]:
    with click.progressbar(range(length), file=sys.stderr) as bar:
        yield lambda: bar.update(1)


@contextmanager
def _rich_bar(length: int) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reports", total=length)
        yield lambda: progress.advance(task)
