"""The facts engine: structure of sentences, context, zeros, links, offsets and cost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gknlp.facts import facts_in_text, find_facts
from gknlp.model import Document, Fact, Section, Source, Table
from gknlp.text.normalize import fold

YEAR = 2021


def facts_of(text: str) -> list[tuple[str, int | float | None]]:
    return [(fact.type, fact.value) for fact in facts_in_text(text, YEAR)]


def only(text: str) -> Fact:
    (fact,) = facts_in_text(text, YEAR)
    return fact


# --- clauses: what is carried along a sentence ------------------------------------------------------------------

CARRIED = [
    (
        "a verb's object",
        "开展新媒体账号清理工作,备案12个,注销31个。",
        [("plt.media_accounts", 12), ("plt.media_closed", 31)],
    ),
    (
        "a channel without a verb",
        "发布信息90条,其中网站60条、微信30条。",
        [("pub.info_total", 90), ("pub.info_by_channel", 60), ("pub.info_by_channel", 30)],
    ),
    ("an object from the lead", "政策解读方面,全年共发布19篇。", [("int.interpretation", 19)]),
    ("an object behind the number", "举办了4场新闻发布会。", [("int.press_conference", 4)]),
    (
        "an object of the sentence before",
        "全年收到政府信息公开申请9件。其中予以公开6件,无法提供3件。",
        [("req.received", 9), ("req.by_outcome", 6), ("req.by_outcome", 3)],
    ),
    (
        "an object of the heading",
        "(二)依申请公开情况\n全年共收到7件,答复7件。",
        [("req.received", 7), ("req.closed", 7)],
    ),
    (
        "a unit that is not repeated",
        "公开信息60条,其中动态40、公告20。",
        [("pub.info_total", 60), ("pub.info_by_topic", 40), ("pub.info_by_topic", 20)],
    ),
    (
        "a unit that changes",
        "公开信息60条,其中动态40条,意见征集3期。",
        [("pub.info_total", 60), ("pub.info_by_topic", 40), ("par.consultation", 3)],
    ),
    (
        "a number alone in a bracket",
        "收到申请5件。内容以征地补偿(3件)、住房保障(2件)为主。",
        [("req.received", 5), ("req.by_topic", 3), ("req.by_topic", 2)],
    ),
    (
        "a period alone",
        "网站一季度发布信息30条,二季度45条。",
        [("pub.info_by_channel", 30), ("pub.info_by_channel", 45)],
    ),
    ("two numbers of one act", "举办培训2期80人次。", [("gov.trainings", 2), ("gov.trainees", 80)]),
    ("white space inside words", "全年公开政\n府信 息300条。", [("pub.info_total", 300)]),
]


@pytest.mark.parametrize(("what", "text", "facts"), CARRIED, ids=[row[0] for row in CARRIED])
def test_carried_along_a_sentence(what: str, text: str, facts: list[tuple[str, int]]) -> None:
    assert facts_of(text) == facts


def test_a_row_is_dealt_out() -> None:
    facts = facts_in_text("政府网站、微信公众号、公开栏分别发布信息120条、80条和46条。", YEAR)
    assert [(fact.value, fact.attributes["channel"]) for fact in facts] == [
        (120, "website"),
        (80, "wechat"),
        (46, "board"),
    ]


def test_of_a_transition_only_the_end_counts() -> None:
    assert facts_of("平均办理时间由5.1天缩短至3.4天。") == [("par.handling_days", 3.4)]


def test_one_number_of_two_verbs_is_two_facts() -> None:
    received, closed = facts_in_text("全年收到并答复政府信息公开申请11件。", YEAR)
    assert (received.type, closed.type) == ("req.received", "req.closed")
    assert received.value_start == closed.value_start


def test_the_words_of_a_long_title_do_not_count() -> None:
    assert facts_of("制定《关于做好政务新媒体账号管理和培训工作的通知》等3项制度。") == [("gov.rules_made", 3)]


# --- what is no fact ---------------------------------------------------------------------------------------------

NO_FACT = [
    "在20个工作日内予以答复。",
    "信息公开量是上年的1.4倍。",
    "下一步,将组织培训2次。",
    "每月至少更新信息2条。",
    "力争明年开设专栏3个。",
    "确保不发生失泄密事件。",
    "本报告由六个部分组成。",
]


@pytest.mark.parametrize("text", NO_FACT)
def test_no_fact(text: str) -> None:
    assert facts_of(text) == []


@pytest.mark.parametrize("tail", [",同比增长12%", ",较上年增加80条", ",比去年减少5%", ",占总数的21%"])
def test_comparisons_are_no_facts(tail: str) -> None:
    assert facts_of(f"全年发布信息560条{tail}。") == [("pub.info_total", 560)]


# --- zeros -------------------------------------------------------------------------------------------------------

ZEROS = [
    ("本年度未收到政府信息公开申请。", ["req.received"]),
    ("全年没有因信息公开引起的行政复议和行政诉讼。", ["rem.review", "rem.suit"]),
    ("未出现行政复议被纠错、行政诉讼败诉的情形。", ["rem.lost"]),
    ("未发生失泄密事件。", ["gov.incidents"]),
    ("依申请公开:无。", ["req.received"]),
    ("行政复议和行政诉讼情况:本年度未发生。", ["rem.review", "rem.suit"]),
    ("没有上年结转的申请。", ["req.carried_in"]),
    ("无超期未办结的申请。", []),
    ("未按时答复的情况较少。", []),
]


@pytest.mark.parametrize(("text", "types"), ZEROS)
def test_zeros_by_negation(text: str, types: list[str]) -> None:
    facts = facts_in_text(text, YEAR)
    assert [fact.type for fact in facts] == types
    assert all(fact.value == 0 and fact.polarity == "zero_by_negation" and fact.value_start is None for fact in facts)


def test_a_denied_number_counts_nothing() -> None:
    assert facts_of("全年没有发生一起泄密事件。") == [("gov.incidents", 0)]


def test_a_printed_zero_is_a_count_and_may_count_two_things() -> None:
    facts = facts_in_text("行政复议、行政诉讼均为0件。", YEAR)
    assert [(fact.type, fact.value, fact.polarity) for fact in facts] == [
        ("rem.review", 0, "count"),
        ("rem.suit", 0, "count"),
    ]


@pytest.mark.parametrize(
    ("text", "qualifier"), [("共公开各类政府信息条。", "missing"), ("共公开各类政府信息**条。", "masked")]
)
def test_a_number_that_is_not_there(text: str, qualifier: str) -> None:
    fact = only(text)
    assert (fact.type, fact.value, fact.qualifier) == ("pub.info_total", None, qualifier)
    assert (fact.value_start is None) == (qualifier == "missing")


# --- period and scope --------------------------------------------------------------------------------------------

PERIODS = [
    ("全年公开政府信息30条。", "full_year", "2021-12-31"),
    ("截至12月底,公开政府信息30条。", "full_year", "2021-12-31"),
    ("截至第三季度,报送信息30条。", "partial_year", "2021-09-30"),
    ("截至2021年6月30日,公开政府信息30条。", "partial_year", "2021-06-30"),
    ("上半年公开政府信息30条。", "partial_year", "2021-06-30"),
    ("1-9月公开政府信息30条。", "partial_year", "2021-09-30"),
    ("目前共有政务新媒体账号18个。", "point_in_time", "2021-12-31"),
    ("微信公众号关注人数7600人。", "point_in_time", "2021-12-31"),
    ("自2015年以来,累计编发政府公报96期。", "cumulative", "2021-12-31"),
    ("2020年,公开政府信息30条。", "other_year", "2020-12-31"),
    ("去年公开政府信息30条。", "other_year", "2020-12-31"),
    ("公开2020年度部门决算30家。", "full_year", "2021-12-31"),
]


@pytest.mark.parametrize(("text", "kind", "end"), PERIODS, ids=[row[0] for row in PERIODS])
def test_period(text: str, kind: str, end: str) -> None:
    period = only(text).period
    assert (period.kind, period.end) == (kind, end)


def test_without_a_year_no_date_is_guessed() -> None:
    (fact,) = facts_in_text("全年公开政府信息30条。")
    assert (fact.period.kind, fact.period.start, fact.period.end) == ("full_year", None, None)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("全县公开政府信息30条。", "whole_area"),
        ("各乡镇公开政府信息30条。", "subordinate"),
        ("我局公开政府信息30条。", "own"),
    ],
)
def test_scope(text: str, scope: str) -> None:
    assert only(text).scope == scope


# --- links -------------------------------------------------------------------------------------------------------


def links(text: str) -> list[tuple[int | float | None, str | None, str]]:
    return [(fact.value, fact.part_of, fact.part_role) for fact in facts_in_text(text, YEAR)]


def test_parts_that_add_up_are_exhaustive() -> None:
    assert links("公开信息100条,其中动态60条、公告40条。") == [
        (100, None, "whole"),
        (60, "f0", "part_exhaustive"),
        (40, "f0", "part_exhaustive"),
    ]


def test_parts_that_do_not_add_up_are_open() -> None:
    assert links("公开信息100条,其中动态60条、公告10条。")[1:] == [(60, "f0", "part_open"), (10, "f0", "part_open")]


def test_brackets_nest() -> None:
    assert links("公开信息100条(其中财务信息9条(部门预算5条、部门决算4条))。") == [
        (100, None, "whole"),
        (9, "f0", "part_open"),
        (5, "f1", "part_exhaustive"),
        (4, "f1", "part_exhaustive"),
    ]


def test_another_thing_in_the_list_is_no_part() -> None:
    assert links("公开信息100条,其中动态60条,接待来访群众20人次。")[2] == (20, None, "none")


def test_numerator_denominator_and_rate() -> None:
    assert links("报送信息90条,采用48条,采用率53.3%。") == [
        (90, None, "none"),
        (48, "f0", "part_open"),
        (53.3, None, "none"),
    ]


def test_an_unknown_part_takes_the_type_of_parts() -> None:
    facts = facts_in_text("公开信息100条,其中庐阳风采60条。", YEAR)
    assert [(fact.type, fact.part_of) for fact in facts] == [("pub.info_total", None), ("pub.info_by_topic", "f0")]


def test_an_unknown_count_keeps_its_subject() -> None:
    fact = only("慰问困难群众260户。")
    assert (fact.type, fact.attributes["subject"]) == ("oth.count", "慰问困难群众")


# --- a whole document --------------------------------------------------------------------------------------------

REPORT = """一、总体情况
如有疑问,请联系办公室,电话:0551-6233333,邮编:230000。
全年公开政府信息300条。
二、主动公开政府信息情况
行政许可 12件
三、存在问题
公开信息少于上年30条。
六、其他需要报告的事项
未收取信息处理费。
"""


def test_tables_contacts_and_problems_are_not_searched() -> None:
    source = Source(path="a.txt", sha256="", media_type="text/plain", encoding="utf-8", bytes=0)
    document = Document(source=source, text=REPORT, folded=fold(REPORT))
    heads = [
        ("overview", "一、总体情况"),
        ("disclosure", "二、主动公开政府信息情况"),
        ("issues", "三、存在问题"),
        ("other", "六、其他需要报告的事项"),
    ]
    starts = [REPORT.index(heading) for _, heading in heads] + [len(REPORT)]
    sections = [
        Section(id=name, heading=heading, start=starts[at], end=starts[at + 1])
        for at, (name, heading) in enumerate(heads)
    ]
    row = REPORT.index("行政许可")
    table = Table(id="disclosure", form="F2021", start=row, end=row + 8, cells=())
    found = find_facts(document, sections, [table], YEAR).facts
    assert [(fact.id, fact.type, fact.section) for fact in found] == [
        ("f0", "pub.info_total", "overview"),
        ("f1", "req.fee_collected", "other"),
    ]


PIECES = [
    "全年公开政府信息",
    "２０００余条",
    "3件",
    "，",
    "、",
    "。",
    "\r\n",
    " ",
    "\u3000",
    "其中：",
    "（",
    "）",
    "政府網站",
    "培訓",
    "未收到申请",
    "无",
    "分别为",
    "𠀀",
    "1,200",
    "《",
    "》",
    "截至9月",
    "均为0",
    "條",
    "100％",
    "由5天缩短至3天",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_offsets_hold_in_any_mixture(text: str) -> None:
    facts = facts_in_text(text, YEAR)
    for number, fact in enumerate(facts):
        assert fact.id == f"f{number}"
        assert text[fact.start : fact.end] == fact.text
        if fact.value_start is not None and fact.value_end is not None:
            assert fact.start <= fact.value_start < fact.value_end <= fact.end


ADVERSARIAL = [
    "信息", "1件", "(", "其中3条,", "未", "《", "1、", "分别为1、", "截至", "由5天缩短至", "、", "自2015年", "1起诉", "1件(", ";", "一、",
]  # fmt: skip


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_cost_grows_with_length_not_faster(unit: str) -> None:
    """Ten times the text takes about ten times as long, a hundred times where something starts over at each place."""
    short = min(_seconds(unit, 10_000) for _ in range(2))
    assert _seconds(unit, 100_000) < 30 * max(short, 0.005)


def _seconds(unit: str, length: int) -> float:
    text = unit * (length // len(unit))
    begin = time.process_time()
    facts_in_text(text, YEAR)
    return time.process_time() - begin


# --- what a clause is made of ------------------------------------------------------------------------------------

CLAUSES = [
    ("a noun with a bracket inside", "85个村（社区）查阅点对外开放。", [("plt.reading_places", 85)]),
    ("a bracket that is no part of a noun", "行政复议1件（结果维持）。", [("rem.review", 1)]),
    ("a word hidden by one that begins in the unit", "全年发生1起诉讼。", [("rem.suit", 1)]),
    ("a magnitude that only says which ones", "其中12件作品播放量过百万。", [("oth.count", 12)]),
    ("numbers that order the telling", "涉及行政许可、行政处罚等12个方面。", []),
    ("a price", "超过30页的，每页收取20元。", []),
    ("a duty for each period", "每月检查不少于2次。", []),
    ("a label with a colon", "信息公开专门机构：2个。", [("oth.count", 2)]),
    ("how a form counts", "公开信息数（相同信息计1条）：640条。", [("pub.info_total", 640)]),
]


@pytest.mark.parametrize(("text", "facts"), [case[1:] for case in CLAUSES], ids=[case[0] for case in CLAUSES])
def test_clauses(text: str, facts: list[tuple[str, int]]) -> None:
    assert facts_of(text) == facts
