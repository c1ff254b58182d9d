"""An output of a run as files for other programs: Parquet, CSV, Excel, Stata, DuckDB, SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from gknlp.errors import GknlpError
from gknlp.export.arrow import COMPRESSION, GROUP, PANEL_GROUP, TABLES, WIDE
from gknlp.export.databases import write_duckdb, write_sqlite
from gknlp.export.files import PARTIAL, whole_at_end
from gknlp.export.separated import write_csv
from gknlp.export.stata import write_stata
from gknlp.export.tables import PARTITION, Tables
from gknlp.export.workbook import Workbook

if TYPE_CHECKING:
    import pyarrow as pa

Target = Literal["parquet", "csv", "xlsx", "dta", "duckdb", "sqlite"]
Language = Literal["zh", "en"]
FOLDERS = frozenset({"parquet", "csv", "dta"})  # one file a table; the others are one file


class OutputExists(GknlpError):
    """The place of an export is taken."""


class WrongPlace(GknlpError):
    """An export cannot stand there, whatever may be replaced."""


class Exported(NamedTuple):
    """What an export wrote: rows by table, and what a workbook could not hold as it is.

    ``cut`` counts the texts that were cut or changed, ``continued`` are the tables that take more than one sheet.
    """

    rows: dict[str, int]
    cut: int = 0
    continued: tuple[str, ...] = ()


def export(
    path: str | Path,
    to: Target,
    place: str | Path,
    *,
    tables: Iterable[str] = TABLES,
    partition: bool = False,
    language: Language = "zh",
    overwrite: bool = False,
    done: Callable[[str], None] = lambda table: None,
) -> Exported:
    """Write the tables of an output to ``place``: a folder for Parquet, CSV and Stata, else one file.

    ``partition`` puts the rows of each year into a folder of their own (Parquet only). ``language`` is that of the
    labels in Stata files. ``done`` is called with each table's name.

    Raises:
        OutputExists: there is something at ``place`` and ``overwrite`` is not given.
        WrongPlace: ``place`` is what is read, or a file where a folder is needed, or the other way round.
        MissingExtra: a package of the extra ``export`` is not installed.
        UnreadableInput: ``path`` holds no output of gknlp.
    """
    target = Path(place)
    _may_stand(to, target, Path(path), overwrite=overwrite)
    names = tuple(dict.fromkeys((*tables, *(("panel_states",) if to == "dta" and "panel" in tables else ()))))
    source = Tables(path, names)
    (target if to in FOLDERS else target.parent).mkdir(parents=True, exist_ok=True)
    cut = 0
    continued: tuple[str, ...] = ()
    if to == "parquet":
        _parquet(source, target, partition=partition, done=done)
    elif to == "csv":
        _each(
            source, lambda table: write_csv(source.batches(table), _names(source, table), target / f"{table}.csv"), done
        )
    elif to == "dta":
        _each(source, lambda table: write_stata(source, table, target / f"{table}.dta", language=language), done)
    elif to == "xlsx":
        cut, continued = _workbook(source, target, done)
    else:
        (write_duckdb if to == "duckdb" else write_sqlite)(_all(source, done), target)
    return Exported({table: source.rows(table) for table in source.names}, cut, continued)


def _may_stand(to: Target, target: Path, read: Path, *, overwrite: bool) -> None:
    if target.exists() and read.exists() and target.samefile(read):
        raise WrongPlace(f"{target} is what is read: give another place")
    if to in FOLDERS and target.is_file():
        raise WrongPlace(f"{target} is a file, and --to {to} makes a folder: give another place")
    if to not in FOLDERS and target.is_dir():
        raise WrongPlace(f"{target} is a folder, and --to {to} makes a file: give the name of a file")
    if not overwrite and (target.is_file() or (target.is_dir() and any(target.iterdir()))):
        raise OutputExists(f"{target} exists already")


def _names(source: Tables, table: str) -> list[str]:
    return list(source.schema(table).names)


def _each(source: Tables, write: Callable[[str], None], done: Callable[[str], None]) -> None:
    for table in source.names:
        write(table)
        done(table)


def _all(source: Tables, done: Callable[[str], None]) -> Iterator[tuple[str, Iterator[pa.RecordBatch]]]:
    for table in source.names:
        yield table, source.batches(table)
        done(table)


def _workbook(source: Tables, target: Path, done: Callable[[str], None]) -> tuple[int, tuple[str, ...]]:
    with Workbook(target) as book:
        for table, batches in _all(source, done):
            book.add(table, batches, _names(source, table))
        book.close()
    return book.cut, tuple(book.continued)


def _parquet(source: Tables, folder: Path, *, partition: bool, done: Callable[[str], None]) -> None:
    for table in source.names:
        if partition and PARTITION in source.schema(table).names:
            _partitioned(source, table, folder / table)
        else:
            _single(source, table, folder / f"{table}.parquet")
        done(table)


def _single(source: Tables, table: str, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        whole_at_end(path) as partial,
        pq.ParquetWriter(partial, source.schema(table), compression=COMPRESSION) as writer,
    ):
        held: list[pa.RecordBatch] = []
        for batch in source.batches(table):
            held.append(batch)
            if sum(part.num_rows for part in held) >= _group(table):
                writer.write_table(pa.Table.from_batches(held))
                held = []
        if held:
            writer.write_table(pa.Table.from_batches(held))


def _group(table: str) -> int:
    return PANEL_GROUP if table in WIDE else GROUP


def _partitioned(source: Tables, table: str, folder: Path) -> None:
    """Write ``TABLE/year=2021/part-0.parquet`` and so on; a report without a year goes to Hive's default folder."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    schema = source.schema(table)
    partial = folder.with_name(folder.name + PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)
    options = ds.ParquetFileFormat().make_write_options(compression=COMPRESSION)
    ds.write_dataset(
        pa.RecordBatchReader.from_batches(schema, source.batches(table)),
        partial,
        format="parquet",
        file_options=options,
        basename_template="part-{i}.parquet",
        partitioning=ds.partitioning(pa.schema([schema.field(PARTITION)]), flavor="hive"),
        use_threads=False,
        max_rows_per_group=_group(table),
        existing_data_behavior="overwrite_or_ignore",
    )
    partial.mkdir(exist_ok=True)  # of no rows nothing was written
    shutil.rmtree(folder, ignore_errors=True)
    partial.replace(folder)
