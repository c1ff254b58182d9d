"""The sample reports: each extracts to its gold, cell by cell, and to its golden file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import gknlp
from gknlp.model import Report
from tests.golden import EXAMPLES, example_files, golden_file, snapshot

FILES = example_files()
ENCODINGS = {"shazhou_subdistrict_2019": "gb18030"}  # the others are UTF-8, one with a BOM


def gold_of(path: Path) -> dict[str, Any]:
    gold: dict[str, Any] = json.loads((EXAMPLES / "gold" / f"{path.stem}.gold.json").read_text(encoding="utf-8"))
    return gold


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def report(example: Path) -> Report:
    return gknlp.extract(example)


def test_there_is_an_example_for_every_layout() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert len(FILES) >= 8
    assert all(f"`{path.name}`" in listed for path in FILES)
    assert {path.stem for path in FILES} == {p.name.removesuffix(".gold.json") for p in (EXAMPLES / "gold").iterdir()}


def test_cells(example: Path, report: Report) -> None:
    got = {table.id: {cell.key: cell.value for cell in table.cells} for table in report.tables}
    assert got == gold_of(example)["tables"]


def test_spans_hold_what_was_printed(report: Report) -> None:
    for table in report.tables:
        for cell in table.cells:
            if cell.start is not None:
                assert report.text[cell.start : cell.end] == cell.raw
                assert table.start <= cell.start <= table.end


def test_form_year_and_issuer(example: Path, report: Report) -> None:
    meta = gold_of(example)["meta"]
    assert (report.title, report.form, report.year) == (meta["title"], meta["form"], meta["year"])
    assert report.issuer is not None
    assert report.issuer.name == meta["issuer"]
    assert (report.issuer.kind, report.issuer.division_code) == (meta["kind"], meta["division_code"])
    if meta["level"] is not None:
        assert report.issuer.level == meta["level"]


def test_checks(example: Path, report: Report) -> None:
    wanted = {check["rule"] for check in gold_of(example)["checks"]}
    assert {check.rule for check in report.checks if check.status == "fail"} == wanted


def test_sections(report: Report) -> None:
    found = [section.id for section in report.sections if section.id != "preamble"]
    assert found == ["overview", "disclosure", "requests", "remedies", "issues", "other"]


def test_encodings(example: Path, report: Report) -> None:
    assert report.source.encoding == ENCODINGS.get(example.stem, "utf-8")
    assert "\r" not in report.text
    assert not report.text.startswith("\ufeff")


def test_golden(example: Path) -> None:
    """After a change that is meant, run ``make golden`` and review what it changed."""
    assert snapshot(example) == golden_file(example).read_text(encoding="utf-8")
