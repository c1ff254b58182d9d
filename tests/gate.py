"""The accuracy gate: no measure may fall below its floor in ``floors.json``.

    python -m tests.gate                               measure and compare
    python -m tests.gate --update                      raise the floors to what is measured now
    python -m tests.gate --update --allow-regression   lower them, too

A suite is a folder of gold annotations with the reports beside them: those of ``tests/gold``, the examples, and the
folder that the environment's GKNLP_REPORTS names, as ``reports``; a suite that is not at hand keeps its floors. The
gold's digest is kept with the floors: when gold changes, the floors are no longer about the same thing and must be set
anew.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from gknlp.corpus.inputs import find_inputs
from gknlp.corpus.run import Encoded, extract_input
from gknlp.evaluate import Evaluation, evaluate, load_gold
from gknlp.evaluate.gold import SUFFIX
from gknlp.export.sinks import line

FLOORS = Path(__file__).with_name("floors.json")
GOLD = Path(__file__).with_name("gold")
EXAMPLES = Path(__file__).parent.parent / "examples"
TOLERANCE = 1e-9
# Measures that are better the smaller they are; all others are shares, better the larger.
CEILINGS = frozenset({"unread", "tables.silent", "tables.invented", "checks.false"})
# How much there is to find is the gold's matter, and how much was predicted is in the precision.
NOT_MEASURES = frozenset({"reports", "cells", "gold", "predicted"})


class Floor(msgspec.Struct):
    """What one suite must reach; ``gold`` is the digest of its gold files."""

    gold: str
    measures: dict[str, float]


Floors = dict[str, Floor]


class Suite(NamedTuple):
    """Gold annotations and the reports that they are about."""

    gold: Path
    reports: Path


def suites() -> dict[str, Suite]:
    """Return the suites that are at hand."""
    found = {path.name: Suite(path, path) for path in sorted(GOLD.glob("*"))}
    found["examples"] = Suite(EXAMPLES / "gold", EXAMPLES)
    if reports := os.environ.get("GKNLP_REPORTS"):
        found["reports"] = Suite(Path(reports), Path(reports))
    return {name: suite for name, suite in found.items() if any(suite.gold.glob(f"*{SUFFIX}"))}


def measure(suite: Suite) -> Floor:
    """Extract the reports of one suite and compare them with its gold."""
    gold = load_gold(suite.gold)
    inputs = [item for item in find_inputs([str(suite.reports)]) if Path(item.path).stem in gold]
    results = [(Path(item.path).stem, extract_input(item, line)) for item in inputs]
    reports = {stem: result.report for stem, result in results if isinstance(result, Encoded)}
    return Floor(gold=digest(suite.gold), measures=dict(measures(evaluate(reports, gold))))


def measures(result: Evaluation) -> Iterator[tuple[str, float]]:
    """Yield the measures by dotted name; those without anything to measure are left out."""
    yield from _flat("", msgspec.to_builtins(result.summary))


def _flat(prefix: str, values: dict[str, object]) -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        elif isinstance(value, int | float) and name not in NOT_MEASURES:
            yield prefix + name, value


def digest(folder: Path) -> str:
    """Return the digest of all gold files of a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def regressions(floors: Floors, measured: Floors) -> Iterator[str]:
    """Yield in what a suite is worse than its floors; a measure that is gone is worse than any."""
    for suite, floor in floors.items():
        if suite not in measured:
            continue
        if measured[suite].gold != floor.gold:
            yield f"{suite}: the gold has changed; set its floors anew"
            continue
        for name, limit in floor.measures.items():
            value = measured[suite].measures.get(name)
            if value is None or is_worse(name, value, limit):
                yield f"{suite}: {name} is {value}, the floor is {limit}"


def is_worse(name: str, value: float, limit: float) -> bool:
    return value > limit + TOLERANCE if name in CEILINGS else value < limit - TOLERANCE


def raised(floors: Floors, measured: Floors) -> Floors:
    """Return the floors set to what is measured; suites that were not measured keep theirs."""
    return dict(sorted((floors | measured).items()))


def load(path: Path) -> Floors:
    return msgspec.json.decode(path.read_bytes(), type=Floors) if path.exists() else {}


def save(path: Path, floors: Floors) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(floors), indent=2) + b"\n")


def main(arguments: list[str] | None = None, *, path: Path = FLOORS) -> int:
    """Return 0 when nothing is worse than its floor, 1 when something is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="set the floors to what is measured now")
    parser.add_argument("--allow-regression", action="store_true", help="also where that lowers them")
    options = parser.parse_args(arguments)
    floors, measured = load(path), {name: measure(suite) for name, suite in suites().items()}
    for name, floor in measured.items():
        print(f"{name}: " + "  ".join(f"{key} {value:g}" for key, value in floor.measures.items()))
    worse = list(regressions(floors, measured))
    print("\n".join(f"WORSE {text}" for text in worse) or f"{len(measured)} suites hold their floors")
    for name in floors.keys() - measured.keys():
        print(f"not at hand: {name} (its floors are kept)")
    if options.update and (not worse or options.allow_regression):
        save(path, raised(floors, measured))
        return 0
    if options.update:
        print("floors not changed: --allow-regression sets floors that are lower or about other gold")
    missing = measured.keys() - floors.keys()
    if missing and not options.update:
        print(f"no floors for {', '.join(sorted(missing))}: run with --update")
    return 1 if worse or missing else 0


if __name__ == "__main__":
    sys.exit(main())
