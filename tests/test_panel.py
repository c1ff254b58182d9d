"""Chains of years: reports of one issuer linked, planted breaks found and no other, duplicates, units of an area."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random
from zlib import crc32

import msgspec
import pytest
from click.testing import CliRunner

from gknlp.checks.series import check_series, check_units
from gknlp.cli import main
from gknlp.corpus.panel import Chain, Settings, chains, index_reports
from gknlp.corpus.stored import find_stored
from gknlp.errors import KnowledgeError, UnreadableInput
from gknlp.issuer.key import issuer_key
from gknlp.knowledge.renamings import parse_renamings
from gknlp.knowledge.rules import SERIES_KINDS, Rule, RuleExample, load_rules
from gknlp.model import Issuer, Report, Section
from tests.building import make_fact, make_report, make_table
from tests.support.filled import FilledForm, fill, with_values

SERIES = [rule for rule in load_rules() if rule.kind in SERIES_KINDS]
FLOWS = ("X_CARRY", "T4_PENDING_FLOW", "T4_AFTER_LE_REVIEW", "T2_STOCK_FLOW", "T2_REPEAL_LIMIT", "X_TABLE_DUP")


def issuer(name: str = "青原县教育局", kind: str = "department", code: str | None = "999901") -> Issuer:
    return Issuer(
        name=name, full_name=name, kind=kind, level="county", division_code=code, division_path=(), start=None, end=None
    )


def report_of(filled: FilledForm, year: int, text: str = "", by: Issuer | None = None) -> Report:
    tables = tuple(
        make_table(table, filled.table(table), filled.form) for table in ("disclosure", "requests", "remedies")
    )
    body = text or f"{year}年，共答复咨询{year - 1990}次。"
    return make_report(
        f"{year}.txt",
        id=f"{year}{crc32(body.encode()):08x}",
        year=year,
        form=filled.form,
        issuer=by or issuer(),
        text=body,
        sections=(Section(id="overview", heading="", start=0, end=len(body)),),
        tables=tables,
    )


# -- the rules: their examples, both ways ------------------------------------------------------------------------------


def example_report(example: RuleExample) -> Report:
    zero = fill(example.form, Random(0), density=0) if example.form != "F2014" else None
    assert zero is not None
    empty = zero._replace(cells=dict.fromkeys(zero.cells, 0))
    cells = {tuple(key.split("/")): value for key, value in example.cells.items()}
    filled = with_values(empty, cells)  # type: ignore[arg-type]
    report = report_of(filled, example.year, example.text or "全年工作平稳有序，各项任务按期完成。")
    scope = make_fact(0, "req.received", 1, None, scope="whole_area")
    by = issuer("青原县人民政府", "government") if example.units else issuer()
    return msgspec.structs.replace(report, issuer=by, facts=(scope,) if example.units else ())


def outcome(rule: Rule, example: RuleExample) -> set[str]:
    now = example_report(example)
    if example.units:
        checks = check_units(now, [example_report(unit) for unit in example.units])
    else:
        before = example_report(example.before) if example.before else None
        checks = check_series(now, before)
    return {check.status for check in checks if check.rule == rule.id}


@pytest.mark.parametrize("rule", SERIES, ids=lambda rule: rule.id)
def test_a_rule_holds_and_breaks_on_its_examples(rule: Rule) -> None:
    assert "fail" not in outcome(rule, rule.holds)
    assert "pass" in outcome(rule, rule.holds)
    breaks = rule.breaks
    if rule.kind == "rollup":  # fewer than the area could be missing reports, unless the reports are complete
        now = example_report(breaks)
        units = [example_report(unit) for unit in breaks.units]
        assert {check.status for check in check_units(now, units, complete=True)} >= {"fail"}
        assert "fail" not in {check.status for check in check_units(now, units)}
        return
    assert "fail" in outcome(rule, breaks)


def test_growth_takes_the_number_of_the_year_before_from_its_report() -> None:
    text = "2022年，全县收到政府信息公开申请143件，同比增长21.2%。"
    start = text.index("143")
    fact = make_fact(0, "req.received", 143, start, unit="件")
    old = make_fact(0, "req.received", 118, 0, unit="件")
    zero = fill("F2021", Random(0), density=0)
    now = msgspec.structs.replace(report_of(zero, 2022, text), facts=(fact,))
    before = msgspec.structs.replace(report_of(zero, 2021), facts=(old,))
    (check,) = [check for check in check_series(now, before) if check.rule == "N_GROWTH"]
    assert check.status == "pass"
    wrong = msgspec.structs.replace(before, facts=(msgspec.structs.replace(old, value=90),))
    (check,) = [check for check in check_series(now, wrong) if check.rule == "N_GROWTH"]
    assert check.status == "fail"


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        ("（一）主动公开。2021年，我局公开信息300条。", True),
        ("2021年度，我局公开信息300条。", True),
        ("2022年，我局公开信息300条，2021年公开280条。", False),
        ("2022年，我局公开信息300条。比2021年，增加20条。", False),
        ("截至2021年，已建成查阅点3处。", False),
    ],
)
def test_a_stale_year_opens_a_sentence(text: str, stale: bool) -> None:
    zero = fill("F2021", Random(0), density=0)
    (check,) = [check for check in check_series(report_of(zero, 2022, text), None) if check.rule == "X_STALE_YEAR"]
    assert (check.status == "fail") is stale
    if stale:
        assert text[int(check.where["start"]) :].startswith("2021年")


def test_copied_text_is_measured_whether_it_breaks_the_rule_or_not() -> None:
    first = "我局坚持以公开促落实，重点围绕义务教育招生、教师资格认定和校园安全三个方面组织内容，全年更新栏目42次。"
    half = first[:26] + "今年新增家长开放日活动，邀请代表走进食堂后厨，面对面答复提问并现场收集意见。"
    zero = fill("F2021", Random(0), density=0)
    before = report_of(zero, 2021, first)
    found = {
        text: next(check for check in check_series(report_of(zero, 2022, text), before) if check.rule == "X_TEXT_DUP")
        for text in (first.replace("42", "57"), half)
    }
    same, partly = found.values()
    assert (same.status, same.left) == ("fail", 1.0)
    assert partly.status == "pass"
    assert partly.left is not None
    assert 0.2 < partly.left < 0.6


# -- chains with planted breaks ----------------------------------------------------------------------------------------


def sound_chain(random: Random) -> list[FilledForm]:
    """Three years that carry on, stay pending and stand in force as they should."""
    years = [fill("F2021", random, density=0.3) for _ in range(3)]
    for at in (1, 2):
        before, now = years[at - 1], years[at]
        cells = dict(now.cells)
        for column in (
            "natural_person",
            "business",
            "research",
            "public_welfare",
            "legal_service",
            "other_org",
            "total",
        ):
            carried = before.cells["requests", "carried_out", column]
            new = cells["requests", "new_received", column] + cells["requests", "carried_in", column]  # type: ignore[operator]
            cells["requests", "carried_in", column] = carried
            cells["requests", "new_received", column] = max(0, new - carried)  # type: ignore[operator]
        for block in ("review", "suit_direct", "suit_after_review"):
            pending = before.cells["remedies", block, "pending"]
            total = cells["remedies", block, "total"]
            cells["remedies", block, "total"] = max(pending, total)  # type: ignore[type-var]
        reviews = cells["remedies", "review", "total"] + before.cells["remedies", "review", "total"]  # type: ignore[operator]
        cells["remedies", "review", "total"] = max(reviews, cells["remedies", "suit_after_review", "total"])  # type: ignore[type-var]
        for row in ("regulations", "normative_documents"):
            old, issued = before.cells["disclosure", row, "in_force"], cells["disclosure", row, "issued"]
            repealed = min(cells["disclosure", row, "repealed"], old + issued)  # type: ignore[operator,type-var]
            cells["disclosure", row, "repealed"] = repealed
            cells["disclosure", row, "in_force"] = old + issued - repealed  # type: ignore[operator]
        years[at] = now._replace(cells=cells)
    return years


def fails(reports: Iterable[Report]) -> list[tuple[int, str, str]]:
    found = []
    before: Report | None = None
    for now in reports:
        checks = check_series(now, before)
        found += [
            (now.year or 0, check.rule, "/".join(check.where.values()))
            for check in checks
            if check.status == "fail" and check.rule in FLOWS
        ]
        before = now
    return found


@pytest.mark.parametrize("seed", range(40))
def test_every_planted_break_is_found_and_no_other(seed: int) -> None:
    random = Random(seed)
    years = sound_chain(random)
    assert fails(report_of(form, 2021 + at) for at, form in enumerate(years)) == []
    at = random.choice((1, 2))
    table, row, column, rule = random.choice(
        [
            ("requests", "carried_in", "business", "X_CARRY"),
            ("requests", "carried_in", "total", "X_CARRY"),
            ("disclosure", "normative_documents", "in_force", "T2_STOCK_FLOW"),
        ]
    )
    value = years[at].cells[table, row, column]
    assert not isinstance(value, str)
    planted = with_values(years[at], {(table, row, column): value + 1})
    expected = [(2021 + at, rule, column if table == "requests" else row)]
    if rule == "T2_STOCK_FLOW" and at == 1:  # the next year starts from the stock as filed
        expected.append((2023, rule, row))
    chain = [*years[:at], planted, *years[at + 1 :]]
    assert fails(report_of(form, 2021 + year) for year, form in enumerate(chain)) == expected


# -- linking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("青原县教体局", "青原县教育体育局", True),
        ("青原县卫生和计划生育委员会", "青原县卫健委", True),
        ("青原县教育局", "青原县财政局", False),
        ("青原县大石镇人民政府", "青原县小石镇人民政府", False),
        ("青原县人民政府", "青原县人民政府办公室", False),
    ],
)
def test_reports_are_linked_by_place_kind_and_function(first: str, second: str, same: bool) -> None:
    from gknlp.issuer.organ import parse_organ

    keys = [issuer_key(issuer(name, parse_organ(name).kind or "")) for name in (first, second)]
    assert (keys[0] == keys[1]) is same


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="教育局 stands twice"):
        parse_renamings('[[organ]]\nnames = ["教育局"]\n[[organ]]\nnames = ["教体局", "教育局"]\n')


def stored_chains(folder: Path, **settings: bool) -> list[Chain]:
    return list(chains(index_reports(find_stored([str(folder)])), Settings(**settings)))  # type: ignore[arg-type]


def write(folder: Path, *reports: Report) -> None:
    for number, report in enumerate(reports):
        (folder / f"{number}.json").write_text(report.to_json(), encoding="utf-8")


def test_a_chain_has_its_years_gaps_names_and_duplicates(tmp_path: Path) -> None:
    zero = fill("F2021", Random(1), density=0.2)
    other = report_of(zero, 2021, "图解：2021年，共答复咨询31次。")
    picture = msgspec.structs.replace(other, tables=(), source=msgspec.structs.replace(other.source, path="图解.html"))
    write(
        tmp_path,
        report_of(zero, 2024, by=issuer("青原县教育体育局")),
        report_of(zero, 2021),
        picture,
        report_of(zero, 2022),
        report_of(zero, 2022, by=issuer("青原县财政局")),
        msgspec.structs.replace(report_of(zero, 2020), issuer=None),
    )
    (tmp_path / "errors.jsonl").write_text("{}\n", encoding="utf-8")
    found = stored_chains(tmp_path)
    assert [chain.key for chain in found] == ["999901/department/教育局", "999901/department/财政局"]
    chain = found[0]
    assert chain.names == ("青原县教育局", "青原县教育体育局")
    assert [(year.year, year.before) for year in chain.years] == [(2021, None), (2022, 2021), (2024, None)]
    assert chain.missing_years == (2023,)
    (duplicate,) = chain.years[0].duplicates
    assert duplicate.path == "图解.html"
    assert duplicate.similarity is not None
    assert {one.rule for one in chain.breaks} >= {"X_TABLE_DUP"}
    assert all(one.year == 2022 for one in chain.breaks if one.rule == "X_TABLE_DUP")


def test_units_that_sum_to_more_than_their_area_break_it(tmp_path: Path) -> None:
    def with_new(count: int, by: Issuer) -> Report:
        zero = fill("F2021", Random(0), density=0)
        empty = zero._replace(cells=dict.fromkeys(zero.cells, 0))
        filled = with_values(empty, {("requests", "new_received", "total"): count})
        facts = (make_fact(0, "req.received", count, None, scope="whole_area"),)
        return msgspec.structs.replace(report_of(filled, 2022, by=by), facts=facts)

    county = issuer("青原县人民政府", "government")
    town = issuer("青原县大石镇人民政府", "government")
    write(tmp_path, with_new(9, county), with_new(6, issuer()), with_new(4, town))
    chain = next(chain for chain in stored_chains(tmp_path) if chain.kind == "government" and len(chain.key) < 30)
    (check,) = [c for c in chain.years[0].checks if c.rule == "X_ROLLUP" and c.status == "fail"]
    assert (check.left, check.right, check.where) == (9, 10, {"units": "2"})


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_speaks_to_people_and_programs(tmp_path: Path) -> None:
    zero = fill("F2021", Random(1), density=0.3)
    carried = with_values(zero, {("requests", "carried_in", "total"): 999})
    source = report_of(zero, 2021)
    evil = msgspec.structs.replace(source, source=msgspec.structs.replace(source.source, path="=1+1.txt"))
    folder = tmp_path / "out"
    folder.mkdir()
    write(folder, evil, report_of(carried, 2022))
    runner = CliRunner()
    text = runner.invoke(main, ["panel", str(folder)])
    assert text.exit_code == 1
    assert "青原县教育局  999901" in text.stdout
    assert "first break of X_CARRY: 2022" in text.stdout
    lines = runner.invoke(main, ["panel", str(folder), "--format", "jsonl"])
    chain = json.loads(lines.stdout)
    assert chain["schema"] == "gknlp.panel/1"
    assert msgspec.convert(chain, Chain).years[1].before == 2021
    target = tmp_path / "panel.csv"
    assert runner.invoke(main, ["panel", str(folder), "--format", "csv", "--all", "-o", str(target)]).exit_code == 1
    data = target.read_bytes().decode("utf-8-sig")
    assert "X_CARRY" in data
    assert ",'=1+1.txt" in data
    calm = runner.invoke(main, ["panel", str(folder), "--ignore", "X_CARRY"])
    assert calm.exit_code == 0


def test_a_folder_without_reports_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    result = CliRunner().invoke(main, ["panel", str(tmp_path)])
    assert result.exit_code == 1
    assert "run 'gknlp extract' on the sources first" in result.stderr


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"schema": 1}', encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"a\.json, byte 0"):
        index_reports(find_stored([str(tmp_path)]))
