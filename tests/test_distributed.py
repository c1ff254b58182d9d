"""A run on Dask: several worker processes of this machine, one of them killed in the middle."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from click.testing import CliRunner

from gknlp.cli import main
from gknlp.corpus import distributed as engine
from gknlp.corpus.distributed import MOST, RemoteStore, find_paths, run_distributed
from gknlp.corpus.inputs import find_inputs
from gknlp.corpus.outcomes import Outcome
from gknlp.corpus.parts import run_parts
from gknlp.corpus.shards import read_marker
from gknlp.errors import MissingExtra
from gknlp.export.reading import iter_reports
from tests.test_pipeline import TEXT

distributed = pytest.importorskip("distributed")

COUNT = 12
SIZE = 2
pytestmark = [
    # Dask's own: sockets and files of processes that were killed are closed by the collector
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number:02}.txt").write_text(TEXT + f"{number}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def client() -> Iterator[distributed.Client]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def busy(client: distributed.Client) -> str:
    """Return the address of the worker that has something to do, as soon as one has."""
    while True:
        for address, tasks in client.processing().items():
            if tasks:
                return str(address)
        time.sleep(0.01)


def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    reports: Path, tmp_path: Path, client: distributed.Client
) -> None:
    """The last input is a pipe: its part waits, with its worker, until that worker is killed and the pipe is a file."""
    pipe = reports / "zz.txt"
    os.mkfifo(pipe)
    out = tmp_path / "out"
    inputs = find_paths([str(reports)])
    pids = client.run(os.getpid)
    killed: list[int] = []
    told: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        told.append(outcome)
        if len(told) == COUNT:  # all but the part with the pipe; the worker that has it is busy
            killed.append(pids[busy(client)])
            pipe.unlink()
            pipe.write_text(TEXT + "pipe\n", encoding="utf-8")
            os.kill(killed[0], signal.SIGKILL)

    summary = run_distributed(inputs, str(out), client, done=done, size=SIZE)
    found = [report.source.path for report in iter_reports(out)]
    assert len(killed) == 1
    assert found == [item.path for item in inputs]
    assert (summary.reports, summary.errors, len(told)) == (COUNT + 1, 0, COUNT + 1)
    alone = run_parts(find_inputs([str(reports)]), str(tmp_path / "alone"), done=lambda _: None, size=SIZE)
    assert alone.reports == summary.reports
    assert contents(out) == contents(tmp_path / "alone")


def test_more_parts_than_may_be_under_way(reports: Path, tmp_path: Path, client: distributed.Client) -> None:
    """The first parts that are handed out must not use up the next one."""
    inputs = find_paths([str(reports)])
    assert len(inputs) > MOST * sum(client.nthreads().values())
    summary = run_distributed(inputs, str(tmp_path / "out"), client, done=lambda _: None, size=1)
    assert summary.reports == COUNT


def test_it_is_taken_up(reports: Path, tmp_path: Path, client: distributed.Client) -> None:
    out = tmp_path / "out"
    inputs = find_paths([f"{reports}/*.txt"])

    def stop(outcome: Outcome) -> None:
        raise KeyboardInterrupt

    cut = run_distributed(inputs, str(out), client, done=stop, size=SIZE)
    assert cut.interrupted
    (reports / "03.txt").write_text(TEXT + "changed\n", encoding="utf-8")
    rest = run_distributed(inputs, str(out), client, done=lambda _: None, size=SIZE)
    assert (rest.reports, rest.interrupted) == (COUNT, False), (out / "errors.jsonl").read_text(encoding="utf-8")
    assert "changed" in list(iter_reports(out))[3].text
    again = run_distributed(inputs, str(out), client, done=lambda _: None, size=SIZE)
    assert again.kept == COUNT
    fresh = run_distributed(inputs, str(out), client, done=lambda _: None, size=SIZE, resume=False)
    assert (fresh.kept, fresh.reports) == (0, COUNT)


def test_addresses(reports: Path) -> None:
    """A file system of fsspec that only this process has, with workers that are its threads."""
    memory = fsspec.filesystem("memory")
    for path in sorted(reports.iterdir()):
        memory.pipe_file(f"/in/{path.name}", path.read_bytes())
    memory.pipe_file("/in/readme.txt", b"x")
    memory.pipe_file("/in/bad.txt", b"")
    memory.pipe_file("/packed/a.zip", b"PK")
    inputs = find_paths(["memory://in", "memory://none/*.txt", "memory://packed/*.zip"])
    with distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as client:
        summary = run_distributed(inputs, "memory://out", client, done=lambda _: None, size=5)
        assert (summary.reports, summary.errors) == (COUNT, 3)
        again = run_distributed(inputs, "memory://out", client, done=lambda _: None, size=5)
        assert again.kept == COUNT + 3
    store = RemoteStore("memory://out")
    marker = read_marker(store, 0)
    assert marker is not None
    assert [done.path for done in marker.inputs][:2] == ["memory://in/00.txt", "memory://in/01.txt"]
    errors = (store.read("errors.jsonl") or b"").splitlines()
    assert len(errors) == 3
    assert b"no file matches this pattern" in errors[1]
    assert b"archives and tables are not taken apart on a cluster" in errors[2]
    assert list(store.names("cells")) == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    store.remove("cells/part-00000.parquet")
    store.remove("cells/part-00000.parquet")
    assert store.read("cells/part-00000.parquet") is None
    assert list(store.names("nothing")) == []


def test_the_inputs_are_those_of_a_run_on_one_machine(reports: Path, tmp_path: Path) -> None:
    """Archives and tables aside: they are named as not read."""
    for name in ("a/x.txt", "a-b.txt", ".git/x.txt", "[x].txt"):
        (reports / name).parent.mkdir(exist_ok=True)
        (reports / name).write_text(TEXT, encoding="utf-8")
    (reports / "link.txt").symlink_to("00.txt")
    (reports / "a.zip").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    named = [str(reports / "[x].txt"), str(reports), f"{reports}/", str(tmp_path / "empty"), "none.txt", "none*"]
    here, there = find_inputs(named), find_paths(named)
    assert [item.path for item in here] == [item.path for item in there]
    assert [item.problem for item in there if item.problem and "cluster" not in item.problem] == [
        item.problem for item in here if item.problem
    ]
    assert [item.path for item in there if item.problem and "cluster" in item.problem] == [str(reports / "a.zip")]
    (tmp_path / "t.csv").write_text("a,b\n", encoding="utf-8")
    assert "use --engine processes" in str(find_paths([str(tmp_path / "t.csv")])[0].problem)


def test_a_part_that_cannot_be_written_is_no_fault_of_an_input(
    reports: Path, tmp_path: Path, client: distributed.Client
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "cells").write_text("in the way", encoding="utf-8")
    with pytest.raises(FileExistsError):
        run_distributed(find_paths([str(reports)]), str(out), client, done=lambda _: None, size=SIZE)


def test_wrong_use_is_told(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["extract", str(reports), *arguments])
        assert result.exit_code in (1, 2)
        return result.stderr

    assert "writes a folder of tables" in told("--engine", "dask")
    assert "writes a folder of tables" in told("--engine", "dask", "-o", "x", "--format", "jsonl")
    assert "are for --engine processes" in told("--engine", "dask", "-o", "x", "--timeout", "1")
    assert "nothere://x: Protocol not known" in told("nothere://x", "--engine", "dask", "-o", "x")
    assert "--scheduler is for --engine dask" in told("-o", "x", "--scheduler", "tcp://127.0.0.1:1")
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra):
        find_paths(["x"])
    assert "pip install 'gknlp[dask]'" in told("--engine", "dask", "-o", "x")
