"""What links themes to facts (``themes.toml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.knowledge.fact_types import load_fact_types
from gknlp.knowledge.issue_types import load_issue_types
from gknlp.model import Record


class _FollowUp(Record, frozen=True, kw_only=True):
    label: str
    facts: tuple[str, ...]


class _File(Record, frozen=True, kw_only=True):
    follow_up: tuple[_FollowUp, ...]


@lru_cache(maxsize=1)
def load_follow_ups() -> dict[str, frozenset[str]]:
    """Return for each label of a measure the types of facts that show it was carried out.

    :class:`KnowledgeError` names a label or a type that does not exist.

    >>> sorted(load_follow_ups()["skills"])
    ['gov.trainees', 'gov.trainings']
    """
    return parse_follow_ups((resources.files("gknlp.knowledge") / "themes.toml").read_text(encoding="utf-8"))


def parse_follow_ups(data: str) -> dict[str, frozenset[str]]:
    """Read the file."""
    try:
        entries = msgspec.toml.decode(data, type=_File).follow_up
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"themes.toml: {error}") from error
    labels = {kind.id for kind in load_issue_types() if kind.allows("measure")}
    types = set(load_fact_types().types)
    for entry in entries:
        if unknown := sorted({entry.label} - labels) or sorted(set(entry.facts) - types):
            raise KnowledgeError(f"themes.toml: {entry.label}: unknown {unknown[0]}")
    return {entry.label: frozenset(entry.facts) for entry in entries}
