"""Evaluation: each counting rule by example, and the same numbers as the project's yardstick where it is at hand."""

from __future__ import annotations

import importlib.util
import json
import os
import random
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from gknlp.errors import UnreadableInput
from gknlp.evaluate import Gold, evaluate, load_gold
from gknlp.evaluate.gold import place
from gknlp.model import Diagnostic, Issuer, Repair, Report
from tests.building import TEXT, make_cell, make_check, make_fact, make_issue, make_report, make_table

AT = TEXT.index("320")


def measure(report: Report | None, **gold: object) -> dict[str, object]:
    wanted = msgspec.convert(gold, Gold)
    reports = {} if report is None else {"a": report}
    return msgspec.to_builtins(evaluate(reports, {"a": wanted}).summary)


def gold_fact(type_: str = "pub.info_total", value: object = 320, **fields: object) -> dict[str, object]:
    return {"type": type_, "value": value, "qualifier": "exact", "quote": "320条", "number": "320", "at": AT, **fields}


def test_a_wrong_cell_is_silent_unless_the_report_warns_of_its_table() -> None:
    gold = {"requests": {"granted/total": 3}}
    wrong = make_report(tables=(make_table("requests", {"granted/total": 2}),))
    warned = Diagnostic(code="x", severity="warning", message="", table="requests")
    noted = Diagnostic(code="x", severity="info", message="", table="requests")
    repaired = make_cell("granted", "total", 2, repair=Repair(value=3, rule="r", unique=True, proof=""))
    with_repair = msgspec.structs.replace(wrong.tables[0], cells=(repaired,))
    assert measure(wrong, tables=gold)["tables"]["silent"] == 1
    assert measure(msgspec.structs.replace(wrong, diagnostics=(noted,)), tables=gold)["tables"]["silent"] == 1
    assert measure(msgspec.structs.replace(wrong, diagnostics=(warned,)), tables=gold)["tables"]["silent"] == 0
    assert measure(msgspec.structs.replace(wrong, checks=(make_check("T"),)), tables=gold)["tables"]["silent"] == 0
    assert measure(msgspec.structs.replace(wrong, tables=(with_repair,)), tables=gold)["tables"]["silent"] == 0


@pytest.mark.parametrize(
    ("got", "wanted", "right"),
    [(3, 3, True), (3.0, 3, True), (None, None, True), (0, None, False), (None, 0, False), (2, 3, False)],
)
def test_null_is_right_for_null_only(got: float | None, wanted: float | None, right: bool) -> None:
    report = make_report(tables=(make_table("requests", {"granted/total": got}),))
    assert measure(report, tables={"requests": {"granted/total": wanted}})["tables"]["accuracy"] == float(right)


@pytest.mark.parametrize(("got", "right"), [(None, True), (0, True), (1, False)])
def test_a_cell_that_cannot_be_known_may_be_null_or_as_the_issuer_meant_it(got: float | None, right: bool) -> None:
    report = make_report(tables=(make_table("requests", {"granted/total": got}),))
    gold = {"tables": {"requests": {"granted/total": "UNKNOWN"}}, "original": {"requests/granted/total": 0}}
    assert measure(report, **gold)["tables"]["accuracy"] == float(right)


def test_a_table_that_is_not_printed_must_have_no_value() -> None:
    invented = make_report(tables=(make_table("remedies", {"review/total": 0}),))
    assert measure(invented, tables={"remedies": None})["tables"]["invented"] == 1
    assert measure(make_report(), tables={"remedies": None})["tables"] == {
        "cells": 0,
        "accuracy": None,
        "nonzero_accuracy": None,
        "silent": 0,
        "invented": 0,
        "documents_right": 1.0,
    }


def test_no_report_has_only_unknown_values_right() -> None:
    summary = measure(None, tables={"requests": {"granted/total": 3, "granted/business": None}}, facts=[gold_fact()])
    assert (summary["unread"], summary["tables"]["accuracy"], summary["tables"]["silent"]) == (1, 0.5, 1)
    assert summary["facts"]["recall"] == 0.0


