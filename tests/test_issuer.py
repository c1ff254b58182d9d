"""Title, year and issuer: tables of invented documents. Names of organs are real or fictional, sentences are invented.

Origin: shapes of titles after the title grammar; each table was written with the rules, none holds a printed sentence.
"""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gknlp.errors import KnowledgeError
from gknlp.issuer import find_issuer, find_title, find_year
from gknlp.issuer.organ import parse_organ
from gknlp.issuer.year import to_year
from gknlp.knowledge.issuers import load_issuers, organ_patterns, parse_issuers, title_patterns
from gknlp.model import Diagnostic, Document, Issuer
from gknlp.readers import read_path, read_text
from gknlp.text.normalize import fold

TAIL = "政府信息公开工作年度报告"
BODY = "\n\n一、总体情况\n\n"


class Found(NamedTuple):
    title: str | None
    year: int | None
    issuer: Issuer | None
    codes: tuple[str, ...]


def read(text: str) -> Found:
    return find(read_text(text))


def find(document: Document) -> Found:
    title = find_title(document)
    year = find_year(document, title)
    issuer, diagnostics = find_issuer(document, title, year.year)
    check_spans(document, issuer, year.diagnostics + diagnostics)
    return Found(title and title.text, year.year, issuer, tuple(each.code for each in year.diagnostics + diagnostics))


def check_spans(document: Document, issuer: Issuer | None, diagnostics: tuple[Diagnostic, ...]) -> None:
    if issuer and issuer.start is not None:
        assert document.text[issuer.start : issuer.end] == issuer.name
    for each in diagnostics:
        assert each.start is None or (each.end is not None and 0 <= each.start < each.end <= len(document.text))


