"""Sections: heading variants, what is no heading, lost, doubled and wrapped headings, sub-headings, linear cost."""

from __future__ import annotations

import os
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gknlp.errors import KnowledgeError
from gknlp.knowledge.sections import load_sections, parse_sections
from gknlp.model import Section
from gknlp.readers import read_path, read_text
from gknlp.sections import Sections, split_sections
from gknlp.sections.headings import find_headings
from gknlp.sections.opening import is_preamble, is_title
from gknlp.text.normalize import fold
from gknlp.text.outline import marked_lines

IDS = ["overview", "disclosure", "requests", "remedies", "issues", "other"]
TITLE = "清河县民政局2022年政府信息公开工作年度报告"
PREAMBLE = (
    "根据《中华人民共和国政府信息公开条例》，特编制本报告。年报依次说明总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、"
    "政府信息公开行政复议、行政诉讼情况、存在的主要问题及改进情况和其他需要报告的事项，统计期限为2022年全年。"
)
HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
BODIES = (
    "全年公开各类信息320条，其中网站210条。\n（一）主动公开情况。通过网站公开文件12件。\n（二）依申请公开情况。共收到申请3件。",
    "第二十条第（一）项\t\t\t\n信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n规章\t0\t0\t0\n行政规范性文件\t1\t2\t3",
    "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）\t申请人情况\t总计\n一、本年新收政府信息公开申请数量\t3\t0\t3\n"
    "二、上年结转政府信息公开申请数量\t0\t0\t0\n三、本年度办理结果\t（一）予以公开\t3\t0\t3\n\t（六）其他处理\t3.其他\t0\t0\t0\n四、结转下年度继续办理\t0\t0\t0",
    "行政复议\t行政诉讼\n结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n0\t0\t0\t0\t0",
    "（一）存在的问题\n栏目更新不够及时，解读形式单一。\n（二）改进措施\n加强培训，丰富形式。",
    "无",
)
NUMERALS = "一二三四五六"
STYLES = {
    "comma": lambda place: f"{NUMERALS[place]}、",
    "dot": lambda place: f"{NUMERALS[place]}．",
    "comma and space": lambda place: f"{NUMERALS[place]}、 ",
    "space": lambda place: f"{NUMERALS[place]} ",
    "bracket": lambda place: f"（{NUMERALS[place]}）",
    "half-width bracket": lambda place: f"({NUMERALS[place]})",
    "sign": lambda place: chr(0x3220 + place),
    "Arabic dot": lambda place: f"{place + 1}.",
    "Arabic comma": lambda place: f"{place + 1}、",
    "part": lambda place: f"第{NUMERALS[place]}部分 ",
    "Markdown": lambda place: f"## {NUMERALS[place]}、",
    "bold": lambda place: f"**{NUMERALS[place]}、",
    "none": lambda place: "",
}


def compose(headings: list[str | None] | tuple[str | None, ...], *, preamble: bool = True) -> str:
    """A report of the six bodies; ``None`` leaves a heading out."""
    parts = [TITLE, *([PREAMBLE] if preamble else [])]
    for heading, body in zip(headings, BODIES, strict=True):
        parts += [heading, body] if heading is not None else [body]
    return "\n".join(parts) + "\n"


def numbered(style: str = "comma") -> list[str]:
    return [STYLES[style](place) + heading for place, heading in enumerate(HEADINGS)]


def split(text: str) -> Sections:
    found = split_sections(read_text(text))
    check_cover(text, found.sections)
    return found


def ids(found: Sections) -> list[str]:
    return [section.id for section in found.sections]


def codes(found: Sections) -> list[str]:
    return [diagnostic.code for diagnostic in found.diagnostics]


def check_cover(text: str, sections: tuple[Section, ...]) -> None:
    for section, following in pairwise(sections):
        assert section.end == following.start
    if sections:
        assert sections[-1].end == len(text)
    for section in sections:
        check_tree(text, section)


def check_tree(text: str, section: Section) -> None:
    assert 0 <= section.start <= section.end <= len(text)
    squeezed = "".join(text[section.start : section.end].split())
    assert squeezed.startswith("".join(section.heading.split()))
    at = section.start
    for child in section.children:
        assert child.level > section.level and child.heading and at <= child.start and child.end <= section.end
        at = child.end
        check_tree(text, child)


# -- the knowledge proves itself --


