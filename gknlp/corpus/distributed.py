"""A run on Dask: the parts of :mod:`gknlp.corpus.shards`, done by workers on any number of machines.

Paths are what fsspec takes (``data/*.txt``, ``s3://bucket/reports/*.txt`` with the user's own ``s3fs``). A part that is
lost with its worker is done again by another one; its files have the same names, so each report is there once.
"""

# mypy: disallow_untyped_calls=False
# Dask types its functions in part only.
from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from itertools import islice
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import msgspec

from gknlp.corpus.frames import Wire
from gknlp.corpus.inputs import (
    ARCHIVES,
    NO_MATCH,
    NOTHING_THERE,
    SUFFIXES,
    Input,
    holds_no_report,
    is_container,
    is_table,
    looks_like_report,
)
from gknlp.corpus.interrupts import interrupts_deferred, interrupts_unheard
from gknlp.corpus.ledger import printable, run_key
from gknlp.corpus.outcomes import Outcome, Summary
from gknlp.corpus.pool import WorkersFailed
from gknlp.corpus.run import source_of
from gknlp.corpus.shards import (
    SIZE,
    LocalStore,
    ShardPlan,
    Store,
    plan_shards,
    prepare,
    read_marker,
    stands,
    summary_of,
    write_errors,
    write_shard,
)
from gknlp.errors import MissingExtra
from gknlp.model import ErrorRecord
from gknlp.pipeline import DEFAULTS, Options

if TYPE_CHECKING:
    from distributed import Client, Future
    from fsspec import AbstractFileSystem

DEATHS = 3  # workers that a part may end before its inputs are done one by one
MOST = 4  # parts under way for each thread of the cluster
_PACKED = "archives and tables are not taken apart on a cluster: unpack it, or use --engine processes"


class RemoteStore:
    """An address that fsspec knows. Object stores write a file as a whole; elsewhere it is renamed when it is whole."""

    def __init__(self, address: str) -> None:
        self._files, self._folder = _filesystem(address)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, ``None`` when there is no such file."""
        try:
            return cast(bytes, self._files.cat_file(posixpath.join(self._folder, name)))
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file so that it is there as a whole or not at all."""
        self._files.pipe_file(posixpath.join(self._folder, name), data)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        with suppress(FileNotFoundError):
            self._files.rm_file(posixpath.join(self._folder, name))

    def names(self, folder: str) -> Iterable[str]:
        """Return the names of the files in a folder, none when there is no such folder."""
        try:
            found = self._files.ls(posixpath.join(self._folder, folder), detail=False)
        except FileNotFoundError:
            return ()
        return sorted(posixpath.basename(path) for path in found)


def store_of(address: str) -> Store:
    """Return where parts go: a folder of this machine, or an address elsewhere."""
    return RemoteStore(address) if "://" in address else LocalStore(address)


def find_paths(patterns: Iterable[str]) -> tuple[Input, ...]:
    """Return the inputs that patterns or folders name, in order, each once; one that gives nothing has a problem.

    Raises:
        MissingExtra: Dask or fsspec is not installed.
    """
    need_dask()
    found: dict[str, Input] = {}
    for pattern in patterns:
        files, path = _filesystem(pattern)
        prefix = pattern.partition("://")[0] + "://" if "://" in pattern else ""
        names, problem = _named(files, path)
        for name in sorted(names, key=_order):
            address = prefix + name.lstrip("/") if prefix and prefix != "file://" else name
            item = Input(address, posixpath.basename(name))
            packed = is_container(item) or is_table(item)
            found.setdefault(_identity(address), item._replace(problem=_PACKED) if packed else item)
        if not names:
            found.setdefault(pattern, Input(pattern, pattern, problem))
    return tuple(found.values())


def _named(files: AbstractFileSystem, path: str) -> tuple[list[str], str]:
    """Return the files that a path names, and what is wrong with it when there is none."""
    if files.isdir(path):
        suffixes = SUFFIXES | ARCHIVES
        return [name for name in files.find(path) if _is_visible(name, path, suffixes)], holds_no_report(suffixes)
    if files.exists(path):
        return [path], ""
    if any(char in path for char in "*?["):
        return [name for name in files.glob(path) if files.isfile(name)], NO_MATCH
    return [], NOTHING_THERE


def _is_visible(name: str, folder: str, suffixes: frozenset[str]) -> bool:
    *folders, last = name.removeprefix(folder).strip("/").split("/")
    return looks_like_report(last, suffixes) and not any(part.startswith(".") for part in folders)


def _order(name: str) -> tuple[str, ...]:
    return tuple(name.split("/"))


def _identity(address: str) -> str:
    return address if "://" in address else os.path.realpath(address)


@contextmanager
def cluster(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """Give a client of a running scheduler, or of a cluster of processes on this machine that ends with the block.

    Raises:
        MissingExtra: Dask is not installed.
    """
    need_dask()
    from distributed import Client, LocalCluster

    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    open_ = ExitStack()
    try:
        resource_tracker.ensure_running()  # starting it lets its thread hear interrupts, and so the workers
        with interrupts_deferred(), interrupts_unheard():  # neither half a cluster, nor workers that end of Ctrl-C
            local = open_.enter_context(
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
                )
            )
            client = open_.enter_context(Client(local))
        yield client
    finally:
        with interrupts_deferred():
            open_.close()


