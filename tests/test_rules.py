"""The rule catalogue: it is whole, its examples prove it, its page is in step, and its rules can be switched off."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from gknlp.checks.guide import main as write_guide
from gknlp.checks.guide import render_guide
from gknlp.checks.plan import make_plan
from gknlp.checks.sheet import Reading, read_sheet
from gknlp.cli import main
from gknlp.errors import KnowledgeError
from gknlp.knowledge.fact_types import load_fact_types
from gknlp.knowledge.forms import load_forms
from gknlp.knowledge.rules import (
    PROSE_KINDS,
    SERIES_KINDS,
    TABLE_KINDS,
    Rule,
    RuleExample,
    load_rules,
    parse_rules,
    rule_ids,
)
from gknlp.knowledge.settings import ignored_rules, load_settings
from gknlp.model import Check
from gknlp.pipeline import Options, extract
from gknlp.readers import read_text
from tests.support.examples import form_of, run_example, tables_of

RULES = load_rules()
PROSE = [rule for rule in RULES if rule.kind in PROSE_KINDS]
STATISTICS = [rule for rule in RULES if rule.table == "statistics"]
GUIDE = Path(__file__).parent.parent / "docs" / "rules.md"
each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)

# The rules of the genre by family, as its description lists them.
FAMILIES = {"T3": 9, "T4": 7, "T2": 7, "T2A": 7, "F14": 13, "X": 6, "N": 16}


def test_every_rule_of_the_genre_is_in_the_catalogue() -> None:
    found = dict.fromkeys(FAMILIES, 0)
    for rule in RULES:
        found[rule.id.split("_")[0]] += 1
    assert found == FAMILIES and len(rule_ids()) == 65


@each
def test_an_entry_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)+", rule.id)
    assert rule.kind in TABLE_KINDS | PROSE_KINDS | SERIES_KINDS
    assert all(text.strip() for text in (rule.title, rule.formula, rule.message))
    assert all(re.search("[\u4e00-\u9fff]", text) for text in (rule.title_zh, rule.message_zh))
    assert rule.holds != rule.breaks
    assert rule.id.startswith("X_") or rule.table or rule.kind in PROSE_KINDS


@each
def test_both_messages_say_the_same(rule: Rule) -> None:
    words = [set(re.findall(r"\{(\w+)\}", message)) for message in (rule.message, rule.message_zh)]
    assert words[0] == words[1]


@each
def test_an_example_names_cells_of_its_form(rule: Rule) -> None:
    for example in _all_examples(rule):
        known = _cells_of(example.form) | {f"requests/{row}/total" for row in rule.subtotals}
        if example.form in {form.id for form in load_forms()}:
            assert set(example.cells) <= known
            assert all(any(fnmatchcase(key, pattern) for key in known) for pattern in example.blank)


def _cells_of(form_id: str) -> set[str]:
    keys = [(table.id, table.keys()) for form in load_forms() if form.id == form_id for table in form.table]
    return {f"{table}/{row}/{column}" for table, cells in keys for row, column in cells}


def _all_examples(rule: Rule) -> list[RuleExample]:
    found = [rule.holds, rule.breaks]
    for example in found:
        found += [*([example.before] if example.before else []), *example.units]
    return found


@pytest.mark.parametrize("rule", PROSE, ids=lambda rule: rule.id)
def test_the_examples_of_a_rule_about_prose_hold_and_break_it(rule: Rule) -> None:
    holds, breaks = run_example(rule, rule.holds), run_example(rule, rule.breaks)
    assert {check.status for check in holds} <= ({"pass"} if rule.id != "N_BLANK_NUMBER" else set())
    assert bool(holds) == (rule.id != "N_BLANK_NUMBER")  # a missing number gives a record, a number that is there none
    assert "fail" in {check.status for check in breaks}
    for check in breaks:
        if check.status == "fail":
            assert_a_failure_says_what_it_knows(rule, check)


def assert_a_failure_says_what_it_knows(rule: Rule, check: Check) -> None:
    assert check.severity == rule.severity and check.cause in ("filing", "unknown")
    assert check.facts or rule.kind == "period"
    assert "{" not in check.message and "None" not in check.message
    if rule.kind in ("stated", "none"):
        assert check.cells and check.table and check.left is not None and check.right is not None


@pytest.mark.parametrize("rule", STATISTICS, ids=lambda rule: rule.id)
def test_the_examples_of_a_rule_about_statistics_hold_and_break_it(rule: Rule) -> None:
    assert _statistics(rule, rule.holds) == ["pass"]
    assert _statistics(rule, rule.breaks) == ["fail"]
    blank = msgspec.structs.replace(rule.holds, blank=("statistics/*/value",))
    assert _statistics(rule, blank) == ["not_assessable"]


def _statistics(rule: Rule, example: RuleExample) -> list[str]:
    (form,) = [table for table in form_of(rule, "F2014").table if table.id == "statistics"]
    plan = make_plan(form, (rule,))
    (table,) = [table for table in tables_of(rule, example) if table.id == "statistics"]
    sheet = read_sheet(table, plan.grid)
    return [judge(sheet, Reading({form.id: sheet}, None)).status for judge in plan.judges]


def test_cells_and_facts_of_the_readings_exist() -> None:
    types = set(load_fact_types().types)
    tables = {table.id for form in load_forms() for table in form.table}
    rows = {f"{table.id}/{row.id}" for form in load_forms() for table in form.table for row in table.rows}
    groups = {
        f"{table.id}/@{name}"
        for form in load_forms()
        for table in form.table
        for row in table.rows
        for name in (row.group, row.role)
    }
    columns = {f"{table.id}/{column.id}" for form in load_forms() for table in form.table for column in table.columns}
    for rule in PROSE:
        assert {*(stated.type for stated in rule.stated), *(rate.type for rate in rule.rates)} <= types
        readings = [reading for stated in rule.stated for reading in stated.readings]
        for term in [*rule.whole, *(term for reading in readings for term in (*reading.add, *reading.less))]:
            table, row, column = term.split("/")
            if table in tables:
                assert f"{table}/{row}" in rows | groups and f"{table}/{column}" in columns, term


# -- the page and the command -------------------------------------------------------------------------------------------


def test_the_page_is_in_step_with_the_catalogue(tmp_path: Path) -> None:
    assert GUIDE.read_text(encoding="utf-8") == render_guide(RULES), (
        "python -m gknlp.checks.guide docs/rules.md writes it anew"
    )
    write_guide([str(tmp_path / "rules.md")])
    assert (tmp_path / "rules.md").read_text(encoding="utf-8") == render_guide(RULES)
    assert all(f"### {rule.id}\n" in render_guide(RULES) for rule in RULES)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["rules", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_lists_the_rules_and_shows_one() -> None:
    lines = run().splitlines()
    assert len(lines) == len(RULES) and all(rule.id in line for rule, line in zip(RULES, lines, strict=True))
    shown = run("T3_BALANCE", "N_NEW")
    assert "new_received + carried_in = result_total + carried_out" in shown and "N_NEW" in shown
    assert "勾稽关系" in run("T3_BALANCE", "--lang", "zh")
    assert [entry["id"] for entry in json.loads(run("--format", "json"))] == [rule.id for rule in RULES]
    assert CliRunner().invoke(main, ["rules", "T9"]).exit_code == 2


# -- switching rules off -------------------------------------------------------------------------------------------------

TEXT = """青原县民政局2022年政府信息公开工作年度报告
一、总体情况
2022年，我局公开政府信息432条，其中工作动态366条、财务信息166条。共公开各类政府信息条。
"""


def test_a_rule_that_is_ignored_gives_no_record() -> None:
    document = read_text(TEXT)
    every = {check.rule for check in extract(document).checks}
    assert {"N_PARTS", "N_BLANK_NUMBER"} <= every
    some = extract(document, Options(ignore=frozenset({"N_PARTS"}))).checks
    assert {check.rule for check in some} == every - {"N_PARTS"}


def test_settings_name_the_file_and_the_key_of_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "gknlp.toml"
    for content, said in (
        ('[checks]\nignore = ["T3_WITDH"]', "gknlp.toml: checks.ignore: there is no rule T3_WITDH; is it T3_WIDTH"),
        ('[checks]\nignored = ["T3_WIDTH"]', "gknlp.toml.*ignored"),
        ("[check]\n", "gknlp.toml.*check"),
        ('[checks]\nignore = "T3_WIDTH"', "gknlp.toml.*array"),
        ("[checks", "gknlp.toml"),
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(KnowledgeError, match=said):
            load_settings(file)
    file.write_bytes(b'[checks]\nignore = ["\xff"]')
    with pytest.raises(KnowledgeError, match=r"gknlp\.toml"):
        load_settings(file)
    file.write_text('[checks]\nignore = ["T3_WIDTH", "N_FEE"]', encoding="utf-8")
    assert load_settings(file).checks.ignore == ("T3_WIDTH", "N_FEE")
    file.write_text("", encoding="utf-8")
    assert load_settings(file).checks.ignore == ()


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(KnowledgeError, match=r"--ignore: there is no rule nonsense$"):
        ignored_rules(["nonsense"], place="--ignore")


WRONG = [
    ('kind = "stated"', 'kind = "rate"', "rates"),
    ('units = ["件"]', "units = []", "units"),
    ('id = "new"', 'name = "new"', "id"),
    ("{left}", "{lefty}", "lefty"),
    ("甲{left}", "甲{lefty}", "message_zh"),
]
ENTRY = """
[[rule]]
id = "A"
section = "1"
table = "requests"
kind = "stated"
severity = "W"
title = "a"
title_zh = "甲"
formula = "a"
message = "{left}"
message_zh = "甲{left}"
units = ["件"]
stated = [{ type = "req.received", readings = [{ id = "new", zh = "新收", add = ["requests/new_received/total"] }] }]
holds = {}
breaks = {}
"""


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_entry_is_named(old: str, new: str, said: str) -> None:
    assert parse_rules(ENTRY, name="mine.toml")[0].id == "A"
    with pytest.raises(KnowledgeError, match=f"mine.toml.*{said}"):
        parse_rules(ENTRY.replace(old, new), name="mine.toml")


def test_messages_in_chinese() -> None:
    assert [rule.message for rule in load_rules("zh")] == [rule.message_zh for rule in RULES]