def _kinds_of(line: str) -> set[str]:
    kinds, folded = load_sections().section, fold(line)
    found = find_headings(folded, 0, marked_lines(folded))
    return {kinds[heading.kind].id for heading in found if heading.score >= 2.5}


@pytest.mark.parametrize(
    ("kind", "example"), [(kind.id, text) for kind in load_sections().section for text in kind.examples]
)
def test_every_example_is_a_heading_of_its_section(kind: str, example: str) -> None:
    assert _kinds_of(example) == {kind}


@pytest.mark.parametrize(
    ("kind", "example"), [(kind.id, text) for kind in load_sections().section for text in kind.counter_examples]
)
def test_no_counter_example_is_a_heading_of_the_section(kind: str, example: str) -> None:
    assert kind not in _kinds_of(example)


def test_title_and_preamble_examples() -> None:
    known = load_sections()
    assert [text for text in known.title.examples if not is_title(text)] == []
    assert [text for text in known.title.counter_examples if is_title(text)] == []
    assert [text for text in known.preamble.examples if not is_preamble(text)] == []
    assert [text for text in known.preamble.counter_examples if is_preamble(text)] == []


def test_wrong_knowledge_names_file_and_key() -> None:
    with pytest.raises(KnowledgeError, match=r"sections\.toml.*filler"):
        parse_sections("endings = []")


# -- headings of all shapes --


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("preamble", [True, False])
def test_numbering_styles(style: str, preamble: bool) -> None:
    found = split(compose(numbered(style), preamble=preamble))
    assert ids(found) == ["preamble"] * preamble + IDS
    assert codes(found) == []
    assert [section.heading for section in found.sections[preamble:]] == [
        heading.lstrip("#* ") for heading in numbered(style)
    ]


@pytest.mark.parametrize("ending", ["：", "。", "  ", "\t", "**", " |"])
def test_signs_behind_a_heading(ending: str) -> None:
    found = split(compose([heading + ending for heading in numbered()]))
    assert ids(found) == ["preamble", *IDS]
    assert [section.heading for section in found.sections[1:]] == numbered()


@pytest.mark.parametrize("blank", ["\n", "\n\u3000\u3000\n", "\r\n", "\n\f"])
def test_blank_lines_between(blank: str) -> None:
    text = read_text(compose(numbered()).replace("\n", "\n" + blank)).text
    assert ids(split(text)) == ["preamble", *IDS]


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("cut", [2, 3, -1, -2, -4])
def test_wrapped_heading(place: int, cut: int) -> None:
    """A heading broken over two lines is one heading, printed whole."""
    headings = numbered()
    whole = headings[place]
    at = cut if cut > 0 else len(whole) + cut
    headings[place] = whole[:at] + "\n" + whole[at:]
    found = split(compose(headings))
    assert ids(found) == ["preamble", *IDS]
    assert [section.heading.replace("\n", "") for section in found.sections[1:]] == numbered()


@pytest.mark.parametrize("place", range(6))
def test_doubled_heading_opens_one_section(place: int) -> None:
    headings = numbered()
    text = compose([heading if at != place else f"{heading}\n\n{heading}" for at, heading in enumerate(headings)])
    found = split(text)
    assert ids(found) == ["preamble", *IDS]
    section = found.sections[place + 1]
    assert (
        section.start == text.index(headings[place]) and text[section.start : section.end].count(headings[place]) == 2
    )
    assert all(child.heading != headings[place] for child in section.children)


@pytest.mark.parametrize("place", [0, 4, 5])
@pytest.mark.parametrize("joint", ["。", "：", " "])
def test_heading_that_runs_into_its_paragraph(place: int, joint: str) -> None:
    headings = numbered()
    text = compose(headings).replace(headings[place] + "\n", headings[place] + joint)
    found = split(text)
    assert ids(found) == ["preamble", *IDS]
    assert found.sections[place + 1].heading == headings[place]


def test_text_without_line_ends() -> None:
    text = compose(numbered()).replace("\n", "")
    assert [name for name in ids(split(text)) if name != "preamble"] == IDS


def test_odd_characters() -> None:
    text = compose(["⼀、总体情況", "⼆、主動公開政府資訊情況".replace("資訊", "信息"), *numbered()[2:]])
    assert ids(split(text)) == ["preamble", *IDS]


def test_headings_with_the_issuer_and_the_year() -> None:
    headings = numbered()
    headings[0] = "一、2022年度政府信息公开工作总体情况"
    headings[4] = "五、我局政府信息公开工作存在的主要问题及改进情况"
    assert ids(split(compose(headings))) == ["preamble", *IDS]