# name in the title, full name (= for the same), kind, level, code, what is left open
ORGANS = """
北京市人民政府 | = | government | province | 110000 |
河南省人民政府办公厅 | = | government_office | province | 410000 |
内蒙古自治区财政厅 | = | department | province | 150000 |
自治区人民政府办公厅 | - | government_office | province | - | division_unknown
信阳市人民政府 | = | government | prefecture | 411500 |
延边朝鲜族自治州人民政府 | = | government | prefecture | 222400 |
恩施州人民政府办公室 | = | government_office | prefecture | 422800 |
大兴安岭地区行政公署 | = | government | prefecture | 232700 |
锡林郭勒盟行政公署 | = | government | prefecture | 152500 |
潢川县人民政府 | = | government | county | 411526 |
潢川县 | 潢川县人民政府 | government | county | 411526 |
河南省信阳市潢川县人民政府 | = | government | county | 411526 |
高平市人民政府 | = | government | county | 140581 |
漳平市审计局 | = | department | county | 350881 |
洪泽区人民政府 | = | government | county | 320813 |
淮安市洪泽区人民政府 | = | government | county | 320813 |
伊金霍洛旗人民政府 | = | government | county | 150627 |
六枝特区人民政府 | = | government | county | 520203 |
神农架林区人民政府 | = | government | county | 429021 |
浦东新区人民政府 | = | government | county | 310115 |
阜新县人民政府 | = | government | county | 210921 |
朝阳市朝阳县人民政府 | = | government | county | 211321 |
吉林省吉林市财政局 | = | department | prefecture | 220200 |
海口市龙华区 | 海口市龙华区人民政府 | government | county | 460106 |
南京市鼓楼区人民政府 | = | government | county | 320106 |
南京鼓楼区教育局 | = | department | county | 320106 |
鼓楼区人民政府 | = | government | county | - | issuer_ambiguous
市中区人民政府 | = | government | county | - | issuer_ambiguous
乐山市市中区教育局 | = | department | county | 511102 |
重庆市大足区人民政府外事办公室 | = | department | county | 500111 |
广州市增城区教育局 | = | department | county | 440118 |
西安市城市管理和综合执法局 | = | department | prefecture | 610100 |
中山市市场监督管理局 | = | department | prefecture | 442000 |
市南区市政管理服务中心 | = | department | county | 370202 |
公安县公安局 | = | department | county | 421022 |
合作市合作交流局 | = | department | county | 623001 |
乡宁县乡村振兴局 | = | department | county | 141029 |
潢川县卫健委 | 潢川县卫生健康委员会 | department | county | 411526 |
潢川财政局 | - | department | - | - | issuer_ambiguous
东湖高新区管委会 | = | mgmt_committee | - | - | issuer_ambiguous
国家统计局宝山调查队 | = | vertical_agency | county | - | issuer_ambiguous
东部新区管委会 | - | mgmt_committee | - | - | division_unknown
潢川县政务服务中心（行政审批局） | = | department | county | 411526 |
信阳市住房公积金管理中心 | = | department | prefecture | 411500 |
中共潢川县委网信办 | = | department | county | 411526 |
五常市民意乡 | 五常市民意乡人民政府 | government | township | 230184206 |
呼兰区杨林乡人民政府 | = | government | township | 230111201 |
东莞市虎门镇人民政府 | = | government | township | 441900121 |
安徽省滁州市乌衣镇 | 安徽省滁州市乌衣镇人民政府 | government | township | 341103100 |
潢川县并无镇人民政府 | = | government | township | - |
潢川县春申街道 | 潢川县春申街道办事处 | subdistrict_office | township | 411526001 |
龙岗区坂田街道办 | 龙岗区坂田街道办事处 | subdistrict_office | township | 440307013 |
上海市徐汇区人民政府天平路街道办事处 | = | subdistrict_office | township | 310104003 |
北京市朝阳区酒仙桥地区办事处 | = | subdistrict_office | township | - |
人民路街道办事处 | - | subdistrict_office | township | - | issuer_ambiguous
长安镇人民政府 | - | government | township | - | issuer_ambiguous
项铺镇 | - | government | township | - | issuer_ambiguous
镇党政办 | - | government_office | township | - | division_unknown
国家税务总局潢川县税务局 | = | vertical_agency | county | 411526 |
国家统计局潢川调查队 | = | vertical_agency | county | 411526 |
南京海关 | = | vertical_agency | prefecture | 320100 |
中华人民共和国南京海关 | = | vertical_agency | prefecture | 320100 |
信阳市气象局 | = | vertical_agency | prefecture | 411500 |
中国人民银行郑州中心支行 | = | vertical_agency | prefecture | 410100 |
郑州高新技术产业开发区管理委员会 | = | mgmt_committee | - | - |
苏州工业园区 | = | mgmt_committee | - | - |
广州开发区财政局 | = | department | - | - |
高新区管委会 | - | mgmt_committee | - | - | division_unknown
教育部 | = | central_department | central | - |
国家统计局 | = | central_department | central | - |
海关总署 | = | central_department | central | - |
国务院办公厅 | = | central_department | central | - |
潢川县第一中学 | = | public_institution | county | 411526 |
国网潢川县供电公司 | = | public_institution | county | 411526 |
县政府办 | - | government_office | county | - | division_unknown
区府办 | - | government_office | county | - | division_unknown
县卫健委 | - | department | county | - | division_unknown
县行政审批局 | - | department | county | - | division_unknown
政务服务和大数据管理局 | - | department | - | - | division_unknown
市场监督管理局 | - | department | - | - | division_unknown
市政管理局 | - | department | - | - | division_unknown
城市管理局 | - | department | - | - | division_unknown
公安局 | - | department | - | - | division_unknown
云岭县人民政府 | = | government | county | - | division_unknown
云岭县青河镇人民政府 | = | government | township | - | division_unknown
河南省云岭县财政局 | = | department | county | - | division_unknown
第八方阵石河联合体 | - | - | - | - | division_unknown
"""


def organs() -> list[list[str]]:
    return [[field.strip() for field in line.split("|")] for line in ORGANS.strip().split("\n")]


