"""Rich text (.rtf, and many a .doc): paragraphs, and tables by the edges of their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gknlp.errors import UnreadableInput
from gknlp.findings import report
from gknlp.model import Document, Source
from gknlp.readers.edges import EdgeCell, EdgeRow, Merge, place_by_edges
from gknlp.readers.layout import Block, Picture, make_document

MAX_BYTES = 64 << 20
MAX_DEPTH = 5000
MAX_CELLS = 100_000

_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,40})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z'])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)"
)
_HALF = re.compile("[\ud800-\udfff]")
# Groups that hold no text of the document; those marked as unknown to old readers (\*) are left out as well.
_NO_TEXT = frozenset(
    b"fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf"
    b" footnote annotation atnid atnauthor listtable listoverridetable rsidtbl generator fldinst xmlnstbl themedata"
    b" colorschememapping latentstyles datastore sp bkmkstart bkmkend nesttableprops nonesttables".split()
)
_TEXT_THOUGH_MARKED = frozenset((b"shpinst", b"shptxt"))
_SIGNS = {
    b"line": "\n",
    b"sect": "\n",
    b"page": "\n",
    b"tab": "\t",
    b"emdash": "\u2014",
    b"endash": "\u2013",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"bullet": "\u2022",
    b"emspace": " ",
    b"enspace": " ",
    b"nestcell": " ",
    b"nestrow": "\n",
}
_ESCAPES = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\xa0", b"_": "-", b"\n": "\n", b"\r": "\n"}
_MERGES: dict[bytes, tuple[str, Merge]] = {
    b"clmgf": ("across", "first"),
    b"clmrg": ("across", "more"),
    b"clvmgf": ("down", "first"),
    b"clvmrg": ("down", "more"),
}
_CHARSETS = {134: "gb18030", 136: "big5hkscs", 128: "cp932", 129: "cp949", 238: "cp1250", 204: "cp1251"}
_PAGES = {936: "gb18030", 950: "big5hkscs", 932: "cp932", 949: "cp949", 65001: "utf-8"}


def read(data: bytes, source: Source) -> Document:
    """Return the document of a rich text file.

    Raises:
        UnreadableInput: the file is too large, nests too deep, or holds no text.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableInput(f"{source.path} has {len(data)} bytes, more than any report")
    reader = _Reader(source.path)
    reader.read(data)
    blocks = list(reader.blocks())
    notes = [report("cut_off", sign="a brace is not closed")] if reader.is_open() else []
    return make_document(source, blocks, diagnostics=notes)


class _Group(NamedTuple):
    """What holds within braces: whether text is left out or hidden, the font, how many characters stand in for \\u."""

    silent: bool = False
    hidden: bool = False
    font: int = 0
    stand_ins: int = 1


class _Edge(NamedTuple):
    right: int
    across: Merge
    down: Merge


