"""The mutation gate: damaged reports never give a wrong table cell without a word.

    python -m tests.mutation [--seed N] [--quick] [--list N] [PATH ...]

Every report (the examples, and the folder ``GKNLP_REPORTS`` when that is set, or the given files and folders) is
damaged in many small ways: each line deleted, each line printed twice, the text cut at each line end and at random
characters, random numbers deleted, random neighbouring cells glued together. A cell that then differs from the
undamaged report, in a table about which nothing is said (no warning, no error, no failed check, no repair), is a
silent error. Exit code 1 when there is one, 0 otherwise.

Wrong values in a table about which something is said are counted too, as *covered*, and values that are null without
a word; neither fails the gate.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from gknlp.readers import read_path
from tests.support.judge import UNKNOWN, Expected, Reading, Wrong, compare, read

EXAMPLES = Path(__file__).parent.parent / "examples"
TABLES = ("disclosure", "requests", "remedies")
TRUNCATIONS, DELETIONS, GLUINGS = 200, 500, 500
QUICK = 10  # --quick tries one in so many
WORKERS = 2

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# What stands between two neighbouring cells of which one at least is a number: tabs, pipes, spaces, line ends.
_GAP = re.compile(r"(?<=[\w）)”\"％%.+-])(?:[ \u3000]*(?:[\t|]+|\n|[ \u3000])[ \u3000]*)+(?=[\w（(+-])")


class Mutation(NamedTuple):
    """One damage: the text without ``[start, end)`` and with ``insert`` there."""

    kind: str
    start: int
    end: int
    insert: str = ""

    def apply(self, text: str) -> str:
        """Return the damaged text."""
        return text[: self.start] + self.insert + text[self.end :]


class Failure(NamedTuple):
    """A damage that gave wrong cells, with what is needed to do it again."""

    path: str
    mutation: Mutation
    wrong: tuple[Wrong, ...]

    def __str__(self) -> str:
        kind, start, end, insert = self.mutation
        cells = "; ".join(str(wrong) for wrong in self.wrong[:3])
        return f"{self.path}: {kind} text[{start}:{end}] -> {insert!r}: {len(self.wrong)} cells, {cells}"


class Outcome(NamedTuple):
    """What a batch of mutations gave."""

    tried: Counter[str]
    silent: list[Failure]
    covered: Counter[str]
    unsaid: Counter[str]
    crashes: list[str]


def mutations(text: str, random: Random) -> Iterator[Mutation]:
    """Yield all damages of one report."""
    lines = _lines(text)
    for start, end in lines:
        yield Mutation("line deleted", start, end)
        yield Mutation("line doubled", end, end, text[start:end])
        yield Mutation("cut at line end", end, len(text))
    for _ in range(TRUNCATIONS):
        yield Mutation("cut", random.randrange(len(text)), len(text))
    tables = _table_span(text)
    numbers = [match.span() for match in _NUMBER.finditer(text, *tables)]
    for start, end in _sample(numbers, DELETIONS, random):
        yield Mutation("number deleted", start, end)
    for start, end in _sample(list(_gaps(text, *tables)), GLUINGS, random):
        yield Mutation("cells glued", start, end)


def _lines(text: str) -> list[tuple[int, int]]:
    """Return the span of each line with its line end."""
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        spans.append((start, start + len(line)))
        start += len(line)
    return spans


def _table_span(text: str) -> tuple[int, int]:
    """Return the span of the tables of the undamaged report."""
    tables = read(text).tables.values()
    return min((table.start for table in tables), default=0), max((table.end for table in tables), default=len(text))


def _gaps(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what separates two neighbouring cells that are numbers, or a label and a number."""
    for match in _GAP.finditer(text, start, end):
        if text[match.start() - 1].isdigit() or text[match.end()].isdigit():
            yield match.span()


def _sample(spans: list[tuple[int, int]], count: int, random: Random) -> list[tuple[int, int]]:
    return random.sample(spans, min(count, len(spans)))


@lru_cache(maxsize=64)
def reference(path: str) -> tuple[str, Expected]:
    """Return a report's text and what must be read: its gold, else the reading of the undamaged report."""
    text = read_path(path).text
    source = Path(path)
    for gold in (source.with_name(f"{source.stem}.gold.json"), source.parent / "gold" / f"{source.stem}.gold.json"):
        if gold.exists():
            return text, json.loads(gold.read_text(encoding="utf-8"))["tables"]
    return text, read(text).values()


@lru_cache(maxsize=64)
def undamaged(path: str) -> frozenset[Wrong]:
    """Return what is wrong without any damage: it is counted once, not for every mutation."""
    text, expected = reference(path)
    return frozenset(wrong_cells(expected, read(text)))


