"""Tables as one database file: SQLite with the standard library, DuckDB with its package."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gknlp.export.arrow import need
from gknlp.export.files import PARTIAL
from gknlp.knowledge.export import ExportTable, load_tables

if TYPE_CHECKING:
    import pyarrow as pa

_SQLITE_TYPES = {"int": "INTEGER", "number": "REAL", "bool": "INTEGER"}
_DUCKDB_TYPES = {"int": "BIGINT", "number": "DOUBLE", "bool": "BOOLEAN", "json": "JSON"}
INDEXED = ("report", "year")


def write_sqlite(tables: Iterable[tuple[str, Iterable[pa.RecordBatch]]], path: Path) -> None:
    """Write all tables to one SQLite database; truth values are 1 and 0, ``report`` and ``year`` are indexed."""
    partial = _fresh(path)
    with _told_as(sqlite3.Error), closing(sqlite3.connect(partial)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        for name, batches in tables:
            table = load_tables()[name]
            columns = ", ".join(f'"{column.id}" {_SQLITE_TYPES.get(column.type, "TEXT")}' for column in table.columns)
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            insert = f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(table.columns))})'  # noqa: S608 - our own names
            for batch in batches:
                values = [column.to_pylist() for column in batch.columns]
                connection.executemany(insert, zip(*values, strict=True))
            for column in table.columns:
                if column.id in INDEXED:
                    connection.execute(f'CREATE INDEX "{name}_{column.id}" ON "{name}" ("{column.id}")')
        connection.commit()
    partial.replace(path)


def write_duckdb(tables: Iterable[tuple[str, Iterable[pa.RecordBatch]]], path: Path) -> None:
    """Write all tables to one DuckDB database; the codebook's Chinese is the comment of each table and column."""
    need("duckdb")
    import duckdb
    import pyarrow as pa

    partial = _fresh(path)
    with _told_as(duckdb.IOException), duckdb.connect(str(partial)) as connection:
        for name, batches in tables:
            table = load_tables()[name]
            columns = ", ".join(
                f'"{column.id}" {_DUCKDB_TYPES.get(column.type, "VARCHAR")}' for column in table.columns
            )
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            for batch in batches:
                connection.register("batch", pa.Table.from_batches([batch]))
                connection.execute(f'INSERT INTO "{name}" SELECT * FROM batch')  # noqa: S608 - our own names
                connection.unregister("batch")
            for statement in _comments(table):
                connection.execute(statement)
    partial.replace(path)


def _comments(table: ExportTable) -> list[str]:
    places = [(f'TABLE "{table.id}"', table.zh)]
    places += [(f'COLUMN "{table.id}"."{column.id}"', column.zh) for column in table.columns]
    return [f"COMMENT ON {place} IS '{text.replace(chr(39), chr(39) * 2)}'" for place, text in places]


def _fresh(path: Path) -> Path:
    partial = path.with_name(path.name + PARTIAL)
    partial.open("wb").close()  # a place where nothing can be written is an OSError here, not one of each database
    partial.unlink()
    return partial


@contextmanager
def _told_as(error: type[Exception]) -> Iterator[None]:
    """Tell what a database could not write, as on a full disk, the way that files do."""
    try:
        yield
    except error as found:
        raise OSError(str(found)) from found