@pytest.mark.parametrize("row", organs(), ids=lambda row: row[0])
def test_organs(row: list[str]) -> None:
    name, full, kind, level, code, *rest = row
    found = read(f"{name}2021年{TAIL}{BODY}")
    assert found.title == f"{name}2021年{TAIL}"
    assert found.issuer is not None
    assert found.issuer.name == name
    assert found.issuer.full_name == {"=": name, "-": None}.get(full, full)
    got = (found.issuer.kind, found.issuer.level, found.issuer.division_code)
    assert got == tuple(None if field == "-" else field for field in (kind, level, code))
    assert found.codes == tuple(code for code in rest if code)
    assert (found.issuer.start, found.year) == (0, 2021)


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("洪泽县人民政府", 2014, "320829"),
        ("长垣县人民政府", 2018, "410728"),
        ("长垣市人民政府", 2021, "410783"),
        ("桥东区人民政府", 2022, "130702"),
        ("桥东区人民政府", 2018, None),
        ("寿县人民政府", 2014, "341521"),
        ("寿县人民政府", 2021, "340422"),
        ("即墨市人民政府", 2022, "370282"),  # a name out of use is still a name
    ],
)
def test_divisions_of_the_year(name: str, year: int, code: str | None) -> None:
    issuer = read(f"{name}{year}年{TAIL}").issuer
    assert issuer is not None and issuer.division_code == code


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("潢川县财政局", ("河南省", "信阳市", "潢川县")),
        ("呼兰区杨林乡", ("黑龙江省", "哈尔滨市", "呼兰区", "杨林乡")),
        ("潢川县并无镇", ("河南省", "信阳市", "潢川县")),
        ("苏州工业园区管理委员会", ("江苏省", "苏州市")),
        ("河南省云岭县财政局", ("河南省",)),
        ("大足区教育委员会", ("重庆市", "大足区")),
        ("教育部", ()),
        ("鼓楼区财政局", ()),
        ("东湖高新区管委会", ()),
    ],
)
def test_paths(name: str, path: tuple[str, ...]) -> None:
    issuer = read(f"{name}2021年{TAIL}").issuer
    assert issuer is not None and issuer.division_path == path


