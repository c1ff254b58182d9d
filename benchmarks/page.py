"""The figures of ``benchmarks.scale`` as a page for people, with what ten million reports would cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MANY = 10_000_000
Found = Any  # the JSON of a run


def page(found: Found) -> str:
    """Return the page as Markdown."""
    return "\n".join((*_head(found), *_runs(found), *_kills(found), *_exports(found), *_cost(found))) + "\n"


def _head(found: Found) -> Iterator[str]:
    about, yard = found["machine"], found["yardsticks"]
    yield f"# {found['reports']:,} reports"
    yield ""
    yield (
        f"{about['processor']}, {about['cores']} cores, {about['memory_gb']} GB, {about['system']}, Python "
        f"{about['python']}. Generated reports (`benchmarks/corpus.py`, seed {found['seed']}) of {yard['bytes']:,} "
        f"bytes, {yard['characters']:,} characters on average, {_size(found['input_bytes'])} in all."
    )
    yield ""
    yield "| yardstick, one core, best of three over the same texts | milliseconds a report | of `jieba.lcut` |"
    yield "|---|---|---|"
    for name, key in (("reading the bytes", "read_ms"), ("`jieba.lcut`", "jieba_ms"), ("whole extract", "extract_ms")):
        yield f"| {name} | {yard[key]:.3f} | {yard[key] / yard['jieba_ms']:.3f} |"
    yield ""


def _runs(found: Found) -> Iterator[str]:
    jobs = found["jobs"]
    one, more = found["folder_1"], found[f"folder_{jobs}"]
    yield "## Runs"
    yield ""
    yield "| output | processes | inputs | reports a second | parent's peak | output size |"
    yield "|---|---|---|---|---|---|"
    rows = [("JSON files", 1, one), ("JSON files", jobs, more), ("tables in parts", 1, found["parquet_1"])]
    for name, cores, run in (*rows, ("tables in parts", jobs, found["parquet"])):
        inputs = run["reports"] + run["errors"]
        size = _size(run["bytes"]) if "bytes" in run else ""
        rate = f"{inputs / run['seconds']:.0f}"
        yield f"| {name} | {cores} | {inputs:,} | {rate} | {run['parent_peak_mb']:.0f} MB | {size} |"
    yield ""
    tenths = found["parquet"]["tenths"]
    if tenths:
        mean = sum(tenths) / len(tenths)
        spread = max(abs(rate / mean - 1) for rate in tenths)
        yield f"Rate by tenth of the last run, reports a second: {', '.join(f'{rate:.0f}' for rate in tenths)}"
        yield f"(farthest from the mean: {100 * spread:.0f} %)."
    for name, low, high in (("JSON files", one, more), ("tables in parts", found["parquet_1"], found["parquet"])):
        faster = _rate(high) / _rate(low)
        yield f"{jobs} processes against one core, {name}, starting included: {faster:.2f} times."
    same = "the same" if found["same_bytes_whatever_the_processes"] else "DIFFERENT"
    yield f"One core and {jobs} processes write {same} bytes."
    yield ""


def _rate(run: Found) -> float:
    return float((run["reports"] + run["errors"]) / run["seconds"])


def _kills(found: Found) -> Iterator[str]:
    yield "## Killed and taken up"
    yield ""
    yield "| output | killed after about | inputs | reports | errors | lost | doubled | bytes as of one run |"
    yield "|---|---|---|---|---|---|---|---|"
    for run in found["kills"]:
        at = ", ".join(f"{moment:,}" for moment in run["killed_at"])
        name = "tables in parts" if run["shape"] == "parquet" else "JSON files"
        same = "yes" if run["same_bytes_as_one_run"] else "NO"
        yield (
            f"| {name} | {at} | {run['inputs']:,} | {run['reports']:,} | {run['errors']:,} | {run['lost']} | "
            f"{run['doubled']} | {same} |"
        )
    yield ""


def _exports(found: Found) -> Iterator[str]:
    yield "## Exports and queries"
    yield ""
    yield "From the tables in parts; times include starting the program."
    yield ""
    yield "| `gknlp export --to` | tables | seconds | peak | size |"
    yield "|---|---|---|---|---|"
    for run in found["exports"]:
        tables = run["tables"] if isinstance(run["tables"], str) else ", ".join(run["tables"])
        yield f"| {run['to']} | {tables} | {run['seconds']:.1f} | {run['peak_mb']} MB | {_size(run['bytes'])} |"
    yield ""
    yield "| `gknlp query` | seconds | peak |"
    yield "|---|---|---|"
    for run in found["queries"]:
        yield f"| {run['query']} | {run['seconds']:.1f} | {run['peak_mb']} MB |"
    yield ""


def _cost(found: Found) -> Iterator[str]:
    """Yield what ten million reports cost when each costs what it did here."""
    run, jobs = found["parquet"], found["jobs"]
    inputs = run["reports"] + run["errors"]
    core_seconds = jobs * run["seconds"] / inputs
    hours = core_seconds * MANY / 3600
    yield "## Ten million reports"
    yield ""
    yield (
        f"The work per report does not depend on how many there are, so this scales: {1000 * core_seconds:.1f} ms of "
        f"one core a report, into tables in parts, is {hours:,.0f} core-hours for {MANY:,} reports: "
        f"{hours / 2:,.0f} hours on 2 cores, {hours / 64:,.1f} hours on 64 (`--engine dask`)."
    )
    yield (
        f"Disk: {_size(found['input_bytes'] / found['reports'] * MANY)} of input, "
        f"{_size(run['bytes'] / inputs * MANY)} of tables with the full JSON in them; one JSON file a report would be "
        f"{_size(found[f'folder_{jobs}']['bytes'] / (found[f'folder_{jobs}']['reports']) * MANY)}."
    )
    yield "These two lines are multiplied from the figures above, not measured."


def _size(count: float) -> str:
    """Return bytes as people read them.

    >>> _size(1_500), _size(2.5e9)
    ('1.5 kB', '2.5 GB')
    """
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count:.0f} bytes"
