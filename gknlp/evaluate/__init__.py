"""Reports against gold annotations: how many cells, facts, issues and checks are as a careful reader has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gknlp.evaluate.facts import count_facts
from gknlp.evaluate.gold import Gold, GoldPass, load_gold, place
from gknlp.evaluate.issues import LabelScore, count_issues, label_scores
from gknlp.evaluate.summary import Summary, TypeScore, scores_by_group, scores_by_type, summarise
from gknlp.evaluate.tables import count_tables
from gknlp.evaluate.tally import F1, Miss, Tally
from gknlp.model import SCHEMA, Check, Producer, Report, Source

__all__ = ["F1", "Evaluation", "Gold", "LabelScore", "Miss", "Summary", "TypeScore", "evaluate", "load_gold"]

_CLOSE = 0.005
_META = ("year", "issuer", "form", "division_code")


class Evaluation(NamedTuple):
    """The measures, the facts by type and by group, issue labels one by one, and all that is not as gold has it."""

    summary: Summary
    types: tuple[TypeScore, ...]
    groups: tuple[TypeScore, ...]
    labels: tuple[LabelScore, ...]
    misses: tuple[Miss, ...]


def evaluate(reports: Mapping[str, Report], gold: Mapping[str, Gold]) -> Evaluation:
    """Compare ``reports`` with ``gold``; both go by the stem of the source file. A report without gold is left out."""
    tally = Tally()
    compared: list[tuple[Gold, Report]] = []
    for stem, wanted in gold.items():
        report = reports.get(stem)
        tally.add(reports=1, unread=report is None)
        if report is None:
            tally.miss(stem, "report", "report", "no report")
        report = report or _nothing(stem)
        compared.append((place(wanted, report.text), report))
        _count(stem, *compared[-1], tally)
    groups, labels = scores_by_group(tally), label_scores(compared)
    return Evaluation(summarise(tally), scores_by_type(tally), groups, labels, tuple(tally.misses))


def _count(stem: str, gold: Gold, report: Report, tally: Tally) -> None:
    parts: tuple[Callable[[str, Gold, Report, Tally], None], ...] = (
        count_tables,
        count_facts,
        count_issues,
        _count_meta,
        _count_checks,
    )
    for part in parts:
        part(stem, gold, report, tally)


def _count_meta(stem: str, gold: Gold, report: Report, tally: Tally) -> None:
    issuer = report.issuer
    got = {
        "year": report.year,
        "issuer": issuer and (issuer.full_name or issuer.name),
        "form": report.form,
        "division_code": issuer and issuer.division_code,
    }
    for key in _META:
        wanted = getattr(gold.meta, key, None)
        if wanted is not None:
            tally.add(**{f"{key}_gold": 1, f"{key}_right": got[key] == wanted})
            if got[key] != wanted:
                tally.miss(stem, "meta", key, f"{key}: {got[key]} for {wanted}")


def _count_checks(stem: str, gold: Gold, report: Report, tally: Tally) -> None:
    """Count the rules that are broken; a false alarm is one of an identity (severity E) that gold does not list."""
    if gold.checks is None:
        return
    wanted = {check.rule for check in gold.checks}
    failed = {check.rule for check in report.checks if check.status == "fail"}
    false = {check.rule for check in report.checks if check.status == "fail" and check.severity == "E"} - wanted
    tally.add(checks_gold=len(wanted), checks_found=len(wanted & failed), checks_false=len(false))
    for rule in sorted(wanted - failed):
        tally.miss(stem, "checks", rule, f"check not raised: {rule}")
    held = [check for check in report.checks if check.status == "pass"]
    for wanted_pass in gold.passes:
        found = any(_is_pass(check, wanted_pass) for check in held)
        tally.add(passes_gold=1, passes_found=found)
        if not found:
            tally.miss(stem, "checks", wanted_pass.rule, f"check not verified: {wanted_pass.rule}")
    for rule in sorted(false):
        tally.miss(stem, "checks", rule, f"check raised falsely: {rule}")


def _is_pass(check: Check, wanted: GoldPass) -> bool:
    """Compare the sides where gold gives numbers; a stated percentage may be computed to another digit."""
    sides = ((check.left, wanted.left), (check.right, wanted.right))
    given = [(got, side) for got, side in sides if isinstance(side, int | float)]
    return check.rule == wanted.rule and all(got is not None and abs(got - side) < _CLOSE for got, side in given)


def _nothing(stem: str) -> Report:
    """Return the report of an input that gave none: it has nothing right but what is unknown."""
    source = Source(path=stem, sha256="", media_type="application/octet-stream", encoding=None, bytes=0)
    return Report(
        schema=SCHEMA,
        id="",
        source=source,
        gknlp=Producer(version=""),
        title=None,
        year=None,
        form=None,
        issuer=None,
        text="",
        sections=(),
        tables=(),
        facts=(),
        issues=(),
        checks=(),
        diagnostics=(),
    )
