"""Reading the tables: each hazard as a small edit of a clean table, with the cells and diagnostics it must give."""

from __future__ import annotations

import time

import pytest

from gknlp.knowledge.forms import load_forms
from gknlp.model import Cell
from gknlp.readers import read_text
from gknlp.tables import TablesResult, read_tables
from gknlp.tables.lexer import tokenize
from gknlp.text.normalize import fold


def example(form: str, table: str) -> str:
    found = next(entry for entry in load_forms() if entry.id == form)
    return next(entry.text for entry in found.example if entry.table == table)


REQUESTS = example("F2021", "requests")
REQUESTS_2019 = example("F2019", "requests")
DISCLOSURE = example("F2021", "disclosure")
DISCLOSURE_2019 = example("F2019", "disclosure")
REMEDIES = example("F2021", "remedies")
AFTER = "\n五、存在的主要问题及改进情况\n"


def read(text: str) -> TablesResult:
    return read_tables(read_text(text + AFTER), ())


def row(result: TablesResult, table: str, name: str) -> tuple[object, ...]:
    found = next(entry for entry in result.tables if entry.id == table)
    return tuple(cell.value for cell in found.cells if cell.row == name)


def codes(result: TablesResult) -> set[str]:
    return {note.code for note in result.diagnostics if note.code != "table_absent"}


def edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


ZEROS = (0,) * 7
NOTHING = (None,) * 7
GRANTED = "（一）予以公开\t5\t1\t0\t0\t0\t0\t6"
DUPLICATE = "2.重复申请\t0\t0\t0\t0\t0\t0\t0"

