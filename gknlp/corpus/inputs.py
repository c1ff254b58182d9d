"""Which inputs a run has: files, folders, globs and standard input, in a stable order, each once."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

STDIN = "-"
# Names that reports go by. What a file is, its content says; one that gknlp cannot read becomes an error record, so
# that a folder with a PDF among the texts is not taken for read as a whole.
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".htm", ".html", ".mht", ".mhtml"})
SUFFIXES = TEXT_SUFFIXES | {".pdf", ".doc", ".docx", ".wps", ".rtf", ".odt", ".ofd"}
# A folder of reports often has one of these about the folder itself; named on the command line they are still read.
NOT_REPORTS = frozenset({"readme", "notes", "license", "changelog"})


class Input(NamedTuple):
    """One input.

    ``path`` is what the user wrote, extended by what was found beneath it; ``inside`` is the part beneath the folder
    that was named, else the file's name. ``problem`` says why the input cannot give a report.
    """

    path: str
    inside: str
    problem: str | None = None


def find_inputs(arguments: Iterable[str]) -> tuple[Input, ...]:
    """Return the inputs that ``arguments`` name, in their order, folders sorted by path.

    A file named outright is always an input. A folder gives the files beneath it whose suffix is one of
    :data:`SUFFIXES`; hidden files and folders are left out. An argument that gives nothing is an input with a
    ``problem``, so that none is lost.
    """
    found: dict[str, Input] = {}
    for argument in arguments:
        for item in _expand(argument):
            found.setdefault(_identity(item.path), item)
    return tuple(found.values())


def _identity(path: str) -> str:
    return path if path == STDIN else os.path.realpath(path)


def _expand(argument: str) -> Iterator[Input]:
    if argument == STDIN:
        yield Input(STDIN, "stdin")
    elif Path(argument).is_dir():
        yield from _folder(argument)
    elif os.path.lexists(argument):
        yield Input(argument, Path(argument).name)
    elif glob.has_magic(argument):
        yield from _pattern(argument)
    else:
        yield Input(argument, Path(argument).name, "no such file or folder")


def _pattern(pattern: str) -> Iterator[Input]:
    paths = sorted(glob.glob(pattern, recursive=True), key=_order)  # noqa: PTH207 - pathlib takes no absolute pattern
    if not paths:
        yield Input(pattern, pattern, "no file matches this pattern")
    for path in paths:
        if Path(path).is_dir():
            continue  # a/** names the folders and, again, the files within them
        yield Input(path, Path(path).name)


def _folder(folder: str) -> Iterator[Input]:
    paths = sorted(_walk(folder), key=_order)
    if not paths:
        suffixes = " ".join(sorted(SUFFIXES))
        yield Input(folder, Path(folder).name, f"the folder holds no report (files looked for: {suffixes})")
    for path in paths:
        yield Input(path, os.path.relpath(path, folder))


def _walk(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (str(Path(place, name)) for name in names if _looks_like_report(name))


def _looks_like_report(name: str) -> bool:
    path = Path(name.lower())
    return not name.startswith(".") and path.suffix in SUFFIXES and path.stem not in NOT_REPORTS


def _order(path: str) -> tuple[str, ...]:
    return Path(path).parts
