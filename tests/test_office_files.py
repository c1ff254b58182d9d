"""What Word, WPS and LibreOffice write beside plain paragraphs and tables, in each of their formats."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from gknlp.model import Document
from gknlp.readers import read_bytes, read_path
from tests.support.reports import report_sources
from tests.support.write_odt import pack

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
FORM = Path(__file__).parents[2] / "shared" / "forms" / "form-2021.docx"


def docx(content: str, *, namespace: str = W, **parts: str) -> Document:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("word/document.xml", f"<w:document {namespace} {MC}><w:body>{content}</w:body></w:document>")
        for name, part in parts.items():
            file.writestr(f"word/{name}.xml", part)
    return read_bytes(stream.getvalue(), name="a.docx")


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


PICTURE = "<w:r><w:drawing/></w:r>"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (
            f"<w:p>{run('公开')}<w:ins>{run('信息')}</w:ins><w:del><w:r><w:delText>旧文</w:delText></w:r></w:del></w:p>",
            "公开信息\n",
        ),
        (f"<w:sdt><w:sdtContent>{paragraph('公开信息')}</w:sdtContent></w:sdt>", "公开信息\n"),
        (
            f"<w:p>{run('公开')}<w:hyperlink>{run('信息')}</w:hyperlink><w:smartTag>{run('5条')}</w:smartTag></w:p>",
            "公开信息5条\n",
        ),
        ("<w:p><w:r><w:t>公开</w:t><w:tab/><w:t>信息</w:t><w:br/><w:t>5条</w:t></w:r></w:p>", "公开\t信息\n5条\n"),
        (f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>{run('公开')}</w:p>", "公开\n"),
        (f"<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>不隐藏</w:t></w:r>{run('公开')}</w:p>", "不隐藏公开\n"),
        (f"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>{run('公开')}</w:p>", "公开\n"),
        (
            f"<w:p><mc:AlternateContent><mc:Choice>{run('新')}</mc:Choice><mc:Fallback>{run('旧')}</mc:Fallback></mc:AlternateContent></w:p>",
            "新\n",
        ),
        (
            f"<w:p><w:r><w:pict><w:txbxContent>{paragraph('框内标题')}</w:txbxContent></w:pict></w:r></w:p>",
            "框内标题\n",
        ),
        (
            table(
                cell(paragraph("甲"), "<w:gridSpan w:val='2'/>") + cell(paragraph("乙")),
                "".join(map(cell, map(paragraph, "123"))),
            ),
            "甲\t\t乙\n1\t2\t3\n",
        ),
        (
            table(
                cell(paragraph("甲"), "<w:vMerge w:val='restart'/>") + cell(paragraph("1")),
                cell(paragraph("看不见"), "<w:vMerge/>") + cell(paragraph("2")),
                cell(paragraph("乙"), "<w:vMerge w:val='restart'/>") + cell(paragraph("3")),
            ),
            "甲\t1\n\t2\n乙\t3\n",
        ),
        (
            table(
                f"<w:trPr><w:gridBefore w:val='1'/></w:trPr>{cell(paragraph('乙'))}",
                cell(paragraph("1")) + cell(paragraph("2")),
            ),
            "\t乙\n1\t2\n",
        ),
        (
            table(cell(paragraph("甲")) + cell(paragraph("乙")), f"<w:trPr><w:del/></w:trPr>{cell(paragraph('旧'))}"),
            "甲\t乙\n",
        ),
        (table(cell(paragraph("正文") + table(cell(paragraph("1")) + cell(paragraph("2"))))), "正文\n1\t2\n"),
        (table(cell(paragraph("结果") + paragraph("维持")) + cell(paragraph("3"))), "结果维持\t3\n"),
    ],
)
def test_word(content: str, wanted: str) -> None:
    assert docx(content).text == wanted


def test_the_strict_variant_is_read_alike() -> None:
    content = table(
        cell(paragraph("甲"), "<w:gridSpan w:val='2'/>") + cell(paragraph("乙")),
        "".join(map(cell, map(paragraph, "123"))),
    )
    assert docx(content, namespace=STRICT).text == docx(content).text


def test_a_picture_in_place_of_a_table_is_named() -> None:
    notes = docx(
        paragraph("三、收到和处理政府信息公开申请情况") + f"<w:p>{PICTURE}</w:p>" + paragraph("四、其他")
    ).diagnostics
    assert [(note.code, note.table) for note in notes] == [("table_is_image", "requests")]


LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="0">{
    "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(LEVELS)
    )
}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
STYLES = f"""<w:styles {W}><w:style w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="H2"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style></w:styles>"""


def test_automatic_numbers_are_written_out() -> None:
    def numbered(level: int, text: str) -> str:
        return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')

    content = "".join(
        (
            numbered(0, "总体情况"),
            numbered(1, "主动公开"),
            numbered(1, "依申请公开"),
            numbered(2, "受理"),
            paragraph("主动公开政府信息情况", '<w:pStyle w:val="H1"/>'),
            paragraph("规章", '<w:pStyle w:val="H2"/>'),
            paragraph("无编号", '<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>'),
        )
    )
    wanted = [
        "一、总体情况",
        "（一）主动公开",
        "（二）依申请公开",
        "1.受理",
        "二、主动公开政府信息情况",
        "（一）规章",
        "无编号",
    ]
    assert docx(content, numbering=NUMBERING, styles=STYLES).text.splitlines() == wanted


def rtf(body: str) -> str:
    return read_bytes(
        ("{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset134 x;}{\\f1\\fcharset0 y;}}" + body + "}").encode(),
        name="a",
    ).text


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (r"\'b9\'ab\'bf\'aa\par", "公开\n"),
        (r"\u20844?\u24320?5\u26465 ?\par", "公开5条\n"),
        (r"\uc0\u20844\u24320\par", "公开\n"),
        (r"{\f1 \u20844\'b9\u24320\'bf}\par", "公开\n"),
        (r"{\listtext \u19968?\u12289?\tab}\u20844?\par", "一、公\n"),
        (r"{\*\unknown \'b9\'ab}{\info{\title \'b9\'ab}}\'bf\'aa\par", "开\n"),
        (r"{\field{\*\fldinst PAGE}{\fldrslt \'b9\'ab}}\par", "公\n"),
        (r"{\v \'b9\'ab}\'bf\'aa\par", "开\n"),
        (r"\trowd\cellx100\cellx2000\pard\intbl 1\cell 2\cell\row\pard 3\par", "1\t2\n3\n"),
        (
            r"\trowd\clvmgf\cellx900\cellx2000\intbl 1\cell 2\cell\row\trowd\clvmrg\cellx900\cellx2000\cell 3\cell\row\pard",
            "1\t2\n\t3\n",
        ),
        (r"\trowd\cellx2000\intbl 1\cell\row\trowd\cellx990\cellx2010\intbl 2\cell 3\cell\row\pard", "1\t\n2\t3\n"),
        (
            r"\trowd\clmgf\cellx900\clmrg\cellx2000\intbl 1\cell\cell\row\trowd\cellx900\cellx2000\intbl 2\cell 3\cell\row",
            "1\t\n2\t3\n",
        ),
        (r"\intbl 1\cell 2\cell\row", "1\t2\n"),
        (r"\par}}}}\'b9\'ab\par", "公\n"),
        (r"\u-10187?\u-8960?\par", "\U0001d500\n"),
    ],
)
def test_rich_text(body: str, wanted: str) -> None:
    assert rtf(body) == wanted


URN = "urn:oasis:names:tc:opendocument:xmlns"
ODT = f'<office:document-content xmlns:office="{URN}:office:1.0" xmlns:text="{URN}:text:1.0" xmlns:table="{URN}:table:1.0" xmlns:draw="{URN}:drawing:1.0"><office:body><office:text>%s</office:text></office:body></office:document-content>'


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("<text:p>公开<text:s text:c='2'/>信息<text:tab/>5<text:line-break/>条</text:p>", "公开 信息\t5\n条\n"),
        (
            "<text:tracked-changes><text:p>旧</text:p></text:tracked-changes><text:p>新<text:note>注</text:note></text:p>",
            "新\n",
        ),
        ("<text:list><text:list-item><text:p>一</text:p></text:list-item></text:list>", "一\n"),
        ("<text:p>题<draw:frame><draw:text-box><text:p>框</text:p></draw:text-box></draw:frame></text:p>", "题\n框\n"),
        (
            "<table:table><table:table-row><table:table-cell table:number-columns-repeated='2'><text:p>0</text:p></table:table-cell>"
            "<table:table-cell><text:p>1</text:p></table:table-cell></table:table-row></table:table>",
            "0\t0\t1\n",
        ),
    ],
)
def test_open_document(content: str, wanted: str) -> None:
    assert read_bytes(pack({"content.xml": ODT % content}), name="a.odt").text == wanted


@pytest.mark.skipif(not FORM.exists(), reason="the official form is not at hand")
def test_the_official_form() -> None:
    document = read_path(FORM)
    assert [(grid.rows, grid.columns) for grid in document.grids] == [(14, 4), (28, 10), (4, 15)]
    assert "（二）部分公开（区分处理的，只计这一情形，不计其他情形）" in document.text
    assert "结果纠正\t其他结果\t尚未审结" in document.text


def test_sources_are_the_same_every_time() -> None:
    assert report_sources() == report_sources()
