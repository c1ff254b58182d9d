"""Files that are whole or not there: written beside their place under another name, then renamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

PARTIAL = ".partial"


class Lines(Protocol):
    """Where lines go; a line given to :meth:`write` is written whole or not at all."""

    def write(self, line: bytes) -> None:
        """Write one line, its newline included."""

    def keep(self, size: int) -> None:
        """Take over the next ``size`` bytes of what an earlier run has left in place of writing them."""

    def close(self, *, complete: bool) -> None:
        """End the writing; ``complete`` tells whether all that was to come has come."""


class Journal:
    """Lines of a file that is written from its start, or after what is kept of an earlier one.

    Nothing is buffered: whatever ends the process, the lines written so far are there, and at most the last is cut.
    What was there before goes when the first line is written, not earlier.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self._file = path.open("r+b" if resume and path.is_file() else "wb", buffering=0)
        self._whole = 0
        self._cut = False

    def keep(self, size: int) -> None:
        """Take over the next ``size`` bytes; only before the first :meth:`write`."""
        assert not self._cut  # noqa: S101 - a mistake of the program would mix two runs
        self._whole += size

    def write(self, line: bytes) -> None:
        """Write one line. Raises :class:`OSError` when the disk is full; :meth:`close` then drops the cut line."""
        if not self._cut:
            self._file.truncate(self._whole)
            self._file.seek(self._whole)
            self._cut = True
        _write_all(self._file, line)
        self._whole += len(line)

    def close(self) -> None:
        """Cut what is not whole and close the file."""
        self._file.truncate(self._whole)
        self._file.close()


class LineFile:
    """Lines of a file that stands as ``NAME.partial`` until it is complete."""

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path.resolve()
        self.partial = partial_of(path)
        self._lines = Journal(self.partial, resume=resume)

    def write(self, line: bytes) -> None:
        """Write one line. Raises :class:`OSError` when the disk is full; :meth:`close` then drops the cut line."""
        self._lines.write(line)

    def keep(self, size: int) -> None:
        """Take over the next ``size`` bytes of the partial file that an earlier run has left."""
        self._lines.keep(size)

    def close(self, *, complete: bool) -> None:
        """Give the file its name when it is complete, else leave the whole lines under ``NAME.partial``."""
        self._lines.close()
        if complete:
            self.partial.replace(self.path)


def partial_of(path: Path) -> Path:
    """Return the name of a file while it is not complete; a link's target is what is written."""
    whole = path.resolve()
    return whole.with_name(whole.name + PARTIAL)


class WholeFile:
    """A file of one record, there once it is written."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path.resolve()

    def write(self, line: bytes) -> None:
        """Write the file."""
        write_whole(self.path, line)

    def keep(self, size: int) -> None:
        """Nothing to do: no earlier run is taken up."""

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

    def keep(self, size: int) -> None:
        """Nothing to do: no earlier run is taken up."""

    def close(self, *, complete: bool) -> None:
        """Nothing to do: every line was flushed."""


class NoLines:
    """Lines that nobody keeps."""

    def write(self, line: bytes) -> None:
        """Drop the line."""

    def keep(self, size: int) -> None:
        """Nothing to do: no earlier run is taken up."""

    def close(self, *, complete: bool) -> None:
        """Nothing to do."""


@contextmanager
def whole_at_end(path: Path) -> Iterator[Path]:
    """Give the place to write a file at, which takes its name at the end; nothing is left of one that failed."""
    partial = path.with_name(path.name + PARTIAL)
    partial.unlink(missing_ok=True)
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that a reader sees the old file or the new one, never a part."""
    temporary = path.with_name(f".gknlp-{uuid4().hex}{PARTIAL}")  # several machines may share the folder
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
