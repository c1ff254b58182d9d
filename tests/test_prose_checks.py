"""Prose against table, and arithmetic inside the prose."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from gknlp.checks import run_checks
from gknlp.checks.rates import agrees, read_printed
from gknlp.knowledge.rules import RuleExample, load_rules
from gknlp.model import Check, Number, Table
from gknlp.pipeline import extract
from gknlp.readers import read_bytes
from tests.support.examples import prose_of, tables_of

RULE = load_rules()[0]
REPORTS = os.environ.get("GKNLP_REPORTS")


def filled(cells: Mapping[str, Number], form: str = "F2021", blank: tuple[str, ...] = ()) -> tuple[Table, ...]:
    return tables_of(RULE, RuleExample(form=form, cells=dict(cells), blank=blank))


def told(
    text: str,
    cells: Mapping[str, Number] | None = None,
    *,
    form: str = "F2021",
    blank: tuple[str, ...] = (),
    year: int = 2022,
) -> dict[str, list[Check]]:
    """The records about prose by rule."""
    checks = run_checks(filled(cells or {}, form, blank), form=form, prose=prose_of(text, year))
    found: dict[str, list[Check]] = {}
    for check in checks:
        if check.rule.startswith("N_"):
            found.setdefault(check.rule, []).append(check)
    return found


NEW, CARRIED, CLOSED, ON = (
    f"requests/{row}/total" for row in ("new_received", "carried_in", "result_total", "carried_out")
)


# -- several senses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cells", "reading"),
    [
        ("全年收到政府信息公开申请58件。", {NEW: 58, CARRIED: 3, CLOSED: 55, ON: 6}, "new"),
        (
            "全年收到政府信息公开申请61件。",
            {NEW: 58, CARRIED: 3, CLOSED: 55, ON: 6},
            "new+carried_in|closed+carried_out",
        ),
        ("全年处理政府信息公开申请55件。", {NEW: 58, CARRIED: 3, CLOSED: 55, ON: 6}, "closed"),
        ("全年受理政府信息公开申请5例。", {NEW: 5, CLOSED: 5}, "new|new+carried_in|closed|closed+carried_out"),
        ("全年受理政府信息公开申请5宗。", {NEW: 5}, "new|new+carried_in"),
        ("全年受理政府信息公开申请5份。", {NEW: 5}, "new|new+carried_in"),
        ("全年受理政府信息公开申请5件次。", {NEW: 5}, "new|new+carried_in"),
        ("全年受理政府信息公开申请五件。", {NEW: 5}, "new|new+carried_in"),
        ("全年收到政府信息公开申请30余件。", {NEW: 36}, "new|new+carried_in"),
    ],
)
def test_a_number_is_tried_in_every_sense(text: str, cells: dict[str, Number], reading: str) -> None:
    (check,) = told(text, cells)["N_NEW"]
    assert (check.status, check.where, check.cause) == ("pass", {"reading": reading}, None)
    assert check.left is not None and check.facts and check.cells and check.table == "requests"


def test_a_contradiction_names_the_statement_and_the_cells() -> None:
    text = "全年收到政府信息公开申请5件。"
    (check,) = told(text, {NEW: 17, CARRIED: 2, CLOSED: 19})["N_NEW"]
    assert (check.status, check.severity, check.left, check.right) == ("fail", "W", 5, 17)
    assert check.cells[:2] == (NEW, CARRIED) and check.facts == ("f0",)
    assert check.message == "“全年收到政府信息公开申请5件” states 5, the table has new 17, new+carried_in 19"
    assert check.cause == "filing"


def test_a_gap_in_the_table_leaves_the_cause_open() -> None:
    tables = filled({NEW: 17, CLOSED: 17})
    lost = msgspec.structs.replace(tables[1].cells[30], value=None, raw="0 0", state="unreadable")
    requests = msgspec.structs.replace(tables[1], cells=(*tables[1].cells[:30], lost, *tables[1].cells[31:]))
    checks = run_checks((requests,), prose=prose_of("全年收到政府信息公开申请5件。"))
    assert [(check.status, check.cause) for check in checks if check.rule == "N_NEW"] == [("fail", "unknown")]


def test_the_statistics_of_2014_are_a_table_too() -> None:
    cells: dict[str, Number] = {"statistics/f14_req_total/value": 9, "statistics/f14_closed_total/value": 8}
    checks = told("2016年收到政府信息公开申请9件，办结9件。", cells, form="F2014", year=2016)
    assert [(check.status, check.table) for check in checks["N_NEW"]] == [("pass", "statistics")]
    assert [(check.status, check.right) for check in checks["N_CLOSED"]] == [("fail", 8)]


def test_requests_of_one_office_are_not_all() -> None:
    (check,) = told("县政府本级收到政府信息公开申请5件。", {NEW: 17})["N_NEW"]
    assert check.status == "not_assessable"
    (check,) = told("县政府本级收到政府信息公开申请17件。", {NEW: 17})["N_NEW"]
    assert check.status == "pass"


def test_what_explains_a_failure_is_named() -> None:
    cells = {NEW: 36, "requests/granted/total": 36}
    (check,) = told("全年办结政府信息公开申请36件。", cells)["N_CLOSED"]
    assert (check.status, check.left, check.right, check.where) == ("fail", 36, 0, {"explained_by": "results"})
    assert check.cells == (CLOSED,)


@pytest.mark.parametrize(
    ("text", "cells", "why"),
    [
        ("截至9月底收到政府信息公开申请5件。", {NEW: 17}, "part of the year"),
        ("2020年收到政府信息公开申请5件。", {NEW: 17}, "another year"),
        ("全市各级行政机关共收到政府信息公开申请5件。", {NEW: 17}, "whole area"),
        ("各乡镇收到政府信息公开申请5件。", {NEW: 17}, "other units"),
        ("全年收到政府信息公开申请30余件。", {NEW: 17}, "no exact number"),
        ("全年制发文件164件，主动公开71件，依申请公开52件。", {NEW: 7}, "something else"),
    ],
)
def test_an_unclear_statement_breaks_nothing(text: str, cells: dict[str, Number], why: str) -> None:
    checks = [check for name in ("N_NEW", "N_CLOSED") for check in told(text, cells).get(name, ())]
    assert {check.status for check in checks} <= {"not_assessable"}
    assert not checks or any(why in check.message for check in checks)


def test_a_cell_without_a_value_may_be_the_number() -> None:
    (check,) = told("全年收到政府信息公开申请61件。", {NEW: 58}, blank=(CARRIED,))["N_NEW"]
    assert check.status == "not_assessable" and "no value" in check.message


def test_without_the_table_nothing_is_compared() -> None:
    checks = run_checks((), form=None, prose=prose_of("全年收到政府信息公开申请5件。"))
    assert [(check.rule, check.status, check.message) for check in checks] == [
        ("N_NEW", "not_assessable", "the table is not printed")
    ]
    assert run_checks((), form=None, prose=prose_of("全年没有数字。")) == ()


# -- results, applicants, carrying on ------------------------------------------------------------------------------------

RESULTS: dict[str, Number] = {
    NEW: 48,
    CLOSED: 48,
    "requests/granted/total": 31,
    "requests/partially_granted/total": 8,
    "requests/denied_process/total": 1,
    "requests/denied_internal/total": 2,
    "requests/unavailable_not_held/total": 4,
    "requests/other_misc/total": 2,
}


@pytest.mark.parametrize("form", ["F2021", "F2019"])
def test_results_are_rows_or_groups(form: str) -> None:
    text = "答复申请48件，其中予以公开31件，部分公开8件，不予公开3件，无法提供4件，其他处理2件。"
    cells = RESULTS if form == "F2021" else {key.replace("other_misc", "other_all"): n for key, n in RESULTS.items()}
    checks = told(text, cells, form=form)["N_OUTCOME"]
    assert [check.status for check in checks] == ["pass"] * 5
    assert [check.where["reading"].split("|")[0] for check in checks] == [
        *("granted", "partial", "denied", "unavailable", "other")
    ]


def test_reasons_told_one_by_one_are_rows_or_sum_to_the_group() -> None:
    text = "答复申请48件，其中不予公开3件（内部事务信息2件、过程性信息1件）。"
    assert {check.status for check in told(text, RESULTS)["N_OUTCOME"]} == {"pass"}
    (check,) = told("答复申请48件，其中不予公开12件。", RESULTS)["N_OUTCOME"]
    assert (check.status, check.left, check.right) == ("fail", 12, 3)
    assert set(check.cells) >= {"requests/denied_process/total", "requests/denied_internal/total"}


def test_a_number_larger_than_all_requests_counts_something_else() -> None:
    (check,) = told("答复申请480件，其中不予公开412件。", RESULTS)["N_OUTCOME"]
    assert check.status == "not_assessable"


def test_applicants_are_columns() -> None:
    cells = {
        f"requests/new_received/{name}": n for name, n in (("natural_person", 53), ("business", 4), ("other_org", 1))
    }
    text = "收到政府信息公开申请58件，其中自然人申请53件，法人或其他组织申请5件。"
    checks = told(text, {**cells, NEW: 58})["N_APPLICANT"]
    assert [(check.status, check.right) for check in checks] == [("pass", 53), ("pass", 5)]


def test_carrying_over_goes_both_ways() -> None:
    text = "新收政府信息公开申请58件，上年结转3件，办结55件，结转下年度6件。"
    checks = told(text, {NEW: 58, CARRIED: 3, CLOSED: 55, ON: 5})
    assert [(check.status, check.left, check.right) for check in checks["N_CARRY"]] == [("pass", 3, 3), ("fail", 6, 5)]


# -- reviews, suits, what is denied --------------------------------------------------------------------------------------


def test_reviews_may_be_those_closed_and_suits_either_kind() -> None:
    cells: dict[str, Number] = {
        "remedies/review/upheld": 3,
        "remedies/review/pending": 1,
        "remedies/review/total": 4,
        "remedies/suit_direct/total": 2,
        "remedies/suit_after_review/total": 1,
    }
    text = "办结因政府信息公开引起的行政复议3件，被提起行政诉讼3件。"
    checks = told(text, cells)
    assert [check.where for check in checks["N_REVIEW"]] == [{"reading": "reviews_closed"}]
    assert [check.where for check in checks["N_SUIT"]] == [{"reading": "suits|suits_closed"}]


DENIAL = "全年没有因政府信息公开被申请行政复议和提起行政诉讼。"


def test_what_is_denied_is_zero() -> None:
    checks = told(DENIAL)["N_NONE"]
    assert [(check.status, check.where) for check in checks] == [
        ("pass", {"reading": "reviews"}),
        ("pass", {"reading": "suits"}),
    ]
    assert [len(check.cells) for check in checks] == [5, 10]
    (none,) = told("全年未收到政府信息公开申请。")["N_NONE"]
    assert none.status == "pass" and none.cells == (NEW,)


@pytest.mark.parametrize("row", ["suit_direct", "suit_after_review"])
def test_a_denial_that_the_table_contradicts_fails(row: str) -> None:
    checks = told(DENIAL, {f"remedies/{row}/pending": 2})["N_NONE"]
    assert [(check.status, check.left, check.right) for check in checks] == [("pass", 0, 0), ("fail", 0, 2)]
    assert f"remedies/{row}/pending" in checks[1].cells and checks[1].facts


def test_a_denial_of_lost_cases_says_nothing_of_cases() -> None:
    checks = told(
        "未出现行政复议被撤销、行政诉讼败诉的情况。", {"remedies/review/total": 3, "remedies/review/upheld": 3}
    )
    assert {check.status for check in checks["N_NONE"]} == {"pass"}
    lost = {f"remedies/{row}/corrected": 1 for row in ("review", "suit_direct", "suit_after_review")}
    assert {check.status for check in told("未出现败诉案件。", dict(lost))["N_NONE"]} == {"fail"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("未收到商业企业提出的政府信息公开申请。", "not_assessable"),
        ("全年未收到公民、法人和其他组织的政府信息公开申请。", "fail"),
    ],
)
def test_a_denial_of_one_kind_of_request_denies_no_other(text: str, status: str) -> None:
    assert {check.status for check in told(text, {NEW: 58})["N_NONE"]} == {status}


def test_a_denial_against_an_empty_cell_cannot_be_assessed() -> None:
    blank = ("requests/new_received/*",)
    (check,) = told("全年未收到政府信息公开申请。", blank=blank)["N_NONE"]
    assert check.status == "not_assessable"


# -- documents and fees --------------------------------------------------------------------------------------------------


def test_documents_against_section_two() -> None:
    cells: dict[str, Number] = {
        "disclosure/normative_documents/issued": 6,
        "disclosure/normative_documents/repealed": 2,
        "disclosure/normative_documents/in_force": 41,
    }
    assert [c.status for c in told("全年新制定行政规范性文件6件。", cells)["N_DOCS"]] == ["pass"]
    assert [c.status for c in told("现行有效规范性文件40件。", cells)["N_DOCS"]] == ["fail"]
    old: dict[str, Number] = {"disclosure/normative_documents/made_new": 6}
    assert [c.where for c in told("全年新制定规范性文件6件。", old, form="F2019")["N_DOCS"]] == [
        {"reading": "made_new"}
    ]
    assert "N_DOCS" not in told("全年制发文件164件。", cells)


def test_fees_are_compared_in_yuan_and_may_be_fewer() -> None:
    (less,) = told("全年实际收取信息处理费270元。", {"disclosure/fees/amount_wan": 3})["N_FEE"]
    assert (less.status, less.left, less.right) == ("pass", 270, 30000)
    (more,) = told("全年实际收取信息处理费270元。", {})["N_FEE"]
    assert (more.status, more.right) == ("fail", 0) and more.table == "disclosure"


# -- parts of a whole ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status", "reading"),
    [
        ("全年公开政府信息432条，其中招生政策37条、财务信息29条、工作动态366条。", "pass", "complete"),
        ("全年公开政府信息432条，其中招生政策37条、财务信息29条。", "pass", "open"),
        ("收到申请9件，其中网络申请4件、信函申请5件，自然人申请8件、法人申请1件。", "pass", "several_lists"),
        ("全年公开政府信息432条，其中招生政策137条、财务信息129条、工作动态266条。", "fail", None),
        ("全年公开政府信息400余条，其中招生政策137条、财务信息129条、工作动态266条。", "not_assessable", None),
        ("不予处理24件次，其中重复申请15件次；其他处理14件次。", "not_assessable", None),
    ],
)
def test_parts_and_their_whole(text: str, status: str, reading: str | None) -> None:
    checks = told(text).get("N_PARTS", [])
    assert [check.status for check in checks] in ([status], [] if status == "not_assessable" else [status])
    assert all(check.where == ({} if reading is None else {"reading": reading}) for check in checks)
    assert all(len(check.facts) > 1 and check.table is None for check in checks)


def test_parts_that_exceed_their_whole_are_named() -> None:
    (check,) = told("全年公开政府信息432条，其中招生政策137条、财务信息129条、工作动态266条。")["N_PARTS"]
    assert (check.left, check.right, check.facts) == (432, 532, ("f0", "f1", "f2", "f3"))
    assert "137 + 129 + 266" in check.message


# -- rates ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "part", "whole", "agree"),
    [
        ("76.1", 156, 205, True),  # 76.098, rounded
        ("4.34", 35, 805, True),  # 4.3478, cut off
        ("4.35", 35, 805, True),
        ("4.36", 35, 805, False),
        ("99", 203, 205, True),
        ("98", 203, 205, False),
        ("100", 203, 205, False),
        ("66.7", 2, 3, True),
        ("66.6", 2, 3, True),
        ("66.65", 2, 3, False),
        ("33.9", 258, 805, False),
        ("0.5", 1, 200, True),
    ],
)
def test_rates_are_rounded_or_cut_off(printed: str, part: int, whole: int, agree: bool) -> None:
    rate = read_printed(printed)
    assert rate is not None and agrees(rate, part, whole, 0.5) is agree


def test_a_rate_of_two_counts() -> None:
    (check,) = told("向市政府网站报送信息205条，采用156条，采用率76.1%。")["N_RATE"]
    assert (check.status, check.left, check.right, len(check.facts)) == ("pass", 76.1, 76.098, 3)
    (check,) = told("向市政府网站报送信息205条，采用156条，采用率77.1%。")["N_RATE"]
    assert (check.status, check.cause) == ("fail", "unknown") and "156 / 205" in check.message
    assert "N_RATE" not in told("受理群众诉求138件，群众满意率98%。")
    assert "N_RATE" not in told("采用156条信息。全年采用率77.1%。")


def test_shares_of_a_whole() -> None:
    right = "收到申请326件，其中涉及征地补偿的204件，占62.6%。"
    (check,) = told(right)["N_RATE"]
    assert (check.status, check.where) == ("pass", {"reading": "share"})
    (check,) = told(right.replace("62.6", "72.6"))["N_RATE"]
    assert check.status == "fail"


def test_shares_sum_to_the_whole() -> None:
    text = "收到政府信息公开申请58件，其中自然人申请占91%，法人或其他组织申请占{}%。"
    assert [told(text.format(share))["N_PCT_SUM"][0].status for share in ("9", "9.2", "19", "5")] == [
        *("pass", "pass", "fail", "not_assessable")
    ]


# -- growth --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("全年收到政府信息公开申请143件，比上年的118件增长21.2%。", "pass"),
        ("全年收到政府信息公开申请143件，比2021年的118件增长21.1%。", "pass"),  # 21.186, cut off
        ("全年收到政府信息公开申请143件，比上年的118件增长31.2%。", "fail"),
        ("全年收到政府信息公开申请118件，较上年减少25件，下降17.5%。", "pass"),
        ("全年收到政府信息公开申请118件，较上年减少25件，下降27.5%。", "fail"),
        ("全年收到政府信息公开申请58件，同比增长20.8%，比上年增加10件。", "pass"),
        ("全年收到政府信息公开申请58件，同比增长30.8%，增加10件。", "fail"),
        ("全年公开政府信息487条，同比增长8.5%。", "not_assessable"),
    ],
)
def test_growth_follows_from_the_number_of_the_year_before(text: str, status: str) -> None:
    (check,) = told(text)["N_GROWTH"]
    assert check.status == status and len(check.facts) == 1
    assert (check.left is not None and check.left < 0) == ("下降" in text)
    assert (check.right is None) == (status == "not_assessable")


def test_growth_of_nothing_that_is_told_gives_no_record() -> None:
    assert "N_GROWTH" not in told("地区生产总值同比增长8.5%。")


# -- the period, and numbers that are missing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("统计期限为2022年1月1日至2022年12月31日。", "pass"),
        ("统计期限自2022年1月1日起至12月31日止。", "pass"),
        ("统计期限为2022年1月1日至2022年11月30日。", "fail"),
        ("统计期限为2021年1月1日至2021年12月31日。", "fail"),
        ("统计期限为２０２２年１月１日至２０２２年１２月３１日。", "pass"),
    ],
)
def test_the_period_is_the_year(text: str, status: str) -> None:
    (check,) = told(text)["N_PERIOD"]
    assert check.status == status and set(check.where) == {"from", "to"}


def test_a_period_that_cannot_be_read_gives_no_record() -> None:
    assert "N_PERIOD" not in told("统计期限为201711日至20171231日。")
    checks = run_checks((), prose=prose_of("统计期限为2022年1月1日至2022年12月31日。", None))
    assert [check.status for check in checks] == ["not_assessable"]


def test_a_unit_without_a_number() -> None:
    (check,) = told("全年共公开各类政府信息条。")["N_BLANK_NUMBER"]
    assert (check.status, check.severity, check.left, check.facts) == ("fail", "I", None, ("f0",))


# -- real reports --------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(REPORTS is None, reason="set GKNLP_REPORTS to the folder of annotated reports")
def test_every_broken_rule_of_the_annotated_reports_is_found_and_none_else() -> None:
    for path in sorted(Path(str(REPORTS)).glob("*.txt")):
        gold = msgspec.json.decode(path.with_name(f"{path.stem}.gold.json").read_bytes())
        report = extract(read_bytes(path.read_bytes(), name=path.name))
        failed = [check for check in report.checks if check.status == "fail"]
        assert {check.rule for check in failed} == {entry["rule"] for entry in gold["checks"]}, path.name
        for entry in gold["passes"]:
            assert any(_is_pass(check, entry) for check in report.checks), (path.name, entry)
        for entry in gold["checks"]:
            sides = (entry["left"], entry["right"])
            assert any(check.rule == entry["rule"] and (check.left, check.right) == sides for check in failed)


def _is_pass(check: Check, entry: dict[str, object]) -> bool:
    if check.rule != entry["rule"] or check.status != "pass":
        return False
    return check.rule == "N_PERIOD" or (check.left, check.right) == (entry["left"], entry["right"])
