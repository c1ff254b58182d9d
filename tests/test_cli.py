"""The command line as a user meets it."""

from __future__ import annotations

import errno
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

import gknlp
from gknlp.cli import COMMANDS, main, progress
from gknlp.cli.terminal import clean, fit, mark, pad, width
from gknlp.corpus.inputs import find_inputs
from gknlp.export.schema import json_schema
from gknlp.knowledge.forms import load_forms
from gknlp.model import Repair, Report
from tests.building import make_cell, make_check, make_fact, make_issue, make_report, make_table
from tests.test_pipeline import TEXT


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of reports with everything that a folder may hold besides."""
    reports = tmp_path / "reports"
    for name in ("b.txt", "a.txt", "2021/a.txt", "2021/a.md", ".hidden.txt", ".git/x.txt", "README.md", "a.json"):
        path = reports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    return reports


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# -- which inputs ------------------------------------------------------------------------------------------------------


def test_a_folder_gives_its_reports_in_order_and_no_hidden_file(folder: Path) -> None:
    assert [item.inside for item in find_inputs([str(folder)])] == ["2021/a.md", "2021/a.txt", "a.txt", "b.txt"]


def test_patterns_and_files_are_taken_once(folder: Path) -> None:
    found = find_inputs([str(folder / "**/*.txt"), str(folder / "a.txt"), str(folder / "a.json"), "-", "-"])
    names = [os.path.relpath(item.path, folder) if item.path != "-" else "-" for item in found]
    assert names == ["2021/a.txt", "a.txt", "b.txt", "a.json", "-"]


def test_an_argument_that_gives_nothing_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = find_inputs([str(tmp_path / "empty"), str(tmp_path / "*.txt"), str(tmp_path / "no.txt")])
    assert [item.problem for item in found] == [
        "the folder holds no report (files looked for: .doc .docx .gz .htm .html .markdown .md .mht .mhtml .odt .ofd .pdf "
        ".rtf .text .txt .warc .wps .zip)",
        "no file matches this pattern",
        "no such file or folder",
    ]


def test_an_argument_that_nobody_can_look_at_is_not_lost() -> None:
    assert [item.problem for item in find_inputs(["x" * 300, ""])] == ["File name too long", "no such file or folder"]


def test_a_folder_that_cannot_be_read_is_not_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, scan = str(folder / "2021"), os.scandir

    def guarded(path: str) -> object:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = find_inputs([str(folder), closed])
    assert [(item.path, item.problem) for item in found] == [
        (closed, "the folder cannot be read: Permission denied"),
        (str(folder / "a.txt"), None),
        (str(folder / "b.txt"), None),
    ]


# -- where the reports go ----------------------------------------------------------------------------------------------


def test_one_report_to_standard_output_is_one_object(folder: Path) -> None:
    result = run("extract", folder / "a.txt")
    assert result.exit_code == 0
    assert Report.from_json(result.stdout).year == 2021
    assert result.stdout.startswith('{\n  "schema": "gknlp.report/1"')
    assert result.stderr.startswith("1 report, 1 table, 15 cells (0 unsure)")


def test_many_reports_to_standard_output_are_lines(folder: Path) -> None:
    result = run("extract", folder, "-q")
    assert [Path(json.loads(line)["source"]["path"]).name for line in result.stdout.splitlines()] == [
        *("a.md", "a.txt", "a.txt", "b.txt")
    ]
    assert result.stderr == ""


def test_standard_input() -> None:
    result = run("extract", "-", stdin=TEXT.encode("gb18030"))
    report = Report.from_json(result.stdout)
    assert (report.source.path, report.source.encoding) == ("-", "gb18030")


def test_a_folder_gets_one_file_for_each_report_and_none_is_overwritten(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (folder / "A.TXT").write_text(TEXT, encoding="utf-8")
    result = run("extract", folder, folder.parent / "reports/2021/../a.json", "-o", out)
    assert result.exit_code == 0
    made = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    reports = ["2021/a-2.json", "2021/a.json", "A.json", "a-2.json", "a-3.json", "b.json"]
    assert made == [*reports, "errors.jsonl", "manifest.jsonl"]
    sources = {Report.from_json((out / name).read_bytes()).source.path for name in reports}
    assert len(sources) == 6
    assert (out / "errors.jsonl").read_bytes() == b""


def test_a_long_chinese_name_fits_the_file_system(tmp_path: Path) -> None:
    source = tmp_path / ("县" * 83 + ".txt")
    source.write_text(TEXT, encoding="utf-8")
    assert run("extract", source, source.parent, "-o", tmp_path / "out").exit_code == 0
    assert [path.stem for path in (tmp_path / "out").glob("*.json")] == ["县" * 80]


def test_no_name_is_in_the_way_of_another_or_hidden(tmp_path: Path) -> None:
    names = ["a.txt", "a.json/b.txt", "errors.jsonl/c.txt", "d/e.txt", ".hidden.txt"]
    for name in names:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(TEXT, encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "d").write_text("not ours", encoding="utf-8")
    for _ in range(2):
        assert run("extract", tmp_path / "in", tmp_path / "in" / ".hidden.txt", "-o", out).exit_code == 0
        found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.json") if path.is_file())
        assert found == ["a.json", "a.json_/b.json", "d_/e.json", "errors.jsonl_/c.json", "hidden.json"]
    assert "5 reports" in run("stats", out).output


def test_an_empty_folder_that_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert run("extract", ".", "-o", tmp_path / "out").exit_code == 1
    assert len(lines(tmp_path / "out" / "errors.jsonl")) == 1


def test_an_interrupt_has_its_exit_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one before anything is written; 1 says that some inputs gave no report."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gknlp.corpus.inputs.find_inputs", interrupted)
    result = run("extract", folder)
    assert (result.exit_code, result.stderr) == (130, "gknlp: interrupted\n")


def test_standard_output_that_is_full_is_called_so() -> None:
    command = [sys.executable, "-m", "gknlp", "extract", "examples/yunling_county_2021.txt", "-o", "-"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("gknlp: cannot write standard output: No space left")


def test_a_file_name_need_not_be_utf8(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + "/报告.txt".encode("gbk")
    with open(path, "wb") as file:  # noqa: PTH123 - pathlib takes no bytes
        file.write(TEXT.encode())
    result = run("extract", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert len(list((tmp_path / "out").glob("*.json"))) == 1


@pytest.mark.parametrize("arguments", [("-o", "all.jsonl"), ("-o", ".", "--format", "jsonl")])
def test_lines_with_the_errors_beside_them(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "c.txt").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    result = run("extract", folder, *arguments)
    made = tmp_path / ("all.jsonl" if arguments[1] != "." else "reports.jsonl")
    assert result.exit_code == 1
    assert len(lines(made)) == 4
    assert [record["error"] for record in lines(tmp_path / "errors.jsonl")] == ["UnreadableInput"]
    assert not list(tmp_path.glob("*.partial"))


def test_an_earlier_errors_file_does_not_survive_a_clean_run(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "errors.jsonl").write_text("{}", encoding="utf-8")
    run("extract", folder, "-o", out)
    assert (out / "errors.jsonl").read_bytes() == b""


def test_one_json_file(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "a.json"
    assert run("extract", folder / "a.txt", "-o", out).exit_code == 0
    assert Report.from_json(out.read_bytes()).year == 2021
    assert run("extract", tmp_path / "no.txt", "-o", tmp_path / "b.json").exit_code == 1
    assert not (tmp_path / "b.json").exists()


def test_an_output_that_is_a_link_stays_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    run("extract", folder, "-o", tmp_path / "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len(lines(tmp_path / "real.jsonl")) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "json"), "--format json is for one report a file"),
        (("--format", "json", "-o", "x.json"), "--format json is for one report a file"),
        (("-o", "x.json"), "would hold JSON Lines; call it x.jsonl"),
        (("--format", "xml"), "Invalid value for '--format'"),
    ],
)
def test_wrong_use_is_told(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run("extract", folder, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_same_input_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("extract", folder, "-o", tmp_path / f"{name}.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_on_a_terminal_many_reports_need_a_place(folder: Path) -> None:
    done = in_terminal("extract", str(folder))
    assert done.code == 2
    assert "say where they go" in done.screen


def test_on_a_terminal_there_is_a_progress_bar(folder: Path, tmp_path: Path) -> None:
    done = in_terminal("extract", str(folder), "-o", str(tmp_path / "out"))
    assert done.code == 0
    assert "4/4" in done.screen
    assert "4 reports" in done.screen


@pytest.mark.parametrize("installed", [True, False], ids=["rich", "plain"])
@pytest.mark.parametrize("length", [3, None])
def test_both_progress_bars_count_to_the_end(
    installed: bool, length: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "find_spec", lambda name: installed or None)
    with progress.progress_bar(length, shown=True) as step:
        for _ in range(3):
            step()


class Terminal(msgspec.Struct):
    code: int
    screen: str


def in_terminal(*arguments: str) -> Terminal:
    """Run the command with a terminal for standard output and standard error."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gknlp", *arguments]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how Linux says that the other side is closed
                break
            if not part:
                break
            seen += part
    os.close(ours)
    return Terminal(process.returncode, seen.decode())


