"""Files made to harm, and files that are not what they seem: bounded time and memory, a clear error, no network."""

from __future__ import annotations

import io
import os
import socket
import stat
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gknlp.errors import UnreadableInput, UnsupportedFormat
from gknlp.model import Document
from gknlp.readers import convert, package, read_bytes
from tests.support.reports import report_sources
from tests.support.write_doc import pack_ole, write_doc
from tests.support.write_docx import write_docx
from tests.support.write_html import write_html
from tests.support.write_odt import pack, write_odt
from tests.support.write_rtf import write_rtf

SECONDS = 10.0
MEGABYTES = 300
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SOURCE = report_sources()[0]


@pytest.fixture(autouse=True)
def bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test may take long, open a connection, or leave a file behind."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(tmp_path)
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < SECONDS
    assert not [path for path in tmp_path.iterdir() if path.name != "bin"]


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableInput) as caught:
        read_bytes(data, name="report.txt")
    message = str(caught.value)
    assert "report.txt" in message
    return message


def page(body: str) -> Document:
    return read_bytes(f"<html><body>{body}</body></html>".encode(), name="page.html")


def docx(document: str, **parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", document)
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def body(content: str) -> str:
    return f"<w:document {W}><w:body>{content}</w:body></w:document>"


# -- packages of XML ---------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "哈">{LAUGHS}]>'
    + body("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>"),
    "external entity": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    + body("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>"),
    "remote entity": '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://example.com/x.dtd">' + body(""),
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(bomb: str, encoding: str) -> None:
    xml = BOMBS[bomb].encode(encoding)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("word/document.xml", xml)
    assert "document type" in refused(stream.getvalue())
    assert "document type" in refused(pack({"mimetype": "x", "content.xml": BOMBS[bomb]}))


def test_a_document_type_hidden_by_its_encoding_is_no_xml() -> None:
    with pytest.raises(UnreadableInput, match="damaged"):
        package.parse_xml(b'<?xml version="1.0" encoding="cp037"?>' + BOMBS["external entity"].encode("cp037"), "x")


def test_a_zip_bomb_is_not_unpacked() -> None:
    tracemalloc.start()
    data = docx(body("<w:p/>" + " " * (100 << 20)))
    tracemalloc.reset_peak()
    assert "unpacks to more than" in refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * package.MAX_PART


def test_a_package_of_too_many_parts_is_refused() -> None:
    parts = {f"a{number}": "" for number in range(package.MAX_ENTRIES + 1)}
    assert "parts" in refused(docx(body(""), **parts))


@pytest.mark.parametrize("around", ["<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", "<w:sdt>{}</w:sdt>"])
def test_a_document_that_nests_without_end_is_refused(around: str) -> None:
    before, after = around.split("{}")
    assert "nests" in refused(docx(body(before * 5000 + "<w:p/>" + after * 5000)))


def test_numbers_in_attributes_may_be_anything() -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="{}"/></w:tcPr><w:p><w:r><w:t>数</w:t></w:r></w:p></w:tc>'
    spans = ("-1", "0", "x", "", "9" * 5000, "99999", "²")
    rows = "".join(f"<w:tr>{cell.format(span)}{cell.format(1)}</w:tr>" for span in spans)
    document = read_bytes(docx(body(f"<w:tbl>{rows}</w:tbl>")), name="a.docx")
    assert document.text.replace("\t", "") == "数数\n" * len(spans)


# -- pages -------------------------------------------------------------------------------------------------------------


def test_tables_200_levels_deep_are_read() -> None:
    document = page("<table><tr><td>" * 200 + "深处有5条信息" + "</td></tr></table>" * 200)
    assert document.text == "深处有5条信息\n"


def test_divisions_200_levels_deep_are_read() -> None:
    assert page("<div><b>" * 300 + "年度报告" + "</b></div>" * 300).text == "年度报告\n"


def test_a_page_that_nests_without_end_is_refused() -> None:
    message = refused(b"<html><body>" + b"<div x='</div>'>" * 200_000)
    assert "levels deep" in message


def test_tables_that_nest_without_end_take_no_more_time_than_others() -> None:
    assert page("<table><tr><td>层" * 5000).text.count("层") == 5000


def test_elements_left_open_do_not_multiply() -> None:
    """Of 1000 left open and 1000 paragraphs a browser makes a million elements."""
    tracemalloc.start()
    document = page("<p>" + "".join(f"<font color={n}>" for n in range(3000)) + "</p><p>段" * 3000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document.text.count("段") == 3000
    assert peak < MEGABYTES << 20


@pytest.mark.parametrize("span", ["10000", "99999999999999999999", "-5", "0", "x", ""])
def test_spans_are_bounded(span: str) -> None:
    row = f'<tr><td colspan="{span}">甲</td><td rowspan="{span}">乙</td><td>丙</td></tr>'
    document = page(f"<table>{row * 30}</table>")
    assert document.text.count("丙") == 30
    assert len(document.text) < 30 * 10 * 128


def test_ten_thousand_wide_cells_in_a_row() -> None:
    document = page("<table><tr>" + "<td colspan=10000 rowspan=10000>数</td>" * 10_000 + "</tr></table>")
    assert document.text.count("数") == 10_000
    assert document.grids == ()


def test_too_many_cells_are_refused() -> None:
    assert "table cells" in refused(b"<html><table>" + b"<tr><td>" * 100_001)


def test_forged_marks_change_nothing_else() -> None:
    document = page(
        "<p>一&#29;二&#30;三&#1;四\x1d\x1e五</p><table><tr><td>&#29;六</td><td>七</td></tr></table><p>八</p>"
    )
    assert [char for char in document.text if char in "一二三四五六七八"] == list("一二三四五六七八")


# -- files that are not what they seem -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.txt", write_docx), ("a.pdf", write_html), ("a.docx", write_doc), ("a.html", write_rtf), ("a.doc", write_odt)],
)
def test_content_decides_and_not_the_name(name: str, write: object) -> None:
    assert callable(write)
    assert SOURCE.title in read_bytes(write(SOURCE), name=name).text


@pytest.mark.parametrize("write", [write_docx, write_odt, write_doc])
def test_cut_off_packages_are_refused(write: object) -> None:
    assert callable(write)
    data = write(SOURCE)
    for share in (0.3, 0.6, 0.9):
        refused(data[: int(len(data) * share)])


@pytest.mark.parametrize("write", [write_rtf, write_html])
def test_cut_off_texts_say_so(write: object) -> None:
    assert callable(write)
    data = write(SOURCE)
    document = read_bytes(data[: len(data) // 2], name="a")
    assert "cut_off" in [note.code for note in document.diagnostics]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pack_ole({"EncryptedPackage": b"x"}), "encrypted"),
        (pack_ole({"Workbook": b"x"}), "workbook"),
        (pack_ole({"PowerPoint Document": b"x"}), "slides"),
        (pack_ole({"Other": b"x"}), "without text"),
        (pack_ole({"WordDocument": b"x" * 5000}), "damaged"),
        (pack_ole({"WordDocument": b"\xec\xa5\xc1\0" + bytes(6) + b"\0\1"}), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        (docx("<x/>"), "no body"),
        (docx(body("")), "no text"),
        (b"<html><body><img src=a.png width=800></body></html>", "only pictures"),
        (b"{\\rtf1 }", "no text"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n\nhello\n--x--\n", "no web page"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, says: str) -> None:
    assert says in refused(data)


# -- converters --------------------------------------------------------------------------------------------------------


def old_word() -> bytes:
    return pack_ole({"WordDocument": b"\xdc\xa5\x65\0".ljust(5000, b"\0")})


def test_a_missing_converter_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnsupportedFormat, match="install LibreOffice"):
        read_bytes(old_word(), name="a.doc")


def converter(folder: Path, script: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / "soffice"
    program.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_a_converter_is_used_in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = tmp_path / "bin" / "made.docx"
    script = (
        "import pathlib, shutil, sys\n"
        "out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1]); out.mkdir()\n"
        f"shutil.copy({str(made)!r}, out / 'input.docx')\n"
        f"pathlib.Path({str(tmp_path / 'bin' / 'seen')!r}).write_text(str(out.parent))\n"
    )
    converter(tmp_path / "bin", script)
    made.write_bytes(write_docx(SOURCE))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    data = old_word()
    document = read_bytes(data, name="a.doc")
    assert SOURCE.title in document.text
    assert document.source.bytes == len(data)
    assert not Path((tmp_path / "bin" / "seen").read_text()).exists()


@pytest.mark.parametrize("script", ["raise SystemExit(1)", "", "import time; time.sleep(60)"])
def test_a_converter_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    converter(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + os.pathsep)
    monkeypatch.setattr(convert, "SECONDS", 0.5)
    with pytest.raises(UnsupportedFormat, match="could not be converted by soffice"):
        read_bytes(old_word(), name="a.doc")
