"""SQL over the tables of an output, by DuckDB: only reading, and nothing but these tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gknlp.errors import GknlpError
from gknlp.export.arrow import need
from gknlp.export.tables import Tables

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

Plain = str | int | float | bool | None
CHUNK = 1_000


class QueryError(GknlpError):
    """The SQL is wrong, or does something else than read."""


class Answer(NamedTuple):
    """The names of the columns of a result, and its rows one after the other."""

    names: tuple[str, ...]
    rows: Iterator[tuple[Plain, ...]]


def query(path: str | Path, sql: str) -> Answer:
    """Return what one SELECT gives over the tables of an output, which stand as views of their names.

    DuckDB sees the tables through Arrow and has no access to files or the network.

    Raises:
        QueryError: the SQL cannot be run; the message is DuckDB's.
        MissingExtra: duckdb or pyarrow is not installed.
        UnreadableInput: ``path`` holds no output of gknlp.
    """
    need("duckdb")
    import duckdb

    connection = duckdb.connect()
    tables = connect(connection, path)
    try:
        _only_reads(connection, sql)
        found = connection.execute(sql)
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    return Answer(_distinct([column[0] for column in found.description or ()]), _rows(connection, tables))


def query_frame(path: str | Path, sql: str) -> pd.DataFrame:
    """Return what :func:`query` gives as a data frame."""
    import pandas as pd

    answer = query(path, sql)
    return pd.DataFrame.from_records(list(answer.rows), columns=list(answer.names)).convert_dtypes()


def connect(connection: duckdb.DuckDBPyConnection, path: str | Path) -> Tables:
    """Make the tables of an output known to ``connection`` and shut everything else off."""
    tables = Tables(path)
    for name in tables.names:
        if name in tables.unnumbered:
            _number_copies(connection, tables, name)
        else:
            connection.register(name, tables.dataset(name))
    connection.execute("SET enable_external_access = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")
    return tables


def _number_copies(connection: duckdb.DuckDBPyConnection, tables: Tables, name: str) -> None:
    """Make a view of a wide table with the numbers of the copies, which its files do not have."""
    import pyarrow as pa

    batches = list(tables.batches(name, ["report", "copy"]))
    numbers = pa.Table.from_batches(batches) if batches else tables.dataset(name).schema.empty_table()
    connection.register(f"{name}_copies", numbers.select(["report", "copy"]))
    connection.register(f"{name}_files", tables.dataset(name))
    connection.execute(
        f"CREATE TEMP VIEW {name} AS SELECT f.* REPLACE (c.copy AS copy) "  # noqa: S608 - our own names
        f"FROM {name}_files f JOIN {name}_copies c USING (report)"
    )


def _only_reads(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    import duckdb

    statements = connection.extract_statements(sql)
    allowed = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
    if len(statements) != 1 or statements[0].type not in allowed:
        raise QueryError("one SELECT (or DESCRIBE, SUMMARIZE, EXPLAIN) is what can be asked")


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names with a number behind those that came before, as DuckDB itself does in a subquery.

    >>> _distinct(["year", "n", "year"])
    ('year', 'n', 'year_1')
    """
    found: dict[str, None] = {}
    for name in names:
        free = (f"{name}_{number}" if number else name for number in count())
        found[next(one for one in free if one not in found)] = None
    return tuple(found)


def _rows(connection: duckdb.DuckDBPyConnection, tables: Tables) -> Iterator[tuple[Plain, ...]]:
    """Yield the rows; ``tables`` must live as long, since its files do. What fails in a late row fails here."""
    import duckdb

    try:
        while rows := connection.fetchmany(CHUNK):
            yield from rows
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    finally:
        connection.close()
        del tables
