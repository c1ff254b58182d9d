"""PDF files: what is on a page, tables with and without rules, over pages and in columns, and files that are none."""

from __future__ import annotations

import io
import json
import os
import time
import zlib
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

import gknlp
from gknlp.errors import UnreadableInput
from gknlp.model import Document, Report
from gknlp.readers import pdf, pdf_ocr, pdf_page, read_bytes
from gknlp.readers.pdf_columns import Column, read_columns
from gknlp.readers.pdf_flow import read_flow
from gknlp.readers.pdf_frames import Frame, FrameCell, find_frames, merge_edges
from gknlp.readers.pdf_furniture import drop_furniture
from gknlp.readers.pdf_labels import goes_on, is_heading
from gknlp.readers.pdf_lines import Line, make_lines
from gknlp.readers.pdf_ocr import Engine, Word
from gknlp.readers.pdf_page import Edge, Glyph, Sheet, read_sheet
from gknlp.readers.pdf_paragraphs import Margins, paragraphs
from gknlp.readers.pdf_tables import Piece, PieceCell, cell_of, is_continued, join_pieces, make_piece, to_grid
from tests.support.reports import Page, report_sources
from tests.support.write_pdf import Style, blank_pdf, font_missing, write_parts, write_pdf
from tests.support.write_text import write_text

SOURCES = {source.name: source for source in report_sources()}
PAGE = (0.0, 0.0, 595.0, 842.0)

needs_font = pytest.mark.skipif(font_missing() is not None, reason=font_missing() or "")


def read(data: bytes) -> Document:
    return read_bytes(data, name="a.pdf")


def codes(document: Document) -> set[str]:
    return {note.code for note in document.diagnostics}


# -- whole reports ----------------------------------------------------------------------------------------------------

STYLES = {
    "low pages": ("wrapped", Style(height=420)),
    "heads repeated, a running header": ("pages", Style(height=500, repeated=True, header="政府信息公开年度报告")),
    "printed sideways": ("older", Style(turned=True)),
    "one report in two columns": ("dashes", Style(columns=2, width=1100)),
}
UNRULED = {
    "blank cells": ("blanks", Style(ruled=False)),
    "labels of several lines": ("wrapped", Style(ruled=False)),
    "over pages": ("older_wrapped", Style(ruled=False, height=600)),
}


@cache
def printed(name: str, style: Style) -> bytes:
    return write_pdf(SOURCES[name], style)


@needs_font
@pytest.mark.parametrize(("name", "style"), STYLES.values(), ids=STYLES)
def test_a_pdf_gives_the_text_of_the_plain_report(name: str, style: Style) -> None:
    document = read(printed(name, style))
    assert document.text == write_text(SOURCES[name]).decode()
    assert document.source.media_type == "application/pdf"
    assert not document.diagnostics


@needs_font
@pytest.mark.parametrize(("name", "style"), [*STYLES.values(), *UNRULED.values()], ids=[*STYLES, *UNRULED])
def test_a_pdf_gives_the_cells_of_the_plain_report(name: str, style: Style) -> None:
    assert cells(gknlp.extract_bytes(printed(name, style), name="a.pdf")) == plain_cells(name)


@cache
def plain_cells(name: str) -> dict[str, tuple[object, str]]:
    return cells(gknlp.extract_bytes(write_text(SOURCES[name]), name="a.txt"))


def cells(report: Report) -> dict[str, tuple[object, str]]:
    return {f"{table.id}/{cell.key}": (cell.value, cell.state) for table in report.tables for cell in table.cells}


@needs_font
def test_two_reports_side_by_side_are_read_one_after_the_other() -> None:
    one, other = SOURCES["plain"], SOURCES["rows"]
    parts = [one.title, *one.parts, Page(), other.title, *other.parts]
    document = read(write_parts(parts, Style(columns=2, width=1100, height=1500)))
    assert document.text == (write_text(one) + write_text(other)).decode()


@needs_font
def test_a_page_that_is_shown_turned_is_read_as_it_is_written() -> None:
    import pypdfium2

    file = pypdfium2.PdfDocument(printed("older", Style(turned=True)))
    for page in file:
        page.set_rotation(90)
    stream = io.BytesIO()
    file.save(stream)
    assert read(stream.getvalue()).text == write_text(SOURCES["older"]).decode()