def run_distributed(
    inputs: Iterable[Input],
    output: str,
    client: Client,
    *,
    done: Callable[[Outcome], None],
    options: Options = DEFAULTS,
    resume: bool = True,
    size: int = SIZE,
) -> Summary:
    """Extract every input into parts of ``size`` at ``output`` by the workers of ``client``.

    ``done`` is called for each input when its part stands. The summary is counted from the parts that stand.

    Raises:
        MissingExtra: pyarrow is not installed.
        OSError: a worker cannot write its part.
        WorkersFailed: a part ends its workers again and again, even with its inputs one by one.
    """
    store = store_of(output)
    plans = list(plan_shards(inputs, run_key(options), size))
    prepare(plans, store, resume=resume)
    kept = 0
    interrupted = False
    try:
        for marker_number, was_there in _work(plans, output, client, options, resume=resume):
            marker = read_marker(store, marker_number)
            for entry in marker.inputs if marker else ():
                kept += was_there
                done(entry.outcome())
    except KeyboardInterrupt:
        interrupted = True
    write_errors(store)
    return msgspec.structs.replace(summary_of(store), kept=kept, interrupted=interrupted)


def _work(
    plans: list[ShardPlan], output: str, client: Client, options: Options, *, resume: bool
) -> Iterator[tuple[int, bool]]:
    """Yield the numbers of the parts as they come to stand, with whether they stood before."""
    from distributed import as_completed

    left = iter(plans)
    packed = msgspec.json.encode(options, enc_hook=str, order="deterministic")
    under_way: dict[object, ShardPlan] = {}

    def submit(plan: ShardPlan) -> Future[bool]:
        future = client.submit(
            do_part, _pack(plan), output, packed, resume, pure=False, retries=0, key=f"part-{plan.number}-{uuid4().hex}"
        )
        under_way[future.key] = plan
        return future

    threads = max(1, sum(client.nthreads().values()))
    futures = as_completed([submit(plan) for plan in islice(left, MOST * threads)])
    for future in futures:
        plan = under_way.pop(future.key)
        if future.status == "error":
            futures.add(submit(_without_culprit(plan, future, output, client, packed)))
            continue
        yield plan.number, bool(future.result())
        if (following := next(left, None)) is not None:
            futures.add(submit(following))


def _without_culprit(plan: ShardPlan, future: Future[bool], output: str, client: Client, packed: bytes) -> ShardPlan:
    """Return a part without the inputs that end a worker, which are found by doing each alone.

    Raises:
        OSError: the part cannot be written.
        WorkersFailed: none of them does, so that something else is to blame.
    """
    from distributed import KilledWorker

    error = future.exception()
    if isinstance(error, OSError):  # only writing the part raises it
        raise error
    if not isinstance(error, KilledWorker):
        raise WorkersFailed(f"part {plan.number}: {error}") from error
    tries = [client.submit(do_one, wire, packed, pure=False, retries=0) for wire in _pack(plan).items]
    refused = dict(plan.refused)
    for place, one in enumerate(tries):
        if isinstance(one.exception(), KilledWorker):
            refused[place] = _died(plan.items[place])
    if len(refused) == len(plan.refused):
        raise WorkersFailed(f"part {plan.number} ends its workers, though none of its inputs does alone: {error}")
    return plan._replace(refused=refused)


def _died(item: Input) -> Outcome:
    source = source_of(item, None)
    record = ErrorRecord(source=source, error="WorkerDied", message="the process that read it ended again and again")
    return Outcome(path=source.path, sha256="", error=record)


class _Part(msgspec.Struct, frozen=True):
    """A plan as it travels."""

    number: int
    key: str
    items: tuple[Wire, ...]
    refused: dict[int, Outcome]


def _pack(plan: ShardPlan) -> _Part:
    return _Part(plan.number, plan.key, tuple(map(Wire.of, plan.items)), dict(plan.refused))


def do_part(part: _Part, output: str, options: bytes, resume: bool) -> bool:
    """Write one part, on whatever machine this runs; return whether it stood before."""
    plan = ShardPlan(part.number, tuple(wire.item() for wire in part.items), part.key, part.refused)
    store = store_of(output)
    if resume and stands(plan, read_marker(store, plan.number), fetch):
        return True
    write_shard(plan, store, _options(options), lambda _: None, fetch)
    return False


def do_one(wire: Wire, options: bytes) -> None:
    """Extract one input and drop what comes of it: only whether the worker lives is asked."""
    from gknlp.corpus.run import outcome_of

    outcome_of(fetch(wire.item()), "line", _options(options))


def fetch(item: Input) -> Input:
    """Return an input with its bytes, when its path is an address."""
    if item.problem is not None or item.data is not None or "://" not in item.path:
        return item
    files, path = _filesystem(item.path)
    try:
        return item._replace(data=files.cat_file(path))
    except OSError as error:
        return item._replace(problem=printable(error.strerror or str(error)) or type(error).__name__)


def _options(packed: bytes) -> Options:
    from pathlib import Path

    return msgspec.json.decode(packed, type=Options, dec_hook=lambda kind, value: Path(value))


def _filesystem(address: str) -> tuple[AbstractFileSystem, str]:
    import fsspec

    try:
        return cast("tuple[AbstractFileSystem, str]", fsspec.core.url_to_fs(address))
    except (ImportError, ValueError) as error:
        raise MissingExtra(f"{address}: {error}") from error


def need_dask() -> None:
    """Raise :class:`MissingExtra` when Dask or fsspec is not installed."""
    for package in ("distributed", "fsspec"):
        if find_spec(package) is None:
            raise MissingExtra(f"this needs {package}, which is not installed: pip install 'gknlp[dask]'")
