"""The items of section five."""

from __future__ import annotations

from gknlp.model import Record, Role


class Item(Record, frozen=True):
    """One problem or measure; ``start``/``end`` are offsets into the document's text.

    ``addresses`` holds the indices (in the same result) of the problems that a measure answers. ``none_stated`` marks
    the passage that stands for a section without problems. ``ordinal`` is its number in its list (0 for none) and
    ``cut`` what separates it from its neighbours: the style of its list marker, ``"sentence"`` or ``"comma"``.
    """

    start: int
    end: int
    role: Role
    specific: bool
    hedged: bool
    addresses: tuple[int, ...]
    none_stated: bool
    ordinal: int
    cut: str