# -- looking at reports ------------------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """A report with a cell of every kind."""
    cells = (
        make_cell("granted", "natural_person", 3),
        make_cell("granted", "business", 4, reading="solved"),
        make_cell("granted", "research", None),
        make_cell("granted", "public_welfare", None, state="dash"),
        make_cell("granted", "legal_service", None, state="absent", start=None, end=None),
        make_cell("granted", "other_org", None, state="unreadable"),
        make_cell("granted", "total", 9, repair=Repair(value=7, rule="T3_ROW_SUM", unique=True, proof="3 + 4 = 7")),
    )
    table = msgspec.structs.replace(make_table("requests", {}), cells=cells)
    check = make_check("T3_ROW_SUM", cells=("requests/granted/total",), where={"row": "granted"}, cause="filing")
    report = make_report(
        title="青原县\x1b[31m报告",
        tables=(table,),
        checks=(check, make_check("T3_BALANCE", "pass")),
        facts=(make_fact(0, "pub.info_total", 320, 45), make_fact(1, "pub.info_by_channel", 20, 45, part_of="f0")),
        issues=(make_issue(0, "problem", 0, 4, "coverage"),),
    )
    path = tmp_path / "a.json"
    path.write_text(report.to_json(indent=2), encoding="utf-8")
    return path


