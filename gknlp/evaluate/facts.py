"""Facts against gold: a fact is right when its number's place, its value and its type are."""

from __future__ import annotations

from gknlp.evaluate.gold import Gold, GoldFact
from gknlp.evaluate.tally import Tally, same_value
from gknlp.model import Fact, Report

NEAR = 1  # characters by which a number's place may differ: a sign or a bracket before it


def count_facts(stem: str, gold: Gold, report: Report, tally: Tally) -> None:
    """Count the facts of one report; the counts by type are named ``fact:right:TYPE`` and so on."""
    if gold.facts is None:
        return
    free = dict(enumerate(report.facts))
    tally.add(facts_predicted=len(free))
    for wanted in sorted(gold.facts, key=lambda fact: fact.optional):
        index = _find(wanted, free)
        got = None if index is None else free.pop(index)
        if not wanted.optional:
            _count(stem, wanted, got, tally)
        elif got is not None:
            tally.add(facts_predicted=-1)
    for got in free.values():
        tally.count[f"fact:predicted:{got.type}"] += 1
        tally.miss(stem, "facts", got.type, f"fact extra: {got.type} {got.value} «{got.text[:40]}»")


def _find(wanted: GoldFact, free: dict[int, Fact]) -> int | None:
    """Return the index of the free fact that stands where ``wanted`` does, the best when there are several."""
    start = -1 if wanted.at is None else wanted.at
    if start < 0:
        return None
    end = start + len(wanted.quote)
    hits = [
        index
        for index, fact in free.items()
        if (
            fact.value_start is not None and abs(fact.value_start - start) <= NEAR
            if wanted.number
            else fact.value_start is None and fact.start < end and start < fact.end
        )
    ]
    return min(
        hits,
        key=lambda index: (free[index].type not in wanted.types, not same_value(free[index].value, wanted.value)),
        default=None,
    )


def _count(stem: str, wanted: GoldFact, got: Fact | None, tally: Tally) -> None:
    tally.add(facts_gold=1)
    tally.count[f"fact:gold:{wanted.type}"] += 1
    told = f"{wanted.type} {wanted.value} «{wanted.quote}»"
    if got is None:
        tally.miss(stem, "facts", wanted.type, f"fact missed: {told}")
        return
    type_right = got.type in wanted.types
    value_right = any(same_value(got.value, value) for value in wanted.values)
    tally.add(
        facts_found=1,
        facts_type=type_right,
        facts_group=_group(got.type) == _group(wanted.type),
        facts_value=value_right,
        facts_qualifier=got.qualifier == wanted.qualifier,
        facts_right=type_right and value_right,
    )
    # A fact of an alternative type counts for the type that gold prefers, so that no type's precision exceeds 1.
    tally.count[f"fact:predicted:{wanted.type if type_right else got.type}"] += 1
    if type_right and value_right:
        tally.count[f"fact:right:{wanted.type}"] += 1
    else:
        tally.miss(stem, "facts", wanted.type, f"fact wrong: {got.type} {got.value} for {told}")


def _group(type_: str) -> str:
    return type_.split(".")[0]