@pytest.mark.parametrize("place", range(6))
def test_a_wrong_number_does_not_matter(place: int) -> None:
    headings = numbered()
    headings[place] = f"{NUMERALS[(place + 1) % 6]}、{HEADINGS[place]}"
    assert ids(split(compose(headings))) == ["preamble", *IDS]


@pytest.mark.parametrize("place", range(6))
def test_one_heading_without_its_number(place: int) -> None:
    headings = numbered()
    headings[place] = HEADINGS[place]
    found = split(compose(headings))
    assert ids(found) == ["preamble", *IDS]
    assert codes(found) == []


@pytest.mark.parametrize(
    ("place", "misprint"),
    [
        (0, "一、总休情况"),
        (1, "二、主劝公开政府信息情况"),
        (2, "三、收到和处理政府信息公开审请情况"),
        (3, "四、政府信息公开行政复仪、行政诉讼情况"),
        (4, "五、存在的主要间题及改进情况"),
        (5, "六、其他需要报吿的亊项"),
        (5, "六、其他需报告的事项"),
    ],
)
def test_misprints(place: int, misprint: str) -> None:
    headings = numbered()
    headings[place] = misprint
    found = split(compose(headings))
    assert ids(found) == ["preamble", *IDS]
    assert found.sections[place + 1].heading == misprint and codes(found) == []


# -- what is no heading --


def test_rows_of_the_table_are_no_headings() -> None:
    """Numbered rows stay inside section 三, in tabs and with one cell a line."""
    text = compose(numbered())
    for layout in (text, text.replace("\t", " |\n"), text.replace("\t", "\n")):
        found = split(layout)
        assert ids(found) == ["preamble", *IDS]
        requests = found.sections[3]
        assert "四、结转下年度继续办理" in layout[requests.start : requests.end]
        assert requests.children == ()


def test_table_of_contents() -> None:
    contents = "\n".join(["目录", *numbered()])
    text = TITLE + "\n" + contents + "\n" + compose(numbered()).removeprefix(TITLE + "\n")
    found = split(text)
    assert [name for name in ids(found) if name != "preamble"] == IDS
    assert next(section.start for section in found.sections if section.id != "preamble") == text.rindex("一、总体情况")
    assert codes(found) == []


def test_table_of_contents_with_page_numbers() -> None:
    contents = "\n".join(f"{heading}………{place + 1}" for place, heading in enumerate(numbered()))
    text = TITLE + "\n" + contents + "\n" + compose(numbered()).removeprefix(TITLE + "\n")
    assert [section.start for section in split(text).sections if section.id == "overview"] == [
        text.rindex("一、总体情况")
    ]


def test_numbering_inside_section_one() -> None:
    headings = numbered()
    headings[0] = "一、总体情况\n现将全年工作总结如下：\n一、工作情况\n（一）网站工作\n全年更新300条。\n二、队伍建设"
    found = split(compose(headings))
    assert ids(found) == ["preamble", *IDS]
    assert [child.heading for child in found.sections[1].children] == ["一、工作情况", "二、队伍建设"]


def test_sub_headings_that_sound_like_sections() -> None:
    headings = numbered()
    headings[0] = (
        "一、总体情况\n（一）主动公开情况\n公开12条。\n（二）依申请公开情况\n收到3件。\n（三）政府信息管理情况\n制发2件。\n"
        "（四）存在的问题\n更新不及时。\n（五）其他情况\n无。\n（六）监督保障情况\n培训1次。"
    )
    found = split(compose(headings))
    assert ids(found) == ["preamble", *IDS]
    assert [section.heading for section in found.sections[1:]] == numbered()[:1] + numbered()[1:]


def test_a_sentence_is_no_heading() -> None:
    headings = numbered()
    headings[4] += (
        "\n一、主动公开的范围和内容还不够全面，需要进一步加强。\n二、其他问题正在改进，相关事项已报告上级机关。"
    )
    assert ids(split(compose(headings))) == ["preamble", *IDS]


# -- lost headings --


