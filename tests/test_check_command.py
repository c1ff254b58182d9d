"""``gknlp check`` as an issuer and as a program meet it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gknlp.cli import main
from gknlp.export.problems import SEVERITIES, problems, problems_csv
from gknlp.pipeline import extract
from gknlp.readers import read_text
from tests.building import make_check, make_report

EXAMPLES = Path(__file__).parent.parent / "examples"
BROKEN = EXAMPLES / "dongping_county_2021.txt"  # its total row is left at 0
SOUND = EXAMPLES / "shiping_town_2023.txt"
UNLIKELY = """青原县民政局2022年政府信息公开工作年度报告
一、总体情况
2022年，我局公开政府信息432条，其中工作动态366条、财务信息166条。
"""


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)], input=stdin)


@pytest.mark.parametrize(
    ("file", "options", "code"),
    [
        (BROKEN, (), 1),
        (BROKEN, ("--fail-on", "never"), 0),
        (BROKEN, ("--ignore", "T3_ITEM_TOTAL", "--ignore", "T3_BALANCE"), 0),
        (SOUND, (), 0),
    ],
)
def test_the_exit_code_says_whether_an_identity_fails(file: Path, options: tuple[str, ...], code: int) -> None:
    assert run(file, *options).exit_code == code


def test_the_severity_that_fails_is_chosen(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(UNLIKELY, encoding="utf-8")
    assert [run(file, "--fail-on", severity).exit_code for severity in ("E", "W", "I")] == [0, 1, 1]
    assert run(file, "--fail-on", "I", "--ignore", "N_PARTS").exit_code == 0


def test_rules_are_switched_off_by_a_file(tmp_path: Path) -> None:
    settings = tmp_path / "gknlp.toml"
    settings.write_text('[checks]\nignore = ["T3_ITEM_TOTAL", "T3_BALANCE"]\n', encoding="utf-8")
    assert run(BROKEN, "--config", settings).exit_code == 0
    settings.write_text('[checks]\nignore = ["T3_ITEMTOTAL"]\n', encoding="utf-8")
    result = run(BROKEN, "--config", settings)
    assert result.exit_code == 2 and "T3_ITEMTOTAL" in result.output and "gknlp.toml" in result.output


def test_extract_leaves_out_the_rules_that_are_switched_off(tmp_path: Path) -> None:
    settings = tmp_path / "gknlp.toml"
    settings.write_text('[checks]\nignore = ["T3_ITEM_TOTAL"]\n', encoding="utf-8")
    options = ["--ignore", "T3_BALANCE", "--config", str(settings)]
    result = CliRunner().invoke(main, ["extract", str(BROKEN), *options])
    rules = {check["rule"] for check in json.loads(result.stdout)["checks"]}
    assert "T3_ROW_SUM" in rules and not rules & {"T3_BALANCE", "T3_ITEM_TOTAL"}
    assert CliRunner().invoke(main, ["extract", str(BROKEN), "--ignore", "T3"]).exit_code == 2


def test_people_read_the_most_serious_first() -> None:
    output = run(BROKEN).output
    assert "T3_ITEM_TOTAL" in output and "line 60" in output and "and 2 more" in output
    assert output.index("T3_BALANCE") < output.index("T3_TOTAL_ROW_ZERO")
    assert "and 2 more" not in run(BROKEN, "--all").output
    assert "各项办理结果之和为58" in run(BROKEN, "--lang", "zh").output


def test_json_reports_are_checked_as_they_are(tmp_path: Path) -> None:
    report = extract(read_text(UNLIKELY))
    (tmp_path / "one.json").write_text(report.to_json(indent=2), encoding="utf-8")
    (tmp_path / "all.jsonl").write_text(f"{report.to_json()}\n{report.to_json()}\n", encoding="utf-8")
    (tmp_path / "errors.jsonl").write_text('{"error": "x"}\n', encoding="utf-8")
    assert run(tmp_path / "one.json", "--fail-on", "W").exit_code == 1
    found = json.loads(run(tmp_path, "--format", "json", "--fail-on", "never").output)
    assert sum(problem["rule"] == "N_PARTS" for problem in found) == 3
    assert "各分项之和" in run(tmp_path / "one.json", "--lang", "zh").output
    assert run("-", "--fail-on", "W", stdin=report.to_json()).exit_code == 1
    assert run("-", "--fail-on", "W", stdin=UNLIKELY).exit_code == 1


def test_an_input_that_cannot_be_read_is_named_and_the_others_are_checked(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{nonsense", encoding="utf-8")
    result = run(tmp_path / "bad.json", tmp_path / "none.txt", SOUND, "--fail-on", "never")
    assert result.exit_code == 1 and "not read: 2" in result.output
    assert "bad.json" in result.output and "none.txt" in result.output
    assert SOUND.name in result.output


# -- problems --------------------------------------------------------------------------------------------------------


def test_problems_stand_where_they_say() -> None:
    report = extract(read_text(UNLIKELY))
    (problem,) = [problem for problem in problems(report) if problem.rule == "N_PARTS"]
    spot = problem.spots[0]
    line = UNLIKELY.splitlines()[spot.line - 1]
    assert line[spot.column - 1 :].startswith(UNLIKELY[spot.start : spot.end])
    assert problem.excerpt in UNLIKELY and len(problem.spots) == len(problem.facts)


def test_problems_are_sorted_by_severity() -> None:
    report = extract(read_text(BROKEN.read_text(encoding="utf-8")))
    order = [SEVERITIES.index(problem.severity) for problem in problems(report, everything=True)]
    assert order == sorted(order) and len(problems(report)) <= len(order)


@pytest.mark.parametrize("text", ["=1+1", "+1+2", "-1+cmd", "@SUM(A1)", "\t=1", "＝1", " =1"])
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    report = make_report(checks=(make_check("N_PARTS", "fail", message=text),))
    rows = list(csv.DictReader(io.StringIO(problems_csv(problems(report)).removeprefix("\ufeff"))))
    assert len(rows) == 1 and rows[0]["message"] == f"'{text}"


def test_csv_is_what_a_spreadsheet_opens() -> None:
    data = run(BROKEN, "--format", "csv").stdout_bytes
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data and b"\r\r\n" not in data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert {row["rule"] for row in rows} >= {"T3_ITEM_TOTAL", "T3_BALANCE", "T3_TOTAL_ROW_ZERO"}
    assert all(row["path"].endswith(BROKEN.name) and row["severity"] in SEVERITIES for row in rows)
    assert all(row["start"].isdecimal() for row in rows if row["rule"] == "T3_BALANCE")


# -- SARIF ------------------------------------------------------------------------------------------------------------


def log_of(*paths: Path) -> Any:
    return json.loads(run(*paths, "--format", "sarif", "--fail-on", "never").output)


def test_sarif_has_the_shape_of_version_2_1_0() -> None:
    log = log_of(BROKEN, SOUND)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (result,) = log["runs"]
    assert set(result) == {"tool", "artifacts", "columnKind", "results"}
    assert result["columnKind"] == "unicodeCodePoints"
    rules = result["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rule["defaultConfiguration"]["level"] in ("error", "warning", "note") for rule in rules)
    assert len(result["artifacts"]) == 2 and result["results"]
    for found in result["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
        assert found["level"] in ("error", "warning", "note") and found["message"]["text"]
        for place in (*found["locations"], *found.get("relatedLocations", ())):
            physical = place["physicalLocation"]
            uri = physical["artifactLocation"]["uri"]
            assert result["artifacts"][physical["artifactLocation"]["index"]]["location"]["uri"] == uri


def test_regions_of_sarif_hold_the_cells_they_name() -> None:
    text = BROKEN.read_text(encoding="utf-8")
    (result,) = log_of(BROKEN)["runs"]
    checked = 0
    for found in result["results"]:
        for place in (*found["locations"], *found.get("relatedLocations", ())):
            region = place["physicalLocation"].get("region")
            if region is not None:
                held = text[region["charOffset"] : region["charOffset"] + region["charLength"]]
                line = text.split("\n")[region["startLine"] - 1]
                assert line[region["startColumn"] - 1 :].startswith(held.split("\n")[0])
                checked += 1
        if found["ruleId"] == "T3_ITEM_TOTAL":
            names = [name["fullyQualifiedName"] for name in found["locations"][0]["logicalLocations"]]
            assert names[0].startswith("requests/result_total/")
    assert checked > 20


def test_a_file_that_is_no_text_has_no_regions(tmp_path: Path) -> None:
    report = extract(read_text(UNLIKELY))
    data = json.loads(report.to_json())
    data["source"] |= {"media_type": "application/pdf", "path": "报告 1.pdf"}
    (tmp_path / "a.json").write_text(json.dumps(data), encoding="utf-8")
    (result,) = log_of(tmp_path / "a.json")["runs"]
    assert result["artifacts"][0]["location"]["uri"] == "%E6%8A%A5%E5%91%8A%201.pdf"
    assert not any("region" in found["locations"][0]["physicalLocation"] for found in result["results"])
    assert any(found["locations"][0]["logicalLocations"] for found in result["results"])