NAME = "潢川县财政局"
PLAIN = f"{NAME}2021年{TAIL}"
# document, title, name of the issuer, year: the shapes of DOMAIN.md 6.1 and of web pages around a title
TITLES = [
    (PLAIN, PLAIN, NAME, 2021),
    (f"2021年{NAME}{TAIL}", f"2021年{NAME}{TAIL}", NAME, 2021),
    (f"2021年度{NAME}政府信息公开年度报告", f"2021年度{NAME}政府信息公开年度报告", NAME, 2021),
    (f"{NAME}政府信息公开工作2022年度报告", f"{NAME}政府信息公开工作2022年度报告", NAME, 2022),
    (f"{NAME}2020年度{TAIL}", f"{NAME}2020年度{TAIL}", NAME, 2020),
    (f"{NAME}2021年信息公开工作年度报告", f"{NAME}2021年信息公开工作年度报告", NAME, 2021),
    (f"{NAME}2021政府信息公开年报", f"{NAME}2021政府信息公开年报", NAME, 2021),
    (f"{NAME}2021年政务公开工作总结", f"{NAME}2021年政务公开工作总结", NAME, 2021),
    (f"{NAME}2018年政府信息和政务公开工作情况报告", f"{NAME}2018年政府信息和政务公开工作情况报告", NAME, 2018),
    (f"{NAME}关于2021年政府信息公开工作的报告", f"{NAME}关于2021年政府信息公开工作的报告", NAME, 2021),
    (f"关于{NAME}2021年政府信息公开工作的报告", f"关于{NAME}2021年政府信息公开工作的报告", NAME, 2021),
    (f"{NAME}二〇二一年度{TAIL}", f"{NAME}二〇二一年度{TAIL}", NAME, 2021),
    (f"二○一九年{NAME}{TAIL}", f"二○一九年{NAME}{TAIL}", NAME, 2019),
    (f"{NAME}{TAIL}（2021年度）", f"{NAME}{TAIL}（2021年度）", NAME, 2021),
    (f"2021年{TAIL}（{NAME}）", f"2021年{TAIL}（{NAME}）", NAME, 2021),
    (f"{PLAIN}（图解版）", f"{PLAIN}（图解版）", NAME, 2021),
    (f"{NAME}：2021年{TAIL}", f"{NAME}：2021年{TAIL}", NAME, 2021),
    (f"{NAME}——2021年{TAIL}", f"{NAME}——2021年{TAIL}", NAME, 2021),
    (f"标题：{PLAIN}", PLAIN, NAME, 2021),
    (f"《{PLAIN}》", PLAIN, NAME, 2021),
    (f"附件1\n{PLAIN}", PLAIN, NAME, 2021),
    (f"{PLAIN} - 潢川县人民政府门户网站", PLAIN, NAME, 2021),
    (f"{PLAIN}\n发布时间：2022-01-20\n来源：本站", PLAIN, NAME, 2021),
    (f"{PLAIN} 发布时间：2022-01-20", PLAIN, NAME, 2021),
    (f"{PLAIN}目录\n一、总体情况", PLAIN, NAME, 2021),
    (f"{PLAIN}根据有关规定编制。", PLAIN, NAME, 2021),
    (f"首页 > 政府信息公开 > 政府信息公开年报\n{PLAIN}", PLAIN, NAME, 2021),
    (f"当前位置：首页>政府信息公开年报>{PLAIN}", PLAIN, NAME, 2021),
    (f"政府信息公开指南\n政府信息公开年报\n政府信息公开制度\n{PLAIN}", PLAIN, NAME, 2021),
    (f"潢财〔2022〕3号\n\n{PLAIN}", PLAIN, NAME, 2021),
    (f"首页\n网站地图\n{NAME}\n2021年{TAIL}", PLAIN, NAME, 2021),
    (f"{NAME}2021年政府信息公\n开工作年度报告", PLAIN, NAME, 2021),
    (f"{NAME}2021年政府信息公开工作\n\n年度报告\n年度报告", PLAIN, NAME, 2021),
    ("潢川县\n财政局2021年政府信息公开\n工作年度报告", PLAIN, NAME, 2021),
    ("潢 川 县 财 政 局\n2021 年 政府信息公开工作年度报告", PLAIN, NAME, 2021),
    (f"\n\n  {NAME}  2021年\n  {TAIL}  \n", PLAIN, NAME, 2021),
    (f"{NAME}2021年政务公开工作总结及2022年计划", f"{NAME}2021年政务公开工作总结及2022年计划", NAME, 2021),
    (f"{NAME}2021年度政府网站信息公开年度报告", f"{NAME}2021年度政府网站信息公开年度报告", NAME, 2021),
    (f"潢川县2021年财政局{TAIL}", f"潢川县2021年财政局{TAIL}", NAME, 2021),
    (f"{NAME}关于潢川县2021年{TAIL}的公示", f"{NAME}关于潢川县2021年{TAIL}的公示", NAME, 2021),
    (f"２０２１年{NAME}政府信息公開工作年度報告", f"２０２１年{NAME}政府信息公開工作年度報告", NAME, 2021),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title", "name", "year"), TITLES, ids=[text[:24] for text, *_ in TITLES])
def test_titles(text: str, title: str, name: str, year: int) -> None:
    found = read(text + BODY)
    assert found.issuer is not None
    got = (found.title, found.issuer.name, found.issuer.division_code, found.year)
    assert got == (title, name, "411526", year)


def test_an_organ_broken_over_lines_goes_on_with_the_next() -> None:
    found = read("重庆市大足区人民政府\n外事办公室2022年政府信息公开\n工作年度报告\n根据规定编制。")
    assert found.title == f"重庆市大足区人民政府外事办公室2022年{TAIL}"
    assert found.issuer is not None
    assert (found.issuer.name, found.issuer.start) == ("重庆市大足区人民政府外事办公室", None)


@pytest.mark.parametrize(
    "text",
    [
        "潢川县财政局2021年工作总结",
        "政府信息公开指南",
        f"经研究，编制了{PLAIN}，现予公布。",
        f"见{PLAIN}第三部分。",
        "关于做好2021年政府信息公开工作的通知",
        "2021年预算公开报告",
        "一、总体情况\n0\t0\t0\n",
        "政府信息公开年报\n政府信息公开制度",
    ],
)
def test_no_title(text: str) -> None:
    assert find_title(read_text(text)) is None


def test_a_title_keeps_its_printed_span() -> None:
    document = read_text(f"首页\r\n\r\n{NAME}2021年政府信息公开\r\n工作年度报告（图片版）\r\n一、总体情况")
    title = find_title(document)
    assert title is not None
    assert document.text[title.start : title.end] == f"{NAME}2021年政府信息公开\n工作年度报告（图片版）"


# text after a title without a year, the year, the codes
YEARS = [
    ("本报告统计期限自2021年1月1日起至2021年12月31日止。", 2021, ()),
    ("统计期限为201711日至20171231日。", 2017, ()),
    ("所列数据从2019年1月1日至12月31日。", 2019, ()),
    ("统计期限自2020年1月1日至2021年12月31日。", 2020, ("year_conflict",)),
    ("2020年，公开信息多条。2020年办件平稳。2019年有培训。", 2020, ()),
    ("2020年一件。2019年一件。", None, ("year_missing",)),
    ("2020年。", None, ("year_missing",)),
    ("依照〔2019〕60号文办理。", None, ("year_missing",)),
    ("发布时间：2022-01-20 来源：办公室", 2021, ()),
    ("成文日期：2022年1月20日", 2021, ()),
    ("内容。\n2023年1月20日\n", 2022, ()),
    ("统计期限自2021年1月1日起。2020年一件，2020年又一件。", 2021, ("year_conflict",)),
    ("统计期限自2021年1月1日起。发布时间：2024-05-01", 2021, ()),
]


@pytest.mark.parametrize(("body", "year", "codes"), YEARS, ids=[body[:16] for body, *_ in YEARS])
def test_years(body: str, year: int | None, codes: tuple[str, ...]) -> None:
    document = read_text(f"{NAME}{TAIL}\n\n{body}")
    found = find_year(document, find_title(document))
    assert (found.year, tuple(each.code for each in found.diagnostics)) == (year, codes)
    for each in found.evidence:
        assert str(each.year + (each.source == "published")) == document.folded[each.start : each.end][:4]


def test_the_title_goes_before_the_period_and_a_difference_is_told() -> None:
    document = read_text(f"{NAME}2022年{TAIL}\n\n统计期限自2021年1月1日起。")
    found = find_year(document, find_title(document))
    assert found.year == 2022
    assert [(each.source, each.year) for each in found.evidence] == [("title", 2022), ("period", 2021)]
    (conflict,) = found.diagnostics
    assert (conflict.code, document.text[conflict.start : conflict.end]) == ("year_conflict", "2021")


def test_section_one_is_where_the_caller_says() -> None:
    text = f"{NAME}{TAIL}\n2018年。2018年。\n一、总体情况\n2021年一件。2021年又一件。"
    document = read_text(text)
    title = find_title(document)
    assert find_year(document, title, (text.index("一、"), len(text))).year == 2021


@given(st.integers(2000, 2059), st.sampled_from("〇○零0"))
def test_chinese_numerals_of_years(year: int, zero: str) -> None:
    digits = (zero, *"一二三四五六七八九")
    assert to_year(fold("".join(digits[int(digit)] for digit in str(year)))) == year


# title's organ, text, full name, code (None: open), codes of diagnostics
REGIONS = [
    ("县财政局", "电子版在 http://www.luoning.gov.cn/ 下载。", "洛宁县财政局", "410328", ()),
    ("审批和大数据局", "获嘉县审批和大数据局全年平稳。我县重视。", "获嘉县审批和大数据局", "410724", ()),
    ("政务服务局", "获嘉县政务服务局与县委、县政府同步。新乡市政务服务局来过。", "获嘉县政务服务局", "410724", ()),
    ("县政府办", "通过汝阳县人民政府门户网站公开若干条。", "汝阳县人民政府办公室", "410326", ()),
    ("县政府办", "在栾川政府网上公布。", "栾川县人民政府办公室", "410324", ()),
    ("县政府办", "通过“今日汝阳”发布。", "汝阳县人民政府办公室", "410326", ()),
    ("县政府办", "通过“潢川发布”推送。", "潢川县人民政府办公室", "411526", ()),
    ("县政府办", "地址：河南省洛阳市汝阳县某路一号；电话：0379—68210000。", "汝阳县人民政府办公室", "410326", ()),
    ("县政府办", "汝阳县、汝阳县都好。《洛阳日报》登载。", "汝阳县人民政府办公室", "410326", ()),
    ("县政府办", "赴汝阳县学习。", None, None, ("division_unknown",)),
    ("县政府办", "汝阳县人民政府网与栾川县人民政府网均可查。", None, None, ("issuer_ambiguous",)),
    ("县政府办", "通过洛阳市人民政府网公开。", None, None, ("division_unknown",)),
    ("财政局", "我县在洛阳市人民政府网公开。", None, None, ("division_unknown",)),
    ("财政局", "通过政府网公开。", None, None, ("division_unknown",)),
    ("区人民政府", "南京市玄武区人民政府网站公布。", "玄武区人民政府", "320102", ()),
    ("区政府办", "南京市鼓楼区人民政府办公室负责。", "鼓楼区人民政府办公室", "320106", ()),
    ("县财政局", "网址 www.henan.gov.cn 可查。", None, None, ("division_unknown",)),
    ("财政局", "洛阳市财政局来过。", None, None, ("issuer_ambiguous",)),
    ("财政局", "洛阳市财政局负责。全市一盘棋。", "洛阳市财政局", "410300", ()),
    ("鼓楼区人民政府", "地址：江苏省南京市鼓楼区某路。", "鼓楼区人民政府", "320106", ()),
    ("鼓楼区人民政府", "南京市安排部署。", "鼓楼区人民政府", "320106", ()),
    ("鼓楼区人民政府", "电话：025-83200000。", "鼓楼区人民政府", "320106", ()),
    ("鼓楼区人民政府", "网址 www.xuzhou.gov.cn 可查。", "鼓楼区人民政府", "320302", ()),
    ("鼓楼区人民政府", "落实豫政办〔2021〕5号文。", "鼓楼区人民政府", "410204", ()),
    ("鼓楼区人民政府", "落实苏政办发〔2021〕5号文。", "鼓楼区人民政府", None, ("issuer_ambiguous",)),
    ("鼓楼区人民政府", "南京市、徐州市均有安排。", "鼓楼区人民政府", None, ("issuer_ambiguous",)),
    ("项铺镇", "枞阳县统一安排，枞阳县多次检查。", "枞阳县项铺镇人民政府", "340722107", ()),
    ("长安镇人民政府", "东莞市统一安排。", "东莞市长安镇人民政府", "441900119", ()),
    ("并无镇人民政府", "潢川县并无镇全年平稳。", "潢川县并无镇人民政府", None, ()),
    ("潢川财政局", "信阳市统一安排。", "潢川县财政局", "411526", ()),
    ("潢川经济开发区管委会", "潢川县。潢川县。", "潢川经济开发区管委会", None, ()),
    ("东部新区管委会", "潢川县人民政府网。我区。", None, None, ("division_unknown",)),
    ("人民路街道办事处", "并无线索。", None, None, ("issuer_ambiguous",)),
    ("高新区管委会", "郑州市高新区管委会负责。我市。", "郑州市高新区管委会", None, ()),
]


@pytest.mark.parametrize(
    ("organ", "body", "full", "code", "codes"), REGIONS, ids=[f"{organ}-{body[:12]}" for organ, body, *_ in REGIONS]
)
def test_regions_from_clues(organ: str, body: str, full: str | None, code: str | None, codes: tuple[str, ...]) -> None:
    found = read(f"{organ}2021年{TAIL}{BODY}{body}\n")
    assert found.issuer is not None
    assert (found.issuer.name, found.issuer.full_name, found.issuer.division_code) == (organ, full, code)
    assert found.codes == codes


def test_candidates_are_named() -> None:
    document = read_text(f"鼓楼区财政局2021年{TAIL}\n南京市、徐州市均有安排。")
    _, (doubt,) = find_issuer(document, find_title(document), 2021)
    assert doubt.message.endswith("江苏省南京市鼓楼区 320106, 江苏省徐州市鼓楼区 320302")


# texts whose title names no organ
@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"2021年{TAIL}\n现将潢川县财政局2021年政府信息公开情况公布如下。", "潢川县财政局"),
        (f"发布机构：潢川县财政局 索引号：001\n2021年{TAIL}\n一、总体情况", "潢川县财政局"),
        (f"2021年{TAIL}\n一、总体情况\n无\n\n潢川县财政局\n2022年1月20日", "潢川县财政局"),
        ("一、总体情况\n无\n\n潢川县财政局\n2022年1月20日", "潢川县财政局"),
    ],
)
def test_an_organ_that_only_the_text_names(text: str, name: str) -> None:
    found = read(text)
    assert found.issuer is not None
    assert (found.issuer.name, found.issuer.division_code) == (name, "411526")
    assert "issuer_from_text" in found.codes


