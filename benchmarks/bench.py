"""Time and memory of extraction beside what jieba needs to segment the same texts.

    python -m benchmarks.bench [--rounds N] [--reports N]

The texts are the examples and, when GKNLP_REPORTS names a folder, the reports there. All engines run in one process, in
turn within each round, so that a slow moment of the machine meets them all; a figure is the median of the rounds with
the range from the lowest to the highest.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import gknlp
from gknlp.checks import run_checks
from gknlp.corpus.inputs import PLAIN, find_inputs
from gknlp.facts import find_facts
from gknlp.issuer import find_issuer, find_title, find_year
from gknlp.readers import read_bytes
from gknlp.sections import split_sections
from gknlp.tables import read_tables

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
TABLES_AIM = 0.10  # of jieba's time over the same texts
WHOLE_AIM = 0.30
GROWTH = (1, 10, 100)

Made = TypeVar("Made")
Engine = Callable[[bytes, str], object]


class Text(NamedTuple):
    """One report as bytes, and decoded for jieba, which is not charged for reading."""

    data: bytes
    text: str


def load_suites() -> dict[str, list[Text]]:
    """Return the texts by the name of their suite."""
    reports = os.environ.get("GKNLP_REPORTS")
    folders = {"examples": str(EXAMPLES)} | ({"reports": reports} if reports else {})
    return {name: load_texts(folder) for name, folder in folders.items()}


def load_texts(folder: str) -> list[Text]:
    # jieba segments text: the other formats have a benchmark of their own
    texts = (Path(item.path) for item in find_inputs([folder]) if item.problem is None)
    paths = [path for path in texts if path.suffix in PLAIN]
    found = [path.read_bytes() for path in paths]
    return [Text(data, read_bytes(data, name="").text) for data in found]


def tables_only(data: bytes, text: str) -> object:
    """Bytes to checked tables."""
    document = read_bytes(data, name="")
    tables = read_tables(document, split_sections(document).sections)
    return run_checks(tables.tables, form=tables.form)


def whole(data: bytes, text: str) -> object:
    """Bytes to the whole report."""
    return gknlp.extract_bytes(data, name="")


def segment() -> Engine:
    """Return jieba's own segmentation, its dictionary loaded."""
    import jieba

    tokenizer = jieba.Tokenizer()
    jieba.setLogLevel("ERROR")
    tokenizer.initialize()
    return lambda data, text: tokenizer.lcut(text)


def seconds(engine: Engine, texts: list[Text]) -> float:
    began = time.perf_counter()
    for data, text in texts:
        engine(data, text)
    return time.perf_counter() - began


def compare(engines: dict[str, Engine], texts: list[Text], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each engine over all texts, by round; one round before them warms up."""
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for number in range(rounds + 1):
        for name, engine in engines.items():
            elapsed = seconds(engine, texts)
            if number:
                taken[name].append(elapsed)
    return taken


def spread(values: list[float], form: str = "{:.2f}") -> str:
    """Return median and range.

    >>> spread([3.0, 1.0, 2.0])
    '2.00 (1.00-3.00)'
    """
    return f"{form} ({form}-{form})".format(statistics.median(values), min(values), max(values))


def speed_lines(suite: str, texts: list[Text], jieba: Engine, rounds: int) -> Iterator[str]:
    characters = sum(len(text) for _, text in texts)
    yield f"{suite}: {len(texts)} reports, {characters / len(texts):.0f} characters each; {rounds} rounds"
    yield f"{'':<12}  milliseconds a report   of jieba's time"
    engines = {"jieba.lcut": jieba, "tables": tables_only, "whole": whole}
    taken = compare(engines, texts, rounds)
    for name, times in taken.items():
        each = [1000 * x / len(texts) for x in times]
        shares = [x / y for x, y in zip(times, taken["jieba.lcut"], strict=True)]
        aim = {"tables": f"  (aim {TABLES_AIM:.2f})", "whole": f"  (aim {WHOLE_AIM:.2f})"}.get(name, "")
        yield f"{name:<12}  {spread(each):<22}  {spread(shares, '{:.3f}')}{aim}"


def stage_lines(texts: list[Text], rounds: int) -> Iterator[str]:
    """Yield what each step of a report takes; each is given what the steps before it made."""
    taken: dict[str, float] = {}

    def timed(name: str, step: Callable[[], Made]) -> Made:
        began = time.perf_counter()
        made = step()
        taken[name] = taken.get(name, 0.0) + time.perf_counter() - began
        return made

    for data, _ in texts * rounds:
        document = timed("read", lambda: read_bytes(data, name=""))
        sections = timed("sections", lambda: split_sections(document).sections)
        tables = timed("tables", lambda: read_tables(document, sections))
        timed("checks", lambda: run_checks(tables.tables, form=tables.form))
        title = timed("title", lambda: find_title(document))
        year = timed("year", lambda: find_year(document, title))
        timed("issuer", lambda: find_issuer(document, title, year.year))
        timed("facts", lambda: find_facts(document, sections, tables.tables, year.year))
    milliseconds = {name: 1000 * total / rounds / len(texts) for name, total in taken.items()}
    yield "mean milliseconds by step: " + "  ".join(f"{name} {each:.2f}" for name, each in milliseconds.items())


def growth_lines(texts: list[Text]) -> Iterator[str]:
    """Yield the cost a character of a report that is repeated within one text: level when it grows linearly."""
    _, text = max(texts, key=lambda item: len(item.text))
    yield f"growth of the whole, {len(text)} characters times {', '.join(map(str, GROWTH))}"
    for times in GROWTH:
        repeated = (text + "\n") * times
        data = repeated.encode()
        elapsed = min(seconds(whole, [Text(data, repeated)]) for _ in range(3))
        yield f"  x{times:<4} {1000 * elapsed:9.1f} ms   {1e6 * elapsed / len(repeated):6.3f} microseconds a character"


def peak_megabytes() -> float:
    """Return this process's peak memory; macOS counts it in bytes, others in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def memory_lines(count: int) -> Iterator[str]:
    """Yield the peak memory of a process of its own after ever more reports."""
    command = [sys.executable, "-m", "benchmarks.bench", "--memory", str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    yield "peak memory, each report dropped when it is read"
    yield from done.stdout.splitlines()


def measure_memory(count: int) -> None:
    texts = [text for suite in load_suites().values() for text in suite]
    marks = {count // 20, count // 4, count // 2, count}
    for number in range(1, count + 1):
        whole(*texts[number % len(texts)])
        if number in marks:
            print(f"  {number:6} reports  {peak_megabytes():7.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--reports", type=int, default=2000, help="how many the memory is measured over")
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory:
        measure_memory(options.memory)
        return
    suites, jieba = load_suites(), segment()
    texts = [text for suite in suites.values() for text in suite]
    parts = (
        *(speed_lines(name, suite, jieba, options.rounds) for name, suite in suites.items()),
        stage_lines(texts, options.rounds),
        growth_lines(texts),
        memory_lines(options.reports),
    )
    for lines in parts:
        for line in lines:
            print(line, flush=True)


if __name__ == "__main__":
    main()