def test_show_marks_doubtful_cells(doubtful: Path) -> None:
    shown = run("show", doubtful).stdout
    row = next(line for line in shown.splitlines() if line.startswith("（一）予以公开"))
    assert row.split()[1:] == ["3", "4~", ".", "-", "x", "?", "9[7]!"]
    head = shown.splitlines()[shown.splitlines().index(row) - 1]
    assert width(head) == width(row)
    assert "  ? printed, but not readable with certainty" in shown
    assert "E T3_ROW_SUM fail  requests granted: 36 is not 0 (cause: filing)" in shown
    assert "T3_BALANCE" not in shown
    assert "T3_BALANCE pass" in run("show", doubtful, "--all").stdout
    assert "\x1b" not in shown


def test_show_reads_lines_sources_and_standard_input(folder: Path, doubtful: Path, tmp_path: Path) -> None:
    run("extract", folder, "-o", tmp_path / "all.jsonl")
    assert run("show", tmp_path / "all.jsonl").stdout.count("复议后起诉") == 4
    assert "复议后起诉" in run("show", folder / "a.txt").stdout
    assert run("show", "-", stdin=doubtful.read_bytes()).stdout == run("show", doubtful).stdout
    assert "T3_ROW_SUM" not in run("show", doubtful, "-t", "requests").stdout


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}", "not a report of gknlp: Object missing required field `schema`"),
        (b"{", "not a report of gknlp"),
        (b"", "holds no text"),
        (b"{\\rtf1\\ansi}", "holds no text"),
        (b"GIF89a", "an image"),
    ],
)
def test_show_says_what_is_wrong_with_its_input(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "x").write_bytes(data)
    result = run("show", tmp_path / "x")
    assert result.exit_code == 1
    assert message in result.stderr


