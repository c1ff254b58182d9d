"""The mutation gate itself: it damages what it says, finds planted errors, and passes on a small sample."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from tests import mutation
from tests.support import judge

TEXT = "四、行政复议\n1\t2\t3\n结果维持\t4\n1,204 |\n27件 |\n"


def of_kind(kind: str, text: str = TEXT) -> set[str]:
    return {made.apply(text) for made in mutation.mutations(text, Random(0)) if made.kind == kind}


def test_every_line_is_deleted_and_doubled_once() -> None:
    lines = TEXT.splitlines(keepends=True)
    kept = {"".join(lines[:at] + lines[at + 1 :]) for at in range(len(lines))}
    twice = {"".join([*lines[: at + 1], *lines[at:]]) for at in range(len(lines))}
    assert of_kind("line deleted") == kept
    assert of_kind("line doubled") == twice


def test_text_is_cut_at_every_line_end() -> None:
    lines = TEXT.splitlines(keepends=True)
    assert of_kind("cut at line end") == {"".join(lines[: at + 1]) for at in range(len(lines))}


def test_numbers_are_deleted_whole() -> None:
    assert TEXT.replace("1,204", "") in of_kind("number deleted")
    assert TEXT.replace("27", "") in of_kind("number deleted")


@pytest.mark.parametrize(
    ("cells", "glued"),
    [
        ("1\t2\t3", "12\t3"),
        ("结果维持\t4", "结果维持4"),
        ("结果维持\t4\n1,204", "结果维持\t41,204"),
        ("1,204 |\n27件", "1,20427件"),
    ],
    ids=["numbers", "label and number", "over a line end", "piped cells"],
)
def test_neighbouring_cells_are_glued(cells: str, glued: str) -> None:
    assert TEXT.replace(cells, glued) in of_kind("cells glued")


def test_a_wrong_value_without_a_word_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that adds one to the first value and says nothing fails the gate, and the recipe repeats it."""
    path = mutation.reports_in(mutation.EXAMPLES)[0]

    def read_wrongly(text: str) -> judge.Reading:
        reading = judge.read(text)
        table = reading.tables["remedies"]
        first, *others = table.cells
        wrong = msgspec.structs.replace(first, value=(first.value or 0) + 1)
        changed = msgspec.structs.replace(table, cells=(wrong, *others))
        return reading._replace(tables={**reading.tables, "remedies": changed}, loud=frozenset())

    text = mutation.reference(path)[0]
    mutation.undamaged(path)
    monkeypatch.setattr(mutation, "read", read_wrongly)
    damage = mutation.Mutation("line doubled", 0, 0, "\n")
    outcome = mutation.try_all(path, [damage])
    assert [failure.mutation for failure in outcome.silent] == [damage]
    assert "remedies/review/upheld" in str(outcome.silent[0])
    assert damage.apply(text) == "\n" + text


def test_a_crash_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    path = mutation.reports_in(mutation.EXAMPLES)[0]

    def fail(text: str) -> judge.Reading:
        raise ValueError(len(text))

    mutation.undamaged(path)
    monkeypatch.setattr(mutation, "read", fail)
    assert len(mutation.try_all(path, [mutation.Mutation("cut", 9, 10)]).crashes) == 1


def test_a_sample_of_mutations_gives_no_silent_error() -> None:
    """The whole gate is ``python -m tests.mutation``; this keeps a part of it in the tests."""
    for path in mutation.reports_in(mutation.EXAMPLES):
        chosen = list(mutation.mutations(mutation.reference(path)[0], Random(1)))[::40]
        outcome = mutation.try_all(path, chosen)
        assert not outcome.crashes
        assert not outcome.silent, "\n".join(map(str, outcome.silent))
