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
CHUNK = 50  # reports that are held as rows while a part is made
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
    complete = False
    try:
        for report in reports:
            made.add(report)
        complete = True
    finally:
        if complete:
            made.close()
        else:
            made.abandon()


class Part:
    """The Parquet files of one part of a run, made in memory: the tables, and the reports as JSON.

    Rows become Arrow columns, and the JSON is compressed, every :data:`CHUNK` reports, so that memory holds little more
    than the files. The panel's copies cannot be numbered within a part; whoever reads the parts numbers them.
    """

    def __init__(self) -> None:
        need("pyarrow")
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._schemas = {table: schema_of(table) for table in PART_TABLES}
        self._rows: dict[str, list[Row]] = {table: [] for table in PART_TABLES}
        self._batches: dict[str, list[pa.RecordBatch]] = {table: [] for table in (*LONG, *WIDE)}
        self._json = pa.BufferOutputStream()
        self._documents = pq.ParquetWriter(self._json, self._schemas[DOCUMENTS], compression=COMPRESSION)

    def add(self, report: Report, data: bytes) -> None:
        """Add one report and its JSON."""
        key = report_key(report)
        for table, make in LONG.items():
            self._rows[table].extend(make(report, key))
        for table, row in zip(WIDE, panel_rows(report, Copies()), strict=True):
            self._rows[table].append(row)
        self._rows[DOCUMENTS].append((key, data.decode()))
        if len(self._rows[DOCUMENTS]) == CHUNK:
            self._flush()

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            if rows:
                batch = batch_of(rows, self._schemas[table])
                if table == DOCUMENTS:
                    self._documents.write_batch(batch)
                else:
                    self._batches[table].append(batch)
                rows.clear()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name of each table with its file's content; nothing can be added after."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._flush()
        for table, batches in self._batches.items():
            sink = pa.BufferOutputStream()
            whole = pa.Table.from_batches(batches, schema=self._schemas[table]).combine_chunks()
            with pq.ParquetWriter(sink, self._schemas[table], compression=COMPRESSION) as writer:
                writer.write_table(whole, row_group_size=GROUP)
            yield table, bytes(sink.getvalue())
        self._documents.close()
        yield DOCUMENTS, bytes(self._json.getvalue())


def _partial(path: Path) -> Path:
    return path.with_name(path.name + PARTIAL)