def test_show_names_the_line_of_a_broken_record(folder: Path, tmp_path: Path) -> None:
    run("extract", folder, "-o", tmp_path / "all.jsonl")
    with (tmp_path / "all.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"schema": 1}\n')
    assert "line 5: Expected `str`, got `int` - at `$.schema`" in run("show", tmp_path / "all.jsonl").stderr


def test_explain_a_cell(doubtful: Path) -> None:
    told = run("explain", doubtful, "cell:requests/granted/total").stdout
    assert told.splitlines()[0] == "requests/granted/total = 9"
    assert "repair   7 by T3_ROW_SUM, the only solution: 3 + 4 = 7" in told
    assert "check    E T3_ROW_SUM fail" in told


def test_explain_marks_the_source(folder: Path) -> None:
    told = run("explain", folder / "a.txt", "cell:remedies/suit_after_review/other_result").stdout.splitlines()
    text, carets = told[3], told[4]
    assert text.strip() == "1 0 2 0 3 0 0 0 0 0 0 0 1 0 1"
    assert [text[i] for i, char in enumerate(carets) if char == "^"] == ["1"]
    assert carets.index("^") == text.rindex("1 0 1")


def test_explain_a_fact_an_issue_and_a_check(doubtful: Path) -> None:
    told = run("explain", doubtful, "fact:f0", "issue:i0", "check:T3_ROW_SUM").stdout
    for line in ("number   '320' at characters 45-48", "parts    f1", "label    coverage 0.90", "cell     requests/"):
        assert line in told


@pytest.mark.parametrize(
    ("target", "code"), [("cell:requests/granted/no", 1), ("fact:f9", 1), ("x:y", 2), ("cell", 2), ("check:", 2)]
)
def test_explain_a_thing_that_is_not_there(doubtful: Path, target: str, code: int) -> None:
    assert run("explain", doubtful, target).exit_code == code


def test_forms() -> None:
    told = run("forms").stdout
    assert all(form.id in told for form in load_forms())
    assert "row    granted  （一）予以公开" in run("forms", "F2021", "requests").stdout
    assert "row    regulations" not in run("forms", "F2021", "requests").stdout
    assert {form["id"] for form in json.loads(run("forms", "--json").stdout)} == {form.id for form in load_forms()}
    assert run("forms", "F1999").exit_code == run("forms", "F2021", "no").exit_code == 2


def test_schema_is_that_of_the_types() -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["$ref"] == "#/$defs/Report"
    assert set(schema["$defs"]["Report"]["required"]) == set(Report.__struct_fields__)
    assert json_schema() == json_schema()


def test_evaluate(folder: Path, tmp_path: Path) -> None:
    gold = folder / "2021"
    wanted = {"tables": {"remedies": {"review/total": 3, "review/upheld": 2}, "requests": None}, "meta": {"year": 2021}}
    (gold / "a.gold.json").write_text(json.dumps(wanted), encoding="utf-8")
    (gold / "a.md").unlink()
    measured = json.loads(run("evaluate", gold, "--json").stdout)
    assert (measured["tables"]["cells"], measured["tables"]["accuracy"], measured["meta"]["year"]) == (2, 0.5, 1.0)
    assert "a: remedies/review/upheld: 1 for 2 (silent)" in run("evaluate", gold, "--list").stdout
    (gold / "a.txt").rename(tmp_path / "a.txt")
    assert json.loads(run("evaluate", gold, "--reports", tmp_path, "--json").stdout) == measured
    run("extract", tmp_path / "a.txt", "-o", tmp_path / "p.jsonl")
    assert json.loads(run("evaluate", gold, "-p", tmp_path / "p.jsonl", "--json").stdout) == measured
    assert run("evaluate", tmp_path / "no").exit_code == 2
    assert run("evaluate", folder).exit_code == 1


# -- help and the terminal ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_teaches_by_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"gknlp {command}" in result.stdout
    made = main.get_command(click.Context(main), command)  # type: ignore[attr-defined]
    assert made is not None
    assert made.get_short_help_str(limit=200) == COMMANDS[command]


def test_help_and_version() -> None:
    told = run("--help").stdout
    assert all(f"  {command} " in told for command in COMMANDS)
    assert run("--version").stdout == f"gknlp {gknlp.__version__}\n"
    assert run("nonsense").exit_code == 2


def test_public_names_are_all_there() -> None:
    assert all(getattr(gknlp, name) is not None for name in gknlp.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = gknlp.nonsense


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("abc", 3), ("总计", 4), ("（一）", 6), ("e\u0301", 1), ("𠀀", 2), ("１", 2), ("\u200b", 0)],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(pad(text, 9)) == 9


def test_fit_keeps_to_the_columns() -> None:
    for columns in range(4, 30):
        assert width(fit("本年新收政府信息a公开b申请数量", columns)) <= columns


@pytest.mark.parametrize(
    ("text", "start", "end", "marked"),
    [
        ("一\n二三四\n五", 3, 4, (2, "二三四", "  ^^")),
        ("ab\tcd", 3, 5, (1, "ab cd", "   ^^")),
        ("ab\ncd", 1, 4, (1, "ab", " ^")),
        ("ab", 1, 1, (1, "ab", " ^")),
        ("x" * 100 + "一" + "y" * 100, 100, 101, (1, "..." + "x" * 60 + "一" + "y" * 60 + "...", " " * 63 + "^^")),
    ],
)
def test_mark(text: str, start: int, end: int, marked: tuple[int, str, str]) -> None:
    assert tuple(mark(text, start, end)) == marked


def test_clean_lets_no_control_character_through() -> None:
    assert clean("a\x1b[2Jb\x07\u2028c\x9b") == "a [2Jb  c "
