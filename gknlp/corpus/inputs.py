"""Which inputs a run has: files, folders, globs and standard input, in a stable order, each once."""

from __future__ import annotations

import glob
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from gknlp.errors import UnreadableInput

STDIN = "-"
NOTHING_THERE = "no such file or folder"
NO_MATCH = "no file matches this pattern"
_IN_FOLDER = "folder"  # where the report of a folder that gives none would go
# Names that reports go by. What a file is, its content says; one that gknlp cannot read becomes an error record, so
# that a folder with a PDF among the texts is not taken for read as a whole.
PLAIN = frozenset({".txt", ".text", ".md", ".markdown"})
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".htm", ".html", ".mht", ".mhtml"})
SUFFIXES = TEXT_SUFFIXES | {".pdf", ".doc", ".docx", ".wps", ".rtf", ".odt", ".ofd"}
# A folder of reports often has one of these about the folder itself; named on the command line they are still read.
NOT_REPORTS = frozenset({"readme", "notes", "license", "changelog"})


class Input(NamedTuple):
    """One input.

    ``path`` is what the user wrote, extended by what was found beneath it (``archive.zip!member`` for a document
    within a container); ``inside`` is the part beneath the folder that was named, else the file's name. ``problem``
    says why the input cannot give a report. ``data`` are the bytes when they are at hand already, as those of a
    member of an archive are; else :func:`read_input` reads the file at ``path``. ``column`` is the column of texts of
    a table.
    """

    path: str
    inside: str
    problem: str | None = None
    data: bytes | None = None
    column: str | None = None


class Container(NamedTuple):
    """A kind of file that holds several documents: its suffixes, and the module that gives them.

    The module's ``documents(item)`` yields an :class:`Input` with ``data`` for each document, one at a time so that a
    large archive is never in memory as a whole; one with a ``problem`` for what cannot be read.
    """

    suffixes: tuple[str, ...]
    module: str


class _Opener(Protocol):
    def documents(self, item: Input) -> Iterator[Input]: ...


# Tried from the top: a crawl that is packed ends in .gz, too.
CONTAINERS: tuple[Container, ...] = (
    Container((".warc", ".warc.gz"), "gknlp.corpus.containers.crawl"),
    Container((".zip", ".gz"), "gknlp.corpus.containers.archive"),
    Container((".csv", ".tsv", ".jsonl", ".ndjson"), "gknlp.corpus.containers.rows"),
)
_TABLES = frozenset(CONTAINERS[-1].suffixes)
ARCHIVES = frozenset({".zip", ".gz", ".warc"})


def documents(inputs: Iterable[Input]) -> Iterator[Input]:
    """Yield the documents of ``inputs`` in order: an input itself, or what it holds when it is a container."""
    for item in inputs:
        container = _container(item)
        if container is None or item.problem is not None:
            yield item
        else:
            yield from cast(_Opener, importlib.import_module(container.module)).documents(item)


def is_container(item: Input) -> bool:
    """Whether an input may hold several documents: an archive, a crawl, a table whose column of texts is known."""
    return _container(item) is not None


def is_table(item: Input) -> bool:
    """Whether an input is a table by its name, whose column of texts must be known."""
    return item.path.lower().endswith(tuple(_TABLES))


def _container(item: Input) -> Container | None:
    if item.data is not None or (is_table(item) and item.column is None):
        return None
    name = item.path.lower()
    return next((known for known in CONTAINERS if name.endswith(known.suffixes)), None)


SMALL = 400  # reports as plain text, a second or two of work
_COSTLY = 20  # how many texts any other format costs


def is_small(inputs: Iterable[Input]) -> bool:
    """Return whether the work on ``inputs`` is done before worker processes would have started."""
    work = 0
    for item in inputs:
        work += 1 if Path(item.path.lower()).suffix in PLAIN else _COSTLY
        if work > SMALL or is_container(item):
            return False
    return True


