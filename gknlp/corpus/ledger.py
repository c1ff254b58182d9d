"""What earlier runs have done, so that a run that is taken up again does only the rest.

An input is done when its path, the digest of its bytes and the *key* of the run are the same: the version of gknlp, the
model of the issues and the options. Each line of a manifest is written after what it speaks of; a process that is
killed between the two does that one input again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

import gknlp
from gknlp.corpus.inputs import Input, is_at_hand, read_input
from gknlp.corpus.outcomes import Outcome, Tally
from gknlp.errors import UnreadableInput
from gknlp.export.files import Journal
from gknlp.issues.classify import load_model
from gknlp.model import ErrorRecord, Record
from gknlp.pipeline import Options

KEY_LENGTH = 16


class Entry(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One input that is done: ``size`` bytes at the place ``name``, or an error record."""

    key: str
    path: str
    sha256: str
    name: str = ""
    size: int = 0
    tally: Tally | None = None
    error: ErrorRecord | None = None


class Ledger(Protocol):
    """Knows what is done and is told what gets done; both in the order of the inputs."""

    def find(self, item: Input, name: str) -> Entry | None:
        """Return the entry of an input that is done and whose result still stands."""

    def keep(self, entry: Entry) -> None:
        """Note that an entry that was found is kept."""

    def add(self, entry: Entry) -> None:
        """Note an input whose result was written."""

    def close(self, *, complete: bool) -> None:
        """End the run; ``complete`` tells whether every input was dealt with."""


class NoLedger:
    """For an output that cannot be taken up again."""

    def find(self, item: Input, name: str) -> Entry | None:
        """Return nothing: all is to be done."""

    def keep(self, entry: Entry) -> None:
        """Nothing to note."""

    def add(self, entry: Entry) -> None:
        """Nothing to note."""

    def close(self, *, complete: bool) -> None:
        """Nothing to end."""


class FolderLedger:
    """The manifest of a folder with one file a report.

    Errors are not in it: an input that gave none is tried again. The last entry of a name is the one that holds.
    """

    def __init__(self, manifest: Path, key: str, *, resume: bool) -> None:
        manifest.parent.mkdir(parents=True, exist_ok=True)
        self._folder = manifest.parent
        self._key = key
        entries = _entries(manifest) if resume else ()
        self._done: dict[str, bytes] = {}
        size = 0
        for entry, end in entries:
            self._done[entry.name] = msgspec.msgpack.encode(entry) if entry.key == key else b""
            size = end
        self._journal = Journal(manifest, resume=resume)
        self._journal.keep(size)

    def find(self, item: Input, name: str) -> Entry | None:
        """Return the entry when the file has its size and the input its digest."""
        packed = self._done.get(name)
        if not packed:
            return None
        entry = msgspec.msgpack.decode(packed, type=Entry)
        if entry.path != printable(item.path) or _size(self._folder / name) != entry.size:
            return None
        return entry if digest(item) == entry.sha256 else None

    def keep(self, entry: Entry) -> None:
        """Nothing to note: the line is there."""

    def add(self, entry: Entry) -> None:
        """Write one line, for a report."""
        if entry.error is None:
            self._journal.write(_line(entry))

    def close(self, *, complete: bool) -> None:
        """Keep the manifest: inputs may be added later."""
        self._journal.close()


class LinesLedger:
    """The manifest of a file of lines, there while the file is partial: what it speaks of is the file's beginning.

    Errors are in it, since they stand between the reports. From the first input that is not as it was, all is new.
    """

    def __init__(self, manifest: Path, partial: Path, key: str, *, resume: bool) -> None:
        manifest.parent.mkdir(parents=True, exist_ok=True)
        self._manifest = manifest
        self._key = key
        self._left = _size(partial)
        self._entries: Iterator[tuple[Entry, int]] = iter(_entries(manifest) if resume else ())
        self._journal = Journal(manifest, resume=resume)

    def find(self, item: Input, name: str) -> Entry | None:
        """Return the next entry when it is of this very input."""
        entry, _ = next(self._entries, (None, 0))
        if entry is not None and self._holds(entry, item):
            self._left -= entry.size
            return entry
        self._entries = iter(())
        return None

    def _holds(self, entry: Entry, item: Input) -> bool:
        same = entry.key == self._key and entry.path == printable(item.path)
        return same and entry.size <= self._left and digest(item) == entry.sha256

    def keep(self, entry: Entry) -> None:
        """Take over the entry's line."""
        self._journal.keep(len(_line(entry)))

    def add(self, entry: Entry) -> None:
        """Write one line."""
        self._journal.write(_line(entry))

    def close(self, *, complete: bool) -> None:
        """Drop the manifest of a file that is complete."""
        self._journal.close()
        if complete:
            self._manifest.unlink()


def run_key(options: Options) -> str:
    """Return what decides, beside its bytes, what an input's report is: version, model and options."""
    knowledge = sorted(options.knowledge.glob("*.toml")) if options.knowledge else []
    parts = [
        gknlp.__version__.encode(),
        load_model().id.encode(),
        msgspec.json.encode(options, enc_hook=str, order="deterministic"),
        *(part for path in knowledge for part in (path.name.encode(), path.read_bytes())),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:KEY_LENGTH]


def entry_of(outcome: Outcome, name: str, key: str) -> Entry:
    """Return the entry of an outcome that was written to ``name``."""
    return Entry(
        key=key,
        path=outcome.path,
        sha256=outcome.sha256,
        name=name,
        size=len(outcome.data),
        tally=outcome.tally,
        error=outcome.error,
    )


def digest(item: Input) -> str:
    """Return the digest of an input's bytes as sources carry it, empty when it cannot be read, or not again."""
    if not is_at_hand(item):
        return ""
    try:
        return hashlib.sha256(read_input(item)).hexdigest()
    except UnreadableInput:
        return ""


def printable(text: str) -> str:
    """Return ``text`` as JSON can hold it: a file name need not be UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _entries(manifest: Path) -> Iterator[tuple[Entry, int]]:
    """Yield the entries of a manifest with the offsets of their ends, up to the first line that is cut or none."""
    if not manifest.is_file():
        return
    decoder = msgspec.json.Decoder(Entry)
    end = 0
    with manifest.open("rb") as file:
        for line in file:
            end += len(line)
            try:
                if not line.endswith(b"\n"):
                    return
                yield decoder.decode(line), end
            except msgspec.DecodeError:
                return


def _line(entry: Entry) -> bytes:
    return msgspec.json.encode(entry) + b"\n"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
