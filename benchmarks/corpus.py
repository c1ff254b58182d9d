"""A corpus of invented reports, as many as are wanted, the same for the same seed.

    python -m benchmarks.corpus FOLDER --reports 1000 [--seed 0]

Each has a title, a narrative of some 1,500 characters with counts, the three tables of the form of its year in one of
the layouts of ``tests.support``, problems and measures. The issuers are invented; each files several years. A tenth is
in GB 18030, every hundredth has a fault of its issuer, every five-hundredth is no report at all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.support.filled import FilledForm, fill, with_marks, with_values
from tests.support.render import LAYOUTS, applicable, print_tables

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
FOLDER = 1_000  # reports a folder
NOISE = ("indents", "full_width", "pages", "blank_lines", "trailing_space", "punctuation", "header_again")

_FIRST = "青云石清望临白长安永新金南北东西平兴和丰宁泰昌华龙凤松柳河湖"
_SECOND = "溪川原桥山阳泉江林岭湾塘沙浦口关坪田城乡洲港泽陵丘源谷岩峰"
_PLACES = ("县", "县", "县", "区", "市", "镇", "乡")
_ORGANS = (
    "人民政府",
    "人民政府办公室",
    "教育局",
    "财政局",
    "水利局",
    "民政局",
    "住房和城乡建设局",
    "市场监督管理局",
    "交通运输局",
)

_LEADS = (
    "{year}年，我{place}认真落实《中华人民共和国政府信息公开条例》各项规定，围绕中心工作推进公开。",
    "{year}年，本机关坚持以公开为常态、不公开为例外，扎实做好各类信息的公开和管理。",
    "一年来，按照上级关于政务公开的部署，我们把公开要求融入日常办理，取得了一定成效。",
)
_SENTENCES = (
    "全年通过门户网站主动公开信息{a}条，其中工作动态{b}条、通知公告{c}条。",
    "政务微信公众号推送信息{b}条，政务微博发布{c}条。",
    "围绕财政、就业、养老等领域公开重点信息{c}条，公开部门预算决算{d}份。",
    "制发规范性文件{d}件，清理废止文件{e}件。",
    "发布政策解读材料{d}篇，其中图解{e}篇、视频解读{e}篇。",
    "举办新闻发布会{e}次，主要负责人参加{e}次，在线访谈{e}次。",
    "回应群众留言{b}件，办结率{p}%，平均办理时间{e}个工作日。",
    "全年共受理信息公开申请{d}件，已按期答复{d}件，没有发生超期答复。",
    "办理人大代表建议{d}件、政协委员提案{e}件，办理结果均已公开。",
    "更新栏目{d}个，新增专题{e}个，对{e}个长期未更新的栏目进行了归并。",
    "组织业务培训{e}期，参训人员{d}人次，开展检查{e}次，通报问题{d}个。",
    "本年度没有收到因信息公开引发的行政复议和行政诉讼。",
    "在公共服务中心和图书馆设置查阅点{e}处，接待查阅群众{c}人次。",
    "12345热线转办诉求{b}件，按时办结率{p}%，满意率{p}%。",
    "编制公开目录{e}项，动态调整权责清单事项{d}项。",
    "对属性为依申请公开的文件定期评估，转为主动公开{e}件。",
)
_HEADS = ("（一）主动公开。", "（二）依申请公开。", "（三）政府信息管理。", "（四）平台建设。", "（五）监督保障。")
_PROBLEMS = (
    "解读形式较为单一，图表、视频等方式用得不多，群众不易看懂",
    "部分栏目更新不及时，个别单位报送信息滞后",
    "基层工作人员变动频繁，业务不够熟练，经办质量不高",
    "主动公开的范围和深度不够，与群众关心的事项还有差距",
    "依申请公开答复的格式和用语不够规范",
    "公开平台检索功能不完善，信息查找不便",
    "各部门之间沟通协调不够，公开工作合力尚未形成",
    "对政策文件的宣传推广力度不足，知晓率有待提高",
)
_MEASURES = (
    "丰富解读方式，对每份重要文件同步制作图文解读",
    "建立栏目更新台账，每月通报一次更新情况",
    "举办{e}期专题培训，实行新任人员跟班学习",
    "梳理群众关心的事项，细化公开目录{d}项",
    "完善答复文书模板，由法制机构逐件审核",
    "升级网站检索功能，整合重复栏目",
    "明确牵头单位和时限，纳入年度考核",
)
_ORDINALS = "一二三四五六七八"
_OTHER = (
    "无。",
    "本年度未收取信息处理费。",
    "{year}年收取信息处理费的件数为0件，金额为0元。",
    "无其他需要报告的事项。",
)


class Made(NamedTuple):
    """One generated file."""

    path: str
    data: bytes


def generate(count: int, *, seed: int = 0) -> Iterator[Made]:
    """Yield ``count`` files; the first ones of a larger corpus are those of a smaller one."""
    for number in range(count):
        random = Random(f"{seed}-{number}")
        name = f"{number // FOLDER:03}/{number:06}.txt"
        if number % 500 == 499:
            yield Made(name, random.randbytes(3_000))
            continue
        text = report(number, random)
        yield Made(name, text.encode("gb18030" if number % 10 == 7 else "utf-8"))


def report(number: int, random: Random) -> str:
    """Return the text of one report."""
    year = YEARS[number % len(YEARS)]
    issuer = Random(number // len(YEARS))
    place = issuer.choice(_FIRST) + issuer.choice(_SECOND) + issuer.choice(_PLACES)
    organ = issuer.choice(_ORGANS)
    layout = random.choice(sorted(LAYOUTS))
    form = "F2019" if year < 2021 else "F2021"
    noise = applicable([name for name in NOISE if random.random() < 0.15], layout, form)
    tables = print_tables(_filled(form, number, random), layout, noise, random=random)
    parts = (
        f"{place}{organ}{year}年政府信息公开工作年度报告",
        f"一、总体情况\n{_overview(year, place[-1], random)}",
        f"二、主动公开政府信息情况\n{tables['disclosure']}",
        f"三、收到和处理政府信息公开申请情况\n{tables['requests']}",
        f"四、政府信息公开行政复议、行政诉讼情况\n{tables['remedies']}",
        f"五、存在的主要问题及改进情况\n{_issues(random)}",
        f"六、其他需要报告的事项\n{random.choice(_OTHER).format(year=year)}",
    )
    return "\n".join(parts) + "\n"


def _filled(form: str, number: int, random: Random) -> FilledForm:
    filled = fill(form, random, density=random.choice((0.02, 0.1, 0.3)), large=random.random() < 0.2)
    if number % 100 == 42:  # a total that the issuer got wrong
        place = ("requests", "result_total", "total")
        value = filled.cells[place]
        filled = with_values(filled, {place: value + 1 if isinstance(value, int) else 1})
    return with_marks(filled, random, "dash") if random.random() < 0.05 else filled


def _overview(year: int, place: str, random: Random) -> str:
    paragraphs = [random.choice(_LEADS).format(year=year, place=place)]
    sentences = random.sample(_SENTENCES, len(_SENTENCES))
    for at, head in enumerate(_HEADS):
        chosen = sentences[at * 3 : at * 3 + 3]
        paragraphs.append(head + "".join(_with_numbers(sentence, random) for sentence in chosen))
    return "\n".join(paragraphs)


def _with_numbers(sentence: str, random: Random) -> str:
    return sentence.format(
        a=random.randint(1_000, 9_000),
        b=random.randint(100, 900),
        c=random.randint(20, 99),
        d=random.randint(10, 40),
        e=random.randint(1, 9),
        p=random.choice((100, 98.5, 99.2, 97)),
    )


def _issues(random: Random) -> str:
    problems = random.sample(_PROBLEMS, random.randint(2, 4))
    measures = random.sample(_MEASURES, random.randint(2, 4))
    if random.random() < 0.5:
        listed = "；".join(f"{_ORDINALS[n]}是{text}" for n, text in enumerate(problems))
        planned = "；".join(f"{_ORDINALS[n]}是{_with_numbers(text, random)}" for n, text in enumerate(measures))
        return f"（一）存在的问题\n{listed}。\n（二）改进措施\n{planned}。"
    listed = "\n".join(f"{n}.{text}。" for n, text in enumerate(problems, start=1))
    planned = "\n".join(f"{n}.{_with_numbers(text, random)}。" for n, text in enumerate(measures, start=1))
    return f"主要问题：\n{listed}\n下一步，将重点做好以下工作：\n{planned}"


def write(folder: Path, count: int, *, seed: int = 0) -> int:
    """Write a corpus to ``folder`` and return its size in bytes."""
    size = 0
    for made in generate(count, seed=seed):
        path = folder / made.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.data)
        size += len(made.data)
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reports", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{write(options.folder, options.reports, seed=options.seed)} bytes")


if __name__ == "__main__":
    main()
