"""Quantities of the prose: tables of examples by origin, offsets, bounds, and cost.
受益5000+人 => 5000 5000 人 more_than
栽种3200株、开办讲坛1档 => 3200 3200 株; 1 1 档
制作H53个 => 3 3 个
相同信息计1条，共计1条 => 1 1 条

A line of a table is ``text => number value unit [qualifier] [kind]; …``: number as printed (``∅`` for a missing one),
``-`` for no value or no unit, ``3..5`` for the ends of a range; qualifier and kind are ``exact`` and ``cardinal``
when left out (percent and multiple follow from the unit). Nothing after the arrow: the text holds no quantity.
"""

from __future__ import annotations

import time
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gknlp.errors import KnowledgeError
from gknlp.knowledge.quantities import QuantityExample, load_quantities, parse_quantities
from gknlp.text.normalize import fold
from gknlp.text.numbers import Quantity, find_quantities

DEVELOPED_ON = """
全年共主动公开各类政府信息4120条。 => 4120 4120 条
发布动态信息３５条 => ３５ 35 条
点击量达8140485次 => 8140485 8140485 次
访问量突破1，234，567次 => 1，234，567 1234567 次 more_than
公开信息1,234条 => 1,234 1234 条
公开信息 2 024 条，其中 => 2 024 2024 条
共受理 1 2 3 件 => 1 2 3 123 件
办结率100%、满意率98.5％ => 100 100 %; 98.5 98.5 %
错误率0.3‰ => 0.3 0.3 ‰
百分之九十八的申请按期答复 => 百分之九十八 98 %
群众满意率达百分之百 => 百分之百 100 %
合格率百分之九十八点五 => 百分之九十八点五 98.5 %
近百分之九十 => 百分之九十 90 % approx
满意率98%以上 => 98 98 % more_than
提高3个百分点 => 3 3 个百分点
下降0.5个百分点 => 0.5 0.5 个百分点
同比增长1.4倍 => 1.4 1.4 倍
是上年的三倍 => 三 3 倍
同比增长-3.2% => -3.2 -3.2 %
组织培训三十二次 => 三十二 32 次
召开两次会议 => 两 2 次
发放手册一百二十三万份 => 一百二十三万 1230000 份
累计公开两千零六件 => 两千零六 2006 件
受理一〇五件 => 一〇五 105 件
召开十余场宣讲 => 十 10 场 more_than
近百次 => 百 100 次 approx
上百人次 => 百 100 人次 more_than
百余条信息 => 百 100 条 more_than
万余人次 => 万 10000 人次 more_than
过千条信息 => 千 1000 条 more_than
开展数十场活动 => 数十 - 场 approx
回应若干条 => 若干 - 条 approx
几十万人次浏览 => 几十万 - 人次 approx
数次会商 => 数 - 次 approx
十几个栏目 => 十 10 个 more_than
十来次 => 十 10 次 more_than
三四次 => 三四 3..4 次 approx
三五百人 => 三五百 300..500 人 approx
十七八件 => 十七八 17..18 件 approx
1.2万次 => 1.2万 12000 次
浏览量3亿次 => 3亿 300000000 次
14万余条 => 14万 140000 条 more_than
投资80余万元 => 80余万 800000 元 more_than
金额144.44万元 => 144.44万 1444400 元
总投资3亿5000万元 => 3亿5000万 350000000 元
20 万元 => 20 万 200000 元
一百余万元 => 一百余万 1000000 元 more_than
1.2万余人 => 1.2万 12000 人 more_than
5千余册 => 5千 5000 册 more_than
阅读量212.6万。 => 212.6万 2126000 -
每月3—5条 => 3—5 3..5 条 approx
每季度3至5次 => 3至5 3..5 次 approx
3-5人 => 3-5 3..5 人 approx
3~5个 => 3~5 3..5 个 approx
3条至5条 => 3条至5 3..5 条 approx
3%-5% => 3%-5 3..5 % approx
3—5万元 => 3—5万 30000..50000 元 approx
两至三次 => 两至三 2..3 次 approx
约200人次 => 200 200 人次 approx
大约5场 => 5 5 场 approx
将近80件 => 80 80 件 approx
接近800条 => 800 800 条 approx
超30万次 => 30万 300000 次 more_than
超过500件 => 500 500 件 more_than
突破1000条 => 1000 1000 条 more_than
多达300条 => 300 300 条
达300条 => 300 300 条
不足10件 => 10 10 件 less_than
不到三成，共9件 => 9 9 件
至少5次 => 5 5 次 at_least
不少于4场 => 4 4 场 at_least
不超过8件 => 8 8 件 at_most
最多3个 => 3 3 个 at_most
100条以上 => 100 100 条 more_than
10件以下 => 10 10 件 less_than
5件以内 => 5 5 件 less_than
20场左右 => 20 20 场 approx
约6000余个 => 6000 6000 个 approx
近300余人 => 300 300 人 approx
约90%以上 => 90 90 % approx
超过100余件 => 100 100 件 more_than
100多名 => 100 100 名 more_than
4300多条 => 4300 4300 条 more_than
公开各类政府信息条。 => ∅ - 条 missing missing
共条，其中网站30条 => ∅ - 条 missing missing; 30 30 条
全年受理政府信息公开申请 件，办结率100% => ∅ - 件 missing missing; 100 100 %
组织业务培训次。 => ∅ - 次 missing missing
按期办结率为%。 => ∅ - % missing missing
发布信息**条，受理××件 => ** - 条 masked masked; ×× - 件 masked masked
公开XX条，__件 => XX - 条 masked masked; __ - 件 masked masked
公开信息1**条 => 1** - 条 masked masked
复议、诉讼均为0。 => 0 0 -
复议件数均为零。 => 零 0 -
合计1136 => 1136 1136 -
分别为10、20和30件 => 10 10 -; 30 30 件
共有工作人员4人。 => 4 4 人
申请28例，复议7次，转办89件次 => 28 28 例; 7 7 次; 89 89 件次
平均办理时间2.6天 => 2.6 2.6 天
平均用时3个工作日 => 3 3 个工作日
列全市第3名 => 3 3 名 exact ordinal
第七期培训班 => 七 7 期 exact ordinal
全省排名第一。 => 一 1 - exact ordinal
位居全市第3位 => 3 3 位 exact ordinal
答复30人(次) => 30 30 人(次)
解读12期（次） => 12 12 期(次)
浏览80次/场，共 => 80 80 次
等5个平台、26个领域 => 5 5 个; 26 26 个
等五项制度 => 五 5 项
一个窗口受理 => 一 1 个
得分98.5分 => 98.5 98.5 分
占总体的21% => 21 21 %
2021年1月31日前公开 =>
截至12月底，1—9月，三季度，上半年 =>
二〇二一年度，2021-01-01起，2020至2021年 =>
2 0 2 1 年度报告 =>
20个工作日内答复，5小时内响应，24小时值班 =>
三天内，15日内 =>
国办发〔2021〕58号，[2020]12号，（2021）12 号 =>
国务院令第711号，第二十条第（一）项，第三十三条 =>
电话：0737-1234567，邮编：413500，手机13812345678 =>
政府大楼442室，人民路18号，大厅2楼 =>
网址http://www.a12345.gov.cn/2021/12/t20211231_1.html，邮箱ab123@163.com =>
（一）总体，1.主动公开，2、依申请，（3）监督，一是健全，二是完善 =>
12345热线、110联动、12315平台、IPv6改造、5G网络、A4纸 =>
五公开、三审三校、两化、三位一体、一站式、一网通办、7×24小时、最多跑一次 =>
一件事一次办，双随机一公开，八项规定，三公经费，四个意识，两个维护 =>
百姓、万众、一些、一定、一律、一方面、一般、统一部署、进一步、唯一 =>
第一时间，每一项，这一次，逐一，万一，之一 =>
一次性告知，一起，一批，十分必要，一系列 =>
《关于2021年第一次会议的通知》《5项制度》 =>
获“3项第一”称号 =>
比例为3:1，得票2/3，9:00至17:00，9时30分 =>
V2.0版，10.1.2.3 =>
修订条例、条件、文件、事件、个人、项目 =>
每次会议，多次培训，首次召开，逐条审核，历次检查 =>
统一公开文件。印发文件，制定政策文件。 =>
保留4位小数，三级联动，两级平台 =>
2组织开展培训，3大力推进 =>
"""