@pytest.mark.parametrize("text", [f"2021年{TAIL}\n一、总体情况\n平稳。", "一、总体情况\n平稳。", "0\t0\t0"])
def test_no_issuer(text: str) -> None:
    found = read(text)
    assert found.issuer is None
    assert "issuer_missing" in found.codes


def test_kinds_prove_their_examples() -> None:
    patterns = dict(organ_patterns().kinds)
    for kind in load_issuers().kinds:
        before = [patterns[other.id] for other in load_issuers().kinds[: load_issuers().kinds.index(kind)]]
        for example in kind.examples:
            assert patterns[kind.id].fullmatch(example), (kind.id, example)
            assert not any(pattern.fullmatch(example) for pattern in before), (kind.id, example)
        for example in kind.counter_examples:
            assert not patterns[kind.id].fullmatch(example), (kind.id, example)
    central = load_issuers().central
    assert all(organ_patterns().central.fullmatch(example) for example in central.examples)
    assert not any(organ_patterns().central.fullmatch(example) for example in central.counter_examples)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[title]", "[titel]"), "title"),
        (("tail_pattern = '", "tail_pattern = '("), "title"),
        (('"豫" = "410000"', '"豫" = 41'), "province_signs"),
    ],
)
def test_wrong_knowledge_is_named(change: tuple[str, str], message: str) -> None:
    from importlib import resources

    data = (resources.files("gknlp.knowledge") / "issuers.toml").read_text(encoding="utf-8")
    with pytest.raises(KnowledgeError, match=rf"issuers\.toml.*{message}"):
        parse_issuers(data.replace(*change, 1))


