"""Reports that were extracted before, found in files and folders and read one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from gknlp.errors import UnreadableInput
from gknlp.export.parts import is_parts
from gknlp.model import Report

_LINES = ".jsonl"
_SUFFIXES = (".json", _LINES)
_NO_REPORTS = frozenset({"errors.jsonl", "manifest.jsonl"})


class Stored(NamedTuple):
    """Where one report stands: a file and the bytes from ``start`` to ``end`` of it."""

    path: Path
    start: int
    end: int

    def read(self) -> Report:
        """Return the report; :class:`UnreadableInput` names the file and what is wrong with it."""
        try:
            return Report.from_json(self.data())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnreadableInput(f"{self.path}, byte {self.start}: not a report of gknlp: {error}") from error

    def data(self) -> bytes:
        """Return the JSON of the report; :class:`UnreadableInput` when the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                return file.read(self.end - self.start)
        except OSError as error:
            raise UnreadableInput(f"{self.path}: {error.strerror or error}") from error


def find_stored(paths: Iterable[str]) -> Iterator[Stored]:
    """Yield the reports of files and folders in the order of their names; a JSON Lines file holds one a line.

    Files that ``gknlp extract`` writes beside the reports (errors, manifest, hidden files) are left out.

    Raises:
        UnreadableInput: a path does not exist or is no file of reports.
    """
    for name in paths:
        path = Path(name)
        if path.is_dir() and is_parts(path):
            raise UnreadableInput(f"{name} holds tables in parts: for this, extract with --format json or jsonl")
        if path.is_dir():
            found = stored_files(path)
        elif path.is_file():
            found = [path]
        else:
            raise UnreadableInput(f"{name}: no such file or folder")
        for file in found:
            yield from _in_file(file)


def stored_files(folder: Path) -> list[Path]:
    """Return the files of reports in a folder that ``gknlp extract`` wrote, in the order of their names."""
    return sorted(file for file in folder.rglob("*") if file.suffix in _SUFFIXES and _may_hold(file, folder))


def _may_hold(file: Path, top: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(top).parts)
    return not hidden and file.name not in _NO_REPORTS


def _in_file(path: Path) -> Iterator[Stored]:
    if path.suffix != _LINES:
        yield Stored(path, 0, path.stat().st_size)
        return
    start = 0
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield Stored(path, start, start + len(line))
            start += len(line)
