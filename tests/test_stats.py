"""Statistics across reports: coverage, spread, outliers by level and year, missing data."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
from click.testing import CliRunner

from gknlp.cli import main
from gknlp.corpus.stats import Stats, read_stats
from gknlp.corpus.stored import find_stored
from gknlp.model import Issuer
from tests.building import make_fact, make_report, make_table


def corpus(folder: Path) -> Path:
    """Twelve county reports of 2021 with 20 to 31 requests, one of them with 90,000; one of a township, one unknown."""
    folder.mkdir()
    with (folder / "all.jsonl").open("w", encoding="utf-8") as file:
        for number in range(14):
            level = "county" if number < 12 else "township"
            by = Issuer(name=f"第{number}县", full_name=None, kind="government", level=level, division_code=None,
                        division_path=(), start=None, end=None)  # fmt: skip
            value = 90_000 if number == 7 else 20 + number
            cells = {"new_received/total": value, "carried_in/total": None, "granted/natural_person": 3}
            facts = (make_fact(0, "gov.trainings", number, 0), make_fact(1, "gov.trainings", 99, 0, part_of="f0"))
            report = msgspec.structs.replace(
                make_report(f"{number}.txt"),
                id=f"{number:016d}",
                year=2021 if number < 13 else None,
                issuer=by,
                tables=(make_table("requests", cells),) if number != 3 else (),
                facts=facts if number % 2 else (),
            )
            file.write(report.to_json() + "\n")
    return folder


def stats_of(tmp_path: Path) -> Stats:
    return read_stats(find_stored([str(corpus(tmp_path / "out"))]))


def test_what_is_there(tmp_path: Path) -> None:
    stats = stats_of(tmp_path)
    assert (stats.reports, stats.years, stats.levels) == (14, {"": 1, "2021": 13}, {"county": 12, "township": 2})
    trainings = next(one for one in stats.coverage if one.type == "gov.trainings")
    assert (trainings.reports, trainings.facts, trainings.share) == (7, 14, 0.5)
    assert next(one for one in stats.coverage if one.type == "rem.suit").share == 0.0


def test_how_values_are_spread(tmp_path: Path) -> None:
    spread = {one.statistic: one for one in stats_of(tmp_path).spread}
    new = spread["cell:requests/new_received/total"]
    assert (new.reports, new.missing, new.least, new.most) == (13, 0, 20, 90_000)
    trainings = spread["fact:gov.trainings"]
    assert (trainings.reports, trainings.missing, trainings.median, trainings.most) == (7, 7, 7, 13)
    assert "cell:requests/granted/natural_person" not in spread


def test_what_stands_out_of_its_level_and_year(tmp_path: Path) -> None:
    (far,) = stats_of(tmp_path).outliers
    assert (far.statistic, far.value, far.level, far.year, far.issuer) == (
        "cell:requests/new_received/total", 90_000, "county", 2021, "第7县",
    )  # fmt: skip
    assert far.deviations > 5


def test_what_is_missing(tmp_path: Path) -> None:
    missing = {one.year: one for one in stats_of(tmp_path).missing}
    assert (missing["2021"].reports, missing["2021"].printed) == (13, 12)
    assert (missing["2021"].number, missing["2021"].blank, missing["2021"].absent) == (24, 12, 0)


def test_the_command(tmp_path: Path) -> None:
    out = corpus(tmp_path / "out")
    result = CliRunner().invoke(main, ["stats", str(out), "-o", str(tmp_path / "stats")])
    assert result.exit_code == 0
    assert "14 reports" in result.stdout
    assert "values far from those of the same level and year: 1" in result.stdout
    with (tmp_path / "stats" / "outliers.csv").open(encoding="utf-8-sig") as file:
        assert [row["issuer"] for row in csv.DictReader(file)] == ["第7县"]
    none = CliRunner().invoke(main, ["stats", str(tmp_path / "stats")])
    assert none.exit_code == 1
    assert "run 'gknlp extract'" in none.stderr
