"""A run that was cut is taken up: the rest is done, nothing is lost or doubled, and the output is that of one run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import gknlp
from gknlp.corpus.inputs import find_inputs
from gknlp.corpus.ledger import FolderLedger, Ledger, LinesLedger, digest, run_key
from gknlp.corpus.outcomes import Outcome, Summary
from gknlp.corpus.parts import run_parts
from gknlp.corpus.run import run
from gknlp.export.files import LineFile, partial_of
from gknlp.export.reading import iter_reports
from gknlp.export.sinks import FolderSink, LinesSink, Sink
from gknlp.pipeline import Options
from tests.test_pipeline import TEXT

COUNT = 7
BAD = 2  # the number of the input that gives an error


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number}.txt").write_text(TEXT + f"{number}\n" if number != BAD else "", encoding="utf-8")
    return folder


def to_folder(out: Path, key: str, resume: bool) -> tuple[Sink, Ledger]:
    return FolderSink(out), FolderLedger(out / "manifest.jsonl", key, resume=resume)


def to_lines(out: Path, key: str, resume: bool) -> tuple[Sink, Ledger]:
    path = out / "all.jsonl"
    ledger = LinesLedger(out / "all.jsonl.manifest", partial_of(path), key, resume=resume)
    return LinesSink(LineFile(path, resume=resume), LineFile(out / "errors.jsonl")), ledger


def extract(
    reports: Path,
    out: Path,
    opened: Callable[[Path, str, bool], tuple[Sink, Ledger]],
    *,
    stop: int | None = None,
    resume: bool = True,
    options: Options | None = None,
) -> Summary:
    """Run, and interrupt the run after ``stop`` inputs."""
    chosen = options or Options()
    key = run_key(chosen)
    sink, ledger = opened(out, key, resume)
    done = 0

    def told(_: Outcome) -> None:
        nonlocal done
        done += 1
        if done == stop:
            raise KeyboardInterrupt

    return run(find_inputs([str(reports)]), sink, done=told, options=chosen, ledger=ledger, key=key)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


SINKS = pytest.mark.parametrize("opened", [to_folder, to_lines])
Opened = Callable[[Path, str, bool], tuple[Sink, Ledger]]


@SINKS
@pytest.mark.parametrize("stops", [(1,), (3,), (2, 3, 5), (COUNT,)])
def test_a_cut_run_ends_as_one_run(reports: Path, tmp_path: Path, opened: Opened, stops: tuple[int, ...]) -> None:
    whole = extract(reports, tmp_path / "whole", opened)
    for stop in stops:
        cut = extract(reports, tmp_path / "cut", opened, stop=stop)
        assert cut.interrupted
        assert cut.reports + cut.errors == stop
    rest = extract(reports, tmp_path / "cut", opened)
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")
    assert msgspec.structs.replace(rest, kept=0) == whole
    assert rest.kept >= stops[-1] - 1  # the error is tried again where it stands apart from the reports


@SINKS
def test_only_what_changed_is_done_again(reports: Path, tmp_path: Path, opened: Opened) -> None:
    out = tmp_path / "out"
    extract(reports, out, opened, stop=6)
    (reports / "4.txt").write_text(TEXT + "changed\n", encoding="utf-8")
    again = extract(reports, out, opened)
    assert again.kept == 4  # 0 1 3 5; 0 1 2 3, and from the change on all is new
    fresh = tmp_path / "fresh"
    extract(reports, fresh, opened)
    assert b"changed" in b"".join(contents(out).values())
    for name, data in contents(fresh).items():
        if name != "manifest.jsonl":
            assert contents(out)[name] == data


@SINKS
def test_another_version_or_other_options_do_all_again(
    reports: Path, tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    extract(reports, tmp_path / "out", opened, stop=4)
    assert extract(reports, tmp_path / "out", opened, stop=4, options=Options(knowledge=mine)).kept == 0
    monkeypatch.setattr(gknlp, "__version__", "9.9.9")
    assert extract(reports, tmp_path / "out", opened).kept == 0


@SINKS
def test_all_can_be_done_again(reports: Path, tmp_path: Path, opened: Opened) -> None:
    extract(reports, tmp_path / "out", opened, stop=4)
    assert extract(reports, tmp_path / "out", opened, resume=False).kept == 0


@pytest.mark.parametrize("damage", ["cut line", "cut file", "file gone", "manifest gone", "manifest garbled"])
def test_a_folder_after_a_kill_or_worse(reports: Path, tmp_path: Path, damage: str) -> None:
    """A process may end between a file and its line, within a line, and a disk may lose what was written last."""
    out, manifest = tmp_path / "out", tmp_path / "out" / "manifest.jsonl"
    extract(reports, out, to_folder, stop=5)
    data = manifest.read_bytes()
    if damage == "cut line":
        manifest.write_bytes(data[:-20])
    elif damage == "cut file":
        (out / "1.json").write_bytes((out / "1.json").read_bytes()[:100])
    elif damage == "file gone":
        (out / "1.json").unlink()
    elif damage == "manifest gone":
        manifest.unlink()
    else:
        manifest.write_bytes(b"\0" * 50 + b"\n" + data)
    summary = extract(reports, out, to_folder)
    extract(reports, tmp_path / "whole", to_folder)
    found, whole = contents(out), contents(tmp_path / "whole")
    assert {name: found[name] for name in whole if name != "manifest.jsonl"} == {
        name: data for name, data in whole.items() if name != "manifest.jsonl"
    }
    assert summary.kept == {"manifest gone": 0, "manifest garbled": 0}.get(damage, 3)
    assert extract(reports, out, to_folder).kept == COUNT - 1


@pytest.mark.parametrize("damage", ["line without entry", "cut entry", "cut line", "partial gone"])
def test_lines_after_a_kill_or_worse(reports: Path, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    extract(reports, out, to_lines, stop=5)
    manifest, partial = out / "all.jsonl.manifest", out / "all.jsonl.partial"
    entries = manifest.read_bytes().splitlines(keepends=True)
    if damage == "line without entry":
        manifest.write_bytes(b"".join(entries[:-1]))
    elif damage == "cut entry":
        manifest.write_bytes(b"".join(entries)[:-5])
    elif damage == "cut line":
        partial.write_bytes(partial.read_bytes()[:-5])
    else:
        partial.unlink()
    extract(reports, out, to_lines)
    extract(reports, tmp_path / "whole", to_lines)
    assert contents(out) == contents(tmp_path / "whole")


def test_another_run_may_share_the_errors_file(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(reports, out, to_lines, stop=5)
    LineFile(out / "errors.jsonl", resume=True).close(complete=True)
    extract(reports, out, to_lines)
    extract(reports, tmp_path / "whole", to_lines)
    assert contents(out) == contents(tmp_path / "whole")


def test_two_inputs_that_change_places_do_not_change_names(reports: Path, tmp_path: Path) -> None:
    """A file that comes to stand before another takes its name, and both are done again."""
    out = tmp_path / "out"
    extract(reports, out, to_folder)
    (reports / "1.md").write_text(TEXT + "before 1.txt\n", encoding="utf-8")
    again = extract(reports, out, to_folder)
    assert again.kept == COUNT - 2
    assert "before" in (out / "1.json").read_text(encoding="utf-8")
    assert len(list(iter_reports(out))) == COUNT


def test_a_report_that_became_an_error_is_not_left_behind(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(reports, out, to_folder)
    (reports / "1.txt").write_bytes(b"")
    assert extract(reports, out, to_folder).errors == 2
    assert not (out / "1.json").exists()
    assert len(list(iter_reports(out))) == COUNT - 2


def parts(reports: Path, out: Path, *, stop: int | None = None, size: int = 2) -> Summary:
    done = 0

    def told(_: Outcome) -> None:
        nonlocal done
        done += 1
        if done == stop:
            raise KeyboardInterrupt

    return run_parts(find_inputs([str(reports)]), str(out), done=told, size=size)


def test_parts_that_were_cut_end_as_one_run(reports: Path, tmp_path: Path) -> None:
    whole = parts(reports, tmp_path / "whole")
    cut = parts(reports, tmp_path / "cut", stop=5)
    assert (cut.interrupted, cut.reports, cut.errors) == (True, 3, 1)
    assert len(list(iter_reports(tmp_path / "cut"))) == 3
    rest = parts(reports, tmp_path / "cut")
    assert rest.kept == 4
    assert msgspec.structs.replace(rest, kept=0) == whole
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")


def test_parts_of_other_inputs_go_before_anything_is_done(reports: Path, tmp_path: Path) -> None:
    """Else a run that is cut would leave reports twice: in a part of its own and in one of the earlier run."""
    out = tmp_path / "out"
    parts(reports, out)
    (reports / "0.md").write_text(TEXT + "new\n", encoding="utf-8")
    cut = parts(reports, out, stop=3)
    assert cut.reports == 2
    found = [report.source.path for report in iter_reports(out)]
    assert len(found) == len(set(found)) == cut.reports
    parts(reports, out, size=5)
    assert len(list(iter_reports(out))) == COUNT
    assert len(list((out / "cells").iterdir())) == 2
    (reports / "5.txt").write_text(TEXT + "changed\n", encoding="utf-8")
    assert parts(reports, out, size=5).kept == 5


def test_a_pipe_is_not_waited_for_when_a_run_is_taken_up(tmp_path: Path) -> None:
    """What a pipe gave before cannot be read again: a pipe that was read is done anew, one that was too slow stays."""
    os.mkfifo(tmp_path / "z.txt")
    assert digest(find_inputs([str(tmp_path / "z.txt")])[0]) == ""


def test_a_killed_run_is_taken_up(reports: Path, tmp_path: Path) -> None:
    """The run cannot come to its end: its last input is a pipe that nobody writes to."""
    os.mkfifo(reports / "z.txt")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "gknlp", "extract", str(reports), "-o", str(out)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        while not (out / f"{COUNT - 1}.json").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    (reports / "z.txt").unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [report.source.path for report in iter_reports(out)]
    assert len(found) == len(set(found)) == COUNT - 1
    assert f"{COUNT - 1} reports" in done.stderr
    assert "of them done before" in done.stderr
    assert len(json.loads((out / "errors.jsonl").read_text(encoding="utf-8"))) == 3