PIECES = [
    *("潢川县", "鼓楼区", "人民政府", "财政局", "县政府办", "2021年", "二〇二一年度", "政府信息公开"),
    *("工作", "年度报告", "（", "）", "：", "关于", "〔2021〕5号", "城关镇", "街道", "网", "𠮷", "1", "的"),
    *("www.anhua.gov.cn", "国家税务总局"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, " ", "\n", "\u200b", "縣政府辦"]), min_size=1, max_size=25).map("".join))
def test_any_mixture_gives_true_spans_and_the_same_again(text: str) -> None:
    document = read_text(text + "正文")
    found = find(document)
    assert find(document) == found
    title = find_title(document)
    if title:
        assert re.sub(r"[\s\u200b]", "", document.text[title.start : title.end]) == title.text


UNITS = [
    *("政府信息公开", "报告 ", "公", "县", "2021年", "潢川县", "a.", "a.gov.cn", "政", "《", "〔", "0"),
    *("镇", "关于", "年度\n"),
]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_length(unit: str) -> None:
    def timed(size: int) -> float:
        document = read_text("县政府办2021年政府信息公开工作年度报告\n" + unit * (size // len(unit)))
        start = time.perf_counter()
        find(document)
        return time.perf_counter() - start

    timed(1000)
    assert timed(100_000) < 3.0  # a quadratic scan takes minutes


def test_organs_nest_as_printed() -> None:
    organ = parse_organ("天津市滨海新区新河街道办事处")
    assert ([each.code for each in organ.divisions], organ.township, organ.core) == (["120116"], "新河街道", "办事处")
    assert title_patterns().title.search("政府信息公开年报") is not None


REPORTS = os.environ.get("GKNLP_REPORTS")


@pytest.mark.skipif(not REPORTS, reason="GKNLP_REPORTS names no folder of real reports")
def test_real_reports() -> None:
    paths = sorted(Path(REPORTS or "").glob("*.gold.json"))
    assert paths
    for path in paths:
        gold = json.loads(path.read_text(encoding="utf-8"))["meta"]
        source = path.with_name(path.name.replace(".gold.json", ".txt"))
        if not source.exists():
            continue
        found = find(read_path(source))
        assert found.issuer is not None
        got = (found.title, found.year, found.issuer.full_name, found.issuer.division_code, found.issuer.level)
        assert got == (gold["title"], gold["year"], gold["issuer"], gold["division_code"], gold["level"]), source.name
