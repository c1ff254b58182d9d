"""The contract: immutable records of one report, as they stand in JSON (schema ``gknlp.report/1``).

Every ``start``/``end`` is a half-open pair of code-point offsets into :attr:`Report.text`, and
``report.text[start:end]`` is what the record claims. ``None`` means *unknown*; nothing here is a guess.
JSON reading, JSON writing and the JSON Schema derive from these types; there is no second schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "gknlp.report/1"

Number = int | float
State = Literal["number", "blank", "dash", "absent", "unreadable"]
Reading = Literal["direct", "solved"]
Severity = Literal["info", "warning", "error"]
CheckSeverity = Literal["E", "W", "I"]
Status = Literal["pass", "fail", "not_assessable", "not_applicable"]
Cause = Literal["filing", "extraction", "unknown"]
Qualifier = Literal["exact", "approx", "more_than", "less_than", "at_least", "at_most", "missing", "masked"]
Polarity = Literal["count", "zero_by_negation", "ordinal"]
PeriodKind = Literal["full_year", "partial_year", "cumulative", "point_in_time", "multi_year", "other_year", "planned"]
Scope = Literal["own", "whole_area", "subordinate", "unclear"]
PartRole = Literal["whole", "part_exhaustive", "part_open", "none"]
Role = Literal["problem", "measure"]
TableId = Literal["disclosure", "requests", "remedies", "statistics"]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: immutable, compared by value, fields given by name."""


class Source(Record, frozen=True, kw_only=True):
    """Where the bytes came from. ``encoding`` is the codec that decoded them, ``None`` for text passed in."""

    path: str
    sha256: str
    media_type: str
    encoding: str | None
    bytes: int


class Producer(Record, frozen=True, kw_only=True):
    """What made the report: the version of gknlp and the id of the issue model (``None`` when none ran)."""

    version: str
    model: str | None = None


class Issuer(Record, frozen=True, kw_only=True):
    """The organ that filed the report; see :func:`gknlp.issuer.find_issuer` for how each field is found."""

    name: str
    full_name: str | None
    kind: str | None
    level: str | None
    division_code: str | None
    division_path: tuple[str, ...]
    start: int | None
    end: int | None


class Section(Record, frozen=True, kw_only=True):
    """A section of the report: ``start`` is the heading's first character, ``end`` the next section's start."""

    id: str
    heading: str
    start: int
    end: int
    level: int = 1
    children: tuple[Section, ...] = ()


class Repair(Record, frozen=True, kw_only=True):
    """A proposal for a cell, never merged into its value."""

    value: Number
    rule: str
    unique: bool
    proof: str


class Cell(Record, frozen=True, gc=False):  # a report has some 200: no names at each call, no work for the collector
    """One cell of a form.

    ``value`` is the number as filed, ``None`` unless ``state`` is ``"number"``. ``start``/``end`` give the printed
    cell (``text[start:end] == raw``); both are ``None`` for a cell that was not printed.
    """

    row: str
    column: str
    value: Number | None
    raw: str
    state: State
    start: int | None
    end: int | None
    reading: Reading = "direct"
    repair: Repair | None = None

    @property
    def key(self) -> str:
        """``row/column``, unique within a table."""
        return f"{self.row}/{self.column}"


class Table(Record, frozen=True, kw_only=True):
    """One statistical table with all the cells of its form, in form order."""

    id: TableId
    form: str
    start: int
    end: int
    cells: tuple[Cell, ...]

    def cell(self, row: str, column: str) -> Cell:
        """Return one cell; :class:`KeyError` names a row or column that the form does not have."""
        for cell in self.cells:
            if cell.row == row and cell.column == column:
                return cell
        raise KeyError(f"{self.id} ({self.form}) has no cell {row}/{column}")

    def to_frame(self) -> pd.DataFrame:
        """Return the filed values as a frame: one line a form row, one column a form column, ``NA`` for unknown."""
        import pandas as pd

        rows = list(dict.fromkeys(cell.row for cell in self.cells))
        columns = list(dict.fromkeys(cell.column for cell in self.cells))
        values = {(cell.row, cell.column): cell.value for cell in self.cells}
        data = {column: [values.get((row, column)) for row in rows] for column in columns}
        frame = pd.DataFrame(data, index=pd.Index(rows, name="row")).convert_dtypes()
        return frame.rename_axis(columns="column")


class Period(Record, frozen=True, kw_only=True):
    """The time a fact speaks of; ISO dates, ``None`` where the text does not fix them."""

    kind: PeriodKind
    start: str | None
    end: str | None


