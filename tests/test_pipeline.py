"""One report from end to end: the contract holds whatever the text is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gknlp
from gknlp.corpus.inputs import find_inputs
from gknlp.model import SCHEMA, Report, Section

ROOT = Path(__file__).parent.parent
TEXT = """青原县人民政府2021年政府信息公开工作年度报告
一、总体情况
2021年主动公开政府信息320条。
四、政府信息公开行政复议、行政诉讼情况
行政复议\t\t\t\t\t行政诉讼
结果维持\t结果纠正\t其他结果\t尚未审结\t总计\t未经复议直接起诉\t\t\t\t\t复议后起诉
\t\t\t\t\t结果维持\t结果纠正\t其他结果\t尚未审结\t总计\t结果维持\t结果纠正\t其他结果\t尚未审结\t总计
1\t0\t2\t0\t3\t0\t0\t0\t0\t0\t0\t0\t1\t0\t1
五、存在的主要问题及改进情况
无。
六、其他需要报告的事项
无。
"""


EXAMPLES = [Path(item.path) for item in find_inputs([str(ROOT / "examples")]) if item.problem is None]


def claims(report: Report) -> Iterator[tuple[int, int, str | None]]:
    """Yield every span of a report with the text that it claims, ``None`` where it claims none."""
    sections: list[Section] = list(report.sections)
    for section in sections:
        yield section.start, section.end, None
        sections.extend(section.children)
    for table in report.tables:
        yield table.start, table.end, None
        yield from ((c.start, c.end, c.raw) for c in table.cells if c.start is not None and c.end is not None)
    for fact in report.facts:
        yield fact.start, fact.end, fact.text
        if fact.value_start is not None and fact.value_end is not None:
            assert fact.start <= fact.value_start < fact.value_end <= fact.end
    yield from ((issue.start, issue.end, issue.text) for issue in report.issues)
    if report.issuer is not None and report.issuer.start is not None and report.issuer.end is not None:
        yield report.issuer.start, report.issuer.end, report.issuer.name
    yield from ((d.start, d.end, None) for d in report.diagnostics if d.start is not None and d.end is not None)


def assert_spans_hold(report: Report) -> None:
    for start, end, text in claims(report):
        assert 0 <= start <= end <= len(report.text)
        assert text is None or report.text[start:end] == text


def test_what_a_report_says() -> None:
    report = gknlp.extract_text(TEXT, name="a.txt")
    assert report.schema == SCHEMA
    assert report.gknlp.version == gknlp.__version__
    assert report.year == 2021
    assert report.title == "青原县人民政府2021年政府信息公开工作年度报告"
    assert report.issuer is not None
    assert report.issuer.name == "青原县人民政府"
    assert [table.id for table in report.tables] == ["remedies"]
    assert report.table("remedies").cell("suit_after_review", "other_result").value == 1
    assert {item.table for item in report.diagnostics if item.code == "table_absent"} == {"disclosure", "requests"}
    assert [(fact.type, fact.value) for fact in report.facts] == [("pub.info_total", 320)]
    assert_spans_hold(report)


def test_a_table_as_a_frame() -> None:
    frame = gknlp.extract_text(TEXT).table("remedies").to_frame()
    assert frame.loc["review"].tolist() == [1, 0, 2, 0, 3]


def test_the_id_is_that_of_the_content() -> None:
    one, other = gknlp.extract_bytes(TEXT.encode(), name="a.txt"), gknlp.extract_bytes(TEXT.encode(), name="b.txt")
    assert one.id == other.id == one.source.sha256[:16]
    assert one.source.path != other.source.path
    assert gknlp.extract_text(TEXT + " ").id != one.id


def test_text_bytes_and_file_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    from_file = gknlp.extract(path)
    from_bytes = gknlp.extract_bytes(TEXT.encode(), name=str(path))
    assert from_file == from_bytes
    assert gknlp.extract_text(TEXT).tables == from_file.tables


def test_json_reads_back_and_keeps_the_order_of_the_contract() -> None:
    report = gknlp.extract_text(TEXT)
    assert Report.from_json(report.to_json()) == report
    assert Report.from_json(report.to_json(indent=2)) == report
    assert list(json.loads(report.to_json())) == [
        *("schema", "id", "source", "gknlp", "title", "year", "form", "issuer", "text", "sections", "tables"),
        *("facts", "issues", "checks", "diagnostics"),
    ]


def test_a_report_of_an_odd_text_is_still_a_report() -> None:
    report = gknlp.extract_text("今天天气很好。")
    assert (report.title, report.year, report.form, report.tables) == (None, None, None, ())
    assert {item.table for item in report.diagnostics if item.code == "table_absent"} >= {"requests", "remedies"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(path: Path) -> None:
    report = gknlp.extract(path)
    assert report.year is not None
    assert report.issuer is not None
    assert report.tables
    assert_spans_hold(report)
    assert gknlp.extract(path).to_json() == report.to_json()


LINES = [
    *TEXT.splitlines(),
    "三、收到和处理政府信息公开申请情况",
    "（一）予以公开\t1\t0\t0\t0\t0\t0\t1",
    "　",
    "- 3 -",
    "𠀀𠀁",
    "１２条",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=12), min_size=1, max_size=30), st.sampled_from("\n\r\t |"))
def test_any_text_gives_a_report_whose_spans_hold(lines: list[str], joint: str) -> None:
    text = joint.join(lines)
    if not text.strip():
        return
    try:
        report = gknlp.extract_text(text)
    except gknlp.UnreadableInput:
        return
    assert_spans_hold(report)
    assert Report.from_json(report.to_json()) == report
