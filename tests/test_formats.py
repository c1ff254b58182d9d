"""The contract of all formats: the same report gives the same text, and so the same tables, facts and issues."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

import gknlp
from gknlp.model import Document, Report
from gknlp.readers import read_bytes
from tests import example_formats
from tests.support.reports import ReportSource, report_sources
from tests.support.write_doc import write_doc
from tests.support.write_docx import write_docx
from tests.support.write_html import write_html, write_site_html, write_wps_html
from tests.support.write_mhtml import write_mhtml
from tests.support.write_odt import write_odt
from tests.support.write_pdf import font_missing, write_pdf
from tests.support.write_rtf import write_rtf
from tests.support.write_text import write_text

SOURCES = {source.name: source for source in report_sources()}
WRITERS: dict[str, Callable[[ReportSource], bytes]] = {
    "html": write_html,
    "wps_html": write_wps_html,
    "site_html": write_site_html,
    "mhtml": write_mhtml,
    "docx": write_docx,
    "doc": write_doc,
    "odt": write_odt,
    "rtf": write_rtf,
    **({} if font_missing() else {"pdf": write_pdf}),
}
MEDIA_TYPES = {
    "html": "text/html",
    "mhtml": "multipart/related",
    "docx": "wordprocessingml",
    "odt": "opendocument",
    "doc": "ole",
    "pdf": "application/pdf",
}


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> ReportSource:
    return SOURCES[request.param]


@cache
def written(form: str, name: str) -> bytes:
    return {"plain": write_text, **WRITERS}[form](SOURCES[name])


def cells(report: Report) -> dict[tuple[str, str, str], tuple[object, str, str, str]]:
    return {
        (table.id, cell.row, cell.column): (cell.value, cell.state, cell.raw, cell.reading)
        for table in report.tables
        for cell in table.cells
    }


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_gives_the_text_of_the_plain_one(source: ReportSource, form: str) -> None:
    document = read_bytes(written(form, source.name), name=f"{source.name}.{form}")
    assert document.text == write_text(source).decode()
    assert MEDIA_TYPES.get(form, "") in document.source.media_type
    assert not [note.code for note in document.diagnostics]


@pytest.mark.parametrize("form", ["plain", *WRITERS])
def test_every_cell_is_the_one_filled_in(source: ReportSource, form: str) -> None:
    from gknlp.sections import split_sections
    from gknlp.tables import read_tables

    document = read_bytes(written(form, source.name), name=source.name)
    tables = read_tables(document, split_sections(document).sections).tables
    wanted = {
        key: (None, value) if isinstance(value, str) else (value, "number")
        for key, value in source.filled.cells.items()
    }
    got = {(table.id, cell.row, cell.column): (cell.value, cell.state) for table in tables for cell in table.cells}
    assert got == wanted


@pytest.mark.parametrize("form", ["wps_html", "site_html", "docx"])
def test_facts_issues_and_cells_are_the_same(source: ReportSource, form: str) -> None:
    plain = gknlp.extract_bytes(write_text(source), name="plain")
    report = gknlp.extract_bytes(written(form, source.name), name=form)
    assert cells(report) == cells(plain)
    assert report.facts == plain.facts
    assert report.issues == plain.issues
    assert (report.title, report.year, report.form) == (source.title, source.filled.year, source.filled.form)
    assert report.checks == plain.checks
    assert len(report.facts) >= 5
    assert len(report.issues) >= 4


@pytest.mark.parametrize("form", WRITERS)
def test_grids_repeat_what_the_text_holds(source: ReportSource, form: str) -> None:
    document = read_bytes(written(form, source.name), name=source.name)
    assert len(document.grids) >= 3
    for grid in document.grids:
        assert_grid_holds(document, grid)


def assert_grid_holds(document: Document, grid: object) -> None:
    from gknlp.model import Grid

    assert isinstance(grid, Grid)
    lines = document.text[grid.start : grid.end].split("\n")
    assert len(lines) == grid.rows
    assert {line.count("\t") for line in lines} == {grid.columns - 1}
    taken: set[tuple[int, int]] = set()
    for cell in grid.cells:
        assert lines[cell.row].split("\t")[cell.column] == document.text[cell.start : cell.end]
        places = {
            (row, column)
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        }
        assert not places & taken
        taken |= places
    assert max(row for row, _ in taken) < grid.rows
    assert max(column for _, column in taken) < grid.columns


def test_the_example_in_every_format_is_one_report() -> None:
    """``python -m tests.example_formats`` writes the files anew."""
    reports = [gknlp.extract(path) for path in sorted(example_formats.FOLDER.glob(f"{example_formats.STEM}.*"))]
    assert len(reports) >= 3
    first = reports[0]
    for report in reports[1:]:
        assert cells(report) == cells(first)
        assert [fact.text for fact in report.facts] == [fact.text for fact in first.facts]
        assert [issue.text for issue in report.issues] == [issue.text for issue in first.issues]
    assert first.title == example_formats.source().title
