"""Word documents (.docx): paragraphs with their automatic numbers, tables with merged cells.

Only the parts that hold text are opened. What a reader of the document does not see is left out: deleted and hidden
text, field codes, the fallback of a drawing that is there in a newer form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gknlp.errors import UnreadableInput
from gknlp.model import Document, Metadata, Source
from gknlp.readers.docx_numbers import Numbers, load_numbers
from gknlp.readers.layout import MAX_SPAN, Block, FullCell, Picture, make_document, table_blocks
from gknlp.readers.package import Element, Package, parse_xml, small_number

MAX_DEPTH = 60  # tables within tables and boxes within boxes
MAX_CELLS = 100_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_P, _TBL, _TR, _TC, _R, _T = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "r", "t"))
_RPR, _PPR, _VAL = f"{_W}rPr", f"{_W}pPr", f"{_W}val"
# What is around text without being any: content controls, tracked insertions, tags, links, simple fields.
_AROUND = frozenset(
    f"{_W}{name}"
    for name in (
        *("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "bdo", "dir"),
        *("ruby", "rubyBase", "txbxContent"),
    )
)
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_DRAWN = frozenset(f"{_W}{name}" for name in ("drawing", "pict", "object"))
_BOX, _CHOICE = f"{_W}txbxContent", f"{_MC}Choice"
_OFF = ("0", "false", "off")
_MAIN = "word/document.xml"
_RELATIONS = "_rels/.rels"
_OFFICE_DOCUMENT = "/officeDocument"
_PROPERTIES = "docProps/core.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(data: bytes, source: Source) -> Document:
    """Return the document of a Word file.

    Raises:
        UnreadableInput: the file is damaged, encrypted, larger than any report, or holds no text.
    """
    package = Package(data, source.path)
    name = _main_part(package)
    document = package.read(name)
    root = _in_one_namespace(parse_xml(document, f"{source.path}: {name}"))
    body = root.find(f"{_W}body")
    if body is None:
        raise UnreadableInput(f"{source.path} is damaged: it has no body")
    reader = _Reader(source.path, load_numbers(package, document))
    return make_document(source, reader.blocks(body, 0), metadata=tuple(_properties(package)))


def _main_part(package: Package) -> str:
    if _MAIN in package or _RELATIONS not in package:
        return _MAIN
    for relation in package.parse(_RELATIONS):
        if relation.get("Type", "").endswith(_OFFICE_DOCUMENT):
            return relation.get("Target", "").lstrip("/")
    return _MAIN


def _in_one_namespace(root: Element) -> Element:
    """Rename the elements of the strict variant of the format, which differs in nothing else that is read here."""
    if root.tag.startswith(_STRICT):
        for element in root.iter():
            if isinstance(element.tag, str):
                element.tag = element.tag.replace(_STRICT, _W)
            for name in [name for name in element.attrib if name.startswith(_STRICT)]:
                element.set(name.replace(_STRICT, _W), element.attrib.pop(name))
    return root


def _properties(package: Package) -> Iterator[Metadata]:
    if _PROPERTIES in package:
        title = package.parse(_PROPERTIES).findtext(_TITLE, "").strip()
        if title:
            yield Metadata(name="title", value=title)


class _Reader:
    """Elements -> blocks; it counts automatic numbers as it goes."""

    def __init__(self, path: str, numbers: Numbers) -> None:
        self._path = path
        self._numbers = numbers
        self._cells = 0

    def blocks(self, parent: Element, depth: int) -> Iterator[Block]:
        """Yield the blocks within an element."""
        if depth > MAX_DEPTH:
            raise UnreadableInput(f"{self._path} nests more than {MAX_DEPTH} tables and boxes, as no report does")
        for child in parent:
            if child.tag == _P:
                yield from self._paragraph(child, depth)
            elif child.tag == _TBL:
                yield from self._table(child, depth)
            elif child.tag in _AROUND or child.tag.startswith(_MC):
                yield from self.blocks(_chosen(child), depth + 1)

    def _paragraph(self, paragraph: Element, depth: int) -> Iterator[Block]:
        parts: list[str] = []
        drawn: list[Element] = []
        _collect(paragraph, parts, drawn)
        text = "".join(parts)
        number = self._numbers.of(paragraph.find(_PPR)) if text.strip() else ""
        yield number + text
        for element in drawn:
            boxes = list(_boxes(element))
            if not boxes:
                yield Picture()
            for box in boxes:
                yield from self.blocks(box, depth + 1)

    def _table(self, table: Element, depth: int) -> Iterator[Block]:
        cells: list[FullCell] = []
        above: dict[int, int] = {}  # column -> which cell goes on downwards from the row before
        for row, line in enumerate(_rows(table)):
            going_on: dict[int, int] = {}
            column = _number(line.find(f"{_W}trPr/{_W}gridBefore"), 0)
            for cell in _within(line, _TC):
                across, merge = _merging(cell)
                if merge == "continue" and column in above:
                    going_on[column] = above[column]
                    merged = cells[above[column]]
                    cells[above[column]] = merged._replace(row_span=merged.row_span + 1)
                else:
                    self._count_cell()
                    cells.append(FullCell(row, column, 1, across, list(self.blocks(cell, depth + 1))))
                    if merge:
                        going_on[column] = len(cells) - 1
                column += across
            above = going_on
        yield from table_blocks(cells)

    def _count_cell(self) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise UnreadableInput(f"{self._path} holds more than {MAX_CELLS} table cells, far more than any report")


def _rows(table: Element) -> Iterator[Element]:
    """Yield the rows of a table that are not deleted."""
    deleted = f"{_W}trPr/{_W}del"
    yield from (row for row in _within(table, _TR) if row.find(deleted) is None)


def _within(parent: Element, tag: str) -> Iterator[Element]:
    """Yield the children with ``tag``, those in content controls and the like included."""
    left = list(parent)[::-1]
    while left:
        child = left.pop()
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND:
            left += list(child)[::-1]


def _merging(cell: Element) -> tuple[int, str]:
    """Return how many columns a cell covers, and whether it begins or continues a merge downwards."""
    properties = cell.find(f"{_W}tcPr")
    if properties is None:
        return 1, ""
    merge = properties.find(f"{_W}vMerge")
    across = _number(properties.find(f"{_W}gridSpan"), 1)
    return max(across, 1), "" if merge is None else merge.get(_VAL, "continue")


def _number(element: Element | None, default: int) -> int:
    return default if element is None else min(small_number(element.get(_VAL), default), MAX_SPAN)


def _chosen(element: Element) -> Element:
    """Return the branch of an alternative that is read: the first choice, else the fallback."""
    if element.tag != f"{_MC}AlternateContent":
        return element
    choice = element.find(_CHOICE)
    return element[-1] if choice is None and len(element) else (element if choice is None else choice)


def _collect(parent: Element, parts: list[str], drawn: list[Element]) -> None:
    """Add the text of the runs within an element to ``parts`` and what is drawn in them to ``drawn``."""
    left = [iter(parent)]
    while left:
        child = next(left[-1], None)
        if child is None:
            left.pop()
            continue
        tag = child.tag
        if tag == _T:
            parts.append(child.text or "")
        elif tag == _R:
            if not _is_hidden(child):
                left.append(iter(child))
        elif tag in _SIGNS:
            parts.append(_SIGNS[tag])
        elif tag in _DRAWN:
            drawn.append(child)
        elif tag in _AROUND:
            left.append(iter(child))
        elif tag.startswith(_MC):
            left.append(iter(_chosen(child)))


def _is_hidden(run: Element) -> bool:
    properties = run.find(_RPR)
    hidden = None if properties is None else properties.find(f"{_W}vanish")
    return hidden is not None and hidden.get(_VAL, "true") not in _OFF


def _boxes(drawn: Element) -> Iterable[Element]:
    """Return the outermost text boxes of what is drawn."""
    left = list(drawn)[::-1]
    while left:
        element = left.pop()
        if element.tag == _BOX:
            yield element
        else:
            left += list(_chosen(element) if element.tag.startswith(_MC) else element)[::-1]
