"""Web pages as they are found: what of them is the report, how their tables are drawn, what they say outside the text."""

from __future__ import annotations

import pytest

import gknlp
from gknlp.errors import KnowledgeError
from gknlp.knowledge.pages import load_pages, parse_pages
from gknlp.model import Document
from gknlp.readers import read_bytes
from gknlp.readers.html import decode_page
from tests import mutation_html
from tests.support.judge import read_document
from tests.support.reports import ReportSource, report_sources, requests_rows
from tests.support.write_html import write_html, write_site_html
from tests.support.write_mhtml import write_mhtml

SOURCE = report_sources()[0]


def page(body: str, head: str = "") -> Document:
    return read_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(), name="page.html")


def text(body: str) -> str:
    return page(body).text


# -- encodings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<meta charset=gb2312>镕".encode("gb18030"), "gb18030"),
        ('<meta http-equiv=Content-Type content="text/html; charset=GBK">年报'.encode("gbk"), "gb18030"),
        ("<meta charset=gb2312>年报".encode(), "utf-8"),
        ("\ufeff<p>年报".encode(), "utf-8"),
        ("<p>年报与公开".encode("gb18030"), "gb18030"),
        ("<meta charset=big5>政府資訊公開".encode("big5"), "big5hkscs"),
        ("<meta charset=iso-8859-1>年度报告".encode("gbk"), "gb18030"),
        ("<html><p>年度报告".encode("utf-16"), "utf-16-le"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    decoded = decode_page(data)
    assert decoded.encoding == encoding
    assert "\ufffd" not in decoded.text


def test_the_server_is_believed_before_the_page() -> None:
    data = "<meta charset=gb2312>資訊公開".encode("big5")
    assert decode_page(data, "big5").text.endswith("資訊公開")


def test_what_cannot_be_decoded_is_said() -> None:
    document = read_bytes("<p>年度报告，公开信息".encode() + b"\xff\xfe<p>" + "共5条政府信息".encode(), name="a")
    assert "undecodable_bytes" in [note.code for note in document.diagnostics]


# -- text --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<p>&emsp;&emsp;公开信息5条。</p>", "公开信息5条。\n"),
        ("<p>公开<span>信息</span>5<b>条</b></p>", "公开信息5条\n"),
        ("<p>第一行<br>第二行<br/>第三行</p>", "第一行\n第二行\n第三行\n"),
        ("<div>一<p>二</p>三</div>四", "一\n二\n三\n四\n"),
        ("<p>行政\n   许可</p>", "行政许可\n"),
        ("<p>公开 12\n 条</p>", "公开 12 条\n"),
        ("<span>12</span> <span>34</span>", "12 34\n"),
        ("<pre>规章\t1\n许可\t2</pre>", "规章 1\n许可 2\n"),
        ("<p>公开&nbsp;&nbsp;信息</p>", "公开 信息\n"),
        ("<p>公开<script>var a='无';</script>信息<style>p{}</style></p>", "公开信息\n"),
        ("<p>公开<!-- 旧文 -->信息</p>", "公开信息\n"),
        ("<p>公开<span style='display: none'>旧</span>信息</p>", "公开信息\n"),
        ("<p>公开<span style='DISPLAY:NONE'>旧</span>信息</p>", "公开信息\n"),
        ("<p>公开<span hidden>旧</span>信息<template>旧</template></p>", "公开信息\n"),
        ("<p>公开<span style='mso-hide:all'>旧</span>信息<o:p></o:p></p>", "公开信息\n"),
        ("<p>公开\u200b信\ufeff息</p>", "公开信息\n"),
        ("<p>A &lt; B &amp; C</p>", "A < B & C\n"),
    ],
)
def test_text(body: str, wanted: str) -> None:
    assert text(body) == wanted


def test_a_report_that_a_script_shows_is_not_hidden() -> None:
    hidden = (
        "<div style='display:none' id=zoom>一、总体情况<p>五、存在的主要问题及改进情况<p>六、其他需要报告的事项</div>"
    )
    assert text(f"<p>正文</p>{hidden}").startswith("正文\n一、总体情况\n五、存在的主要问题")


