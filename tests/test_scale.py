"""The corpus and the arithmetic of the benchmark over many reports; the benchmark itself is run by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gknlp
from benchmarks.corpus import generate, write
from benchmarks.machine import describe
from benchmarks.page import page
from benchmarks.scale import counted, fingerprint, tenths
from gknlp.corpus.inputs import find_inputs
from gknlp.corpus.parts import run_parts


def test_the_corpus_is_the_same_for_the_same_seed() -> None:
    made = list(generate(30))
    assert list(generate(30)) == made
    assert list(generate(12)) == made[:12]
    assert list(generate(30, seed=1)) != made
    assert len({item.path for item in made}) == 30
    assert len({item.data for item in made}) == 30


def test_the_reports_are_like_reports() -> None:
    found = [gknlp.extract_bytes(item.data, name=item.path) for item in generate(24)]
    assert {report.form for report in found} == {"F2019", "F2021"}
    assert {report.source.encoding for report in found} == {"utf-8", "gb18030"}
    for report in found:
        assert [table.id for table in report.tables] == ["disclosure", "requests", "remedies"]
        assert all(cell.state in ("number", "dash") for table in report.tables for cell in table.cells)
        assert not [check for check in report.checks if check.status == "fail" and check.rule.startswith(("T3", "T4"))]
        assert len(report.facts) > 20
        assert len(report.issues) >= 4
        assert report.issuer is not None


@pytest.mark.parametrize(
    ("marks", "rates"),
    [
        ([], []),
        ([1.0 + n for n in range(20)], [1.0] * 10),
        ([5.0 + n / 10 for n in range(50)] + [10.0 + n / 5 for n in range(50)], [10.0] * 5 + [5.0] * 5),
    ],
)
def test_tenths(marks: list[float], rates: list[float]) -> None:
    assert tenths(marks) == rates


def test_what_is_lost_or_doubled_is_counted(tmp_path: Path) -> None:
    source, out = tmp_path / "reports", tmp_path / "out"
    write(source, 6)
    (source / "000" / "000006.txt").write_bytes(b"")
    run_parts(find_inputs([str(source)]), str(out), done=lambda _: None, size=3)
    assert counted(source, out) == {"inputs": 7, "reports": 6, "errors": 1, "lost": 0, "doubled": 0, "foreign": 0}
    before = fingerprint(out)
    (out / "documents" / "part-00001.parquet").write_bytes((out / "documents" / "part-00000.parquet").read_bytes())
    after = counted(source, out)
    assert (after["lost"], after["doubled"]) == (3, 3)
    assert fingerprint(out) != before


def test_the_page_tells_what_was_found() -> None:
    run = {"reports": 990, "errors": 10, "kept": 0, "seconds": 10.0, "tenths": [100.0] * 10, "parent_peak_mb": 150.0}
    killed = {
        "shape": "parquet",
        "killed_at": [100],
        "inputs": 1000,
        "reports": 990,
        "errors": 10,
        "lost": 0,
        "doubled": 2,
    }
    found = {
        "machine": describe(),
        "reports": 1000,
        "input_bytes": 5_000_000,
        "jobs": 2,
        "seed": 0,
        "yardsticks": {
            "read_ms": 0.01,
            "jieba_ms": 20.0,
            "extract_ms": 5.0,
            "extract_of_jieba": 0.25,
            "characters": 2300,
            "bytes": 5000,
        },
        "folder_1": {**run, "seconds": 19.0, "bytes": 10**8},
        "folder_2": {**run, "bytes": 10**8},
        "parquet_1": run,
        "parquet": {**run, "bytes": 10**7},
        "same_bytes_whatever_the_processes": True,
        "kills": [{**killed, "same_bytes_as_one_run": False}],
        "exports": [{"to": "csv", "tables": ["panel"], "seconds": 1.0, "peak_mb": 300, "bytes": 1000}],
        "queries": [{"query": "count", "seconds": 1.0, "peak_mb": 300}],
    }
    text = page(json.loads(json.dumps(found)))
    assert "| whole extract | 5.000 | 0.250 |" in text
    assert "JSON files, starting included: 1.90 times" in text
    assert "| tables in parts | 100 | 1,000 | 990 | 10 | 0 | 2 | NO |" in text
    assert "56 core-hours for 10,000,000 reports" in text