@needs_font
def test_the_places_of_cells_are_those_of_an_independent_reader() -> None:
    pdfplumber = pytest.importorskip("pdfplumber")
    import pypdfium2

    data = printed("wrapped", Style(height=420))
    ours = pypdfium2.PdfDocument(data)
    count = 0
    with pdfplumber.open(io.BytesIO(data)) as file:
        for number, page in enumerate(file.pages):
            found = read_sheet(ours[number], number + 1, "a.pdf")
            boxes = {
                (round(frame.xs[c.column]), round(frame.xs[c.column + c.column_span]), round(frame.ys[c.row] + 420))
                for frame in find_frames(found.horizontal, found.vertical)
                for c in frame.cells
            }
            theirs = {tuple(map(round, (x0, x1, y0))) for t in page.find_tables() for x0, y0, x1, _ in t.cells}
            assert boxes == theirs
            count += len(boxes)
    assert count > 200


def test_the_real_report() -> None:
    folder = Path(os.environ.get("GKNLP_REPORTS", "")).parent / "reports_pdf"
    if not os.environ.get("GKNLP_REPORTS") or not folder.is_dir():
        pytest.skip("GKNLP_REPORTS names no folder with reports_pdf beside it")
    for path in sorted(folder.glob("*.pdf")):
        gold = json.loads(path.with_name(f"{path.stem}.gold.json").read_text(encoding="utf-8"))
        report = gknlp.extract(path)
        got = {f"{table.id}/{cell.key}": cell.value for table in report.tables for cell in table.cells}
        wanted = {f"{table}/{key}": value for table, rows in gold["tables"].items() for key, value in rows.items()}
        assert {key: got.get(key) for key in wanted} == wanted
        assert not codes(read_bytes(path.read_bytes(), name=path.name))


# -- lines drawn -> tables ---------------------------------------------------------------------------------------------


def box(x0: float, y0: float, x1: float, y1: float) -> tuple[list[Edge], list[Edge]]:
    return [Edge(y0, x0, x1), Edge(y1, x0, x1)], [Edge(x0, y0, y1), Edge(x1, y0, y1)]


def frames(*boxes: tuple[list[Edge], list[Edge]]) -> list[Frame]:
    return find_frames([edge for across, _ in boxes for edge in across], [edge for _, down in boxes for edge in down])


def test_merged_cells_keep_their_spans() -> None:
    (frame,) = frames(box(0, 0, 40, 40), box(40, 0, 120, 20), box(40, 20, 80, 40), box(80, 20, 120, 40))
    assert frame.xs == (0, 40, 80, 120)
    assert frame.cells == (
        FrameCell(0, 0, 2, 1),
        FrameCell(0, 1, 1, 2),
        FrameCell(1, 1, 1, 1),
        FrameCell(1, 2, 1, 1),
    )
    assert frame.cell_at(100, 10) == 1
    assert frame.cell_at(20, 39) == 0


def test_sides_that_are_not_drawn_are_sides() -> None:
    across = [Edge(y, 0, 100) for y in (0, 20, 40)]
    (frame,) = find_frames(across, [Edge(50, 0, 40)])
    assert frame.xs == (0, 50, 100)
    assert len(frame.cells) == 4


def test_dots_and_double_lines_are_one_line() -> None:
    dots = [Edge(10, x, x + 1) for x in range(0, 100, 3)]
    assert merge_edges([*dots, Edge(12, 0, 100)]) == [Edge(sum([10] * 34 + [12]) / 35, 0, 100)]


def test_a_box_and_an_underline_are_no_tables() -> None:
    assert frames(box(0, 0, 500, 800)) == []
    assert find_frames([Edge(10, 0, 50)], []) == []


def test_a_heading_between_two_tables_is_no_row() -> None:
    tables = [box(x, y, x + 50, y + 20) for y in (0, 20, 70, 90) for x in (0, 50)]
    assert [frame.ys for frame in frames(*tables)] == [(0, 20, 40), (70, 90, 110)]


