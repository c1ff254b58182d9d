"""Tables with a column of texts: CSV and JSON Lines, one report a row, the other columns carried along."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping

from gknlp.corpus.containers.names import member_of
from gknlp.corpus.inputs import Input, read_input
from gknlp.errors import UnreadableInput
from gknlp.readers.encoding import decode
from gknlp.readers.row import write_row

_LARGEST_FIELD = 20_000_000  # characters; the longest reports have some 100,000


def documents(item: Input) -> Iterator[Input]:
    """Yield a report for every row whose text is not empty, named by the row's number from 1."""
    try:
        data = read_input(item)
        rows = _lines(data) if item.path.lower().endswith((".jsonl", ".ndjson")) else _table(item, data)
        yield from _rows(item, rows)
    except UnreadableInput as error:
        yield item._replace(problem=str(error))


def _rows(item: Input, rows: Iterator[tuple[int, Mapping[str, str] | str]]) -> Iterator[Input]:
    column = item.column
    for number, row in rows:
        name = f"row-{number}"
        if isinstance(row, str):
            yield member_of(item, name, problem=row)
        elif column is None or column not in row:
            known = ", ".join(row)
            raise UnreadableInput(f"name the column that holds the reports: --text-column NAME (there are {known})")
        elif row[column].strip():
            others = {key: value for key, value in row.items() if key != column and value}
            yield member_of(item, name, write_row(row[column], others))
        else:
            yield member_of(item, name, problem=f"its column {column} is empty")


def _table(item: Input, data: bytes) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """Yield the rows of a CSV or tab-separated file, whatever its encoding."""
    text = decode(data).text
    limit = csv.field_size_limit(_LARGEST_FIELD)
    try:
        reader = csv.DictReader(
            io.StringIO(text, newline=""), delimiter="\t" if item.path.lower().endswith(".tsv") else ","
        )
        for number, row in enumerate(reader, start=1):
            broken = None in row or None in row.values()
            yield number, "has not the number of cells of the header" if broken else row
    except csv.Error as error:
        raise UnreadableInput(f"is no CSV: {error}") from error
    finally:
        csv.field_size_limit(min(limit, sys.maxsize))


def _lines(data: bytes) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """Yield the objects of a JSON Lines file; values that are no text are carried as JSON."""
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            yield number, f"is no JSON: {error}"
            continue
        if not isinstance(value, dict):
            yield number, "is no JSON object"
            continue
        yield number, {key: _text(known) for key, known in value.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
