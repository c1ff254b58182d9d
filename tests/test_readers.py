"""Bytes to text: every encoding, damaged and mixed files, what is refused and why, and linear cost."""

from __future__ import annotations

import codecs
import hashlib
import io
import random
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gknlp.errors import UnreadableInput, UnsupportedFormat
from gknlp.model import Document
from gknlp.readers import FORMATS, SUFFIXES, read_bytes, read_path, read_text

SENTENCE = "清河县2022年主动公开政府信息320条，其中网站210条（含公告12条）。\n"
REPORT = "清河县民政局2022年政府信息公开工作年度报告\n一、总体情况\n" + SENTENCE * 20 + "规章\t0\t0\t0\n"

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}

# Text that a report may hold: no control characters, no byte order mark, no half of a pair.
PRINTED = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffd") | st.sampled_from("\n\t公开信息"),
    min_size=1,
).filter(str.strip)
CHINESE = st.text(
    st.sampled_from("清河县政府信息公开工作年度报告条件次万元一二三0123456789，。、：；（）\n\t"), min_size=12
).filter(lambda text: len(text.strip()) > 8)


def read(data: bytes) -> Document:
    return read_bytes(data, name="a.txt")


def codes(document: Document) -> list[str]:
    return [diagnostic.code for diagnostic in document.diagnostics]


# -- encodings --


@pytest.mark.parametrize("encoding", MARKS)
@given(text=PRINTED)
def test_round_trip_with_a_byte_order_mark(encoding: str, text: str) -> None:
    document = read(MARKS[encoding] + text.encode(encoding))
    assert (document.text, document.source.encoding) == (text.replace("\r\n", "\n").replace("\r", "\n"), encoding)
    assert len(document.folded) == len(document.text)


@given(text=PRINTED)
def test_round_trip_of_utf_8(text: str) -> None:
    document = read(text.encode())
    assert (document.text, document.source.encoding) == (text, "utf-8")
    assert codes(document) == []


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "gb18030"])
@given(text=CHINESE)
def test_round_trip_of_gb(encoding: str, text: str) -> None:
    document = read(text.encode(encoding))
    assert document.text == text
    assert document.source.encoding == ("utf-8" if text.isascii() else "gb18030")
    assert codes(document) == []


def test_characters_beyond_gbk() -> None:
    text = SENTENCE + "𠮷野家㐂\u20ac"
    assert read(text.encode("gb18030")).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [REPORT, "plain ASCII\n", SENTENCE])
