"""The tidy tables of an output, whatever its shape, as streams of Arrow batches or as data frames."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, cast

from gknlp.errors import UnreadableInput
from gknlp.export.arrow import TABLES, WIDE, batch_of, need, schema_of, stage
from gknlp.export.codebook import codebook_rows
from gknlp.export.panel import Copies
from gknlp.export.parts import finished_parts, is_parts, part_name
from gknlp.export.reading import iter_reports

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.dataset as ds

BATCH = 20_000  # rows a batch of a long table
WIDE_BATCH = 1_000
PARTITION = "year"  # the column that may stand in the names of folders


class Tables:
    """The tables of one output, each a :class:`pandas.DataFrame` when it is asked for.

    They are ``reports``, ``cells``, ``facts``, ``issues``, ``labels``, ``checks``, ``diagnostics``, ``panel``,
    ``panel_states`` and ``codebook``. An output of JSON is turned into Parquet files in a folder that goes with this
    object; one of tables is read in place, and an export of some tables has those only. ``report`` joins the tables.
    Columns have pandas' types, with ``NA`` for null.
    """

    def __init__(self, path: str | Path, tables: Iterable[str] = TABLES) -> None:
        need("pyarrow")
        self.path = Path(path)
        self.names = tuple(tables)
        self._parts = self.path.is_dir() and is_parts(self.path)
        self._files = self._find()
        if self.names == TABLES:
            self.names = tuple(name for name in TABLES if name in self._files or name == "codebook")
        for name in self.names:
            self._known(name)

    def _find(self) -> dict[str, list[str]]:
        if self._parts:
            numbers = finished_parts(self.path)
            names = [name for name in self.names if name != "codebook"]
            return {name: [str(self.path / name / part_name(n, "parquet")) for n in numbers] for name in names}
        if self.path.is_dir() and (exported := _exported(self.path)):
            return exported
        folder = Path(mkdtemp(prefix="gknlp-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        stage(iter_reports(self.path), folder, self.names)
        return {name: [str(folder / f"{name}.parquet")] for name in self.names}

    def _known(self, table: str) -> None:
        """Raise :class:`UnreadableInput` when there is no such table."""
        if table != "codebook" and table not in self._files:
            raise UnreadableInput(f"{self.path} has no table {table}")

    def dataset(self, table: str) -> ds.Dataset:
        """Return a table as an Arrow dataset, which a query engine scans without loading it.

        Raises:
            UnreadableInput: there is no such table.
        """
        import pyarrow as pa
        import pyarrow.dataset as ds

        schema = self.schema(table)
        if table == "codebook" and table not in self._files:
            return ds.dataset(_table(list(codebook_rows()), schema))
        self._known(table)
        files = self._files[table]
        if not files:
            return ds.dataset(schema.empty_table())
        years = [field for field in schema if field.name == PARTITION]
        hive = ds.partitioning(pa.schema(years), flavor="hive")
        try:
            _check_columns(files[0], schema)
            return ds.dataset(files, schema=schema, format="parquet", partitioning=hive)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableInput(f"{self.path}: {error}") from error

    @property
    def unnumbered(self) -> tuple[str, ...]:
        """The tables whose files have no number of the copy, which :meth:`batches` puts there."""
        return tuple(name for name in WIDE if self._parts and name in self.names)

    def schema(self, table: str) -> pa.Schema:
        """Return the columns of a table."""
        if table not in TABLES:
            raise UnreadableInput(f"there is no table {table}: the tables are {', '.join(TABLES)}")
        return schema_of(table)

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield a table batch by batch, in the order of the reports; memory holds a few of them."""
        import pyarrow as pa

        names = list(columns or self.schema(table).names)
        copies = Copies() if table in self.unnumbered and "copy" in names else None
        wanted = [*names, *(["issuer_key", "year"] if copies else [])]
        found = self.dataset(table).to_batches(
            columns=list(dict.fromkeys(wanted)),
            batch_size=WIDE_BATCH if table in WIDE else BATCH,
            batch_readahead=1,
            fragment_readahead=1,
            use_threads=False,
        )
        for batch in _undamaged(found, self.path):
            if not batch.num_rows:
                continue
            if copies is not None:
                pairs = zip(batch["issuer_key"].to_pylist(), batch["year"].to_pylist(), strict=True)
                numbers = pa.array([copies.next(issuer, year) for issuer, year in pairs], pa.int64())
                batch = batch.set_column(batch.schema.get_field_index("copy"), batch.schema.field("copy"), numbers)
            yield batch.select(names)

    def rows(self, table: str) -> int:
        """Return the number of rows of a table."""
        return int(self.dataset(table).count_rows())

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table as a data frame."""
        import pandas as pd
        import pyarrow as pa

        types = {
            pa.int64(): pd.Int64Dtype(),
            pa.float64(): pd.Float64Dtype(),
            pa.bool_(): pd.BooleanDtype(),
            pa.string(): pd.StringDtype(),
        }
        whole = pa.Table.from_batches(list(self.batches(table)), schema=self.schema(table).remove_metadata())
        return cast("pd.DataFrame", whole.to_pandas(types_mapper=types.get))

    @property
    def reports(self) -> pd.DataFrame:
        """The reports, one row each."""
        return self.frame("reports")

    @property
    def cells(self) -> pd.DataFrame:
        """The cells of the statistical tables."""
        return self.frame("cells")

    @property
    def facts(self) -> pd.DataFrame:
        """The facts of the narrative."""
        return self.frame("facts")

    @property
    def issues(self) -> pd.DataFrame:
        """Problems and measures of section five."""
        return self.frame("issues")

    @property
    def labels(self) -> pd.DataFrame:
        """The labels of the problems and measures."""
        return self.frame("labels")

    @property
    def checks(self) -> pd.DataFrame:
        """The checks."""
        return self.frame("checks")

    @property
    def diagnostics(self) -> pd.DataFrame:
        """The diagnostics."""
        return self.frame("diagnostics")

    @property
    def panel(self) -> pd.DataFrame:
        """One row a report, one column a statistic."""
        return self.frame("panel")

    @property
    def panel_states(self) -> pd.DataFrame:
        """The state of each value of the panel."""
        return self.frame("panel_states")

    @property
    def codebook(self) -> pd.DataFrame:
        """What every column and code says, in Chinese and English."""
        return self.frame("codebook")


def load(path: str | Path) -> Tables:
    """Return the tables of an output of ``gknlp extract``, or of ``gknlp export --to parquet``.

    Raises:
        MissingExtra: pyarrow is not installed.
        UnreadableInput: there is no such output.
    """
    return Tables(path)


def _exported(folder: Path) -> dict[str, list[str]]:
    """Return the files of an export to Parquet by table, none when the folder is no such export.

    A folder of a table's name alone is none: it may hold reports as JSON.
    """
    found: dict[str, list[str]] = {}
    for name in TABLES:
        file, parts = folder / f"{name}.parquet", folder / name
        if file.is_file():
            found[name] = [str(file)]
        elif parts.is_dir():
            found[name] = sorted(map(str, parts.rglob("*.parquet")))
    return found if any(found.values()) else {}


def _check_columns(file: str, schema: pa.Schema) -> None:
    """Raise :class:`UnreadableInput` when a file lacks a column: it would be read as one of nulls."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        there = {*pq.read_schema(file).names, PARTITION}
    except (pa.ArrowException, OSError) as error:
        raise UnreadableInput(f"{file}: {error}") from error
    missing = next((name for name in schema.names if name not in there), None)
    if missing is not None:
        raise UnreadableInput(f"{file} has no column {missing}: another version of gknlp wrote it, make it again")


def _undamaged(batches: Iterator[pa.RecordBatch], place: Path) -> Iterator[pa.RecordBatch]:
    """Yield the batches; a file that cannot be read is told of."""
    import pyarrow as pa

    try:
        yield from batches
    except (pa.ArrowException, OSError) as error:
        raise UnreadableInput(f"{place}: {error}") from error


def _table(rows: Sequence[tuple[str | None, ...]], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_batches([batch_of(rows, schema)])
