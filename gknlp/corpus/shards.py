"""A part of a run: some inputs into one file of each table, and a marker that says what is in them.

The same function does the work in a process of this machine and on another one. Files have the part's number for a
name and appear as a whole, the marker last: a part that is done twice is there once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

import msgspec

from gknlp.corpus.inputs import Input
from gknlp.corpus.ledger import digest, printable
from gknlp.corpus.outcomes import Outcome, Summary, Tally, tally
from gknlp.corpus.run import Encoded, extract_input
from gknlp.export.arrow import PART_TABLES, Part
from gknlp.export.files import write_whole
from gknlp.export.parts import MARKERS, marker_number, part_name
from gknlp.export.sinks import ERRORS, line
from gknlp.model import ErrorRecord, Record
from gknlp.pipeline import Options

SIZE = 500  # reports a part
CHANCE = frozenset({"WorkerDied", "TimeLimit", "MemoryError"})  # errors that may not come again


class Done(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One input of a part as the marker has it."""

    path: str
    sha256: str
    tally: Tally | None = None
    error: ErrorRecord | None = None

    def outcome(self) -> Outcome:
        """Return the outcome without its report, which is in the part's files."""
        return Outcome(path=self.path, sha256=self.sha256, tally=self.tally, error=self.error)


class Marker(Record, frozen=True, kw_only=True):
    """What a part holds; ``key`` is that of the run (see :mod:`gknlp.corpus.ledger`)."""

    key: str
    inputs: tuple[Done, ...]


class Store(Protocol):
    """Where parts are: a folder here, or an address elsewhere. Names are relative, with / between their parts."""

    def read(self, name: str) -> bytes | None:
        """Return a file's content, ``None`` when there is no such file."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file so that it is there as a whole or not at all."""

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""

    def names(self, folder: str) -> Iterable[str]:
        """Return the names of the files in a folder, none when there is no such folder."""


class LocalStore:
    """A folder of this machine."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, ``None`` when there is no such file."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file so that it is there as a whole or not at all."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        (self._folder / name).unlink(missing_ok=True)

    def names(self, folder: str) -> Iterable[str]:
        """Return the names of the files in a folder, none when there is no such folder."""
        try:
            return sorted(os.listdir(self._folder / folder))  # noqa: PTH208 - names are all that is wanted
        except FileNotFoundError:
            return ()


class ShardPlan(NamedTuple):
    """The inputs of one part; ``refused`` are those that are known to end a process, with what to record."""

    number: int
    items: tuple[Input, ...]
    key: str
    refused: Mapping[int, Outcome] = MappingProxyType({})


def plan_shards(items: Iterable[Input], key: str, size: int = SIZE) -> Iterator[ShardPlan]:
    """Yield the parts of a run in order; those of the same inputs in the same order are the same."""
    held: list[Input] = []
    number = 0
    for item in items:
        held.append(item)
        if len(held) == size:
            yield ShardPlan(number, tuple(held), key)
            held = []
            number += 1
    if held:
        yield ShardPlan(number, tuple(held), key)


def write_shard(
    plan: ShardPlan,
    store: Store,
    options: Options,
    tell: Callable[[Outcome], None],
    read: Callable[[Input], Input] = lambda item: item,
) -> Marker:
    """Extract a part's inputs, write its files and return its marker; ``tell`` hears of each input.

    ``read`` gives an input with its bytes where its path is not one of this machine.
    """
    part = Part()
    done = []
    for place, item in enumerate(plan.items):
        outcome = plan.refused.get(place)
        if outcome is None:
            result = extract_input(read(item), line, options)
            if isinstance(result, Encoded):
                part.add(result.report, result.data)
            outcome = _outcome(result)
        done.append(Done(path=outcome.path, sha256=outcome.sha256, tally=outcome.tally, error=outcome.error))
        tell(outcome)
    marker = Marker(key=plan.key, inputs=tuple(done))
    for table, data in part.files():
        store.write(f"{table}/{part_name(plan.number, 'parquet')}", data)
    store.write(f"{MARKERS}/{part_name(plan.number, 'json')}", msgspec.json.encode(marker))
    return marker


def _outcome(result: Encoded | ErrorRecord) -> Outcome:
    if isinstance(result, ErrorRecord):
        return Outcome(path=result.source.path, sha256=result.source.sha256, error=result)
    source = result.report.source
    return Outcome(path=source.path, sha256=source.sha256, tally=tally(result.report))


def read_marker(store: Store, number: int) -> Marker | None:
    """Return the marker of a part, ``None`` when it does not stand."""
    data = store.read(f"{MARKERS}/{part_name(number, 'json')}")
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=Marker)
    except msgspec.DecodeError:
        return None


def stands(plan: ShardPlan, marker: Marker | None, read: Callable[[Input], Input] = lambda item: item) -> bool:
    """Return whether a part's marker is that of the same inputs with the same bytes, done in the same way.

    Errors that chance may have caused are not taken for done.
    """
    if marker is None or not is_of(plan, marker):
        return False
    pairs = zip(plan.items, marker.inputs, strict=True)
    return all(digest(read(item)) == done.sha256 for item, done in pairs)


def is_of(plan: ShardPlan, marker: Marker) -> bool:
    """Return whether a marker is that of the plan's inputs, their bytes aside."""
    paths = [printable(item.path) for item in plan.items]
    chance = any(done.error is not None and done.error.error in CHANCE for done in marker.inputs)
    return marker.key == plan.key and [done.path for done in marker.inputs] == paths and not chance


def remove_shard(store: Store, number: int) -> None:
    """Remove a part, its marker first: from then on it does not stand."""
    store.remove(f"{MARKERS}/{part_name(number, 'json')}")
    for table in PART_TABLES:
        store.remove(f"{table}/{part_name(number, 'parquet')}")


def prepare(plans: Iterable[ShardPlan], store: Store, *, resume: bool) -> None:
    """Remove the parts of earlier runs that the plan does not have, so that no report is ever there twice."""
    left = set(shard_numbers(store))
    if not left:
        return
    for plan in plans:
        if plan.number in left and resume:
            marker = read_marker(store, plan.number)
            if marker is not None and is_of(plan, marker):
                left.discard(plan.number)
    for number in left:
        remove_shard(store, number)


def summary_of(store: Store) -> Summary:
    """Return the summary of the parts that stand."""
    summary = Summary()
    for number in shard_numbers(store):
        marker = read_marker(store, number)
        for done in marker.inputs if marker else ():
            summary = summary.after(done.outcome())
    return summary


def write_errors(store: Store) -> None:
    """Write ``errors.jsonl``, in the order of the inputs, from the parts that stand."""
    lines = []
    for number in shard_numbers(store):
        marker = read_marker(store, number)
        lines += [line(done.error) for done in (marker.inputs if marker else ()) if done.error is not None]
    store.write(ERRORS, b"".join(lines))


def shard_numbers(store: Store) -> list[int]:
    """Return the numbers of the parts that stand."""
    numbers = (marker_number(name) for name in store.names(MARKERS))
    return sorted(number for number in numbers if number is not None)