# (text, row, expected values, codes); origin: developed on, unless a comment says otherwise.
REQUEST_CASES = {
    "clean": (REQUESTS, "granted", (5, 1, 0, 0, 0, 0, 6), set()),
    "full-width digits": (edited(REQUESTS, (GRANTED, "（一）予以公开\t５\t１\t０\t０\t０\t０\t６")), "granted", (5, 1, 0, 0, 0, 0, 6), set()),
    "thousands separator": (
        edited(REQUESTS, (GRANTED, "（一）予以公开\t1,005\t1\t0\t0\t0\t0\t1,006")), "granted", (1005, 1, 0, 0, 0, 0, 1006), set()
    ),
    "unit in the cell": (edited(REQUESTS, (GRANTED, "（一）予以公开\t5件\t1件\t0\t0\t0\t0\t6件")), "granted", (5, 1, 0, 0, 0, 0, 6), set()),
    "numbers inside a wrapped label": (
        edited(REQUESTS, ("2.其他法律行政法规禁止公开\t0\t0\t0\t0\t0\t0\t0", "2.其他法律行政法规禁\t0\t0\t0\t0\t0\t0\t0\n止公开")),
        "denied_law_prohibits", ZEROS, set(),
    ),
    "numbers on the line below": (edited(REQUESTS, (DUPLICATE, "2.重复申请\n0\t0\t0\t0\t0\t0\t0")), "not_processed_duplicate", ZEROS, set()),
    "page number between rows": (edited(REQUESTS, (DUPLICATE, DUPLICATE + "\n- 4 -")), "not_processed_duplicate", ZEROS, set()),
    "bare page number": (edited(REQUESTS, (DUPLICATE, DUPLICATE + "\n12")), "not_processed_duplicate", ZEROS, {"stray_numbers"}),
    "label with a wrong character": (
        edited(REQUESTS, ("1.信访举报投诉类申请", "1.信访举报投拆类申请")), "not_processed_petition", ZEROS, {"row_guessed"}
    ),
    # bug: a published PDF prints the label of one row without three of its characters
    "label that lost characters": (
        edited(REQUESTS, ("2.其他法律行政法规禁止公开", "2.其他法律行政止公开")), "denied_law_prohibits", ZEROS, {"row_guessed"}
    ),
    "row printed twice": (edited(REQUESTS, (DUPLICATE, DUPLICATE + "\n" + DUPLICATE)), "not_processed_duplicate", ZEROS, {"row_repeated"}),
    "row printed twice with other numbers": (
        edited(REQUESTS, (DUPLICATE, DUPLICATE + "\n2.重复申请\t1\t0\t0\t0\t0\t0\t1")),
        "not_processed_duplicate", NOTHING, {"row_repeated", "row_conflict"},
    ),
    "row not printed": (edited(REQUESTS, ("\t\t" + DUPLICATE + "\n", "")), "not_processed_duplicate", NOTHING, {"rows_absent"}),
    "row left blank": (edited(REQUESTS, (DUPLICATE, "2.重复申请\t\t\t\t\t\t\t")), "not_processed_duplicate", NOTHING, {"rows_blank"}),
    "blank inside a row": (edited(REQUESTS, (GRANTED, "（一）予以公开\t5\t1\t\t0\t0\t0\t6")), "granted", (5, 1, None, 0, 0, 0, 6), {"cells_blank"}),
    "marks for nothing": (edited(REQUESTS, (GRANTED, "（一）予以公开\t5\t1\t/\t-\t—\t无\t6")), "granted", (5, 1, None, None, None, None, 6), set()),
    "a number too many": (
        edited(REQUESTS, (DUPLICATE, "2.重复申请\t0\t0\t0\t0\t0\t0\t0\t0")), "not_processed_duplicate", NOTHING, {"row_too_long"}
    ),
    "lost separator before a number": (edited(REQUESTS, (GRANTED, "（一）予以公开\t5\t1\t0\t0\t0\t06")), "granted", (5, 1, 0, 0, 0, 0, 6), set()),
    "a lost cell told by the equations": (
        edited(REQUESTS, (GRANTED, "（一）予以公开 5 1 0 0 0 6")), "granted", (5, 1, 0, 0, 0, 0, 6), {"rows_solved"}
    ),
    "two numbers glued": (edited(REQUESTS, (GRANTED, "（一）予以公开 51 0 0 0 0 6")), "granted", NOTHING, {"rows_solved"}),
    "no number at all": (edited(REQUESTS, (GRANTED, "（一）予以公开\t5\t1\t0\t0\t0\t0\t6-7")), "granted", (5, 1, 0, 0, 0, 0, None), {"row_malformed"}),
    "prose that names an outcome": (
        "三、收到和处理政府信息公开申请情况\n全年收到申请9件，其中予以公开7件\n" + REQUESTS, "granted", (5, 1, 0, 0, 0, 0, 6), set()
    ),
    "one row of other handling": (REQUESTS_2019, "other_all", ZEROS, set()),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "values", "said"), REQUEST_CASES.values(), ids=REQUEST_CASES)
def test_requests(text: str, name: str, values: tuple[object, ...], said: set[str]) -> None:
    result = read(text)
    assert row(result, "requests", name) == values
    assert codes(result) == said


def test_columns_in_another_order_are_told_by_the_header() -> None:
    head = "\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t"
    text = edited(REQUESTS, (head, "\t\t科研机构\t商业企业\t社会公益组织\t法律服务机构\t其他\t"))
    assert row(read(text), "requests", "granted") == (5, 0, 1, 0, 0, 0, 6)


def test_another_order_with_a_lost_header_cell_leaves_the_table_null() -> None:
    head = "\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t"
    result = read(edited(REQUESTS, (head, "\t\t科研机构\t商业企业\t社会公益组织\t\t其他\t")))
    assert row(result, "requests", "granted") == NOTHING
    assert "column_order_unclear" in codes(result)


def test_a_header_in_pieces_does_not_move_columns() -> None:
    # bug: text laid out from a PDF prints the persons below the organisations
    head = "\t自然人\t法人或其他组织\t\t\t\t\t总计\n\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t"
    text = edited(REQUESTS, (head, "商业 科研 社会公 法律服\n自然人\n企业 机构 益组织 务机构 其他\n总计"))
    result = read(text)
    assert row(result, "requests", "granted") == (5, 1, 0, 0, 0, 0, 6)
    assert "header_unclear" in codes(result)


