"""Tables as Stata files, version 118 (Stata 14 and later): Unicode, labels, and reasons for missing values.

Written here and not by a library for two things none does: the reasons ``.a`` to ``.g`` of the panel, and tables that
are larger than memory. Columns with codes are labelled bytes; a text that is longer than :data:`INLINE` is a ``strL``.
The format: ``help dta`` in Stata.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from gknlp.export.files import whole_at_end
from gknlp.export.tables import Tables
from gknlp.knowledge.export import ExportColumn, load_codes, load_tables

INLINE = 200  # bytes that a text may have to stand in its row
LONGEST_KEY = 2045  # bytes of a string that is no strL
STRL, DOUBLE, LONG, BYTE = 32768, 65526, 65528, 65530
LARGEST_LONG = 2_147_483_620
MISSING_LONG, MISSING_BYTE = 2_147_483_621, 101
MISSING_DOUBLE, NEXT_REASON = 0x7FE0000000000000, 0x0000010000000000
LABEL_LENGTH = 80
STATES = "panel_state"

Plain = str | int | float | bool | None


class Width(NamedTuple):
    """What a column holds at most: bytes of a text, or the range of whole numbers; and the codes that are seen."""

    length: int
    low: int
    high: int
    codes: frozenset[str]


class Variable(NamedTuple):
    """One variable: Stata's type, its display format, labels, and how a value is packed."""

    name: str
    kind: int
    format: str
    value_label: str
    label: str
    pack: Callable[[Plain], bytes]


class _Texts:
    """The long texts of a file, written once each to a file of their own until the rows are done."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.row = 0

    def pack(self, variable: int, value: Plain) -> bytes:
        """Write a text and return the reference that stands in the row."""
        data = _text_bytes(value)
        if not data:
            return bytes(8)
        head = b"GSO" + struct.pack("<IQBI", variable, self.row, 130, len(data) + 1)
        self._file.write(head + data + b"\0")
        return struct.pack("<Q", variable | self.row << 16)


def write_stata(tables: Tables, table: str, path: Path, *, language: str = "zh") -> None:
    """Write one table; ``language`` is that of the labels of variables and values."""
    columns = load_tables()[table].columns
    widths = _widths(tables, table, columns)
    with whole_at_end(path) as partial, partial.open("wb") as file, TemporaryFile(dir=path.parent) as texts:
        held = _Texts(texts)
        variables = [
            _variable(place, column, width, held, panel=table == "panel", language=language)
            for place, (column, width) in enumerate(zip(columns, widths, strict=True), start=1)
        ]
        labels = _value_labels(columns, widths, panel=table == "panel", language=language)
        title = getattr(load_tables()[table], language)
        _Writer(file, variables, labels, title).write(tables.rows(table), _rows(tables, table), held, texts)


def _rows(tables: Tables, table: str) -> Iterator[Sequence[Plain]]:
    """Yield the rows of a table; a value of the panel that is missing is its reason instead."""
    if table != "panel":
        for batch in tables.batches(table):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
        return
    first = len(load_tables()["panel"].columns) - len(load_tables()["panel_states"].columns) + 4
    for values, states in zip_longest(_plain_rows(tables, "panel"), _plain_rows(tables, "panel_states")):
        reasons = (state if value is None else value for value, state in zip(values[first:], states[4:], strict=True))
        yield (*values[:first], *reasons)


def _plain_rows(tables: Tables, table: str) -> Iterator[tuple[Plain, ...]]:
    for batch in tables.batches(table):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _widths(tables: Tables, table: str, columns: Sequence[ExportColumn]) -> list[Width]:
    """Return the widths of all columns, in one pass over the table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths, lows, highs = [0] * len(columns), [0] * len(columns), [0] * len(columns)
    codes: list[set[str]] = [set() for _ in columns]
    for batch in tables.batches(table):
        for place, values in enumerate(batch.columns):
            if pa.types.is_string(values.type):
                lengths[place] = max(lengths[place], pc.max(pc.binary_length(values)).as_py() or 0)
                if columns[place].codes is not None:
                    codes[place].update(value for value in pc.unique(values).to_pylist() if value is not None)
            elif pa.types.is_integer(values.type):
                lows[place] = min(lows[place], pc.min(values).as_py() or 0)
                highs[place] = max(highs[place], pc.max(values).as_py() or 0)
    return [Width(*parts) for parts in zip(lengths, lows, highs, map(frozenset, codes), strict=True)]


