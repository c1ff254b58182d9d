"""stub"""

from __future__ import annotations
from typing import NamedTuple
from gknlp.readers.pdf_page import Sheet


class Engine(NamedTuple):
    name: str


def find_engine() -> Engine | None:
    return None


def recognise(engine: Engine, document: object, sheet: Sheet) -> Sheet:
    return sheet
