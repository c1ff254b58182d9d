"""Every export, read back by another library, is what the JSON says: values, types, nulls, Chinese text and labels."""

from __future__ import annotations

import csv
import io
import json
import math
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import duckdb
import msgspec
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pyreadstat
import pytest
from click.testing import CliRunner, Result

import gknlp
from gknlp import model
from gknlp.cli import export as export_command
from gknlp.cli import main
from gknlp.export import workbook
from gknlp.export.arrow import TABLES, need
from gknlp.export.convert import Exported, export
from gknlp.export.query import query
from gknlp.export.rows import KEY_LENGTH, number
from gknlp.export.separated import guarded, unguarded
from gknlp.export.tables import Tables
from gknlp.export.workbook import Workbook
from gknlp.knowledge.export import load_codes, load_statistics, load_tables, statistic_name
from gknlp.knowledge.forms import load_forms
from gknlp.model import Issuer, Repair, Report
from tests.building import make_cell, make_check, make_fact, make_issue, make_report, make_table

ROOT = Path(__file__).parent.parent
Plain = str | int | float | bool | None
Rows = list[dict[str, Plain]]
# The row of each table, as a path in the JSON.
UNITS = {
    "reports": "",
    "cells": "tables[].cells[]",
    "facts": "facts[]",
    "issues": "issues[]",
    "labels": "issues[].labels[]",
    "checks": "checks[]",
    "diagnostics": "diagnostics[]",
}
NASTY = ("=1+1", "-25", "@x", 'a,b\n"c"\t\'', "  ", "#N/A", "'=x", "\u00a0\U0002000b\u0301", "+86", "\uff1d1")


def odd_report() -> Report:
    """A report with everything that a file format may stumble over."""
    rows = ("new_received", "granted", "denied_process", "other_misc", "carried_out")
    keys = [(row, column) for row in rows for column in ("natural_person", "total")]
    cells = [make_cell(*key, n, raw=raw) for n, (key, raw) in enumerate(zip(keys, NASTY, strict=True))]
    cells[1] = msgspec.structs.replace(cells[1], value=-25)
    cells[2] = msgspec.structs.replace(cells[2], value=12.3456)
    cells[3] = msgspec.structs.replace(cells[3], value=None, state="dash")
    repair = Repair(value=7, rule="T3_ROW_SUM", unique=True, proof="3 + 4 = 7")
    cells[4] = msgspec.structs.replace(cells[4], value=None, state="unreadable", repair=repair)
    table = msgspec.structs.replace(make_table("requests", {}), cells=tuple(cells))
    facts = (
        make_fact(0, "pub.info_total", 10**400, 45),
        msgspec.structs.replace(
            make_fact(1, "oth.count", 2**40, 45), attributes={"subject": "=\u9879", "b": "1", "a": "\u4e00"}
        ),
    )
    long_text = "\u4e00" * 40_000 + "\n=\u4e8c"
    issuer = Issuer(
        name="\u9752\u539f\u53bf",
        full_name=None,
        kind="museum",
        level=None,
        division_code=None,
        division_path=(),
        start=0,
        end=3,
    )
    return make_report(
        text=long_text,
        title=None,
        year=None,
        form=None,
        issuer=issuer,
        tables=(table,),
        facts=facts,
        issues=(make_issue(0, "problem", 0, 4, "coverage"),),
        checks=(make_check("T3_BALANCE", where={"row": "granted", "column": "total"}, cells=("a/b/c", "d/e/f")),),
    )


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    found = [gknlp.extract(ROOT / "examples" / name) for name in ("yunling_county_2021.txt", "jindi_market_2020.txt")]
    copy = msgspec.structs.replace(found[0], source=msgspec.structs.replace(found[0].source, path="copy"))
    return [*found, odd_report(), copy]