@pytest.mark.parametrize("place", range(6))
def test_one_heading_lost(place: int) -> None:
    """A section whose heading is lost is found by its table or by words that stand only there; else it is named."""
    headings: list[str | None] = [*numbered()]
    headings[place] = None
    text = compose(headings)
    found = split(text)
    if place == 5:  # "无" tells nothing
        assert ids(found) == ["preamble", *IDS[:5]] and codes(found) == ["sections_absent"]
        assert "other" in found.diagnostics[0].message
        return
    assert ids(found) == ["preamble", *IDS]
    assert codes(found) == ["section_heading_lost"] and IDS[place] in found.diagnostics[0].message
    section = found.sections[place + 1]
    assert section.start == text.index(BODIES[place].split("\n")[0]) == found.diagnostics[0].start
    assert section.heading == "" or place == 4


def test_all_headings_lost() -> None:
    text = compose([None] * 6).replace("（一）主动公开情况。", "").replace("（二）依申请公开情况。", "")
    found = split(text)
    assert ids(found) == ["preamble", *IDS[:5]]
    assert codes(found) == ["section_heading_lost"] * 4 + ["sections_absent"]  # （一）存在的问题 opens section 五


def test_headings_without_tables() -> None:
    """A page whose tables were pictures prints 二, 三 and 四 one after another."""
    text = (
        TITLE
        + "\n"
        + "\n".join([numbered()[0], "公开信息12条。", *numbered()[1:5], "更新不及时。", numbered()[5], "无"])
    )
    found = split(text)
    assert ids(found) == IDS and codes(found) == []


def test_sections_in_another_order() -> None:
    text = "\n".join(
        [
            TITLE,
            numbered()[0],
            "公开12条。",
            numbered()[5],
            "没有需要报告的。",
            *numbered()[1:4],
            numbered()[4],
            "更新不及时。",
        ]
    )
    found = split(text)
    assert ids(found) == ["overview", "other", "disclosure", "requests", "remedies", "issues"]
    assert codes(found) == ["section_out_of_order"]


def test_prose_without_any_heading() -> None:
    found = split("清河县的公开工作有序开展。全年公开320条。")
    assert ids(found) == ["overview"]
    assert codes(found) == ["section_heading_lost", "sections_absent"]


def test_nothing_but_a_title() -> None:
    found = split(TITLE)
    assert found.sections == () and codes(found) == ["sections_absent"]


def test_form_of_2014() -> None:
    text = "\n".join(
        [
            TITLE,
            "一、概述",
            "工作有序开展。",
            "二、主动公开政府信息情况",
            "公开120条。",
            "三、回应解读情况",
            "解读12次。",
            "四、依申请公开政府信息情况",
            "收到申请3件。",
            "五、行政复议、诉讼和举报投诉情况",
            "没有。",
            "六、机构建设和保障经费情况",
            "专职人员2名。",
            "七、存在的问题与改进措施",
            "更新不及时。",
        ]
    )
    found = split(text)
    assert ids(found) == IDS[:5]
    assert [child.heading for child in found.sections[3].children] == ["六、机构建设和保障经费情况"]


# -- the opening --


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        "清河县民政局2022年政府信息公开工作\n年度报告",
        "清河县民政局\n2022年政府信息公开\n工作年度报告\n年度报告",
        f"清民〔2023〕2号\n{TITLE}\n发布时间：2023-01-20",
        f"{TITLE}\n{TITLE}",
        f"# {TITLE}",
        f"\n\n　　{TITLE}　　\n",
        f"{TITLE}（图解版本）",
    ],
)
def test_titles(title: str) -> None:
    text = compose(numbered()).replace(TITLE, title, 1)
    found = split(text)
    assert ids(found) == ["preamble", *IDS]
    assert text[found.sections[0].start :].startswith("根据") or "发布时间" in title


def test_short_remarks_before_section_one_are_no_preamble() -> None:
    found = split("\n".join([TITLE, "2023-01-20", *compose(numbered(), preamble=False).split("\n")[1:]]))
    assert ids(found) == IDS


# -- sub-headings --


def test_children_are_nested() -> None:
    text = "\n".join(
        [
            "一、总体情况",
            "今年工作如下。",
            "（一）加强领导。今年以来，多次部署。",
            "一是健全机制。",
            "1.建立制度",
            "制定2项。",
            "2、组织培训：全年3次。",
            "（1）线上培训",
            "2次。",
            "（2）线下培训",
            "1次。",
            "（二）丰富渠道",
            "更新300条。",
            "①网站",
            "200条。",
            "六、其他需要报告的事项",
            "无",
        ]
    )
    overview = split(text).sections[0]

    def outline(section: Section) -> list[tuple[int, str]]:
        return [(section.level, section.heading)] + [line for child in section.children for line in outline(child)]

    assert outline(overview) == [
        (1, "一、总体情况"),
        (2, "（一）加强领导"),
        (3, "1.建立制度"),
        (3, "2、组织培训"),
        (4, "（1）线上培训"),
        (4, "（2）线下培训"),
        (2, "（二）丰富渠道"),
        (3, "①网站"),
    ]
    first, second = overview.children
    assert first.end == second.start == text.index("（二）丰富渠道") and second.end == overview.end == text.index(
        "六、"
    )