def test_rows_out_of_order_are_read_by_label() -> None:
    lines = REQUESTS.splitlines()
    at = next(index for index, line in enumerate(lines) if "4.保护第三方" in line)
    lines[at], lines[at + 1] = lines[at + 1].replace("0", "3"), lines[at]
    assert row(read("\n".join(lines)), "requests", "denied_internal") == (3,) * 7


def test_a_table_cut_off_at_the_end_of_the_text_is_said() -> None:
    result = read_tables(read_text(REQUESTS.rstrip()), ())
    assert "table_at_end_of_text" in codes(result)


def test_headings_without_a_table_are_no_zeros() -> None:
    text = "二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n四、政府信息公开行政复议、行政诉讼情况"
    result = read(text)
    assert result.tables == ()
    assert [note.table for note in result.diagnostics] == ["disclosure", "requests", "remedies"]


DISCLOSURE_CASES = {
    "clean 2021": (DISCLOSURE, "fees", (56.031,), set()),
    "clean 2019": (DISCLOSURE_2019, "penalties", (330, -12, 57), {"amount_converted"}),
    "signed change": (DISCLOSURE_2019, "fees", (11, 1), {"amount_converted"}),
    "yuan in a column of 万元": (DISCLOSURE_2019, "procurement", (18, 25.1), {"amount_converted"}),
    "merged cells repeated": (edited(DISCLOSURE, ("行政强制\t9\t\t", "行政强制\t9\t9\t9")), "coercion", (None,), {"row_too_long"}),
    "lost value, cells printed": (
        edited(DISCLOSURE, ("行政规范性文件\t4\t1\t37", "行政规范性文件\t4\t\t37")), "normative_documents", (4, None, 37), {"cells_blank"}
    ),
    "lost value, cells not printed": (
        edited(DISCLOSURE, ("行政规范性文件\t4\t1\t37", "行政规范性文件 4 37")), "normative_documents", (None,) * 3, {"row_short"}
    ),
    "other column order": (
        edited(DISCLOSURE, ("本年制发件数\t本年废止件数\t现行有效件数", "现行有效件数\t本年制发件数\t本年废止件数")),
        "normative_documents", (1, 37, 4), set(),
    ),
    "header lost": (
        edited(DISCLOSURE, ("信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n", "")), "normative_documents", (4, 1, 37), {"header_unclear"}
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "values", "said"), DISCLOSURE_CASES.values(), ids=DISCLOSURE_CASES)
def test_disclosure(text: str, name: str, values: tuple[object, ...], said: set[str]) -> None:
    result = read(text)
    assert row(result, "disclosure", name) == values
    assert codes(result) == said


NUMBERS = "2\t0\t1\t0\t3\t1\t0\t0\t1\t2\t0\t0\t0\t0\t0"
HEAD = "行政复议\n结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n"
REMEDY_CASES = {
    "clean": (REMEDIES, (2, 0, 1, 0, 3), (1, 0, 0, 1, 2), set()),
    "one number lost": (edited(REMEDIES, (NUMBERS, "2 1 0 3 1 0 0 1 2 0 0 0 0 0")), (None,) * 5, (1, 0, 0, 1, 2), {"rows_solved"}),
    "a lost zero that all placements share": (
        edited(REMEDIES, (NUMBERS, "2 0 1 0 3 1 0 0 1 2 0 0 0 0")), (2, 0, 1, 0, 3), (1, 0, 0, 1, 2), {"rows_solved"}
    ),
    "cells shown empty": (edited(REMEDIES, (NUMBERS, NUMBERS.replace("0", ""))), (2, None, 1, None, 3), (1, None, None, 1, 2), {"cells_blank"}),
    "glued": (edited(REMEDIES, (NUMBERS, "2 0 1 0 31 0 0 1 2 0 0 0 0 0")), (None,) * 5, (None,) * 5, {"row_short"}),
    "too many": (edited(REMEDIES, (NUMBERS, NUMBERS + "\t0")), (None,) * 5, (None,) * 5, {"row_too_long"}),
    "a table for each block": (
        "行政复议\n结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n2\t0\t1\t0\t3\n"
        "未经复议直接起诉\n结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n1\t0\t0\t1\t2\n"
        "复议后起诉\n结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n0\t0\t0\t0\t0\n",
        (2, 0, 1, 0, 3), (1, 0, 0, 1, 2), set(),
    ),
    "a row for each block": (
        "\t结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n行政复议\t2\t0\t1\t0\t3\n"
        "未经复议直接起诉\t1\t0\t0\t1\t2\n复议后起诉\t0\t0\t0\t0\t0\n",
        (2, 0, 1, 0, 3), (1, 0, 0, 1, 2), set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "review", "direct", "said"), REMEDY_CASES.values(), ids=REMEDY_CASES)