def test_the_sides_of_a_cell_that_both_page_ends_cut_belong_to_the_table() -> None:
    values = [box(x, y, x + 50, y + 50) for y in (0, 50) for x in (40, 90)]
    (frame,) = frames(*values, ([], [Edge(0, -5, 100)]))
    assert frame.xs == (0, 40, 90, 140)
    assert frame.cells[0] == FrameCell(0, 0, 2, 1)


# -- characters -> lines and cells ----------------------------------------------------------------------------------


def glyphs(text: str, x: float = 0.0, y: float = 0.0, size: float = 10.0, gap: float = 0.0) -> list[Glyph]:
    """Return characters as they are printed: Latin ones and digits half as wide, a space is only room."""
    found = []
    for char in text:
        width = size * (0.5 if ord(char) < 256 else 1.0)
        if char != " ":
            found.append(Glyph(x, x + width, y, y + size, char))
        x += width + gap
    return found


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (glyphs("公开信息", gap=4.0), "公开信息"),  # justified
        (glyphs("annual report"), "annual report"),
        (glyphs("2023") + glyphs("年", x=22.5), "2023年"),  # a quarter between scripts
        (glyphs("总") + glyphs("计", x=25.0), "总 计"),
        (glyphs("12") + glyphs("0", x=20.0), "12 0"),
        (glyphs("公开") + glyphs("公开", x=0.4), "公开"),  # bold by printing twice
        ([*glyphs("总"), Glyph(10, 12, 0, 10, " "), *glyphs("计", x=12.0)], "总 计"),
        (glyphs("11"), "11"),
    ],
)
def test_spaces_of_a_line(found: list[Glyph], text: str) -> None:
    assert [line.text for line in make_lines(found)] == [text]


def test_lines_are_read_from_top_to_bottom() -> None:
    found = glyphs("二", y=15) + glyphs("一") + glyphs("1", x=10, y=1)
    assert [line.text for line in make_lines(found)] == ["一1", "二"]


def test_a_label_of_one_character_a_line() -> None:
    label = [glyph for at, char in enumerate("三、本年度办理结果") for glyph in glyphs(char, y=12.0 * at)]
    assert cell_of(label, 0, 12).replace("\n", "") == "三、本年度办理结果"


def test_a_turned_label() -> None:
    label = [Glyph(0, 10, 10.0 * at, 10.0 * at + 10, char, turned=True) for at, char in enumerate("办理结果")]
    assert cell_of(label, 0, 12) == "办理结果"


def test_a_number_wider_than_its_cell_stays_whole() -> None:
    (frame,) = frames(box(0, 0, 20, 20), box(20, 0, 60, 20))
    piece = make_piece(frame, glyphs("77302", x=2, y=5))
    assert piece is not None
    assert [cell.text for cell in piece.cells] == ["77302", ""]


def test_two_numbers_beside_a_wall_stay_two() -> None:
    (frame,) = frames(box(0, 0, 20, 20), box(20, 0, 40, 20))
    piece = make_piece(frame, glyphs("12", x=9.5, y=5) + glyphs("34", x=20.4, y=5))
    assert piece is not None
    assert [cell.text for cell in piece.cells] == ["12", "34"]


def test_a_number_wrapped_in_a_narrow_cell() -> None:
    assert cell_of(glyphs("7730", x=1) + glyphs("28", x=1, y=12), 0, 22) == "773028"
    assert cell_of(glyphs("7730", x=1) + glyphs("28", x=1, y=12), 0, 60) == "7730\n28"
    assert cell_of(glyphs("1.") + glyphs("属于国家秘密", y=12), 0, 60) == "1.属于国家秘密"


# -- tables over pages -------------------------------------------------------------------------------------------------


def piece(*rows: str) -> Piece:
    """Return a table: cells between bars; ``^`` goes on from the row above, ``<`` from the cell before."""
    made: dict[tuple[int, int], PieceCell] = {}
    across = 0
    for row, line in enumerate(rows):
        texts = line.split("|")
        across = max(across, len(texts))
        for column, text in enumerate(texts):
            if text == "^":
                above = next(key for key in sorted(made, reverse=True) if key[1] == column)
                made[above] = made[above]._replace(row_span=row - above[0] + 1)
            elif text == "<":
                before = max(key for key in made if key[0] == row)
                made[before] = made[before]._replace(x1=50.0 * column + 50)
            else:
                made[row, column] = PieceCell(50.0 * column, 50.0 * column + 50, row, 1, text)
    return Piece(0, 50.0 * across, 0, 100, len(rows), tuple(made.values()))


