"""Worker processes: the same bytes however many there are, and what ends one costs one error record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gknlp.corpus import pool
from gknlp.corpus.frames import Ready, Setup, Task, Wire, receive_answer, send
from gknlp.corpus.inputs import Input, documents, find_inputs, is_small
from gknlp.corpus.ledger import FolderLedger, run_key
from gknlp.corpus.outcomes import Outcome, Step, Summary
from gknlp.corpus.parts import run_parts
from gknlp.corpus.pool import Pool, WorkersFailed
from gknlp.corpus.run import run
from gknlp.errors import KnowledgeError
from gknlp.export.reading import iter_reports
from gknlp.export.sinks import FolderSink
from gknlp.model import Report
from gknlp.pipeline import DEFAULTS
from tests.support.odd_worker import COMMAND
from tests.test_pipeline import TEXT


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Twenty reports in two folders."""
    for number in range(20):
        path = tmp_path / "reports" / str(number % 2) / f"{number:02}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT + f"{number}\n", encoding="utf-8")
    return tmp_path / "reports"


def add(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(TEXT + text, encoding="utf-8")


def extract(folder: Path, out: Path, engine: Pool | None = None, *, told: list[Outcome] | None = None) -> Summary:
    key = run_key(DEFAULTS)
    ledger = FolderLedger(out / "manifest.jsonl", key, resume=True)
    done = (told if told is not None else []).append
    return run(find_inputs([str(folder)]), FolderSink(out), done=done, engine=engine, ledger=ledger, key=key)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def errors(out: Path) -> dict[str, str]:
    lines = (out / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert all(len(record["source"]["sha256"]) == 64 for record in records)
    return {Path(record["source"]["path"]).name: record["error"] for record in records}


def test_the_same_bytes_in_the_same_order_with_any_number_of_processes(reports: Path, tmp_path: Path) -> None:
    add(reports, "bad.txt", "")
    (reports / "bad.txt").write_bytes(b"")
    told: list[Outcome] = []
    alone = extract(reports, tmp_path / "alone", told=told)
    together = extract(reports, tmp_path / "together", Pool(2), told=told)
    assert alone == together
    assert (alone.reports, alone.errors) == (20, 1)
    assert contents(tmp_path / "alone") == contents(tmp_path / "together")
    assert [one.path for one in told[:21]] == [one.path for one in told[21:]] == sorted(one.path for one in told[:21])


def test_what_ends_a_worker_costs_one_record(reports: Path, tmp_path: Path) -> None:
    add(reports, "0/kill.txt", "KILL")
    add(reports, "once.txt", f"ONCE {tmp_path / 'seen'}")
    summary = extract(reports, tmp_path / "out", Pool(2, command=COMMAND))
    assert (summary.reports, summary.errors) == (21, 1)
    assert errors(tmp_path / "out") == {"kill.txt": "WorkerDied"}
    assert (tmp_path / "out" / "once.json").exists()
    assert (tmp_path / "seen").exists()


def test_what_takes_too_long_costs_one_record(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes only while an input takes for ever: how fast this machine is does not matter."""
    asleep = tmp_path / "asleep"
    now = 0.0
    end = pool.Worker._kill

    def clock() -> float:
        nonlocal now
        now += 100.0 if asleep.exists() else 0.0
        return now

    def kill(worker: pool.Worker) -> None:
        asleep.unlink(missing_ok=True)
        end(worker)

    monkeypatch.setattr(pool.time, "monotonic", clock)
    monkeypatch.setattr(pool.Worker, "_kill", kill)
    monkeypatch.setattr(pool, "TICK", 0.01)
    add(reports, "0/sleep.txt", f"SLEEP {asleep}")
    summary = extract(reports, tmp_path / "out", Pool(1, timeout=60, command=COMMAND))
    assert (summary.reports, summary.errors) == (20, 1)
    assert errors(tmp_path / "out") == {"sleep.txt": "TimeLimit"}


def test_the_same_for_parts(reports: Path, tmp_path: Path) -> None:
    add(reports, "0/kill.txt", "KILL")
    inputs = find_inputs([str(reports)])
    out = tmp_path / "out"
    told: list[Outcome] = []
    summary = run_parts(inputs, str(out), done=told.append, jobs=1, size=6, command=COMMAND)
    assert (summary.reports, summary.errors) == (20, 1)
    assert errors(out) == {"kill.txt": "WorkerDied"}
    assert len(told) == len(inputs)
    found = [report.source.path for report in iter_reports(out)]
    assert found == [item.path for item in inputs if "kill" not in item.path]


def test_parts_are_the_same_bytes_with_any_number_of_processes(reports: Path, tmp_path: Path) -> None:
    inputs = find_inputs([str(reports)])
    alone = run_parts(inputs, str(tmp_path / "alone"), done=lambda _: None, size=6)
    together = run_parts(inputs, str(tmp_path / "together"), done=lambda _: None, jobs=2, size=6)
    assert alone == together
    assert contents(tmp_path / "alone") == contents(tmp_path / "together")


def test_wrong_knowledge_ends_the_run(reports: Path, tmp_path: Path) -> None:
    add(reports, "z.txt", "KNOWLEDGE")
    with pytest.raises(KnowledgeError, match=r"mine\.toml: fact x"):
        extract(reports, tmp_path / "out", Pool(1, command=COMMAND))
    assert all(Report.from_json(path.read_bytes()) for path in (tmp_path / "out").rglob("*.json"))


def test_workers_that_cannot_start_end_the_run(reports: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkersFailed, match="ended with exit code 7 before it was ready"):
        extract(reports, tmp_path / "out", Pool(1, command=(sys.executable, "-c", "raise SystemExit(7)")))


def test_a_worker_that_talks_nonsense_ends_the_run(reports: Path, tmp_path: Path) -> None:
    code = "import sys, time; sys.stdout.buffer.write(bytes([4, *[0] * 7, 1, 2, 3, 4])); sys.stdout.flush(); time.sleep(60)"
    with pytest.raises(WorkersFailed, match="before it was ready"):
        extract(reports, tmp_path / "out", Pool(1, command=(sys.executable, "-c", code)))


def test_a_worker_does_not_outlive_a_run_that_was_killed(tmp_path: Path) -> None:
    """It is at an input that takes for ever, a pipe that nobody writes to, when its standard input ends."""
    os.mkfifo(tmp_path / "z.txt")
    command = [sys.executable, "-m", "gknlp.corpus.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        send(process.stdin, Setup(encoding="line", options=DEFAULTS))
        assert receive_answer(process.stdout) == Ready()
        send(process.stdin, Task(items=(Wire.of(Input(str(tmp_path / "z.txt"), "z.txt")),)))
        process.stdin.close()
        assert receive_answer(process.stdout) is None
        assert process.wait() == 0


def test_only_a_window_is_under_way(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs are drawn as results are taken, so that memory does not grow with the run."""
    monkeypatch.setattr(pool, "WINDOW", 8)
    drawn = 0

    def steps() -> Iterator[Step]:
        nonlocal drawn
        for item in find_inputs([str(reports)]):
            drawn += 1
            yield Step(item, item.inside)

    outcomes = Pool(1).outcomes(steps(), "line", DEFAULTS)
    for taken, _ in enumerate(outcomes):
        assert drawn <= taken + 8 + pool.CHUNK
    assert drawn == 20


def test_a_pipe_that_nobody_writes_to_costs_one_record(tmp_path: Path) -> None:
    """The run itself must not wait for it either, when it records the error."""
    os.mkfifo(tmp_path / "a.txt")
    add(tmp_path, "b.txt", "")
    command = [sys.executable, "-m", "gknlp", "extract", str(tmp_path), "-o", str(tmp_path / "out"), "--timeout", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "TimeLimit: takes longer than 2 seconds" in done.stderr
    assert "1 report," in done.stderr


def test_a_small_run_stays_in_its_process(reports: Path) -> None:
    inputs = find_inputs([str(reports)])
    assert is_small(inputs)
    assert not is_small(inputs * 21)
    assert not is_small([Input("a.pdf", "a.pdf")] * 21)


def test_an_input_may_bring_its_bytes(tmp_path: Path) -> None:
    """What an archive holds is an input like a file, also on its way to another process."""
    inputs = [Input(f"a.zip!{n}.txt", f"a.zip/{n}.txt", data=f"{TEXT}{n}".encode()) for n in range(3)]
    inputs.append(Input("a.zip!x.txt", "a.zip/x.txt", problem="the member is encrypted"))
    assert list(documents(inputs)) == inputs
    assert [Wire.of(item).item() for item in inputs] == inputs
    summary = run(inputs, FolderSink(tmp_path), done=lambda _: None)
    assert (summary.reports, summary.errors) == (3, 1)
    assert Report.from_json((tmp_path / "a.zip" / "2.json").read_bytes()).source.path == "a.zip!2.txt"