# -- tables ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<table><tr><td>甲<td>乙<tr><td>1<td>2</table>", "甲\t乙\n1\t2\n"),
        ("<table><tr><td rowspan=2>甲<td>乙<tr><td>2</table>", "甲\t乙\n\t2\n"),
        ("<table><tr><td colspan=2>甲<td>丙<tr><td>1<td>2<td>3</table>", "甲\t\t丙\n1\t2\t3\n"),
        # Columns that no cell begins are none: exports count every edge.
        ("<table><tr><td colspan=7>甲<td colspan=9>乙<tr><td colspan=7>1<td colspan=9>2</table>", "甲\t乙\n1\t2\n"),
        ("<table><tr><td rowspan=0>甲<td>乙<tr><td>2<tr><td>3</table>", "甲\t乙\n\t2\n\t3\n"),
        ("<table><tr><td>社会公<br>益组织<td>结果<p>维持</p></table>", "社会公益组织\t结果维持\n"),
        ("<table><tr><td>三<br>、<br>办<br>理<td>1</table>", "三、办理\t1\n"),
        ("<table><tr><td><p>1</p>2<td>3</table>", "1 2\t3\n"),
        ("<table><caption>统计表</caption><tr><th>甲<th>乙</table>", "统计表\n甲\t乙\n"),
        # Tables that only arrange the page.
        (
            "<table><tr><td><p>正文一。</p><table><tr><td>1<td>2</table><p>正文二。</p></table>",
            "正文一。\n1\t2\n正文二。\n",
        ),
        ("<table><tr><td>正文一。<tr><td>正文二。</table>", "正文一。\n正文二。\n"),
        ("<table><tr><td>甲<td><table><tr><td>乙</table><tr><td>1<td>2</table>", "甲\t乙\n1\t2\n"),
        # One table printed as two.
        ("<table><tr><td>甲<td>1</table><table><tr><td>乙<td>2</table>", "甲\t1\n乙\t2\n"),
        ("<table><thead><tr><td>甲<td>乙</thead><tbody><tr><td>1<td>2</tbody></table>", "甲\t乙\n1\t2\n"),
        ("<td>孤</td><tr>行", "孤行\n"),
    ],
)
def test_tables(body: str, wanted: str) -> None:
    assert text(body) == wanted


def test_a_row_of_paragraphs_divides_a_table() -> None:
    prose = f"<p>一、总体情况</p><p>{'公开工作稳步推进，' * 12}成效明显。</p>"
    document = page(f"<table><tr><td colspan=2>{prose}<tr><td>甲<td>乙<tr><td>1<td>2</table>")
    lines = document.text.split("\n")
    assert lines[0] == "一、总体情况"
    assert lines[2:4] == ["甲\t乙", "1\t2"]
    assert [(grid.rows, grid.columns) for grid in document.grids] == [(2, 2)]


def test_a_picture_in_place_of_a_table_is_named() -> None:
    body = (
        "<p>二、主动公开政府信息情况</p><p><img src=1.png width=600 height=300></p>"
        "<p>三、收到和处理政府信息公开申请情况</p><table><tr><td>甲<td>乙</table><p><img src=2.png></p>"
        "<p>四、政府信息公开行政复议、行政诉讼情况</p><p><img src=icon.gif width=16 height=16></p>"
    )
    found = [(note.code, note.table) for note in page(body).diagnostics]
    assert found == [("table_is_image", "disclosure")]


def blank_column(source: ReportSource) -> ReportSource:
    """Leave a whole column of section three empty, as many issuers do."""
    cells = {
        key: "blank" if key[::2] == ("requests", "natural_person") else value
        for key, value in source.filled.cells.items()
    }
    filled = source.filled._replace(cells=cells)  # type: ignore[arg-type]
    rows = requests_rows(source.filled, wrapped=False)
    return source._replace(
        filled=filled,
        parts=tuple(requests_rows(filled, wrapped=False) if part == rows else part for part in source.parts),
    )


def test_an_empty_column_of_a_grid_stays_empty() -> None:
    """In a plain text the first column would seem lost, and nothing could be placed."""
    source = blank_column(SOURCE)
    reading = read_document(read_bytes(write_html(source), name="a"))
    cells = reading.cells("requests")
    assert {key: cell.value for key, cell in cells.items()} == source.filled.table("requests")
    assert {cell.state for cell in cells.values() if cell.column == "natural_person"} == {"blank"}
    assert {cell.reading for cell in cells.values()} == {"direct"}


def test_a_row_that_lacks_a_cell_is_not_read_by_its_place() -> None:
    whole = write_html(SOURCE).decode()
    row = whole.index("本年新收政府信息公开申请数量")
    cell = whole.index("<td", row)
    damaged = whole[:cell] + whole[whole.index("</td>", cell) + 5 :]
    reading = read_document(read_bytes(damaged.encode(), name="a"))
    wanted = SOURCE.filled.table("requests")
    new = {key: cell for key, cell in reading.cells("requests").items() if cell.row == "new_received"}
    assert all(cell.value in (None, wanted[key]) for key, cell in new.items())
    assert "requests" in reading.loud


# -- pages of sites ----------------------------------------------------------------------------------------------------


