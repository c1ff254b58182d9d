"""A progress bar on a terminal with rate and time left: rich's when it is installed, else click's."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from itertools import count

import click

Step = Callable[[], None]


def progress_bar(length: int | None, *, shown: bool, what: str = "reports") -> AbstractContextManager[Step]:
    """Give a function to call after each of ``length`` steps, ``None`` for nobody knows; drawn on standard error."""
    if not shown:
        return nullcontext(lambda: None)
    if find_spec("rich") is None:
        return _plain_bar(length, what)
    return _rich_bar(length, what)


def rate(steps: int, seconds: float) -> str:
    """Return steps a second, as a person reads it.

    >>> rate(1500, 10.0), rate(3, 10.0), rate(0, 0.0)
    ('150/s', '0.3/s', '')
    """
    if seconds <= 0 or not steps:
        return ""
    each = steps / seconds
    return f"{each:.0f}/s" if each >= 10 else f"{each:.1f}/s"


@contextmanager
def _plain_bar(length: int | None, what: str) -> Iterator[Step]:
    began, done = time.monotonic(), 0

    with click.progressbar(
        count() if length is None else range(length),
        file=sys.stderr,
        label=what,
        show_pos=True,
        item_show_func=lambda _: rate(done, time.monotonic() - began),
    ) as bar:

        def step() -> None:
            nonlocal done
            done += 1
            bar.update(1, done)

        yield step


@contextmanager
def _rich_bar(length: int | None, what: str) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    began, done = time.monotonic(), 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=length, rate="")

        def step() -> None:
            nonlocal done
            done += 1
            progress.update(task, advance=1, rate=rate(done, time.monotonic() - began))

        yield step