def read_input(item: Input) -> bytes:
    """Return the bytes of an input; :class:`UnreadableInput` says why there are none."""
    if item.problem is not None:
        raise UnreadableInput(item.problem)
    if item.data is not None:
        return item.data
    try:
        return sys.stdin.buffer.read() if item.path == STDIN else Path(item.path).read_bytes()
    except OSError as error:
        raise UnreadableInput(error.strerror or str(error)) from error


def is_at_hand(item: Input) -> bool:
    """Whether an input's bytes can be read again without waiting: those of a pipe, and standard input, cannot."""
    return item.data is not None or os.path.isfile(item.path)  # noqa: PTH113 - pathlib raises for a closed folder


def find_inputs(arguments: Iterable[str], text_column: str | None = None) -> tuple[Input, ...]:
    """Return the inputs that ``arguments`` name, in their order, folders sorted by path.

    A file named outright is always an input. A folder gives the files beneath it whose suffix is one of
    :data:`SUFFIXES` or that of an archive; hidden files and folders are left out. An argument that gives nothing is an
    input with a ``problem``, so that none is lost.

    Args:
        arguments: files, folders, patterns, ``-`` for standard input.
        text_column: the column of tables that holds the texts; with it folders give their tables, too.
    """
    suffixes = SUFFIXES | ARCHIVES | (_TABLES if text_column is not None else frozenset())
    found: dict[str, Input] = {}
    for argument in arguments:
        for item in _expand(argument, suffixes):
            found.setdefault(_identity(item.path), item._replace(column=text_column))
    return tuple(found.values())


def _identity(path: str) -> str:
    return path if path == STDIN else os.path.realpath(path)


def _expand(argument: str, suffixes: frozenset[str]) -> Iterator[Input]:
    if argument == STDIN:
        yield Input(STDIN, "stdin")
    elif os.path.isdir(argument):  # noqa: PTH112 - pathlib raises where a name is too long or a folder closed
        yield from _folder(argument, suffixes)
    elif os.path.lexists(argument):
        yield Input(argument, Path(argument).name)
    elif glob.has_magic(argument):
        yield from _pattern(argument)
    else:
        yield Input(argument, Path(argument).name, _why_missing(argument))


def _why_missing(argument: str) -> str:
    try:
        Path(argument).lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return NOTHING_THERE
    except OSError as error:
        return error.strerror or str(error)
    return NOTHING_THERE


def _pattern(pattern: str) -> Iterator[Input]:
    paths = sorted(glob.glob(pattern, recursive=True), key=_order)  # noqa: PTH207 - pathlib takes no absolute pattern
    if not paths:
        yield Input(pattern, pattern, NO_MATCH)
    for path in paths:
        if Path(path).is_dir():
            continue  # a/** names the folders and, again, the files within them
        yield Input(path, Path(path).name)


def _folder(folder: str, suffixes: frozenset[str]) -> Iterator[Input]:
    closed: list[OSError] = []
    paths = list(_walk(folder, suffixes, closed.append))
    problems = {str(error.filename): f"the folder cannot be read: {error.strerror}" for error in closed}
    if not paths and not problems:
        yield Input(folder, _IN_FOLDER, holds_no_report(suffixes))
    for path in sorted([*paths, *problems], key=_order):
        inside = os.path.relpath(path, folder)
        yield Input(path, f"{inside}/{_IN_FOLDER}" if path in problems else inside, problems.get(path))


def holds_no_report(suffixes: frozenset[str]) -> str:
    """Return what is wrong with a folder that gives no input."""
    return f"the folder holds no report (files looked for: {' '.join(sorted(suffixes))})"


def _walk(folder: str, suffixes: frozenset[str], closed: Callable[[OSError], None]) -> Iterator[str]:
    for place, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (str(Path(place, name)) for name in names if looks_like_report(name, suffixes))


def looks_like_report(name: str, suffixes: frozenset[str] = SUFFIXES) -> bool:
    """Whether a file that is found in a folder is taken for a report, by its name."""
    path = Path(name.lower())
    return not name.startswith(".") and path.suffix in suffixes and path.stem not in NOT_REPORTS


def _order(path: str) -> tuple[str, ...]:
    return Path(path).parts