def test_what_a_page_says_about_its_text_is_metadata() -> None:
    said = {entry.name: entry.value for entry in reversed(read_bytes(write_site_html(SOURCE), name="a").metadata)}
    assert said["host"] == "www.qinghe.example.gov.cn"
    assert said["site"] == "青禾县人民政府门户网站"
    assert said["index_number"] == "000014349/2022-00017"
    assert said["title"] == SOURCE.title
    assert said["published"].startswith(str(SOURCE.filled.year + 1))


def test_a_saved_page_tells_where_it_was_saved() -> None:
    said = {(entry.name, entry.value) for entry in read_bytes(write_mhtml(SOURCE), name="a").metadata}
    assert ("host", "www.qinghe.example.gov.cn") in said


@pytest.mark.parametrize(
    ("part", "stays"),
    [
        ("<div class=nav><a href=/a>首页</a></div>", False),
        ("<ul><li><a href=/1>政策文件</a><li><a href=/2>统计数据</a><li><a href=/3>规划计划</a></ul>", False),
        ("<div>一、<a href=/1>总体情况</a></div>", True),
        ("<div>（四）主办单位变更情况</div>", True),
        ("<nav>政务公开</nav>", False),
        ("<div>版权所有：某县人民政府 备案号：1号</div>", False),
        ("<div class=footer><p>建议使用较新的浏览器浏览本站。</p></div>", False),
        ("<div>当前位置：<a href=/>首页</a> > 年报</div>", False),
        ("<div class=header><h1>某县2021年政府信息公开工作年度报告</h1></div>", True),
        ("<div>公开信息5条。</div>", True),
        ("<div>六、其他需要报告的事项</div>", True),
        ("<div>无</div>", True),
        ("<div><a name=_Toc1>一、总体情况</a></div>", True),
        ("<div class=bottom><table><tr><td>规章<td>1<td>2<td>3</table></div>", True),
    ],
)
def test_parts_of_a_page(part: str, stays: bool) -> None:
    kept = text(f"<div><p>全年主动公开政府信息25条。</p></div>{part}")
    assert ("\n" in kept.removesuffix("\n")) is stays


def test_a_title_outside_the_text_is_put_before_it() -> None:
    body = "<p>一、总体情况</p><p>公开信息5条。</p>"
    head = "<title>云岭县财政局2021年政府信息公开工作年度报告-云岭县人民政府</title>"
    assert page(body, head).text.startswith("云岭县财政局2021年政府信息公开工作年度报告\n一、")
    assert page(body, "<title>云岭县人民政府门户网站</title>").text.startswith("一、")


def test_metadata_is_evidence_for_issuer_and_year() -> None:
    body = "<p>政府信息公开工作年度报告</p><p>一、总体情况</p><p>主动公开政府信息5条。</p>"
    head = '<meta name="PubDate" content="2022-01-18"><meta name="ContentSource" content="潢川县财政局">'
    report = gknlp.extract_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(), name="a.html")
    assert report.year == 2021
    assert report.issuer is not None
    assert (report.issuer.name, report.issuer.division_code, report.issuer.start) == ("潢川县财政局", "411526", None)


# -- knowledge ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", load_pages().aside_examples)
def test_lines_that_belong_to_the_page(line: str) -> None:
    assert load_pages().aside_line.fullmatch(line.strip("【】[] "))


@pytest.mark.parametrize("line", load_pages().aside_counter_examples)
def test_lines_that_belong_to_the_text(line: str) -> None:
    assert not load_pages().aside_line.fullmatch(line)


def test_a_wrong_pattern_is_named() -> None:
    with pytest.raises(KnowledgeError, match=r"pages\.toml"):
        parse_pages('aside_lines = ["("]')


# -- damage ------------------------------------------------------------------------------------------------------------


def test_a_sample_of_damaged_pages_gives_no_silent_error() -> None:
    """The whole gate is ``python -m tests.mutation_html``; this keeps a part of it in the tests."""
    outcome = mutation_html.try_all(list(mutation_html.pages())[::4], seed=1, each=1)
    assert not outcome.crashes
    assert not outcome.silent, "\n".join(map(str, outcome.silent))
    assert set(outcome.tried) == set(mutation_html.EDITS)


def test_a_planted_silent_error_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {key: 7 if value == 0 else value for key, value in SOURCE.filled.cells.items()}
    other = SOURCE._replace(filled=SOURCE.filled._replace(cells=wrong))
    monkeypatch.setattr(mutation_html, "expected", lambda _: {"requests": other.filled.table("requests")})
    assert mutation_html.try_all([(SOURCE, "plain", write_html(SOURCE).decode())], seed=1, each=1).silent