def test_what_is_no_sub_heading() -> None:
    text = "\n".join(
        [
            "一、总体情况",
            "一是公开文件。",
            "2022年，全年公开12条。",
            "1.5万元用于培训。",
            "（一）" + "加强组织领导并且" * 8 + "不断推进。",
            "12345热线受理3件。",
            "六、其他需要报告的事项",
            "无",
        ]
    )
    assert split(text).sections[0].children == ()


def test_a_numbered_paragraph_broken_by_the_page_is_no_sub_heading() -> None:
    paragraph = "（一）加强组织领导，健全工作机制，明确各科室的责任分工和\n完成时限，确保各项任务落实。"
    text = f"一、总体情况\n{paragraph}\n六、其他需要报告的事项\n无"
    assert split(text).sections[0].children == ()


def test_a_line_of_its_own_opens_the_measures() -> None:
    text = compose(numbered()).replace("（一）存在的问题\n", "").replace("（二）改进措施", "下一步工作打算")
    issues = split(text).sections[5]
    assert [(child.level, child.heading) for child in issues.children] == [(2, "下一步工作打算")]


# -- robustness --


@given(
    st.lists(
        st.sampled_from(
            [*numbered(), *HEADINGS, *BODIES, TITLE, PREAMBLE, "（一）工作", "1.", "", "|", "\t", "目录", "⼀", "🙂"]
        ),
        max_size=25,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_order_of_parts_is_covered(parts: list[str]) -> None:
    text = "\n".join(parts)
    if text.strip(" \t\n|"):
        found = split(text)
        assert len(set(ids(found))) == len(ids(found))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_deletion_of_a_line(data: st.DataObject) -> None:
    lines = compose(numbered()).split("\n")
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    split("\n".join(lines))


ADVERSARIAL = {
    "list markers": lambda n: "一、总体情况\n" + "（一）事项\n1.内容\n(1)细目\n①要点\n" * (n // 4),
    "deep markers": lambda n: "（一）1.（1）①" * n,
    "same heading": lambda n: "一、总体情况\n" * n,
    "headings in turn": lambda n: "一、总体情况\n二、主动公开政府信息情况\n" * n,
    "headings in one line": lambda n: "。一、总体情况" * n,
    "one line": lambda n: "公" * 20 * n,
    "blank lines": lambda n: "一、总体情况" + "\n" * 20 * n,
    "dots": lambda n: "一、总体情况" + "." * 20 * n + "x",
    "tabs": lambda n: "一、总体情况" + "\t" * 20 * n + "x",
    "spaces": lambda n: " " * 20 * n + "一、总体情况",
    "open brackets": lambda n: "（" * 20 * n,
    "misprints": lambda n: "一、总休情况和其他各项工作\n" * n,
    "broken headings": lambda n: "三、收到和处理\n政府信息公开\n" * n,
}


@pytest.mark.parametrize("shape", ADVERSARIAL)
def test_cost_grows_linearly(shape: str) -> None:
    """Ten times the text takes about ten times as long; a quadratic step would take a hundred times."""

    def seconds(count: int) -> float:
        document = read_text(ADVERSARIAL[shape](count))
        start = time.process_time()
        split_sections(document)
        return time.process_time() - start

    seconds(100)
    small, large = min(seconds(1000) for _ in range(3)), seconds(10_000)
    assert large < 40 * max(small, 0.002)
    assert large < 3


# -- real reports --


@pytest.mark.skipif("GKNLP_REPORTS" not in os.environ, reason="GKNLP_REPORTS names no folder of annotated reports")
def test_annotated_reports() -> None:
    import msgspec

    folder = Path(os.environ["GKNLP_REPORTS"])
    for path in sorted(folder.glob("*.gold.json")):
        gold = msgspec.json.decode(path.read_bytes())
        source = path.with_name(re.sub(r"\.gold\.json$", ".txt", path.name))
        if source.exists():
            found = split_sections(read_path(source))
            assert [name for name in ids(found) if name != "preamble"] == gold["sections"]
            assert codes(found) == []
