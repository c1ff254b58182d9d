"""What happens to sheets between the official annex and a text file, one small function each.

``SHEET_NOISE`` changes cells and rows before they are laid out, ``LINE_NOISE`` the lines afterwards. None of them
destroys a value, except those in ``LOSSY``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple

from tests.support.sheets import DASH, Line, Sheet


class Chunk(NamedTuple):
    """The text lines of one printed row; ``row`` and ``labels`` as in :class:`Line`, empty for what is no row."""

    text: tuple[str, ...]
    row: str = ""
    labels: tuple[str, ...] = ()


SheetNoise = Callable[[Sheet, Random], Sheet]
LineNoise = Callable[[str, list[Chunk], Random], list[Chunk]]

_HAN = re.compile("[\u4e00-\u9fff]")
_SIMPLIFIED = (
    "开请数结转续办处务规范项许罚强费业维纠审诉讼经总计属国类内过执询关机构"
    "织没现补后确举报当无权护稳购额废发决单万对增减区分应这种为摇采记银阶级"
)
_TRADITIONAL = (
    "開請數結轉續辦處務規範項許罰強費業維糾審訴訟經總計屬國類內過執詢關機構"
    "織沒現補後確舉報當無權護穩購額廢發決單萬對增減區分應這種為搖採記銀階級"
)
_TO_TRADITIONAL = str.maketrans(_SIMPLIFIED, _TRADITIONAL)
_TO_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_WRONG = "口目由甲末士日曰干于"
_TYPO_FLOOR = 6  # Han characters; a shorter label cannot be told from another when one is wrong


def _map_values(sheet: Sheet, change: Callable[[str, str, Line], str]) -> Sheet:
    """Apply ``change(value, field, line)`` to each printed number of the data lines."""
    lines = []
    for line in sheet.lines:
        fields = (*line.fields, *[""] * (len(line.values) - len(line.fields)))
        pairs = zip(line.values, fields, strict=True)
        values = [change(v, field, line) if field and v not in ("", DASH) else v for v, field in pairs]
        lines.append(line._replace(values=tuple(values)))
    return sheet._replace(lines=tuple(lines))


def _map_labels(sheet: Sheet, change: Callable[[str], str], *, headers: bool) -> Sheet:
    """Apply ``change`` to the labels of data lines, and to those of headings when ``headers``."""
    lines = []
    for line in sheet.lines:
        labels = tuple(change(label) if label and (headers or line.row) else label for label in line.labels)
        values = tuple(change(v) if v else v for v in line.values) if headers and not line.row else line.values
        lines.append(line._replace(labels=labels, values=values))
    return sheet._replace(lines=tuple(lines))


# -- values ---------------------------------------------------------------------------------------------------------
def thousands(sheet: Sheet, random: Random) -> Sheet:
    """Separate thousands: 12,502."""

    def change(value: str, field: str, line: Line) -> str:
        whole, dot, rest = value.partition(".")
        return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-").isdigit() else value

    return _map_values(sheet, change)


def full_width(sheet: Sheet, random: Random) -> Sheet:
    """Print full-width digits."""
    return _map_values(sheet, lambda value, field, line: value.translate(_TO_FULL_WIDTH))


def units(sheet: Sheet, random: Random) -> Sheet:
    """Print the unit inside some cells: 12件, 251000元."""

    def change(value: str, field: str, line: Line) -> str:
        if random.random() < 0.4 or not value[-1].isdigit():
            return value
        if field == "amount_wan":
            plain = value.replace(",", "")
            yuan = round(float(plain) * 10000) if plain.isascii() else None
            return f"{value}万元" if yuan is None or random.random() < 0.5 else f"{yuan}元"
        return value + ("项" if field.startswith("items") else "件")

    return _map_values(sheet, change) if sheet.table == "disclosure" else sheet


def signed(sheet: Sheet, random: Random) -> Sheet:
    """Print changes with words or signs: 增10, 减2, +3."""

    def change(value: str, field: str, line: Line) -> str:
        if field != "items_change" or not value.lstrip("-").isdigit():
            return value
        plus, minus = random.choice((("增", "减"), ("增加", "减少"), ("+", "-"), ("", "－")))
        return (minus if value[0] == "-" else plus if value != "0" else "") + value.lstrip("-")

    return _map_values(sheet, change)


def dashes(sheet: Sheet, random: Random) -> Sheet:
    """Print other marks for nothing: —, 无."""
    mark = random.choice(("—", "-", "无", "——"))
    lines = [line._replace(values=tuple(mark if v == DASH else v for v in line.values)) for line in sheet.lines]
    return sheet._replace(lines=tuple(lines))


def lost_column(sheet: Sheet, random: Random) -> Sheet:
    """Lose one column of section three in the leaf rows: six numbers stand after an empty cell."""
    if sheet.table != "requests":
        return sheet
    data = [line for line in sheet.lines if line.labels[-1] and line.row]
    zero = [i for i in range(1, 6) if all(line.values[i] == "0" for line in data)]
    if not zero:
        return sheet
    lost = random.choice(zero)
    lines = []
    for line in sheet.lines:
        kept = ("", *line.values[:lost], *line.values[lost + 1 :])
        lines.append(line._replace(values=kept) if line in data else line)
    return sheet._replace(lines=tuple(lines))


# -- labels ---------------------------------------------------------------------------------------------------------
def punctuation(sheet: Sheet, random: Random) -> Sheet:
    """Vary brackets, list marks and quotes of labels."""
    brackets = random.choice(("()", "（）", "()"))
    mark = random.choice(("1、", "1．", "1. ", "1."))[1:]
    quotes = random.choice(('""', "「」", "‘’", ("", "")))

    def change(label: str) -> str:
        label = label.replace("（", brackets[0]).replace("）", brackets[1])
        label = re.sub(r"^(\d)\.", rf"\g<1>{mark}", label)
        return label.replace("“", quotes[0]).replace("”", quotes[1])

    return _map_labels(sheet, change, headers=True)


def typos(sheet: Sheet, random: Random) -> Sheet:
    """Print one wrong or missing character in up to two long row labels."""
    able = [line.row for line in sheet.lines if line.row and line.labels and _han(line.labels) >= _TYPO_FLOOR]
    chosen = set(random.sample(able, min(2, len(able))))
    lines = []
    for line in sheet.lines:
        if line.row in chosen:
            labels = list(line.labels)
            at = max(i for i, label in enumerate(labels) if label)
            labels[at] = _misspell(labels[at], random)
            line = line._replace(labels=tuple(labels))
        lines.append(line)
    return sheet._replace(lines=tuple(lines))


def _han(labels: tuple[str, ...]) -> int:
    last = [label for label in labels if label][-1:]
    return len(_HAN.findall(last[0])) if last else 0


def _misspell(label: str, random: Random) -> str:
    at = random.choice([match.start() for match in _HAN.finditer(label)][1:])
    wrong: str = random.choice((*_WRONG, "", "", "", ""))
    return label[:at] + wrong + label[at + 1 :]


def traditional(sheet: Sheet, random: Random) -> Sheet:
    """Print labels in traditional characters."""
    return _map_labels(sheet, lambda label: label.translate(_TO_TRADITIONAL), headers=True)


def spaced(sheet: Sheet, random: Random) -> Sheet:
    """Print spaces inside some labels: 予 以 公 开."""

    def change(label: str) -> str:
        if random.random() < 0.7 or len(label) > 14:
            return label
        gap = random.choice((" ", " ", "\u3000"))
        return re.sub("(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", gap, label)

    return _map_labels(sheet, change, headers=True)


def short_headers(sheet: Sheet, random: Random) -> Sheet:
    """Cut two headers of the trial form to the same words: 本年新 / 本年新."""
    cut = {"本年新制作数量": "本年新", "本年新公开数量": "本年新"}
    return _map_labels(sheet, lambda label: cut.get(label, label), headers=True)


def vertical(sheet: Sheet, random: Random) -> Sheet:
    """Print 三、本年度办理结果 one character a line between the rows."""
    lines: list[Line] = []
    rest: list[str] = []
    for line in sheet.lines:
        if line.row and len(line.labels) == 3 and line.labels[0].startswith("三") and line.labels[1]:
            rest = ["三、", *line.labels[0][2:]]
            line = line._replace(labels=("", *line.labels[1:]))
        if rest:
            lines.append(Line((rest.pop(0),), ()))
        lines.append(line)
    return sheet._replace(lines=tuple(lines))


# -- rows and headers -----------------------------------------------------------------------------------------------
def shuffled(sheet: Sheet, random: Random) -> Sheet:
    """Print the rows of each group in another order; the group's cell stays with its first row."""
    lines: list[Line] = []
    for group in _groups(sheet.lines):
        heads = [line.labels[:-1] for line in group]
        body = random.sample(group, len(group))
        lines += [line._replace(labels=(*head, *line.labels[-1:])) for head, line in zip(heads, body, strict=True)]
    return sheet._replace(lines=tuple(lines))


