"""The layout of an output in parts: ``TABLE/part-00000.parquet`` for each table, and one marker for each part.

A part stands when its marker does, which is written last; what has no marker is a part that was not finished.
"""

from __future__ import annotations

import re
from pathlib import Path

MARKERS = "_parts"
_MARKER = re.compile(r"part-(\d{5,})\.json")


def part_name(number: int, suffix: str) -> str:
    """Return the file name of a part.

    >>> part_name(7, "parquet")
    'part-00007.parquet'
    """
    return f"part-{number:05}.{suffix}"


def marker_number(name: str) -> int | None:
    """Return the number of a marker's part by its file name, ``None`` when it is none."""
    match = _MARKER.fullmatch(name)
    return int(match[1]) if match else None


def is_parts(folder: Path) -> bool:
    """Return whether a folder holds an output in parts."""
    return (folder / MARKERS).is_dir()


def finished_parts(folder: Path) -> tuple[int, ...]:
    """Return the numbers of the parts that stand, in order."""
    numbers = (marker_number(path.name) for path in (folder / MARKERS).iterdir())
    return tuple(sorted(number for number in numbers if number is not None))
