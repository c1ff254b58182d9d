"""The list of divisions: facts of the files, look-ups by name, code, spelling and area code, years of validity."""

from __future__ import annotations

import time
from importlib import resources

import pytest

from gknlp.errors import KnowledgeError
from gknlp.knowledge.divisions import inside, level_of, load_divisions, load_townships, parse_divisions
from gknlp.text.normalize import fold

DIVISIONS = load_divisions()


def codes(name: str, year: int | None = None) -> list[str]:
    return [each.code for each in DIVISIONS.named(name) if year is None or each.valid(year)]


def test_every_line_has_a_code_and_two_names_of_one_kind() -> None:
    rows = list(DIVISIONS)
    assert len(rows) > 3200
    assert len({(each.code, each.name) for each in rows}) == len(rows)
    for each in rows:
        assert len(each.code) == 6 and each.code.isdigit()
        assert each.name.startswith(each.short) or not each.short
        assert each.pinyin.replace(" ", "").isalpha() and each.pinyin.isascii()
        assert each.since is None or 2013 <= each.since <= 2023
        assert each.until is None or 2013 <= each.until <= 2023
        assert fold(each.name) == each.name


def test_every_county_lies_in_a_listed_province_and_prefecture_or_directly_in_a_province() -> None:
    direct = {"11", "12", "31", "50", "41", "42", "46", "65"}
    for each in DIVISIONS:
        assert DIVISIONS.code(each.code[:2] + "0000"), each
        if each.level == "county" and each.until is None:
            assert DIVISIONS.code(each.code[:4] + "00") or each.code[:2] in direct, each


def test_counts_of_today() -> None:
    today = [each for each in DIVISIONS if each.until is None]
    assert sum(each.level == "province" for each in today) == 31
    assert sum(each.level == "prefecture" for each in today) == 333


@pytest.mark.parametrize(
    ("name", "code", "path"),
    [
        ("潢川县", "411526", ("河南省", "信阳市", "潢川县")),
        ("安化县", "430923", ("湖南省", "益阳市", "安化县")),
        ("汝阳县", "410326", ("河南省", "洛阳市", "汝阳县")),
        ("获嘉县", "410724", ("河南省", "新乡市", "获嘉县")),
        ("大足区", "500111", ("重庆市", "大足区")),
        ("浦东新区", "310115", ("上海市", "浦东新区")),
        ("济源市", "419001", ("河南省", "济源市")),
        ("神农架林区", "429021", ("湖北省", "神农架林区")),
        ("东莞市", "441900", ("广东省", "东莞市")),
        ("嘉峪关市", "620200", ("甘肃省", "嘉峪关市")),
        ("高平市", "140581", ("山西省", "晋城市", "高平市")),
        ("锡林郭勒盟", "152500", ("内蒙古自治区", "锡林郭勒盟")),
        ("恩施州", "422800", ("湖北省", "恩施土家族苗族自治州")),
        ("长阳县", "420528", ("湖北省", "宜昌市", "长阳土家族自治县")),
        ("石河子市", "659001", ("新疆维吾尔自治区", "石河子市")),
    ],
)
def test_name_code_and_path(name: str, code: str, path: tuple[str, ...]) -> None:
    (found,) = DIVISIONS.named(name)
    assert (found.code, DIVISIONS.path(found)) == (code, path)


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "year"),
    [
        ("洪泽县", "洪泽区", "320829", "320813", 2016),
        ("大足区", "大足区", "500111", "500111", 2020),
        ("即墨市", "即墨区", "370282", "370215", 2017),
        ("长垣县", "长垣市", "410728", "410783", 2019),
        ("港闸区", "崇川区", "320611", "320613", 2020),
        ("江干区", "钱塘区", "330104", "330114", 2021),
        ("莱芜市", "莱芜区", "371200", "370116", 2019),
        ("寿县", "寿县", "341521", "340422", 2015),
    ],
)
def test_names_and_codes_change_with_the_years(before: str, after: str, old: str, new: str, year: int) -> None:
    assert codes(before, year - 1) == [old]
    assert codes(after, year) == [new]


def test_shared_names() -> None:
    assert codes("鼓楼区", 2021) == ["320106", "320302", "350102", "410204"]
    assert len(codes("桥东区", 2018)) == 2
    assert codes("桥东区", 2022) == ["130702"]


def test_spellings_and_area_codes() -> None:
    assert [each.name for each in DIVISIONS.spelled("anhua")] == ["安化县"]
    assert [each.name for each in DIVISIONS.spelled("luan") if each.until is None] == ["六安市"]
    assert {each.name for each in DIVISIONS.spelled("changzi")} == set()
    assert {each.name for each in DIVISIONS.spelled("zhangzi")} == {"长子县"}
    assert DIVISIONS.phoned("737") == ("430900",)
    assert DIVISIONS.phoned("371") == ("410100", "410200")
    assert DIVISIONS.phoned("432") == ("220200",)
    assert DIVISIONS.phoned("898") == ("460000",)
    assert DIVISIONS.phoned("000") == ()


def test_longest_name_at_a_place() -> None:
    text = "内蒙古自治区呼和浩特市玉泉区财政局"
    assert next(DIVISIONS.starting_at(text, 0))[0] == 6
    start, found = DIVISIONS.ending_at(text, 14) or (0, ())
    assert (text[start:14], found[0].code) == ("玉泉区", "150104")
    assert DIVISIONS.ending_at("卫生健康委员会", 7) is None


def test_counties_inside() -> None:
    assert DIVISIONS.has_counties("411500") and DIVISIONS.has_counties("410000")
    assert not DIVISIONS.has_counties("441900") and not DIVISIONS.has_counties("411526")
    assert inside("411526", "411500") and inside("411526", "410000") and not inside("411526", "411700")
    assert level_of("411526100") == "township"


def test_townships() -> None:
    townships = load_townships()
    assert townships.of("230111")["杨林乡"].code == "230111201"
    assert townships.of("999999") == {}
    assert [each.code for each in townships.named("项铺镇")] == ["340722107"]
    assert len(townships.named("城关镇")) > 50
    assert townships.named("并无此镇") == ()


def test_every_township_lies_in_a_division() -> None:
    lines = (resources.files("gknlp.knowledge") / "data" / "townships.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            assert DIVISIONS.code(line[:6]), line[:20]
            assert all(field[:3].isdigit() and len(field) > 4 for field in line[7:].split(" ")), line[:20]


@pytest.mark.parametrize(
    "line", ["41152\t潢川县\t潢川\thuang chuan", "411526\t潢川县", "411526\ta\tb\tc\td\te\tf\tg\th"]
)
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(KnowledgeError, match=r"divisions\.tsv"):
        list(parse_divisions(f"# header\n{line}\n"))


def test_reading_the_list_is_fast() -> None:
    text = (resources.files("gknlp.knowledge") / "data" / "divisions.tsv").read_text(encoding="utf-8")

    def timed() -> float:
        start = time.perf_counter()
        parse_divisions(text)
        return time.perf_counter() - start

    assert min(timed() for _ in range(10)) < 0.05
