"""A fact type of the user's own: one TOML file in a folder, and it stands in the output."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import gknlp
from gknlp.cli import main

TEXT = "一、总体情况\n全年开展河湖巡查47次，公开政府信息120条。\n"
OWN = """
[terms]
"obj.patrol" = ["河湖巡查"]

[[type]]
id = "own.patrols"
label = "河湖巡查次数"
english = "river and lake patrols"
units = ["次"]
rules = [{ own = ["obj.patrol"] }]
examples = [{ text = "组织河湖巡查12次。", value = 12 }]
counter = ["开展河湖整治项目12个。"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "patrols.toml").write_text(OWN, encoding="utf-8")
    return folder


def test_the_command_line_finds_it(tmp_path: Path, own: Path) -> None:
    source, out = tmp_path / "report.txt", tmp_path / "report.json"
    source.write_text(TEXT, encoding="utf-8")
    result = CliRunner().invoke(main, ["extract", str(source), "-o", str(out), "--knowledge", str(own)])
    assert result.exit_code == 0, result.output
    facts = {fact.type: fact for fact in gknlp.Report.from_json(out.read_bytes()).facts}
    assert facts["own.patrols"].value == 47
    assert facts["own.patrols"].rule == "own.patrols#1"
    assert facts["pub.info_total"].value == 120


def test_without_the_folder_it_is_a_count_of_something(tmp_path: Path, own: Path) -> None:
    source = tmp_path / "report.txt"
    source.write_text(TEXT, encoding="utf-8")
    assert "own.patrols" not in {fact.type for fact in gknlp.extract(source).facts}
    assert "own.patrols" in {fact.type for fact in gknlp.extract(source, knowledge=own).facts}


def test_a_wrong_file_is_named_with_its_key_and_stops_the_run(tmp_path: Path, own: Path) -> None:
    source = tmp_path / "report.txt"
    source.write_text(TEXT, encoding="utf-8")
    (own / "broken.toml").write_text('[[type]]\nid = "own.x"\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["extract", str(source), "--knowledge", str(own)])
    assert result.exit_code != 0
    assert "broken.toml" in result.output
