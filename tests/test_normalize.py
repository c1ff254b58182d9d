"""Folding keeps every offset; sentences and list markers are found on folded text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gknlp.text import normalize, outline
from gknlp.text.normalize import fold
from gknlp.text.outline import MarkedLine, Marker, find_marker, marked_lines
from gknlp.text.sentences import sentence_spans

ANY_TEXT = st.text(st.characters(), max_size=200)  # surrogates too
MIXED = st.text(
    st.sampled_from("政府信息公開資訊臺灣⼯⻅（）：％０１２ａ\u3000\u200b\xa0\t\n\r\x0b\u2028🙂𠮷\ufffd\0—－“”《》、。")
)


@given(ANY_TEXT | MIXED)
def test_one_character_for_one_and_nothing_left_to_fold(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(ANY_TEXT | MIXED, ANY_TEXT | MIXED)
def test_each_character_is_folded_by_itself(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


def test_every_code_point() -> None:
    points = "".join(map(chr, range(0x110000)))
    assert len(fold(points)) == len(points)
    assert fold(fold(points)) == fold(points)


def test_ascii_and_chinese_punctuation_stay() -> None:
    kept = "".join(map(chr, range(0x20, 0x7F))) + "\t\n" + "、。“”‘’《》〔〕【】—–‐…·〇"
    assert fold(kept) == kept


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("（一）２０２１年：１００％，；！？～．－＋／", "(一)2021年:100%,;!?~.-+/"),
        ("政府資訊公開條例於臺灣縣為眾裡後", "政府资讯公开条例于台湾县为众里后"),
        ("⼀、总体情况⼯⾏⻅⻓⻔⺠", "一、总体情况工行见长门民"),
        ("\uf9d1\ufa0a", "六见"),
        ("a\u3000b\xa0c\u2003d\u200be\ufefff\u200dg\xadh", "a b c d e f g h"),
        ("a\u2028b\u2029c\x0bd\x0ce\x85f", "a\nb\nc\nd\ne\nf"),
        ("其中∶网站", "其中:网站"),
        ("﹙﹚︵﹪", "()(%"),
    ],
)
def test_what_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["乾县", "著名", "㈠①㎡ﬁ", "\0\x01\r", "瞭望", "宫商角徵羽"[:3]])
def test_what_is_not_folded(text: str) -> None:
    """Characters with a meaning of their own, and signs whose plain form is longer."""
    assert fold(text) == text


@given(st.integers(0xFF01, 0xFF5E))
def test_full_width_ascii(code: int) -> None:
    assert fold(chr(code)) == unicodedata.normalize("NFKC", chr(code)) == chr(code - 0xFEE0)


def test_a_file_of_variants_with_unequal_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        list(normalize._variants(["# comment", "[part]", "萬與", "万"]))


# -- list markers --


@pytest.mark.parametrize(
    ("line", "style", "ordinal", "title"),
    [
        ("一、总体情况", "comma", 1, "总体情况"),
        ("十二、附件", "comma", 12, "附件"),
        ("二十、附件", "comma", 20, "附件"),
        ("一 总体情况", "comma", 1, "总体情况"),
        ("  (三) 情况", "paren", 3, "情况"),
        ("( 三 )、情况", "paren", 3, "情况"),
        ("㈢情况", "paren", 3, "情况"),
        ("3.情况", "arabic", 3, "情况"),
        ("12、情况", "arabic", 12, "情况"),
        ("(2)情况", "arabic_paren", 2, "情况"),
        ("2)情况", "arabic_paren", 2, "情况"),
        ("④情况", "circled", 4, "情况"),
        ("第三部分 情况", "part", 3, "情况"),
        ("第2章 情况", "part", 2, "情况"),
        ("## 一、情况", "comma", 1, "情况"),
        ("- (一)情况", "paren", 1, "情况"),
        ("| 一、情况", "comma", 1, "情况"),
    ],
)
def test_markers(line: str, style: str, ordinal: int, title: str) -> None:
    marker = find_marker(line, 0, len(line))
    assert marker is not None
    assert (marker.style, marker.ordinal, line[marker.end :]) == (style, ordinal, title)
    assert list(marked_lines("前文\n" + line + "\n", 0, len(line) + 4)) == [
        MarkedLine(Marker(style, ordinal, marker.start + 3, marker.end + 3), len(line) + 3)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "一是加强领导",
        "三到位",
        "1.5万元",
        "2021年",
        "12345热线",
        "第二十条第(一)项",
        "一般情况",
        "",
        "   ",
        "(本列数据",
        "100、",
    ],
)
def test_no_markers(line: str) -> None:
    assert find_marker(line, 0, len(line)) is None
    assert list(marked_lines(line, 0, len(line))) == []


def test_lines() -> None:
    assert list(outline.lines("ab\n\nc")) == [(0, 2), (3, 3), (4, 5)]
    assert list(outline.lines("ab\ncd", 1, 4)) == [(1, 2), (3, 4)]
    assert list(outline.lines("")) == []


# -- sentences --


def cut(text: str) -> list[str]:
    folded = fold(text)
    return [text[start:end] for start, end in sentence_spans(folded, 0, len(folded))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("公开3件。答复2件；办结1件！无？", ["公开3件。", "答复2件；", "办结1件！", "无？"]),
        ("一、总体情况\n\n公开3件\n无", ["一、总体情况", "公开3件", "无"]),
        ("　　公开3件。　\n", ["公开3件。"]),
        ("坚持“公开；透明。”的原则。", ["坚持“公开；透明。”的原则。"]),
        ("答复申请（含结转；共2件）5件。", ["答复申请（含结转；共2件）5件。"]),
        ("印发《指南（试行）》2件；修订1件", ["印发《指南（试行）》2件；", "修订1件"]),
        ("他说：“公开。”会议结束。", ["他说：“公开。”会议结束。"]),
        ("（公开3件。）答复2件。", ["（公开3件。）答复2件。"]),
        ("未闭合“的引号。后文。", ["未闭合“的引号。", "后文。"]),
        (
            "全年通过门户网站主动公开各类政府信息一百二十\n余条，其中动态30条。\n另有公告2条。",
            ["全年通过门户网站主动公开各类政府信息一百二十\n余条，其中动态30条。", "另有公告2条。"],
        ),
        ("公开信息120条，\n其中动态30条。", ["公开信息120条，\n其中动态30条。"]),
        (
            "这一行有二十个以上的字但是没有标点符号并且结束\n（一）下一条目",
            ["这一行有二十个以上的字但是没有标点符号并且结束", "（一）下一条目"],
        ),
        (
            "这一行有二十个以上的字但是没有标点符号并且结束\n　　新的段落",
            ["这一行有二十个以上的字但是没有标点符号并且结束", "新的段落"],
        ),
        (
            "这一行有二十个以上的字但是没有标点符号并且结束\n- 条目",
            ["这一行有二十个以上的字但是没有标点符号并且结束", "- 条目"],
        ),
        (
            "这一行有二十个以上的字但是没有标点符号并且结束\n\n新的段落",
            ["这一行有二十个以上的字但是没有标点符号并且结束", "新的段落"],
        ),
        (
            "要求行政机关确认或者重新出具已经获取的信息\t0\t0\n其他\t0",
            ["要求行政机关确认或者重新出具已经获取的信息\t0\t0", "其他\t0"],
        ),
        ("。。。", ["。", "。", "。"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


@given(st.text(st.sampled_from("公开3件。；！，、“”（）《》\n\t 　一是(1).“")))
def test_sentences_hold_everything_but_white_space(text: str) -> None:
    folded = fold(text)
    spans = sentence_spans(folded, 0, len(folded))
    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not folded[at:start].strip()
        assert folded[start:end].strip() == folded[start:end]
        at = end
    assert not folded[at:].strip()


def test_sentences_of_a_part() -> None:
    assert sentence_spans("甲。乙丙。丁", 2, 4) == [(2, 4)]


@pytest.mark.parametrize(
    "unit", ["公开", "。", "“", "（", "\n", "公开一二三四五六七八九十一二三四五六七八九十\n", "一、", "“公开；", " "]
)
def test_sentences_cost_grows_linearly(unit: str) -> None:
    def seconds(count: int) -> float:
        text = unit * count
        start = time.process_time()
        sentence_spans(text, 0, len(text))
        return time.process_time() - start

    small, large = min(seconds(5000) for _ in range(3)), seconds(50_000)
    assert large < 40 * max(small, 0.002)
