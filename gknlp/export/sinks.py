"""Where the reports of a run go: one file of lines, a folder of files, or one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Literal, Protocol

import msgspec

from gknlp.export.files import LineFile, Lines, write_whole
from gknlp.model import ErrorRecord, Report

ERRORS = "errors.jsonl"
MANIFEST = "manifest.jsonl"
LONGEST_NAME = 240  # bytes; file systems allow 255, and a number may still come behind it
LONGEST_FOLDER = 1000  # bytes of a path within the output; systems allow some 4,000 for the whole


Encoding = Literal["line", "document"]


class Sink(Protocol):
    """Takes the results of a run, encoded as :attr:`encoding` says, in the order of the inputs."""

    encoding: Encoding

    def place(self, inside: str) -> str:
        """Return where the report of the next input goes; ``inside`` is its path within what was named."""

    def write(self, name: str, data: bytes) -> None:
        """Write one encoded report to the place called ``name``."""

    def error(self, name: str, record: ErrorRecord) -> None:
        """Write one error record in place of the report that would have gone to ``name``."""

    def keep(self, name: str, size: int, error: ErrorRecord | None) -> None:
        """Leave as it is what an earlier run wrote: a report of ``size`` bytes at ``name``, or an error record."""

    def close(self, *, complete: bool) -> None:
        """End the output; ``complete`` tells whether every input was dealt with."""


class LinesSink:
    """JSON Lines, one report a line."""

    encoding: Encoding = "line"

    def __init__(self, reports: Lines, errors: Lines) -> None:
        self._reports = reports
        self._errors = errors

    def place(self, inside: str) -> str:
        """Return no name: the lines are in the order of the inputs."""
        return ""

    def write(self, name: str, data: bytes) -> None:
        """Write one line."""
        self._reports.write(data)

    def error(self, name: str, record: ErrorRecord) -> None:
        """Write one error line."""
        self._errors.write(line(record))

    def keep(self, name: str, size: int, error: ErrorRecord | None) -> None:
        """Take over one line of the partial file; errors are written anew, since another run may share their file."""
        if error is None:
            self._reports.keep(size)
        else:
            self._errors.write(line(error))

    def close(self, *, complete: bool) -> None:
        """Name the files, or leave them as partial."""
        self._reports.close(complete=complete)
        self._errors.close(complete=complete)


class DocumentSink(LinesSink):
    """One report as one indented JSON object."""

    encoding: Encoding = "document"


class FolderSink:
    """One indented JSON file a report, laid out as the inputs are, and ``errors.jsonl``.

    Each file is there as soon as its report is done, and so are the errors, also when the run is interrupted.
    """

    encoding: Encoding = "document"

    def __init__(self, folder: Path) -> None:
        self._errors = LineFile(folder / ERRORS)
        self._folder = folder
        self._taken: set[str] = set()
        self._places: dict[tuple[str, ...], PurePath] = {}

    def place(self, inside: str) -> str:
        """Return the name of the input's file; it is the same in every run over the same inputs."""
        return self._free(inside)

    def write(self, name: str, data: bytes) -> None:
        """Write one file."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)

    def error(self, name: str, record: ErrorRecord) -> None:
        """Write one error line; a file of an earlier run would pass for this input's report and goes."""
        self._errors.write(line(record))
        (self._folder / name).unlink(missing_ok=True)

    def keep(self, name: str, size: int, error: ErrorRecord | None) -> None:
        """Nothing to do: the file is there."""

    def close(self, *, complete: bool) -> None:
        """Name the errors file: what it says is true of a run that was interrupted, too."""
        self._errors.close(complete=True)

    def _free(self, name: str) -> str:
        """Return ``name`` ending in .json, numbered where an earlier input of this run has that name.

        Names are compared without case: many file systems hold ``A.json`` and ``a.json`` for one file.
        """
        inside = PurePath(name)
        place = self._place(inside.parts[:-1])
        stem = _visible(inside.stem)
        candidate, number = place / f"{stem}.json", 1
        while (key := candidate.as_posix().casefold()) in self._taken:
            number += 1
            candidate = place / f"{stem}-{number}.json"
        self._taken.add(key)
        return str(candidate)

    def _place(self, folders: tuple[str, ...]) -> PurePath:
        """Return the folder of a report: the output's own when the path is too long."""
        if folders not in self._places:
            names = tuple(map(_folder_name, folders))
            fits = len("/".join(names).encode()) <= LONGEST_FOLDER
            self._places[folders] = self._beside_files(names) if fits else PurePath()
        return self._places[folders]

    def _beside_files(self, names: tuple[str, ...]) -> PurePath:
        """Return a folder that no file is in the way of: an output within its inputs has the archives there."""
        place = PurePath()
        for name in names:
            place /= name
            while (self._folder / place).is_file():
                place = place.with_name(f"{place.name}_")
        return place


def _folder_name(name: str) -> str:
    """Return the name for a folder that no file of the output can have."""
    visible = _visible(name)
    return f"{visible}_" if visible.casefold().endswith((".json", ".jsonl")) else visible


def _visible(name: str) -> str:
    """Return a name that fits a file system and is not hidden: what reads the output leaves hidden files out."""
    fitting = name.encode("utf-8", "replace")[:LONGEST_NAME].decode("utf-8", "ignore")
    return fitting.lstrip(".") or "_"


def line(record: Report | ErrorRecord) -> bytes:
    """Return a record as one line of JSON."""
    return msgspec.json.encode(record) + b"\n"


def document(report: Report) -> bytes:
    """Return a report as indented JSON."""
    return report.to_json(indent=2).encode() + b"\n"


ENCODERS: dict[Encoding, Callable[[Report], bytes]] = {"line": line, "document": document}