def test_wide_encodings_without_a_mark(encoding: str, text: str) -> None:
    document = read(text.encode(encoding))
    assert (document.text, document.source.encoding) == (text, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("place", [0, 1, 2, 50, 51, -1])
def test_a_stray_zero_byte_is_no_wide_encoding(encoding: str, place: int) -> None:
    document = read(REPORT[:place].encode(encoding) + b"\0" + REPORT[place:].encode(encoding))
    assert document.source.encoding == encoding
    assert document.text.replace("\0", "") == REPORT
    assert codes(document) == ["control_characters"]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_line_ends(ends: str, encoding: str) -> None:
    assert read(REPORT.replace("\n", ends).encode(encoding)).text == REPORT


# -- damage --


@pytest.mark.parametrize("place", range(100, 140))
def test_one_broken_byte_in_utf_8(place: int) -> None:
    """The rest stays as it is, although many of these files are valid, but senseless, GB 18030."""
    data = bytearray(REPORT.encode())
    data[place] = 0xFF
    document = read(bytes(data))
    assert document.source.encoding == "utf-8"
    (diagnostic,) = document.diagnostics
    assert diagnostic.code == "undecodable_bytes" and document.text[diagnostic.start] == "\ufffd"
    assert document.text.endswith(SENTENCE * 15 + "规章\t0\t0\t0\n")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_a_file_cut_short(encoding: str, cut: int) -> None:
    text = "公开信息" * 30
    document = read(text.encode(encoding)[:-cut])
    assert document.source.encoding == encoding
    assert document.text.startswith(text[:-2])


def test_a_short_utf_8_line_cut_to_valid_gb() -> None:
    data = "政府信息公开年度报告".encode()[:-2]
    data.decode("gb18030")  # without an error, as other characters
    document = read(data)
    assert document.text == "政府信息公开年度报\ufffd" and codes(document) == ["undecodable_bytes"]


@pytest.mark.parametrize("gb_lines", [1, 10, 19])
def test_lines_in_two_encodings(gb_lines: int) -> None:
    """Nothing is lost: each line is decoded as what it is."""
    lines = [SENTENCE] * 20
    data = b"".join(line.encode("gb18030" if place < gb_lines else "utf-8") for place, line in enumerate(lines))
    document = read(data)
    assert document.text == SENTENCE * 20
    assert document.source.encoding == ("gb18030" if gb_lines >= 10 else "utf-8")
    (diagnostic,) = document.diagnostics
    assert diagnostic.code == "mixed_encoding" and f"{min(gb_lines, 20 - gb_lines)} line" in diagnostic.message


def test_replacement_characters_of_an_earlier_conversion() -> None:
    document = read("公开信息\ufffd条，\ufffd件".encode())
    (diagnostic,) = document.diagnostics
    assert diagnostic.code == "replacement_characters" and diagnostic.start == 4 and "2 times" in diagnostic.message


def test_both_kinds_of_replacement() -> None:
    assert codes(read("公开\ufffd信息".encode() + b"\xff")) == ["undecodable_bytes", "replacement_characters"]


def test_control_characters_stay_and_are_reported() -> None:
    document = read("公\0开\x01信\x7f息\t\n\x0c".encode())
    assert document.text == "公\0开\x01信\x7f息\t\n\x0c"
    (diagnostic,) = document.diagnostics
    assert diagnostic.code == "control_characters" and diagnostic.start == 1
    assert "3 control" in diagnostic.message and "U+0000" in diagnostic.message


def test_a_text_padded_with_zero_bytes() -> None:
    document = read(REPORT.encode() + bytes(20_000))
    assert document.text.rstrip("\0") == REPORT and codes(document) == ["control_characters"]


@pytest.mark.parametrize("text", ["公开\ud800信息", "\udfff公开", "公开\ud83d\ude00\ud83d"])
def test_half_surrogates_in_a_string(text: str) -> None:
    document = read_text(text)
    (diagnostic,) = document.diagnostics
    assert diagnostic.code == "lone_surrogates" and document.text[diagnostic.start] == "\ufffd"
    document.text.encode()  # can be written


def test_whole_pairs_in_a_string_become_one_character() -> None:
    document = read_text("公开\ud83d\ude00")
    assert document.text == "公开\U0001f600" and document.diagnostics == ()


@given(st.binary(max_size=400))
def test_any_bytes_give_a_document_or_a_clear_error(data: bytes) -> None:
    try:
        document = read(data)
    except UnreadableInput as error:
        assert "a.txt" in str(error)
    else:
        assert len(document.folded) == len(document.text)
        document.text.encode()
        for diagnostic in document.diagnostics:
            if diagnostic.start is not None:
                assert 0 <= diagnostic.start < len(document.text)


@given(st.text(st.characters()))
def test_any_string_gives_a_document_or_a_clear_error(text: str) -> None:
    try:
        document = read_text(text)
    except UnreadableInput as error:
        assert "holds no text" in str(error)
    else:
        document.text.encode()
        assert "\r" not in document.text


# -- what is refused --


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\r\n", "\u3000\u3000\ufeff\u200b".encode(), codecs.BOM_UTF8, bytes(500), b"\xff\xfe"]
)
def test_no_text(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match=r"a\.txt holds no text") as caught:
        read(data)
    assert not isinstance(caught.value, UnsupportedFormat)


def test_random_bytes_are_no_text() -> None:
    generator = random.Random(5)
    for size in (64, 300, 5000):
        for _ in range(50):
            with pytest.raises(UnsupportedFormat, match=r"a\.txt is no text"):
                read(generator.randbytes(size))


