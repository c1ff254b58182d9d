"""The accuracy gate holds: it lets better through, stops worse, and lowers no floor unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import gate
from tests.test_pipeline import TEXT


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite of one report with one right and one wrong cell."""
    folder = tmp_path / "gold" / "own"
    folder.mkdir(parents=True)
    monkeypatch.setattr(gate, "GOLD", tmp_path / "gold")
    monkeypatch.setattr(gate, "EXAMPLES", tmp_path / "none")
    monkeypatch.delenv("GKNLP_REPORTS", raising=False)
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    write_gold(folder, 3, 2)
    return folder


def write_gold(folder: Path, total: int, upheld: int) -> None:
    gold = {"tables": {"remedies": {"review/total": total, "review/upheld": upheld}}}
    (folder / "a.gold.json").write_text(json.dumps(gold), encoding="utf-8")


def run(suite: Path, *arguments: str) -> int:
    return gate.main(list(arguments), path=suite.parent / "floors.json")


def floors(suite: Path) -> dict[str, float]:
    return gate.load(suite.parent / "floors.json")["own"].measures


def set_floor(suite: Path, name: str, value: float) -> None:
    path = suite.parent / "floors.json"
    data = gate.load(path)
    data["own"].measures[name] = value
    gate.save(path, data)


def test_a_suite_without_floors_does_not_pass(suite: Path) -> None:
    assert run(suite) == 1
    assert run(suite, "--update") == 0
    assert run(suite) == 0
    assert floors(suite)["tables.accuracy"] == 0.5
    assert floors(suite)["tables.silent"] == 1


@pytest.mark.parametrize(("name", "floor"), [("tables.accuracy", 0.6), ("tables.silent", 0), ("facts.recall", 0.1)])
def test_worse_is_stopped_and_no_floor_is_lowered_unasked(
    suite: Path, name: str, floor: float, capsys: pytest.CaptureFixture[str]
) -> None:
    run(suite, "--update")
    set_floor(suite, name, floor)
    assert run(suite) == 1
    assert f"WORSE own: {name} is " in capsys.readouterr().out
    assert run(suite, "--update") == 1
    assert floors(suite)[name] == floor
    assert run(suite, "--update", "--allow-regression") == 0
    assert floors(suite).get(name) != floor
    assert run(suite) == 0


def test_better_passes_and_raises_the_floor_when_asked(suite: Path) -> None:
    run(suite, "--update")
    set_floor(suite, "tables.accuracy", 0.4)
    assert run(suite) == 0
    assert floors(suite)["tables.accuracy"] == 0.4
    assert run(suite, "--update") == 0
    assert floors(suite)["tables.accuracy"] == 0.5


def test_changed_gold_is_seen(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(suite, "--update")
    write_gold(suite, 3, 1)
    assert run(suite) == 1
    assert "own: the gold has changed" in capsys.readouterr().out
    assert run(suite, "--update") == 1
    assert run(suite, "--update", "--allow-regression") == 0
    assert floors(suite)["tables.accuracy"] == 1.0


def test_a_suite_that_is_not_at_hand_keeps_its_floors(suite: Path) -> None:
    run(suite, "--update")
    path = suite.parent / "floors.json"
    gate.save(path, gate.load(path) | {"reports": gate.Floor(gold="x", measures={"tables.accuracy": 1.0})})
    assert run(suite, "--update", "--allow-regression") == 0
    assert gate.load(path)["reports"].measures == {"tables.accuracy": 1.0}


def test_the_floors_in_the_project_can_be_read() -> None:
    for suite, floor in gate.load(gate.FLOORS).items():
        assert len(floor.gold) == 64, suite
        assert floor.measures