def texts(joined: Piece) -> list[tuple[int, int, str]]:
    return [(cell.row, cell.row_span, cell.text.replace("\n", "")) for cell in to_grid(joined).cells]


def test_a_label_cut_by_a_page_break_is_joined() -> None:
    joined = join_pieces(
        piece("（四）无|1.本机关不掌握|3", "^|2.没有现成信息|4"), piece("法提供|3.补正后|5", "（五）不予处理|1.信访|0")
    )
    assert texts(joined)[0] == (0, 3, "（四）无法提供")
    assert joined.rows == 4
    assert texts(joined)[-3:] == [(3, 1, "（五）不予处理"), (3, 1, "1.信访"), (3, 1, "0")]


def test_a_row_cut_by_a_page_break_is_joined() -> None:
    joined = join_pieces(piece("行政许可|3", "行政规范|5"), piece("性文件|", "规章|0"))
    assert texts(joined)[2:] == [(1, 1, "行政规范性文件"), (1, 1, "5"), (2, 1, "规章"), (2, 1, "0")]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (("规章|0|1", "行政规范性文件|2|3"), ("行政许可|4|5",)),
        (("规章|0|1",), ("行政规范性文件||",)),  # filed empty
        (("1.属于国家秘密|0|1",), ("2.其他法律行政法规禁止公开|2|3",)),
        (("第二十条第（六）项|<|<",), ("信息内容|本年处理决定数量|<",)),
    ],
)
def test_whole_rows_are_not_joined(above: tuple[str, ...], below: tuple[str, ...]) -> None:
    joined = join_pieces(piece(*above), piece(*below))
    assert [text for _, _, text in texts(joined)] == [
        text for row in (*above, *below) for text in row.split("|") if text != "<"
    ]
    assert joined.rows == len(above) + len(below)


def test_an_empty_cell_beside_rows_goes_on() -> None:
    joined = join_pieces(piece("三、本年度办理结果|甲|1", "^|乙|2"), piece("|丙|3", "^|丁|4"))
    assert texts(joined)[0] == (0, 4, "三、本年度办理结果")


def test_a_repeated_head_is_dropped() -> None:
    head = ("信息内容|本年制发件数|本年废止件数", "单位|件|件")
    joined = join_pieces(piece(*head, "规章|0|0"), piece(*head, "行政规范性文件|1|2"))
    assert [text for _, _, text in texts(joined)][6:] == ["规章", "0", "0", "行政规范性文件", "1", "2"]


def test_what_a_break_leaves_of_a_row_is_dropped() -> None:
    joined = join_pieces(piece("甲|1|2", "||"), piece("乙|3|4"))
    assert joined.rows == 2


def test_another_table_is_no_continuation() -> None:
    assert is_continued(piece("a|b|c"), piece("d|e|f"))
    assert not is_continued(piece("a|b|c"), piece("d|e"))
    narrow = Piece(0, 150, 0, 9, 1, tuple(PieceCell(x, x + 30, 0, 1, "x") for x in (0.0, 30.0, 60.0, 90.0, 120.0)))
    assert not is_continued(piece("a|b|c", "a|b|c"), narrow)


@pytest.mark.parametrize(
    ("upper", "lower", "wanted"),
    [
        ("（四）无", "法提供", True),
        ("三、本年度", "办理结果", True),
        ("2.没有现成信息", "需要另行制作", True),
        ("（六）其他处理", "（七）总计", False),
        ("规章", "行政规范性文件", False),
        ("12", "34", False),
        ("规章", "", False),
    ],
)
def test_where_a_label_goes_on(upper: str, lower: str, wanted: bool) -> None:
    assert goes_on(upper, lower) is wanted


def test_what_heads_a_section() -> None:
    assert is_heading("三、收到和处理政府信息公开申请情况")
    assert not is_heading("一、本年新收政府信息公开申请数量")
    assert not is_heading("三、本年度办理结果")
    assert not is_heading("1.申请人无正当理由")