def zipped(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(member, "公开信息")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "workbook"),
        (zipped("OFD.xml"), "OFD"),
        (zipped("a.txt"), "ZIP archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
        (b"\x1f\x8b\x08" + bytes(50), "archive"),
    ],
)
def test_formats_that_are_not_read_yet(data: bytes, looks: str) -> None:
    """The message names the file, what it is and the remedy."""
    with pytest.raises(UnsupportedFormat, match=rf"a\.txt is .*{looks}.*: .* first"):
        read(data)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zipped("[Content_Types].xml", "word/document.xml"), "a Word document (.docx)"),
        (zipped("mimetype", "content.xml", "META-INF/manifest.xml"), "an OpenDocument text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office or WPS document (.doc, .wps)"),
        (b"{\\rtf1 ...}", "an RTF document"),
        (b"%PDF-1.7\n...", "a PDF"),
        (b"\n%PDF-1.4\n...", "a PDF"),
        (b"...%PDF-1.4\n1 0 obj\nendobj", "a PDF"),
        (b"a PDF begins with %PDF-1.4", "plain text"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        ("\ufeff\n <!-- x --><html><body>公开".encode(), "an HTML page"),
        ("\ufeff<html>公开".encode("utf-16-le"), "an HTML page"),
        ("<p>公开</p>".encode(), "an HTML page"),
        (
            b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n",
            "a saved web page (.mht)",
        ),
    ],
)
def test_formats_are_known_by_their_content(data: bytes, name: str) -> None:
    assert next(form for form in FORMATS if form.matches(data)).name == name


@pytest.mark.parametrize("text", ["< 公开 >", "公开<html>", "PK公开", "<公开> 信息"])
def test_texts_that_only_resemble_another_format(text: str) -> None:
    assert read(text.encode()).text == text


def test_every_module_of_the_table_exists_and_the_last_line_takes_all() -> None:
    assert [form.name for form in FORMATS if form.module is None and not form.remedy] == []
    assert FORMATS[-1].matches(b"") and ".txt" in SUFFIXES


# -- the source --


def test_source_of_bytes() -> None:
    data = codecs.BOM_UTF8 + REPORT.encode()
    source = read_bytes(data, name="folder/a.txt").source
    assert (source.path, source.sha256, source.bytes) == ("folder/a.txt", hashlib.sha256(data).hexdigest(), len(data))
    assert source.media_type == "text/plain"


def test_source_of_a_string() -> None:
    document = read_text("\ufeff公开\r\n信息")
    assert document.text == "公开\n信息"
    assert document.source.encoding is None and document.source.path == "<text>"
    assert document.source.sha256 == hashlib.sha256("\ufeff公开\r\n信息".encode()).hexdigest()


def test_paths(tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_bytes(REPORT.encode("gbk"))
    document = read_path(path)
    assert document.text == REPORT and document.source.path == str(path)
    assert read_path(str(path)) == document


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read: "):
        read_path(tmp_path / name)


# -- size --


@pytest.mark.parametrize(
    ("encoding", "size"), [("utf-8", 50_000_000), ("gb18030", 5_000_000), ("utf-16-le", 5_000_000)]
)
def test_large_files(encoding: str, size: int) -> None:
    data = REPORT.encode(encoding) * (size // len(REPORT.encode(encoding)) + 1)
    start = time.process_time()
    document = read(data)
    assert document.source.bytes == len(data) >= size and document.text.endswith(REPORT)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "data",
    [
        "公".encode() * 1_000_000,
        "公".encode("gbk") * 1_000_000,
        "公".encode() * 1_000_000 + b"\xff",
        b"\xd5\n" * 200_000 + "公".encode() * 10,
        "公\ufffd".encode() * 500_000,
        "公\0\x01开信息公开年度报告内容完整准确及时全面".encode() * 50_000,
    ],
)
def test_long_lines_and_much_damage_cost_linear_time(data: bytes) -> None:
    start = time.process_time()
    with suppress(UnsupportedFormat):
        read(data)
    assert time.process_time() - start < 5
