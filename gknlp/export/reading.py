"""What a run has written, read back: the reports one after the other, whatever the output's shape."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from gknlp.errors import UnreadableInput
from gknlp.export.arrow import DOCUMENTS, need
from gknlp.export.parts import finished_parts, is_parts, part_name
from gknlp.model import Report


def iter_reports(path: str | Path) -> Iterator[Report]:
    """Yield the reports of an output of ``gknlp extract``; memory holds one at a time.

    ``path`` is a folder of JSON files or of tables in parts, a file of JSON Lines or one of a single report.

    Raises:
        UnreadableInput: there is no such output, or something in it is no report; the message names file and line.
    """
    place = Path(path)
    if place.is_file():
        yield from _file(place)
    elif not place.is_dir():
        raise UnreadableInput(f"{place}: no such file or folder")
    elif is_parts(place):
        yield from _parts(place)
    else:
        yield from _folder(place)


def _folder(folder: Path) -> Iterator[Report]:
    paths = sorted(path for path in folder.rglob("*.json") if not _hidden(path.relative_to(folder)))
    lines = folder / "reports.jsonl"
    if not paths and not lines.is_file():
        raise UnreadableInput(f"{folder} holds no report of gknlp: neither *.json nor reports.jsonl")
    for path in paths:
        yield _decode(path.read_bytes(), str(path))
    if lines.is_file():
        yield from _file(lines)


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _file(path: Path) -> Iterator[Report]:
    """Yield the reports of a file: lines, or one object over several lines."""
    with path.open("rb") as file:
        first = file.readline()
        if first.strip() and not first.rstrip().endswith(b"}"):
            yield _decode(first + file.read(), str(path))
            return
        for number, line in enumerate(chain((first,), file), start=1):
            if line.strip():
                yield _decode(line, f"{path}, line {number}")


def _parts(folder: Path) -> Iterator[Report]:
    need("pyarrow")
    import pyarrow.parquet as pq

    for number in finished_parts(folder):
        path = folder / DOCUMENTS / part_name(number, "parquet")
        for batch in pq.ParquetFile(path).iter_batches(batch_size=100, columns=["json"]):
            for data in batch.column(0):
                yield _decode(data.as_py(), str(path))


def _decode(data: bytes | str, place: str) -> Report:
    try:
        return Report.from_json(data)
    except msgspec.DecodeError as error:
        raise UnreadableInput(f"{place}: not a report of gknlp: {error}") from error
