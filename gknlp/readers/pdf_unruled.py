"""stub"""

from __future__ import annotations
from collections.abc import Iterator, Sequence
from gknlp.readers.layout import TextGrid
from gknlp.readers.pdf_paragraphs import Placed


def part_tables(lines: Sequence[Placed]) -> Iterator[list[Placed] | TextGrid]:
    yield list(lines)