# -- paragraphs, columns and furniture --------------------------------------------------------------------------------


def line(text: str, x: float = 0.0, y: float = 0.0, size: float = 10.0) -> Line:
    (made,) = make_lines(glyphs(text, x, y, size))
    return made


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([line("一二三四五六七八", 20), line("九十百千", y=20)], ["一二三四五六七八九十百千"]),
        ([line("一二三四五六七八", 20), line("九十百千", 20, 20)], ["一二三四五六七八", "九十百千"]),  # indented
        ([line("一二三四"), line("九十百千", y=20)], ["一二三四", "九十百千"]),  # short of the margin
        ([line("一二三四五六七"), line("123456", y=20)], ["一二三四五六七123456"]),  # a number that did not fit
        ([line("一二三四五六七八九十"), line("九十", y=20, size=16)], ["一二三四五六七八九十", "九十"]),  # another size
        ([line("一二三四五六七八九。"), line("（二）九十", y=20)], ["一二三四五六七八九。", "（二）九十"]),  # an item
    ],
)
def test_paragraphs(lines: list[Line], wanted: list[str]) -> None:
    assert paragraphs(lines, Margins(0, 100)) == wanted


def sheet(found: list[Glyph], number: int = 1) -> Sheet:
    return Sheet(number, PAGE, found, [], [], scanned=False, hidden=False)


def test_columns_of_text_are_read_one_by_one() -> None:
    left = [glyphs("左栏说明的文字一二三四五六七八九", 50, 100.0 + 15 * at) for at in range(8)]
    right = [glyphs("右栏说明的文字一二三四五六七八九", 300, 100.0 + 15 * at) for at in range(8)]
    title = glyphs("三安全一稳定三安全一稳定三安全", 170, 60, 14)
    columns = read_columns(sheet([*title, *chain.from_iterable(left + right)]))
    assert [len(column.items) for column in columns] == [1, 8, 8]
    assert [item.text[0] for column in columns for item in column.items if isinstance(item, Line)] == [
        *"三",
        *"左" * 8,
        *"右" * 8,
    ]


def test_numbers_of_a_table_are_no_column() -> None:
    rows = [
        glyphs("行政许可的数量一二三", 50, 100.0 + 15 * at) + glyphs("0   0", 350, 100.0 + 15 * at) for at in range(9)
    ]
    assert len(read_columns(sheet(list(chain.from_iterable(rows))))) == 1


def pages(*texts: tuple[str, float]) -> list[Column]:
    """Return pages that each hold the same lines at the same places, the page's number for a #."""
    return [
        Column(page, 0, PAGE, tuple(line(text.replace("#", str(page)), 60, y) for text, y in texts))
        for page in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("text", "y", "kept"),
    [
        ("- # -", 800, False),
        ("第 # 页 共 3 页", 800, False),
        ("#", 800, False),
        ("青禾县人民政府", 30, False),
        ("青禾县人民政府", 400, True),  # not at the edge
        ("信息内容", 30, True),  # the head of a table
    ],
)
def test_what_pages_repeat_is_dropped(text: str, y: float, kept: bool) -> None:
    columns = drop_furniture(pages(("正文", 300), (text, y)) if y > 300 else pages((text, y), ("正文", 300)))
    assert {len(column.items) for column in columns} == {2 if kept else 1}


def test_a_paragraph_goes_on_over_a_page() -> None:
    full = "一二三四五六七八九" * 5
    columns = [
        Column(1, 0, PAGE, (line(full, 80, 700), line(full + "百千", 60, 720))),
        Column(2, 0, PAGE, (line("终了。", 60, 60), line("另一段。", 80, 80))),
    ]
    assert list(read_flow(columns)) == [full + full + "百千终了。", "另一段。"]


# -- files that give no text, or not all of it ---------------------------------------------------------------------------


def raw_pdf(
    content: bytes, font: bytes = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", *more: bytes
) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        content,
        font,
        *more,
    ]
    parts = [b"%PDF-1.4\n", *(b"%d 0 obj\n%s\nendobj\n" % (at, text) for at, text in enumerate(objects, 1))]
    return b"".join([*parts, b"trailer << /Size %d /Root 1 0 R >>\n%%%%EOF\n" % (len(objects) + 1)])