@pytest.mark.parametrize(
    ("fact", "measures"),
    [
        (make_fact(0, "pub.info_total", 320, AT), {"precision": 1.0, "recall": 1.0, "found": 1.0}),
        (make_fact(0, "pub.info_total", 320, AT + 1), {"precision": 1.0, "recall": 1.0, "found": 1.0}),
        (make_fact(0, "pub.info_total", 320, AT + 2), {"precision": 0.0, "recall": 0.0, "found": 0.0}),
        (make_fact(0, "pub.info_total", 321, AT), {"precision": 0.0, "found": 1.0, "type": 1.0, "value": 0.0}),
        (make_fact(0, "pub.info_by_unit", 320, AT), {"precision": 0.0, "type": 0.0, "group": 1.0, "value": 1.0}),
        (make_fact(0, "pub.info_by_channel", 320, AT), {"precision": 1.0, "type": 1.0}),
        (make_fact(0, "pub.info_total", 320, AT, qualifier="approx"), {"precision": 1.0, "qualifier": 0.0}),
        (make_fact(0, "pub.info_total", 320, None), {"precision": 0.0, "found": 0.0}),
    ],
)
def test_a_fact_is_right_by_place_value_and_type(fact: object, measures: dict[str, float]) -> None:
    summary = measure(make_report(facts=(fact,)), facts=[gold_fact(alt_types=["pub.info_by_channel"])])
    assert {key: summary["facts"][key] for key in measures} == measures


def test_an_optional_fact_is_neither_right_nor_wrong() -> None:
    gold = [gold_fact(optional=True)]
    assert measure(make_report(facts=(make_fact(0, "oth.count", 320, AT),)), facts=gold)["facts"]["predicted"] == 0
    assert measure(make_report(), facts=gold)["facts"]["gold"] == 0


def test_the_best_of_two_facts_at_one_place_is_taken() -> None:
    facts = (make_fact(0, "req.closed", 320, AT), make_fact(1, "pub.info_total", 320, AT))
    summary = measure(make_report(facts=facts), facts=[gold_fact()])
    assert (summary["facts"]["recall"], summary["facts"]["precision"]) == (1.0, 0.5)


def test_facts_are_scored_by_type_and_by_group() -> None:
    facts = (make_fact(0, "pub.info_total", 320, AT), make_fact(1, "req.closed", 5, 0))
    result = evaluate({"a": make_report(facts=facts)}, {"a": msgspec.convert({"facts": [gold_fact()]}, Gold)})
    assert [(x.type, x.measures.precision, x.measures.recall) for x in result.types] == [
        ("pub.info_total", 1.0, 1.0),
        ("req.closed", 0.0, None),
    ]
    assert [x.type for x in result.groups] == ["pub", "req"]
    assert [(x.type, x.message) for x in result.misses] == [("req.closed", "fact extra: req.closed 5 «320»")]


def test_labels_of_an_item_and_of_the_report() -> None:
    issues = (make_issue(0, "problem", 0, 10, "timeliness", "coverage"), make_issue(1, "measure", 20, 30, "quality"))
    gold = [
        {"role": "problem", "at": 0, "quote": TEXT[:9], "labels": ["timeliness"], "alt_labels": ["coverage"]},
        {"role": "problem", "at": 20, "quote": TEXT[20:30], "labels": ["quality"]},
        {"role": "measure", "at": 31, "quote": TEXT[31:40], "labels": ["skills"]},
    ]
    issues_measured = measure(make_report(issues=issues), issues=gold)["issues"]
    assert issues_measured["items"] == {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "gold": 3, "predicted": 2}
    assert issues_measured["role"] == 0.5
    assert issues_measured["problem_labels"]["f1"] == 1.0
    assert issues_measured["measure_labels"]["recall"] == 0.0
    assert issues_measured["problem_sets"]["recall"] == 0.5


def test_meta_and_checks() -> None:
    issuer = Issuer(
        name="政务局",
        full_name="青原县政务局",
        kind=None,
        level=None,
        division_code="1",
        division_path=(),
        start=0,
        end=3,
    )
    report = make_report(
        year=2021, issuer=issuer, checks=(make_check("A"), make_check("B"), make_check("C", severity="W"))
    )
    meta = {"year": 2020, "issuer": "青原县政务局", "form": None, "division_code": "1"}
    summary = measure(report, meta=meta, checks=[{"rule": "A"}, {"rule": "D"}])
    assert summary["meta"] == {"year": 0.0, "issuer": 1.0, "form": None, "division_code": 1.0}
    assert summary["checks"] == {"found": 0.5, "gold": 2, "false": 1, "verified": None}


