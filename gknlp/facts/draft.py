"""A fact before its links are known."""

from __future__ import annotations

from gknlp.model import Fact, Record


class Draft(Record, frozen=True):
    """A fact with the place of its number (``key``), of the whole of its list and of its sentence."""

    key: int
    whole: int | None
    sentence: int
    fact: Fact