BUGS = """
约6000余个 => 6000 6000 个 approx
预约12人次，节约20万元，附近3处 => 12 12 人次; 20万 200000 元; 3 3 处
签约5家，合约3份，集约建设2个 => 5 5 家; 3 3 份; 2 2 个
最近5次检查 => 5 5 次
总数十二件 => 十二 12 件
参与人数百余人 => 百 100 人 more_than
十一次会议 => 十一 11 次
三公里，三公经费 => 三 3 公里
其中:12条 => 12 12 条
线上12场，网上1次 => 12 12 场; 1 1 次
一条条、一件件、一项项 =>
清单一份 => 一 1 份
点赞量超百万。 => 百万 1000000 - more_than
办公室442；邮编413500 =>
公开110,000条，119—120件，约110余 件 => 110,000 110000 条; 119—120 119..120 件 approx; 110 110 件 approx
"""

HELD_OUT = """
本年度我局共制发公文六十八件，主动公开率达86.7%。 => 六十八 68 件; 86.7 86.7 %
微信公众号粉丝数2.3万人，总阅读量逾150万次 => 2.3万 23000 人; 150万 1500000 次 more_than
共收到人大代表建议47件、政协提案62件，答复率均为100%。 => 47 47 件; 62 62 件; 100 100 %
收到依申请公开17件（其中自然人15件，法人2件） => 17 17 件; 15 15 件; 2 2 件
较上年增长12.5%，增加28件 => 12.5 12.5 %; 28 28 件
全区46家政府网站、120余个政务新媒体账号 => 46 46 家; 120 120 个 more_than
编发《政府公报》12期，免费赠阅1.8万余册 => 12 12 期; 1.8万 18000 册 more_than
举办新闻发布会二十四场，参加记者近三百人次 => 二十四 24 场; 三百 300 人次 approx
受理12345政务服务便民热线工单9,856件 => 9,856 9856 件
按照《条例》第三十六条第（七）项规定，不予处理3件 => 3 3 件
2021年3月和9月分别开展2次专项检查 => 2 2 次
发放宣传资料3000余份，悬挂横幅10多条 => 3000 3000 份 more_than; 10 10 条 more_than
在全市考核中列第2位 => 2 2 位 exact ordinal
第三届、第12批 => 三 3 届 exact ordinal; 12 12 批 exact ordinal
每周公开2-3次 => 2-3 2..3 次 approx
每期约三至五篇 => 三至五 3..5 篇 approx
占全部申请的四分之一 =>
占百分之三十六点五 => 百分之三十六点五 36.5 %
不低于95% => 95 95 % at_least
误差不超过1‰ => 1 1 ‰ at_most
处理问题线索几十条 => 几十 - 条 approx
接听电话数千个 => 数千 - 个 approx
组织各类培训共计场次，参训人员800余人 => 800 800 人 more_than
全年共发布信息XXX条 => XXX - 条 masked masked
回复网民留言＊＊＊件 => ＊＊＊ - 件 masked masked
通过政府网站公开信息篇，占比60% => ∅ - 篇 missing missing; 60 60 %
发布政策解读 期；发布公告公示 条。 => ∅ - 期 missing missing; ∅ - 条 missing missing
平均每件用时4.5个工作日 => 4.5 4.5 个工作日
应当自收到申请之日起20个工作日内予以答复 =>
不得收取任何费用，法定期限15个工作日 =>
地址：建设路128号行政中心3号楼506室 =>
联系电话：010-66012345转8012 =>
传真：6601234，邮政编码：100000 =>
统计期限为2021年1月1日至2021年12月31日 =>
根据国办公开办函〔2021〕30号和省政府令第290号 =>
“十四五”规划、“放管服”改革、“双公示”、“2+26”城市 =>
落实“一件事一次办”“三集中三到位”要求 =>
坚持一企一策、一人一档，做到一目了然 =>
一手抓公开，一手抓服务，一以贯之 =>
千方百计为百姓排忧解难，万无一失 =>
三是加强领导；四是强化考核； =>
1、加强组织领导 2、健全制度 =>
二、主动公开政府信息情况 =>
党的十九届六中全会精神，二十大报告 =>
一方面加强学习，另一方面强化督查 =>
自2015年以来编发公报96期 => 96 96 期
截至2021年12月31日，累计备案账号20个 => 20 20 个
投入资金八十六万元 => 八十六万 860000 元
实际收取信息处理费270元 => 270 270 元
收费金额合计0.00元 => 0.00 0 元
清理规范性文件1 256件 => 1 256 1256 件
新增栏目3个、优化栏目5个、关停栏目1个 => 3 3 个; 5 5 个; 1 1 个
召开常务会议20余次，审议议题百余项 => 20 20 次 more_than; 百 100 项 more_than
三个月、五年来、近两周 =>
得票率超九成，优秀3家 => 3 3 家
两名专职人员、五名兼职人员 => 两 2 名; 五 5 名
每个单位至少配备1-2名信息员 => 1-2 1..2 名 approx
抽查网站39家次 => 39 39 家次
印制明白卡15000张 => 15000 15000 张
LED屏12块，触摸屏3台 => 12 12 块; 3 3 台
发布短视频56部，播放量超1000万。 => 56 56 部; 1000万 10000000 - more_than
点击率上升15.3个百分点，是去年的2.1倍 => 15.3 15.3 个百分点; 2.1 2.1 倍
网站访问量1千余万人次 => 1千余万 10000000 人次 more_than
公开事项目录526项 => 526 526 项
无人机5架次 =>
咨询服务2批次30人 => 2 2 批次; 30 30 人
发现错链死链十一处、错别字八十六处 => 十一 11 处; 八十六 86 处
建成“15分钟便民圈”4个 => 4 4 个
"""


