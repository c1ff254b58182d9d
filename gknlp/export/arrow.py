"""Rows as Arrow tables and Parquet files, the form that every other export is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gknlp.errors import MissingExtra
from gknlp.export.codebook import codebook_rows
from gknlp.export.files import PARTIAL
from gknlp.export.panel import Copies, panel_rows
from gknlp.export.rows import LONG, Row, report_key
from gknlp.knowledge.export import load_tables
from gknlp.model import Report

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 50_000  # rows a row group: what is in memory of one table at a time
PANEL_GROUP = 2_000  # rows of the wide tables
COMPRESSION = "zstd"
DOCUMENTS = "documents"
WIDE = ("panel", "panel_states")
TABLES = (*LONG, *WIDE, "codebook")
PART_TABLES = (*LONG, *WIDE, DOCUMENTS)


def need(package: str) -> None:
    """Raise :class:`MissingExtra` when a package of the extra ``export`` is not installed."""
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise MissingExtra(f"this needs {package}, which is not installed: pip install 'gknlp[export]'")


def schema_of(table: str) -> pa.Schema:
    """Return the Arrow schema of a table; the fields' metadata hold their names in Chinese and English."""
    need("pyarrow")
    import pyarrow as pa

    kinds = {"int": pa.int64(), "number": pa.float64(), "bool": pa.bool_()}
    if table == DOCUMENTS:
        return pa.schema([pa.field("report", pa.string()), pa.field("json", pa.string())])
    known = load_tables()[table]
    fields = [
        pa.field(column.id, kinds.get(column.type, pa.string()), metadata={"zh": column.zh, "en": column.en})
        for column in known.columns
    ]
    return pa.schema(fields, metadata={"zh": known.zh, "en": known.en})


def batch_of(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """Return rows as one record batch."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


class Stage:
    """Parquet files of all tables, written as the reports come; memory holds one row group of each."""

    def __init__(self, folder: Path, tables: Iterable[str] = TABLES) -> None:
        import pyarrow.parquet as pq

        folder.mkdir(parents=True, exist_ok=True)
        self._rows: dict[str, list[Row]] = {table: [] for table in tables if table != "codebook"}
        self._schemas = {table: schema_of(table) for table in tables}
        self._copies = Copies()
        self._paths = {table: folder / f"{table}.parquet" for table in tables}
        self._writers = {
            table: pq.ParquetWriter(_partial(path), self._schemas[table], compression=COMPRESSION)
            for table, path in self._paths.items()
        }

    def add(self, report: Report) -> None:
        """Add the rows of one report."""
        key = report_key(report)
        for table, make in LONG.items():
            if table in self._rows:
                self._extend(table, make(report, key))
        if "panel" in self._rows or "panel_states" in self._rows:
            both = panel_rows(report, self._copies)
            for table, row in zip(WIDE, both, strict=True):
                if table in self._rows:
                    self._extend(table, (row,))

    def _extend(self, table: str, rows: Iterable[Row]) -> None:
        held = self._rows[table]
        held.extend(rows)
        if len(held) >= (PANEL_GROUP if table in WIDE else GROUP):
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if rows:
            self._writers[table].write_batch(batch_of(rows, self._schemas[table]))
            rows.clear()

    def close(self) -> None:
        """Write what is held, the codebook, and give the files their names."""
        for table in self._rows:
            self._flush(table)
        if "codebook" in self._writers:
            self._writers["codebook"].write_batch(batch_of(list(codebook_rows()), self._schemas["codebook"]))
        for table, writer in self._writers.items():
            writer.close()
            _partial(self._paths[table]).replace(self._paths[table])

    def abandon(self) -> None:
        """Leave no file behind."""
        for table, writer in self._writers.items():
            writer.close()
            _partial(self._paths[table]).unlink(missing_ok=True)


def stage(reports: Iterable[Report], folder: Path, tables: Iterable[str] = TABLES) -> None:
    """Write the tables of ``reports`` to ``folder`` as one Parquet file each.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    need("pyarrow")
    made = Stage(folder, tables)
    try:
        for report in reports:
            made.add(report)
    except BaseException:
        made.abandon()
        raise
    made.close()


def part_tables(reports: Sequence[Report], documents: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each Parquet file of one part of a run: the tables, and the reports as JSON.

    The panel's copies cannot be numbered within a part; whoever reads the parts numbers them.
    """
    need("pyarrow")
    keys = [report_key(report) for report in reports]
    for table, make in LONG.items():
        rows = [row for report, key in zip(reports, keys, strict=True) for row in make(report, key)]
        yield table, _file(rows, table)
    both = [panel_rows(report, Copies()) for report in reports]
    yield "panel", _file([rows.values for rows in both], "panel")
    yield "panel_states", _file([rows.states for rows in both], "panel_states")
    yield DOCUMENTS, _file([(key, data.decode()) for key, data in zip(keys, documents, strict=True)], DOCUMENTS)


def _file(rows: Sequence[Row], table: str) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = schema_of(table)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, compression=COMPRESSION) as writer:
        writer.write_batch(batch_of(rows, schema))
    return bytes(sink.getvalue())


def _partial(path: Path) -> Path:
    return path.with_name(path.name + PARTIAL)