def stream(data: bytes, *filters: str) -> bytes:
    named = b" /Filter [%s]" % " ".join(filters).encode() if filters else b""
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(data), named, data)


def refused(data: bytes, match: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(UnreadableInput, match=rf"^a\.pdf.*{match}"):
        read(data)
    assert time.perf_counter() - begun < 5


def test_two_thousand_pages_are_refused() -> None:
    refused(blank_pdf(2000), "2000 pages, far more than any report: take out")


def test_empty_pages_hold_no_text() -> None:
    refused(blank_pdf(3), "holds no text")


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"%PDF-1.4\n" + b"<html>" * 500, b"%PDF-1.5\n" + bytes(range(256)) * 50]
)
def test_what_only_calls_itself_a_pdf(data: bytes) -> None:
    refused(data, "damaged or cut-off PDF: download it again")


@needs_font
def test_an_encrypted_file_is_refused() -> None:
    from fpdf import FPDF

    writer = FPDF()
    writer.set_encryption(owner_password="o", user_password="u")  # noqa: S106 - of a file made here
    writer.add_page()
    refused(bytes(writer.output()), "is encrypted: save it without a password")


@needs_font
def test_a_file_cut_off_says_so_or_is_refused() -> None:
    data = printed("wrapped", Style(height=420))
    outcomes = Counter()
    for share in (0.2, 0.5, 0.8, 0.97):
        try:
            document = read(data[: int(len(data) * share)])
        except UnreadableInput as error:
            assert "a.pdf" in str(error)
            outcomes["refused"] += 1
        else:
            assert "pdf_cut_off" in codes(document)
            outcomes["said"] += 1
    assert outcomes.total() == 4