def _variable(place: int, column: ExportColumn, width: Width, texts: _Texts, *, panel: bool, language: str) -> Variable:
    label = getattr(column, language)[:LABEL_LENGTH]

    def made(kind: int, form: str, pack: Callable[[Plain], bytes], value_label: str = "") -> Variable:
        return Variable(column.id, kind, form, value_label, label, pack)

    if column.codes is not None:
        numbers = {code: number for number, code in enumerate(_code_list(column, width), start=1)}
        return made(BYTE, "%12.0g", lambda value: bytes([numbers.get(str(value), MISSING_BYTE)]), column.codes)
    if column.type == "number":
        return made(DOUBLE, "%10.0g", _packed_reason if panel else _packed_double, STATES if panel else "")
    if column.type == "bool":
        return made(BYTE, "%8.0g", lambda value: bytes([MISSING_BYTE if value is None else int(bool(value))]))
    if column.type == "int":
        if max(-width.low, width.high) <= LARGEST_LONG:
            return made(LONG, "%12.0g", lambda value: struct.pack("<i", MISSING_LONG if value is None else value))
        return made(DOUBLE, "%12.0g", _packed_double)
    if width.length > (LONGEST_KEY if column.type == "str" else INLINE):
        return made(STRL, "%9s", lambda value: texts.pack(place, value))
    size = max(1, width.length)
    return made(size, f"%{min(size, 244)}s", lambda value: _text_bytes(value).ljust(size, b"\0"))


def _text_bytes(value: Plain) -> bytes:
    """Return a text as it stands in the file; NUL would end it there, and SUB takes its place byte for byte."""
    return str(value or "").encode().replace(b"\0", b"\x1a")


def _code_list(column: ExportColumn, width: Width) -> list[str]:
    """Return the codes of a column in the order of the codebook, then those seen that it does not know."""
    known = [code.id for code in load_codes()[column.codes or ""]]
    return [*known, *sorted(width.codes - set(known))]


def _packed_double(value: Plain) -> bytes:
    return struct.pack("<Q", MISSING_DOUBLE) if value is None else struct.pack("<d", value)


def _packed_reason(value: Plain) -> bytes:
    """Pack a value of the panel, or the reason in its place."""
    return _REASONS[value]() if isinstance(value, str) else _packed_double(value)


def _reason_bytes(missing: str | None) -> Callable[[], bytes]:
    number = ord(missing[1]) - ord("a") + 1 if missing else 0
    data = struct.pack("<Q", MISSING_DOUBLE + number * NEXT_REASON)
    return lambda: data


class _Reasons(dict[str, Callable[[], bytes]]):
    """The reasons for a missing value, read when the first one is needed."""

    def __missing__(self, key: str) -> Callable[[], bytes]:
        self.update({code.id: _reason_bytes(code.missing) for code in load_codes()[STATES]})
        return self.setdefault(key, _reason_bytes(None))


_REASONS = _Reasons()


class _ValueLabel(NamedTuple):
    name: str
    values: tuple[tuple[int, str], ...]


def _value_labels(
    columns: Sequence[ExportColumn], widths: Sequence[Width], *, panel: bool, language: str
) -> list[_ValueLabel]:
    """Return a value label for each list of codes: "id 中文", so that both the code and its meaning are at hand."""
    found: dict[str, _ValueLabel] = {}
    for column, width in zip(columns, widths, strict=True):
        if column.codes is None:
            continue
        names = {code.id: getattr(code, language) for code in load_codes()[column.codes]}
        codes = _code_list(column, width)
        earlier = found.get(column.codes)
        if earlier is None or len(codes) > len(earlier.values):
            values = tuple((n, f"{code} {names.get(code, '')}".strip()) for n, code in enumerate(codes, start=1))
            found[column.codes] = _ValueLabel(column.codes, values)
    if panel:
        reasons = [
            (MISSING_LONG + ord(code.missing[1]) - ord("a") + 1, f"{code.id} {getattr(code, language)}")
            for code in load_codes()[STATES]
            if code.missing
        ]
        found[STATES] = _ValueLabel(STATES, tuple(reasons))
    return list(found.values())