def _groups(lines: Iterable[Line]) -> list[list[Line]]:
    """Neighbouring data lines whose first one only carries the group's cells."""
    groups: list[list[Line]] = []
    for line in lines:
        joins = bool(groups) and line.row and groups[-1][-1].row and line.labels[-1:] != ("",)
        if joins and line.labels and not any(line.labels[:-1]) and groups[-1][-1].labels[-1:] not in ((), ("",)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def split_headers(sheet: Sheet, random: Random) -> Sheet:
    """Split header cells over two lines: 社会公益 / 组织, in narrow columns 社会公 / 益组织 and 商业 / 企业."""
    sizes = random.choice(({6: 4, 7: 4, 8: 4}, {4: 2, 6: 3, 7: 4, 8: 4}))
    lines: list[Line] = []
    for line in sheet.lines:
        if line.row or len([v for v in line.values if v]) < 4:
            lines.append(line)
            continue
        parts = [_cut(value, sizes) for value in line.values]
        lines.append(line._replace(values=tuple(first for first, _ in parts)))
        if any(rest for _, rest in parts):
            lines.append(Line(tuple("" for _ in line.labels), tuple(rest for _, rest in parts)))
    return sheet._replace(lines=tuple(lines))


def _cut(label: str, sizes: dict[int, int]) -> tuple[str, str]:
    """Cut a label after as many Han characters as ``sizes`` says for its length."""
    places = [match.end() for match in _HAN.finditer(label)]
    if len(places) not in sizes:
        return label, ""
    at = places[sizes[len(places)] - 1]
    return label[:at], label[at:].strip()


# -- lines ----------------------------------------------------------------------------------------------------------
def _between_rows(chunks: list[Chunk], random: Random, count: int) -> list[int]:
    """Indices of chunks before which something may stand: only between two data rows; the last one first."""
    able = [i for i in range(1, len(chunks)) if chunks[i].row and chunks[i - 1].row]
    return sorted(random.sample(able, min(count, len(able))), reverse=True)


def pages(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """Break pages between rows and print page numbers that cannot be taken for a value."""
    for at in _between_rows(chunks, random, 2):
        number = random.randint(2, 9)
        styles = (f"- {number} -", f"— {number} —", f"第 {number} 页 共 9 页", f"第{number}页", f"{number}/9")
        line = random.choice(styles)
        chunks.insert(at, Chunk(random.choice(((line,), ("", line, ""), (line, "")))))
    return chunks


def bare_pages(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """Break pages between rows and print the bare page number on a line of its own."""
    for at in _between_rows(chunks, random, 1):
        chunks.insert(at, Chunk(("", str(random.randint(2, 9)), "")))
    return chunks


def header_again(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """Repeat the header block after a page break inside section three."""
    header = [chunk for chunk in chunks if not chunk.row and len(chunk.labels) == 3]
    if table == "requests" and header:
        for at in _between_rows(chunks, random, 1):
            chunks[at:at] = [Chunk(("", "- 5 -", "")), *header]
    return chunks


def blank_lines(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """Put empty lines between some rows."""
    return [chunk._replace(text=(*chunk.text, "")) if random.random() < 0.2 else chunk for chunk in chunks]


def indents(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """Lose the leading tabs of some rows, give others one more."""
    return [_shifted(chunk, random.random()) if chunk.row and chunk.labels else chunk for chunk in chunks]


def _shifted(chunk: Chunk, roll: float) -> Chunk:
    if roll < 0.3:
        return chunk._replace(text=tuple(line.lstrip("\t") for line in chunk.text))
    return chunk._replace(text=tuple("\t" + line for line in chunk.text)) if roll < 0.4 else chunk


def trailing_space(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """End some lines with spaces."""
    ends = ("", " ", "\u3000")
    return [chunk._replace(text=tuple(line + random.choice(ends) for line in chunk.text)) for chunk in chunks]


def captions(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """Put captions and footnotes with digits around the table."""
    above = (
        "表1",
        "统计期限：2021年1月1日至2021年12月31日",
        "附表2：（单位：件、万元，保留4位小数）",
        "填报日期：2022年1月18日",
    )
    below = (
        "注：1.收费金额保留4位小数；2.统计截至12月31日。",
        "备注：依据《条例》第二十条、第二十一条填写，共3页。",
        "联系电话：0000-2233445，邮编：100000",
    )
    return [Chunk((random.choice(above),)), *chunks, Chunk((random.choice(below),))]


_SENTENCES = {
    "disclosure": "全年办理行政许可318件、行政处罚27件，现行有效的行政规范性文件6件，收费金额12.5万元。",
    "requests": "本年新收政府信息公开申请41件，其中自然人38件、商业企业3件，予以公开29件，部分公开4件。",
    "remedies": "全年因政府信息公开被申请行政复议6件，结果维持5件，尚未审结1件，行政诉讼2件。",
}


def sentences(table: str, chunks: list[Chunk], random: Random) -> list[Chunk]:
    """Put a sentence that repeats the table's words with other numbers before or behind the table."""
    sentence = Chunk((_SENTENCES[table],))
    return [sentence, *chunks] if random.random() < 0.5 else [*chunks, sentence]


SHEET_NOISE: dict[str, SheetNoise] = {
    "lost_column": lost_column,
    "dashes": dashes,
    "shuffled": shuffled,
    "short_headers": short_headers,
    "signed": signed,
    "thousands": thousands,
    "units": units,
    "full_width": full_width,
    "typos": typos,
    "punctuation": punctuation,
    "traditional": traditional,
    "spaced": spaced,
    "split_headers": split_headers,
    "vertical": vertical,
}
LINE_NOISE: dict[str, LineNoise] = {
    "indents": indents,
    "header_again": header_again,
    "pages": pages,
    "bare_pages": bare_pages,
    "blank_lines": blank_lines,
    "trailing_space": trailing_space,
    "captions": captions,
    "sentences": sentences,
}
# After these a value may be null, as long as something is said about its table.
LOSSY = frozenset({"lost_column"})