@pytest.fixture(scope="module")
def out(reports: list[Report], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "all.jsonl"
    path.write_text("".join(report.to_json() + "\n" for report in reports), encoding="utf-8")
    return path


# -- what the JSON says, found by the paths of the codebook ------------------------------------------------------------


def contexts(report: dict[str, object], unit: str) -> Iterator[dict[str, object]]:
    """Yield, for each row, the objects on the way to it by their paths."""
    found: list[dict[str, object]] = [{"": report}]
    done = ""
    for part in filter(None, unit.split(".")):
        name = part.removesuffix("[]")
        path = f"{done}.{part}" if done else part
        found = [{**context, path: item} for context in found for item in context[done][name]]  # type: ignore[index]
        done = path
    yield from found


def looked_up(context: dict[str, object], path: str) -> Plain:
    base = max((known for known in context if path == known or path.startswith(f"{known}." if known else "")), key=len)
    value: object = context[base]
    for part in filter(None, path[len(base) :].strip(".").split(".")):
        name, bracket, _ = part.partition("[")
        value = value.get(name) if isinstance(value, dict) else None
        if bracket:
            value = value[0] if value else None  # type: ignore[index]
    return flat(value, path)


def flat(value: object, path: str) -> Plain:
    if isinstance(value, list):
        return ("/".join(value) or None) if path.endswith("division_path") else " ".join(value)
    if isinstance(value, dict):
        return json.dumps(dict(sorted(value.items())), ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, int) and abs(value) > 10**308:
        return None
    assert value is None or isinstance(value, str | int | float | bool)
    return value


def expected(reports: list[Report], table: str) -> Rows:
    rows = []
    columns = [column for column in load_tables()[table].columns if column.json]
    for report in reports:
        found = contexts(json.loads(report.to_json()), UNITS[table])
        rows += [{column.id: looked_up(context, column.json) for column in columns} for context in found]
    return rows


def compare(found: Rows, wanted: Rows, *, empty_is_null: bool = False) -> None:
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        for name, value in other.items():
            got = one[name]
            if empty_is_null:
                got, value = (None if x == "" else x for x in (got, value))
            assert got == value, name
            assert isinstance(got, str) == isinstance(value, str)


def from_frame(frame: pd.DataFrame) -> Rows:
    """Return a frame's rows with ``None`` for what pandas takes for missing."""
    columns = {name: [None if pd.isna(value) else value for value in frame[name]] for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def fetched(relation: duckdb.DuckDBPyRelation) -> Rows:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


LONG = pytest.mark.parametrize("table", list(UNITS))


# -- the formats -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def places(out: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same reports in every format."""
    folder = tmp_path_factory.mktemp("exports")
    found = {}
    for to in export_command.TARGETS:
        found[to] = folder / (to if to in ("parquet", "csv", "dta") else f"all.{to}")
        export(out, to, found[to])  # type: ignore[arg-type]
    found["partitioned"] = folder / "partitioned"
    export(found["parquet"], "parquet", found["partitioned"], partition=True)
    return found


@LONG
def test_parquet_by_pandas_and_pyarrow(places: dict[str, Path], reports: list[Report], table: str) -> None:
    path = places["parquet"] / f"{table}.parquet"
    compare(from_frame(pd.read_parquet(path)), expected(reports, table))
    compare(pq.read_table(path).to_pylist(), expected(reports, table))
    fields = pq.read_schema(path)
    assert [(field.metadata[b"zh"].decode(), field.metadata[b"en"].decode()) for field in fields] == [
        (column.zh, column.en) for column in load_tables()[table].columns
    ]


@LONG
def test_partitioned_parquet_by_duckdb(places: dict[str, Path], reports: list[Report], table: str) -> None:
    pattern = places["partitioned"] / table / "*" / "*.parquet"
    rows = fetched(duckdb.sql(f"SELECT * FROM read_parquet('{pattern}', hive_partitioning = true)"))  # noqa: S608
    wanted = expected(reports, table)
    assert sorted(str(row["year"]) for row in rows) == sorted(str(row["year"]) for row in wanted)
    compare(
        [{**row, "year": None} for row in sorted(rows, key=repr_of)],
        [{**row, "year": None} for row in sorted(wanted, key=repr_of)],
    )


def repr_of(row: dict[str, Plain]) -> str:
    return repr([value for name, value in sorted(row.items()) if name not in ("report", "year", "check_no")])


@LONG
def test_csv_by_the_standard_library(places: dict[str, Path], reports: list[Report], table: str) -> None:
    data = (places["csv"] / f"{table}.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    wanted = expected(reports, table)
    kinds = {column.id: column.type for column in load_tables()[table].columns}
    assert len(rows) == len(wanted)
    for row, other in zip(rows, wanted, strict=True):
        for name, value in other.items():
            assert typed(row[name], kinds[name]) == (None if value == "" else value), name
            assert not row[name].startswith(("=", "@", "\t", "\r", "\uff1d"))


def typed(text: str, kind: str) -> Plain:
    if text == "":
        return None
    if kind in ("int", "number"):
        return float(text)
    return bool(int(text)) if kind == "bool" else unguarded(text)


@pytest.fixture(scope="module")
def book(places: dict[str, Path]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(places["xlsx"])


@LONG
def test_workbook_by_openpyxl(book: openpyxl.Workbook, reports: list[Report], table: str) -> None:
    assert book.sheetnames == list(TABLES)
    names, *rows = book[table].iter_rows(values_only=True)
    wanted = [
        {name: value[: workbook.LONGEST] if isinstance(value, str) else value for name, value in row.items()}
        for row in expected(reports, table)
    ]
    compare([dict(zip(names, row, strict=True)) for row in rows], wanted, empty_is_null=True)
    kinds = {cell.data_type for row in book[table].iter_rows() for cell in row}
    assert kinds <= {"s", "n", "b", "inlineStr"}


@LONG
def test_duckdb_and_sqlite(places: dict[str, Path], reports: list[Report], table: str) -> None:
    with duckdb.connect(str(places["duckdb"]), read_only=True) as connection:
        found = fetched(connection.sql(f"SELECT * FROM {table}"))  # noqa: S608
        comments = connection.execute(f"SELECT comment FROM duckdb_columns() WHERE table_name = '{table}'").fetchall()  # noqa: S608
    compare(found, expected(reports, table))
    assert [comment for (comment,) in comments] == [column.zh for column in load_tables()[table].columns]
    with sqlite3.connect(places["sqlite"]) as other:
        cursor = other.execute(f"SELECT * FROM {table}")  # noqa: S608
        names = [column[0] for column in cursor.description]
        compare([dict(zip(names, row, strict=True)) for row in cursor], expected(reports, table))
    other.close()


@LONG
def test_stata_by_pandas(places: dict[str, Path], reports: list[Report], table: str) -> None:
    with pd.io.stata.StataReader(places["dta"] / f"{table}.dta", convert_categoricals=False) as reader:
        frame = reader.read()
        labels, values, title = reader.variable_labels(), reader.value_labels(), reader.data_label
    columns = load_tables()[table].columns
    assert labels == {column.id: column.zh for column in columns}
    assert title == load_tables()[table].zh
    for column in columns:
        if column.codes is not None:
            names = values[column.codes]
            frame[column.id] = [None if pd.isna(x) else names[int(x)].partition(" ")[0] for x in frame[column.id]]
    compare(from_frame(frame), expected(reports, table), empty_is_null=True)


@LONG
def test_stata_by_readstat(places: dict[str, Path], reports: list[Report], table: str) -> None:
    _, meta = pyreadstat.read_dta(places["dta"] / f"{table}.dta")
    columns = load_tables()[table].columns
    assert meta.column_names_to_labels == {column.id: column.zh for column in columns}
    assert meta.number_rows == len(expected(reports, table))
    for column in columns:
        if column.codes is not None:
            known = {code.id: code.zh for code in load_codes()[column.codes]}
            shown = {
                name.partition(" ")[0]: name.partition(" ")[2]
                for name in meta.variable_value_labels[column.id].values()
            }
            assert {name: text for name, text in shown.items() if name in known} == known


def test_the_keys_join_and_are_unique(places: dict[str, Path], reports: list[Report]) -> None:
    tables = Tables(places["parquet"])
    keys = list(tables.reports["report"])
    assert len(set(keys)) == len(reports)
    assert tables.reports["id"].nunique() == len(reports) - 1  # one is a copy of another
    assert all(len(key) == KEY_LENGTH for key in keys)
    for table in UNITS:
        assert set(tables.frame(table)["report"]) <= set(keys)
    assert list(tables.checks.groupby("report")["check_no"].max() + 1) == list(tables.checks.groupby("report").size())


# -- the panel ---------------------------------------------------------------------------------------------------------


def panel_value(report: Report, name: str) -> Plain:
    item = next(item for item in load_statistics() if item.name == name)
    table = next((table for table in report.tables if table.id == item.table), None)
    cells = {cell.key: cell for cell in table.cells} if table else {}
    for rows in item.parts or ((item.row,),):
        found = [cells.get(f"{row}/{item.column}") for row in rows]
        if all(found):
            values = [cell.value for cell in found if cell is not None]
            return (
                None if any(value is None for value in values) else sum(value for value in values if value is not None)
            )
    return None


def test_panel(places: dict[str, Path], reports: list[Report]) -> None:
    rows = pq.read_table(places["parquet"] / "panel.parquet").to_pylist()
    states = pq.read_table(places["parquet"] / "panel_states.parquet").to_pylist()
    names = [item.name for item in load_statistics()]
    assert len(rows) == len(reports)
    for row, state, report in zip(rows, states, reports, strict=True):
        if report.form is None:
            continue
        assert {name: row[name] for name in names} == {name: panel_value(report, name) for name in names}
        assert all((row[name] is None) == (state[name] != "number") for name in names)
    assert [row["copy"] for row in rows] == [1, 1, None, 2]  # the year of one is unknown
    new = next(row for row, report in zip(rows, reports, strict=True) if report.form == "F2019")
    assert new["t2_norm_iss"] is None
    assert {row["t3_new_tot"] is None for row, report in zip(rows, reports, strict=True) if report.form} <= {
        True,
        False,
    }


def test_the_panel_keeps_the_reasons_in_stata(places: dict[str, Path]) -> None:
    frame, meta = pyreadstat.read_dta(places["dta"] / "panel.dta", user_missing=True)
    states = pd.read_parquet(places["parquet"] / "panel_states.parquet")
    values = pd.read_parquet(places["parquet"] / "panel.parquet")
    reasons = {code.id: (code.missing or "")[1:] for code in load_codes()["panel_state"]}
    seen = set()
    for item in load_statistics():
        for shown, value, state in zip(frame[item.name], values[item.name], states[item.name], strict=True):
            seen.add(state)
            assert shown == value if state == "number" else shown == reasons[state], (item.name, state)
        assert meta.column_names_to_labels[item.name] == item.zh[:80]
    assert {"number", "not_in_form", "dash", "unreadable"} <= seen
    with pd.io.stata.StataReader(
        places["dta"] / "panel.dta", convert_missing=True, convert_categoricals=False
    ) as reader:
        again = reader.read()
    assert {str(value) for value in again["t2_norm_made"] if not isinstance(value, float)} >= {".c"}


def test_the_names_of_statistics_suit_every_program() -> None:
    names = [item.name for item in load_statistics()]
    assert len(set(names)) == len(names)
    assert all(
        name.isascii() and name.isidentifier() and len(name) <= 14 for name in names if not name.startswith("f14")
    )
    assert statistic_name("requests", "denied_safety_stability", "total") == "t3_d3_tot"
    cells = {(table.id, *key) for form in load_forms() for table in form.table for key in table.keys()}  # noqa: SIM118
    assert {(item.table, item.row, item.column) for item in load_statistics() if not item.parts} == cells


# -- one schema --------------------------------------------------------------------------------------------------------


def leaves(kind: type, path: str = "") -> Iterator[str]:
    """Yield the path of every value that a report has, sections aside."""
    for field in msgspec.structs.fields(kind):
        here = f"{path}.{field.encode_name}" if path else field.encode_name
        parts = [part for part in (field.type, *get_args(field.type)) if isinstance(part, type)]
        record = next((part for part in parts if issubclass(part, model.Record)), None)
        many = "[]" if getattr(field.type, "__origin__", None) is tuple and record else ""
        if record is None:
            yield here
        elif field.name != "sections":
            yield from leaves(record, here + many)


def test_every_value_of_a_report_has_a_column() -> None:
    columns = {column.json for table in load_tables().values() for column in table.columns}
    assert set(leaves(Report)) - columns == {"schema"}


def test_the_codes_are_those_of_the_contract() -> None:
    literals = {
        "state": model.State,
        "reading": model.Reading,
        "qualifier": model.Qualifier,
        "polarity": model.Polarity,
        "period_kind": model.PeriodKind,
        "scope": model.Scope,
        "part_role": model.PartRole,
        "role": model.Role,
        "check_severity": model.CheckSeverity,
        "status": model.Status,
        "cause": model.Cause,
        "severity": model.Severity,
        "table": model.TableId,
    }
    for name, literal in literals.items():
        assert tuple(code.id for code in load_codes()[name]) == get_args(literal), name
    assert {form.id for form in load_forms()} <= {code.id for code in load_codes()["form"]}


def test_the_codebook_tells_of_every_column_in_two_languages(places: dict[str, Path]) -> None:
    book = pd.read_csv(places["csv"] / "codebook.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    told = book[(book["column_name"] != "") & (book["code"] == "")]
    columns = {(table.id, column.id) for table in load_tables().values() for column in table.columns}
    assert set(zip(told["table_name"], told["column_name"], strict=True)) == columns
    assert (told["zh"] != "").all()
    assert (told["en"] != "").all()
    assert set(book["table_name"]) == set(TABLES)


@pytest.mark.parametrize(
    ("table", "column"), [("facts", "type"), ("checks", "rule"), ("labels", "label"), ("diagnostics", "code")]
)
def test_the_codebook_tells_of_every_code_that_stands_there(places: dict[str, Path], table: str, column: str) -> None:
    tables = Tables(places["parquet"])
    told = tables.codebook[(tables.codebook["table_name"] == table) & (tables.codebook["column_name"] == column)]
    assert set(tables.frame(table)[column].dropna()) <= set(told["code"].dropna())
    assert told["en"].str.len().min() > 0


# -- limits and wrong use ----------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_sheet_goes_on_in_another(tmp_path: Path, places: dict[str, Path]) -> None:
    source = Tables(places["parquet"])
    book = Workbook(tmp_path / "a.xlsx", most_rows=301)
    book.add("cells", source.batches("cells"), source.schema("cells").names)
    book.close()
    read = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    counts = [sum(1 for _ in read[name].iter_rows()) - 1 for name in read.sheetnames]
    assert sum(counts) == source.rows("cells")
    assert set(counts[:-1]) == {300}
    assert read.sheetnames[:2] == ["cells", "cells (2)"]
    assert book.continued == ["cells"]
    told = export_command.closing(Exported({"cells": 600}, 0, ("cells",)), tmp_path / "a.xlsx")
    assert told.endswith("; a sheet holds 1,048,576 rows: cells goes on in 'cells (2)'")


@pytest.mark.parametrize("text", [*NASTY, "-", "--1", "1", "\uff0d1", "\t", "\rx", "''=", "x=1", "-1.5", "+1e5"])
def test_formulas_are_disarmed_and_nothing_is_lost(text: str) -> None:
    assert unguarded(guarded(text)) == text
    armed = text[:1] in ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    plain = (
        text.lstrip("+-").replace(".", "", 1).isdigit() and text.count("-") + text.count("+") <= 1 and text.isascii()
    )
    assert (guarded(text) == text) == ((not armed and not text.startswith("'=") and text != "''=") or plain)


@pytest.mark.parametrize("value", [0, -25, 2**53, 12.3456, None])
def test_numbers_are_exact(value: int | float | None) -> None:
    assert number(value) == value
    assert number(2**1024) is None
    assert math.isfinite(number(2**1023 - 1) or 0)


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch, out: Path, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(gknlp.MissingExtra, match=r"pip install 'gknlp\[export\]'"):
        need("pyarrow")
    told = run("export", out, "--to", "csv", "-o", tmp_path / "tables")
    assert told.exit_code == 1
    assert "pip install 'gknlp[export]'" in told.stderr


def test_the_command(out: Path, tmp_path: Path) -> None:
    done = run("export", out, "-o", tmp_path / "a.xlsx", "-t", "reports", "-t", "panel")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "4 reports, 4 panel -> " in done.stderr
    assert "1 texts cut or changed to fit into Excel's cells" in done.stderr
    again = run("export", out, "-o", tmp_path / "a.xlsx")
    assert again.exit_code == 2
    assert "exists already; give another place, or --overwrite" in again.stderr
    assert run("export", out, "-o", tmp_path / "a.xlsx", "-t", "reports", "--overwrite").exit_code == 0
    assert run("export", out, "-o", tmp_path / "a.foo").exit_code == 2
    assert run("export", out, "-o", tmp_path / "b.xlsx", "--partition").exit_code == 2
    assert run("export", tmp_path / "no", "-o", tmp_path / "b.xlsx").exit_code == 1
    assert export_command.TABLES == TABLES


def test_load(out: Path, reports: list[Report]) -> None:
    loaded = gknlp.load(out)
    assert loaded.cells.dtypes["value"] == pd.Float64Dtype()
    assert loaded.cells.dtypes["year"] == pd.Int64Dtype()
    wide = loaded.panel.set_index("report").loc[:, "t2_rule_val":"t4_aft_tot"]  # type: ignore[misc]
    assert len(wide) == len(reports)
    for table in TABLES:
        assert len(getattr(loaded, table)) == loaded.rows(table)
    with pytest.raises(gknlp.UnreadableInput, match="no such file or folder"):
        gknlp.load("nowhere")


def test_partitions_are_a_dataset(places: dict[str, Path], reports: list[Report]) -> None:
    found = ds.dataset(places["partitioned"] / "cells", partitioning="hive")
    years = {report.year for report in reports if report.tables}
    assert set(found.to_table(columns=["year"]).column("year").to_pylist()) == years
    compare(from_frame(Tables(places["partitioned"]).labels)[:0], [])


def test_exporting_loads_what_it_needs_only(out: Path, tmp_path: Path) -> None:
    code = (
        f"from gknlp.export.convert import export\nexport({str(out)!r}, 'csv', {str(tmp_path / 'x')!r}, tables=['labels'])\n"
        "import sys\nprint(*[m for m in ('duckdb', 'openpyxl', 'spacy', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_folder_that_is_called_like_a_table_is_no_export(reports: list[Report], tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.json").write_text(reports[0].to_json(), encoding="utf-8")
    assert len(gknlp.load(tmp_path).cells) == sum(len(table.cells) for table in reports[0].tables)


def test_an_export_of_some_tables_is_read_as_what_it_is(out: Path, tmp_path: Path) -> None:
    export(out, "parquet", tmp_path / "some", tables=["cells", "panel"])
    assert gknlp.load(tmp_path / "some").names == ("cells", "panel", "codebook")
    assert run("query", tmp_path / "some", "SELECT count(*) FROM cells JOIN panel USING (report)").exit_code == 0
    assert run("export", tmp_path / "some", "-o", tmp_path / "a.xlsx").exit_code == 0
    told = run("export", tmp_path / "some", "-o", tmp_path / "b.xlsx", "-t", "facts")
    assert (told.exit_code, told.stderr) == (1, f"Error: {tmp_path / 'some'} has no table facts\n")


@pytest.mark.parametrize("to", export_command.TARGETS)
def test_nothing_is_exported_too(tmp_path: Path, to: str) -> None:
    (tmp_path / "no.jsonl").touch()
    options = ["--partition"] if to == "parquet" else []
    assert run("export", tmp_path / "no.jsonl", "--to", to, "-o", tmp_path / "x", *options).exit_code == 0
    if to == "parquet":
        assert len(gknlp.load(tmp_path / "x").reports) == 0


def test_what_another_version_wrote_is_not_read(reports: list[Report], places: dict[str, Path], tmp_path: Path) -> None:
    other = reports[0].to_json().replace(model.SCHEMA, "gknlp.report/9")
    (tmp_path / "other.jsonl").write_text(other, encoding="utf-8")
    with pytest.raises(gknlp.UnreadableInput, match=r"line 1: not a report of gknlp: .*gknlp.report/9"):
        gknlp.load(tmp_path / "other.jsonl")
    (tmp_path / "tables").mkdir()
    table = pq.read_table(places["parquet"] / "cells.parquet").drop_columns(["state"])
    pq.write_table(table, tmp_path / "tables" / "cells.parquet")
    for read in (lambda: gknlp.load(tmp_path / "tables").cells, lambda: query(tmp_path / "tables", "SELECT 1")):
        with pytest.raises(gknlp.UnreadableInput, match=r"cells.parquet has no column state: another version"):
            read()


def test_damaged_tables_are_told(places: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "cells"
    folder.mkdir()
    (folder / "a.parquet").write_bytes((places["parquet"] / "cells.parquet").read_bytes())
    (folder / "b.parquet").write_bytes(b"PAR1")
    told = run("export", tmp_path, "--to", "csv", "-o", tmp_path / "x")
    assert told.exit_code == 1
    assert f"Error: {tmp_path}: " in told.stderr
    assert "b.parquet" in told.stderr
    assert not list((tmp_path / "x").iterdir())
    told = run("query", tmp_path, "SELECT sum(value) FROM cells")
    assert told.exit_code == 1
    assert "b.parquet" in told.stderr


def test_a_place_that_cannot_be_is_told_before_the_work(out: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.touch()
    folder.mkdir()
    for place, to, message in [
        (file, "csv", "is a file, and --to csv makes a folder"),
        (folder, "xlsx", "is a folder, and --to xlsx makes a file"),
        (out, "sqlite", "is what is read"),
    ]:
        told = run("export", out, "--to", to, "-o", place, "--overwrite")
        assert (told.exit_code, told.stdout) == (1, "")
        assert f"{place} {message}" in told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("to", ["xlsx", "sqlite", "duckdb"])
def test_a_place_that_cannot_be_written_is_told(out: Path, to: str) -> None:
    told = run("export", out, "--to", to, "-o", "/proc/no-such-place")
    assert (told.exit_code, told.stderr) == (3, "gknlp: cannot write /proc/no-such-place: No such file or directory\n")


@pytest.mark.parametrize("to", [to for to in export_command.TARGETS if to != "duckdb"])  # which gives each file an id
def test_the_same_bytes_again(places: dict[str, Path], out: Path, tmp_path: Path, to: str) -> None:
    export(out, to, tmp_path / "again")  # type: ignore[arg-type]
    files = [places[to]] if places[to].is_file() else sorted(places[to].iterdir())
    for file in files:
        again = tmp_path / "again" if places[to].is_file() else tmp_path / "again" / file.name
        assert file.read_bytes() == again.read_bytes(), file.name


def test_texts_that_excel_cannot_hold(tmp_path: Path) -> None:
    texts = ["a\uffffb\ufffe", "\U00020000" * 20_000, "x\0y"]
    batch = pa.record_batch([pa.array(texts)], names=["text"])
    with Workbook(tmp_path / "a.xlsx") as book:
        book.add("odd", [batch], ["text"])
        book.close()
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["odd"].values)
    assert rows == [("text",), ("a\ufffdb\ufffd",), ("\U00020000" * 16_383,), ("x\ufffdy",)]
    assert book.cut == len(texts)


def test_what_an_old_form_does_not_have_is_not_a_missing_table(reports: list[Report], tmp_path: Path) -> None:
    annex = make_report(year=2016, form="F2014", tables=())
    bare = msgspec.structs.replace(reports[0], tables=())
    (tmp_path / "all.jsonl").write_text(f"{annex.to_json()}\n{bare.to_json()}\n", encoding="utf-8")
    states = gknlp.load(tmp_path / "all.jsonl").panel_states
    assert set(states.iloc[0][["t3_d1_tot", "t3x_dall_tot", "t3x_oall_tot", "t2_lic_dec"]]) == {"not_in_form"}
    assert set(states.iloc[1][["t3_d1_tot", "t3x_dall_tot", "t3x_oall_tot", "t2_lic_dec"]]) == {"no_table"}


def test_reports_of_unknown_issuers_are_no_copies(reports: list[Report], tmp_path: Path) -> None:
    nobody = [msgspec.structs.replace(reports[0], issuer=None), msgspec.structs.replace(reports[3], issuer=None)]
    (tmp_path / "all.jsonl").write_text("".join(report.to_json() + "\n" for report in nobody), encoding="utf-8")
    loaded = gknlp.load(tmp_path / "all.jsonl")
    assert loaded.panel["copy"].isna().all()
    assert loaded.panel_states["copy"].isna().all()


def test_a_text_with_a_nul_is_whole_in_stata(tmp_path: Path) -> None:
    odd = make_report(text="a\0b\u4e00", title="\0" + "c" * 300)
    (tmp_path / "a.json").write_text(odd.to_json(), encoding="utf-8")
    export(tmp_path / "a.json", "dta", tmp_path / "dta", tables=["reports"])
    frame, _ = pyreadstat.read_dta(tmp_path / "dta" / "reports.dta")
    assert list(frame["text"]) == ["a\x1ab\u4e00"]
    assert list(frame["title"]) == ["\x1a" + "c" * 300]
