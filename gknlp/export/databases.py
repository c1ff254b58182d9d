"""Tables as one database file: SQLite with the standard library, DuckDB with its package."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gknlp.export.arrow import need
from gknlp.export.files import whole_at_end
from gknlp.knowledge.export import ExportTable, load_tables

if TYPE_CHECKING:
    import pyarrow as pa

_SQLITE_TYPES = {"int": "INTEGER", "number": "REAL", "bool": "INTEGER"}
_DUCKDB_TYPES = {"int": "BIGINT", "number": "DOUBLE", "bool": "BOOLEAN", "json": "JSON"}
INDEXED = ("report", "year")


def write_sqlite(tables: Iterable[tuple[str, Iterable[pa.RecordBatch]]], path: Path) -> None:
    """Write all tables to one SQLite database; truth values are 1 and 0, ``report`` and ``year`` are indexed."""
    with _place(path) as partial, _told_as(sqlite3.Error), closing(sqlite3.connect(partial)) as connection:
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


def write_duckdb(tables: Iterable[tuple[str, Iterable[pa.RecordBatch]]], path: Path) -> None:
    """Write all tables to one DuckDB database; the codebook's Chinese is the comment of each table and column."""
    need("duckdb")
    import duckdb
    import pyarrow as pa

    with _place(path) as partial, _told_as(duckdb.IOException), duckdb.connect(str(partial)) as connection:
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


def _comments(table: ExportTable) -> list[str]:
    places = [(f'TABLE "{table.id}"', table.zh)]
    places += [(f'COLUMN "{table.id}"."{column.id}"', column.zh) for column in table.columns]
    return [f"COMMENT ON {place} IS '{text.replace(chr(39), chr(39) * 2)}'" for place, text in places]


@contextmanager
def _place(path: Path) -> Iterator[Path]:
    """Give the place of a new database; where nothing can be written is an :class:`OSError`, not one of each kind."""
    with whole_at_end(path) as partial:
        partial.open("wb").close()
        partial.unlink()
        yield partial


@contextmanager
def _told_as(error: type[Exception]) -> Iterator[None]:
    """Tell what a database could not write, as on a full disk, the way that files do."""
    try:
        yield
    except error as found:
        raise OSError(str(found)) from found