class _Writer:
    """The sections of a file in their order; the map of their places is filled in at the end."""

    def __init__(
        self, file: BinaryIO, variables: Sequence[Variable], labels: Sequence[_ValueLabel], title: str
    ) -> None:
        self._file = file
        self._variables = variables
        self._labels = labels
        self._title = title.encode()[: 4 * LABEL_LENGTH]
        self._map: list[int] = []

    def write(self, count: int, rows: Iterable[Sequence[Plain]], held: _Texts, texts: BinaryIO) -> None:
        file, variables = self._file, self._variables
        self._here()
        file.write(b"<stata_dta>" + self._header(count))
        place = self._here()
        self._section("map", bytes(8 * 14), note=False)
        self._section("variable_types", array_of(item.kind for item in variables))
        self._section("varnames", b"".join(_fixed(item.name, 129) for item in variables))
        self._section("sortlist", bytes(2 * (len(variables) + 1)))
        self._section("formats", b"".join(_fixed(item.format, 57) for item in variables))
        self._section("value_label_names", b"".join(_fixed(item.value_label, 129) for item in variables))
        self._section("variable_labels", b"".join(_fixed(item.label, 321) for item in variables))
        self._section("characteristics", b"")
        self._data(rows, held)
        self._strls(texts)
        self._section("value_labels", b"".join(map(_value_label, self._labels)))
        self._here()
        file.write(b"</stata_dta>")
        self._here()
        file.seek(place + len(b"<map>"))
        file.write(struct.pack("<14Q", *self._map))

    def _header(self, count: int) -> bytes:
        return (
            b"<header><release>118</release><byteorder>LSF</byteorder>"
            + b"<K>"
            + struct.pack("<H", len(self._variables))
            + b"</K>"
            + b"<N>"
            + struct.pack("<Q", count)
            + b"</N>"
            + b"<label>"
            + struct.pack("<H", len(self._title))
            + self._title
            + b"</label>"
            + b"<timestamp>\0</timestamp></header>"
        )

    def _here(self) -> int:
        self._map.append(self._file.tell())
        return self._map[-1]

    def _section(self, name: str, content: bytes, *, note: bool = True) -> None:
        if note:
            self._here()
        self._file.write(b"<%b>%b</%b>" % (name.encode(), content, name.encode()))

    def _data(self, rows: Iterable[Sequence[Plain]], held: _Texts) -> None:
        self._here()
        self._file.write(b"<data>")
        packs = [item.pack for item in self._variables]
        for number, row in enumerate(rows, start=1):
            held.row = number
            self._file.write(b"".join([pack(value) for pack, value in zip(packs, row, strict=True)]))
        self._file.write(b"</data>")

    def _strls(self, texts: BinaryIO) -> None:
        self._here()
        self._file.write(b"<strls>")
        texts.seek(0)
        while chunk := texts.read(1 << 20):
            self._file.write(chunk)
        self._file.write(b"</strls>")


def array_of(kinds: Iterable[int]) -> bytes:
    """Return 16-bit numbers, little end first."""
    return b"".join(struct.pack("<H", kind) for kind in kinds)


def _fixed(text: str, size: int) -> bytes:
    return text.encode()[: size - 1].decode("utf-8", "ignore").encode().ljust(size, b"\0")


def _value_label(label: _ValueLabel) -> bytes:
    offsets, texts = [], b""
    for _, text in label.values:
        offsets.append(len(texts))
        texts += text.encode() + b"\0"
    count = len(label.values)
    table = struct.pack("<2i", count, len(texts))
    table += struct.pack(f"<{count}i", *offsets) + struct.pack(f"<{count}i", *(value for value, _ in label.values))
    return (
        b"<lbl>"
        + struct.pack("<i", len(table) + len(texts))
        + _fixed(label.name, 129)
        + bytes(3)
        + table
        + texts
        + b"</lbl>"
    )