def rows(table: str) -> list[str]:
    return table.strip().splitlines()


def expected(row: str) -> tuple[str, list[tuple[str, str, str, str, str]]]:
    text, _, right = row.partition(" =>")
    return text, [_entry(entry) for entry in right.split(";") if entry.strip()]


def _entry(entry: str) -> tuple[str, str, str, str, str]:
    words = entry.split()
    # A number may hold spaces (2 024): the last fields are fixed from the value on.
    tail: list[str] = []
    if words[-1] in ("ordinal", "missing", "masked"):
        tail = [words.pop()]
    qualifiers = ("exact", "approx", "more_than", "less_than", "at_least", "at_most", "missing", "masked")
    qualifier = words.pop() if words[-1] in qualifiers else "exact"
    unit, value, number = words[-1], words[-2], " ".join(words[:-2])
    kinds = {"%": "percent", "‰": "percent", "倍": "multiple"}
    return number, value, unit, qualifier, tail[0] if tail else kinds.get(unit, "cardinal")


def shown(text: str, quantity: Quantity) -> tuple[str, str, str, str, str]:
    number = text[quantity.value_start : quantity.value_end] or "∅"
    value = "-" if quantity.value is None else str(quantity.value)
    if quantity.value is None and quantity.lower is not None:
        value = f"{quantity.lower}..{quantity.upper}"
    assert fold(text[quantity.unit_start : quantity.unit_end]) in (quantity.unit, "百分之")
    return number, value, quantity.unit or "-", quantity.qualifier, quantity.kind