def test_a_damaged_part_is_said() -> None:
    random = Random("a damaged part")
    rows = (b"BT /F1 9 Tf 72 %d Td (%d) Tj ET " % (800 - 10 * at, random.randrange(10**8)) for at in range(70))
    packed = zlib.compress(b"".join(rows))
    whole = raw_pdf(stream(packed, "/FlateDecode"))
    assert not codes(read(whole))
    assert codes(read(raw_pdf(stream(packed[: len(packed) // 2], "/FlateDecode")))) == {"pdf_parts_damaged"}


@needs_font
def test_no_damage_is_silent() -> None:
    data = printed("wrapped", Style(height=420))
    text = read(data).text
    random = Random("damage")
    outcomes = Counter()
    for number in range(12):
        broken = bytearray(data)
        at = random.randrange(len(broken))
        if number % 2:
            del broken[at : at + random.randrange(1, 5000)]
        else:
            for _ in range(20):
                broken[random.randrange(len(broken))] = random.randrange(256)
        try:
            document = read(bytes(broken))
        except UnreadableInput:
            outcomes["refused"] += 1
            continue
        assert document.text == text or codes(document), number
        outcomes["said" if codes(document) else "unharmed"] += 1
    assert outcomes["said"] >= 3


@pytest.mark.parametrize("content", [b"0 0 m 10 10 l S ", b"BT /F1 12 Tf 72 720 Td (a) Tj ET ", b"q Q ", b"\0"])
def test_what_unpacks_to_far_more_is_refused(content: bytes) -> None:
    packed = zlib.compress(content * (12_000_000 // len(content)))
    assert len(packed) < 100_000
    refused(raw_pdf(stream(packed, "/FlateDecode")), "unpack")
    refused(raw_pdf(stream(zlib.compress(packed), "/FlateDecode", "/FlateDecode")), "unpack")


def test_more_drawings_than_on_any_page_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "MAX_OBJECTS", 500)
    refused(raw_pdf(stream(b"0 0 m 10 10 l S\n" * 1000)), "more drawings")
    monkeypatch.setattr(pdf_page, "MAX_CHARACTERS", 500)
    refused(raw_pdf(stream(b"BT /F1 12 Tf 0 720 Td (%s) Tj ET" % (b"ab" * 300))), "characters, more than any page")


def test_fonts_that_tell_no_characters() -> None:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [6 0 R] >>"
    described = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 1000 /CIDSystemInfo << /Registry (Adobe)"
    described += b" /Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R >>"
    flags = b"<< /Type /FontDescriptor /FontName /A /Flags 4 /FontBBox [0 0 9 9] /Ascent 800 /Descent -200 >>"
    codes_shown = b"".join(b"%04x" % (300 + at) for at in range(40))
    refused(
        raw_pdf(stream(b"BT /F1 12 Tf 72 720 Td <%s> Tj ET" % codes_shown), font, described, flags),
        "text_layer_garbled",
    )
    notes = list(pdf._garbled([sheet(glyphs("\ufffd\ue123公开"))]))
    assert [note.code for note in notes] == ["text_layer_garbled"]
    assert notes[0].message.startswith("2 of 4 characters")
    assert not list(pdf._garbled([sheet(glyphs("公开信息" * 5 + "\ue123"))]))


# -- pages that are pictures -----------------------------------------------------------------------------------------------


@cache
def scanned() -> bytes:
    """Return a PDF whose one page is a picture."""
    from fpdf import FPDF
    from PIL import Image

    writer = FPDF(unit="pt", format="A4")
    writer.add_page()
    writer.image(Image.new("RGB", (60, 80), "white"), 0, 0, 595, 842)
    return bytes(writer.output())


def no_engine() -> None:
    return None


def test_a_picture_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_engine", no_engine)
    refused(scanned(), r"no_text_layer.*pip install 'gknlp\[ocr\]'")


def test_an_engine_reads_a_picture_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is made up: it sees two lines, 200 dots an inch."""

    def seen(picture: Any) -> list[Word]:
        assert picture.width == round(595.28 / 72 * 200)
        return [
            Word("青禾县人民政府2021年政府信息公开工作年度报告", 300, 200, 1300, 240, 0.9),
            Word("一、总体情况", 200, 300, 500, 340, 0.6),
        ]

    monkeypatch.setattr(pdf, "find_engine", lambda: Engine("made up", seen))
    document = read(scanned())
    assert document.text == "青禾县人民政府2021年政府信息公开工作年度报告\n一、总体情况\n"
    (note,) = document.diagnostics
    assert (note.code, note.severity) == ("text_recognised", "warning")
    assert "(made up, mean confidence 0.84)" in note.message


def test_what_engines_return_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both packages are made up; they return what the real ones do."""
    corners = [[10.0, 20.0], [50.0, 21.0], [50.0, 40.0], [10.0, 39.0]]

    class RapidOCR:
        def __call__(self, picture: object) -> tuple[list[list[object]], list[float]]:
            return [[corners, "总计", "0.75"]], [0.1]

    def image_to_data(picture: object, lang: str, output_type: str) -> dict[str, list[object]]:
        assert (lang, output_type) == ("chi_sim", "dict")
        fields = ("text", "left", "top", "width", "height", "conf")
        return {
            name: [value, empty]
            for name, value, empty in zip(fields, ("总计", 10, 20, 40, 20, 75), ("", 0, 0, 9, 9, -1), strict=True)
        }

    modules = {
        "rapidocr_onnxruntime": SimpleNamespace(RapidOCR=RapidOCR),
        "pytesseract": SimpleNamespace(image_to_data=image_to_data, Output=SimpleNamespace(DICT="dict")),
        "numpy": SimpleNamespace(asarray=lambda picture: picture),
    }
    monkeypatch.setattr(pdf_ocr.importlib, "import_module", modules.__getitem__)
    wanted = [Word("总计", 10, 20, 50, 40, 0.75)]
    assert list(pdf_ocr._rapidocr(SimpleNamespace(convert=lambda mode: mode))) == wanted
    assert list(pdf_ocr._tesseract(None)) == wanted
    pdf_ocr._rapidocr_engine.cache_clear()


@needs_font
def test_some_pages_are_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    monkeypatch.setattr(pdf, "find_engine", no_engine)
    file = pypdfium2.PdfDocument(printed("wrapped", Style(height=420)))
    count = len(file)
    file.import_pages(pypdfium2.PdfDocument(scanned()))
    saved = io.BytesIO()
    file.save(saved)
    document = read(saved.getvalue())
    assert codes(document) == {"no_text_layer"}
    assert f"pages {count + 1} are pictures" in document.diagnostics[0].message
