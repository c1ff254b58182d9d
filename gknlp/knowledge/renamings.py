"""Names that one organ has had over the years (``renamings.toml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record
from gknlp.text.normalize import fold


class _Organ(Record, frozen=True, kw_only=True):
    names: tuple[str, ...]


class _File(Record, frozen=True, kw_only=True):
    organ: tuple[_Organ, ...]


@lru_cache(maxsize=1)
def load_renamings() -> dict[str, str]:
    """Return each known name of a function with the one that stands for all of its names.

    >>> load_renamings()["教体局"]
    '教育局'
    """
    return parse_renamings((resources.files("gknlp.knowledge") / "renamings.toml").read_text(encoding="utf-8"))


def parse_renamings(data: str) -> dict[str, str]:
    """Read the file; :class:`KnowledgeError` names a key that is wrong and a name that stands twice."""
    try:
        organs = msgspec.toml.decode(data, type=_File).organ
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"renamings.toml: {error}") from error
    known: dict[str, str] = {}
    for organ in organs:
        for name in organ.names:
            if fold(name) in known:
                raise KnowledgeError(f"renamings.toml: {name} stands twice")
            known[fold(name)] = fold(organ.names[0])
    return known