def check(row: str) -> None:
    text, wanted = expected(row)
    assert [shown(text, quantity) for quantity in find_quantities(fold(text))] == wanted


@pytest.mark.parametrize("row", rows(DEVELOPED_ON))
def test_developed_on(row: str) -> None:
    check(row)


@pytest.mark.parametrize("row", rows(BUGS))
def test_bugs(row: str) -> None:
    check(row)


@pytest.mark.parametrize("row", rows(HELD_OUT))
def test_held_out(row: str) -> None:
    check(row)


def test_there_are_enough_examples() -> None:
    assert len(rows(DEVELOPED_ON)) + len(rows(BUGS)) + len(rows(HELD_OUT)) >= 200


@pytest.mark.parametrize("example", load_quantities().example, ids=lambda example: example.text)
def test_examples_of_the_knowledge(example: QuantityExample) -> None:
    read = [
        (example.text[q.value_start : q.value_end], q.value, q.unit, q.qualifier, q.kind)
        for q in find_quantities(example.text)
    ]
    assert read == list(example.read)


@pytest.mark.parametrize("name", sorted({name for group in load_quantities().words for name in group.names}))
def test_fixed_words_are_no_quantities(name: str) -> None:
    assert find_quantities(f"做好{name}工作") == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('class = "score"', 'class = "scores"', "unit"),
        ('names = ["倍"]', 'names = ["倍", "条"]', "条 stands in two lists"),
        ('first = "《"', 'first = ""', "pattern"),
        ('rest = "[^《》。;]', 'rest = "([^《》。;]', "pattern"),
        ("[vague]", "[vagues]", "vague"),
    ],
)
def test_wrong_knowledge_names_file_and_key(old: str, new: str, message: str) -> None:
    data = (resources.files("gknlp.knowledge") / "quantities.toml").read_text(encoding="utf-8")
    assert old in data
    with pytest.raises(KnowledgeError, match=rf"q\.toml: .*{message}"):
        parse_quantities(data.replace(old, new), name="q.toml")


