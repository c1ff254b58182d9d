"""Themes across reports: shares, changes, persistence, follow-ups, words, copies; tables, charts and page."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from click.testing import CliRunner

from gknlp.cli import main
from gknlp.corpus.themes import Themes, find_themes
from gknlp.corpus.themes.copies import find_copies, without
from gknlp.corpus.themes.observe import Item, Observation
from gknlp.corpus.themes.persistence import follow_ups, pairs, persistence
from gknlp.corpus.themes.shares import changes, shares, together, wilson
from gknlp.corpus.themes.terms import terms
from gknlp.errors import KnowledgeError
from gknlp.export.charts import Panel, Point, shares_svg
from gknlp.export.delimited import csv_text, inert
from gknlp.knowledge.themes import parse_follow_ups
from gknlp.model import Issue, Issuer, Label, Report, Role
from tests.building import make_fact, make_report


def seen(
    number: int,
    problems: Iterable[tuple[str, ...]] = (),
    measures: Iterable[tuple[str, ...]] = (),
    *,
    issuer: str = "",
    year: int = 2021,
    facts: Iterable[str] = (),
    text: str = "栏目更新不够及时",
) -> Observation:
    items = [Item("problem", labels, text) for labels in problems] + [
        Item("measure", labels, text) for labels in measures
    ]
    return Observation(
        id=str(number),
        issuer=issuer or f"unit{number}",
        name=issuer,
        year=year,
        province="青原省",
        level="county",
        kind="department",
        items=tuple(items),
        facts=frozenset(facts),
    )


# -- shares ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "total", "interval"),
    [
        # computed with statsmodels.stats.proportion.proportion_confint(method="wilson")
        (0, 10, (0.0, 0.2775)),
        (5, 10, (0.2366, 0.7634)),
        (81, 263, (0.2553, 0.3662)),
        (10, 10, (0.7225, 1.0)),
        (0, 0, (0.0, 1.0)),
    ],
)
def test_wilsons_interval(count: int, total: int, interval: tuple[float, float]) -> None:
    assert wilson(count, total) == interval


def test_a_report_counts_once_for_a_label_and_silent_reports_do_not_count() -> None:
    reports = [
        seen(1, [("timeliness",), ("timeliness", "skills")]),
        seen(2, [("skills",)]),
        seen(3, [], [("skills",)]),
        seen(4, [("skills",)], year=2022),
    ]
    found = {(one.group, one.label): one for one in shares(reports, "year", "problem", ["timeliness", "skills"])}
    assert (found["2021", "timeliness"].stating, found["2021", "timeliness"].reports) == (1, 2)
    assert found["2021", "skills"].share == 1.0
    assert found["2022", "timeliness"].share == 0.0
    assert len(found) == 4


def test_changes_between_years_have_newcombes_interval() -> None:
    # Newcombe 1998, table II, example: 56/70 against 48/80 by method 10 is 0.0524 to 0.3339
    reports = [seen(n, [("skills",) if n < 48 else ("quality",)], year=2021) for n in range(80)]
    reports += [seen(100 + n, [("skills",) if n < 56 else ("quality",)], year=2022) for n in range(70)]
    (change,) = changes(shares(reports, "year", "problem", ["skills"]))
    assert (change.before, change.after) == ("2021", "2022")
    assert change.difference == pytest.approx(0.2)
    assert (change.low, change.high) == pytest.approx((0.0524, 0.3339), abs=0.0002)


def test_pairs_of_labels_have_their_lift() -> None:
    reports = [seen(n, [("a", "b")]) for n in range(2)] + [seen(9, [("a",)]), seen(10, [("c",)])]
    (pair,) = together(reports, "problem")
    assert (pair.first, pair.second, pair.reports) == ("a", "b", 2)
    assert pair.lift == pytest.approx(2 * 4 / (3 * 2), abs=1e-4)


# -- years of one issuer -----------------------------------------------------------------------------------------------


def chain() -> list[Observation]:
    return [
        seen(1, [("skills",), ("quality",)], [("skills",)], issuer="u", year=2021),
        seen(2, [("skills",)], issuer="u", year=2022, facts=["gov.trainings"]),
        seen(3, [("timeliness",)], issuer="u", year=2024),
        seen(4, [("skills",)], issuer="w", year=2021),
        seen(5, [("quality",)], issuer="w", year=2022),
    ]


def test_reports_are_paired_with_the_next_year_only() -> None:
    assert [(one.id, two.id) for one, two in pairs(chain())] == [("1", "2"), ("4", "5")]


def test_what_persists_vanishes_and_is_new() -> None:
    skills, quality = persistence(pairs(chain()), "problem", ["skills", "quality"])
    assert (skills.stated, skills.stayed, skills.vanished, skills.new, skills.share) == (2, 1, 1, 0, 0.5)
    assert (quality.stated, quality.stayed, quality.new, quality.share) == (1, 0, 1, 0.0)


def test_a_promise_is_compared_with_the_facts_of_the_year_after() -> None:
    found = {one.label: one for one in follow_ups(pairs(chain()))}
    assert (found["skills"].promised, found["skills"].kept, found["skills"].otherwise) == (1, 1, 0.0)
    assert found["participation"].share is None


@pytest.mark.parametrize(
    ("entry", "wrong"), [('label = "nothing"\nfacts = []', "nothing"), ('label = "skills"\nfacts = ["gov.x"]', "gov.x")]
)
def test_a_follow_up_of_what_does_not_exist_is_refused(entry: str, wrong: str) -> None:
    with pytest.raises(KnowledgeError, match=f"unknown {wrong}"):
        parse_follow_ups(f"[[follow_up]]\n{entry}\n")


# -- words and copies --------------------------------------------------------------------------------------------------


def test_typical_words_are_those_of_the_group() -> None:
    reports = [seen(n, [("a",)], year=2021, text="网站栏目更新滞后") for n in range(3)]
    reports += [seen(9 + n, [("a",)], year=2022, text="网站培训力度欠缺") for n in range(3)]
    found = terms(reports, "year", "problem")
    words = {group: [term.term for term in found if term.group == group] for group in ("2021", "2022")}
    assert "栏目" in words["2021"]
    assert "栏目" not in words["2022"]
    assert words["2022"].index("培训") < words["2022"].index("网站")
    assert found == terms(list(reports), "year", "problem")


LONG = "基层工作人员对条例的理解还停留在表面，遇到疑难申请时往往需要反复请示才能答复"


def test_copies_are_found_across_issuers_and_can_be_left_out() -> None:
    reports = [
        seen(1, [("skills",)], text=LONG),
        seen(2, [("skills",)], text=LONG.replace("往往", "常常")),
        seen(3, [("skills",)], text="部门网站改版之后原有链接大量失效，群众检索旧文件十分不便，影响查阅体验"),
        seen(
            4, [("skills",)], issuer="same", text="乡镇公开栏长期无人维护，张贴的内容残缺不全，群众难以看清其中的事项"
        ),
        seen(
            5,
            [("skills",)],
            issuer="same",
            year=2022,
            text="乡镇公开栏长期无人维护，张贴的内容残缺不全，群众难以看清其中的事项",
        ),
    ]
    copies, places = find_copies(reports, "problem")
    assert places == {(0, 0), (1, 0)}
    assert (copies.items, copies.copied, copies.share) == (5, 2, 0.4)
    (group,) = copies.groups
    assert (group.issuers, group.text) == (2, LONG)
    assert [len(report.items) for report in without(reports, places)] == [0, 0, 1, 1, 1]
    themes = find_themes(reports, exclude_copied=True)
    assert (themes.excluded, themes.items, themes.copies.copied) == (2, 3, 2)


# -- the command -------------------------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>栏目更新不够及时，更新周期过长，群众多次来电反映查不到最新的办事指南"


def stored(folder: Path, role: Role = "problem") -> Path:
    folder.mkdir()
    with (folder / "all.jsonl").open("w", encoding="utf-8") as file:
        for number in range(12):
            file.write(report(number, role).to_json() + "\n")
    return folder


def report(number: int, role: Role) -> Report:
    by = Issuer(
        name="=局", full_name=f"青原{number % 4}县教育局", kind="department", level="county", division_code=f"99990{number % 4}",
        division_path=("青原省",), start=None, end=None,
    )  # fmt: skip
    labels = (Label(id="timeliness", probability=0.9), Label(id="=evil", probability=0.8))[: 1 + number % 2]
    issue = Issue(
        id="i0", role=role, start=0, end=3, text=EVIL, labels=labels, specific=False, hedged=False, addresses=()
    )
    year = 2020 + number // 4
    return msgspec.structs.replace(
        make_report(),
        id=f"{number:016d}",
        year=year,
        issuer=by,
        issues=(issue,),
        facts=(make_fact(0, "gov.trainings", 1, 0),),
    )


def test_the_command_writes_tables_chart_and_page(tmp_path: Path) -> None:
    folder, out = stored(tmp_path / "out"), tmp_path / "themes"
    result = CliRunner().invoke(main, ["themes", str(folder), "-o", str(out)])
    assert result.exit_code == 0, result.output
    with (out / "shares.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == "timeliness"]
    assert [(row["group"], row["share"]) for row in rows] == [("2020", "1.0"), ("2021", "1.0"), ("2022", "1.0")]
    assert ElementTree.parse(out / "shares.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own file
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    again = CliRunner().invoke(main, ["themes", str(folder), "-o", str(tmp_path / "again")])
    assert again.exit_code == 0
    assert all((tmp_path / "again" / file.name).read_bytes() == file.read_bytes() for file in out.iterdir())


def test_the_command_prints_shares_and_says_when_there_is_nothing(tmp_path: Path) -> None:
    folder = stored(tmp_path / "out")
    text = CliRunner().invoke(main, ["themes", str(folder), "--by", "province"])
    assert "青原省" in text.stdout
    assert "100% ±12" in text.stdout
    none = CliRunner().invoke(main, ["themes", str(folder), "--role", "measure"])
    assert none.exit_code == 1
    assert "states a measure" in none.stderr


def test_parquet_tables_hold_what_the_csv_tables_hold(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    folder = stored(tmp_path / "out", "measure")
    for kind in ("csv", "parquet"):
        arguments = ["themes", str(folder), "--role", "measure", "-o", str(tmp_path / kind), "--format", kind]
        assert CliRunner().invoke(main, arguments).exit_code == 0
    one = pd.read_csv(tmp_path / "csv" / "shares.csv", dtype={"group": str})
    two = pd.read_parquet(tmp_path / "parquet" / "shares.parquet")
    two["label"] = two["label"].map(inert)  # what CSV alone does to '=evil'
    pd.testing.assert_frame_equal(one, two, check_dtype=False)


def test_png_needs_a_font_and_says_so(tmp_path: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    from gknlp.export import charts

    del matplotlib
    folder = stored(tmp_path / "out")
    fonts, charts.FONTS = charts.FONTS, ("No Such Font",)
    try:
        result = CliRunner().invoke(main, ["themes", str(folder), "-o", str(tmp_path / "x"), "--charts", "png"])
    finally:
        charts.FONTS = fonts
    assert result.exit_code == 1
    assert "a font with Chinese characters" in result.stderr


def test_a_chart_escapes_its_titles() -> None:
    svg = shares_svg("<b>", "n", [Panel("<i>", (Point("<u>", 0.5, 0.4, 0.6), Point("b", 0.2, 0.1, 0.3)))], lines=False)
    assert "<b>" not in svg
    assert "<i>" not in svg
    assert ElementTree.fromstring(svg) is not None  # noqa: S314 - our own text


def test_csv_cells_are_no_formulas() -> None:
    assert (
        csv_text(["a"], [["=1"], ["+1"], ["-1"], ["@x"], [-1], [None]])
        == "a\r\n'=1\r\n+1\r\n-1\r\n'@x\r\n-1\r\n\"\"\r\n"
    )


def test_themes_are_a_record_that_can_be_stored() -> None:
    themes = find_themes(chain(), role="measure")
    assert msgspec.json.decode(msgspec.json.encode(themes), type=Themes) == themes
