"""A progress bar on a terminal: rich's when it is installed, else click's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec

import click

Step = Callable[[], None]


@contextmanager
def progress_bar(length: int, *, shown: bool) -> Iterator[Step]:
    """Give a function to call after each of ``length`` steps; the bar is drawn on standard error."""
    if not shown:
        yield lambda: None
        return
    bar: Callable[[int], AbstractContextManager[Step]] = _rich_bar if find_spec("rich") is not None else _plain_bar
    with bar(length) as step:
        yield step


@contextmanager
def _plain_bar(length: int) -> Iterator[Step]:
    with click.progressbar(range(length), file=click.get_text_stream("stderr")) as bar:
        yield lambda: bar.update(1)


@contextmanager
def _rich_bar(length: int) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reports", total=length)
        yield lambda: progress.advance(task)