def test_a_part_of_a_text_is_read_with_its_offsets() -> None:
    text = "共公开信息约120条,办结30件。另有5份"
    assert [quantity.start for quantity in find_quantities(text)] == [5, 13, 19]
    (quantity,) = find_quantities(text, 11, 17)
    assert text[quantity.start : quantity.end] == "30件"
    assert (quantity.value_start, quantity.unit_start) == (13, 15)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("共30件", (30, 30)),
        ("约30件", (None, None)),
        ("30余件", (30, None)),
        ("至少30件", (30, None)),
        ("不足30件", (None, 30)),
        ("至多30件", (None, 30)),
        ("20—30件", (20, 30)),
        ("数十件", (None, None)),
    ],
)
def test_bounds_are_what_the_wording_says(text: str, bounds: tuple[int | None, int | None]) -> None:
    (quantity,) = find_quantities(text)
    assert (quantity.lower, quantity.upper) == bounds


def test_markers_belong_to_the_expression() -> None:
    text = "接听来电约6000余个以上,"
    (quantity,) = find_quantities(text)
    assert text[quantity.start : quantity.end] == "约6000余个以上"
    assert text[quantity.value_start : quantity.value_end] == "6000"


def test_a_number_broken_by_a_line_end_is_one_only_inside_a_sentence() -> None:
    (quantity,) = find_quantities("全年通过县政府门户网站共主动公开各类政府信息36\n24条。")
    assert quantity.value == 3624
    assert [q.value for q in find_quantities("合计36\n24条。")] == [36, 24]


FRAGMENTS = st.sampled_from(
    [
        *"0123456789一二三十百万亿〇两数几余多约近第年月条件个次",
        *"%,.、。:()《》“”*×- \n\t２，𠮷條",
        "12",
        "以上",
        "百分之",
        "公开信息",
    ]
)
MARKERS = st.sampled_from(["", "约", "近", "超过", "不足", "至少"])


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_offsets_hold_in_any_text(text: str) -> None:
    folded = fold(text)
    last = 0
    for quantity in find_quantities(folded):
        assert last <= quantity.start <= quantity.value_start <= quantity.value_end <= quantity.end <= len(text)
        last = quantity.end
        assert folded[quantity.unit_start : quantity.unit_end] in (quantity.unit, "百分之", "千分之")
        if quantity.kind == "missing":
            assert quantity.value_start == quantity.value_end == quantity.unit_start
        elif quantity.qualifier == "exact":
            assert quantity.value is not None
            assert quantity.value == quantity.lower == quantity.upper


@given(st.integers(0, 10**9), MARKERS, st.sampled_from(["条", "人次", "件次"]))
def test_any_count_is_read_back(count: int, marker: str, unit: str) -> None:
    for printed in (str(count), f"{count:,}"):
        (quantity,) = find_quantities(f"共公开信息{marker}{printed}{unit}。")
        assert (quantity.value, quantity.unit, quantity.value_end - quantity.value_start) == (count, unit, len(printed))


ADVERSARIAL = [
    "十", "1", "1,", "111,", "1.1", "1-", "3—", "2020、", "余", "第一", "“一", "(一", "《1", "*", "×1",
    "数", "数十", "1万", "10余", "百分之", "信息条,", "www.", "12、", "平均3天", "〔2021", "1:", "**条", "万", "近近",
    "1\n", "1 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_the_cost_is_linear(piece: str) -> None:
    """Ten times the text takes about ten times as long, a hundred times where a search starts over at each place."""
    short, long = piece * (10_000 // len(piece)), piece * (100_000 // len(piece))
    fast = min(_seconds(short) for _ in range(3))
    slow = _seconds(long)
    assert slow < 40 * max(fast, 0.002)


def _seconds(text: str) -> float:
    start = time.process_time()
    find_quantities(text)
    return time.process_time() - start
