"""Files that are whole or not there: written beside their place under another name, then renamed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol

PARTIAL = ".partial"


class Lines(Protocol):
    """Where lines go; a line given to :meth:`write` is written whole or not at all."""

    def write(self, line: bytes) -> None:
        """Write one line, its newline included."""

    def close(self, *, complete: bool) -> None:
        """End the writing; ``complete`` tells whether all that was to come has come."""


class LineFile:
    """Lines of a file that stands as ``NAME.partial`` until it is complete.

    Nothing is buffered: whatever ends the process, the lines written so far are there, and none is cut.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path.resolve()
        self.partial = self.path.with_name(self.path.name + PARTIAL)
        self._file = self.partial.open("wb", buffering=0)
        self._whole = 0

    def write(self, line: bytes) -> None:
        """Write one line. Raises :class:`OSError` when the disk is full; :meth:`close` then drops the cut line."""
        _write_all(self._file, line)
        self._whole += len(line)

    def close(self, *, complete: bool) -> None:
        """Give the file its name when it is complete, else leave the whole lines under ``NAME.partial``."""
        self._file.truncate(self._whole)
        self._file.close()
        if complete:
            self.partial.replace(self.path)


class WholeFile:
    """A file of one record, there once it is written."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path.resolve()

    def write(self, line: bytes) -> None:
        """Write the file."""
        write_whole(self.path, line)

    def close(self, *, complete: bool) -> None:
        """Nothing to do: the file is whole or was never written."""


class LineStream:
    """Lines of a stream that is not ours to rename: standard output, a device, a pipe."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, line: bytes) -> None:
        """Write and flush one line."""
        _write_all(self._stream, line)
        self._stream.flush()

    def close(self, *, complete: bool) -> None:
        """Nothing to do: every line was flushed."""


class NoLines:
    """Lines that nobody keeps."""

    def write(self, line: bytes) -> None:
        """Drop the line."""

    def close(self, *, complete: bool) -> None:
        """Nothing to do."""


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that a reader sees the old file or the new one, never a part."""
    temporary = path.with_name(f".gknlp-{os.getpid()}{PARTIAL}")
    try:
        with temporary.open("wb", buffering=0) as file:
            _write_all(file, data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # still there only when something went wrong


def _write_all(file: BinaryIO, data: bytes) -> None:
    """Write all of ``data``: a raw write may take a part only, as on a disk that is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
