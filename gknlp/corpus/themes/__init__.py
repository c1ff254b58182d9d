"""Themes across reports: what is stated how often, where, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.corpus.themes.copies import Copies, find_copies, without
from gknlp.corpus.themes.observe import GROUPINGS, By, Observation, observe
from gknlp.corpus.themes.persistence import FollowUp, Persistence, follow_ups, pairs, persistence
from gknlp.corpus.themes.shares import Change, Share, Together, changes, shares, together
from gknlp.corpus.themes.terms import Term, terms
from gknlp.knowledge.issue_types import IssueType, load_issue_types
from gknlp.model import Record, Role

__all__ = ["GROUPINGS", "By", "Observation", "Themes", "find_themes", "observe"]


class Themes(Record, frozen=True, kw_only=True):
    """Everything that is told of the themes of a set of reports; see the records for what their fields mean.

    ``reports`` have items of the role; ``pairs`` is how many have a report of the same issuer for the year after.
    ``changes`` is empty unless the groups are years, ``follow_ups`` unless the role is measure.
    """

    by: By
    role: Role
    reports: int
    items: int
    pairs: int
    excluded: int
    shares: tuple[Share, ...]
    changes: tuple[Change, ...]
    together: tuple[Together, ...]
    persistence: tuple[Persistence, ...]
    follow_ups: tuple[FollowUp, ...]
    terms: tuple[Term, ...]
    copies: Copies


def find_themes(
    reports: Sequence[Observation], *, by: By = "year", role: Role = "problem", exclude_copied: bool = False
) -> Themes:
    """Return the themes of ``reports``.

    Args:
        reports: what :func:`observe` saw, in any order; the result depends on it only where texts are equal.
        by: what the groups are.
        role: problems or measures.
        exclude_copied: leave out items that other issuers have too, all but word for word; they are measured all the
            same.
    """
    copies, places = find_copies(reports, role)
    counted = without(reports, places) if exclude_copied else reports
    labels = _labels(counted, role)
    found = shares(counted, by, role, labels)
    following = pairs(counted)
    stating = [report for report in counted if any(item.role == role for item in report.items)]
    return Themes(
        by=by,
        role=role,
        reports=len(stating),
        items=sum(item.role == role for report in stating for item in report.items),
        pairs=len(following),
        excluded=len(places) if exclude_copied else 0,
        shares=found,
        changes=changes(found) if by == "year" else (),
        together=together(counted, role),
        persistence=persistence(following, role, labels),
        follow_ups=tuple(follow_ups(following)) if role == "measure" else (),
        terms=terms(counted, by, role),
        copies=copies,
    )


def _labels(reports: Sequence[Observation], role: Role) -> list[str]:
    """Return the labels of the taxonomy, then those that only a model of the user's own gives."""
    known = [kind.id for kind in labels_of(role)]
    seen = {label for report in reports for label in report.labels(role)}
    return [*known, *sorted(seen.difference(known))]


def labels_of(role: Role) -> tuple[IssueType, ...]:
    """Return the labels that items of a role may have, in the order of the taxonomy."""
    return tuple(kind for kind in load_issue_types() if kind.allows(role))
