"""A run over very many reports: rate, memory, output, kills and resumes, exports, queries.

    python -m benchmarks.scale --reports 100000 --kills 3 [--jobs N] [--work FOLDER]

One command does it all and writes ``benchmarks/results/scale-N.json`` and ``.md``. Reports are those of
``benchmarks.corpus``. Every run is a process of its own; its peak memory is the parent's alone. Times are also given as
shares of what jieba needs to segment the same texts and of what reading the files takes, measured in the same minutes:
these carry over to other machines. ``--work`` is some 30 kB a report and is removed afterwards, unless it was given.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks import machine
from benchmarks.corpus import write

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
SAMPLE = 300  # texts that the yardsticks are measured on
FOLDER_RUN = 10_000  # reports at most of the runs with one JSON file a report
EXPORTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("parquet", ()),
    ("duckdb", ()),
    ("csv", ("-t", "reports", "-t", "facts", "-t", "panel", "-t", "codebook")),
    ("dta", ("-t", "panel")),
)
QUERIES = {
    "count reports by year": "SELECT year, count(*) FROM reports GROUP BY year ORDER BY year",
    "failed identities by rule": "SELECT rule, count(*) FROM checks WHERE status = 'fail' AND severity = 'E' "
    "GROUP BY rule",
    "median of a cell by year": "SELECT year, median(value) FROM cells WHERE table_id = 'requests' AND row_id = "
    "'new_received' AND column_id = 'total' GROUP BY year ORDER BY year",
    "labels with their problems": "SELECT label, count(*) FROM labels JOIN reports USING (report) "
    "WHERE role = 'problem' GROUP BY label ORDER BY 2 DESC",
}
Figures = dict[str, object]


# -- one run in a process of its own -----------------------------------------------------------------------------------


def run_here(source: str, out: str, shape: str, jobs: int) -> None:
    """Run in this process, with its workers, and print seconds by tenth and the parent's peak memory as JSON."""
    from gknlp.corpus.inputs import find_inputs
    from gknlp.corpus.ledger import FolderLedger, run_key
    from gknlp.corpus.outcomes import Outcome
    from gknlp.corpus.parts import run_parts
    from gknlp.corpus.pool import Pool
    from gknlp.corpus.run import InProcess, run
    from gknlp.export.sinks import FolderSink
    from gknlp.pipeline import DEFAULTS

    inputs = find_inputs([source])
    began = time.perf_counter()
    marks: list[float] = []

    def done(_: Outcome) -> None:
        marks.append(time.perf_counter() - began)

    if shape == "parquet":
        summary = run_parts(inputs, out, done=done, jobs=jobs if jobs > 1 else 0, size=part_size(len(inputs)))
    else:
        key = run_key(DEFAULTS)
        ledger = FolderLedger(Path(out) / "manifest.jsonl", key, resume=True)
        engine = Pool(jobs) if jobs > 1 else InProcess()
        summary = run(inputs, FolderSink(Path(out)), done=done, engine=engine, ledger=ledger, key=key)
    seconds = time.perf_counter() - began
    print(
        json.dumps(
            {
                "reports": summary.reports,
                "errors": summary.errors,
                "kept": summary.kept,
                "seconds": round(seconds, 3),
                "tenths": tenths(marks),
                "parent_peak_mb": round(machine.peak_megabytes(), 1),
            }
        )
    )


