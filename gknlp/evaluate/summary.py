"""The measures of an evaluation, made of its counts."""

from __future__ import annotations

from gknlp.evaluate.tally import F1, Tally, f1, ratio
from gknlp.model import Record


class TableMeasures(Record, frozen=True, kw_only=True):
    """Shares of right cells; ``silent`` counts wrong cells that nothing in the report warns of."""

    cells: int
    accuracy: float | None
    nonzero_accuracy: float | None
    silent: int
    invented: int
    documents_right: float | None


class FactMeasures(F1, frozen=True, kw_only=True):
    """``found`` is the share whose place is right; the others are shares of those found."""

    found: float | None
    type: float | None
    group: float | None
    value: float | None
    qualifier: float | None


class IssueMeasures(Record, frozen=True, kw_only=True):
    """Items by place, their roles, their labels, and each report's set of problem labels."""

    items: F1
    role: float | None
    problem_labels: F1
    measure_labels: F1
    problem_sets: F1


class MetaMeasures(Record, frozen=True, kw_only=True):
    """Shares of reports."""

    year: float | None
    issuer: float | None
    form: float | None
    division_code: float | None


class CheckMeasures(Record, frozen=True, kw_only=True):
    """Broken rules: the share found, how many gold has, and how many identities were called broken falsely.

    ``verified`` is the share of the rules that hold by gold and were found to hold, with the same sides.
    """

    found: float | None
    gold: int
    false: int
    verified: float | None


class Summary(Record, frozen=True, kw_only=True):
    """All measures."""

    reports: int
    unread: int
    tables: TableMeasures
    facts: FactMeasures
    issues: IssueMeasures
    meta: MetaMeasures
    checks: CheckMeasures


class TypeScore(Record, frozen=True, kw_only=True):
    """The measures of one fact type, or of one group of types."""

    type: str
    measures: F1


def summarise(tally: Tally) -> Summary:
    """Return the measures of all counts."""
    count = tally.count
    return Summary(
        reports=count["reports"],
        unread=count["unread"],
        tables=_tables(tally),
        facts=_facts(tally),
        issues=_issues(tally),
        meta=MetaMeasures(
            year=ratio(count["year_right"], count["year_gold"]),
            issuer=ratio(count["issuer_right"], count["issuer_gold"]),
            form=ratio(count["form_right"], count["form_gold"]),
            division_code=ratio(count["division_code_right"], count["division_code_gold"]),
        ),
        checks=CheckMeasures(
            found=ratio(count["checks_found"], count["checks_gold"]),
            gold=count["checks_gold"],
            false=count["checks_false"],
            verified=ratio(count["passes_found"], count["passes_gold"]),
        ),
    )


def scores_by_type(tally: Tally) -> tuple[TypeScore, ...]:
    """Return the measures of every fact type that gold or the reports have, sorted."""
    names = {name.split(":")[2] for name in tally.count if name.startswith("fact:")}
    return tuple(_score(tally, name, (name,)) for name in sorted(names))


def scores_by_group(tally: Tally) -> tuple[TypeScore, ...]:
    """Return the measures of every group, the part of a type's name before the dot."""
    types = [score.type for score in scores_by_type(tally)]
    groups = sorted({name.split(".")[0] for name in types})
    return tuple(_score(tally, group, tuple(x for x in types if x.split(".")[0] == group)) for group in groups)


def _score(tally: Tally, name: str, types: tuple[str, ...]) -> TypeScore:
    right, predicted, gold = (
        sum(tally.count[f"fact:{what}:{type_}"] for type_ in types) for what in ("right", "predicted", "gold")
    )
    return TypeScore(type=name, measures=f1(right, predicted, gold))


def _tables(tally: Tally) -> TableMeasures:
    count = tally.count
    return TableMeasures(
        cells=count["cells"],
        accuracy=ratio(count["cells_right"], count["cells"]),
        nonzero_accuracy=ratio(count["cells_nonzero_right"], count["cells_nonzero"]),
        silent=count["cells_silent"],
        invented=count["tables_invented"],
        documents_right=ratio(count["documents_right"], count["documents"]),
    )


def _facts(tally: Tally) -> FactMeasures:
    count = tally.count
    measures = f1(count["facts_right"], count["facts_predicted"], count["facts_gold"])
    return FactMeasures(
        precision=measures.precision,
        recall=measures.recall,
        f1=measures.f1,
        gold=measures.gold,
        predicted=measures.predicted,
        found=ratio(count["facts_found"], count["facts_gold"]),
        type=ratio(count["facts_type"], count["facts_found"]),
        group=ratio(count["facts_group"], count["facts_found"]),
        value=ratio(count["facts_value"], count["facts_found"]),
        qualifier=ratio(count["facts_qualifier"], count["facts_found"]),
    )


def _issues(tally: Tally) -> IssueMeasures:
    count = tally.count
    return IssueMeasures(
        items=f1(count["items_found"], count["items_predicted"], count["items_gold"]),
        role=ratio(count["items_role"], count["items_found"]),
        problem_labels=_labels(tally, "problem_labels"),
        measure_labels=_labels(tally, "measure_labels"),
        problem_sets=_labels(tally, "sets"),
    )


def _labels(tally: Tally, name: str) -> F1:
    count = tally.count
    return f1(count[f"{name}_right"], count[f"{name}_predicted"], count[f"{name}_gold"])