def wrong_cells(expected: Expected, reading: Reading) -> list[Wrong]:
    """Return the cells that differ; one that gold calls unknown may also be read."""
    wanted = {table: expected.get(table) for table in TABLES}
    return [entry for entry in compare(wanted, reading) if entry.wanted != UNKNOWN]


def try_all(path: str, chosen: list[Mutation]) -> Outcome:
    """Apply each mutation to the report at ``path`` and judge the readings."""
    text, expected = reference(path)
    outcome = Outcome(Counter(), [], Counter(), Counter(), [])
    for mutation in chosen:
        outcome.tried[mutation.kind] += 1
        damaged = mutation.apply(text)
        if damaged.strip():
            _try(path, mutation, damaged, expected, outcome)
    return outcome


def _try(path: str, mutation: Mutation, damaged: str, expected: Expected, outcome: Outcome) -> None:
    try:
        reading = read(damaged)
    except Exception as error:  # noqa: BLE001  a crash of any kind is a finding of its own
        outcome.crashes.append(f"{path}: {mutation}: {error!r}")
        return
    wrong = [entry for entry in wrong_cells(expected, reading) if entry not in undamaged(path)]
    silent = tuple(entry for entry in wrong if entry.silent and entry.got is not None)
    if silent:
        outcome.silent.append(Failure(path, mutation, silent))
    elif any(entry.got is not None for entry in wrong):
        outcome.covered[mutation.kind] += 1
    elif any(entry.silent for entry in wrong):
        outcome.unsaid[mutation.kind] += 1


def _silent_without_damage(path: str) -> list[Failure]:
    silent = tuple(entry for entry in sorted(undamaged(path), key=str) if entry.silent)
    return [Failure(path, Mutation("undamaged", 0, 0), silent)] if silent else []


def run(paths: list[str], *, seed: int, every: int = 1) -> Outcome:
    """Try one in ``every`` mutations of all reports, in batches over two processes."""
    batches: list[tuple[str, list[Mutation]]] = []
    total = Outcome(Counter(), [], Counter(), Counter(), [])
    for path in paths:
        text = reference(path)[0]
        total.silent.extend(_silent_without_damage(path))
        chosen = list(mutations(text, Random(f"{seed} {Path(path).name}")))[::every]
        batches += [(path, chosen[start : start + 200]) for start in range(0, len(chosen), 200)]
    with ProcessPoolExecutor(WORKERS) as pool:
        for outcome in pool.map(try_all, *zip(*batches, strict=True)):
            _add(total, outcome)
    return total


def _add(total: Outcome, outcome: Outcome) -> None:
    total.tried.update(outcome.tried)
    total.silent.extend(outcome.silent)
    total.covered.update(outcome.covered)
    total.unsaid.update(outcome.unsaid)
    total.crashes.extend(outcome.crashes)


def default_paths() -> list[str]:
    """Return the examples and the real reports of ``GKNLP_REPORTS``."""
    folders = [EXAMPLES, *map(Path, filter(None, [os.environ.get("GKNLP_REPORTS")]))]
    return [path for folder in folders for path in reports_in(folder)]


def reports_in(path: Path) -> list[str]:
    """Return the reports of a folder, or the one given."""
    if path.is_file():
        return [str(path)]
    names = sorted(entry for entry in path.iterdir() if entry.suffix in (".txt", ".md"))
    return [str(entry) for entry in names if entry.stem not in ("README", "NOTES")]


def main(arguments: list[str] | None = None) -> int:
    """Run the gate; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help=f"try one mutation in {QUICK}")
    parser.add_argument("--list", type=int, default=20, metavar="N", help="show so many silent errors (default 20)")
    options = parser.parse_args(arguments)
    paths = [report for path in options.paths for report in reports_in(path)] or default_paths()
    total = run(paths, seed=options.seed, every=QUICK if options.quick else 1)
    for line in (*total.crashes, *map(str, total.silent[: options.list])):
        print(line)
    print(f"{sum(total.tried.values())} mutations of {len(paths)} reports, seed {options.seed}")
    print(", ".join(f"{kind} {count}" for kind, count in total.tried.items()))
    print(f"covered: wrong values with a word in {sum(total.covered.values())} {dict(total.covered)}")
    print(f"unsaid: null without a word in {sum(total.unsaid.values())} {dict(total.unsaid)}")
    print(f"crashes {len(total.crashes)}")
    print(f"silent errors {len(total.silent)}")
    return 1 if total.silent or total.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