def part_size(count: int) -> int:
    """Return the reports a part: the usual number, fewer where there would be too few parts to kill a run between."""
    from gknlp.corpus.shards import SIZE

    return max(1, min(SIZE, count // 40))


def tenths(marks: list[float]) -> list[float]:
    """Return reports a second for each tenth of a run, by when each report was done.

    The first mark of a tenth is left out of it, so that starting up counts for none.

    >>> tenths([1.0 + n / 10 for n in range(100)])[:2]
    [10.0, 10.0]
    """
    size = len(marks) // 10
    found = []
    for at in range(10 if size > 1 else 0):
        part = marks[at * size : (at + 1) * size]
        last = marks[(at + 1) * size] if (at + 1) * size < len(marks) else None
        elapsed = (last if last is not None else part[-1]) - part[0]
        found.append(round((size if last is not None else size - 1) / elapsed, 1) if elapsed > 0 else 0.0)
    return found


def start(source: Path, out: Path, shape: str, jobs: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.scale", "--run", str(source), str(out), shape, str(jobs)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> Figures:
    told, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a run ended with {process.returncode}")
    found: Figures = json.loads(told.splitlines()[-1])
    return found


# -- yardsticks --------------------------------------------------------------------------------------------------------


def yardsticks(source: Path) -> Figures:
    """Return milliseconds a report of jieba, of reading the bytes and of the whole extraction, in turn on a sample."""
    import jieba

    import gknlp
    from gknlp.readers import read_bytes

    paths = sorted(source.rglob("*.txt"))[:SAMPLE]
    paths = [path for path in paths if int(path.stem) % 500 != 499]
    data = [path.read_bytes() for path in paths]
    texts = [read_bytes(item, name="").text for item in data]
    tokenizer = jieba.Tokenizer()
    jieba.setLogLevel("ERROR")
    tokenizer.initialize()
    engines: dict[str, Callable[[], object]] = {
        "read": lambda: [path.read_bytes() for path in paths],
        "jieba": lambda: [tokenizer.lcut(text) for text in texts],
        "extract": lambda: [gknlp.extract_bytes(item, name="a.txt") for item in data],
    }
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(4):
        for name, engine in engines.items():
            began = time.perf_counter()
            engine()
            if turn:
                taken[name].append(1000 * (time.perf_counter() - began) / len(paths))
    best = {name: min(times) for name, times in taken.items()}
    return {
        "read_ms": round(best["read"], 4),
        "jieba_ms": round(best["jieba"], 3),
        "extract_ms": round(best["extract"], 3),
        "extract_of_jieba": round(best["extract"] / best["jieba"], 3),
        "characters": round(statistics.mean(map(len, texts))),
        "bytes": round(statistics.mean(map(len, data))),
    }


# -- kills -------------------------------------------------------------------------------------------------------------


def progress(out: Path, shape: str, count: int) -> int:
    """Return how many inputs a run has done, as a bystander sees it."""
    if shape == "parquet":
        markers = out / "_parts"
        return part_size(count) * len(list(markers.glob("part-*.json"))) if markers.is_dir() else 0
    manifest = out / "manifest.jsonl"
    return manifest.read_bytes().count(b"\n") if manifest.is_file() else 0


def killed_runs(source: Path, out: Path, shape: str, jobs: int, kills: int, count: int, seed: int) -> Figures:
    """Kill a run at random moments, take it up each time, and count what is there in the end."""
    random = Random(seed)
    moments = sorted(random.sample(range(count // 20, count * 9 // 10), kills))
    seen = []
    for moment in moments:
        process = start(source, out, shape, jobs)
        while progress(out, shape, count) < moment and process.poll() is None:
            time.sleep(0.05)
        if process.poll() is not None:
            raise SystemExit("the run was over before it could be killed")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.append(progress(out, shape, count))
    last = finish(start(source, out, shape, jobs))
    return {"shape": shape, "killed_at": seen, "last_run": last, **counted(source, out)}


def counted(source: Path, out: Path) -> Figures:
    """Count the inputs against the reports and errors of an output."""
    from gknlp.export.reading import iter_reports

    wanted = {str(path) for path in source.rglob("*.txt")}
    found = Counter(report.source.path for report in iter_reports(out))
    errors = Counter(
        json.loads(line)["source"]["path"] for line in (out / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    )
    together = found + errors
    return {
        "inputs": len(wanted),
        "reports": sum(found.values()),
        "errors": sum(errors.values()),
        "lost": len(wanted - together.keys()),
        "doubled": sum(number - 1 for number in together.values()),
        "foreign": len(together.keys() - wanted),
    }


def fingerprint(out: Path) -> str:
    """Return a digest of all files of an output, manifest and temporary files aside."""
    whole = hashlib.sha256()
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        if path.name != "manifest.jsonl" and not path.name.startswith("."):
            whole.update(path.relative_to(out).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def size_of(place: Path) -> int:
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files)


# -- exports and queries -----------------------------------------------------------------------------------------------


def exports(out: Path, work: Path) -> list[Figures]:
    found = []
    for to, more in EXPORTS:
        place = work / f"export-{to}"
        command = [sys.executable, "-c", _MEASURED, "export", str(out), "--to", to, "-o", str(place), "-q", *more]
        found.append({"to": to, "tables": [name for name in more if name != "-t"] or "all", **measured(command)})
        found[-1]["bytes"] = size_of(place)
        if to != "parquet":
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    return found


def queries(place: Path) -> list[Figures]:
    found = []
    for name, sql in QUERIES.items():
        command = [sys.executable, "-c", _MEASURED, "query", str(place), sql]
        found.append({"query": name, **measured(command)})
    return found


# Runs the command line and says at the end what this process took, its start included.
_MEASURED = (
    "import json, sys, time\nbegan = time.perf_counter()\nfrom benchmarks.machine import peak_megabytes\n"
    "from gknlp.cli import main\ntry:\n    main(sys.argv[1:], standalone_mode=False)\nexcept SystemExit as end:\n"
    "    assert not end.code, end.code\n"
    "print(json.dumps({'seconds': round(time.perf_counter() - began, 2), 'peak_mb': round(peak_megabytes())}))"
)


def measured(command: list[str]) -> Figures:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


# -- all of it ---------------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure(count: int, kills: int, jobs: int, seed: int, work: Path, kept: Path) -> Figures:
    """Return all figures; those measured so far stand in ``kept``, as a run of an hour may end before its time."""

    def stage(text: str) -> None:
        kept.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        say(text)

    found: Figures = {"machine": machine.describe(), "reports": count, "jobs": jobs, "seed": seed}
    source, few = work / "reports", min(count, FOLDER_RUN)
    say(f"{count} reports")
    size = write(source, count, seed=seed)
    part = source
    if few < count:
        part = work / "some"
        write(part, few, seed=seed)
    found["input_bytes"] = size
    stage("yardsticks")
    found["yardsticks"] = yardsticks(source)
    for name, cores in (("one core", 1), (f"{jobs} processes", jobs)):
        stage(f"JSON files, {few} reports, {name}")
        out = work / f"folder-{cores}"
        found[f"folder_{cores}"] = {**finish(start(part, out, "folder", cores)), "bytes": size_of(out)}
    same = fingerprint(work / "folder-1") == fingerprint(work / f"folder-{jobs}")
    found["same_bytes_whatever_the_processes"] = same
    shutil.rmtree(work / "folder-1")
    stage("tables in parts, one core")
    found["parquet_1"] = finish(start(part, work / "parts-1", "parquet", 1))
    shutil.rmtree(work / "parts-1")
    stage(f"tables in parts, {count} reports, {jobs} processes")
    whole = work / "parts"
    found["parquet"] = {**finish(start(source, whole, "parquet", jobs)), "bytes": size_of(whole)}
    stage(f"{kills} kills, tables in parts")
    killed = killed_runs(source, work / "killed", "parquet", jobs, kills, count, seed)
    killed["same_bytes_as_one_run"] = fingerprint(work / "killed") == fingerprint(whole)
    shutil.rmtree(work / "killed")
    stage(f"{kills} kills, JSON files")
    other = killed_runs(part, work / "killed", "folder", jobs, kills, few, seed + 1)
    other["same_bytes_as_one_run"] = fingerprint(work / "killed") == fingerprint(work / f"folder-{jobs}")
    shutil.rmtree(work / "killed")
    found["kills"] = [killed, other]
    stage("exports")
    found["exports"] = exports(whole, work)
    stage("queries")
    found["queries"] = queries(work / "export-parquet")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=int(str(machine.describe()["cores"])))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, help="a folder for the corpus and the outputs, kept afterwards")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        source, out, shape, jobs = options.run
        run_here(source, out, shape, int(jobs))
        return
    options.results.mkdir(parents=True, exist_ok=True)
    kept = options.results / f"scale-{options.reports}.json"
    work = options.work or Path(tempfile.mkdtemp(prefix="gknlp-scale-"))
    try:
        found = measure(options.reports, options.kills, max(2, options.jobs), options.seed, work, kept)
    finally:
        if options.work is None:
            shutil.rmtree(work, ignore_errors=True)
    from benchmarks.page import page

    kept.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    kept.with_suffix(".md").write_text(page(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