class _Reader:
    """Control words and text -> blocks."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._blocks: list[Block] = []
        self._text: list[str] = []
        self._bytes = bytearray()
        self._group = _Group()
        self._groups: list[_Group] = []
        self._begun = False  # right behind an opening brace
        self._fonts: dict[int, str] = {}
        self._codec = "cp1252"
        self._skip = 0  # characters that only stand in for the one before
        self._in_table = False
        self._cells: list[str] = []
        self._rows: list[EdgeRow] = []
        self._left = 0
        self._edges: list[_Edge] = []
        self._merging: dict[str, Merge] = {}
        self._count = 0

    def read(self, data: bytes) -> None:
        for match in _TOKEN.finditer(data):
            word, number, code, sign, brace, text = match.groups()
            if text is not None:
                self._add_bytes(text)
            elif word is not None:
                self._word(word.lower(), None if number is None else int(number))
            elif code is not None:
                self._add_bytes(bytes((int(code, 16),)))
            elif brace is not None:
                self._brace(brace)
            elif sign == b"*":
                self._flush()
                if self._begun:
                    self._group = self._group._replace(silent=True)
                    continue  # the word that follows decides
            elif sign is not None and sign in _ESCAPES:
                self._add(_ESCAPES[sign])
            self._begun = brace == b"{"

    def is_open(self) -> bool:
        """Whether a group has no end."""
        return bool(self._groups)

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, when all is read."""
        self._flush()
        self._end_table()
        self._end_text()
        yield from self._blocks

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._skip = 0
        if brace == b"{":
            if len(self._groups) > MAX_DEPTH:
                raise UnreadableInput(f"{self._path} nests more than {MAX_DEPTH} groups, as no document does")
            self._groups.append(self._group)
        elif self._groups:
            self._group = self._groups.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        self._flush()
        action = _ACTIONS.get(word)
        if action is not None:
            action(self, number or 0)
        elif word in _NO_TEXT:
            if word == b"pict" and not self._group.silent:
                self._picture()
            self._group = self._group._replace(silent=True)
        elif word in _TEXT_THOUGH_MARKED:
            self._group = self._group._replace(silent=bool(self._groups and self._groups[-1].silent))
        elif word in _SIGNS:
            self._add(_SIGNS[word])
        elif word in _MERGES:
            way, merge = _MERGES[word]
            self._merging[way] = merge
        elif word == b"v":
            self._group = self._group._replace(hidden=number != 0)

    def _add_bytes(self, data: bytes) -> None:
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        if not (self._group.silent or self._group.hidden):
            self._bytes += data

    def _flush(self) -> None:
        """Decode the bytes since the last control word: a character of two bytes may be written in two parts."""
        if self._bytes:
            codec = self._fonts.get(self._group.font, self._codec)
            self._text.append(self._bytes.decode(codec, "replace"))
            self._bytes.clear()

    def _add(self, text: str) -> None:
        if not (self._group.silent or self._group.hidden):
            self._flush()
            self._text.append(text)

    def _unicode(self, number: int) -> None:
        if number < 0:
            number += 0x10000
        self._add(chr(number) if 0 < number < 0x110000 else "\ufffd")
        self._skip = self._group.stand_ins

    def _picture(self) -> None:
        if not self._in_table:
            self._end_table()
            self._end_text()
            self._blocks.append(Picture())

    def _stand_ins(self, number: int) -> None:
        self._group = self._group._replace(stand_ins=min(max(number, 0), 8))

    def _font(self, number: int) -> None:
        self._group = self._group._replace(font=number)

    def _charset(self, number: int) -> None:
        if number in _CHARSETS:
            self._fonts[self._group.font] = _CHARSETS[number]

    def _page(self, number: int) -> None:
        self._codec = _PAGES.get(number, self._codec)

    def _plain_paragraph(self, number: int) -> None:
        """Begin to describe a paragraph, which stands in no table until that is said."""
        self._in_table = False

    def _table_paragraph(self, number: int) -> None:
        self._in_table = True

    def _end_paragraph(self, number: int) -> None:
        self._add("\n")
        if not (self._in_table or self._group.silent):
            self._end_table()
            self._end_text()

    def _define_row(self, number: int) -> None:
        self._left, self._edges, self._merging = 0, [], {}

    def _left_edge(self, number: int) -> None:
        self._left = number

    def _edge(self, number: int) -> None:
        self._edges.append(_Edge(number, self._merging.get("across", ""), self._merging.get("down", "")))
        self._merging = {}

    def _end_cell(self, number: int) -> None:
        if self._group.silent:
            return
        self._cells.append(self._taken())
        self._count += 1
        if self._count > MAX_CELLS:
            raise UnreadableInput(f"{self._path} holds more than {MAX_CELLS} table cells, far more than any report")

    def _end_row(self, number: int) -> None:
        """End a row; cells without an edge lie behind the last one."""
        if self._group.silent or not self._cells:
            return
        edges = list(self._edges[: len(self._cells)])
        last = edges[-1].right if edges else self._left
        edges += [_Edge(last + 1000 * n, "", "") for n in range(1, len(self._cells) - len(edges) + 1)]
        cells = tuple(EdgeCell(text, *edge) for text, edge in zip(self._cells, edges, strict=True))
        self._rows.append(EdgeRow(min(self._left, edges[0].right - 1), cells))
        self._cells = []

    def _end_table(self) -> None:
        self._text = [*self._cells, *self._text]
        self._cells = []
        if self._rows:
            self._blocks.append(place_by_edges(self._rows))
            self._rows = []

    def _end_text(self) -> None:
        text = self._taken()
        if text.strip():
            self._blocks.append(text)

    def _taken(self) -> str:
        """Return the text since the last paragraph or cell; characters beyond U+FFFF come in two halves."""
        text = "".join(self._text)
        self._text.clear()
        if _HALF.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text


_ACTIONS: dict[bytes, Callable[[_Reader, int], None]] = {
    b"u": _Reader._unicode,
    b"uc": _Reader._stand_ins,
    b"f": _Reader._font,
    b"fcharset": _Reader._charset,
    b"ansicpg": _Reader._page,
    b"par": _Reader._end_paragraph,
    b"pard": _Reader._plain_paragraph,
    b"intbl": _Reader._table_paragraph,
    b"trowd": _Reader._define_row,
    b"trleft": _Reader._left_edge,
    b"cellx": _Reader._edge,
    b"cell": _Reader._end_cell,
    b"row": _Reader._end_row,
}
