"""Random filled forms, rendered in every layout with every kind of noise, read back equal."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.filled import TABLES, FilledForm, fill, with_marks
from tests.support.judge import Reading, Wrong, compare, read
from tests.support.noise import LINE_NOISE, LOSSY, SHEET_NOISE
from tests.support.render import LAYOUTS, NO_BLANKS, applicable, render
from tests.support.sheets import Remedies

NOISE = (*SHEET_NOISE, *LINE_NOISE)
FORMS = ("F2019", "F2021")
TRIALS = settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


class Print(NamedTuple):
    """Everything that decides a rendering; its ``repr`` reproduces a failure."""

    form: str
    layout: str
    noise: tuple[str, ...]
    remedies: Remedies
    seed: int
    density: float
    mark: str
    reordered: bool

    def filled(self) -> FilledForm:
        random = Random(self.seed)
        filled = fill(self.form, random, density=self.density, large=self.seed % 3 == 0)
        if self.mark == "dash":
            return with_marks(filled, random, "dash")
        return with_marks(filled, random, "blank") if self.mark == "blank" and self.layout not in NO_BLANKS else filled

    def is_lossy(self) -> bool:
        """Whether a value may have lost its place: a column is lost, or blanks stand where columns are not drawn."""
        damaged = not {"short_headers", "split_headers", "indents"}.isdisjoint(self.noise)
        unclear = damaged or self.layout == "piped_cells" or (self.layout == "compact_tabs" and self.reordered)
        return not LOSSY.isdisjoint(self.noise) or (self.mark == "blank" and unclear)

    def text(self) -> str:
        # Another column order can only be told from a header whose labels are whole.
        reordered = self.reordered and {"lost_column", "split_headers"}.isdisjoint(self.noise)
        order = tuple(Random(self.seed).sample(range(7), 7)) if reordered else ()
        return render(self.filled(), self.layout, self.noise, seed=self.seed, remedies=self.remedies, order=order)


def prints(most_noise: int) -> st.SearchStrategy[Print]:
    """Prints of any form in any layout with up to ``most_noise`` kinds of noise at once."""
    return st.builds(
        Print,
        form=st.sampled_from(FORMS),
        layout=st.sampled_from(sorted(LAYOUTS)),
        noise=st.lists(st.sampled_from(NOISE), max_size=most_noise, unique=True).map(tuple),
        remedies=st.sampled_from(("wide", "three", "rows")),
        seed=st.integers(0, 10**6),
        density=st.sampled_from((0.0, 0.05, 0.2, 0.5)),
        mark=st.sampled_from(("", "", "dash", "blank")),
        reordered=st.booleans(),
    )


def differences(made: Print) -> tuple[list[Wrong], Reading]:
    """Return the cells that did not come back.

    Where the noise destroys information, a null about which something is said is right, and so is a blank that lost
    its place and was settled as 0 by the equations.
    """
    filled = made.filled()
    reading = read(made.text())
    wrong = compare({table: filled.table(table) for table in TABLES}, reading)
    if made.is_lossy():
        wrong = [entry for entry in wrong if not _destroyed(entry, reading)]
    return wrong, reading


def _destroyed(wrong: Wrong, reading: Reading) -> bool:
    if wrong.got is None:
        return not wrong.silent
    return wrong.wanted is None and wrong.got == 0 and reading.cells(wrong.table)[wrong.key].reading == "solved"


def assert_reads_back(made: Print) -> None:
    wrong, reading = differences(made)
    said = [f"{d.table} {d.code}: {d.message}" for d in reading.diagnostics]
    assert not wrong, "\n".join([f"{made}", *map(str, wrong[:5]), *said])
    assert reading.form == made.form


@pytest.mark.parametrize("remedies", ["wide", "three", "rows"])
@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("form", FORMS)
def test_every_layout_without_noise(form: str, layout: str, remedies: Remedies) -> None:
    for seed in range(3):
        assert_reads_back(Print(form, layout, (), remedies, seed, 0.2, "", False))


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("noise", NOISE)
def test_every_noise_in_every_layout(noise: str, layout: str) -> None:
    for form in FORMS:
        if applicable([noise], layout, form):
            assert_reads_back(Print(form, layout, (noise,), "wide", 7, 0.2, "", False))


@TRIALS
@given(prints(1))
def test_random_prints(made: Print) -> None:
    assert_reads_back(made)


@TRIALS
@given(prints(4))
def test_random_prints_with_much_noise(made: Print) -> None:
    assert_reads_back(made)


@TRIALS
@given(prints(0))
def test_states_survive(made: Print) -> None:
    """A blank stays a blank, a dash a dash and a zero a zero."""
    filled, reading = made.filled(), read(made.text())
    states = {"blank": "blank", "dash": "dash"}
    for (table, row, column), value in filled.cells.items():
        cell = reading.cells(table)[f"{row}/{column}"]
        wanted = {states[value] if isinstance(value, str) else "number"}
        if made.is_lossy() and table in reading.loud:
            wanted.add("unreadable")
        assert cell.state in wanted, f"{made}: {table}/{cell.key} is {cell.state} for {wanted}"


@TRIALS
@given(prints(3))
def test_spans_hold_what_was_printed(made: Print) -> None:
    text = made.text()
    for table in read(text).tables.values():
        for cell in table.cells:
            if cell.state in ("number", "dash"):
                assert cell.start is not None
                assert text[cell.start : cell.end] == cell.raw
            assert cell.state == "number" or cell.value is None
