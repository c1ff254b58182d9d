"""``gknlp query``: SQL over an output, which reads the tables and nothing else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import gknlp
from gknlp.cli import main
from gknlp.corpus.inputs import find_inputs
from gknlp.corpus.parts import run_parts
from gknlp.export.convert import export
from gknlp.export.query import QueryError, query, query_frame
from tests.test_pipeline import TEXT

COUNT = 5


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    for number in range(COUNT):
        (folder / f"{number}.txt").write_text(
            TEXT.replace("2021", f"{2021 + number % 2}") + f"{number}\n", encoding="utf-8"
        )
    return folder


@pytest.fixture(scope="module")
def places(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same reports in every shape that an output has."""
    base = tmp_path_factory.mktemp("places")
    inputs = [str(path) for path in sorted(reports.iterdir())]
    CliRunner().invoke(main, ["extract", *inputs, "-o", str(base / "folder")])
    CliRunner().invoke(main, ["extract", *inputs, "-o", str(base / "all.jsonl")])
    run_parts(find_inputs(inputs), str(base / "parts"), done=lambda _: None, size=2)
    export(base / "folder", "parquet", base / "tables")
    export(base / "folder", "parquet", base / "years", partition=True)
    return {name: base / name for name in ("folder", "all.jsonl", "parts", "tables", "years")}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT year, count(*) FROM reports GROUP BY year ORDER BY year", [(2021, 3), (2022, 2)]),
        ("SELECT sum(value) FROM cells WHERE row_id = 'review' AND column_id = 'total'", [(3.0 * COUNT,)]),
        ("SELECT count(*) FROM facts JOIN reports USING (report) WHERE facts.year = reports.year", [(COUNT,)]),
        ("SELECT year, copy FROM panel ORDER BY year, copy", [(2021, 1), (2021, 2), (2021, 3), (2022, 1), (2022, 2)]),
        (
            "SELECT panel.t4_rev_tot, s.t3_new_np FROM panel JOIN panel_states s USING (report) LIMIT 1",
            [(3.0, "no_table")],
        ),
        ("SELECT zh FROM codebook WHERE column_name = 't4_rev_uph' AND table_name = 'panel'", [("行政复议—结果维持",)]),
    ],
)
@pytest.mark.parametrize("place", ["folder", "all.jsonl", "parts", "tables", "years"])
def test_the_same_answer_from_every_shape(places: dict[str, Path], place: str, sql: str, rows: list[object]) -> None:
    assert list(query(places[place], sql).rows) == rows


@pytest.mark.parametrize(
    "sql",
    [
        "COPY cells TO '{here}/stolen.csv'",
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO cells SELECT * FROM cells",
        "ATTACH '{here}/new.duckdb'",
        "SELECT * FROM read_csv('{here}/secret.csv')",
        "SELECT * FROM '{here}/secret.csv'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM tables",
        "SET enable_external_access = true",
        "PRAGMA database_list",
        "INSTALL httpfs",
        "SELECT 1; DROP VIEW panel",
        "SELECT nonsense FROM cells",
        "SELEC 1",
        "",
    ],
)
def test_what_is_not_reading_the_tables_is_refused(places: dict[str, Path], tmp_path: Path, sql: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(QueryError):
        list(query(places["tables"], sql.format(here=tmp_path)).rows)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_the_command(places: dict[str, Path]) -> None:
    sql = "SELECT year, count(*) AS n, avg(bytes) AS size, NULL AS no FROM reports GROUP BY year ORDER BY year"
    told = run("query", places["tables"], sql)
    assert told.stdout.splitlines()[0] == "year,n,size,no"
    assert told.stdout.splitlines()[1].startswith("2021,3,")
    lines = run("query", places["tables"], sql, "--format", "jsonl").stdout.splitlines()
    assert json.loads(lines[1])["n"] == 2
    shown = run("query", places["tables"], "SELECT zh FROM codebook", "--format", "table").stdout
    assert "... the first 40 rows; --all gives all" in shown
    assert len(run("query", places["tables"], "SELECT zh FROM codebook", "--all").stdout.splitlines()) > 300
    wrong = run("query", places["tables"], "DROP TABLE cells")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "one SELECT" in wrong.stderr
    assert run("query", "nowhere", "SELECT 1").exit_code == 1


def test_a_frame(places: dict[str, Path]) -> None:
    frame = query_frame(places["tables"], "SELECT rule, status FROM checks WHERE table_id = 'remedies'")
    assert "pass" in set(frame["status"])
    assert len(frame) == len(gknlp.load(places["parts"]).checks.query("table_id == 'remedies'"))


def test_no_column_is_lost_and_every_line_is_json(places: dict[str, Path]) -> None:
    sql = "SELECT 1 AS a, 2 AS a_1, 3 AS a, 'nan'::DOUBLE AS n, '-inf'::DOUBLE AS i, 12.3456::DECIMAL(9, 4) AS d"
    line = run("query", places["tables"], sql, "--format", "jsonl").stdout
    assert line == '{"a": 1, "a_1": 2, "a_2": 3, "n": null, "i": null, "d": 12.3456}\n'
    assert run("query", places["tables"], sql, "--format", "csv").stdout.startswith("a,a_1,a_2,")
    assert list(query_frame(places["tables"], "SELECT 1 AS a, 2 AS a").columns) == ["a", "a_1"]


def test_what_fails_in_a_late_row_is_told(places: dict[str, Path]) -> None:
    sql = "SELECT CASE WHEN range > 5000 THEN error('too late') ELSE 1 END AS x FROM range(6000)"
    told = run("query", places["tables"], sql)
    assert told.exit_code == 1
    assert "too late" in told.stderr


def test_a_text_of_several_lines_is_one_field(places: dict[str, Path]) -> None:
    texts = ["a\nb", "a\rb", 'say "x", y', "plain"]
    sql = "SELECT unnest(['a' || chr(10) || 'b', 'a' || chr(13) || 'b', 'say \"x\", y', 'plain']) AS t, 1 AS n"
    told = run("query", places["tables"], sql, "--format", "csv").stdout_bytes.decode()
    assert list(csv.reader(io.StringIO(told, newline=""))) == [["t", "n"], *([text, "1"] for text in texts)]
    told = run("query", places["tables"], "SELECT text FROM reports", "--format", "csv").stdout_bytes.decode()
    assert len(list(csv.reader(io.StringIO(told, newline="")))) == COUNT + 1