def test_rules_that_hold_are_verified_with_their_sides() -> None:
    held = [make_check("N_RATE", "pass", left=76.1, right=76.098), make_check("N_NONE", "pass", left=0, right=0)]
    passes = [
        {"rule": "N_RATE", "left": 76.1, "right": 76.1},
        {"rule": "N_NONE", "left": 0, "right": 0},
        {"rule": "N_NONE", "left": 0, "right": 2},
        {"rule": "N_PERIOD", "left": "2021-01-01", "right": "2021-01-01"},
    ]
    assert measure(make_report(checks=tuple(held)), passes=passes, checks=[])["checks"]["verified"] == 0.5


def test_gold_finds_its_place_by_the_neighbourhood() -> None:
    gold = msgspec.convert(
        {
            "facts": [
                {"type": "x", "number": "320", "before": "主动公开政府信息", "after": "条。"},
                {"type": "x", "number": "", "before": "总体情况2021年", "after": "主动公开"},
                {"type": "x", "number": "1", "before": "nowhere", "after": ""},
            ],
            "issues": [{"role": "problem", "labels": ["x"], "head": "总体情况2021", "length": 14}],
        },
        Gold,
    )
    placed = place(gold, TEXT)
    assert placed.facts is not None
    assert placed.issues is not None
    assert [fact.at for fact in placed.facts] == [AT, TEXT.index("主动公开"), -1]
    assert placed.issues[0].quote == "总体情况\n2021年主动公开政"


def test_bad_gold_names_file_and_key(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"holds no \*\.gold\.json"):
        load_gold(tmp_path)
    (tmp_path / "a.gold.json").write_text('{"facts": [{"value": 3}]}', encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"a\.gold\.json.*type.*facts"):
        load_gold(tmp_path)


# -- the yardstick ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gold_folder() -> Path:
    folder = os.environ.get("GKNLP_REPORTS")
    if not folder or not (Path(folder).parent / "score.py").exists():
        pytest.skip("GKNLP_REPORTS does not name a folder of annotated reports with score.py beside it")
    return Path(folder)


