"""What the themes look at of each report: who filed it, and the items of its section five."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import msgspec

from gknlp.corpus.stored import Stored
from gknlp.errors import UnreadableInput
from gknlp.issuer.key import issuer_key
from gknlp.model import Fact, Issue, Issuer, Role

By = Literal["year", "province", "level", "kind"]
GROUPINGS: tuple[By, ...] = ("year", "province", "level", "kind")
UNKNOWN = ""  # the group of reports that do not say


class Item(NamedTuple):
    """One problem or measure with its labels, the likeliest first."""

    role: Role
    labels: tuple[str, ...]
    text: str


class Observation(NamedTuple):
    """One report: ``issuer`` is the key that stays the same over the years, '' where it is not known."""

    id: str
    issuer: str
    name: str
    year: int | None
    province: str
    level: str
    kind: str
    items: tuple[Item, ...]
    facts: frozenset[str]

    def group(self, by: By) -> str:
        """Return the group that the report belongs to."""
        if by == "year":
            return UNKNOWN if self.year is None else str(self.year)
        return {"province": self.province, "level": self.level, "kind": self.kind}[by]

    def labels(self, role: Role) -> frozenset[str]:
        """Return the labels of all items of a role."""
        return frozenset(label for item in self.items if item.role == role for label in item.labels)


class _Seen(msgspec.Struct):
    """The fields of a report that are read; the others are passed over unread."""

    id: str
    year: int | None
    issuer: Issuer | None
    facts: tuple[Fact, ...]
    issues: tuple[Issue, ...]


def observe(stored: Iterable[Stored], *, done: Callable[[], None] = lambda: None) -> list[Observation]:
    """Return what the themes need of each report, in the order given; ``done`` is called after each."""
    found = []
    for place in stored:
        try:
            found.append(_observation(msgspec.json.decode(place.data(), type=_Seen)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnreadableInput(f"{place.path}, byte {place.start}: not a report of gknlp: {error}") from error
        done()
    return found


def _observation(seen: _Seen) -> Observation:
    issuer = seen.issuer
    return Observation(
        id=seen.id,
        issuer=str(issuer_key(issuer)) if issuer else "",
        name=(issuer.full_name or issuer.name) if issuer else "",
        year=seen.year,
        province=issuer.division_path[0] if issuer and issuer.division_path else UNKNOWN,
        level=(issuer.level if issuer else None) or UNKNOWN,
        kind=(issuer.kind if issuer else None) or UNKNOWN,
        items=tuple(Item(one.role, tuple(label.id for label in one.labels), one.text) for one in seen.issues),
        facts=frozenset(fact.type for fact in seen.facts),
    )
