"""Archives, crawls and tables: every report in them is read, nothing else is written, and bombs stay small."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gknlp.cli import main
from gknlp.corpus.containers import archive
from gknlp.corpus.inputs import Input, documents, find_inputs
from gknlp.model import Report
from gknlp.readers import read_bytes
from gknlp.readers.row import write_row

TEXT = "青原县教育局2021年政府信息公开工作年度报告\n一、总体情况\n2021年，公开政府信息320条。\n"


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def found(path: Path, column: str | None = None) -> list[Input]:
    return list(documents(find_inputs([str(path)], column)))


def names(path: Path) -> list[str]:
    return [item.path.removeprefix(str(path.parent) + "/") for item in found(path) if item.problem is None]


def problems(path: Path) -> list[str]:
    return [item.problem for item in found(path) if item.problem is not None]


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def extract(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["extract", *map(str, arguments)])


# -- archives ----------------------------------------------------------------------------------------------------------


def test_an_archive_gives_its_reports_in_order_and_nothing_else(tmp_path: Path) -> None:
    inner = zipped({"深/层.txt": TEXT.encode()})
    members = {
        "b.txt": TEXT.encode(), "a/2021.txt": TEXT.encode("gb18030"), "图.png": b"\x89PNG", "readme.txt": b"x",
        "__MACOSX/._b.txt": b"x", "inner.zip": inner, "c.txt.gz": gzip.compress(TEXT.encode()),
    }  # fmt: skip
    path = put(tmp_path, "all.zip", zipped(members))
    wanted = ["all.zip!a/2021.txt", "all.zip!b.txt", "all.zip!c.txt.gz!c.txt", "all.zip!inner.zip!深/层.txt"]
    assert sorted(names(path)) == sorted(wanted)
    out = tmp_path / "out"
    result = extract(path, "-o", out)
    assert result.exit_code == 0, result.output
    reports = [Report.from_json(file.read_bytes()) for file in out.rglob("*.json")]
    assert len(reports) == 4
    assert {report.text for report in reports} == {TEXT}
    assert {report.source.path.partition("!")[0] for report in reports} == {str(path)}


def test_names_in_gb18030_are_read(tmp_path: Path) -> None:
    data = zipped({"x" * 12 + ".txt": TEXT.encode()})
    name = "教育局年报".encode("gb18030")
    path = put(tmp_path, "old.zip", data.replace(b"x" * 12, name + b"xx"))
    assert names(path) == ["old.zip!教育局年报xx.txt"]


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/evil.txt", "..\\..\\evil.txt", "a/../../evil.txt", "C:\\evil.txt"]
)
def test_no_name_leads_out_of_the_output(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, "traversal.zip", zipped({name: TEXT.encode()}))
    out = tmp_path / "in" / "out"
    out.parent.mkdir()
    before = set(tmp_path.rglob("*"))
    assert extract(path, "-o", out).exit_code == 0
    made = {file for file in set(tmp_path.rglob("*")) - before if file.is_file()}
    assert made
    assert all(out in file.parents for file in made)


def test_a_bomb_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    members = {"bomb.txt": b"0" * (archive.MAX_RATIO * 40_000), "good.txt": TEXT.encode()}
    path = put(tmp_path, "bomb.zip", zipped(members))
    assert path.stat().st_size < 20_000
    assert names(path) == ["bomb.zip!good.txt"]
    assert ["unpacks to more than" in problem for problem in problems(path)] == [True]
    packed = put(tmp_path, "bomb.txt.gz", gzip.compress(b"0" * (archive.MAX_RATIO * 40_000)))
    assert "unpacks to more than" in problems(packed)[0]


def test_archives_within_archives_end_somewhere(tmp_path: Path) -> None:
    data = zipped({"report.txt": TEXT.encode()})
    for _ in range(6):
        data = zipped({"inner.zip": data})
    path = put(tmp_path, "deep.zip", data)
    assert names(path) == []
    assert "deep: not opened" in problems(path)[0]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("cut.zip", zipped({"a.txt": TEXT.encode() * 50})[:-30], "damaged or cut-off ZIP"),
        ("cut.gz", gzip.compress(TEXT.encode() * 50)[:-12], "damaged or cut-off gzip"),
        ("lie.zip", b"this is text", "neither a ZIP nor a gzip"),
        ("empty.zip", zipped({}), "holds no report"),
        ("pictures.zip", zipped({"a.png": b"x"}), "holds no report"),
    ],
)
def test_a_damaged_archive_is_an_error_that_says_so(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    path = put(tmp_path, name, data)
    assert [said in problem for problem in problems(path)] == [True]
    result = extract(path, "-o", tmp_path / "out")
    assert result.exit_code == 1
    (line,) = (tmp_path / "out" / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    assert said in json.loads(line)["message"]


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    data = bytearray(zipped({"secret.txt": TEXT.encode(), "open.txt": TEXT.encode()}))
    for start in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        data[start] |= 1  # the flag of the first member, in both of its headers
    path = put(tmp_path, "locked.zip", bytes(data))
    assert names(path) == ["locked.zip!open.txt"]
    assert "is encrypted" in problems(path)[0]


# -- crawls ------------------------------------------------------------------------------------------------------------


def crawl(path: Path) -> None:
    pytest.importorskip("warcio")
    pages = [
        (
            "http://www.qingyuan.test/a.html",
            "200 OK",
            "text/html; charset=utf-8",
            f"<html><body><p>{TEXT}</p></body></html>",
        ),
        ("http://www.qingyuan.test/b.txt", "200 OK", "text/plain", TEXT),
        ("http://www.qingyuan.test/logo.png", "200 OK", "image/png", "x"),
        ("http://www.qingyuan.test/gone.html", "404 Not Found", "text/html", "gone"),
    ]
    with path.open("wb") as file:
        for number, (address, status, kind, body) in enumerate(pages):
            answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{body}".encode()
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:036d}>\r\n"
                f"WARC-Date: 2022-03-01T00:00:00Z\r\nWARC-Target-URI: {address}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
            )
            record = head.encode() + answer + b"\r\n\r\n"
            file.write(gzip.compress(record) if path.suffix == ".gz" else record)


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_crawl_gives_its_documents(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    crawl(path)
    assert names(path) == [f"{name}!http://www.qingyuan.test/a.html", f"{name}!http://www.qingyuan.test/b.txt"]
    out = tmp_path / "out.jsonl"
    assert extract(path, "-o", out).exit_code == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert [Report.from_json(line).year for line in lines] == [2021, 2021]


def test_a_cut_crawl_says_so(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    crawl(path)
    path.write_bytes(path.read_bytes()[:-40])
    assert problems(path) or len(names(path)) == 2
    path.write_bytes(b"this is no crawl" * 20)
    assert "damaged or cut-off WARC" in problems(path)[0]


# -- tables ------------------------------------------------------------------------------------------------------------


def table(path: Path, encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["publisher", "content", "n"])
        writer.writerow(["青原县教育局", TEXT.partition("\n")[2], 1])
        writer.writerow(["青原县财政局", "", 2])
        writer.writerow(["青原县财政局", TEXT, 3])
    return path


def test_an_output_among_its_inputs_is_not_read(tmp_path: Path) -> None:
    table(tmp_path / "reports.csv", "utf-8")
    arguments = (tmp_path, "--text-column", "content", "-o", tmp_path / "all.jsonl")
    first = extract(*arguments)
    whole = (tmp_path / "all.jsonl").read_bytes()
    assert first.stderr == extract(*arguments).stderr
    assert (tmp_path / "all.jsonl").read_bytes() == whole


def test_an_archive_in_the_output_is_not_in_the_way(tmp_path: Path) -> None:
    packed = put(tmp_path, "a.zip", zipped({"1.txt": TEXT.encode()}))
    for _ in range(2):
        assert extract(packed, "-o", tmp_path).exit_code == 0
    assert Report.from_json((tmp_path / "a.zip_" / "1.json").read_bytes())


def test_a_long_name_in_an_archive_stops_nothing(tmp_path: Path) -> None:
    members = [f"{'年' * 150}/1.txt", "/".join(["x" * 150] * 40) + "/2.txt"]
    packed = put(tmp_path, "a.zip", zipped(dict.fromkeys(members, TEXT.encode())))
    assert extract(packed, "-o", tmp_path / "out").exit_code == 0
    assert len(list((tmp_path / "out").rglob("*.json"))) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_gives_a_report_a_row(encoding: str, tmp_path: Path) -> None:
    path = table(tmp_path / "reports.csv", encoding)
    out = tmp_path / "out.jsonl"
    result = extract(path, "--text-column", "content", "-o", out)
    assert result.exit_code == 1
    reports = [Report.from_json(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [report.source.path for report in reports] == [f"{path}!row-1", f"{path}!row-3"]
    assert reports[0].issuer is not None
    assert reports[0].issuer.name == "青原县教育局", "the title is not in the text, but the publisher's column names it"
    assert "its column content is empty" in (tmp_path / "errors.jsonl").read_text(encoding="utf-8")


def test_json_lines_are_a_table_too(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text(json.dumps({"body": TEXT, "n": 3}) + "\nnothing\n[1]\n", encoding="utf-8")
    items = found(path, "body")
    assert [item.problem is None for item in items] == [True, False, False]
    assert items[0].data is not None
    document = read_bytes(items[0].data, name="x")
    assert document.text == TEXT
    assert [(entry.name, entry.value) for entry in document.metadata] == [("n", "3")]


def test_the_column_must_be_named_and_exist(tmp_path: Path) -> None:
    path = table(tmp_path / "reports.csv")
    without = extract(path, "-o", tmp_path / "out")
    assert without.exit_code == 1
    assert "--text-column" in (tmp_path / "out" / "errors.jsonl").read_text(encoding="utf-8")
    (wrong,) = [item.problem for item in found(path, "text")]
    assert wrong is not None
    assert "there are publisher, content, n" in wrong


def test_a_row_keeps_its_text_as_it_is() -> None:
    text = "题\r\n一😀\t|二"
    document = read_bytes(write_row(text, {}), name="t.csv!row-1")
    assert document.text == "题\n一😀\t|二"
    assert document.source.media_type == "application/x-gknlp-row+json"


def test_a_folder_gives_archives_and_only_with_a_column_tables(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    put(folder, "a.zip", zipped({"a.txt": TEXT.encode()}))
    table(folder / "b.csv")
    assert [item.inside for item in found(folder)] == ["a.zip/a.txt"]
    assert [item.inside for item in found(folder, "content")] == [
        "a.zip/a.txt",
        "b.csv/row-1",
        "b.csv/row-2",
        "b.csv/row-3",
    ]
