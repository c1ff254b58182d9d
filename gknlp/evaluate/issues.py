"""Problem and measure items against gold."""

from __future__ import annotations

from collections.abc import Iterable

from gknlp.evaluate.gold import Gold, GoldIssue
from gknlp.evaluate.tally import Tally
from gknlp.model import Issue, Report

NONE_STATED = "none_stated"
ENOUGH = 0.5  # share of the shorter item that must overlap


def count_issues(stem: str, gold: Gold, report: Report, tally: Tally) -> None:
    """Count the items, roles and labels of one report, and its set of problem labels."""
    if gold.issues is None:
        return
    free = dict(enumerate(report.issues))
    for wanted in gold.issues:
        index = _find(wanted, free)
        _count(stem, wanted, None if index is None else free.pop(index), tally)
    tally.add(items_predicted=len(report.issues))
    for got in free.values():
        tally.count[f"{got.role}_labels_predicted"] += len(_labels(got))
        tally.miss(stem, "issues", got.role, f"issue extra: {sorted(_labels(got))} «{got.text[:40]}»")
    _count_sets(gold.issues, report.issues, tally)


def _find(wanted: GoldIssue, free: dict[int, Issue]) -> int | None:
    if wanted.labels == (NONE_STATED,):
        return next((index for index, item in free.items() if NONE_STATED in _labels(item)), None)
    start = -1 if wanted.at is None else wanted.at
    end = start + len(wanted.quote)
    best, most = None, 0
    for index, item in free.items():
        common = min(end, item.end) - max(start, item.start)
        if common / max(1, min(end - start, item.end - item.start)) >= ENOUGH and common > most:
            best, most = index, common
    return best


def _count(stem: str, wanted: GoldIssue, got: Issue | None, tally: Tally) -> None:
    labels, also = set(wanted.labels), set(wanted.alt_labels)
    found = set() if got is None else _labels(got)
    tally.add(items_gold=1, items_found=got is not None, items_role=got is not None and got.role == wanted.role)
    if got is None:
        tally.miss(stem, "issues", wanted.role, f"issue missed: {sorted(labels)} «{wanted.quote[:40]}»")
    elif found - also != labels - also:
        told = f"issue labels: {sorted(found)} for {sorted(labels)} «{wanted.quote[:40]}»"
        tally.miss(stem, "issues", wanted.role, told)
    right = len(labels & found)
    tally.count[f"{wanted.role}_labels_right"] += right
    tally.count[f"{wanted.role}_labels_gold"] += len(labels)
    tally.count[f"{wanted.role}_labels_predicted"] += right + len(found - labels - also)


def _count_sets(gold: Iterable[GoldIssue], issues: Iterable[Issue], tally: Tally) -> None:
    """Count a report's set of problem labels, wherever they stand."""
    problems = [item for item in gold if item.role == "problem"]
    wanted = {label for item in problems for label in item.labels}
    also = {label for item in problems for label in item.alt_labels} - wanted
    got = {label for item in issues if item.role == "problem" for label in _labels(item)}
    tally.add(sets_right=len(wanted & got), sets_gold=len(wanted), sets_predicted=len(got - also))


def _labels(issue: Issue) -> set[str]:
    return {label.id for label in issue.labels}
