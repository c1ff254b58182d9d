"""Chinese numerals: examples, the round trip, and another converter as oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gknlp.text.numerals import magnitude, parse_han, parse_han_pair, to_han


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0), ("〇", 0), ("两", 2), ("十", 10), ("十二", 12), ("二十", 20), ("三十二", 32), ("廿五", 25),
        ("一百零五", 105), ("一百一十", 110), ("一百五", 150), ("三千二", 3200), ("两千零六", 2006),
        ("一万五", 15000), ("一万零五", 10005), ("一百二十三万", 1230000), ("十万", 100000),
        ("一千零一万", 10010000), ("一亿零五万", 100050000), ("三万亿", 3_000_000_000_000), ("二〇二一", 2021),
        ("一〇五", 105), ("九十八点五", 98.5), ("三点一四", 3.14),
    ],
)  # fmt: skip
def test_numerals(text: str, value: int | float) -> None:
    assert parse_han(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "百",
        "万",
        "千万",
        "三五",
        "一二三",
        "三三",
        "二十二十",
        "三千百",
        "万一",
        "五一",
        "三万二万",
        "一亿三万亿",
        "点五",
        "三点",
        "三点十",
        "条",
        "十" * 100,
    ],
)
def test_no_numerals(text: str) -> None:
    assert parse_han(text) is None


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("三四", (3, 4)),
        ("三五", (3, 5)),
        ("两三", (2, 3)),
        ("三五百", (300, 500)),
        ("十七八", (17, 18)),
        ("二三十万", (200000, 300000)),
    ],
)
def test_pairs(text: str, ends: tuple[int, int]) -> None:
    assert parse_han_pair(text) == ends


@pytest.mark.parametrize("text", ["三", "三三", "四三", "一五", "一二三", "十七八十", "百二", "零一", "〇一"])
def test_no_pairs(text: str) -> None:
    assert parse_han_pair(text) is None


def test_magnitudes() -> None:
    assert [magnitude(text) for text in ("", "十", "百万", "万亿", "三百")] == [1, 10, 10**6, 10**12, 0]


def test_every_small_number_reads_back() -> None:
    assert [number for number in range(20_000) if parse_han(to_han(number)) != number] == []


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 99_999_999))
def test_numbers_read_back(number: int) -> None:
    assert parse_han(to_han(number)) == number


@given(st.integers(10**8, 10**12 - 1))
def test_large_numbers_read_back(number: int) -> None:
    assert parse_han(to_han(number)) == number


@pytest.mark.parametrize("number", [-1, 10**12])
def test_numbers_beyond_the_numerals_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        to_han(number)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 99_999_999))
def test_another_converter_agrees(number: int) -> None:
    cn2an = pytest.importorskip("cn2an")
    assert parse_han(cn2an.an2cn(str(number))) == number
    assert cn2an.cn2an(to_han(number), "smart") == number


@given(st.text(alphabet="〇零一二两三九十百千万亿廿点", max_size=12))
def test_any_mixture_gives_a_number_or_nothing(text: str) -> None:
    value = parse_han(text)
    assert value is None or value >= 0