@pytest.fixture(scope="module")
def yardstick(gold_folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("yardstick", gold_folder.parent / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def perturbed(stem: str, gold: Gold, text: str, chance: random.Random) -> Report:
    """Return a report that is partly as gold has it and partly wrong, in all the ways that are counted."""
    gold = place(gold, text)
    tables = []
    for table, cells in (gold.tables or {}).items():
        if chance.random() < 0.8:
            values = {
                key: chance.choice([value, value, value, 1, None]) for key, value in (cells or {"a/b": 0}).items()
            }
            tables.append(make_table(table, {k: None if v == "UNKNOWN" else v for k, v in values.items()}))
    facts = []
    for number, fact in enumerate(gold.facts or ()):
        type_ = chance.choice([fact.type, fact.type, "pub.info_total", *fact.alt_types])
        value = chance.choice([fact.value, fact.value, fact.value, 7])
        at = (fact.at or 0) + chance.choice([0, 0, 0, 1, 2])
        start = at if fact.number and chance.random() < 0.9 else None
        for copy in range(chance.choice([0, 1, 1, 1, 2])):
            made = make_fact(number * 2 + copy, type_, value, start, qualifier=chance.choice(["exact", "approx"]))
            facts.append(made if start is not None else msgspec.structs.replace(made, start=at, end=at + 4))
    issues = []
    for number, issue in enumerate(gold.issues or ()):
        labels = chance.sample([*issue.labels, *issue.alt_labels, "other_issue", "none_stated"], 2)
        start = (issue.at or 0) + chance.choice([0, 0, 5, 30])
        role = chance.choice([issue.role, issue.role, "measure"])
        issues.append(make_issue(number, role, start, start + len(issue.quote), *labels))
    rules = [check.rule for check in gold.checks or ()] + ["T3_BALANCE", "T4_REVIEW_SUM"]
    checks = [make_check(rule, chance.choice(["fail", "pass"]), chance.choice("EWI")) for rule in rules]
    noted = Diagnostic(code="x", severity="warning", message="", table=chance.choice(["requests", "remedies", None]))
    return make_report(
        f"somewhere/{stem}.txt",
        text=text,
        year=chance.choice([2021, None]),
        form="F2021",
        tables=tuple(tables),
        facts=tuple(facts),
        issues=tuple(issues),
        checks=tuple(checks),
        diagnostics=(noted,),
    )


@pytest.mark.parametrize("seed", range(25))
def test_the_same_numbers_as_the_yardstick(seed: int, gold_folder: Path, yardstick: ModuleType) -> None:
    chance = random.Random(seed)
    gold = load_gold(gold_folder)
    reports = {}
    for stem, wanted in gold.items():
        if chance.random() < 0.9:
            text = (gold_folder / f"{stem}.txt").read_text(encoding="utf-8")
            reports[stem] = perturbed(stem, wanted, text, chance)
    ours = evaluate(reports, gold)
    theirs = yardstick.score({stem: json.loads(report.to_json()) for stem, report in reports.items()}, gold_folder)
    summary = msgspec.to_builtins(ours.summary)
    del summary["checks"]["verified"]  # the yardstick does not count the rules that hold
    assert summary == theirs.summary()
    missed = [f"{miss.stem}: {miss.message}" for miss in ours.misses if "not verified" not in miss.message]
    assert missed == theirs.misses


# --- labels one by one


def labelled(*problems: tuple[str, str]) -> tuple[Gold, Report]:
    """Return gold and a report of problems that have the first label and were given the second."""
    gold = [
        {"role": "problem", "labels": [wanted], "quote": TEXT[start : start + 10], "at": start}
        for start, (wanted, _) in zip(range(0, 100, 10), problems, strict=False)
    ]
    issues = tuple(
        make_issue(number, "problem", 10 * number, 10 * number + 10, given)
        for number, (_, given) in enumerate(problems)
    )
    return msgspec.convert({"issues": gold}, Gold), make_report(issues=issues)


def test_scores_of_each_label_with_intervals() -> None:
    pairs = [
        labelled(("timeliness", "timeliness"), ("coverage", "timeliness")),
        labelled(("timeliness", "timeliness")),
        labelled(("coverage", "coverage")),
    ]
    result = evaluate(
        {str(n): report for n, (_, report) in enumerate(pairs)}, {str(n): g for n, (g, _) in enumerate(pairs)}
    )
    coverage, timeliness = result.labels
    assert (coverage.role, coverage.label, timeliness.label) == ("problem", "coverage", "timeliness")
    assert (timeliness.measures.precision, timeliness.measures.recall) == (0.6667, 1.0)
    assert coverage.measures.f1 == 0.6667
    for score in result.labels:
        assert score.low is not None
        assert score.high is not None
        assert score.low < (score.measures.f1 or 0) < score.high
    again = evaluate(
        {str(n): report for n, (_, report) in enumerate(pairs)}, {str(n): g for n, (g, _) in enumerate(pairs)}
    )
    assert again.labels == result.labels


def test_labels_add_up_to_the_measures_of_all() -> None:
    alternative = msgspec.convert(
        {
            "issues": [
                {"role": "problem", "labels": ["x"], "alt_labels": ["y"], "quote": TEXT[:10], "at": 0},
                {"role": "measure", "labels": ["z"], "quote": TEXT[20:30], "at": 20},
            ]
        },
        Gold,
    )
    issues = (make_issue(0, "problem", 0, 10, "x", "y", "w"), make_issue(1, "problem", 40, 50, "v"))
    result = evaluate({"a": make_report(issues=issues)}, {"a": alternative})
    for role, whole in (
        ("problem", result.summary.issues.problem_labels),
        ("measure", result.summary.issues.measure_labels),
    ):
        own = [score.measures for score in result.labels if score.role == role]
        assert sum(one.gold for one in own) == whole.gold
        assert sum(one.predicted for one in own) == whole.predicted
    assert {score.label for score in result.labels} == {"x", "w", "v", "z"}


def test_no_gold_of_issues_no_labels() -> None:
    assert evaluate({"a": make_report()}, {"a": Gold()}).labels == ()
