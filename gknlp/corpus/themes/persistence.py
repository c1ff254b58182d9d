"""What becomes of a problem and of a promise in the issuer's next report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gknlp.corpus.themes.observe import Observation
from gknlp.corpus.themes.shares import DIGITS, wilson
from gknlp.knowledge.themes import load_follow_ups
from gknlp.model import Record, Role


class Persistence(Record, frozen=True, kw_only=True):
    """A label over pairs of reports of one issuer in consecutive years.

    ``stayed`` of the ``stated`` reports state it again the year after (``share``, with Wilson's interval of 95 %);
    ``new`` reports state it that did not the year before.
    """

    label: str
    stated: int
    stayed: int
    vanished: int
    new: int
    share: float | None
    low: float
    high: float


class FollowUp(Record, frozen=True, kw_only=True):
    """A measure and the facts of the year after that show it was carried out.

    ``promised`` reports promise it, ``kept`` of them have such a fact the year after (``share``); ``otherwise`` is the
    share of reports with such a fact among those that followed no promise.
    """

    label: str
    promised: int
    kept: int
    share: float | None
    low: float
    high: float
    otherwise: float | None


Pairs = Sequence[tuple[Observation, Observation]]


def pairs(reports: Iterable[Observation]) -> list[tuple[Observation, Observation]]:
    """Return each report with the one of the same issuer for the year after, in order of issuers and years.

    Of several reports of one issuer and year the first counts.
    """
    known: dict[tuple[str, int], Observation] = {}
    for report in reports:
        if report.issuer and report.year is not None:
            known.setdefault((report.issuer, report.year), report)
    return [
        (report, known[key[0], key[1] + 1])
        for key, report in sorted(known.items(), key=lambda one: one[0])
        if (key[0], key[1] + 1) in known
    ]


def persistence(found: Pairs, role: Role, labels: Iterable[str]) -> tuple[Persistence, ...]:
    """Return what becomes of each label, in the order of ``labels``."""
    stated, stayed, new = Counter[str](), Counter[str](), Counter[str]()
    for before, after in found:
        first, second = before.labels(role), after.labels(role)
        stated.update(first)
        stayed.update(first & second)
        new.update(second - first)
    return tuple(_persistence(label, stated[label], stayed[label], new[label]) for label in labels)


def _persistence(label: str, stated: int, stayed: int, new: int) -> Persistence:
    low, high = wilson(stayed, stated)
    share = _share(stayed, stated)
    return Persistence(
        label=label, stated=stated, stayed=stayed, vanished=stated - stayed, new=new, share=share, low=low, high=high
    )


def follow_ups(found: Pairs) -> Iterator[FollowUp]:
    """Yield for each label of measures how often the facts that show it come the year after."""
    for label, types in load_follow_ups().items():
        outcomes = [(label in before.labels("measure"), bool(types & after.facts)) for before, after in found]
        promised = sum(one for one, _ in outcomes)
        kept = sum(one and two for one, two in outcomes)
        others = sum(two and not one for one, two in outcomes)
        low, high = wilson(kept, promised)
        yield FollowUp(
            label=label,
            promised=promised,
            kept=kept,
            share=_share(kept, promised),
            low=low,
            high=high,
            otherwise=_share(others, len(outcomes) - promised),
        )


def _share(count: int, total: int) -> float | None:
    return round(count / total, DIGITS) if total else None
