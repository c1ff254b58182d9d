"""The annex of the reports on 2014 to 2018, in the layouts in which it circulates."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

import gknlp
from gknlp.cli import main
from gknlp.errors import KnowledgeError
from gknlp.knowledge.crosswalk import load_crosswalk, parse_crosswalk
from gknlp.knowledge.forms import TableForm, load_forms
from gknlp.model import Number, Report, Table

ROWS = next(form for form in load_forms() if form.id == "F2014").table[0].rows
VALUES: dict[str, Number] = {row.id: number % 7 for number, row in enumerate(ROWS)} | {
    "f14_disclosed_total": 1204, "f14_ch_website": 1150, "f14_request_fees_wan": 0.25, "f14_budget_wan": 12.5,
    "f14_interview_principal": 0, "f14_press_principal": 1, "f14_press_total": 3, "f14_disclosed_normative": 1,
    "f14_req_total": 9, "f14_req_inperson": 1, "f14_req_fax": 0, "f14_req_online": 6, "f14_req_letter": 2,
    "f14_closed_total": 9, "f14_closed_ontime": 8, "f14_closed_extended": 1,
    "f14_reply_total": 9, "f14_reply_already_public": 2, "f14_reply_granted": 3, "f14_reply_partial": 1, "f14_reply_refused": 1,
    "f14_ref_state_secret": 0, "f14_ref_trade_secret": 1, "f14_ref_privacy": 0, "f14_ref_safety": 0,
    "f14_ref_not_gov_info": 0, "f14_ref_other_law": 0, "f14_reply_not_this_agency": 1, "f14_reply_not_exist": 1,
    "f14_reply_amend": 0, "f14_reply_other_route": 0,
    "f14_review_total": 2, "f14_review_upheld": 1, "f14_review_corrected": 0, "f14_review_other": 1,
    "f14_suit_total": 1, "f14_suit_upheld": 0, "f14_suit_corrected": 1, "f14_suit_other": 0,
    "f14_staff_total": 5, "f14_staff_fulltime": 2, "f14_staff_parttime": 3,
}  # fmt: skip
PROSE = """青原县2016年政府信息公开工作年度报告
一、概述
2016年，青原县公开制度不断完善。
二、主动公开情况
全年通过各类渠道公开政府信息1204条。
三、依申请公开情况
共收到申请9件，均按期办结。
四、行政复议、诉讼和举报投诉情况
发生行政复议2件，行政诉讼1件。
五、机构建设和保障经费情况
现有工作人员5名。
六、存在的主要问题及改进措施
一是解读形式偏少；二是培训不够经常。
附表
政府信息公开情况统计表
"""
FOOT = "\n单位负责人：　审核人：　填报人：　联系电话：0370-5550123　填报日期：2017年2月20日\n"
Line = tuple[str, str, str]


def lines() -> list[Line]:
    return [(row.label, row.unit, str(VALUES[row.id])) for row in ROWS]


def tabs(rows: list[Line]) -> str:
    return "统计指标\t单位\t统计数\n" + "\n".join("\t".join(row) for row in rows)


def pipes(rows: list[Line]) -> str:
    return "| 统计指标 | 单位 | 统计数 |\n| --- | --- | --- |\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def cells(rows: list[Line]) -> str:
    return "统计指标\n单位\n统计数\n" + "\n".join(cell for row in rows for cell in row)


def spaces(rows: list[Line]) -> str:
    return "统计指标 单位 统计数\n" + "\n".join(" ".join(row) for row in rows)


def numbered(rows: list[Line]) -> str:
    numbered = [f"{number}\t{label}\t{unit}\t{value}" for number, (label, unit, value) in enumerate(rows, 1)]
    return "序号\t统计指标\t单位\t统计数\n" + "\n".join(numbered)


def wrapped(rows: list[Line]) -> str:
    return "统计指标 单位 统计数\n" + "\n".join(
        f"{label[:9]}\n{label[9:]} {unit} {value}" if len(label) > 12 else f"{label} {unit} {value}"
        for label, unit, value in rows
    )


def annex(report: Report) -> Table:
    return report.table("statistics")


def values(report: Report) -> dict[str, Number | None]:
    return {cell.row: cell.value for cell in annex(report).cells}


@pytest.mark.parametrize("layout", [tabs, pipes, cells, spaces, numbered, wrapped])
def test_every_layout_is_read_whole(layout: Callable[[list[Line]], str]) -> None:
    report = gknlp.extract_text(PROSE + layout(lines()) + FOOT)
    assert values(report) == VALUES
    assert report.form == annex(report).form == "F2014"
    assert all(report.text[cell.start : cell.end] == cell.raw for cell in annex(report).cells)
    assert not [note for note in report.diagnostics if note.code == "table_absent"]
    failed = [check.rule for check in report.checks if check.status == "fail" and (check.table == "statistics")]
    assert [rule for rule in failed if rule not in ("F14_CHANNEL_COVER", "F14_NORM_LE_MADE")] == []


def test_what_is_not_printed_is_absent_and_an_empty_cell_is_blank() -> None:
    rows = [row for row in lines() if row[0] != "信函申请数"]
    rows[1] = (rows[1][0], rows[1][1], "")
    report = gknlp.extract_text(PROSE + tabs(rows) + FOOT)
    states = {cell.row: cell.state for cell in annex(report).cells}
    assert (states["f14_req_letter"], states["f14_disclosed_normative"]) == ("absent", "blank")
    letter = next(cell for cell in annex(report).cells if cell.row == "f14_req_letter")
    assert letter.repair is not None
    assert letter.repair.value == 2, "9 requests less 7 by the other ways"


def test_rows_of_several_numbers_are_left_null_and_told() -> None:
    rows = [(label, f"{unit}\t7", value) for label, unit, value in lines()]
    report = gknlp.extract_text(PROSE + tabs(rows) + FOOT)
    assert {cell.state for cell in annex(report).cells} == {"unreadable"}
    assert sum(note.code == "row_too_long" for note in report.diagnostics) == len(ROWS)


def test_labels_that_recur_are_told_apart_by_their_order() -> None:
    report = gknlp.extract_text(PROSE + tabs(lines()) + FOOT)
    found = values(report)
    assert (found["f14_review_corrected"], found["f14_suit_corrected"]) == (0, 1)
    assert (found["f14_review_other"], found["f14_suit_other"]) == (1, 0)


@pytest.mark.parametrize(
    ("row", "value", "rule"), [("f14_req_total", "10", "F14_REQ_CHANNELS"), ("f14_staff_total", "9", "F14_STAFF_SUM")]
)
def test_identities_of_the_annex_are_checked(row: str, value: str, rule: str) -> None:
    label = next(entry.label for entry in ROWS if entry.id == row)
    rows = [(name, unit, value if name == label else number) for name, unit, number in lines()]
    report = gknlp.extract_text(PROSE + tabs(rows) + FOOT)
    (check,) = [check for check in report.checks if check.rule == rule]
    assert check.status == "fail"


def test_the_narrative_of_these_years_has_its_sections() -> None:
    report = gknlp.extract_text(PROSE + tabs(lines()) + FOOT)
    ids = [section.id for section in report.sections]
    assert ids[:1] == ["overview"]
    assert "issues" in ids
    assert [issue.text for issue in report.issues] == ["解读形式偏少", "培训不够经常"]
    assert {fact.type for fact in report.facts} >= {"pub.info_total", "req.received"}


def test_a_report_without_annex_has_none() -> None:
    report = gknlp.extract_text(PROSE)
    assert [table.id for table in report.tables] == []
    assert sum(note.code == "table_absent" for note in report.diagnostics) == 3


def test_unverified_labels_are_marked() -> None:
    verified = [row.id for row in ROWS if row.verified]
    assert "f14_req_total" in verified
    assert "f14_trainees" not in verified
    assert len(ROWS) == 58


def test_every_indicator_has_its_unit() -> None:
    assert all(row.unit for row in ROWS)


def test_the_crosswalk_names_cells_that_the_forms_have() -> None:
    keys: dict[str, set[str]] = {form.id: set() for form in load_forms()}
    for form in load_forms():
        for table in form.table:
            keys[form.id].update(f"{table.id}/{row}/{column}" for row, column in TableForm.keys(table))
    for variable in load_crosswalk():
        assert set(variable.cells("F2014")) <= keys["F2014"]
        assert variable.cells("F2014")
        for later in ("F2019", "F2021"):
            assert set(variable.cells(later)) <= keys[later]
            assert variable.cells(later)


def test_a_crosswalk_to_nowhere_is_refused() -> None:
    entry = (
        '[[variable]]\nid = "x"\nzh = "x"\nen = "x"\ncaution = ""\nf2014 = ["statistics/gone/value"]\nsince_2019 = []\n'
    )
    with pytest.raises(KnowledgeError, match="no form has statistics/gone/value"):
        parse_crosswalk(entry)


def test_the_crosswalk_is_listed() -> None:
    result = CliRunner().invoke(main, ["forms", "--crosswalk"])
    assert "caution: some figures of 2014 to 2018" in result.stdout
    assert "(label not verified)" in CliRunner().invoke(main, ["forms", "F2014"]).stdout


def test_indicators_told_in_prose_are_facts() -> None:
    """A report without title and header of the list tells its numbers in sentences (found by the gold of 2016)."""
    listed = "".join(f"{number}、{row.label}：{VALUES[row.id]}{row.unit}；\n" for number, row in enumerate(ROWS, 1))
    report = gknlp.extract_text(PROSE.replace("附表\n政府信息公开情况统计表\n", "").replace("六、", f"{listed}六、"))
    assert report.tables == ()
    assert len(report.facts) > 20
