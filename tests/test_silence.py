"""What the form asks for and a report does not say."""

from __future__ import annotations

import pytest

from gknlp.checks.silence import find_silence
from gknlp.errors import KnowledgeError
from gknlp.knowledge.silence import Wanted, load_silence, parse_silence
from gknlp.model import Diagnostic
from gknlp.pipeline import extract
from gknlp.readers import read_text
from gknlp.text.normalize import fold

KNOWN = load_silence()
WANTED: list[tuple[str, Wanted]] = [*((part.id, part) for part in KNOWN.part), ("fee", KNOWN.fee)]
FULL = """青原县民政局2022年政府信息公开工作年度报告
一、总体情况
2022年，我局主动公开政府信息432条，畅通依申请公开渠道，严格审核，优化网站栏目，组织培训3次。
二、主动公开政府信息情况
第二十条第（一）项
三、收到和处理政府信息公开申请情况
见附件。
四、政府信息公开行政复议、行政诉讼情况
见附件。
五、存在的主要问题及改进情况
存在的问题：公开内容不够全面。改进措施：加强业务培训，提高公开质量。
六、其他需要报告的事项
2022年未收取信息处理费。
"""


def silences(text: str) -> list[str]:
    return [item.code for item in diagnostics(text)]


def diagnostics(text: str) -> list[Diagnostic]:
    return [item for item in extract(read_text(text)).diagnostics if item.code in CODES]


CODES = {
    *("section_empty", "heading_without_table", "overview_parts_missing", "fee_statement_missing"),
    *("problems_not_stated", "measures_not_stated", "number_missing", "number_masked"),
}


@pytest.mark.parametrize(("name", "wanted"), WANTED, ids=lambda value: value if isinstance(value, str) else "")
def test_words_know_their_examples(name: str, wanted: Wanted) -> None:
    assert all(wanted.is_said(fold(example)) for example in wanted.examples)
    assert not any(wanted.is_said(fold(example)) for example in wanted.counter_examples)


def test_a_whole_report_is_silent_about_its_tables_only() -> None:
    assert silences(FULL) == ["heading_without_table"] * 3
    found = diagnostics(FULL)
    assert [item.table for item in found] == ["disclosure", "requests", "remedies"]
    assert all(FULL[item.start : item.end].startswith(("二", "三", "四")) for item in found)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("未收取信息处理费", "无其他事项", "fee_statement_missing"),
        ("2022年未收取信息处理费。\n", "", "section_empty"),
        ("存在的问题：公开内容不够全面。改进措施：加强业务培训，提高公开质量。\n", "", "section_empty"),
        ("改进措施：加强业务培训，提高公开质量。", "", "measures_not_stated"),
        ("公开政府信息432条", "公开政府信息条", "number_missing"),
        ("公开政府信息432条", "公开政府信息**条", "number_masked"),
        ("，组织培训3次", "", "overview_parts_missing"),
        ("畅通依申请公开渠道，", "", "overview_parts_missing"),
    ],
)
def test_each_silence_is_told(old: str, new: str, code: str) -> None:
    assert old in FULL
    found = diagnostics(FULL.replace(old, new))
    assert code in [item.code for item in found]
    (item,) = [item for item in found if item.code == code]
    assert item.start is not None and item.end is not None and item.start < item.end


def test_the_parts_that_are_missing_are_named() -> None:
    text = FULL.replace("，组织培训3次", "").replace("畅通依申请公开渠道，", "")
    (item,) = [item for item in diagnostics(text) if item.code == "overview_parts_missing"]
    assert item.message.endswith("依申请公开, 监督保障") and item.severity == "info"


def test_what_the_form_of_2021_asks_for_is_not_missed_before_it() -> None:
    old = FULL.replace("2022", "2020").replace("未收取信息处理费", "无其他事项").replace("，组织培训3次", "")
    assert silences(old) == ["heading_without_table"] * 3
    assert silences(old.replace("2020", "2017")) == []


def test_nothing_is_told_of_sections_that_are_not_there() -> None:
    assert find_silence("", (), (), (), (), 2022) == ()
    assert not {"heading_without_table", "section_empty"} & set(
        silences("青原县民政局2022年政府信息公开工作年度报告\n公开信息5条。")
    )


def test_a_wrong_file_is_named() -> None:
    with pytest.raises(KnowledgeError, match=r"silence\.toml"):
        parse_silence("first_year = 'x'")