class Fact(Record, frozen=True, kw_only=True):
    """One statement of the narrative with its place: see the fact ontology in ``docs/facts.md``.

    ``start``/``end`` cover the statement and ``text`` repeats it; ``value_start``/``value_end`` cover the printed
    number, ``None`` for a zero by negation and for a missing number. ``lower``/``upper`` bound the value where the
    wording does, else ``None``. ``part_of`` is the id of the fact this one is a part of.
    """

    id: str
    type: str
    value: Number | None
    lower: Number | None
    upper: Number | None
    unit: str
    qualifier: Qualifier
    polarity: Polarity
    period: Period
    scope: Scope
    attributes: dict[str, str]
    part_of: str | None
    part_role: PartRole
    section: str
    start: int
    end: int
    text: str
    value_start: int | None
    value_end: int | None
    rule: str


class Label(Record, frozen=True, kw_only=True):
    """One issue label with its calibrated probability."""

    id: str
    probability: float


class Issue(Record, frozen=True, kw_only=True):
    """One problem or measure of section five; ``addresses`` holds the ids of the problems a measure answers."""

    id: str
    role: Role
    start: int
    end: int
    text: str
    labels: tuple[Label, ...]
    specific: bool
    hedged: bool
    addresses: tuple[str, ...]


class Check(Record, frozen=True, kw_only=True, gc=False):
    """One rule applied at one place; ``cells`` are ``table/row/column`` keys, ``facts`` are fact ids."""

    rule: str
    severity: CheckSeverity
    status: Status
    table: TableId | None
    where: dict[str, str]
    left: Number | None
    right: Number | None
    message: str
    cells: tuple[str, ...]
    facts: tuple[str, ...]
    cause: Cause | None


class Diagnostic(Record, frozen=True, kw_only=True):
    """Something a user should know about this report; the codes are catalogued in :mod:`gknlp.findings`."""

    code: str
    severity: Severity
    message: str
    table: TableId | None = None
    start: int | None = None
    end: int | None = None


class Report(Record, frozen=True, kw_only=True):
    """Everything read from one report. :meth:`to_json` and :meth:`from_json` round-trip it."""

    schema: str
    id: str
    source: Source
    gknlp: Producer
    title: str | None
    year: int | None
    form: str | None
    issuer: Issuer | None
    text: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    facts: tuple[Fact, ...]
    issues: tuple[Issue, ...]
    checks: tuple[Check, ...]
    diagnostics: tuple[Diagnostic, ...]

    def table(self, table_id: str) -> Table:
        """Return one table; :class:`KeyError` when the report does not print it."""
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(f"{self.source.path} prints no table {table_id!r}")

    def to_json(self, *, indent: int = 0) -> str:
        """Return the report as one JSON object; keys stand in the contract's order."""
        data = msgspec.json.encode(self)
        return (msgspec.json.format(data, indent=indent) if indent else data).decode()

    @classmethod
    def from_json(cls, data: str | bytes) -> Report:
        """Read back :meth:`to_json`; :class:`msgspec.ValidationError` names the path of a wrong value."""
        report = msgspec.json.decode(data, type=cls)
        if report.schema != SCHEMA:  # fields of the same name may say something else there
            raise msgspec.ValidationError(f"its schema is {report.schema!r}, and this version reads {SCHEMA!r}")
        return report


class ErrorRecord(Record, frozen=True, kw_only=True):
    """One line of ``errors.jsonl``: an input that gave no report."""

    source: Source
    error: str
    message: str


class GridCell(Record, frozen=True, kw_only=True):
    """One cell of a :class:`Grid`: the place of its upper left corner, how many rows and columns it covers, its span.

    ``start == end`` for a cell that is printed empty. The other positions that it covers have no cell.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    start: int
    end: int


class Grid(Record, frozen=True, kw_only=True):
    """A table whose cells a format states outright, as it stands in the text: a line a row, a tab between columns.

    Every line has ``columns - 1`` tabs; ``cells`` stand in row order, then column order. A row or column in which no
    cell begins is left out, so that a page and a Word file with the same table give the same grid.
    """

    start: int
    end: int
    rows: int
    columns: int
    cells: tuple[GridCell, ...]


class Metadata(Record, frozen=True, kw_only=True):
    """Something that a file says about itself outside its text: evidence for issuer and year, never a value.

    ``name`` is an id of ``pages.toml`` where the statement is of a known kind (``publisher``, ``published``,
    ``page_title``, ``host`` …), else what the source calls it (the column of a CSV file).
    """

    name: str
    value: str


class Document(Record, frozen=True, kw_only=True):
    """A source file as text. ``folded`` has the length of ``text`` and is what patterns are matched against.

    ``grids`` are the tables of formats that have tables, in text order; plain text has none.
    """

    source: Source
    text: str
    folded: str
    diagnostics: tuple[Diagnostic, ...] = ()
    grids: tuple[Grid, ...] = ()
    metadata: tuple[Metadata, ...] = ()
