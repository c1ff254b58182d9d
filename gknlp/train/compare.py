"""Two models on the same held-out items: what changes, and whether the new one may take the old one's place."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.issues.classify import IssueModel
from gknlp.model import Record, Role
from gknlp.train.data import Item
from gknlp.train.scores import Scores, answer, score

ROLES: tuple[Role, Role] = ("problem", "measure")


class Change(Record, frozen=True):
    """An item that the two models label differently."""

    item: Item
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def gain(self) -> int:
        """How many fewer labels are missing or wrong than before."""
        true = set(self.item.labels)
        return len(true.symmetric_difference(self.old)) - len(true.symmetric_difference(self.new))


class Comparison(Record, frozen=True):
    """Scores of the old and the new model by role, and the items that changed."""

    old: dict[Role, Scores]
    new: dict[Role, Scores]
    changes: tuple[Change, ...]

    @property
    def worse(self) -> tuple[str, ...]:
        """The roles in which the new model's micro F1 is behind, as ``problem micro F1 0.9 -> 0.8``."""
        return tuple(
            f"{role} micro F1 {self.old[role].micro_f1} -> {self.new[role].micro_f1}"
            for role in ROLES
            if self.new[role].micro_f1 < self.old[role].micro_f1
        )


def compare(old: IssueModel, new: IssueModel, items: Sequence[Item]) -> Comparison:
    """Return both models' scores on ``items``, which neither was trained on."""
    before, after = answer(old, items), answer(new, items)
    order = tuple(dict.fromkeys(label.id for model in (old, new) for label in model.labels))
    return Comparison(
        old={role: score(before, role, order) for role in ROLES},
        new={role: score(after, role, order) for role in ROLES},
        changes=tuple(
            Change(item=one.item, old=one.labels, new=two.labels)
            for one, two in zip(before, after, strict=True)
            if set(one.labels) != set(two.labels)
        ),
    )