def test_remedies(text: str, review: tuple[object, ...], direct: tuple[object, ...], said: set[str]) -> None:
    result = read(text)
    assert row(result, "remedies", "review") == review
    assert row(result, "remedies", "suit_direct") == direct
    assert codes(result) == said


def test_forms_are_told_table_by_table() -> None:
    hybrid = DISCLOSURE + REQUESTS_2019 + REMEDIES
    assert [(table.id, table.form) for table in read(hybrid).tables[:2]] == [
        ("disclosure", "F2021"),
        ("requests", "F2019"),
    ]


@pytest.mark.parametrize("text", [REQUESTS, REQUESTS_2019, DISCLOSURE, DISCLOSURE_2019, REMEDIES])
def test_every_printed_cell_points_at_its_raw_text(text: str) -> None:
    document = read_text(text + AFTER)
    cells: list[Cell] = [cell for table in read_tables(document, ()).tables for cell in table.cells]
    printed = [cell for cell in cells if cell.start is not None and cell.end is not None]
    assert len(printed) == len(cells)
    assert all(document.text[cell.start : cell.end] == cell.raw for cell in printed)


# -- lexer: (printed, numbers) -----------------------------------------------------------------------------------
LEXED = [
    ("规章\t0\t12\t-3", [0, 12, -3]),
    ("行政许可12502", [12502]),
    ("增10 减2 +4", [10, -2, 4]),
    ("1,276.5534万元", [1276.5534]),
    ("251000元", [251000]),
    ("016", [0, 16]),
    ("00", [0, 0]),
    ("0.5", [0.5]),
    ("收费金额（单位：万元，保留4位小数）", []),
    ("第二十条第（五）项", []),
    ("第20条第1项", []),
    ("1.属于国家秘密", []),
    ("2、没有现成信息", []),
    ("3.“三安全一稳定”", []),
    ("- 4 -", []),
    ("第 4 页 共 9 页", []),
    ("4/12", []),
    ("2021年", []),
    ("109-2", [None]),
    ("98%", [None]),
    ("/\t—\t无", [None, None, None]),
]


@pytest.mark.parametrize(("printed", "numbers"), LEXED)
def test_numbers_of_a_cell(printed: str, numbers: list[float | None]) -> None:
    folded = fold(printed)
    assert [value.number for value in tokenize(folded, 0, len(folded)).values] == numbers


# -- hostile input ------------------------------------------------------------------------------------------------
HOSTILE = [
    "总计\t", "不予公开\t", "其他\n", "重复审请\t", "行政复议\t0\t", "规章 0 0 0\n", "1\n", "一1", "1,", "1.1", "(", "增",
    "第二十条第（一）项\n", "本年新收政府信息公开申请数量\n1\n", "\t一1,", "-", " ", "。",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_cost_grows_with_the_length_only(unit: str) -> None:
    def cost(length: int) -> float:
        document = read_text(unit * (length // len(unit)) + "x")
        times = []
        for _ in range(3):
            began = time.process_time()
            read_tables(document, ())
            times.append(time.process_time() - began)
        return min(times)

    cost(1_000)  # patterns are compiled at first use
    assert cost(80_000) < 40 * cost(10_000) + 0.1  # eight times the text; quadratic cost would be 64 times
