"""Bad input and bad luck: a clear error or diagnostic, bounded time, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import gknlp
import gknlp.corpus.run
from gknlp.cli import main
from gknlp.errors import KnowledgeError
from gknlp.model import Document, Report
from gknlp.pipeline import Options
from tests.test_pipeline import TEXT, assert_spans_hold

# What a text may take at most, some ten times what it does take: only growth beyond the length exceeds it.
SECONDS = 10.0
SECONDS_A_CHARACTER = 2e-5


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@contextmanager
def started(*arguments: str | Path, **options: object) -> Iterator[subprocess.Popen[str]]:
    """Start the command as a process of its own that hears an interrupt, whatever started the tests."""
    command = [sys.executable, "-m", "gknlp", *map(str, arguments)]
    process: subprocess.Popen[str] = subprocess.Popen(  # type: ignore[call-overload]
        command, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **options
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def errors(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "errors.jsonl").read_text(encoding="utf-8").splitlines()]


# -- what gives no report ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "UnreadableInput"),
        (b" \r\n\t\n", "UnreadableInput"),
        ("\u3000\n\u3000".encode(), "UnreadableInput"),
        (b"\xef\xbb\xbf", "UnreadableInput"),
        (b"\0" * 100, "UnreadableInput"),
        (bytes(range(256)) * 40, "UnsupportedFormat"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "UnreadableInput"),
        (b"PK\x03\x04word/document.xml", "UnreadableInput"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "UnsupportedFormat"),
    ],
)
def test_no_report_gives_an_error_record(tmp_path: Path, data: bytes, error: str) -> None:
    (tmp_path / "bad.txt").write_bytes(data)
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    result = run("extract", tmp_path, "-o", tmp_path / "out")
    (record,) = errors(tmp_path / "out")
    assert result.exit_code == 1
    assert record["error"] == error
    assert record["source"]["bytes"] == len(data)
    assert len(record["source"]["sha256"]) == 64
    assert f"bad.txt: {error}: " in result.stderr
    assert (tmp_path / "out" / "good.json").exists()


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "circle.txt").symlink_to(tmp_path / "circle.txt")
    (tmp_path / "folder.txt").mkdir()
    result = run("extract", tmp_path, tmp_path / "folder.txt", tmp_path / "none.txt", "-o", tmp_path / "out")
    told = {Path(record["source"]["path"]).name: record["message"] for record in errors(tmp_path / "out")}
    assert result.exit_code == 1
    assert told["dangling.txt"] == "No such file or directory"
    assert "symbolic links" in told["circle.txt"]
    assert told["none.txt"] == "no such file or folder"
    assert told["folder.txt"].startswith("the folder holds no report")


def test_a_folder_without_reports(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b", encoding="utf-8")
    result = run("extract", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "the folder holds no report (files looked for: " in result.stderr
    assert "0 reports" in result.stderr


def test_a_defect_of_the_program_stops_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def defective(document: Document, options: Options) -> Report:
        if "odd" in document.source.path:
            raise IndexError("list index out of range")
        return extract(document, options)

    extract = gknlp.corpus.run.extract
    monkeypatch.setattr(gknlp.corpus.run, "extract", defective)
    for name in ("a.txt", "odd.txt", "z.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    result = run("extract", tmp_path, "-o", tmp_path / "out")
    (record,) = errors(tmp_path / "out")
    assert (record["error"], record["message"]) == ("IndexError", "list index out of range")
    assert record["source"]["media_type"] == "text/plain"
    assert "2 reports" in result.stderr


def test_wrong_knowledge_does_stop_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(document: Document, options: Options) -> Report:
        raise KnowledgeError("F2021.toml: table requests: unknown row 'x'")

    monkeypatch.setattr(gknlp.corpus.run, "extract", broken)
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    result = run("extract", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "F2021.toml: table requests: unknown row 'x'" in result.stderr


# -- what gives a report all the same ----------------------------------------------------------------------------------

FILLER = "加强组织领导，健全工作机制，压实工作责任，" * 10
BIG = {
    "50 MB of prose": (FILLER + "2021年公开信息320条。\n") * 77_000,
    "a line of a million characters": ("公开信息3条，" + FILLER) * 4_900,
    "10,000 nested list markers": "\n".join("（一）" * (1 + i % 60) + f"{i}、" for i in range(10_000)),
    "10,000 markers in one line": "（一）1.一是" * 10_000,
    "100,000 table rows": "（一）予以公开\t1\t0\t0\t0\t0\t0\t1\n" * 100_000,
    "a million tabs": "一、总体情况\n" + "\t" * 1_000_000,
    "a million digits": "一、总体情况\n" + "1" * 1_000_000,
    "a million pipes": "三、收到和处理政府信息公开申请情况\n" + "|1" * 500_000,
}


@pytest.mark.parametrize("name", BIG)
def test_big_texts_take_bounded_time(name: str) -> None:
    began = time.perf_counter()
    report = gknlp.extract_text(BIG[name])
    assert time.perf_counter() - began < SECONDS + SECONDS_A_CHARACTER * len(BIG[name])
    assert len(report.text) == len(BIG[name])


def test_the_big_texts_are_big() -> None:
    assert len(BIG["50 MB of prose"].encode()) > 50_000_000
    assert len(BIG["a line of a million characters"]) > 1_000_000


@pytest.mark.parametrize(
    ("text", "code"),
    [(TEXT.replace("320", "3\x0020"), "control_characters"), (TEXT.replace("320", "3\x0820"), "control_characters")],
)
def test_control_characters_are_said(text: str, code: str) -> None:
    report = gknlp.extract_bytes(text.encode(), name="a.txt")
    assert code in {item.code for item in report.diagnostics}
    assert report.text == text
    assert report.tables
    assert_spans_hold(report)


def test_undecodable_bytes_are_said() -> None:
    report = gknlp.extract_bytes(TEXT.encode().replace("公开".encode(), b"\xff\xfe\xff", 1), name="a.txt")
    assert any(item.severity in ("warning", "error") for item in report.diagnostics if item.table is None)
    assert report.tables


# -- bad luck ----------------------------------------------------------------------------------------------------------


MANY = 60  # reports: more than a pipe, and the limits below, can hold


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:04}.txt").write_text(TEXT + f"{number}\n", encoding="utf-8")
    return folder


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("how", ["standard output", "file"])
def test_a_full_disk_is_told(many: Path, how: str) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        output = [] if how == "standard output" else ["-o", "/dev/full"]
        with started("extract", many, *output, stdout=full, stderr=subprocess.PIPE) as process:
            told = process.communicate()[1]
    assert process.returncode == 3
    assert "No space left on device" in told
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert Path("/dev/full").is_char_device()


def test_a_full_disk_leaves_whole_lines(many: Path, tmp_path: Path) -> None:
    limit = 100_000
    out = tmp_path / "all.jsonl"
    script = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        f"from gknlp.cli import main\nmain(['extract', {str(many)!r}, '-o', {str(out)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert f"cannot write {out}: File too large" in done.stderr
    assert not out.exists()
    kept = (tmp_path / "all.jsonl.partial").read_bytes()
    assert 0 < len(kept) <= limit
    assert kept.endswith(b"}\n")
    assert all(Report.from_json(line) for line in kept.splitlines())


def test_a_closed_pipe_ends_quietly(many: Path) -> None:
    with started("extract", many, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith('{"schema"')
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait()
    assert process.returncode == 141


def wait_for(path: Path) -> None:
    """Wait until something is in ``path``."""
    for _ in range(3000):
        if path.exists() and (any(path.glob("*.json")) if path.is_dir() else path.stat().st_size):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing came in {path}")


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """Three reports and, as the last input, a pipe that nobody writes to: a run over them cannot come to its end."""
    folder = tmp_path / "endless"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(TEXT + f"{number}\n", encoding="utf-8")
    os.mkfifo(folder / "z.txt")
    return folder


JOBS = pytest.mark.parametrize("jobs", ["1", "2"])


@JOBS
def test_an_interrupted_run_leaves_what_is_done_in_the_folder(endless: Path, tmp_path: Path, jobs: str) -> None:
    out = tmp_path / "out"
    with started("extract", endless, "-o", out, "--jobs", jobs, stderr=subprocess.PIPE) as process:
        wait_for(out)
        process.send_signal(signal.SIGINT)
        told = process.communicate()[1]
    made = list(out.glob("*.json"))
    assert process.returncode == 130
    assert told.startswith(f"interrupted after {len(made)} of 4 inputs: {len(made)} report")
    assert 0 < len(made) <= 3
    assert all(Report.from_json(path.read_bytes()) for path in made)
    assert not list(out.glob("*.partial"))


@JOBS
def test_an_interrupted_run_does_not_pass_for_a_whole_one(endless: Path, tmp_path: Path, jobs: str) -> None:
    out = tmp_path / "all.jsonl"
    out.write_text("an earlier run\n", encoding="utf-8")
    with started("extract", endless, "-o", out, "--jobs", jobs, stderr=subprocess.PIPE) as process:
        wait_for(tmp_path / "all.jsonl.partial")
        process.send_signal(signal.SIGINT)
        told = process.communicate()[1]
    kept = (tmp_path / "all.jsonl.partial").read_bytes()
    assert process.returncode == 130
    assert told.rstrip().endswith(f"-> {out}.partial")
    assert out.read_text(encoding="utf-8") == "an earlier run\n"
    assert kept.endswith(b"}\n")
    assert 0 < len([Report.from_json(line) for line in kept.splitlines()]) <= 3


@JOBS
def test_a_killed_run_leaves_whole_lines(endless: Path, tmp_path: Path, jobs: str) -> None:
    with started("extract", endless, "-o", tmp_path / "all.jsonl", "--jobs", jobs, stderr=subprocess.DEVNULL):
        wait_for(tmp_path / "all.jsonl.partial")
    kept = (tmp_path / "all.jsonl.partial").read_bytes()
    assert all(Report.from_json(line) for line in kept[: kept.rfind(b"\n") + 1].splitlines())
    assert not (tmp_path / "all.jsonl").exists()


def test_an_output_that_cannot_be_made(many: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = run("extract", many / "0000.txt", "-o", tmp_path / "file" / "out.jsonl")
    assert result.exit_code == 3
    assert "cannot write" in result.stderr
